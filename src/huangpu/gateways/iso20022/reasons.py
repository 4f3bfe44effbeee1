"""What each refusal of the engine is called on the wire: an ISO 20022 external status reason code.

Rule: domain note C4. The explicit rows are the reasons a payment message can end with (a test reads the venue's sources and fails on a
gap); reasons of the other venues cannot be reached by a message and are told in words (NARR).
"""

from typing import Final

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.gateways.iso20022.model import StatusReason
from huangpu.gateways.iso20022.statuses import information_lines
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.orders import Payment, Pending

INFORMATION_LINES_MAX = 2
TRANSFERS = "huangpu policy 34"

EXPLICIT: Final[dict[Reason, str]] = {
    Reason.COMMAND_ID_REUSED: "DU01",
    Reason.FIELD_OUT_OF_RANGE: "FF01",
    Reason.IDENTIFIER_MALFORMED: "FF01",
    Reason.CURRENCY_UNKNOWN: "AM11",
    Reason.AMOUNT_NOT_POSITIVE: "AM01",
    Reason.AMOUNT_TOO_LARGE: "AM02",
    Reason.ACTOR_UNKNOWN: "DS0H",
    Reason.INSTITUTION_SUSPENDED: "AG10",
    Reason.PERMISSION_MISSING: "AG08",
    Reason.NOT_YOUR_INSTITUTION: "DS0H",
    Reason.OWN_ACT_NOT_APPROVABLE: "AG08",
    Reason.ACCOUNT_UNKNOWN: "AC01",
    Reason.DEBTOR_ACCOUNT_UNKNOWN: "AC02",
    Reason.CREDITOR_ACCOUNT_UNKNOWN: "AC03",
    Reason.ACCOUNT_CLOSED: "AC04",
    Reason.ACCOUNT_BLOCKED: "AC06",
    Reason.ACCOUNT_CURRENCY_WRONG: "AC09",
    Reason.ACCOUNT_CLASS_FORBIDDEN: "AC14",
    Reason.ACCOUNT_NOT_OWNED: "AC02",
    Reason.SAME_ACCOUNT: "AC14",
    Reason.FUNDS_INSUFFICIENT: "AM04",
    Reason.BALANCE_LIMIT_EXCEEDED: "AM13",
    Reason.SERVICING_BANK_WRONG: "AGNT",
    Reason.WHITE_LIST_STATUS: "AG01",
    Reason.TRANSFER_FORBIDDEN: "AG01",
    Reason.SECOND_LINE_CURRENCY: "AM03",
    Reason.SECOND_LINE_NOT_OPEN: "AG01",
    Reason.TRADE_TYPE_MISSING: "RR05",
    Reason.PURPOSE_MISSING: "FF07",
    Reason.PURPOSE_NOT_PERMITTED: "RR04",
    Reason.LOAN_NOT_REPAYABLE: "RR04",
    Reason.REGULATORY_REASON: "RR04",
    Reason.RELEASE_REFUSED: "AG01",
    Reason.QUOTA_EXCEEDED: "AM14",
    Reason.VENUE_LIMIT_EXCEEDED: "AM13",
    Reason.AGREED_LIMIT_EXCEEDED: "AM14",
    Reason.BANK_LIMIT_EXCEEDED: "AM23",
    Reason.REFERENCE_RATE_MISSING: "NARR",
    Reason.MESSAGE_ID_REUSED: "DU01",
    Reason.INSTRUCTION_ID_REUSED: "DU05",
    Reason.END_TO_END_ID_REUSED: "DU04",
    Reason.UETR_REUSED: "AM05",
    Reason.AGENT_UNKNOWN: "RC01",
    Reason.DATE_NOT_SUPPORTED: "DT04",
    Reason.CANCELLED: "DS02",
    Reason.CUT_OFF_PASSED: "TM01",
    Reason.CHARGE_NOT_COVERED: "AM12",
    Reason.BATCH_NOT_WHOLE: "ED05",
    Reason.FX_PAIR_UNKNOWN: "AM03",
    Reason.FX_QUOTE_UNKNOWN: "FXQX",
    Reason.FX_QUOTE_KNOWN: "DU01",
    Reason.FX_QUOTE_USED: "AM05",
    Reason.FX_QUOTE_EXPIRED: "FXQX",
    Reason.FX_POSITION_LIMIT: "AM14",
    Reason.FX_POSITION_SMALLER: "AM12",
    Reason.FX_COUNTERPARTY_ONSHORE: "AG01",
    Reason.FX_LIQUIDITY_SHORT: "ED05",
    Reason.PAYMENT_UNKNOWN: "AG09",
    Reason.PAYMENT_NOT_PAID: "AG09",
    Reason.PAYMENT_RETURNED: "AM05",
    Reason.RECALL_OPEN: "AM05",
    Reason.RECALL_REPEATED: "AM05",
    Reason.RECALL_REASON_WRONG: "FF01",
    Reason.RECALL_UNKNOWN: "AG09",
    Reason.RECALL_ANSWERED: "AM05",
    Reason.RECALL_CONSENT_MISSING: "AG08",
    Reason.RETURN_OF_RETURN: "AG13",
    Reason.RETURN_REASON_WRONG: "FF01",
    Reason.RETURN_AMOUNT_WRONG: "AM09",
    Reason.RETURN_TOO_LATE: "TM01",
    Reason.COVER_MISMATCH: "AM09",
    Reason.COVER_MISSING: "AB05",
}
CODES: Final[dict[Reason, str]] = dict.fromkeys(Reason, "NARR") | EXPLICIT

