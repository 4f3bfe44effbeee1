"""One correct message of each kind, as structs; tests change one thing at a time."""

import datetime

import msgspec

from huangpu.gateways.iso20022 import (
    Account,
    AccountStatement,
    Address,
    Balance,
    BankTransfer,
    BusinessHeader,
    CancellationRequest,
    Charge,
    Code,
    CoveredPayment,
    CustomerCreditTransfer,
    CustomerStatusReport,
    Entry,
    EntryDetail,
    EntryNotification,
    InterbankStatusReport,
    MessageReject,
    Money,
    OriginalPayment,
    Party,
    PaymentInitiation,
    PaymentOrder,
    PaymentOrderStatus,
    PaymentReturnMessage,
    ResolutionOfInvestigation,
    StatusReason,
    StatusRequest,
    TransferOrder,
    TransferStatus,
)

AT = "2026-11-23T10:00:00+08:00"
DAY = datetime.date(2026, 11, 23)
UETR = "e5f6a7b8-c9d0-4234-ab12-345678901234"
SUPPLIER = Party(
    name="Harbour Supplies & Co <SG>",
    address=Address(
        town_name="Singapore", country="SG", street_name="Cecil Street", lines=("#09-01",)
    ),
    lei="549300FGHIJKLMNO9A80",
)
TRADER = Party(name="OTC1 离岸贸易", address=Address(town_name="Shanghai", country="CN"))

