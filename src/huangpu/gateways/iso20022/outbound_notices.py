"""Notices (camt.054) of what moves money beside payments: a return, a transfer between banks, each side of an exchange.

For every account that is kept for a holder, with the very entry that its statement shows; made from what is stored, always the same bytes. A bank's
own liquidity and its nostros are its own books and get none.
"""

from huangpu.engine import Centre
from huangpu.gateways.iso20022.account_messages import entry_of
from huangpu.gateways.iso20022.answers import time_text
from huangpu.gateways.iso20022.model import Account, EntryNotification
from huangpu.gateways.iso20022.notices import CAMT_054, write_camt054
from huangpu.gateways.iso20022.outbound import OutboundMessage
from huangpu.ledger.accounts import Side
from huangpu.registry.cash_accounts import CashAccount
from huangpu.venues.offshore.reports.causes import Cause, CauseKind, of_deal
from huangpu.venues.offshore.reports.statements import StatementLine, lines_of

PREFIXES = {
    CauseKind.RETURN: "NR",
    CauseKind.BANK_TRANSFER: "NB",
    CauseKind.FX_DEAL: "NX",
}
"""How the id of a notice begins; its number and D or C follow. Those of payments begin with NT."""


def notices_of(centre: Centre, cause: Cause) -> list[OutboundMessage]:
    """Render the notices that a cause owes."""
    found = lines_of(centre.offshore, cause)
    return [_notice(centre, cause, account, line) for account, line in found]


def deal_messages(
    centre: Centre, number: int, institution: str | None
) -> list[OutboundMessage] | None:
    """Render the notices of an exchange; None when there is none that the reader may see."""
    room = centre.offshore
    if not 0 <= number < len(room.books.fx.deals):
        return None
    deal = room.books.fx.deals[number]
    if institution not in (None, deal.bank, deal.customer):
        return None
    return [one for cause in of_deal(room, deal) for one in notices_of(centre, cause)]


def _notice(
    centre: Centre, cause: Cause, account: CashAccount, line: StatementLine
) -> OutboundMessage:
    side = "D" if line.side is Side.DEBIT else "C"
    currency = centre.ledger.account(cause.debit).asset
    message_id = f"{PREFIXES[cause.kind]}{cause.source.number:012d}{side}"
    notice = EntryNotification(
        message_id=message_id,
        created_at=time_text(line.at_us),
        notification_id=message_id,
        account=Account(other_id=account.id, currency=currency),
        servicer_bic=centre.registry.institutions[account.bank].bic,
        entries=(entry_of(line, currency),),
    )
    xml = write_camt054(notice).decode()
    return OutboundMessage(CAMT_054, message_id, account.bank, account.holder, xml)
