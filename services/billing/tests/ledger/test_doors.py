"""What comes in through the doors of the ledger, and with which status it is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from billing.ledger import rules
from billing.periods.rules import PeriodClosed
from contracts.billing.disputes import OpenDispute, SettleDispute
from contracts.billing.periods import ClosePeriod
from contracts.billing.settlement import (
    AllocateCredit,
    AllocationPart,
    ChargeCustomer,
    PlannedInstalment,
    ReallocateCredit,
    ReversePayment,
    SplitItem,
)
from kernel import clock
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing


async def sold(billing: Billing) -> tuple[UUID, UUID]:
    customer = await billing.customer(limit="5000")
    await billing.hear(billing.delivered("P-1", customer, "100"))
    (invoice,) = await billing.documents(kind="invoice")
    return customer, invoice.document


async def test_a_collector_charges_splits_matches_and_takes_back(billing: Billing):
    customer, invoice = await sold(billing)
    collector = billing.asks("collector")
    due, later = (clock.today() + timedelta(days=n) for n in (10, 40))
    fee = ChargeCustomer(
        customer=customer, kind="fee", amount=billing.mxn(50), due_on=due, reason="devuelto",
        invoice=invoice,
    )  # fmt: skip
    charged = await billing.ask(fee, collector)
    assert (charged.kind, charged.open, charged.invoice) == ("fee", billing.mxn(50), invoice)
    parts = [PlannedInstalment(due_on=day, amount=billing.mxn(50)) for day in (due, later)]
    plan = await billing.ask(SplitItem(item=invoice, instalments=parts), collector)
    first, second = (part.item for part in plan.instalments)
    paid = await billing.pay(customer, "60", invoice=second)
    assert [one.item for one in paid.allocations] == [second, charged.document]
    only = [AllocationPart(item=first)]
    anew = await billing.ask(ReallocateCredit(credit=paid.payment, parts=only), collector)
    assert anew.unallocated == billing.mxn(10)
    rest = await billing.ask(AllocateCredit(credit=paid.payment), collector)
    assert [one.item for one in rest.allocations] == [charged.document]
    back = ReversePayment(payment=paid.payment, reversed_on=clock.today(), reason="sin fondos")
    assert (await billing.ask(back, collector)).amount == billing.mxn(60)
    assert (await billing.credit(customer)).receivable == billing.mxn(150)
    assert await billing.wrong() == []


@pytest.mark.parametrize(
    ("asked", "refusal", "status"),
    [
        ({"reversed_on": date(2026, 3, 1)}, rules.BeforeDocument, 422),
        ({"reversed_on": date(2999, 1, 1)}, rules.PaidInTheFuture, 422),
        ({"payment": UUID(int=5)}, NotFound, 404),
        ({"reversed_on": date(2026, 3, 2)}, PeriodClosed, 409),
    ],
)
async def test_a_payment_that_cannot_be_taken_back_stays(
    billing: Billing, asked: dict[str, Any], refusal: Any, status: int
):
    customer, _ = await sold(billing)
    paid = await billing.pay(customer, "60")
    if refusal is PeriodClosed:
        await billing.ask(ClosePeriod(company=COMPANY, through=date(2026, 3, 31)))
    said = {"payment": paid.payment, "reversed_on": date(2026, 4, 1), "reason": "x", **asked}
    with pytest.raises(refusal) as no:
        await billing.ask(ReversePayment(**said))
    assert billing.status_of(ReversePayment(**said), no.value) == status
    assert (await billing.credit(customer)).receivable == billing.mxn(40)


async def test_a_rep_opens_a_dispute_about_their_own_and_a_collector_settles_it(billing: Billing):
    _, invoice = await sold(billing)
    ana = billing.asks("rep", person=UUID(int=1))
    assert (await billing.ask(OpenDispute(item=invoice, reason="precio"), ana)).disputed
    other = billing.asks("rep", person=UUID(int=4))
    with pytest.raises(NotFound):
        await billing.ask(OpenDispute(item=invoice, reason="precio"), other)
    settled = SettleDispute(item=invoice, outcome="withdrawn")
    assert not (await billing.ask(settled, billing.asks("collector"))).disputed
