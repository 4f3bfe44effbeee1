"""Instructing one payment: from the stream or from the treasurer's page, answered beside the form it was sent from."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.offshore.filters import Filter
from huangpu.console.offshore.instructing import instruction_of
from huangpu.console.offshore.stream import stream_page
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
    if isinstance(answer, Rejected):
        extra: dict[str, Any] = refusal_context(answer, form, "instruct")
        return await stream_page(visitor, extra, chosen=Filter(), status=422)
    return Redirect(f"/offshore?done=instruct.{answer}", status_code=303)
