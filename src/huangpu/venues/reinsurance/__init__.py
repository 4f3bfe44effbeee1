"""The reinsurance exchange: members and seats, slips, signed lines, contracts, premium accounts and their settlement."""

from huangpu.core.message import Event, Stamp
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook
from huangpu.venues.reinsurance import accounting, desks, membership, settlement
from huangpu.venues.reinsurance.books import Reinsurance
from huangpu.venues.reinsurance.placement import binding, lines, quoting, signing, slip

__all__ = ["TABLE", "Reinsurance"]


def on_tick(room: Reinsurance, rules: RuleBook, stamp: Stamp) -> list[Event]:
    """List what the passing of time has brought: lapsed slips, contracts on risk, contracts expired."""
    return [*slip.lapsed(room, stamp), *binding.status_changes(room, stamp)]


TABLE = Table(
    name="reinsurance",
    handlers=(
        Handler(membership.AdmitMember, "reinsurance.admit", membership.admit_member),
        Handler(membership.GrantSeat, "reinsurance.admit", membership.grant_seat),
        Handler(
            membership.NameSettlementAccount,
            "reinsurance.account",
            membership.name_settlement_account,
        ),
        Handler(desks.LightDesk, "reinsurance.desk", desks.light_desk),
        Handler(slip.PlaceSlip, "reinsurance.place", slip.place_slip),
        Handler(slip.CloseSlip, "reinsurance.place", slip.close_slip),
        Handler(quoting.QuoteSlip, "reinsurance.quote", quoting.quote_slip),
        Handler(quoting.DeclineSlip, "reinsurance.quote", quoting.decline_slip),
        Handler(quoting.IssueFirmOrder, "reinsurance.order", quoting.issue_firm_order),
        Handler(lines.WriteLine, "reinsurance.line", lines.write_line),
        Handler(lines.WithdrawLine, "reinsurance.line", lines.withdraw_line),
        Handler(signing.SignDown, "reinsurance.bind", signing.sign_down),
        Handler(binding.BindSlip, "reinsurance.bind", binding.bind_slip),
        Handler(settlement.SettleAccount, "reinsurance.order", settlement.settle_account),
    ),
    appliers={
        membership.MemberAdmitted: membership.apply_admitted,
        membership.SeatGranted: membership.apply_seat,
        membership.SettlementAccountNamed: membership.apply_account_named,
        desks.DeskLit: desks.apply_lit,
        slip.SlipPlaced: slip.apply_placed,
        slip.SlipClosed: slip.apply_closed,
        slip.SlipLapsed: slip.apply_lapsed,
        quoting.SlipQuoted: quoting.apply_quoted,
        quoting.SlipDeclined: quoting.apply_declined,
        quoting.FirmOrderIssued: quoting.apply_firm_order,
        lines.LineWritten: lines.apply_written,
        lines.LineWithdrawn: lines.apply_withdrawn,
        signing.LinesSigned: signing.apply_signed,
        binding.ContractBound: binding.apply_bound,
        binding.ContractStatusChanged: binding.apply_status,
        accounting.PremiumAccountDerived: accounting.apply_derived,
        settlement.PremiumSettled: settlement.apply_settled,
    },
    on_tick=on_tick,
)