# Codes of our own, where no external code fits (domain note C4): they travel as Prtry.
PROPRIETARY: Final = frozenset({"FXQX"})

# What the code alone does not say: the customer is told that the white list refused, not who is on it.
MARKS: Final[dict[Reason, str]] = {Reason.WHITE_LIST_STATUS: "PILOT-STATUS"}

UNEXPLAINED: Final = frozenset({Reason.REGULATORY_REASON})
"""Told by the code alone: whoever may be on a list is not told why (domain note C4)."""

FORBIDDEN: Final = frozenset(
    {
        Reason.ACTOR_UNKNOWN,
        Reason.INSTITUTION_SUSPENDED,
        Reason.PERMISSION_MISSING,
        Reason.NOT_YOUR_INSTITUTION,
        Reason.OWN_ACT_NOT_APPROVABLE,
    }
)


SIDED: Final[dict[Reason, tuple[str, str]]] = {
    Reason.ACCOUNT_CLOSED: ("AC05", "AC07"),
    Reason.ACCOUNT_CURRENCY_WRONG: ("AC10", "AC11"),
    Reason.ACCOUNT_CLASS_FORBIDDEN: ("AC13", "AC14"),
}
"""The codes of the debtor's and of the creditor's account, where it is known which of the two was refused (domain note C4)."""


def status_reason(rejected: Rejected, accounts: tuple[str, str] = ("", "")) -> StatusReason:
    """Give a refusal of the engine as a status reason: code, mark, value found and clause.

    `accounts` are the debtor's and the creditor's: a refusal that begins with one of them is coded by its side.
    """
    code = _code(rejected, accounts)
    if rejected.reason in UNEXPLAINED:
        return StatusReason(code=code)
    mark = MARKS.get(rejected.reason, rejected.reason)
    text = f"{mark}: {rejected.detail} ({rejected.cite})"
    lines = information_lines(text.encode("ascii", "replace").decode())[:INFORMATION_LINES_MAX]
    if code in PROPRIETARY:
        return StatusReason(proprietary=code, information=lines)
    return StatusReason(code=code, information=lines)


def _code(rejected: Rejected, accounts: tuple[str, str]) -> str:
    sides = SIDED.get(rejected.reason)
    if sides is not None:
        for account, code in zip(accounts, sides, strict=True):
            if account and rejected.detail.startswith(f"{account} "):
                return code
    return CODES[rejected.reason]


def ending_reasons(record: Payment | Pending | BankTransfer) -> tuple[StatusReason, ...]:
    """Give why a payment or a transfer ended without money; nothing for one that waits or has settled."""
    if isinstance(record, Pending) or not record.reason:
        return ()
    cite = record.cite if isinstance(record, Payment) else TRANSFERS
    accounts = (record.order.debtor_account, record.order.creditor_account)
    return (status_reason(Rejected(Reason(record.reason), record.detail, cite), accounts),)
