from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from billing import approvals
from billing.approvals import acts, commands, rules
from billing.approvals.model import Approval, State
from contracts.billing.approvals import (
    DecideApproval,
    GetApproval,
    ListApprovalHistory,
    ListApprovals,
)
from contracts.billing.limits import SetAuthority
from kernel.database import Transaction
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, EVA, Billing

LUZ = UUID(int=4)
SUBJECT = UUID(int=77)
done: list[Approval] = []


@pytest.fixture(autouse=True)
def acts_to_try() -> Iterator[None]:
    """Two acts that write down what was decided: one anybody else decides, one also one's own."""

    async def decided(tx: Transaction, approval: Approval) -> None:
        done.append(approval)

    done.clear()
    approvals.on_decided("try-out")(decided)
    approvals.on_decided("try-own", own_authority=True)(decided)
    yield
    for act in ("try-out", "try-own"):
        del acts._ACTS[act]


@pytest.fixture
async def billing(billing: Billing) -> Billing:
    """Managers decide up to 100 and directors up to 1,000, above 500 with a second person."""
    for act in ("try-out", "try-own"):
        await authority(billing, act, "manager", "100")
        await authority(billing, act, "director", "1000", second_above=billing.mxn(500))
    return billing


async def authority(billing: Billing, act: str, role: Any, amount: str, **more: Any) -> None:
    asked = SetAuthority(
        company=COMPANY, act=act, role=role, currency="MXN", amount=billing.mxn(amount), **more
    )
    await billing.ask(asked, billing.asks("administrator"))


async def ask_for(
    billing: Billing, amount: str, subject: UUID = SUBJECT, act: str = "try-out", **more: Any
) -> UUID:
    who = more.pop("who", billing.asks("rep", person=ANA))
    said = {"company": COMPANY, "unit": "mty", "requested_by": who.person} | more
    async with billing.database.acting_as(who) as tx:
        made = await commands.request(
            tx, act=act, amount=billing.mxn(amount), subject=subject, who=who, **said
        )
    return made.id


async def decide(billing: Billing, approval: UUID, who: Any, *, approve: bool = True, **more: Any):
    return await billing.ask(DecideApproval(approval=approval, approve=approve, **more), who)


async def inbox(billing: Billing, who: Any, **which: Any) -> list[UUID]:
    return [one.approval for one in (await billing.ask(ListApprovals(**which), who)).items]


async def test_a_request_waits_is_told_decided_and_followed_by_what_it_is_about(billing: Billing):
    customer = await billing.customer()
    wanted = await ask_for(
        billing, "100", customer=customer, reason="Incobrable", details={"invoice": "F-1"}
    )
    shown = await billing.ask(GetApproval(approval=wanted))
    assert (shown.state, shown.requested_by_name, shown.customer_name) == (
        "waiting",
        "Ana",
        "Taller Norte",
    )
    assert (shown.details, shown.amount) == ({"invoice": "F-1"}, billing.mxn(100))
    after = await decide(billing, wanted, billing.asks("manager"), reason="De acuerdo")
    assert (after.state, after.votes[0].person_name) == ("approved", "Eva")
    ((approval,),) = [done]
    assert (approval.approved, approval.subject, approval.verdict) == (True, SUBJECT, "De acuerdo")
    (asked,) = await billing.told("approval-requested")
    (told,) = await billing.told("approval-decided")
    assert asked["approval"] == told["approval"] == str(wanted)
    assert (told["approved"], told["decided_by"]) == (True, [str(EVA)])


async def test_above_the_threshold_a_second_person_has_to_agree(billing: Billing):
    wanted = await ask_for(billing, "500.01")
    first = await decide(billing, wanted, billing.asks("director"))
    assert (first.state, first.votes[0].alone, done) == ("waiting", False, [])
    with pytest.raises(rules.SamePersonTwice):
        await decide(billing, wanted, billing.asks("director"))
    second = await decide(billing, wanted, billing.asks("director", person=LUZ))
    assert (second.state, len(done)) == ("approved", 1)


