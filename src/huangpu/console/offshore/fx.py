"""Foreign exchange between a treasurer and the bank: asking, quoting, accepting, taking back; each answered beside its form."""

from typing import Any

from litestar import Response, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.acts import Form
from huangpu.console.offshore.bank import bank_page
from huangpu.console.offshore.treasurer import treasurer_page
from huangpu.console.pages import NotFound, Visitor, refusal_context
from huangpu.core.message import Command, Rejected
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.pairs import PAIRS
from huangpu.venues.offshore.fx.quotes import QuoteRate, RequestQuote, WithdrawQuote
from huangpu.venues.offshore.fx.state import FxSide


@post("/offshore/fx/{act:str}")
async def act_on_quote(visitor: Visitor, act: str) -> Response[str] | Redirect:
    """Send what a form of foreign exchange stands for."""
    form = await acts.form_of(visitor)
    makers = {"request": _request, "accept": _accept, "quote": _quote, "withdraw": _withdraw}
    if act not in makers:
        raise NotFound
    answer: int | Rejected
    try:
        answer = await acts.send(visitor, form, makers[act](visitor, form))
    except acts.Unreadable as error:
        answer = error.refusal
    at_home = act in ("request", "accept")
    if isinstance(answer, Rejected):
        extra: dict[str, Any] = refusal_context(answer, form, act)
        if at_home:
            return await treasurer_page(visitor, extra, status=422)
        return await bank_page(visitor, extra, status=422)
    target = "/offshore/treasurer" if at_home else "/offshore/bank"
    return Redirect(f"{target}?done={act}.{answer}#fx", status_code=303)


def _request(visitor: Visitor, form: Form) -> Command:
    account = acts.text(form, "account")
    cash = visitor.centre.registry.cash_accounts.get(account)
    currency = acts.text(form, "currency")
    return RequestQuote(
        request_id=_own_id(form),
        bank="" if cash is None else cash.bank,
        account=account,
        pair=acts.text(form, "pair"),
        side=_side(form),
        currency=currency,
        amount=acts.money(form, "amount", currency),
    )


def _accept(_: Visitor, form: Form) -> Command:
    return AcceptQuote(bank=acts.text(form, "bank"), quote_id=acts.text(form, "quote_id"))


def _quote(_: Visitor, form: Form) -> Command:
    pair = PAIRS.get(acts.text(form, "pair"))
    if pair is None:
        raise acts.Unreadable(f"pair {form.get('pair', '')!r}: one of {', '.join(PAIRS)}")
    currency = acts.text(form, "currency")
    return QuoteRate(
        quote_id=_own_id(form),
        account=acts.text(form, "account"),
        pair=pair.name,
        side=_side(form),
        currency=currency,
        amount=acts.money(form, "amount", currency),
        mid=acts.decimal(form, "mid", pair.digits),
        rate=acts.decimal(form, "rate", pair.digits),
        valid_s=acts.whole(form, "valid_s"),
        request_id=acts.text(form, "request_id"),
    )


def _withdraw(_: Visitor, form: Form) -> Command:
    return WithdrawQuote(quote_id=acts.text(form, "quote_id"))


def _own_id(form: Form) -> str:
    return f"c{acts.text(form, 'command_id')}"[:35]


def _side(form: Form) -> FxSide:
    return FxSide(acts.one_of(form, "side", [str(side) for side in FxSide]))
