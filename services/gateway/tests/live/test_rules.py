from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from gateway.live.rules import News, Ring, is_news, may_see
from kernel.scope import Principal

ANA, BEN = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def news(
    type_: str = "billing.order-held.v1", unit: str = "mty", person: UUID | None = ANA
) -> News:
    return News("e-1", type_, unit, "o-1", person and str(person), "2026-03-02T12:00:00Z")


def who(person: UUID, *roles: str, units: tuple[str, ...] = ("mty",)) -> Principal:
    return Principal(person, person, frozenset(roles), units, own_only=set(roles) == {"rep"})


def test_a_manager_sees_what_happens_in_the_branch_and_nothing_of_another():
    assert may_see(news(), who(BEN, "manager"))
    assert not may_see(news(unit="gdl"), who(BEN, "manager"))


def test_a_rep_sees_only_their_own():
    assert may_see(news(person=ANA), who(ANA, "rep"))
    assert not may_see(news(person=BEN), who(ANA, "rep"))
    assert not may_see(news(person=None), who(ANA, "rep"))


def test_a_notification_is_its_persons_and_not_even_the_directors():
    note = news("notifications.notification-created.v1", person=ANA)
    assert may_see(note, who(ANA, "rep", units=()))
    assert not may_see(note, who(BEN, "director"))


def test_users_are_news_for_administrators_only():
    changed = news("gateway.user-changed.v1")
    assert may_see(changed, who(BEN, "administrator"))
    assert not may_see(changed, who(BEN, "director"))
    assert not may_see(changed, who(BEN, "administrator", units=("gdl",)))


def test_imports_and_what_is_told_again_later_are_no_news():
    assert is_news("live", NOON, NOON + timedelta(minutes=5))
    assert not is_news("live", NOON, NOON + timedelta(minutes=5, seconds=1))
    assert not is_news("import", NOON, NOON)


def test_what_was_missed_is_told_as_long_as_it_is_kept():
    ring = Ring("boot", size=3)
    for _ in range(5):
        ring.add(news())
    assert [name for name, _ in ring.since("boot-3")] == ["boot-4", "boot-5"]
    assert ring.knows("boot-2")
    assert not ring.knows("boot-1")
    assert not ring.knows("other-4")
    assert not ring.knows("boot-6")
    assert not ring.knows("nonsense")


def test_a_ring_that_heard_nothing_yet_knows_its_beginning():
    assert Ring("boot").knows("boot-0")
