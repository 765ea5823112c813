from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.prices import rules
from contracts.billing.prices import (
    ClassifyCustomer,
    GetCustomerClass,
    GetPrice,
    ListPrices,
    NewPrice,
    PutPrices,
)
from kernel import clock
from kernel.money import Money
from kernel.problems import NotFound, NotYourUnit

from ..conftest import COMPANY, Billing

TODAY = clock.today()
NEW_YEAR = date(2026, 1, 1)


def price(amount: str, product: str = "DISC-280", **more: Any) -> NewPrice:
    said = {"valid_from": NEW_YEAR} | more
    return NewPrice(product=product, amount=Money.of(amount, "MXN"), **said)


async def put(billing: Billing, *prices: NewPrice):
    return await billing.ask(PutPrices(company=COMPANY, prices=prices))


async def costs(billing: Billing, unit: str = "mty", who: Any = None, **more: Any) -> Decimal:
    asked = GetPrice(product="DISC-280", unit=unit, currency="MXN", **more)
    return (await billing.ask(asked, who)).amount.amount


async def test_the_price_in_force_is_that_of_class_region_and_day(billing: Billing):
    customer = await billing.customer()
    tomorrow = TODAY + timedelta(days=1)
    await put(
        billing,
        price("100"),
        price("98", region="mty"),
        price("90", customer_class="taller"),
        price("99", region="mty", valid_from=tomorrow),
    )
    assert await costs(billing) == Decimal(98)
    assert await costs(billing, "gdl") == Decimal(100)
    assert await costs(billing, on=tomorrow) == Decimal(99)
    classify = ClassifyCustomer(customer=customer, customer_class="taller")
    await billing.ask(classify, billing.asks("manager"))
    assert await costs(billing, customer=customer) == Decimal(90)
    assert await costs(billing, customer=customer, on=TODAY - timedelta(days=1)) == Decimal(98)
    with pytest.raises(rules.NoPrice):
        await costs(billing, on=NEW_YEAR - timedelta(days=1))


async def test_a_list_comes_in_whole_or_not_at_all_and_once(billing: Billing):
    with pytest.raises(rules.FloorAbovePrice):
        await put(billing, price("100"), price("10", "PAD-12", floor=Money.of("11", "MXN")))
    assert (await billing.ask(ListPrices(company=COMPANY))).items == []
    first = await put(billing, price("100"), price("10", "PAD-12"))
    again = await put(billing, price("100"), price("10", "PAD-12"))
    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    with pytest.raises(rules.InForceAlready):
        await put(billing, price("11", "PAD-12"))
    later = await put(billing, price("11", "PAD-12", valid_from=TODAY))
    ended = await put(billing, price("100", valid_to=TODAY + timedelta(days=9)))
    assert (later.added, ended.changed) == (1, 1)


async def test_who_sells_sees_the_floor_and_not_what_it_cost(billing: Billing):
    cost = Money.of("80", "MXN")
    await put(billing, price("100", cost=cost, least_margin=Decimal("0.1")))
    asked = GetPrice(product="DISC-280", unit="mty", currency="MXN")
    seller = await billing.ask(asked, billing.asks("rep"))
    leader = await billing.ask(asked, billing.asks("manager"))
    assert (seller.floor, seller.cost, seller.margin_rate) == (billing.mxn("88.89"), None, None)
    assert (leader.cost, leader.margin_rate) == (cost, Decimal("0.2"))


async def test_the_list_pages_by_product_and_shows_what_holds_on_a_day(billing: Billing):
    await put(billing, *(price("1", f"P-{n}") for n in range(5)))
    await put(billing, price("2", "P-0", valid_from=TODAY, valid_to=TODAY + timedelta(days=1)))
    first = await billing.ask(ListPrices(company=COMPANY, limit=4))
    rest = await billing.ask(ListPrices(company=COMPANY, limit=4, after=first.next))
    assert [one.product for one in [*first.items, *rest.items]] == [
        "P-0", "P-0", "P-1", "P-2", "P-3", "P-4",
    ]  # fmt: skip
    held = await billing.ask(ListPrices(company=COMPANY, product="P-0", on=NEW_YEAR))
    assert [one.amount.amount for one in held.items] == [1]


async def test_a_price_list_is_seen_in_its_company_and_changed_from_its_root(billing: Billing):
    await put(billing, price("100"))
    branch = billing.asks("director", units=("mty",))
    assert await costs(billing, who=branch) == Decimal(100)
    with pytest.raises(NotFound):
        await billing.ask(PutPrices(company=COMPANY, prices=[price("1")]), branch)
    with pytest.raises(NotYourUnit):
        await costs(billing, "gdl", who=branch)
    with pytest.raises(NotYourUnit):
        await put(billing, price("1", region="elsewhere"))
    stranger = billing.asks("director", units=("otra",))
    assert (await billing.ask(ListPrices(company=COMPANY), stranger)).items == []


async def test_a_class_has_a_history_and_no_past(billing: Billing):
    customer = await billing.customer()
    manager = billing.asks("manager")
    await billing.ask(ClassifyCustomer(customer=customer, customer_class="taller"), manager)
    later = ClassifyCustomer(
        customer=customer, customer_class=None, valid_from=TODAY + timedelta(days=3)
    )
    known = await billing.ask(later, manager)
    assert known.customer_class == "taller"
    assert [one.customer_class for one in known.items] == [None, "taller"]
    past = later.model_copy(update={"valid_from": TODAY - timedelta(days=1)})
    with pytest.raises(rules.ClassInThePast):
        await billing.ask(past, manager)
    far = billing.asks("manager", units=("gdl",))
    for asked in (GetCustomerClass(customer=customer), later):
        with pytest.raises(NotFound):
            await billing.ask(asked, far)
    with pytest.raises(NotFound):
        await costs(billing, customer=UUID(int=5))


async def test_two_who_set_the_same_price_at_once_do_not_both_begin_it(billing: Billing):
    await put(billing, price("100"))
    new = [price(str(110 + n), valid_from=TODAY) for n in range(4)]
    done = await asyncio.gather(*(put(billing, each) for each in new), return_exceptions=True)
    assert sum(isinstance(each, rules.InForceAlready) for each in done) == 3
