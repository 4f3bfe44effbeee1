"""Files that people save: the answer of a download, under the same roof of headers as a page."""

import re

from litestar import Response

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"


def attachment(body: bytes, media_type: str, name: str) -> Response[bytes]:
    """Answer with a file to be saved under a name."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    return Response(body, media_type=media_type, headers=headers)
