"""A pain.001 from a file: taken by the same door as over HTTP, and answered transfer by transfer in words.

The same file gets the same answer again: nothing is paid twice, also when the page is reloaded.
"""

from collections import Counter

from litestar import Response, post
from litestar.datastructures import UploadFile

from huangpu.console import acts
from huangpu.console.offshore.tabs import INSTRUCT, venue_page
from huangpu.console.pages import NotFound, Visitor

ROWS_SHOWN = 1_000
ACCEPTED = ("ACSC", "ACCC", "PDNG", "PART")


@post("/offshore/orders")
async def upload(visitor: Visitor) -> Response[str]:
    """Take a file of payments and show what became of each.

    Raises: NotFound for who may not instruct.
    """
    await acts.form_of(visitor)
    person = visitor.signed_in
    if not visitor.may(INSTRUCT):
        raise NotFound
    form = await visitor.request.form()
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    found = await visitor.console.desk.upload(person, data)
    shown = {
        "found": found,
        "file_name": file.filename if isinstance(file, UploadFile) else "",
        "size_bytes": len(data),
        "rows": found.rows[:ROWS_SHOWN],
        "counts": list(Counter(row.status for row in found.rows).items()),
        "answer": found.answer.decode("utf-8", "replace"),
    }
    status = 200 if found.status in ACCEPTED else 422
    return await venue_page(visitor, "offshore/upload.html", "treasurer", shown, status=status)
