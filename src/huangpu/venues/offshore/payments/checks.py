"""The steps of a payment's decision, each a question with one refusal or none, in the order of domain note B2.

Form and duplicates; accounts and parties; servicing bank; line, currency and pair by the matrix; pilot status; purpose; release. The
first failing step decides. Funds come last, beside the routing (`settle.py`).
"""

from huangpu.core.identifiers import is_bic, is_code, is_country, is_uetr
from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.values import AMOUNT_MAX, CURRENCY_DIGITS
from huangpu.registry.cash_accounts import AccountClass, AccountStatus, CashAccount
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.matrix import Cell, Line, Permission
from huangpu.venues.offshore.orders import (
    END_TO_END_NOT_PROVIDED,
    PaymentOrder,
    batch_key,
    end_to_end_key,
    instruction_key,
    message_key,
    uetr_key,
)
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.upgraded import is_capital_item, is_upgraded
from huangpu.venues.offshore.white_list.standing import state_at

FORM = "huangpu policy 28, form of an order"
DUPLICATES = "huangpu policy 23, ids used once"
PARTIES = "huangpu policy 29, who may order and receive"
SERVICING = "P-07, one company is served by one designated bank"
CHARGE_BEARERS = ("SHAR", "DEBT", "CRED", "SLEV")
ID_LENGTH_MAX = 35
TEXT_LENGTH_MAX = 140
AFTER_CUT_OFF = ("", "WAREHOUSE", "REJECT")


def form_refusal(draft: Draft, order: PaymentOrder) -> Rejected | None:
    """Refuse an order that cannot be read as a payment of today.

    Rejects: AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, CURRENCY_UNKNOWN, IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE, DATE_NOT_SUPPORTED.
    """
    if order.amount <= 0:
        detail = f"{order.amount} minor units, at least 1"
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, FORM)
    if order.amount > AMOUNT_MAX:
        detail = f"{order.amount} minor units, at most {AMOUNT_MAX}"
        return Rejected(Reason.AMOUNT_TOO_LARGE, detail, FORM)
    if order.currency not in CURRENCY_DIGITS:
        return Rejected(Reason.CURRENCY_UNKNOWN, f"{order.currency!r}, ISO 4217", FORM)
    if not is_uetr(order.uetr):
        detail = f"UETR {order.uetr!r}: a lower-case UUID of version 4"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FORM)
    if (
        not 0 < len(order.end_to_end_id) <= ID_LENGTH_MAX
        or len(order.instruction_id) > ID_LENGTH_MAX
    ):
        detail = f"end-to-end id {order.end_to_end_id!r}, instruction id {order.instruction_id!r}: at most {ID_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FORM)
    texts = (
        order.remittance,
        order.creditor_name,
        order.debtor_name,
        order.trade_reference,
        order.goods,
    )
    # Mostly all of them together are short enough.
    if len("".join(texts)) > TEXT_LENGTH_MAX and max(map(len, texts)) > TEXT_LENGTH_MAX:
        longest = max(map(len, texts))
        detail = f"names, remittance, trade reference and goods: {longest} characters, at most {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FORM)
    if order.charge_bearer not in CHARGE_BEARERS:
        detail = f"charge bearer {order.charge_bearer!r}, one of {' '.join(CHARGE_BEARERS)}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FORM)
    if order.after_cut_off not in AFTER_CUT_OFF:
        detail = f"after the cut-off {order.after_cut_off!r}, one of WAREHOUSE REJECT or nothing"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FORM)
    if order.requested_date is not None and order.requested_date > draft.stamp.date:
        ahead = draft.rows["offshore.future_days_max"]
        days = (order.requested_date - draft.stamp.date).days
        if days > ahead.integer:
            detail = f"requested {order.requested_date}, {days} days ahead, at most {ahead.value} {ahead.unit}"
            return Rejected(Reason.DATE_NOT_SUPPORTED, detail, ahead.cite, ahead.rule)
    return None


def message_refusal(draft: Draft) -> Rejected | None:
    """Refuse a message id that is malformed or that the sender has used.

    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED.
    """
    if not 0 < len(draft.message_id) <= ID_LENGTH_MAX:
        detail = f"message id {draft.message_id!r}: 1 to {ID_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FORM)
    batch = batch_key(draft.sender, draft.message_id) in draft.room.books.batches
    if batch or draft.uses(message_key(draft.sender, draft.message_id)):
        detail = f"message id {draft.message_id} of {draft.sender} is used, each once"
        return Rejected(Reason.MESSAGE_ID_REUSED, detail, DUPLICATES)
    return None