TRANSFER = TransferOrder(
    instruction_id="IN-1",
    end_to_end_id="E2E-1",
    uetr=UETR,
    amount=Money(90_000_000, "USD"),
    charge_bearer="SHAR",
    creditor_agent_bic="TSTCHKHHXXX",
    creditor=SUPPLIER,
    creditor_account=Account(iban="GB29NWBK60161331926819"),
    intermediary_bics=("CVNBSGSX",),
    purpose=Code(code="GDDS"),
    category_purpose=Code(code="TRAD"),
    regulatory_codes=("122010",),
    trade_type="CONTRACT_MFG",
    remittance_text=("Invoice 1 & 2",),
)
ORDER = PaymentInitiation(
    message_id="PAIN-1",
    created_at=AT,
    transfer_count=1,
    control_sum="900000",
    initiating_party=Party(name="OTC1"),
    payments=(
        PaymentOrder(
            payment_id="PAIN-1",
            requested_date=DAY,
            batch_booking=False,
            debtor=TRADER,
            debtor_account=Account(other_id="FTE-OTC1", currency="USD"),
            debtor_agent_bic="TSTACNSHXXX",
            transfers=(TRANSFER,),
        ),
    ),
)
PAYMENT = CustomerCreditTransfer(
    message_id="PACS-1",
    created_at=AT,
    settlement_method="INDA",
    instruction_id="IN-1",
    end_to_end_id="E2E-1",
    interbank_id="TX-1",
    uetr=UETR,
    settlement_amount=Money(125_000_000, "USD"),
    settlement_date=DAY,
    instructed_amount=Money(125_001_500, "USD"),
    charge_bearer="CRED",
    charges=(Charge(Money(0, "USD"), "TSTCHKHHXXX"),),
    priority="NORM",
    instructing_bic="TSTCHKHHXXX",
    instructed_bic="TSTACNSHXXX",
    debtor=SUPPLIER,
    debtor_account=Account(other_id="74829163"),
    debtor_agent_bic="TSTCHKHHXXX",
    creditor_agent_bic="TSTACNSHXXX",
    creditor=TRADER,
    creditor_account=Account(other_id="FTE-OTC1"),
    purpose=Code(proprietary="CURR"),
    trade_type="RESALE",
    remittance_text=("Sell leg",),
)
HEADER = BusinessHeader(
    from_bic="TSTCHKHHXXX",
    to_bic="TSTACNSH",
    business_message_id="PACS-1",
    definition="pacs.008.001.08",
    created_at=AT,
    priority="NORM",
)
CUSTOMER_STATUS = CustomerStatusReport(
    message_id="STS-1",
    created_at=AT,
    original_message_id="PAIN-1",
    original_transfer_count=2,
    group_status="PART",
    payments=(
        PaymentOrderStatus(
            original_payment_id="PAIN-1",
            transfers=(
                TransferStatus(
                    original_end_to_end_id="E2E-1",
                    original_uetr=UETR,
                    status="RJCT",
                    reasons=(StatusReason(code="AM04", information=("short of funds",)),),
                ),
                TransferStatus(original_end_to_end_id="E2E-2", status="ACSC", accepted_at=AT),
            ),
        ),
    ),
)
INTERBANK_STATUS = InterbankStatusReport(
    message_id="STS-2",
    created_at=AT,
    original_message_id="PACS-1",
    original_definition="pacs.008.001.08",
    original_created_at=AT,
    original_instruction_id="IN-1",
    original_end_to_end_id="E2E-1",
    original_interbank_id="TX-1",
    original_uetr=UETR,
    status="ACSC",
    effective_date=DAY,
    instructing_bic="TSTACNSHXXX",
    instructed_bic="TSTCHKHHXXX",
)
NOTICE = EntryNotification(
    message_id="NTC-1",
    created_at=AT,
    notification_id="NTC-1",
    account=Account(other_id="FTE-OTC1", currency="USD"),
    servicer_bic="TSTACNSHXXX",
    entries=(
        Entry(
            reference="ENT-1",
            amount=Money(125_000_000, "USD"),
            side="CRDT",
            domain="PMNT",
            family="RCDT",
            sub_family="XBCT",
            booking_date=DAY,
            value_date=DAY,
            servicer_reference="L-1",
            details=(
                EntryDetail(
                    amount=Money(125_000_000, "USD"),
                    end_to_end_id="E2E-1",
                    uetr=UETR,
                    debtor_name="Harbour Supplies",
                    creditor_name="OTC1",
                    settlement_date=DAY,
                    remittance_text=("Sell leg",),
                ),
            ),
        ),
    ),
)
REJECT = MessageReject(
    related_reference="NOTPROVIDED",
    reason="FF01",
    rejected_at=AT,
    error_location="/Document",
    description="not well-formed XML",
)
ORIGINAL = OriginalPayment(
    uetr=UETR,
    message_id="PACS-1",
    definition="pacs.008.001.08",
    created_at=AT,
    instruction_id="IN-1",
    end_to_end_id="E2E-1",
    interbank_id="TX-1",
    amount=Money(125_000_000, "USD"),
    settlement_date=DAY,
)
RECALL = CancellationRequest(
    message_id="RCL-1",
    created_at=AT,
    assigner_bic="TSTCHKHHXXX",
    assignee_bic="TSTACNSHXXX",
    original=ORIGINAL,
    reasons=(StatusReason(code="DUPL", information=("sent twice",)),),
    cancellation_id="CXL-1",
    case_id="CASE-1",
)
RECALL_ANSWER = ResolutionOfInvestigation(
    message_id="RES-1",
    created_at=AT,
    assigner_bic="TSTACNSHXXX",
    assignee_bic="TSTCHKHHXXX",
    confirmation="RJCR",
    original=ORIGINAL,
    reasons=(StatusReason(code="CUST"),),
    status_id="CXL-1",
    resolved_case_id="CASE-1",
)
RETURN = PaymentReturnMessage(
    message_id="RTN-1",
    created_at=AT,
    settlement_method="INDA",
    return_id="RTR-1",
    original=ORIGINAL,
    returned_amount=Money(125_000_000, "USD"),
    returned_instructed_amount=Money(125_001_000, "USD"),
    settlement_date=DAY,
    charge_bearer="CRED",
    charges=(Charge(Money(1_000, "USD"), "TSTACNSHXXX"),),
    instructing_bic="TSTACNSHXXX",
    instructed_bic="TSTCHKHHXXX",
    debtor=TRADER,
    debtor_agent_bic="TSTACNSHXXX",
    creditor=SUPPLIER,
    creditor_agent_bic="TSTCHKHHXXX",
    reasons=(StatusReason(code="FOCR"),),
)
BANK_TRANSFER = BankTransfer(
    message_id="FI-1",
    created_at=AT,
    settlement_method="INDA",
    instruction_id="FI-IN-1",
    end_to_end_id="FI-E2E-1",
    uetr=UETR,
    priority="HIGH",
    settlement_amount=Money(5_000_000_000, "CNY"),
    settlement_date=DAY,
    instructing_bic="TSTBCNSHXXX",
    instructed_bic="TSTACNSHXXX",
    debtor_bic="TSTBCNSHXXX",
    debtor_account=Account(other_id="FTU-BK2"),
    creditor_bic="TSTACNSHXXX",
    creditor_account=Account(other_id="SAU-BK1"),
    intermediary_bics=("CVNBSGSX",),
    purpose=Code(code="INTC"),
    remittance_text=("funding",),
)
COVER = msgspec.structs.replace(
    BANK_TRANSFER,
    message_id="COV-1",
    covered=CoveredPayment(
        debtor=TRADER,
        debtor_account=Account(other_id="FTE-OTC1"),
        debtor_agent_bic="TSTACNSHXXX",
        creditor_agent_bic="TSTCHKHHXXX",
        creditor=SUPPLIER,
        creditor_account=Account(iban="GB29NWBK60161331926819"),
        instructed_amount=Money(90_000_000, "USD"),
        remittance_text=("Invoice 1 & 2",),
    ),
)
STATUS_REQUEST = StatusRequest(
    message_id="REQ-1",
    created_at=AT,
    original=msgspec.structs.replace(ORIGINAL, amount=None, settlement_date=None),
    instructing_bic="TSTCHKHHXXX",
    instructed_bic="TSTACNSHXXX",
    request_id="RQ-1",
)
STATEMENT = AccountStatement(
    message_id="STM-1",
    created_at=AT,
    statement_id="STM-1",
    account=Account(other_id="FTE-OTC1", currency="USD"),
    owner_name="OTC1",
    servicer_bic="TSTACNSHXXX",
    sequence=17,
    from_at="2026-11-23T00:00:00+08:00",
    to_at="2026-11-24T00:00:00+08:00",
    balances=(
        Balance("OPBD", Money(100_000_000, "USD"), "CRDT", DAY),
        Balance("CLBD", Money(225_000_000, "USD"), "CRDT", DAY),
        Balance("CLAV", Money(200_000_000, "USD"), "CRDT", DAY),
    ),
    entries=NOTICE.entries,
)
REPORT = msgspec.structs.replace(
    STATEMENT,
    balances=(
        Balance("ITBD", Money(225_000_000, "USD"), "CRDT", DAY),
        Balance("ITAV", Money(200_000_000, "USD"), "CRDT", DAY),
    ),
)
