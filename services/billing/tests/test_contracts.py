"""Billing reads what the others say, and says what the others read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from billing.app import SERVICE
from billing.exposure import events as orders
from billing.exposure.model import CreditReserved, Order, OrderHeld
from billing.ledger import events as ledger
from billing.ledger.model import Allocated, Document, Kind, OpenItem, Whose
from contracts.samples import SAMPLES
from kernel.context import current
from kernel.events import Event
from kernel.inbox import merged

from .conftest import Billing, received

HEARD = sorted(merged(SERVICE.subscriptions))


@pytest.mark.parametrize("name", HEARD)
async def test_the_sample_of_every_event_we_listen_to_is_understood(billing: Billing, name: str):
    await billing.hear(SAMPLES[name])
    await billing.hear(SAMPLES[name], origin="import")
    assert await billing.wrong() == []


def order_of(sample: Any, total: Any) -> Order:
    return Order(
        sample.order,
        sample.number,
        sample.customer,
        "company",
        sample.unit,
        sample.rep,
        total,
    )


def document_of(sample: Any, kind: Kind, **more: Any) -> Document:
    whose = Whose(sample.customer, sample.company, sample.unit, getattr(sample, "rep", None))
    return Document(kind=kind, whose=whose, number=sample.number, origin="live", **more)


def told() -> list[Event]:
    """What our own builders make of the facts in each sample."""
    s = {name.split(".")[1]: sample for name, sample in SAMPLES.items() if "billing" in name}
    reserved, held = s["credit-reserved"], s["order-held"]
    released, rejected = s["order-released"], s["order-rejected"]
    invoice, note = s["invoice-issued"], s["credit-note-issued"]
    payment, part = s["payment-received"], s["payment-allocated"]
    issued = document_of(
        invoice,
        Kind.INVOICE,
        id=invoice.invoice,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        gross=invoice.gross,
        order=invoice.order,
        order_number=invoice.order_number,
    )
    credited = document_of(
        note,
        Kind.CREDIT_NOTE,
        id=note.credit_note,
        issued_on=note.issued_on,
        net=note.net,
        gross=note.gross,
        order=note.order,
        order_number=note.order_number,
        invoice=note.invoice,
    )
    paid = document_of(
        payment,
        Kind.PAYMENT,
        id=payment.payment,
        issued_on=payment.paid_on,
        net=payment.amount,
        gross=payment.amount,
    )
    where = Whose(part.customer, part.company, part.unit, part.rep)
    settled = Allocated(item_of(part, where), part.amount, part.open_after, on=part.allocated_on)
    back = s["allocation-reversed"]
    return [
        orders.published(
            order_of(reserved, reserved.amount),
            CreditReserved(reserved.customer, reserved.order, reserved.amount),
        ),
        orders.published(
            order_of(held, held.total), OrderHeld(held.customer, held.order, held.missing)
        ),
        orders.released(order_of(released, released.total), released.released_by),
        orders.rejected(order_of(rejected, rejected.total), rejected.rejected_by, rejected.reason),
        ledger.invoice_issued(issued, invoice.lines),
        ledger.credit_note_issued(credited, note.invoice_net, note.lines),
        ledger.payment_received(paid),
        ledger.payment_allocated(paid, settled),
        ledger.allocation_reversed(paid, item_of(back, where), back.amount, back.reversed_on),
    ]


def item_of(sample: Any, whose: Whose) -> OpenItem:
    return OpenItem(
        item=sample.invoice,
        document=sample.invoice,
        kind=Kind.INVOICE,
        number=sample.invoice_number,
        whose=whose,
        order=sample.order,
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        open=sample.amount,
        open_from=date(2026, 3, 2),
    )


@pytest.mark.parametrize("event", told(), ids=lambda event: event.type)
def test_what_we_tell_is_the_sample_that_others_read(event: Event):
    assert json.loads(event.model_dump_json()) == json.loads(SAMPLES[event.type].model_dump_json())


async def test_each_event_names_the_message_it_follows_from(billing: Billing):
    customer = await billing.customer(origin="import")
    messages = [received(billing.delivered(f"P-{n}", customer, "10")) for n in range(2)]
    (invoice,) = [
        one.handle for one in merged(SERVICE.subscriptions)["customers.order-delivered.v1"]
    ]
    async with billing.database.working("test") as tx:
        await invoice(tx, messages)
    async with billing.database.working("test") as tx:
        rows = await tx.driver.fetch("SELECT headers FROM event_log ORDER BY seq")
    causes = [row["headers"]["ce-causationid"] for row in rows]
    assert causes == [str(message.id) for message in messages]
    assert current().causation is None
