"""What the messages say, as frozen structs: the types that the rest of the venue may see.

Text fields default to empty when the element is absent. Dates are dates; moments stay the ISO text
of the message, because a translation must neither add a zone nor drop a digit. Amounts are whole
minor units. Elements that no struct names stay available in the Document they were read from.
"""

import datetime

import msgspec

from huangpu.gateways.iso20022.money import Money

# Kinds of offshore trade; they travel as described in parts.py.
TRADE_TYPES = ("RESALE", "GLOBAL_PROC", "CONTRACT_MFG", "PROJECT_BUY")


class Code(msgspec.Struct, frozen=True, gc=False):
    """A code of a published set or, when there is none, a proprietary one; never both."""

    code: str = ""
    proprietary: str = ""


NO_CODE = Code()


class Address(msgspec.Struct, frozen=True, gc=False):
    """A postal address: structured or hybrid; without a town only in messages of before SR2026."""

    town_name: str = ""
    country: str = ""
    department: str = ""
    sub_department: str = ""
    street_name: str = ""
    building_number: str = ""
    building_name: str = ""
    floor: str = ""
    post_box: str = ""
    room: str = ""
    post_code: str = ""
    town_location: str = ""
    district: str = ""
    country_subdivision: str = ""
    lines: tuple[str, ...] = ()


class Party(msgspec.Struct, frozen=True, gc=False):
    """A debtor, creditor or other party."""

    name: str = ""
    address: Address | None = None
    any_bic: str = ""
    lei: str = ""
    country_of_residence: str = ""


class Account(msgspec.Struct, frozen=True, gc=False):
    """An account by IBAN or by another identification; never both."""

    iban: str = ""
    other_id: str = ""
    currency: str = ""
    name: str = ""


class BusinessHeader(msgspec.Struct, frozen=True, gc=False):
    """The business application header; `priority` HIGH or NORM, `copy` CODU, COPY or DUPL."""

    from_bic: str
    to_bic: str
    business_message_id: str
    definition: str
    created_at: str
    business_service: str = "swift.cbprplus.03"
    copy: str = ""
    possible_duplicate: bool | None = None
    priority: str = ""


class TransferOrder(msgspec.Struct, frozen=True, gc=False):
    """One credit transfer of a customer's order.

    `equivalent_currency` is set when the order gives an equivalent: `amount` is then in the
    debtor's currency and the money is to arrive in `equivalent_currency`.
    """

    end_to_end_id: str
    amount: Money
    creditor: Party
    instruction_id: str = ""
    uetr: str = ""
    equivalent_currency: str = ""
    charge_bearer: str = ""
    creditor_agent_bic: str = ""
    creditor_account: Account | None = None
    ultimate_debtor: Party | None = None
    ultimate_creditor: Party | None = None
    intermediary_bics: tuple[str, ...] = ()
    category_purpose: Code = NO_CODE
    purpose: Code = NO_CODE
    regulatory_codes: tuple[str, ...] = ()
    trade_type: str = ""
    trade_reference: str = ""
    goods: str = ""
    bank_instruction: str = ""
    remittance_text: tuple[str, ...] = ()


class PaymentOrder(msgspec.Struct, frozen=True, gc=False):
    """The part of a customer's order that shares one debtor account and one date.

    `method` is TRF, TRA or CHK; `requested_at` is set when the order asks for a moment; `priority` is HIGH or NORM;
    `service_levels` are the proprietary ones, of which ATOMIC is read here.
    """

    payment_id: str
    requested_date: datetime.date
    debtor: Party
    debtor_account: Account
    debtor_agent_bic: str
    transfers: tuple[TransferOrder, ...]
    method: str = "TRF"
    batch_booking: bool | None = None
    requested_at: str = ""
    category_purpose: Code = NO_CODE
    charge_bearer: str = ""
    ultimate_debtor: Party | None = None
    priority: str = ""
    service_levels: tuple[str, ...] = ()


class PaymentInitiation(msgspec.Struct, frozen=True, gc=False):
    """A customer's order (pain.001)."""

    message_id: str
    created_at: str
    transfer_count: int
    initiating_party: Party
    payments: tuple[PaymentOrder, ...]
    control_sum: str = ""
    header: BusinessHeader | None = None


class Charge(msgspec.Struct, frozen=True, gc=False):
    """A charge taken by an agent of the chain; zero is allowed."""

    amount: Money
    agent_bic: str = ""


