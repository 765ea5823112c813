"""Limits that wait for somebody, end by themselves, are blocked and released."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from billing.approvals.rules import OwnRequest, RequestedAlready, SamePersonTwice
from billing.limits import commands, rules
from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.limits import (
    BlockCredit,
    CreditAccount,
    ListLimitChanges,
    ReleaseCredit,
    RequestLimit,
    SetAuthority,
    SetLimit,
)
from kernel import clock
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, Billing

LUZ = UUID(int=4)
LAST = date(2026, 3, 31)
ON_THE_LAST_DAY = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


async def request(billing: Billing, customer: UUID, amount: int, who: Any) -> CreditAccount:
    asked = RequestLimit(customer=customer, limit=billing.mxn(amount), reason="Temporada alta")
    return await billing.ask(asked, who)


async def decide(billing: Billing, approval: UUID | None, who: Any, *, approve: bool = True) -> Any:
    assert approval
    return await billing.ask(DecideApproval(approval=approval, approve=approve), who)


async def threshold(billing: Billing, amount: int) -> None:
    asked = SetAuthority(
        company=COMPANY,
        act="set-limit",
        role="director",
        currency="MXN",
        amount=None,
        second_above=billing.mxn(amount),
    )
    await billing.ask(asked, billing.asks("administrator"))


async def test_a_limit_that_was_asked_for_is_in_force_once_somebody_else_approves(
    billing: Billing,
):
    customer = await billing.customer()
    rep = billing.asks("rep", person=ANA)
    account = await request(billing, customer, 40000, rep)
    assert (account.limit, account.waiting is None) == (billing.mxn(0), False)
    with pytest.raises(RequestedAlready):
        await request(billing, customer, 1, billing.asks("manager"))
    (shown,) = (await billing.ask(ListApprovals(), billing.asks("manager"))).items
    assert (shown.act, shown.amount, shown.reason) == (
        "set-limit",
        billing.mxn(40000),
        "Temporada alta",
    )
    await decide(billing, account.waiting, billing.asks("manager"))
    after = await billing.credit(customer)
    assert (after.limit, after.waiting) == (billing.mxn(40000), None)
    (change,) = (await billing.ask(ListLimitChanges(customer=customer))).items
    assert (change.kind, change.after, change.reason) == (
        "limit",
        billing.mxn(40000),
        "Temporada alta",
    )


async def test_a_rejected_request_changes_nothing(billing: Billing):
    customer = await billing.customer()
    account = await request(billing, customer, 10, billing.asks("rep", person=ANA))
    await decide(billing, account.waiting, billing.asks("manager"), approve=False)
    assert (await billing.credit(customer)).limit == billing.mxn(0)
    assert await billing.told("limit-changed") == []


async def test_nobody_grants_what_they_asked_for_by_whatever_door(billing: Billing):
    customer = await billing.customer()
    manager = billing.asks("manager")
    account = await request(billing, customer, 10, manager)
    with pytest.raises(OwnRequest):
        await decide(billing, account.waiting, manager)
    with pytest.raises(OwnRequest):
        await billing.ask(SetLimit(customer=customer, limit=billing.mxn(10)), manager)
    other = billing.asks("manager", person=LUZ)
    assert (
        await billing.ask(SetLimit(customer=customer, limit=billing.mxn(5)), other)
    ).waiting is None
    assert await states(billing) == ["withdrawn"]


async def states(billing: Billing) -> list[str]:
    async with billing.database.working("test") as tx:
        return [row["state"] for row in await tx.driver.fetch("SELECT state FROM approvals")]


async def test_above_the_threshold_the_limit_waits_for_a_second_person(billing: Billing):
    await threshold(billing, 1000)
    customer = await billing.customer()
    director = billing.asks("director")
    alone = await billing.ask(SetLimit(customer=customer, limit=billing.mxn(1000)), director)
    assert (alone.limit, alone.waiting) == (billing.mxn(1000), None)
    asked = SetLimit(customer=customer, limit=billing.mxn("1000.01"))
    waits = await billing.ask(asked, director)
    assert (waits.limit, waits.waiting is None) == (billing.mxn(1000), False)
    with pytest.raises(SamePersonTwice):
        await decide(billing, waits.waiting, director)
    await decide(billing, waits.waiting, billing.asks("director", person=LUZ))
    assert (await billing.credit(customer)).limit == billing.mxn("1000.01")


async def test_a_temporary_limit_ends_by_itself_after_its_last_day(billing: Billing):
    customer = await billing.customer(limit="100")
    with clock.stopped_at(ON_THE_LAST_DAY):
        asked = SetLimit(customer=customer, limit=billing.mxn(500), until=LAST)
        account = await billing.ask(asked)
        assert (account.limit, account.lasting_limit, account.temporary_until) == (
            billing.mxn(500),
            billing.mxn(100),
            LAST,
        )
        assert await ended(billing) is False
        assert (await billing.credit(customer)).limit == billing.mxn(500)
    with clock.stopped_at(ON_THE_LAST_DAY + timedelta(minutes=1)):
        assert (await billing.credit(customer)).limit == billing.mxn(100)
        await ended(billing)
        await ended(billing)
    first, temporary, over = await billing.told("limit-changed")
    assert (first["until"], temporary["until"], over["until"]) == (None, "2026-03-31", None)
    assert (over["limit"]["amount"], over["changed_by"]) == ("100.00", None)
    kinds = (await billing.ask(ListLimitChanges(customer=customer))).items
    assert [change.kind for change in kinds] == ["temporary-ended", "temporary", "limit"]


async def ended(billing: Billing) -> bool:
    async with billing.database.working("test") as tx:
        return await commands.end_temporary_limits(tx, clock.today())


async def test_a_limit_for_good_ends_a_temporary_one(billing: Billing):
    customer = await billing.customer(limit="100")
    until = clock.today() + timedelta(days=5)
    await billing.ask(SetLimit(customer=customer, limit=billing.mxn(500), until=until))
    account = await billing.ask(SetLimit(customer=customer, limit=billing.mxn(50)))
    assert (account.limit, account.temporary_until) == (billing.mxn(50), None)


async def test_a_temporary_limit_of_yesterday_or_without_amount_is_refused(billing: Billing):
    customer = await billing.customer(limit="100")
    yesterday = clock.today() - timedelta(days=1)
    for asked, refusal in (
        (
            SetLimit(customer=customer, limit=billing.mxn(1), until=yesterday),
            rules.TemporaryInThePast,
        ),
        (
            SetLimit(customer=customer, limit=None, until=clock.today()),
            rules.TemporaryWithoutAmount,
        ),
    ):
        with pytest.raises(refusal) as no:
            await billing.ask(asked)
        assert billing.status_of(asked, no.value) == 422


async def test_blocked_credit_holds_new_orders_and_leaves_what_was_accepted(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.placed("P-1", customer, "100"))
    account = await billing.ask(
        BlockCredit(customer=customer, reason="Cheque devuelto"), billing.asks("collector")
    )
    assert (account.blocked_by, account.available) == (("person",), billing.mxn(900))
    await billing.hear(
        billing.confirmed("P-1", customer, "100"), billing.placed("P-2", customer, "1")
    )
    assert (await billing.state("P-1"), await billing.state("P-2")) == ("ordered", "held")
    (held,) = await billing.told("order-held")
    assert (held["why"], held["missing"]["amount"]) == ("blocked", "0.00")
    with pytest.raises(rules.BlockedAlready):
        await billing.ask(BlockCredit(customer=customer, reason="otra vez"))
    await billing.ask(ReleaseCredit(customer=customer, reason="Pagó"))
    await billing.hear(billing.placed("P-3", customer, "1"))
    assert await billing.state("P-3") == "reserved"
    with pytest.raises(rules.NotBlocked):
        await billing.ask(ReleaseCredit(customer=customer, reason="otra vez"))
    told = await billing.told("credit-block-changed")
    assert [(one["blocked_by"], one["reason"]) for one in told] == [
        (["person"], "Cheque devuelto"),
        ([], "Pagó"),
    ]
    history = (await billing.ask(ListLimitChanges(customer=customer))).items
    assert [(change.kind, change.reason) for change in history[:2]] == [
        ("released", "Pagó"),
        ("blocked", "Cheque devuelto"),
    ]


async def test_dunning_and_a_person_block_apart_and_a_person_releases_both(billing: Billing):
    customer = await billing.customer(limit="1000")

    async def by_dunning(what: Any) -> Any:
        async with billing.database.working("test") as tx:
            return await what(tx, customer, "Tercer recordatorio")

    assert [await by_dunning(commands.block) for _ in range(2)] == [True, False]
    await billing.ask(BlockCredit(customer=customer, reason="Revisión"))
    assert await by_dunning(commands.release)
    assert (await billing.credit(customer)).blocked_by == ("person",)
    await by_dunning(commands.block)
    account = await billing.ask(ReleaseCredit(customer=customer, reason="Acuerdo"))
    assert account.blocked_by == ()
    assert await by_dunning(commands.release) is False


async def test_a_customer_of_another_branch_cannot_be_asked_for_or_blocked(billing: Billing):
    customer = await billing.customer(unit="gdl")
    far = billing.asks("director", units=("mty",))
    for asked in (
        RequestLimit(customer=customer, limit=None, reason="x"),
        BlockCredit(customer=customer, reason="x"),
        ReleaseCredit(customer=customer, reason="x"),
    ):
        with pytest.raises(NotFound):
            await billing.ask(asked, far)


async def test_an_order_and_a_block_at_once_end_as_if_one_came_first(billing: Billing):
    customer = await billing.customer(limit="1000")
    await asyncio.gather(
        billing.ask(BlockCredit(customer=customer, reason="x")),
        *(billing.hear(billing.placed(f"P-{n}", customer, "10")) for n in range(6)),
    )
    held = len(await billing.told("order-held"))
    assert held + len(await billing.told("credit-reserved")) == 6
    await billing.hear(billing.placed("P-9", customer, "10"))
    assert await billing.state("P-9") == "held"
