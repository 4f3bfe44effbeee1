"""From a form to a command and back: the check that the form is ours, the text of its fields, the engine's answer.

Nothing is decided here. A field that is no number never reaches the engine and is refused in the same form as a refusal of the engine.
"""

import datetime
import secrets
from collections.abc import Mapping

from huangpu.console.pages import Visitor
from huangpu.console.security import is_own_form
from huangpu.core.message import Command, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.values import AMOUNT_MAX, CURRENCY_DIGITS, PERCENT, parse_decimal

Form = Mapping[str, str]


class ForeignForm(Exception):
    """The form was not sent by one of our own pages, or its session is over."""


class Unreadable(Exception):
    """A field does not hold what it is for; `refusal` says so as the engine would."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Rejected(Reason.FIELD_OUT_OF_RANGE, detail, "")


async def form_of(visitor: Visitor) -> Form:
    """Read a form of a signed-in person.

    Raises: SignInNeeded, ForeignForm.
    """
    _ = visitor.signed_in
    if not is_own_form(visitor.request):
        raise ForeignForm
    found = await visitor.request.form()
    form = {key: value.strip() for key, value in found.items() if isinstance(value, str)}
    session = visitor.session
    if session is None or not secrets.compare_digest(
        form.get("csrf", "").encode(), session.csrf.encode()
    ):
        raise ForeignForm
    return form


async def send(visitor: Visitor, form: Form, command: Command) -> int | Rejected:
    """Submit a command as the signed-in person; return the number of its entry, or the refusal.

    Raises: Overloaded, EngineStopped.
    """
    command_id = form.get("command_id", "")[:64] or secrets.token_urlsafe(12)
    answer = await visitor.gate.submit(visitor.signed_in.id, f"console-{command_id}", command)
    if isinstance(answer, Rejected):
        return answer
    return answer.rejected or answer.seq


def text(form: Form, name: str) -> str:
    """Return a field's text."""
    return form.get(name, "")


def whole(form: Form, name: str) -> int:
    """Read a whole number; separators at the thousands may be there.

    Raises: Unreadable.
    """
    found = form.get(name, "").replace(",", "")
    if not found.isascii() or not found.isdecimal() or len(found) > 18:
        raise Unreadable(f"{name} {form.get(name, '')!r}: a whole number, digits only")
    return int(found)


def decimal(form: Form, name: str, digits: int) -> int:
    """Read a decimal with at most `digits` decimals as an integer of that scale.

    Raises: Unreadable.
    """
    amount = parse_decimal(form.get(name, "").replace(",", ""), digits)
    if amount is None or amount > AMOUNT_MAX:
        raise Unreadable(f"{name} {form.get(name, '')!r}: a number with at most {digits} decimals")
    return amount


def money(form: Form, name: str, currency: str) -> int:
    """Read an amount of a currency in minor units.

    Raises: Unreadable.
    """
    return decimal(form, name, CURRENCY_DIGITS.get(currency, 2))


def percent(form: Form, name: str) -> int:
    """Read a percentage in micro-percent.

    Raises: Unreadable.
    """
    assert PERCENT == 10**6
    return decimal(form, name, 6)


def date(form: Form, name: str) -> datetime.date:
    """Read a date.

    Raises: Unreadable.
    """
    try:
        return datetime.date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Unreadable(f"{name} {form.get(name, '')!r}: a date as 2027-01-31") from None


def one_of(form: Form, name: str, allowed: Mapping[str, object] | list[str]) -> str:
    """Return a field whose text is one of a list.

    Raises: Unreadable.
    """
    found = form.get(name, "")
    if found not in allowed:
        raise Unreadable(f"{name} {found!r}: one of {', '.join(allowed)}")
    return found
