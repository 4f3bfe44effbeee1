"""What both sides of foreign exchange look at: quotes with the life they have left, requests, deals, and the choices of their forms."""

from typing import Any, NamedTuple

from huangpu.console.pages import Visitor
from huangpu.console.wording import exact
from huangpu.venues.offshore.fx import views as fx
from huangpu.venues.offshore.fx.pairs import PAIRS
from huangpu.venues.offshore.fx.state import FxSide, QuoteRequest, QuoteState
from huangpu.venues.offshore.fx.views import DealView, QuoteView

QUOTES_LOOKED_AT = 100
DEALS_SHOWN = 12


class Dealing(NamedTuple):
    """The exchange of one institution: what is open to it, what is asked and not answered, what was dealt. Units: microseconds left."""

    quotes: list[tuple[QuoteView, int]]
    requests: list[QuoteRequest]
    deals: list[DealView]


def dealing_of(visitor: Visitor, institution: str) -> Dealing:
    """Read the exchange of an institution as it stands now."""
    room, now_us = visitor.centre.offshore, visitor.now_us
    page = fx.quotes(room, institution=institution, at_us=now_us, limit=QUOTES_LOOKED_AT)
    answered = {(quote.bank, quote.request_id) for quote in page.quotes if quote.request_id}
    asked = fx.requests(room, institution=institution, limit=DEALS_SHOWN)
    return Dealing(
        [(q, q.expires_us - now_us) for q in page.quotes if q.state is QuoteState.OPEN],
        [one for one in asked if (one.bank, one.request_id) not in answered],
        fx.deals(room, institution=institution, limit=DEALS_SHOWN).deals,
    )


def choices_of(visitor: Visitor) -> dict[str, Any]:
    """List the pairs, sides and currencies that the forms offer."""
    rules, date, words = visitor.centre.rules, visitor.date, visitor.words
    pairs = [name for name in rules["offshore.fx.pairs"].at(date).texts if name in PAIRS]
    currencies = dict.fromkeys(c for name in pairs for c in name.split("/"))
    return {
        "pairs": [(name, name) for name in pairs],
        "sides": [(str(side), words.code("fx_side", side)) for side in FxSide],
        "currencies": [(c, f"{c} · {words.currency(c)}") for c in currencies],
        "life_s": rules["offshore.fx.quote_life_max"].at(date).integer,
    }


def rate_of(found: QuoteView | DealView) -> str:
    """Write a rate as people read it: 7.1000 CNY for 1 USD."""
    base, _, counter = found.pair.partition("/")
    return f"{exact(found.rate, found.rate_digits)} {counter} / {found.base_units} {base}"
