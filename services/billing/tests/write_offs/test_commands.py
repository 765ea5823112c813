from __future__ import annotations

from uuid import UUID

import pytest

from billing.approvals import commands as approvals
from billing.approvals import rules as inbox
from billing.ledger.rules import MoreThanOpen
from billing.write_offs.rules import WriteOffNotPositive
from contracts.billing.write_offs import ListWriteOffs, RequestWriteOff, WriteOffRequested
from kernel.money import TooManyDecimals
from kernel.problems import NotFound

from ..conftest import Billing

COLLECTOR, DIRECTOR = UUID(int=8), UUID(int=9)


async def asked(billing: Billing, amount: str | None = None, **more: object) -> WriteOffRequested:
    (invoice,) = await billing.documents(kind="invoice")
    wanted = None if amount is None else billing.mxn(amount)
    command = RequestWriteOff(item=invoice.document, amount=wanted, reason="quebró", **more)
    return await billing.ask(command, billing.asks("collector", person=COLLECTOR))


async def decide(billing: Billing, request: WriteOffRequested, *, approve: bool = True) -> None:
    who = billing.asks("director", person=DIRECTOR)
    async with billing.database.acting_as(who) as tx:
        await approvals.decide(tx, request.write_off, who, approve=approve)


async def states(billing: Billing) -> list[str]:
    return [one.state for one in (await billing.ask(ListWriteOffs())).items]


async def sold(billing: Billing, amount: str = "1000") -> UUID:
    customer = await billing.customer(limit="5000")
    await billing.hear(billing.delivered("P-1", customer, amount))
    return customer


async def test_what_is_written_off_waits_for_somebody_else_and_is_owed_until_then(
    billing: Billing,
):
    customer = await sold(billing)
    request = await asked(billing, bad_debt=True)
    assert (await billing.credit(customer)).receivable == billing.mxn(1000)
    assert await states(billing) == ["waiting"]
    await decide(billing, request)
    assert (await billing.credit(customer)).receivable == billing.mxn(0)
    (told,) = await billing.told("debt-written-off")
    assert (told["amount"]["amount"], told["bad_debt"], told["charge"]) == ("1000.00", True, False)
    async with billing.database.working("x") as tx:
        loss = await tx.driver.fetchval("SELECT sum(amount) FROM entries WHERE account='bad-debt'")
    assert loss == 1000
    assert await billing.wrong() == []


async def test_part_of_an_item_is_written_off(billing: Billing):
    customer = await sold(billing)
    await decide(billing, await asked(billing, "0.01"))
    assert (await billing.credit(customer)).receivable == billing.mxn("999.99")


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("0", WriteOffNotPositive),
        ("1000.01", MoreThanOpen),
        ("0.001", TooManyDecimals),
    ],
)
async def test_nothing_more_than_is_open_and_part_of_a_cent_are_refused(
    billing: Billing, amount, refusal
):
    await sold(billing)
    with pytest.raises(refusal):
        await asked(billing, amount)
    assert await states(billing) == []


async def test_nobody_approves_their_own_and_nobody_above_their_authority(billing: Billing):
    await sold(billing)
    request = await asked(billing, "600")
    for person, refusal in ((COLLECTOR, inbox.OwnRequest), (DIRECTOR, inbox.AboveAuthority)):
        who = billing.asks("collector", person=person)
        with pytest.raises(refusal):
            async with billing.database.acting_as(who) as tx:
                await approvals.decide(tx, request.write_off, who, approve=True)
    assert await states(billing) == ["waiting"]


async def test_a_rejected_write_off_changes_nothing(billing: Billing):
    customer = await sold(billing)
    await decide(billing, await asked(billing), approve=False)
    assert await states(billing) == ["rejected"]
    assert (await billing.credit(customer)).receivable == billing.mxn(1000)


async def test_one_that_was_paid_meanwhile_is_void_and_not_given_up(billing: Billing):
    customer = await sold(billing)
    request = await asked(billing, "600")
    await billing.pay(customer, "400.01")
    await decide(billing, request)
    assert await states(billing) == ["void"]
    assert (await billing.credit(customer)).receivable == billing.mxn("599.99")
    assert await billing.wrong() == []


async def test_the_same_item_waits_only_once(billing: Billing):
    await sold(billing)
    await asked(billing, "10")
    with pytest.raises(inbox.RequestedAlready):
        await asked(billing, "20")


async def test_another_branch_cannot_ask_for_it(billing: Billing):
    await sold(billing)
    (invoice,) = await billing.documents()
    there = billing.asks("collector", units=("gdl",))
    with pytest.raises(NotFound):
        await billing.ask(RequestWriteOff(item=invoice.document, reason="x"), there)
