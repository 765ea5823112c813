"""Messages are put together as far as the order within each entity allows."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import now
from kernel.events import Event, Received
from kernel.inbox import grouped


class AV1(Event):
    type: ClassVar = "x.a.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "name"
    name: str


class BV1(AV1):
    type: ClassVar = "x.b.v1"


def received(kind: str, entity: str) -> Received[Any]:
    event = (AV1 if kind == "a" else BV1)(unit="u", name=entity)
    moment, some = now(), UUID(int=0)
    return Received(
        event, uuid4(), "/s", 1, None, some, "live", moment, moment, some, None, None, {}
    )


def names(groups: list[list[Received[Any]]]) -> list[str]:
    return ["".join(f"{m.event.type[2]}{m.event.name}" for m in group) for group in groups]


def test_messages_of_one_type_are_one_group():
    assert names(grouped([received("a", "1"), received("a", "2"), received("a", "1")])) == [
        "a1a2a1"
    ]


def test_a_message_joins_an_earlier_group_when_its_entity_allows():
    told = [received("a", "1"), received("b", "1"), received("a", "2")]
    assert names(grouped(told)) == ["a1a2", "b1"]


def test_a_message_never_overtakes_one_of_its_own_entity():
    told = [received("a", "1"), received("b", "1"), received("a", "1"), received("b", "2")]
    assert names(grouped(told)) == ["a1", "b1b2", "a1"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123"))))
def test_each_entity_keeps_its_order_and_nothing_is_lost(told: list[tuple[str, str]]):
    messages = [received(kind, entity) for kind, entity in told]
    groups = grouped(messages)
    assert all(len({m.event.type for m in group}) == 1 for group in groups)
    flat = [message for group in groups for message in group]
    for entity in "123":
        before = [m.id for m in messages if m.event.name == entity]
        assert [m.id for m in flat if m.event.name == entity] == before
