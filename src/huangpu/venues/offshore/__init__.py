"""Real-time settlement for offshore trade: white list, free trade accounts, transfer matrix, payments on the instruction alone."""

from huangpu.core.room import Handler, Table
from huangpu.venues.offshore import accounts, white_list
from huangpu.venues.offshore.payments import settle, words
from huangpu.venues.offshore.state import Offshore

__all__ = ["TABLE", "Offshore"]

TABLE = Table(
    name="offshore",
    handlers=(
        Handler(white_list.RecommendCompany, "offshore.recommend", white_list.recommend_company),
        Handler(white_list.ListCompany, "offshore.list", white_list.list_company),
        Handler(white_list.SuspendCompany, "offshore.list", white_list.suspend_company),
        Handler(white_list.ReinstateCompany, "offshore.list", white_list.reinstate_company),
        Handler(white_list.RemoveCompany, "offshore.list", white_list.remove_company),
        Handler(white_list.BindServicingBank, "offshore.bind", white_list.bind_servicing_bank),
        Handler(white_list.UnbindServicingBank, "offshore.bind", white_list.unbind_servicing_bank),
        Handler(accounts.SetUpBank, "offshore.setup", accounts.set_up_bank),
        Handler(accounts.OpenNostro, "offshore.account", accounts.open_nostro),
        Handler(accounts.OpenCashAccount, "offshore.account", accounts.open_cash_account),
        Handler(accounts.AddAccountCurrency, "offshore.account", accounts.add_account_currency),
        Handler(accounts.BlockAccount, "offshore.block", accounts.block_account),
        Handler(accounts.UnblockAccount, "offshore.block", accounts.unblock_account),
        Handler(accounts.CloseAccount, "offshore.block", accounts.close_account),
        Handler(words.InstructPayment, "offshore.instruct", settle.instruct_payment),
        Handler(words.InstructPaymentBatch, "offshore.instruct", settle.instruct_payment_batch),
        Handler(words.ReceiveCreditTransfer, "offshore.receive", settle.receive_credit_transfer),
    ),
    appliers={
        white_list.ListingChanged: white_list.apply_listing_changed,
        white_list.ServicingBankBound: white_list.apply_bound,
        white_list.ServicingBankUnbound: white_list.apply_unbound,
        accounts.NostroOpened: accounts.apply_nostro_opened,
        words.PaymentSettled: settle.apply_settled,
        words.PaymentRefused: settle.apply_refused,
        words.BatchProcessed: settle.apply_batch,
    },
)
