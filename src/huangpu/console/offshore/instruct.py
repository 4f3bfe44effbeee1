"""Instructing one payment: from the stream or from the treasurer's page, answered beside the form it was sent from."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.offshore.filters import Filter
from huangpu.console.offshore.instructing import instruction_of
from huangpu.console.offshore.stream import stream_page
from huangpu.console.offshore.treasurer import treasurer_page
from huangpu.console.pages import Visitor, refusal_context
from huangpu.core.message import Rejected


@post("/offshore/payments")
async def instruct(visitor: Visitor) -> Response[str] | Redirect:
    """Instruct a payment."""
    form = await acts.form_of(visitor)
    answer: int | Rejected
    try:
        answer = await acts.send(visitor, form, instruction_of(form))
    except acts.Unreadable as error:
        answer = error.refusal
    at_home = acts.text(form, "from") == "treasurer"
    if isinstance(answer, Rejected):
        extra: dict[str, Any] = refusal_context(answer, form, "instruct")
        if at_home:
            return await treasurer_page(visitor, extra, status=422)
        return await stream_page(visitor, extra, chosen=Filter(), status=422)
    target = "/offshore/treasurer" if at_home else "/offshore"
    return Redirect(f"{target}?done=instruct.{answer}", status_code=303)
