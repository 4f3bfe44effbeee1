"""What every page sends to keep foreign code and foreign forms out: the content policy, the headers, and the check of a form's origin.

No source but our own host; no inline script or style; scripts write text, never markup (Trusted Types; htmx has its own policy through its
`hx-csp` extension, which acts only on elements that carry the page's nonce). htmx writes an empty style attribute on each swap:
the hash of the empty text allows exactly that.
"""

import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

AnyRequest = Request[Any, Any, Any]

_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


def new_nonce() -> str:
    """Return the nonce of one page."""
    return secrets.token_urlsafe(18)


def content_policy(nonce: str) -> str:
    """Return the Content-Security-Policy of one page."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'unsafe-hashes' {_EMPTY_STYLE}",
            "img-src 'self'",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types htmx",
        )
    )


def page_headers(nonce: str) -> dict[str, str]:
    """Return the headers of a page; pages show what one person may see, so nobody keeps them."""
    return {
        "Content-Security-Policy": content_policy(nonce),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }


def is_own_form(request: AnyRequest) -> bool:
    """Tell whether a form was sent by one of our own pages.

    Rule: Sec-Fetch-Site where the browser sends it, else Origin; a request with neither is no browser's form.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host", "")


def local_path(target: str) -> str:
    """Return a path of this console to go to; anything else becomes the overview."""
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    if parts.scheme or parts.netloc or not plain or not target.isprintable():
        return "/"
    return target