async def test_each_refusal_leaves_the_request_waiting(billing: Billing):
    wanted = await ask_for(billing, "100.01")
    for who, refusal in (
        (billing.asks("manager"), rules.AboveAuthority),
        (billing.asks("director", person=ANA), rules.OwnRequest),
    ):
        asked = DecideApproval(approval=wanted, approve=True)
        with pytest.raises(refusal) as no:
            await billing.ask(asked, who)
        assert billing.status_of(asked, no.value) == 403
    assert (await billing.ask(GetApproval(approval=wanted))).state == "waiting"
    await decide(billing, wanted, billing.asks("director"), approve=False, reason="No procede")
    assert done[0].state is State.REJECTED
    with pytest.raises(rules.DecidedAlready):
        await decide(billing, wanted, billing.asks("director", person=LUZ))


async def test_the_inbox_shows_only_what_the_person_may_decide(billing: Billing):
    small, large, own = UUID(int=1001), UUID(int=1002), UUID(int=1003)
    small = await ask_for(billing, "100", small)
    large = await ask_for(billing, "900", large)
    own = await ask_for(billing, "5", own, who=billing.asks("manager"))
    assert await inbox(billing, billing.asks("manager")) == [small]
    assert await inbox(billing, billing.asks("director", person=LUZ)) == [small, large, own]
    await decide(billing, large, billing.asks("director", person=LUZ))
    assert await inbox(billing, billing.asks("director", person=LUZ)) == [small, own]
    assert await inbox(billing, billing.asks("collector")) == []
    assert await inbox(billing, billing.asks("director", units=("gdl",))) == []


async def test_the_inbox_pages_the_longest_waiting_first(billing: Billing):
    wanted = [await ask_for(billing, "1", UUID(int=n)) for n in range(1, 4)]
    who = billing.asks("manager")
    first = await billing.ask(ListApprovals(limit=2, act="try-out"), who)
    rest = await billing.ask(ListApprovals(limit=2, act="try-out", after=first.next), who)
    assert [one.approval for one in [*first.items, *rest.items]] == wanted
    assert rest.next is None
    assert await inbox(billing, who, act="try-own") == []


async def test_who_asked_follows_their_request_and_another_rep_does_not(billing: Billing):
    wanted = await ask_for(billing, "900")
    await decide(billing, wanted, billing.asks("director"), approve=False, reason="No")
    mine = await billing.ask(ListApprovalHistory(), billing.asks("rep", person=ANA))
    assert [(one.state, one.votes[0].reason) for one in mine.items] == [("rejected", "No")]
    others = await billing.ask(ListApprovalHistory(), billing.asks("rep", person=LUZ))
    assert list(others.items) == []


async def test_another_branch_neither_sees_nor_decides(billing: Billing):
    wanted = await ask_for(billing, "1")
    far = billing.asks("director", units=("gdl",))
    for asked in (GetApproval(approval=wanted), DecideApproval(approval=wanted, approve=True)):
        with pytest.raises(NotFound):
            await billing.ask(asked, far)
    assert (await billing.ask(ListApprovalHistory(), far)).items == []


async def test_the_same_is_not_asked_for_twice_until_it_was_decided(billing: Billing):
    wanted = await ask_for(billing, "1")
    with pytest.raises(rules.RequestedAlready):
        await ask_for(billing, "2")
    await decide(billing, wanted, billing.asks("manager"))
    assert await ask_for(billing, "2") != wanted


async def test_a_rep_is_told_that_the_request_of_another_waits_without_seeing_it(
    billing: Billing,
):
    await ask_for(billing, "1")
    with pytest.raises(rules.RequestedAlready):
        await ask_for(billing, "1", who=billing.asks("rep", person=LUZ))


