"""Sign-in, sign-out, and the choices of language, light and colours that a browser keeps in cookies."""

import asyncio

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from huangpu.console.acts import ForeignForm, form_of
from huangpu.console.pages import PREFERENCES, Visitor, page
from huangpu.console.security import AnyRequest, is_own_form, local_path
from huangpu.console.sessions import COOKIE, LIFE_S
from huangpu.engine.access import person_of_password
from huangpu.registry import Registry
from huangpu.registry.people import Person

YEAR_S = 365 * 24 * 3_600


@get("/sign-in")
async def sign_in_page(visitor: Visitor, person: str = "", next: str = "/") -> Response[str]:  # noqa: A002
    """Show the door."""
    return await page(visitor, "sign_in.html", _door(visitor, person, next))


def _door(visitor: Visitor, chosen: str, target: str, failed: str = "") -> dict[str, object]:
    registry = visitor.centre.registry
    people: list[Person] = []
    if registry.charter.sandbox:
        people = one_of_each(registry)
    return {"chosen": chosen, "next": local_path(target), "failed": failed, "people": people}


def one_of_each(registry: Registry) -> list[Person]:
    """Return the first person with a password of every kind of institution and set of roles."""
    found: dict[tuple[str, ...], Person] = {}
    for person in registry.people.persons.values():
        if person.id in registry.people.passwords:
            kind = registry.institutions[person.institution].kind
            found.setdefault((kind, *person.roles), person)
    return list(found.values())


@post("/sign-in", status_code=200)
async def sign_in(visitor: Visitor) -> Response[str] | Redirect:
    """Check a password and open a session; the person's former session in this browser ends."""
    request = visitor.request
    if not is_own_form(request):
        raise ForeignForm
    form = await request.form()
    person_id, password, target = (str(form.get(n, "")) for n in ("person", "password", "next"))
    sessions = visitor.console.sessions
    if not sessions.may_try(person_id):
        text = visitor.words.text(
            "Too many wrong passwords for this person; try again in five minutes."
        )
        return await page(
            visitor, "sign_in.html", _door(visitor, person_id, target, text), status=429
        )
    person = await asyncio.to_thread(person_of_password, visitor.centre, person_id, password)
    if person is None:
        sessions.failed(person_id)
        text = visitor.words.text("Person id and password do not belong together.")
        return await page(
            visitor, "sign_in.html", _door(visitor, person_id, target, text), status=401
        )
    sessions.end(visitor.session_name)
    name = sessions.begin(person.id)
    cookie = _cookie(request, COOKIE, name, LIFE_S, hidden=True)
    return Redirect(local_path(target), status_code=303, cookies=[cookie])


@post("/sign-out", status_code=303)
async def sign_out(visitor: Visitor) -> Redirect:
    """End the session."""
    await form_of(visitor)
    visitor.console.sessions.end(visitor.session_name)
    gone = _cookie(visitor.request, COOKIE, "", 0, hidden=True)
    return Redirect("/sign-in", status_code=303, cookies=[gone])


@post("/console/preferences", status_code=303)
async def choose(visitor: Visitor) -> Redirect:
    """Keep a choice in the browser; it concerns nothing but how pages look."""
    if not is_own_form(visitor.request):
        raise ForeignForm
    form = await visitor.request.form()
    cookies = [
        _cookie(visitor.request, f"hp_{name}", str(form[name]), YEAR_S, hidden=True)
        for name, allowed in PREFERENCES.items()
        if form.get(name) in allowed
    ]
    return Redirect(local_path(str(form.get("next", "/"))), status_code=303, cookies=cookies)


def _cookie(request: AnyRequest, name: str, value: str, seconds: int, *, hidden: bool) -> Cookie:
    secure = request.url.scheme == "https"
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=hidden,
        samesite="strict",
    )