def reuse_refusal(
    draft: Draft, order: PaymentOrder, *, own_debtor: bool, covered: bool = False
) -> Rejected | None:
    """Refuse a payment whose UETR (unless its cover brought it), end-to-end id or instruction id is used up.

    Rule: domain note C5. The UETR is asked first: it alone is unique across senders and days.
    Rejects: UETR_REUSED, END_TO_END_ID_REUSED, INSTRUCTION_ID_REUSED.
    """
    keys = [] if covered else [uetr_key(order.uetr)]
    if order.end_to_end_id != END_TO_END_NOT_PROVIDED:
        keys.append(end_to_end_key(order, draft.stamp.date, own_debtor=own_debtor))
    if order.instruction_id:
        keys.append(instruction_key(draft.sender, order.instruction_id))
    used = draft.first_used(keys)
    if not used:
        return None
    if used[0] == "U":
        detail = f"UETR {order.uetr} is used, each once"
        return Rejected(Reason.UETR_REUSED, detail, DUPLICATES)
    if used[0] == "E":
        detail = f"end-to-end id {order.end_to_end_id} of {order.debtor_account} is used on {draft.stamp.date}"
        return Rejected(Reason.END_TO_END_ID_REUSED, detail, DUPLICATES)
    detail = f"instruction id {order.instruction_id} of {draft.sender} is used, each once"
    return Rejected(Reason.INSTRUCTION_ID_REUSED, detail, DUPLICATES)


def debtor_account(draft: Draft, order: PaymentOrder) -> CashAccount | Rejected:
    """Find the account to debit.

    Rejects: DEBTOR_ACCOUNT_UNKNOWN.
    """
    account = draft.room.registry.cash_accounts.get(order.debtor_account)
    if account is None:
        return Rejected(Reason.DEBTOR_ACCOUNT_UNKNOWN, order.debtor_account, PARTIES)
    return account


def orderer_refusal(draft: Draft, account: CashAccount) -> Rejected | None:
    """Refuse an order of somebody who is neither the holder of the account nor the instructed bank.

    Rejects: NOT_YOUR_INSTITUTION.
    """
    if draft.stamp.institution in (account.holder, draft.bank):
        return None
    return not_yours(draft.stamp, f"the holder of {account.id} or the instructed bank", PARTIES)


def creditor_account(draft: Draft, order: PaymentOrder) -> CashAccount | Rejected | None:
    """Find the account to credit, or None where it is kept overseas.

    Reading: an agent that is a bank of the centre, or no agent, means an account kept here; every other BIC means one overseas.
    Rejects: IDENTIFIER_MALFORMED, CREDITOR_ACCOUNT_UNKNOWN, SAME_ACCOUNT, FIELD_OUT_OF_RANGE.
    """
    bank = ""
    if order.creditor_agent:
        if not is_bic(order.creditor_agent):
            detail = f"creditor agent {order.creditor_agent!r}: BIC of 8 or 11 characters"
            return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FORM)
        agent = draft.room.by_bic(order.creditor_agent)
        if agent is None or agent.kind is not InstitutionKind.BANK:
            return _far_party_refusal(
                order.creditor_account, order.creditor_name, order.creditor_country
            )
        bank = agent.id
    account = draft.room.registry.cash_accounts.get(order.creditor_account)
    if account is None or bank not in ("", account.bank):
        detail = f"{order.creditor_account}{f' at {bank}' if bank else ''}"
        return Rejected(Reason.CREDITOR_ACCOUNT_UNKNOWN, detail, PARTIES)
    if account.id == order.debtor_account:
        return Rejected(Reason.SAME_ACCOUNT, account.id, PARTIES)
    return account


def far_debtor_refusal(order: PaymentOrder) -> Rejected | None:
    """Refuse an inward payment that does not say who pays.

    Rejects: IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE.
    """
    if not is_bic(order.debtor_agent):
        detail = f"debtor agent {order.debtor_agent!r}: BIC of 8 or 11 characters"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FORM)
    return _far_party_refusal(order.debtor_account, order.debtor_name, order.debtor_country)


def account_refusal(draft: Draft, account: CashAccount, currency: str) -> Rejected | None:
    """Refuse an account that is not open, lacks the currency, or whose bank is suspended.

    Rejects: ACCOUNT_CLOSED, ACCOUNT_BLOCKED, ACCOUNT_CURRENCY_WRONG, INSTITUTION_SUSPENDED.
    """
    if account.status is not AccountStatus.OPEN:
        closed = account.status is AccountStatus.CLOSED
        reason = Reason.ACCOUNT_CLOSED if closed else Reason.ACCOUNT_BLOCKED
        return Rejected(reason, f"{account.id} is {account.status}, needed OPEN", PARTIES)
    if currency not in account.currencies:
        detail = f"{account.id} holds {' '.join(account.currencies)}, not {currency}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, PARTIES)
    if draft.room.registry.institutions[account.bank].suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, account.bank, PARTIES)
    return None


