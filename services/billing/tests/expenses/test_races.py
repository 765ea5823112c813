"""Many who spend at the same moment, and what happens without the lock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from billing.expenses import rules, store
from contracts.billing.expenses import ExpenseClaim

from .conftest import Desk


async def claimed(desk: Desk, *receipts: str) -> list[ExpenseClaim | BaseException]:
    """Claims of 30 each that are made at once."""
    claims = [desk.claim(desk.line("30", receipt=receipt)) for receipt in receipts]
    return await asyncio.gather(*claims, return_exceptions=True)


async def test_many_who_claim_the_last_of_a_budget_at_once_never_pass_it(desk: Desk):
    await desk.plan("100")
    done = await claimed(desk, *(desk.receipt(str(n)) for n in range(8)))
    refused = [each for each in done if isinstance(each, BaseException)]
    assert (len(done), len(refused)) == (8, 5)
    assert {type(each) for each in refused} == {rules.OverBudget}
    assert await desk.budget() == ("90.00", "0.00", "10.00")
    assert await desk.wrong() == []


async def test_a_receipt_that_is_claimed_twice_at_once_is_in_one_claim(desk: Desk):
    done = await claimed(desk, *[desk.receipt()] * 4)
    refused = [each for each in done if isinstance(each, BaseException)]
    assert {type(each) for each in refused} == {rules.ReceiptUsed}
    assert len(refused) == 3


async def test_without_the_lock_they_would_pass_it(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    await desk.plan("100")
    add = store.add

    async def later(*given: Any) -> None:
        await asyncio.sleep(0.3)
        await add(*given)

    monkeypatch.setattr(store, "LOCK", store.LOCK.replace("FOR UPDATE OF b", ""))
    monkeypatch.setattr(store, "add", later)
    done = await claimed(desk, *(desk.receipt(str(n)) for n in range(8)))
    assert sum(isinstance(each, ExpenseClaim) for each in done) > 3