async def test_of_those_who_ask_for_the_same_at_once_one_request_waits(billing: Billing):
    people = [billing.asks("rep", person=UUID(int=200 + n)) for n in range(5)]
    made = await asyncio.gather(
        *(ask_for(billing, "1", who=who) for who in people), return_exceptions=True
    )
    assert sum(isinstance(one, rules.RequestedAlready) for one in made) == 4
    assert len(await billing.told("approval-requested")) == 1


async def test_what_is_withdrawn_waits_for_nobody(billing: Billing):
    wanted = await ask_for(billing, "1")
    async with billing.database.working("test") as tx:
        await commands.withdraw(tx, "try-out", [SUBJECT])
    assert await inbox(billing, billing.asks("manager")) == []
    with pytest.raises(rules.DecidedAlready):
        await decide(billing, wanted, billing.asks("manager"))


async def test_an_own_authority_decides_at_once_or_is_the_first_of_two_words(billing: Billing):
    who = billing.asks("director")
    await ask_for(billing, "500", act="try-own", who=who)
    assert [approval.approved for approval in done] == [True]
    assert await billing.told("approval-requested") == []  # nothing ever waited
    wanted = await ask_for(billing, "501", act="try-own", who=who)
    with pytest.raises(rules.SamePersonTwice):
        await decide(billing, wanted, who)
    await decide(billing, wanted, billing.asks("director", person=LUZ))
    assert len(done) == 2
    beyond = await ask_for(billing, "1", UUID(int=5), act="try-own", who=billing.asks("rep"))
    assert (await billing.ask(GetApproval(approval=beyond))).state == "waiting"


async def test_what_is_said_for_a_unit_holds_there_in_place_of_the_company(billing: Billing):
    await authority(billing, "try-out", "manager", "10", unit="mty")
    here, there = await ask_for(billing, "11"), await ask_for(billing, "11", ANA, unit="gdl")
    with pytest.raises(rules.AboveAuthority) as no:
        await decide(billing, here, billing.asks("manager"))
    assert no.value.authority == billing.mxn(10)
    assert (await decide(billing, there, billing.asks("manager"))).state == "approved"


async def test_of_two_who_decide_at_once_only_one_does(billing: Billing):
    wanted = await ask_for(billing, "1")
    people = [billing.asks("manager", person=UUID(int=100 + n)) for n in range(6)]
    answers = await asyncio.gather(
        *(decide(billing, wanted, who, approve=n % 2 == 0) for n, who in enumerate(people)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, rules.DecidedAlready)]
    assert (len(refused), len(done)) == (5, 1)
    assert len(await billing.told("approval-decided")) == 1


async def test_a_decision_that_cannot_be_followed_is_not_made(billing: Billing, monkeypatch):
    async def fails(tx: Transaction, approval: Approval) -> None:
        raise rules.RequestedAlready("try-out")

    monkeypatch.setitem(acts._ACTS, "try-out", acts.Act(fails, own_authority=False))
    wanted = await ask_for(billing, "1")
    with pytest.raises(rules.RequestedAlready):
        await decide(billing, wanted, billing.asks("manager"))
    assert (await billing.ask(GetApproval(approval=wanted))).state == "waiting"
    assert await billing.told("approval-decided") == []


async def test_where_only_some_roles_may_decide_the_authority_of_others_does_not_count(
    billing: Billing,
):
    waiting = await ask_for(billing, "50", only_roles={"director"})
    manager, director = billing.asks("manager"), billing.asks("director")
    with pytest.raises(rules.OtherRole) as no:
        await billing.ask(DecideApproval(approval=waiting, approve=True), manager)
    assert no.value.roles == ["director"]
    assert (await billing.ask(ListApprovals(act="try-out"), manager)).items == []
    (listed,) = (await billing.ask(ListApprovals(act="try-out"), director)).items
    decided = await billing.ask(DecideApproval(approval=listed.approval, approve=True), director)
    assert decided.state == "approved"
