"""The message gateways as the console sees them: the same readers, writers and doors that ISO 20022 and REST use, for a signed-in person.

Here because the console and the gateways do not import each other. Leaves out: deciding anything.
"""

import datetime
from collections.abc import Mapping

from litestar.exceptions import HTTPException

from huangpu.console.desk import SentMessage, Upload, UploadRow
from huangpu.core.message import Rejected
from huangpu.engine import EngineStopped, Gate, Overloaded
from huangpu.gateways.iso20022 import (
    CustomerStatusReport,
    MessageReject,
    PaymentInitiation,
    Refusal,
    StatusReason,
    TransferOrder,
    TransferStatus,
    receive,
)
from huangpu.gateways.iso20022 import http as iso20022
from huangpu.gateways.iso20022.account_messages import account_message
from huangpu.gateways.iso20022.model import Account
from huangpu.gateways.iso20022.reading_room import ReadingRoom
from huangpu.gateways.iso20022.signed_answers import signed_answer
from huangpu.gateways.iso20022.signing import CentreSigner
from huangpu.gateways.rest.downloads import Table, csv_of, xlsx_of
from huangpu.registry.people import Person
from huangpu.venues.offshore.payments.words import PaymentRefused
from huangpu.venues.offshore.reports.statements import DayStatement, table_of

AMOUNT_COLUMNS = frozenset({4, 5})
ENTRY_ID_DIGITS = 12
NOT_TAKEN = "FF01"


class MessageDesk:
    """What the console is handed (`console.desk.Desk`)."""

    def __init__(self, gate: Gate, room: ReadingRoom, signer: CentreSigner | None = None) -> None:
        self._gate = gate
        self._room = room
        self._signer = signer

    def messages(self, uetr: str, institution: str | None) -> list[SentMessage]:
        """Render the messages of a payment that an institution may see."""
        found = iso20022.messages(self._gate, uetr, institution)
        return [
            SentMessage(one.definition, one.message_id, one.sender, one.receiver, one.xml)
            for one in (found.items if found is not None else ())
        ]

    async def upload(self, person: Person, data: bytes) -> Upload:
        """Take a pain.001 as the gateway does, and read the answer.

        Raises: Overloaded, EngineStopped.
        """
        message = receive(data)
        if not isinstance(message, PaymentInitiation | Refusal):
            return _unread(b"", NOT_TAKEN, "/Document", "a pain.001 is taken here")
        try:
            found = await iso20022.answered(self._gate, self._room, person, data)
        except HTTPException as error:
            if isinstance(error.__cause__, Overloaded | EngineStopped):
                raise error.__cause__ from error
            raise
        report = receive(found.body)
        answer = signed_answer(self._gate.engine, self._signer, found).body
        if isinstance(report, CustomerStatusReport) and isinstance(message, PaymentInitiation):
            return self._upload(message, report, answer)
        return _refused(message, report, answer)

    def statement_message(
        self, account_id: str, currency: str, date: datetime.date, institution: str | None
    ) -> bytes | None:
        """Write one day of an account as camt.053 or, for the day that runs, camt.052."""
        return account_message(
            self._gate.engine, account_id, currency, date.isoformat(), institution
        )

    def statement_file(self, shown: DayStatement, form: str) -> bytes:
        """Write a statement as `csv` or `xlsx`."""
        title = f"{shown.account_id} {shown.currency}"
        table = Table(title, table_of(shown), shown.currency, AMOUNT_COLUMNS, shown.to_date)
        return xlsx_of(table) if form == "xlsx" else csv_of(table)

    def _upload(
        self, message: PaymentInitiation, report: CustomerStatusReport, answer: bytes
    ) -> Upload:
        entry = _entry_of(report.message_id)
        refusals = self._refusals(entry)
        statuses = [status for payment in report.payments for status in payment.transfers]
        transfers = [
            (payment.debtor_account, transfer)
            for payment in message.payments
            for transfer in payment.transfers
        ]
        rows = [
            _row(position, account, transfer, status, refusals)
            for position, ((account, transfer), status) in enumerate(
                zip(transfers, statuses, strict=False)
            )
        ]
        first = report.reasons[0] if report.reasons else StatusReason()
        return Upload(
            message_id=message.message_id,
            status=report.group_status,
            entry=entry,
            rows=rows,
            answer=answer,
            code=first.code or first.proprietary,
            told=" ".join(first.information),
        )

    def _refusals(self, seq: int) -> Mapping[int, Rejected]:
        """Return the refusals of an entry by the position of the transfer; -1 for the whole message."""
        entry = self._gate.engine.entry(seq) if seq else None
        if entry is None:
            return {}
        if isinstance(entry.outcome, Rejected):
            return {-1: entry.outcome}
        return {
            event.position: event.refusal
            for event in entry.outcome
            if isinstance(event, PaymentRefused)
        }


def _entry_of(message_id: str) -> int:
    """Return the entry that numbers an answer; 0 where the answer's id was made of the message."""
    digits = message_id.removeprefix("ST")
    numbered = len(digits) == ENTRY_ID_DIGITS and digits.isascii() and digits.isdecimal()
    return int(digits) if numbered else 0


def _row(
    position: int,
    debtor_account: Account,
    transfer: TransferOrder,
    status: TransferStatus,
    refusals: Mapping[int, Rejected],
) -> UploadRow:
    reason = status.reasons[0] if status.reasons else StatusReason()
    return UploadRow(
        position=position + 1,
        end_to_end_id=transfer.end_to_end_id,
        uetr=status.original_uetr or transfer.uetr,
        debtor_account=_number(debtor_account),
        creditor=transfer.creditor.name,
        creditor_account=_number(transfer.creditor_account),
        currency=transfer.amount.currency,
        amount=transfer.amount.amount_minor,
        status=status.status,
        code=reason.code or reason.proprietary,
        told=" ".join(reason.information),
        refusal=refusals.get(position) or refusals.get(-1),
    )


def _number(account: Account | None) -> str:
    return "" if account is None else account.iban or account.other_id


def _refused(message: object, report: object, answer: bytes) -> Upload:
    """Tell of a file that was not taken: the place and the cause as the reader found them, else as the answer says."""
    if isinstance(message, Refusal):
        return _unread(answer, message.code, message.path, message.detail, message.message_id)
    if isinstance(report, MessageReject):
        told = " ".join(filter(None, (report.description, report.additional_data)))
        return _unread(answer, report.reason, report.error_location, told)
    if isinstance(report, CustomerStatusReport) and report.reasons:
        reason = report.reasons[0]
        return _unread(answer, reason.code, "", " ".join(reason.information))
    return _unread(answer, NOT_TAKEN, "/Document", "")


def _unread(answer: bytes, code: str, path: str, told: str, message_id: str = "") -> Upload:
    return Upload(
        message_id=message_id,
        status="RJCT",
        entry=0,
        rows=[],
        answer=answer,
        code=code,
        path=path,
        told=told,
    )
