from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from kernel import log
from kernel.context import Context, within
from kernel.database import NotCommitted
from kernel.log import erase_personal

LOG = "SELECT entity, sequence FROM event_log ORDER BY seq"


async def test_a_transaction_that_is_rolled_back_announces_nothing(shop: Any):
    with pytest.raises(ZeroDivisionError):
        async with shop.database.working("test") as tx:
            tx.announce(shop.sold())
            await tx.flush()
            _ = 1 / 0
    assert await shop.log(LOG) == []


async def test_events_are_kept_in_the_order_they_were_announced(shop: Any):
    await shop.announce(shop.sold("b"), shop.sold("a"), shop.sold("b"))
    await shop.announce(shop.sold("b"))
    assert await shop.log(LOG) == [("b", 1), ("a", 1), ("b", 2), ("b", 3)]


async def test_thousands_of_events_are_one_quick_statement(shop: Any):
    async with asyncio.timeout(5):
        await shop.announce(*(shop.sold(str(n % 700)) for n in range(5000)))
    assert await shop.log("SELECT count(*), max(sequence) FROM event_log") == [(5000, 8)]
    assert await shop.log("SELECT sum(sequence)::int FROM entity_heads") == [5000]


async def test_on_one_entity_sequence_and_identity_have_the_same_order(shop: Any):
    async def sell(n: int) -> None:
        await shop.announce(shop.sold("x"), shop.sold(f"other{n}"), shop.sold("x"))

    await asyncio.gather(*(sell(n) for n in range(20)))
    sequences = await shop.log("SELECT sequence FROM event_log WHERE entity = 'x' ORDER BY seq")
    assert sequences == list(range(1, 41))


async def test_two_transactions_that_name_the_same_entities_do_not_wait_in_a_ring(shop: Any):
    async def sell(*shelves: str) -> None:
        await shop.announce(*(shop.sold(shelf) for shelf in shelves))

    names = [f"s{n}" for n in range(30)]
    await asyncio.gather(sell(*names), sell(*reversed(names)))
    await asyncio.gather(*(sell(*names[:: (-1) ** n]) for n in range(16)))
    assert await shop.log("SELECT DISTINCT sequence FROM entity_heads") == [18]


async def test_the_net_goes_red_when_identities_are_drawn_before_the_lock(
    shop: Any, monkeypatch: pytest.MonkeyPatch
):
    """Planted fault: sequences by looking at the log, without the entity's row."""
    unlocked = """
    INSERT INTO event_log (id, entity, sequence, type, unit, body, headers, occurred_at)
    SELECT id, entity, 1 + (SELECT count(*) FROM event_log AS l WHERE l.entity = t.entity), type,
           unit, body::json, headers::json, coalesce(occurred_at, now())
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::text[], $8::timestamptz[])
         AS t (id, entity, type, unit, body, personal, headers, occurred_at)
    """
    monkeypatch.setattr(log, "APPEND", unlocked)
    with pytest.raises((asyncpg.UniqueViolationError, AssertionError)):
        await asyncio.gather(*(shop.announce(shop.sold("x")) for _ in range(10)))
        rows = await shop.log("SELECT sequence FROM event_log ORDER BY seq")
        assert rows == list(range(1, 11))


async def test_an_event_says_what_began_it(shop: Any):
    context = Context(correlation=uuid4(), causation=uuid4(), traceparent="00-ab-cd-01")
    person = uuid4()
    with within(context):
        async with shop.database.working("test") as tx:
            tx.origin = "import"
            tx.announce(shop.sold(), person=person)
    [headers] = await shop.log("SELECT headers FROM event_log")
    assert json.loads(headers) == {
        "ce-origin": "import",
        "ce-correlationid": str(context.correlation),
        "ce-causationid": str(context.causation),
        "ce-person": str(person),
        "traceparent": "00-ab-cd-01",
    }


async def test_personal_data_lies_apart_and_can_be_erased(shop: Any):
    await shop.announce(shop.filled("a", name="Ana"), shop.filled("b", name="Beto"))
    assert await shop.log("SELECT personal->>'name' FROM event_log ORDER BY seq") == ["Ana", "Beto"]
    assert await shop.log("SELECT DISTINCT (body->'personal') IS NULL FROM event_log") == [True]
    async with shop.database.working("erasure") as tx:
        await erase_personal(tx, "a")
    assert await shop.log("SELECT personal->>'name' FROM event_log ORDER BY seq") == [None, "Beto"]


async def test_an_event_too_large_for_the_broker_is_refused_when_announced(shop: Any):
    with pytest.raises(ValueError, match="larger"):
        await shop.announce(shop.filled(name="x" * 1_100_000))


async def test_rows_of_a_month_without_a_partition_move_when_it_is_made(shop: Any):
    owner = await asyncpg.connect(shop.database.dsns.owner)
    month = await owner.fetchval(
        "SELECT 'event_log_' || to_char(now() AT TIME ZONE 'UTC','YYYY_MM')"
    )
    await owner.execute(f"DROP TABLE {month}")
    await owner.close()
    await shop.announce(*(shop.sold(str(n)) for n in range(5)))
    assert await shop.log("SELECT make_log_partitions(2)") == [1]
    assert await shop.log("SELECT count(*) FROM event_log") == [5]
    await shop.announce(shop.sold("0"))
    tables = await shop.log("SELECT DISTINCT tableoid::regclass::text FROM event_log")
    assert tables == [month]


async def test_a_commit_that_the_database_turned_into_a_rollback_is_an_error(shop: Any):
    with pytest.raises(NotCommitted):
        async with shop.database.working("test") as tx:
            with pytest.raises(asyncpg.PostgresSyntaxError):
                await tx.driver.execute("SELEKT")


async def test_after_a_restart_of_the_server_the_next_transaction_just_works(
    shop: Any, postgres: Any
):
    await shop.announce(shop.sold())
    admin = await asyncpg.connect(postgres.admin_dsn)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'shop%'"
    )
    await admin.close()
    await shop.announce(shop.sold())
    assert await shop.log("SELECT count(*) FROM event_log") == [2]


async def test_a_wake_up_comes_after_a_commit_that_announced_something(shop: Any):
    woken: list[int] = []
    shop.database.on_announced.append(lambda: woken.append(1))
    await shop.announce()
    assert woken == []
    await shop.announce(shop.sold(), shop.sold())
    assert woken == [1]
