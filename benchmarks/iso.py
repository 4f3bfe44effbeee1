"""ISO 20022: a customer's order (pain.001.001.09) of 1,000 transactions, from its bytes to settled money and the pain.002 that says so.

How: each message is new to the centre and every transaction of it settles. The steps are those of the HTTP address for messages, in one
process and without a socket: read by the profile, check the rules across fields, extract; make the command; decide, apply and write to
SQLite, durable; write the answer. The baseline is lxml parsing the same bytes and doing nothing with them.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from lxml import etree

from benchmarks import centre
from benchmarks.rows import Row, clocked, row, spread
from huangpu.core.calendar import date_of
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.demo.cast import bic_of
from huangpu.engine import Engine, Submission
from huangpu.gateways.iso20022 import (
    Account,
    Address,
    Money,
    Party,
    PaymentInitiation,
    PaymentOrder,
    Refusal,
    TransferOrder,
    receive,
    write_pain001,
)
from huangpu.gateways.iso20022.answers import order_answer
from huangpu.gateways.iso20022.orders import command_id, instruction
from huangpu.venues.offshore.payments.words import InstructPaymentBatch

GROUP: Final = "iso"
UNIT: Final = "transactions/s"
TRANSACTIONS: Final = 1_000
MESSAGES: Final = 8
PAYER: Final = 0
CREATED: Final = "2026-11-23T09:31:00+08:00"


def run(*, quick: bool = False) -> list[Row]:
    """Measure reading alone, then the whole way to settled and answered."""
    messages = MESSAGES // (4 if quick else 1)
    files = [pain001_of(number) for number in range(messages)]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    plain = _rates(files, lambda data: etree.fromstring(data, parser))
    read = _rates(files, receive)
    size = sum(len(data) for data in files) / len(files) / 1e6
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        engine = centre.on_sqlite(Path(name))
        settled, answered = _settled(engine, files)
        engine.store.close()
    base = max(plain)
    what = f"{TRANSACTIONS:,} transactions, {size:.1f} MB a message"
    return [
        row(GROUP, "lxml parse alone", base, UNIT, base, f"{what}; {spread(plain)}"),
        row(GROUP, "read, checked, extracted", max(read), UNIT, base, spread(read)),
        row(
            GROUP, "from command to settled and durable", max(settled), UNIT, base, spread(settled)
        ),
        row(
            GROUP,
            "from bytes to settled, durable and answered",
            max(answered),
            UNIT,
            base,
            f"aim 10,000; {spread(answered)}",
        ),
    ]


def pain001_of(number: int) -> bytes:
    """Write the nth message: one debtor account, 1,000 suppliers' invoices overseas."""
    _, account, bank = centre.payer_of(PAYER)
    transfers = []
    for place in range(number * TRANSACTIONS, (number + 1) * TRANSACTIONS):
        order = centre.order_of(place, account)
        transfer = TransferOrder(
            instruction_id=f"I-{place}",
            end_to_end_id=order.end_to_end_id,
            uetr=order.uetr,
            amount=Money(order.amount, order.currency),
            creditor=Party(order.creditor_name, Address("Hong Kong", order.creditor_country)),
            creditor_agent_bic=order.creditor_agent,
            creditor_account=Account(other_id=order.creditor_account),
            trade_type=order.trade_type,
            remittance_text=(f"invoice {place}",),
        )
        transfers.append(transfer)
    company = Party("Simulated Offshore Trading 01", Address("Shanghai", "CN"))
    group = PaymentOrder(
        payment_id=f"P-{number}",
        requested_date=date_of(centre.AT_US),
        debtor=company,
        debtor_account=Account(other_id=account),
        debtor_agent_bic=bic_of(bank),
        charge_bearer="SHAR",
        transfers=tuple(transfers),
    )
    message = PaymentInitiation(
        message_id=f"MSG-{number}",
        created_at=CREATED,
        transfer_count=TRANSACTIONS,
        control_sum=_sum_text(transfers),
        initiating_party=company,
        payments=(group,),
    )
    return write_pain001(message)


def _sum_text(transfers: Sequence[TransferOrder]) -> str:
    digits = CURRENCY_DIGITS["USD"]
    whole, part = divmod(sum(each.amount.amount_minor for each in transfers), 10**digits)
    return f"{whole}.{part:0{digits}d}"


def _rates(files: Sequence[bytes], read: Callable[[bytes], object]) -> list[float]:
    """Read every message once; give transactions a second for each."""
    rates = []
    for data in files:
        found: list[object] = []
        seconds = clocked(partial(_keep, found, read, data))
        assert not isinstance(found[0], Refusal), found[0]
        rates.append(TRANSACTIONS / seconds)
    return rates


def _keep(found: list[object], read: Callable[[bytes], object], data: bytes) -> None:
    found.append(read(data))


def _settled(engine: Engine, files: Sequence[bytes]) -> tuple[list[float], list[float]]:
    """Take every message through to its answer; give the rates of the engine's part and of the whole."""
    person, _, _ = centre.payer_of(PAYER)
    sender = engine.centre.registry.people.persons[person].institution
    settled, answered = [], []
    for data in files:
        gc.collect()
        start_s = time.perf_counter()
        message = receive(data)
        assert isinstance(message, PaymentInitiation), message
        command = instruction(engine.centre.offshore, sender, message)
        assert isinstance(command, InstructPaymentBatch), command
        submission = Submission(person, command_id(message.message_id), command)
        made_s = time.perf_counter()
        found = engine.step([submission])[0]
        durable_s = time.perf_counter()
        answer = order_answer(data, message, sender, found)
        end_s = time.perf_counter()
        assert answer.body.count(b"ACSC") + answer.body.count(b"ACCC") >= TRANSACTIONS
        settled.append(TRANSACTIONS / (durable_s - made_s))
        answered.append(TRANSACTIONS / (end_s - start_s))
    total = len(engine.centre.offshore.payments)
    assert total == len(files) * TRANSACTIONS, f"{total} payments settled"
    return settled, answered
