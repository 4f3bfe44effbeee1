"""Sample cases: the documents asked for after a payment, uploaded by the company or its bank, judged by an officer.

Of an uploaded file the page keeps what it is, its size and its SHA-256, which the server computes; the file itself is not kept.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.tabs import is_sampled, venue_page
from huangpu.console.pages import NotFound, Visitor, refusal_context
from huangpu.core.message import Rejected
from huangpu.venues.offshore import views
from huangpu.venues.offshore.monitoring import views as monitoring
from huangpu.venues.offshore.monitoring.books import CaseState, Document, DocumentKind, SampleCase
from huangpu.venues.offshore.monitoring.cases import ASKED, UploadDocuments
from huangpu.venues.offshore.pages import LIMIT_MAX

ROWS = 50
UPLOAD, JUDGE = "offshore.documents", "offshore.approve"


@get("/offshore/samples")
async def show_samples(
    visitor: Visitor, status: str = "", after: str = "", done: str = ""
) -> Response[str]:
    """List sample cases, those that ask for something first."""
    _ = visitor.signed_in
    if not is_sampled(visitor):
        raise NotFound
    await visitor.gate.readable()
    room, now_us, scope = visitor.centre.offshore, visitor.now_us, visitor.scope
    chosen = CaseState(status) if status in list(CaseState) else None
    found = monitoring.cases(room, now_us, institution=scope, state=chosen, limit=ROWS, after=after)
    every = monitoring.cases(room, now_us, institution=scope, limit=LIMIT_MAX).cases
    counts = {state: sum(one.case.state is state for one in every) for state in CaseState}
    data = {
        "cases": found.cases,
        "next_after": found.next_after,
        "after": after,
        "chosen": status if chosen else "",
        "counts": counts,
        "more": len(every) == LIMIT_MAX,
        "days_left": lambda case: (case.due - visitor.date).days,
        "asked": ASKED,
        "done": done_of(done),
    }
    return await venue_page(visitor, "offshore/samples.html", "samples", data)


@get("/offshore/samples/{uetr:str}")
async def show_sample(visitor: Visitor, uetr: str, done: str = "") -> Response[str]:
    """Show one sample case."""
    return await sample_page(visitor, {"uetr": uetr}, {"done": done_of(done)})


async def sample_page(
    visitor: Visitor, form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write one sample case."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, rules, uetr = visitor.centre.offshore, visitor.centre.rules, form.get("uetr", "")
    found = monitoring.case_of(room, visitor.now_us, uetr, visitor.scope)
    if found is None:
        raise NotFound
    case = found.case
    own = visitor.signed_in.institution in (case.payment.company, case.payment.bank)
    data = {
        "found": found,
        "case": case,
        "payment": views.payment(room, rules, uetr, visitor.scope),
        "kinds": list(DocumentKind),
        "wanted": rules["offshore.case.documents"].at(visitor.date),
        "rejections_max": rules["offshore.case.rejections_max"].at(visitor.date).integer,
        "days_left": (case.due - visitor.date).days,
        "may_upload": own and visitor.may(UPLOAD) and case.state in ASKED,
        "asked": ASKED,
        "why_not": _why_not(visitor, case),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/sample.html", "samples", framed, status=status)


@post("/offshore/samples/{uetr:str}/documents")
async def upload(visitor: Visitor, uetr: str) -> Response[str] | Redirect:
    """Take documents: a file for each kind that the form names."""
    form = await acts.form_of(visitor)
    files = await visitor.request.form()
    documents: list[Document] = []
    for kind in DocumentKind:
        for file in files.getall(f"file-{kind}", []):
            if isinstance(file, UploadFile) and file.filename:
                documents.append(await _described(kind, file, form))
    command = UploadDocuments(uetr=uetr, documents=documents)
    answer = await acts.send(visitor, form, command)
    if isinstance(answer, Rejected):
        extra = refusal_context(answer, form, "upload")
        return await sample_page(visitor, {"uetr": uetr}, extra, status=422)
    return Redirect(f"/offshore/samples/{uetr}?done=upload.{answer}", status_code=303)


async def _described(kind: DocumentKind, file: UploadFile, form: Mapping[str, str]) -> Document:
    """Describe an uploaded file; its content is read once, for its digest and size."""
    content = await file.read()
    return Document(
        kind=kind,
        name=file.filename[-140:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        reference=form.get(f"reference-{kind}", ""),
    )


def _why_not(visitor: Visitor, case: SampleCase) -> str:
    """Say why the reader cannot accept or reject; the engine asks again."""
    if case.state is not CaseState.UPLOADED:
        return "NOTHING"
    if visitor.signed_in.institution != case.payment.bank:
        return "NOT_YOURS"
    if any(
        step.person == visitor.signed_in.id
        for step in case.steps
        if step.state is CaseState.UPLOADED
    ):
        return "MAKER"
    return "" if visitor.may(JUDGE) else "ROLE"
