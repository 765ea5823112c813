from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from billing.approvals import rules
from billing.approvals.model import Approval, State, Vote
from billing.authorities.model import Authority, Reach
from billing.authorities.rules import reach
from kernel.money import Money

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA, EVA, LUZ, MAX = (UUID(int=n) for n in range(1, 5))


def mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


def request(amount: Money | None = None) -> Approval:
    return Approval(
        UUID(int=9), "write-off", "c", "mty", None, UUID(int=8), amount, "MXN", ANA, NOON, ""
    )


def word(person: UUID, *, approve: bool = True, alone: bool = True) -> Vote:
    return Vote(person, approve, alone, "", NOON)


def test_one_person_whose_authority_suffices_alone_approves():
    after = rules.voted(request(), word(EVA))
    assert (after.approved, after.decided_by) == (True, EVA)


def test_above_the_threshold_it_takes_two_different_persons():
    once = rules.voted(request(), word(EVA, alone=False))
    assert (once.state, once.decided_by) == (State.WAITING, None)
    with pytest.raises(rules.SamePersonTwice):
        rules.voted(once, word(EVA, alone=False))
    twice = rules.voted(once, word(LUZ, alone=False))
    assert (twice.approved, twice.decided_by) == (True, LUZ)


def test_after_one_of_two_somebody_who_needs_no_second_decides():
    once = rules.voted(request(), word(EVA, alone=False))
    assert rules.voted(once, word(LUZ, alone=True)).approved


def test_one_person_rejects_also_where_it_takes_two_to_approve():
    once = rules.voted(request(), word(EVA, alone=False))
    after = rules.voted(once, word(LUZ, approve=False, alone=False))
    assert (after.state, after.approved) == (State.REJECTED, False)


def test_nobody_decides_about_their_own_request_neither_way():
    for approve in (True, False):
        with pytest.raises(rules.OwnRequest):
            rules.voted(request(), word(ANA, approve=approve))


def test_an_own_authority_is_one_word_where_the_act_says_that_it_suffices():
    assert rules.voted(request(), word(ANA), own=True).approved
    once = rules.voted(request(), word(ANA, alone=False), own=True)
    with pytest.raises(rules.SamePersonTwice):
        rules.voted(once, word(ANA, alone=False))


@pytest.mark.parametrize("approve", [True, False])
def test_what_was_decided_is_not_decided_again(approve):
    done = rules.voted(request(), word(EVA, approve=approve))
    with pytest.raises(rules.DecidedAlready) as no:
        rules.voted(done, word(LUZ))
    assert no.value.state == ("approved" if approve else "rejected")


DIRECTOR = Authority("director", "MXN", mxn("1000"), second_above=mxn("500"))
MANAGER = Authority("manager", "MXN", mxn("100"))
OWNER = Authority("administrator", "MXN", None)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("500", Reach.ALONE),
        ("500.01", Reach.WITH_ANOTHER),
        ("1000", Reach.WITH_ANOTHER),
        ("1000.01", Reach.NOT),
    ],
)
def test_a_threshold_and_an_authority_include_their_own_amount(amount, expected):
    assert reach(mxn(amount), "MXN", {"director"}, [DIRECTOR, MANAGER]) is expected


def test_of_several_roles_the_one_that_reaches_furthest_counts():
    strict = Authority("director", "MXN", mxn("1000"), second_above=mxn("0"))
    assert reach(mxn("100"), "MXN", {"director", "manager"}, [strict, MANAGER]) is Reach.ALONE
    assert reach(mxn("101"), "MXN", {"director", "manager"}, [strict, MANAGER]) is (
        Reach.WITH_ANOTHER
    )


def test_what_has_no_upper_bound_needs_an_authority_without_one():
    assert reach(None, "MXN", {"director"}, [DIRECTOR]) is Reach.NOT
    assert reach(None, "MXN", {"administrator"}, [OWNER]) is Reach.ALONE
    threshold = Authority("administrator", "MXN", None, second_above=mxn("500"))
    assert reach(None, "MXN", {"administrator"}, [threshold]) is Reach.WITH_ANOTHER


def test_an_authority_in_another_currency_or_of_another_role_counts_for_nothing():
    assert reach(mxn("1"), "USD", {"director"}, [DIRECTOR]) is Reach.NOT
    assert reach(mxn("1"), "MXN", {"rep"}, [DIRECTOR]) is Reach.NOT


def test_somebody_above_their_authority_is_told_up_to_how_much_it_reaches():
    no = rules.refusal(request(mxn("100.01")), {"manager"}, [MANAGER])
    assert isinstance(no, rules.AboveAuthority)
    assert (no.requested, no.authority) == (mxn("100.01"), mxn("100"))
    assert isinstance(rules.refusal(request(), {"manager"}, [MANAGER]), rules.NoBoundAboveAuthority)
