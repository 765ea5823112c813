from __future__ import annotations

from typing import Any

import pytest

from billing.agencies import rules
from contracts.billing.collection import (
    CloseAgencyCase,
    HandToAgency,
    ListAgencyCases,
    ListWork,
)
from kernel.problems import NotFound

from ..conftest import Billing
from ..dunning.conftest import Dunning, on


@pytest.fixture
def dunning(billing: Billing) -> Dunning:
    return Dunning(billing)


async def hand_over(billing: Billing, customer: Any, *items: Any, who: Any = None):
    with on("2026-03-20"):
        asked = HandToAgency(customer=customer, agency="Rivas", reason="no contesta", items=items)
        return await billing.ask(asked, who)


async def test_what_is_overdue_is_handed_over_and_neither_reminded_nor_asked_for(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    late = await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.owes("F-2", customer, "100", "2026-03-20")
    case = await hand_over(billing, customer)
    assert (case.items, case.amount) == ([late], billing.mxn("100"))
    (told,) = await billing.told("handed-to-agency")
    assert told["agency"] == "Rivas"
    assert (await dunning.run("2026-03-20")).items == 0
    with on("2026-03-20"):
        assert (await billing.ask(ListWork())).items == []


async def test_a_payment_is_counted_and_a_closed_case_is_reminded_again(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    case = await hand_over(billing, customer)
    await dunning.pay(customer, "40", "2026-03-21")
    (now,) = (await billing.ask(ListAgencyCases(customer=customer))).items
    assert (now.amount, now.open) == (billing.mxn("100"), billing.mxn("60"))
    close = CloseAgencyCase(agency_case=case.agency_case, reason="paga directo")
    with on("2026-03-22"):
        assert (await billing.ask(close)).closing_reason == "paga directo"
        with pytest.raises(rules.ClosedAlready):
            await billing.ask(close)
    assert (await dunning.run("2026-03-23")).items == 1


async def test_what_is_not_overdue_or_at_an_agency_already_is_refused(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    with pytest.raises(rules.NothingToHandOver):
        await hand_over(billing, customer)
    due_today = await dunning.owes("F-1", customer, "100", "2026-03-20")
    with pytest.raises(rules.NotToHandOver):
        await hand_over(billing, customer, due_today)
    late = await dunning.owes("F-2", customer, "100", "2026-03-19")
    await hand_over(billing, customer, late)
    with pytest.raises(rules.NotToHandOver):
        await hand_over(billing, customer, late)


async def test_another_branch_sees_no_case(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    gdl = billing.asks("manager", units=("gdl",))
    with pytest.raises(NotFound):
        await hand_over(billing, customer, who=gdl)
    case = await hand_over(billing, customer)
    with pytest.raises(NotFound):
        await billing.ask(CloseAgencyCase(agency_case=case.agency_case, reason="x"), gdl)
