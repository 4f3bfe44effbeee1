"""The growth tier: listing, trading and supervision of sci-tech companies."""

from huangpu.core.room import Handler, Table
from huangpu.venues.growth import clearing, instruments, orders, sessions, suitability
from huangpu.venues.growth.state import Growth

__all__ = ["TABLE", "Growth"]

TABLE = Table(
    name="growth",
    handlers=(
        Handler(instruments.ListInstrument, "growth.list", instruments.list_instrument),
        Handler(suitability.RegisterInvestor, "growth.investor", suitability.register_investor),
        Handler(suitability.SignRiskStatement, "growth.investor", suitability.sign_risk_statement),
        Handler(clearing.DepositCash, "growth.investor", clearing.deposit_cash),
        Handler(clearing.DepositShares, "growth.investor", clearing.deposit_shares),
        Handler(sessions.OpenTestSession, "growth.session", sessions.open_test_session),
        Handler(sessions.CloseTestSession, "growth.session", sessions.close_test_session),
        Handler(orders.PlaceOrder, "growth.order", orders.place_order),
        Handler(orders.CancelOrder, "growth.order", orders.cancel_order),
    ),
    appliers={
        instruments.InstrumentListed: instruments.apply_listed,
        suitability.InvestorRegistered: suitability.apply_registered,
        suitability.RiskStatementSigned: suitability.apply_signed,
        sessions.TradingDayOpened: sessions.apply_day_opened,
        sessions.PhaseChanged: sessions.apply_phase_changed,
        sessions.TradingDayClosed: sessions.apply_day_closed,
        orders.OrderAccepted: orders.apply_accepted,
        orders.TradeExecuted: orders.apply_executed,
        orders.OrderCancelled: orders.apply_cancelled,
    },
    on_tick=sessions.on_tick,
)
