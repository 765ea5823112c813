from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from billing.groups import rules
from billing.limits.rules import AboveAuthority
from contracts.billing.groups import (
    GetGroup,
    ListGroupLimitChanges,
    ListGroups,
    PutGroup,
    PutInGroup,
    SetGroupLimit,
)
from contracts.billing.limits import ListLimitChanges, SetAuthority, SetLimit
from contracts.samples import SAMPLES
from kernel import clock
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing

GROUP = UUID(int=500)
LUZ = UUID(int=4)


async def group(billing: Billing, limit: int | None = 1000, **more: Any) -> UUID:
    said = {"group": GROUP, "company": COMPANY, "unit": COMPANY, "currency": "MXN"} | more
    await billing.ask(PutGroup(name="Grupo Norte", **said))
    amount = None if limit is None else billing.mxn(limit)
    await billing.ask(SetGroupLimit(group=said["group"], limit=amount))
    return said["group"]


async def member(billing: Billing, name: str, limit: str | None, into: UUID, **more: Any) -> UUID:
    customer = await billing.customer(name, limit=limit, origin="import", **more)
    await billing.ask(PutInGroup(customer=customer, group=into))
    return customer


async def test_branches_share_the_groups_limit_and_keep_their_own_parts(billing: Billing):
    shared = await group(billing, 1000)
    north = await member(billing, "Norte", "700", shared)
    south = await member(billing, "Sur", None, shared, unit="gdl")
    await billing.hear(
        billing.placed("P-1", north, "700"),
        billing.placed("P-2", north, "0.01"),
        billing.placed("P-3", south, "300.01"),
        billing.placed("P-4", south, "300"),
    )
    assert [await billing.state(f"P-{n}") for n in range(1, 5)] == [
        "reserved",
        "held",
        "held",
        "reserved",
    ]
    told = await billing.told("order-held")
    assert [(one["why"], one["missing"]["amount"]) for one in told] == [
        ("limit", "0.01"),
        ("group", "0.01"),
    ]
    shown = await billing.ask(GetGroup(group=shared))
    assert (shown.used, shown.available) == (billing.mxn(1000), billing.mxn(0))
    assert [(one.name, one.limit, one.used) for one in shown.members] == [
        ("Norte", billing.mxn(700), billing.mxn(700)),
        ("Sur", None, billing.mxn(300)),
    ]
    credit = await billing.credit(south)
    assert (credit.group, credit.limit, credit.available) == (shared, None, billing.mxn(0))


async def test_a_payment_or_a_cancellation_of_one_branch_gives_room_to_another(billing: Billing):
    shared = await group(billing, 100)
    north = await member(billing, "Norte", None, shared)
    south = await member(billing, "Sur", None, shared)
    await billing.hear(billing.placed("P-1", north, "100"), billing.cancelled("P-1", north))
    await billing.hear(billing.delivered("P-2", north, "60"), billing.placed("P-3", south, "41"))
    assert await billing.state("P-3") == "held"
    await billing.pay(north, "1")
    await billing.hear(billing.placed("P-4", south, "41"))
    assert await billing.state("P-4") == "reserved"


async def test_orders_of_one_batch_see_what_the_others_took_of_the_group(billing: Billing):
    shared = await group(billing, 100)
    customers = [await member(billing, name, None, shared) for name in ("A", "B", "C")]
    await billing.hear_together(
        [billing.placed(f"P-{n}", customer, "40") for n, customer in enumerate(customers)]
    )
    assert [await billing.state(f"P-{n}") for n in range(3)] == ["reserved", "reserved", "held"]


async def test_orders_of_all_branches_at_once_never_pass_the_groups_limit(billing: Billing):
    shared = await group(billing, 100)
    customers = [await member(billing, f"T{n}", None, shared) for n in range(8)]
    await asyncio.gather(
        *(
            billing.hear(billing.placed(f"P-{n}", customer, "30"))
            for n, customer in enumerate([*customers, *customers])
        )
    )
    assert (await billing.ask(GetGroup(group=shared))).used == billing.mxn(90)
    assert await billing.wrong() == []


async def test_no_group_limit_is_not_a_limit_of_zero(billing: Billing):
    shared = await group(billing, 0)
    north = await member(billing, "Norte", None, shared)
    await billing.hear(billing.placed("P-1", north, "0.01"))
    await billing.ask(SetGroupLimit(group=shared, limit=None), billing.asks("administrator"))
    await billing.hear(billing.placed("P-2", north, "100000"))
    assert (await billing.state("P-1"), await billing.state("P-2")) == ("held", "reserved")
    assert (await billing.ask(GetGroup(group=shared))).available is None


