"""What the console asks of the message gateways: the messages of a payment, an upload answered row by row, statements as files.

The console and the gateways do not know each other; the composition root hands the console an object of this form.
"""

import datetime
from typing import Protocol

import msgspec

from huangpu.core.message import Rejected
from huangpu.registry.people import Person
from huangpu.venues.offshore.reports.statements import DayStatement


class SentMessage(msgspec.Struct, frozen=True):
    """One message of a payment: what it is, from whom, to whom (institution ids), and its text."""

    definition: str
    message_id: str
    sender: str
    receiver: str
    xml: str


class UploadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one transfer of an uploaded file. Units: amount in minor units.

    `code` is the status reason of ISO 20022, `refusal` the centre's own words for it, `told` what the answer says beside the code.
    """

    position: int
    end_to_end_id: str
    uetr: str
    debtor_account: str
    creditor: str
    creditor_account: str
    currency: str
    amount: int
    status: str
    code: str = ""
    told: str = ""
    refusal: Rejected | None = None


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """How an uploaded file was answered; without rows it could not be read, and `code`, `path` and `told` say why."""

    message_id: str
    status: str
    entry: int
    rows: list[UploadRow]
    answer: bytes
    code: str = ""
    path: str = ""
    told: str = ""


class Desk(Protocol):
    """The message gateways as the console sees them."""

    def messages(self, uetr: str, institution: str | None) -> list[SentMessage]:
        """Render the messages of a payment that an institution may see; None sees all."""

    async def upload(self, person: Person, data: bytes) -> Upload:
        """Take a pain.001 of a person as the gateway does, and read the answer.

        Raises: Overloaded, EngineStopped.
        """

    def statement_message(
        self, account_id: str, currency: str, date: datetime.date, institution: str | None
    ) -> bytes | None:
        """Write one day of an account as camt.053 or, for the day that runs, camt.052."""

    def statement_file(self, shown: DayStatement, form: str) -> bytes:
        """Write a statement as `csv` or `xlsx`."""
