"""The desks of the venue: their pages, and one address for their acts.

A form names the page that it is on; that page shows a refusal beside what was typed.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from litestar import Response, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.offshore import (
    inbox,
    monitors,
    queue,
    releases,
    reporting,
    samples,
    screening,
    supervision,
    white_list,
)
from huangpu.console.offshore.commands import ACTS
from huangpu.console.pages import NotFound, Visitor, refusal_context
from huangpu.console.security import local_path
from huangpu.core.message import Rejected


class Shown(Protocol):
    """How a page with forms is written: for whom, with the form that was sent, and what to add."""

    def __call__(
        self, visitor: Visitor, form: Mapping[str, str], extra: Mapping[str, Any], /, *, status: int
    ) -> Awaitable[Response[str]]:
        """Write the page."""


PAGES: dict[str, Shown] = {
    "releases": releases.releases_page,
    "screening": screening.cases_page,
    "case": screening.case_page,
    "sample": samples.sample_page,
    "inbox": inbox.inbox_page,
    "queue": queue.queue_page,
    "white-list": white_list.white_list_page,
    "monitors": monitors.monitors_page,
    "reports": reporting.reports_page,
}
"""The pages whose forms come here, by the name that the form gives."""


@post("/offshore/acts/{act:str}")
async def do(visitor: Visitor, act: str) -> Response[str] | Redirect:
    """Do one act and go back to where it was done."""
    form = await acts.form_of(visitor)
    make, show = ACTS.get(act), PAGES.get(form.get("page", ""))
    if make is None or show is None:
        raise NotFound
    try:
        answer = await acts.send(visitor, form, make(form))
    except acts.Unreadable as error:
        answer = error.refusal
    if isinstance(answer, Rejected):
        return await show(visitor, form, refusal_context(answer, form, act), status=422)
    target = local_path(form.get("next", "/offshore"))
    joint = "&" if "?" in target else "?"
    return Redirect(f"{target}{joint}done={act}.{answer}", status_code=303)


HANDLERS = (
    do,
    queue.show_queue,
    releases.show_releases,
    screening.show_cases,
    screening.show_case,
    samples.show_samples,
    samples.show_sample,
    samples.upload,
    inbox.show_inbox,
    white_list.show_white_list,
    monitors.show_monitors,
    reporting.show_reports,
    reporting.download_file,
    supervision.show_supervision,
)
"""All handlers of the desks."""
