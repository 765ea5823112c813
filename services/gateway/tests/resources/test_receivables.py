from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from contracts.billing.periods import ClosePeriod, Periods
from contracts.billing.settlement import CreditMatched, PaymentReversed, ReallocateCredit
from contracts.billing.settlement import ReversePayment as Reverse
from kernel.money import Money

from ..conftest import Gateway

PAYMENT, INVOICE = UUID(int=7), UUID(int=8)


async def reverse(tx: Any, asked: Reverse, who: Any) -> PaymentReversed:
    """As billing does it."""
    assert asked.reason == "sin fondos"
    money = Money.of("10", "MXN")
    return PaymentReversed(
        payment=asked.payment, number="R-1", amount=money, reversed_on=asked.reversed_on
    )


async def match(tx: Any, asked: ReallocateCredit, who: Any) -> CreditMatched:
    """As billing does it."""
    assert [part.item for part in asked.parts] == [INVOICE]
    return CreditMatched(
        credit=asked.credit, number="R-1", allocations=[], unallocated=Money.of("0", "MXN")
    )


async def close(tx: Any, asked: ClosePeriod, who: Any) -> Periods:
    """As billing does it."""
    return Periods(company=asked.company, closed_through=asked.through, first_open=None, history=[])


async def test_payments_are_taken_back_and_matched_anew_and_periods_closed(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    director = await gateway.user("dora", ("director", "acme"))
    answers = {Reverse: reverse, ReallocateCredit: match, ClosePeriod: close}
    body = {"reversed_on": "2026-03-02", "reason": "sin fondos"}
    parts = {"parts": [{"item": str(INVOICE)}]}
    async with (
        stand_in("billing", other_database, answers),
        gateway.client(director) as dora,
    ):
        back = await dora.post(f"/api/v1/payments/{PAYMENT}/reversal", json=body)
        anew = await dora.post(f"/api/v1/credits/{PAYMENT}/reallocation", json=parts)
        closing = {"company": "acme", "through": "2026-02-28"}
        closed = await dora.post("/api/v1/periods/closing", json=closing)
        bare = await dora.post(f"/api/v1/payments/{PAYMENT}/reversal", json={})
    assert [one.status_code for one in (back, anew, closed, bare)] == [200, 200, 200, 422]
    assert back.json()["reversed_on"] == "2026-03-02"
    assert closed.json()["closed_through"] == f"{date(2026, 2, 28)}"


async def test_a_rep_takes_no_payment_back(gateway: Gateway, stand_in: Any, other_database: Any):
    rep = await gateway.user("ana", ("rep", "mty"))
    body = {"reversed_on": "2026-03-02", "reason": "sin fondos"}
    async with stand_in("billing", other_database, {Reverse: reverse}), gateway.client(rep) as ana:
        refused = await ana.post(f"/api/v1/payments/{PAYMENT}/reversal", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.not-your-role")
