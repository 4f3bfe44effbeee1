"""The reinsurance exchange: slips, quotes and lines as posts; what an institution may see of them as reads."""

import msgspec

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window, page_of
from huangpu.venues.reinsurance import bills, views
from huangpu.venues.reinsurance.desks import LightDesk
from huangpu.venues.reinsurance.membership import AdmitMember, GrantSeat, NameSettlementAccount
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import WithdrawLine, WriteLine
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip, IssueFirmOrder, QuoteSlip
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import CloseSlip, PlaceSlip, SlipState
from huangpu.venues.reinsurance.settlement import Payment, SettleAccount


class SlipsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which slips to list: all, or those in one state."""

    limit: Limit = 50
    after: After = ""
    state: SlipState | None = None


class MembersQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which members to list: all, domestic or foreign."""

    limit: Limit = 50
    after: After = ""
    domestic: bool | None = None


def _slips(asked: Asked) -> Page[views.SlipRow]:
    query: SlipsQuery = asked.query
    rows = views.slips(
        asked.centre.reinsurance,
        asked.institution,
        state=query.state,
        limit=query.limit + 1,
        after=query.after or None,
    )
    return page_of(rows, query.limit, lambda row: row.id)


def _slip(asked: Asked) -> views.SlipView | None:
    return views.slip(asked.centre.reinsurance, asked.institution, asked.path["slip_id"])


def _contracts(asked: Asked) -> Page[views.ContractRow]:
    query: Window = asked.query
    limit, after = query.limit, query.after or None
    room = asked.centre.reinsurance
    rows = views.contracts(room, asked.institution, limit=limit + 1, after=after)
    return page_of(rows, limit, lambda row: row.contract.trade_code)


def _contract(asked: Asked) -> views.ContractRow | None:
    return views.contract(asked.centre.reinsurance, asked.institution, asked.path["trade_code"])


def _bill(asked: Asked) -> bills.Bill | None:
    account_id = f"{asked.path['trade_code']}/A1"
    return bills.bill(asked.centre.reinsurance, asked.institution, account_id)


def _bills(asked: Asked) -> Page[bills.Bill]:
    query: Window = asked.query
    limit, after = query.limit, query.after or None
    room = asked.centre.reinsurance
    rows = bills.bills(room, asked.institution, limit=limit + 1, after=after)
    return page_of(rows, limit, lambda row: row.account.id)


def _payments(asked: Asked) -> Page[Payment]:
    query: Window = asked.query
    limit, after = query.limit, query.after or None
    room = asked.centre.reinsurance
    rows = bills.payments(room, asked.institution, limit=limit + 1, after=after)
    return page_of(rows, limit, lambda row: row.id)


def _members(asked: Asked) -> Page[views.MemberRow]:
    query: MembersQuery = asked.query
    rows = views.members(
        asked.centre.reinsurance,
        asked.gate.engine.last_at_us,
        domestic=query.domestic,
        limit=query.limit + 1,
        after=query.after or None,
    )
    return page_of(rows, query.limit, lambda row: row.institution.id)


def _desks(asked: Asked) -> Page[views.DeskRow]:
    return Page(views.desks(asked.centre.reinsurance, asked.gate.engine.last_at_us))


def _overview(asked: Asked) -> bills.Overview:
    return bills.overview(asked.centre.reinsurance, asked.gate.engine.last_at_us)


ACTS: tuple[Act, ...] = (
    Act("/v1/reinsurance/slips", PlaceSlip),
    Act("/v1/reinsurance/slips/{slip_id}/close", CloseSlip),
    Act("/v1/reinsurance/slips/{slip_id}/quotes", QuoteSlip),
    Act("/v1/reinsurance/slips/{slip_id}/decline", DeclineSlip),
    Act("/v1/reinsurance/slips/{slip_id}/firm-order", IssueFirmOrder),
    Act("/v1/reinsurance/slips/{slip_id}/lines", WriteLine),
    Act("/v1/reinsurance/slips/{slip_id}/lines/withdraw", WithdrawLine),
    Act("/v1/reinsurance/slips/{slip_id}/sign-down", SignDown),
    Act("/v1/reinsurance/slips/{slip_id}/bind", BindSlip),
    Act("/v1/reinsurance/settlements", SettleAccount),
    Act("/v1/reinsurance/members", AdmitMember),
    Act("/v1/reinsurance/members/{institution_id}/seat", GrantSeat),
    Act("/v1/reinsurance/settlement-accounts", NameSettlementAccount),
    Act("/v1/reinsurance/desks", LightDesk),
)
VIEWS: tuple[View, ...] = (
    View("/v1/reinsurance/overview", _overview, bills.Overview, "Show the exchange as a whole"),
    View(
        "/v1/reinsurance/slips", _slips, Page[views.SlipRow], "List slips, newest first", SlipsQuery
    ),
    View("/v1/reinsurance/slips/{slip_id}", _slip, views.SlipView, "Show one slip"),
    View(
        "/v1/reinsurance/contracts",
        _contracts,
        Page[views.ContractRow],
        "List own contracts",
        Window,
    ),
    View("/v1/reinsurance/contracts/{trade_code}", _contract, views.ContractRow, "Show a contract"),
    View(
        "/v1/reinsurance/contracts/{trade_code}/bill",
        _bill,
        bills.Bill,
        "Show the premium account of a contract",
    ),
    View("/v1/reinsurance/bills", _bills, Page[bills.Bill], "List premium accounts", Window),
    View("/v1/reinsurance/settlements", _payments, Page[Payment], "List premium payments", Window),
    View(
        "/v1/reinsurance/members",
        _members,
        Page[views.MemberRow],
        "List who has access to the exchange",
        MembersQuery,
    ),
    View("/v1/reinsurance/desks", _desks, Page[views.DeskRow], "List the desks that are lit"),
)
