"""Real-time settlement for offshore trade: white list, free trade accounts, transfer matrix, payments on the instruction alone."""

from collections.abc import Callable

from huangpu.core.message import Event, Stamp
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore import accounts, upgraded, white_list
from huangpu.venues.offshore.bank_transfers import core as bank_core
from huangpu.venues.offshore.bank_transfers import cover as bank_cover
from huangpu.venues.offshore.bank_transfers import words as bank_words
from huangpu.venues.offshore.fx import deals, positions, quotes
from huangpu.venues.offshore.fx import liquidity as fx_liquidity
from huangpu.venues.offshore.liquidity import commands, queue
from huangpu.venues.offshore.monitoring import (
    approvals,
    deviation,
    findings,
    grades,
    limits,
    proposals,
    rates,
    run,
)
from huangpu.venues.offshore.monitoring import cases as sample_cases
from huangpu.venues.offshore.payments import settle, words
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.waiting import newcomers_due, warehouse_due
from huangpu.venues.offshore.recalls import answers, requests, returns
from huangpu.venues.offshore.recalls import words as recall_words
from huangpu.venues.offshore.reports import (
    breaks,
    corrections,
    daily,
    large_value,
    reconciliation,
)
from huangpu.venues.offshore.screening import cases, lists, verdicts
from huangpu.venues.offshore.second_line import bop, loans, release
from huangpu.venues.offshore.state import Offshore

__all__ = ["TABLE", "Offshore"]

DUE: tuple[Callable[[Draft], list[Event]], ...] = (
    run.monitors_due,
    warehouse_due,
    requests.recalls_due,
    bank_cover.covers_due,
    newcomers_due,
    lists.screen_newcomers,
    lists.rescreen_known,
    queue.tick,
    daily.reporting_due,
    positions.positions_due,
)
"""What a tick collects, in this order; each sees what those before it decided in the same entry.

The monitors come first: they look at what earlier entries left and forget it, not what this one settles after them.
"""


def _on_tick(room: Offshore, rules: RuleBook, stamp: Stamp) -> list[Event]:
    draft = Draft(room, rules, stamp)
    return [event for collect in DUE for event in collect(draft)]


