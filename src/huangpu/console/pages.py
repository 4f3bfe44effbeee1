"""One page: who looks at it, in which language and light, and the template that is written for them.

A `Visitor` is made once a request; it answers what this person may do and see. Templates decide nothing: they are given data and words.
"""

import datetime
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

import jinja2
from litestar import Response
from litestar.enums import MediaType

from huangpu import __version__
from huangpu.console.desk import Desk
from huangpu.console.entries import Recent, head_of
from huangpu.console.live import Hub
from huangpu.console.security import AnyRequest, new_nonce, page_headers
from huangpu.console.sessions import COOKIE, Session, Sessions
from huangpu.console.wording import N_, Words, words_of
from huangpu.core.calendar import date_of
from huangpu.core.message import Rejected
from huangpu.engine import Centre, EngineStopped, Gate, Overloaded
from huangpu.registry import holds_permission
from huangpu.registry.institutions import Institution
from huangpu.registry.people import Person

THEMES = ("auto", "light", "dark")
COLOURS = ("red_up", "green_up")
PREFERENCES = {"language": ("en", "zh"), "theme": THEMES, "colours": COLOURS}
READ_ALL = "read.all"


# What a fault page says: title, text, status.
NOTHING_HERE = (
    N_("Nothing here"),
    N_("There is no such page, or it shows what only its parties may see."),
    404,
)
FOREIGN = (
    N_("This form was not accepted"),
    N_(
        "It was not sent from a page of this console, or its session has ended. Open the page again."
    ),
    403,
)
BUSY = (
    N_("The centre is busy"),
    N_("The command was not taken. Nothing has changed; send it again in a moment."),
    503,
)
STOPPED = (
    N_("The centre is reopening its journal"),
    N_(
        "What became of the command is not known yet. Send the same form again: it is answered once."
    ),
    503,
)
UNREADABLE = (
    N_("The request cannot be read"),
    N_("A part of the address or the form has a form that the console does not know."),
    400,
)


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


class NotFound(Exception):
    """There is no such thing, or this person may not see it."""


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("huangpu.console"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["segment"] = lambda text: quote(str(text), safe="")
    return environment


ENVIRONMENT = _environment()


class Console:
    """What the pages share: the gate, the message desk, the sessions and the hub of live figures."""

    def __init__(self, gate: Gate, recent: Recent, desk: Desk) -> None:
        self.gate = gate
        self.desk = desk
        self.recent = recent
        self.sessions = Sessions()
        self.hub = Hub(gate)


class Visitor:
    """Who asks for a page, and how they wish to see it."""

    def __init__(self, console: Console, request: AnyRequest) -> None:
        self.console = console
        self.request = request
        self.session_name = request.cookies.get(COOKIE, "")
        self.session: Session | None = console.sessions.find(self.session_name)

    @property
    def gate(self) -> Gate:
        """Return the gate."""
        return self.console.gate

    @property
    def centre(self) -> Centre:
        """Return the state; after a restart of the engine it is another object, so nothing keeps it."""
        return self.console.gate.engine.centre

    @cached_property
    def person(self) -> Person | None:
        """Return who is signed in."""
        if self.session is None:
            return None
        return self.centre.registry.people.persons.get(self.session.person)

    @property
    def signed_in(self) -> Person:
        """Return who is signed in.

        Raises: SignInNeeded.
        """
        if self.person is None:
            raise SignInNeeded
        return self.person

    @cached_property
    def institution(self) -> Institution:
        """Return the institution of who is signed in."""
        return self.centre.registry.institutions[self.signed_in.institution]

    @cached_property
    def date(self) -> datetime.date:
        """Return the business date of the centre."""
        return date_of(self.now_us)

    @property
    def now_us(self) -> int:
        """Return the instant of the newest entry: the centre's own time."""
        return self.gate.engine.last_at_us

    def may(self, permission: str) -> bool:
        """Tell whether the person holds a permission; the engine asks again."""
        centre = self.centre
        return holds_permission(
            centre.registry, centre.rules, self.signed_in.id, permission, self.date
        )

    @cached_property
    def scope(self) -> str | None:
        """Return the institution whose confidential data may be shown; None where all may."""
        return None if self.may(READ_ALL) else self.signed_in.institution

    def preference(self, name: str) -> str:
        """Return a choice kept in a cookie, or its default."""
        allowed = PREFERENCES[name]
        found = self.request.cookies.get(f"hp_{name}", "")
        if found in allowed:
            return found
        if name == "language" and self.request.headers.get("accept-language", "").startswith("zh"):
            return "zh"
        return allowed[0]

    @cached_property
    def words(self) -> Words:
        """Return the words of the language chosen."""
        return words_of(self.preference("language"))

    def name_of(self, institution_id: str) -> str:
        """Return an institution's name in the language chosen."""
        found = self.centre.registry.institutions.get(institution_id)
        if found is None:
            return institution_id
        return found.name_zh if self.words.language == "zh" else found.name


async def page(
    visitor: Visitor, template: str, data: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write a page once what memory shows is durable."""
    await visitor.gate.readable()
    nonce = new_nonce()
    body = written(visitor, template, data, nonce)
    return Response(
        body, status_code=status, media_type=MediaType.HTML, headers=page_headers(nonce)
    )


def written(visitor: Visitor, template: str, data: Mapping[str, Any], nonce: str) -> str:
    """Fill a template in."""
    words = visitor.words
    charter = visitor.centre.registry.charter
    shared: dict[str, Any] = {
        "_": words.text,
        "code": words.code,
        "words": words,
        "nonce": nonce,
        "visitor": visitor,
        "person": visitor.person,
        "csrf": visitor.session.csrf if visitor.session else "",
        "simulated": charter.sandbox,
        "centre_name": charter.name,
        "path": _path_of(visitor.request),
        "themes": THEMES,
        "colours": COLOURS,
        "version": __version__,
        "command_id": secrets.token_urlsafe(12),
        "topic": "",
        "head": head_of(visitor.gate) if visitor.person else "",
        "refusal": None,
        "done": None,
        "typed": {},
    }
    return ENVIRONMENT.get_template(template).render({**shared, **data})


def fault(visitor: Visitor, error: Exception) -> Response[str]:
    """Write the page of what went wrong: not found, not our form, busy, stopped."""
    title, text, status = _told(error)
    words = visitor.words
    nonce = new_nonce()
    data = {"title": words.text(title), "text": words.text(text)}
    body = written(visitor, "fault.html", data, nonce)
    return Response(
        body, status_code=status, media_type=MediaType.HTML, headers=page_headers(nonce)
    )


def _told(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, Overloaded):
        return BUSY
    if isinstance(error, EngineStopped):
        return STOPPED
    status = getattr(error, "status_code", 404 if isinstance(error, NotFound) else 403)
    if status in (404, 405):
        return NOTHING_HERE
    return FOREIGN if status == 403 else (*UNREADABLE[:2], status)


def _path_of(request: AnyRequest) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def refusal_context(refused: Rejected, typed: Mapping[str, str], form: str) -> dict[str, Any]:
    """Return what a page needs to show a refusal beside the form that was sent, its text kept."""
    return {"refusal": refused, "typed": dict(typed), "refused_form": form}