class CustomerCreditTransfer(msgspec.Struct, frozen=True, gc=False):
    """One interbank customer payment (pacs.008, one transfer a message); its money comes by cover when the method is COVE."""

    message_id: str
    created_at: str
    settlement_method: str
    instruction_id: str
    end_to_end_id: str
    uetr: str
    settlement_amount: Money
    settlement_date: datetime.date
    charge_bearer: str
    instructing_bic: str
    instructed_bic: str
    debtor: Party
    creditor: Party
    interbank_id: str = ""
    reimbursement_bic: str = ""
    instructed_amount: Money | None = None
    exchange_rate: str = ""
    charges: tuple[Charge, ...] = ()
    priority: str = ""
    category_purpose: Code = NO_CODE
    purpose: Code = NO_CODE
    intermediary_bics: tuple[str, ...] = ()
    ultimate_debtor: Party | None = None
    debtor_account: Account | None = None
    debtor_agent_bic: str = ""
    creditor_agent_bic: str = ""
    creditor_account: Account | None = None
    ultimate_creditor: Party | None = None
    regulatory_codes: tuple[str, ...] = ()
    trade_type: str = ""
    trade_reference: str = ""
    goods: str = ""
    remittance_text: tuple[str, ...] = ()
    header: BusinessHeader | None = None


class StatusReason(msgspec.Struct, frozen=True, gc=False):
    """Why a status was given; each line of `information` has at most 105 characters."""

    code: str = ""
    proprietary: str = ""
    information: tuple[str, ...] = ()


class TransferStatus(msgspec.Struct, frozen=True, gc=False):
    """The status of one transfer of a customer's order."""

    original_end_to_end_id: str
    status: str
    original_instruction_id: str = ""
    original_uetr: str = ""
    reasons: tuple[StatusReason, ...] = ()
    status_id: str = ""
    accepted_at: str = ""


class PaymentOrderStatus(msgspec.Struct, frozen=True, gc=False):
    """The status of one payment order and of its transfers."""

    original_payment_id: str
    status: str = ""
    reasons: tuple[StatusReason, ...] = ()
    transfers: tuple[TransferStatus, ...] = ()


class CustomerStatusReport(msgspec.Struct, frozen=True, gc=False):
    """The answer to a customer's order (pain.002)."""

    message_id: str
    created_at: str
    original_message_id: str
    original_definition: str = "pain.001.001.09"
    original_transfer_count: int | None = None
    group_status: str = ""
    reasons: tuple[StatusReason, ...] = ()
    payments: tuple[PaymentOrderStatus, ...] = ()
    header: BusinessHeader | None = None


class InterbankStatusReport(msgspec.Struct, frozen=True, gc=False):
    """The answer to one interbank payment (pacs.002)."""

    message_id: str
    created_at: str
    original_message_id: str
    original_definition: str
    original_end_to_end_id: str
    original_uetr: str
    status: str
    instructing_bic: str
    instructed_bic: str
    original_created_at: str = ""
    original_instruction_id: str = ""
    original_interbank_id: str = ""
    reasons: tuple[StatusReason, ...] = ()
    effective_date: datetime.date | None = None
    header: BusinessHeader | None = None


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """The exchange of currencies behind an entry: its other side, and the rate of one `unit` in the other currency as decimal text."""

    counter_value: Money
    source: str
    target: str
    unit: str
    rate: str
    contract: str = ""


class EntryDetail(msgspec.Struct, frozen=True, gc=False):
    """The payment, return, transfer or exchange behind an entry; `transaction_id` is the id of the return or the quote of the exchange."""

    amount: Money
    end_to_end_id: str = ""
    instruction_id: str = ""
    uetr: str = ""
    debtor_name: str = ""
    creditor_name: str = ""
    settlement_date: datetime.date | None = None
    remittance_text: tuple[str, ...] = ()
    transaction_id: str = ""
    return_reason: str = ""
    exchange: Exchange | None = None


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry on the account: `side` CRDT or DBIT, bank code as domain, family, sub-family."""

    reference: str
    amount: Money
    side: str
    domain: str
    family: str
    sub_family: str
    status: str = "BOOK"
    booking_date: datetime.date | None = None
    value_date: datetime.date | None = None
    servicer_reference: str = ""
    details: tuple[EntryDetail, ...] = ()


class EntryNotification(msgspec.Struct, frozen=True, gc=False):
    """A debit or credit notice for one account (camt.054)."""

    message_id: str
    created_at: str
    notification_id: str
    account: Account
    entries: tuple[Entry, ...]
    servicer_bic: str = ""
    header: BusinessHeader | None = None


class MessageReject(msgspec.Struct, frozen=True, gc=False):
    """The answer to a message that could not be read (admi.002)."""

    related_reference: str
    reason: str
    rejected_at: str = ""
    error_location: str = ""
    description: str = ""
    additional_data: str = ""
    header: BusinessHeader | None = None