async def test_a_branch_sees_what_the_whole_group_uses_but_only_its_own_members(billing: Billing):
    shared = await group(billing, 1000, unit="mty")
    north = await member(billing, "Norte", None, shared)
    south = await member(billing, "Sur", None, shared, unit="gdl")
    await billing.hear(billing.placed("P-1", north, "1"), billing.placed("P-2", south, "2"))
    shown = await billing.ask(GetGroup(group=shared), billing.asks("manager", units=("mty",)))
    assert (shown.used, [one.customer for one in shown.members]) == (billing.mxn(3), [north])
    far = billing.asks("manager", units=("gdl",))
    with pytest.raises(NotFound):
        await billing.ask(GetGroup(group=shared), far)
    assert (await billing.ask(ListGroups(), far)).items == []
    with pytest.raises(NotFound):
        said = {"company": "gdl", "unit": "gdl", "currency": "MXN"}
        await billing.ask(PutGroup(group=shared, name="Mío", **said), far)


async def test_a_groups_limit_takes_authority_and_above_the_threshold_two(billing: Billing):
    shared = await group(billing)
    asked = SetGroupLimit(group=shared, limit=billing.mxn("50000.01"))
    with pytest.raises(AboveAuthority) as no:
        await billing.ask(asked, billing.asks("manager"))
    assert billing.status_of(asked, no.value) == 403
    rule = SetAuthority(
        company=COMPANY,
        act="set-group-limit",
        role="director",
        currency="MXN",
        amount=billing.mxn(90000),
        second_above=billing.mxn(5000),
    )
    await billing.ask(rule, billing.asks("administrator"))
    waits = await billing.ask(SetGroupLimit(group=shared, limit=billing.mxn(6000)))
    assert (waits.limit, waits.waiting is None) == (billing.mxn(1000), False)
    decided = await billing.ask(
        SetGroupLimit(group=shared, limit=billing.mxn(5000)), billing.asks("director", person=LUZ)
    )
    assert (decided.limit, decided.waiting) == (billing.mxn(5000), None)


async def test_out_of_a_group_needs_the_authority_for_the_customers_own_limit(billing: Billing):
    shared = await group(billing)
    north = await member(billing, "Norte", "50001", shared)
    leave = PutInGroup(customer=north, group=None, reason="Se vendió")
    with pytest.raises(AboveAuthority):
        await billing.ask(leave, billing.asks("manager"))
    assert (await billing.ask(leave)).group is None
    change, *_ = (await billing.ask(ListLimitChanges(customer=north))).items
    assert (change.kind, change.reason) == ("group", "Se vendió")


async def test_a_group_shares_one_currency_of_one_company(billing: Billing):
    dollars = UUID(int=501)
    await billing.ask(
        PutGroup(group=dollars, company=COMPANY, unit="mty", name="Dólares", currency="USD")
    )
    customer = await billing.customer()
    asked = PutInGroup(customer=customer, group=dollars)
    with pytest.raises(rules.GroupInOtherCurrency) as no:
        await billing.ask(asked)
    assert billing.status_of(asked, no.value) == 422
    with pytest.raises(rules.GroupFixed):
        await group(billing, group=dollars)
    with pytest.raises(rules.GroupOfOtherCompany):
        rules.may_share("acme", "MXN", "otra", "MXN")


async def test_the_history_of_a_groups_limit_is_kept(billing: Billing):
    shared = await group(billing, 1000)
    await billing.ask(SetGroupLimit(group=shared, limit=billing.mxn(5), reason="Menos"))
    first = await billing.ask(ListGroupLimitChanges(group=shared, limit=1))
    rest = await billing.ask(ListGroupLimitChanges(group=shared, after=first.next))
    shown = [(one.before, one.after, one.reason) for one in [*first.items, *rest.items]]
    assert shown == [
        (billing.mxn(1000), billing.mxn(5), "Menos"),
        (billing.mxn(0), billing.mxn(1000), ""),
    ]


async def test_a_card_does_not_change_the_currency_of_a_shared_or_temporary_limit(
    billing: Billing,
):
    shared = await group(billing)
    north = await member(billing, "Norte", "0", shared)
    south = await billing.customer("Sur", limit="0")
    until = clock.today() + timedelta(days=3)
    await billing.ask(SetLimit(customer=south, limit=billing.mxn(5), until=until))
    for customer, name in ((north, "Norte"), (south, "Sur")):
        card = SAMPLES["customers.customer-changed.v1"].model_copy(
            update={"customer": customer, "currency": "USD", "number": name}
        )
        await billing.hear(card)
        assert (await billing.credit(customer)).currency == "MXN"


async def test_groups_are_listed_by_name(billing: Billing):
    for n, name in enumerate(("Beta", "Alfa", "Gamma")):
        said = {"company": COMPANY, "unit": "mty", "currency": "MXN"}
        await billing.ask(PutGroup(group=UUID(int=600 + n), name=name, **said))
    first = await billing.ask(ListGroups(limit=2))
    rest = await billing.ask(ListGroups(limit=2, after=first.next))
    assert [one.name for one in [*first.items, *rest.items]] == ["Alfa", "Beta", "Gamma"]
