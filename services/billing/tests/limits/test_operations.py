from __future__ import annotations

import asyncio

import pytest

from billing.limits.rules import AboveAuthority
from contracts.billing.limits import (
    GetCredit,
    ListAuthorities,
    ListLimitChanges,
    SetAuthority,
    SetLimit,
)
from kernel.problems import NotFound

from ..conftest import Billing


async def test_a_limit_is_granted_told_and_remembered(billing: Billing):
    customer = await billing.customer()
    assert (await billing.credit(customer)).limit == billing.mxn(0)
    asked = SetLimit(customer=customer, limit=billing.mxn(40000), reason="Paga puntual")
    account = await billing.ask(asked, billing.asks("manager"))
    assert (account.limit, account.available) == (billing.mxn(40000), billing.mxn(40000))
    (told,) = await billing.told("limit-changed")
    assert told["limit"] == {"amount": "40000.00", "currency": "MXN"}
    (change,) = (await billing.ask(ListLimitChanges(customer=customer))).items
    assert (change.before, change.after) == (billing.mxn(0), billing.mxn(40000))
    assert change.reason == "Paga puntual"


async def test_above_the_authority_is_forbidden_and_changes_nothing(billing: Billing):
    customer = await billing.customer()
    asked = SetLimit(customer=customer, limit=billing.mxn("50000.01"))
    with pytest.raises(AboveAuthority) as no:
        await billing.ask(asked, billing.asks("manager"))
    assert billing.status_of(asked, no.value) == 403
    assert (await billing.credit(customer)).limit == billing.mxn(0)
    assert await billing.told() == []


async def test_a_role_counts_where_it_was_granted(billing: Billing):
    customer = await billing.customer(unit="mty")
    who = billing.asks("manager", "rep", grants=(("manager", "gdl"), ("rep", "mty")))
    with pytest.raises(AboveAuthority):
        await billing.ask(SetLimit(customer=customer, limit=billing.mxn(1)), who)
    above = billing.asks("manager", grants=(("manager", "refacciones"),))
    await billing.ask(SetLimit(customer=customer, limit=billing.mxn(1)), above)
    everywhere = billing.asks("manager", grants=(("manager", "*"),))
    await billing.ask(SetLimit(customer=customer, limit=billing.mxn(2)), everywhere)


async def test_a_company_says_itself_who_may_decide_how_much(billing: Billing):
    customer = await billing.customer()
    more = SetAuthority(
        company="refacciones",
        act="set-limit",
        role="manager",
        currency="MXN",
        amount=billing.mxn(90000),
    )
    await billing.ask(more, billing.asks("administrator"))
    await billing.ask(
        SetLimit(customer=customer, limit=billing.mxn(90000)), billing.asks("manager")
    )
    listed = await billing.ask(ListAuthorities(company="refacciones"))
    assert {(one.role, one.amount) for one in listed.items if one.currency == "MXN"} >= {
        ("manager", billing.mxn(90000)),
        ("administrator", None),
    }


async def test_the_history_pages_by_key_the_latest_first(billing: Billing):
    customer = await billing.customer()
    for amount in (1, 2, 3):
        await billing.ask(SetLimit(customer=customer, limit=billing.mxn(amount)))
    first = await billing.ask(ListLimitChanges(customer=customer, limit=2))
    rest = await billing.ask(ListLimitChanges(customer=customer, limit=2, after=first.next))
    amounts = [change.after for change in [*first.items, *rest.items]]
    assert amounts == [billing.mxn(3), billing.mxn(2), billing.mxn(1)]
    assert rest.next is None


async def test_a_customer_of_another_branch_is_not_there(billing: Billing):
    customer = await billing.customer(unit="gdl")
    for asked in (GetCredit(customer=customer), SetLimit(customer=customer, limit=None)):
        with pytest.raises(NotFound):
            await billing.ask(asked, billing.asks("director", units=("mty",)))


async def test_two_who_set_the_same_limit_at_once_leave_an_unbroken_history(billing: Billing):
    customer = await billing.customer()
    amounts = [billing.mxn(n) for n in range(1, 9)]
    asked = [SetLimit(customer=customer, limit=amount) for amount in amounts]
    await asyncio.gather(*(billing.ask(one) for one in asked))
    changes = (await billing.ask(ListLimitChanges(customer=customer))).items
    steps = {change.before: change.after for change in changes}
    at, seen = billing.mxn(0), 0
    while at in steps:
        at, seen = steps[at], seen + 1
    assert (seen, at) == (8, (await billing.credit(customer)).limit)