TABLE = Table(
    name="offshore",
    handlers=(
        Handler(white_list.ApplyForListing, "offshore.apply", white_list.take_application),
        Handler(
            white_list.DeclineApplication, "offshore.recommend", white_list.decline_application
        ),
        Handler(white_list.RecommendCompany, "offshore.recommend", white_list.recommend_company),
        Handler(white_list.ListCompany, "offshore.list", white_list.list_company),
        Handler(white_list.SuspendCompany, "offshore.list", white_list.suspend_company),
        Handler(white_list.ReinstateCompany, "offshore.list", white_list.reinstate_company),
        Handler(white_list.RemoveCompany, "offshore.list", white_list.remove_company),
        Handler(
            white_list.ConfirmListingChange, "offshore.list", white_list.confirm_listing_change
        ),
        Handler(
            white_list.WithdrawListingChange, "offshore.list", white_list.withdraw_listing_change
        ),
        Handler(white_list.BindServicingBank, "offshore.bind", white_list.bind_servicing_bank),
        Handler(white_list.UnbindServicingBank, "offshore.bind", white_list.unbind_servicing_bank),
        Handler(accounts.SetUpBank, "offshore.setup", accounts.set_up_bank),
        Handler(accounts.OpenNostro, "offshore.account", accounts.open_nostro),
        Handler(accounts.OpenCashAccount, "offshore.account", accounts.open_cash_account),
        Handler(accounts.AddAccountCurrency, "offshore.account", accounts.add_account_currency),
        Handler(accounts.BlockAccount, "offshore.block", accounts.block_account),
        Handler(accounts.UnblockAccount, "offshore.block", accounts.unblock_account),
        Handler(accounts.CloseAccount, "offshore.block", accounts.close_account),
        Handler(upgraded.ApplyForUpgrade, "offshore.apply", upgraded.apply_for_upgrade),
        Handler(upgraded.ApproveUpgrade, "offshore.release", upgraded.approve_upgrade),
        Handler(upgraded.RefuseUpgrade, "offshore.release", upgraded.refuse_upgrade),
        Handler(upgraded.WithdrawUpgrade, "offshore.release", upgraded.withdraw_upgrade),
        Handler(loans.RegisterLoan, "offshore.account", loans.register_loan),
        Handler(loans.EndLoan, "offshore.account", loans.end_loan),
        Handler(release.ReleaseSecondLine, "offshore.release", release.release_second_line),
        Handler(release.RefuseSecondLine, "offshore.release", release.refuse_second_line),
        Handler(bop.CorrectBopRecord, "offshore.account", bop.correct_bop_record),
        Handler(bop.ApproveBopCorrection, "offshore.release", bop.approve_bop_correction),
        Handler(lists.ProposeScreeningList, "offshore.lists", lists.propose_screening_list),
        Handler(lists.AdoptScreeningList, "offshore.lists", lists.adopt_screening_list),
        Handler(cases.NoteScreeningCase, "offshore.screen", cases.note_screening_case),
        Handler(cases.ClearScreeningCase, "offshore.screen", cases.clear_screening_case),
        Handler(cases.ConfirmScreeningCase, "offshore.screen", cases.confirm_screening_case),
        Handler(
            corrections.CorrectReportRecord, "offshore.report", corrections.correct_report_record
        ),
        Handler(
            corrections.DecideReportCorrection,
            "offshore.release",
            corrections.decide_report_correction,
        ),
        Handler(
            large_value.FileLargeValueReport,
            "offshore.report",
            large_value.file_large_value_report,
        ),
        Handler(
            reconciliation.ReceiveCorrespondentStatement,
            "offshore.receive",
            reconciliation.receive_correspondent_statement,
        ),
        Handler(breaks.AssignBreak, "offshore.report", breaks.assign_break),
        Handler(breaks.CloseBreak, "offshore.report", breaks.close_break),
        Handler(breaks.DecideBreakClosure, "offshore.report", breaks.decide_break_closure),
        Handler(commands.CancelPayment, "offshore.instruct", commands.cancel_payment),
        Handler(commands.ChangePriority, "offshore.instruct", commands.change_priority),
        Handler(commands.MoveInQueue, "offshore.instruct", commands.move_in_queue),
        Handler(rates.SetReferenceRates, "offshore.rates", rates.set_reference_rates),
        Handler(limits.SetLimit, "offshore.monitor", limits.set_limit),
        Handler(grades.SetGrade, "offshore.monitor", grades.set_grade),
        Handler(findings.ExplainFinding, "offshore.monitor", findings.explain_finding),
        Handler(proposals.ApproveProposal, "offshore.approve", approvals.approve_proposal),
        Handler(proposals.DeclineProposal, "offshore.approve", approvals.decline_proposal),
        Handler(sample_cases.UploadDocuments, "offshore.documents", sample_cases.upload_documents),
        Handler(sample_cases.AcceptDocuments, "offshore.approve", sample_cases.accept_documents),
        Handler(sample_cases.RejectDocuments, "offshore.approve", sample_cases.reject_documents),
        Handler(words.InstructPayment, "offshore.instruct", settle.instruct_payment),
        Handler(words.InstructPaymentBatch, "offshore.instruct", settle.instruct_payment_batch),
        Handler(words.ReceiveCreditTransfer, "offshore.receive", settle.receive_credit_transfer),
        Handler(
            fx_liquidity.OpenLiquidityAccount,
            "offshore.account",
            fx_liquidity.open_liquidity_account,
        ),
        Handler(quotes.RequestQuote, "offshore.instruct", quotes.request_quote),
        Handler(quotes.QuoteRate, "offshore.quote", quotes.quote_rate),
        Handler(quotes.WithdrawQuote, "offshore.quote", quotes.withdraw_quote),
        Handler(deals.AcceptQuote, "offshore.instruct", deals.accept_quote),
        Handler(positions.SquarePosition, "offshore.quote", positions.square_position),
        Handler(recall_words.RequestCancellation, "offshore.recall", requests.request_cancellation),
        Handler(recall_words.AnswerCancellation, "offshore.answer", answers.answer_cancellation),
        Handler(recall_words.ReturnPayment, "offshore.return", returns.return_payment),
        Handler(recall_words.ReceiveReturn, "offshore.receive", returns.receive_return),
        Handler(
            bank_words.TransferBetweenBanks,
            "offshore.bank_transfer",
            bank_core.transfer_between_banks,
        ),
        Handler(
            bank_words.ReceiveBankTransfer, "offshore.receive", bank_cover.receive_bank_transfer
        ),
        Handler(
            bank_words.AnnounceCoveredTransfer,
            "offshore.receive",
            bank_cover.announce_covered_transfer,
        ),
    ),
    appliers={
        white_list.ListingApplied: white_list.apply_application,
        white_list.ListingChanged: white_list.apply_listing_changed,
        white_list.ListingChangeProposed: white_list.apply_proposed,
        white_list.ListingProposalWithdrawn: white_list.apply_withdrawn,
        white_list.SuspensionConfirmed: white_list.apply_suspension_confirmed,
        white_list.ServicingBankBound: white_list.apply_bound,
        white_list.ServicingBankUnbound: white_list.apply_unbound,
        accounts.NostroOpened: accounts.apply_nostro_opened,
        upgraded.UpgradeAsked: upgraded.apply_asked,
        upgraded.UpgradeApproved: upgraded.apply_approved,
        upgraded.UpgradeRefused: upgraded.apply_refused,
        upgraded.UpgradeWithdrawn: upgraded.apply_withdrawn,
        loans.LoanRegistered: loans.apply_loan_registered,
        loans.LoanEnded: loans.apply_loan_ended,
        bop.BopCorrectionProposed: bop.apply_correction_proposed,
        bop.BopCorrectionApproved: bop.apply_correction_approved,
        lists.ScreeningListProposed: lists.apply_list_proposed,
        lists.ScreeningListAdopted: lists.apply_list_adopted,
        verdicts.PartiesScreened: verdicts.apply_parties_screened,
        verdicts.PartiesRescreened: verdicts.apply_parties_rescreened,
        verdicts.ScreeningCaseOpened: verdicts.apply_case_opened,
        cases.ScreeningCaseNoted: cases.apply_case_noted,
        cases.ScreeningCaseDecided: cases.apply_case_decided,
        daily.ReportingDayAdvanced: daily.apply_advanced,
        daily.ReportFileClosed: daily.apply_file_closed,
        daily.ReportingDayClosed: daily.apply_day_closed,
        corrections.ReportCorrectionProposed: corrections.apply_proposed,
        corrections.ReportCorrectionDeclined: corrections.apply_declined,
        corrections.ReportCorrectionApproved: corrections.apply_approved,
        large_value.LargeValueReportDue: large_value.apply_due,
        large_value.LargeValueReportFiled: large_value.apply_filed,
        reconciliation.StatementReconciled: reconciliation.apply_reconciled,
        breaks.BreakOpened: breaks.apply_opened,
        breaks.BreakAssigned: breaks.apply_assigned,
        breaks.BreakClosureProposed: breaks.apply_proposed,
        breaks.BreakClosureDeclined: breaks.apply_declined,
        breaks.BreakClosed: breaks.apply_closed,
        commands.PriorityChanged: commands.apply_priority,
        commands.QueueMoved: commands.apply_moved,
        queue.QueueReleased: queue.apply_released,
        queue.GridlockResolved: queue.apply_resolved,
        rates.ReferenceRatesSet: rates.apply_reference_rates,
        limits.LimitSet: limits.apply_limit_set,
        grades.GradeChanged: grades.apply_grade_changed,
        proposals.ProposalMade: approvals.apply_made,
        proposals.ProposalDecided: approvals.apply_decided,
        findings.FindingRaised: findings.apply_raised,
        findings.FindingExplained: findings.apply_explained,
        sample_cases.SampleCaseOpened: sample_cases.apply_opened,
        sample_cases.DocumentsUploaded: sample_cases.apply_uploaded,
        sample_cases.SampleCaseMoved: sample_cases.apply_moved,
        deviation.DeviationLevelChanged: deviation.apply_level_changed,
        run.MonitorsRun: run.apply_run,
        words.PaymentSettled: settle.apply_settled,
        words.PaymentWaiting: settle.apply_waiting,
        words.PaymentEnded: settle.apply_ended,
        words.PaymentRefused: settle.apply_refused,
        words.BatchProcessed: settle.apply_batch,
        quotes.QuoteRequested: quotes.apply_requested,
        quotes.RateQuoted: quotes.apply_quoted,
        quotes.QuoteWithdrawn: quotes.apply_withdrawn,
        deals.FxDealSettled: deals.apply_deal,
        positions.PositionSquared: positions.apply_squared,
        positions.PositionOverdue: positions.apply_overdue,
        recall_words.RecallRequested: requests.apply_requested,
        recall_words.RecallAcknowledged: requests.apply_acknowledged,
        recall_words.RecallAnswered: requests.apply_answered,
        recall_words.PaymentReturned: returns.apply_returned,
        bank_words.BankTransferRecorded: bank_core.apply_recorded,
        bank_words.CoverEnded: bank_cover.apply_cover_ended,
        bank_words.CoverAwaited: bank_cover.apply_awaited,
        bank_words.CoverNotAwaited: bank_cover.apply_not_awaited,
    },
    on_tick=_on_tick,
)
