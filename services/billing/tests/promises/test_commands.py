from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing.ledger.commands import reverse_payment
from billing.promises import commands, rules
from contracts.billing.dunning import ListDunnedItems, RunDunning
from contracts.billing.promises import (
    AgreePlan,
    CancelPlan,
    CancelPromise,
    ListPlans,
    ListPromises,
    PlanInstalment,
    RecordPromise,
)
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing
from ..dunning.conftest import Dunning, on


@pytest.fixture
def dunning(billing: Billing) -> Dunning:
    return Dunning(billing)


async def promise(billing: Billing, customer: Any, amount: str, by: str, made: str = "2026-03-15"):
    with on(made):
        return await billing.ask(
            RecordPromise(
                customer=customer,
                amount=billing.mxn(amount),
                promised_on=date.fromisoformat(by),
                note="por teléfono",
            )
        )


async def states(billing: Billing, customer: Any, day: str) -> list[str]:
    with on(day):
        return [one.state for one in (await billing.ask(ListPromises(customer=customer))).items]


async def judge(billing: Billing, day: str) -> int:
    """Look at promises and plans on a day; how many were told."""
    before = len(await billing.told("promise-broken")) + len(await billing.told("plan-broken"))
    for tell in (commands.tell_broken_promises, commands.tell_broken_plans):
        async with billing.database.working("job") as tx:
            await tell(tx, date.fromisoformat(day))
    after = len(await billing.told("promise-broken")) + len(await billing.told("plan-broken"))
    return after - before


async def test_a_promise_is_open_then_kept_or_broken_by_what_was_paid(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    made = await promise(billing, customer, "60", "2026-03-20")
    assert (made.state, made.made_on) == ("open", date(2026, 3, 15))
    assert await states(billing, customer, "2026-03-20") == ["open"]
    assert await states(billing, customer, "2026-03-21") == ["broken"]
    payment = await dunning.pay(customer, "60", "2026-03-20")
    assert await states(billing, customer, "2026-03-21") == ["kept"]
    async with billing.database.working("bank") as tx:
        await reverse_payment(tx, payment, date(2026, 3, 25), "no funds")
    assert await states(billing, customer, "2026-03-26") == ["broken"]


async def test_a_broken_promise_is_told_once_after_its_day(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await promise(billing, customer, "60", "2026-03-20")
    assert await judge(billing, "2026-03-20") == 0
    await dunning.pay(customer, "59.99", "2026-03-20")
    assert await judge(billing, "2026-03-21") == 1
    assert await judge(billing, "2026-03-21") == await judge(billing, "2026-03-22") == 0
    (told,) = await billing.told("promise-broken")
    assert (told["paid"]["amount"], told["customer_number"]) == ("59.99", "C-Taller Norte")


async def test_a_kept_promise_is_told_when_its_payment_is_sent_back(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await promise(billing, customer, "100", "2026-03-20")
    payment = await dunning.pay(customer, "100", "2026-03-18")
    assert await judge(billing, "2026-03-21") == 0
    async with billing.database.working("bank") as tx:
        await reverse_payment(tx, payment, date(2026, 3, 25), "no funds")
    assert await judge(billing, "2026-03-26") == 1


async def test_a_cancelled_promise_is_neither_told_nor_cancelled_again(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    made = await promise(billing, customer, "60", "2026-03-20")
    assert (await billing.ask(CancelPromise(promise=made.promise))).state == "cancelled"
    with pytest.raises(rules.CancelledAlready):
        await billing.ask(CancelPromise(promise=made.promise))
    assert await judge(billing, "2026-03-21") == 0


async def test_more_than_is_owed_is_not_promised(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    with pytest.raises(rules.MoreThanOwed):
        await promise(billing, customer, "100.01", "2026-03-20")


async def test_another_branch_sees_no_promise(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    made = await promise(billing, customer, "60", "2026-03-20")
    gdl = billing.asks("manager", units=("gdl",))
    with pytest.raises(NotFound):
        await billing.ask(ListPromises(customer=customer), gdl)
    with pytest.raises(NotFound):
        await billing.ask(CancelPromise(promise=made.promise), gdl)


async def test_who_promised_all_that_is_overdue_is_not_reminded_before_the_day(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await promise(billing, customer, "100", "2026-03-20")
    assert (await dunning.run("2026-03-20")).items == 0
    assert (await dunning.run("2026-03-21")).items == 1


async def plan(billing: Billing, customer: Any, items: list[Any], **more: Any):
    with on("2026-03-15"):
        return await billing.ask(AgreePlan(customer=customer, items=items, **more))


async def test_a_plan_keeps_its_invoices_out_of_dunning_while_it_is_kept(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    items = [await dunning.owes(f"F-{n}", customer, "50", "2026-03-10") for n in range(2)]
    made = await plan(billing, customer, items, number=3, first_on=date(2026, 3, 31))
    assert [str(one.amount.amount) for one in made.instalments] == ["33.34", "33.33", "33.33"]
    assert (await dunning.run("2026-03-31")).items == 0
    await dunning.pay(customer, "33.34", "2026-03-31")
    assert (await dunning.run("2026-04-01")).items == 0
    assert await judge(billing, "2026-04-30") == 0
    assert await judge(billing, "2026-05-01") == 1
    assert await judge(billing, "2026-05-02") == 0
    assert (await dunning.run("2026-05-02")).items == 2
    await dunning.pay(customer, "66.66", "2026-05-03")
    with on("2026-05-03"):
        (now,) = (await billing.ask(ListPlans(customer=customer))).items
    assert (now.state, now.paid) == ("kept", billing.mxn("100"))


async def test_a_plan_over_what_is_not_owed_or_planned_already_is_refused(
    billing: Billing, dunning: Dunning
):
    customer, other = await billing.customer(), await billing.customer("Otro")
    item = await dunning.owes("F-1", customer, "100", "2026-03-10")
    foreign = await dunning.owes("F-2", other, "100", "2026-03-10")
    whole = {"instalments": [PlanInstalment(due_on=date(2026, 4, 1), amount=billing.mxn("100"))]}
    with pytest.raises(rules.NotOwed):
        await plan(billing, customer, [foreign], **whole)
    short = [PlanInstalment(due_on=date(2026, 4, 1), amount=billing.mxn("99.99"))]
    with pytest.raises(rules.PlanDoesNotAddUp):
        await plan(billing, customer, [item], instalments=short)
    made = await plan(billing, customer, [item], **whole)
    with pytest.raises(rules.InAnotherPlan):
        await plan(billing, customer, [item], **whole)
    assert (await billing.ask(CancelPlan(plan=made.plan))).state == "cancelled"
    with pytest.raises(rules.CancelledAlready):
        await billing.ask(CancelPlan(plan=made.plan))
    assert (await plan(billing, customer, [item], **whole)).state == "open"


async def test_a_plan_says_what_it_needs(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    item = await dunning.owes("F-1", customer, "100", "2026-03-10")
    with pytest.raises(rules.PlanDoesNotAddUp):
        await plan(billing, customer, [item])
    with on("2026-03-20"):
        await billing.ask(RunDunning(company=COMPANY))
    assert (await billing.ask(ListDunnedItems())).items == []