def servicing_refusal(draft: Draft, debtor: CashAccount) -> Rejected | None:
    """Refuse an order sent through a bank that does not serve the debtor.

    Rule: P-07; domain note B2, "SAU and servicing bank match".
    Rejects: INSTITUTION_SUSPENDED, SERVICING_BANK_WRONG.
    """
    if draft.room.registry.institutions[debtor.holder].suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, debtor.holder, PARTIES)
    if debtor.bank != draft.bank:
        detail = f"sent through {draft.bank}, which does not keep {debtor.id}"
        return Rejected(Reason.SERVICING_BANK_WRONG, detail, SERVICING)
    if debtor.account_class is not AccountClass.FTE:
        return None
    listing = draft.room.books.listings.get(debtor.holder)
    if listing is not None and draft.bank not in listing.banks:
        bound = ", ".join(listing.banks) or "no bank"
        detail = f"sent through {draft.bank}; {debtor.holder} is served by {bound}"
        return Rejected(
            Reason.SERVICING_BANK_WRONG, detail, SERVICING, "offshore.servicing_banks_max"
        )
    return None


def matrix_refusal(
    draft: Draft, order: PaymentOrder, cell: Cell, *, fte: bool, same_name: bool
) -> Rejected | None:
    """Refuse what the matrix forbids, and what the pilot forbids across the second line.

    Rule: R-01 to R-16 by the cell; R-18 for FTE accounts across the second line.
    Rejects: SECOND_LINE_CURRENCY, TRANSFER_FORBIDDEN.
    """
    row, line = cell.row, cell.line
    # A word that the matrix does not know forbids.
    if row.value not in (Permission.ALLOW, Permission.RELEASE):
        currency = line is Line.SECOND and order.currency != "CNY"
        reason = Reason.SECOND_LINE_CURRENCY if currency else Reason.TRANSFER_FORBIDDEN
        detail = (
            f"{cell.rule_id}: {row.rule.removeprefix('transfer.')} in {order.currency} is forbidden"
        )
        return Rejected(reason, detail, row.cite, row.rule)
    if line is not Line.SECOND or not fte:
        return None
    names = draft.rows["offshore.second_line.names"]
    name = "SAME_NAME" if same_name else "OTHER_NAME"
    if name in names.texts:
        return None
    detail = f"R-18: {name} across the second line, allowed {' '.join(names.texts) or 'none'}"
    return Rejected(Reason.TRANSFER_FORBIDDEN, detail, names.cite, names.rule)


def pilot_refusal(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, line: Line
) -> Rejected | None:
    """Refuse outward payments of a company that is not ACTIVE on the white list now, or that does not name the trade.

    Rule: R-17 (P-02, P-03): nothing else is asked for before payment. B4: an upgraded account of a company outside the pilot pays by
    its own rules.
    Rejects: WHITE_LIST_STATUS, TRADE_TYPE_MISSING.
    """
    if debtor.account_class is not AccountClass.FTE:
        return None
    listing = draft.room.books.listings.get(debtor.holder)
    if listing is None and is_upgraded(draft.room, debtor):
        return None
    state = None if listing is None else state_at(listing, draft.stamp.at_us)
    if state is not ListingState.ACTIVE:
        detail = (
            f"{debtor.holder} is {state or 'not on the white list'}, needed ACTIVE at settlement"
        )
        return Rejected(
            Reason.WHITE_LIST_STATUS, detail, "R-17, ACTIVE on the white list at settlement"
        )
    capital = is_capital_item(draft.room, draft.rules, draft.stamp.date, debtor, order.purpose)
    if line is Line.SECOND or capital:
        return None
    types = draft.rows["offshore.trade_types"]
    if order.trade_type in types.texts:
        return None
    detail = f"trade type {order.trade_type!r}, one of {' '.join(types.texts)}"
    return Rejected(Reason.TRADE_TYPE_MISSING, detail, types.cite, types.rule)


def _far_party_refusal(account: str, name: str, country: str) -> Rejected | None:
    if not is_code(account):
        detail = f"account {account!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FORM)
    if not name:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, f"no name of the holder of {account}", FORM)
    if not is_country(country):
        detail = f"country {country!r} of {name}: ISO 3166 alpha-2"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FORM)
    return None
