from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from kernel.database import Database
from kernel.scope import Principal

ANA, BETO = uuid4(), uuid4()
SHELVES = [("a", "mty", ANA), ("b", "mty", BETO), ("c", "cdmx", ANA)]


def person(*units: str, who: UUID = ANA, own_only: bool = False) -> Principal:
    return Principal(who, who, frozenset({"rep"}), units, own_only)


async def fill(database: Database) -> None:
    async with database.working("test") as tx:
        await tx.bulk("shelves", ["shelf", "unit", "owner"], SHELVES)


async def seen(database: Database, who: Principal) -> list[str]:
    async with database.acting_as(who) as tx:
        return [row.shelf for row in await tx.execute(text("SELECT shelf FROM shelves ORDER BY 1"))]


async def test_a_person_sees_the_rows_of_their_units(database: Database):
    await fill(database)
    assert await seen(database, person("mty")) == ["a", "b"]
    assert await seen(database, person("mty", "cdmx")) == ["a", "b", "c"]
    assert await seen(database, person()) == []


async def test_who_sees_only_their_own_sees_no_colleagues_rows(database: Database):
    await fill(database)
    assert await seen(database, person("mty", "cdmx", own_only=True)) == ["a", "c"]
    assert await seen(database, person("mty", who=BETO, own_only=True)) == ["b"]


async def test_without_a_scope_there_are_no_rows(database: Database):
    await fill(database)
    app = await asyncpg.connect(database.dsns.app)
    assert await app.fetch("SELECT * FROM shelves") == []
    await app.close()


async def test_a_connection_that_is_used_again_remembers_no_scope(database: Database):
    await fill(database)
    one = Database(database.dsns.app, database.dsns.worker, connections=1)
    assert await seen(one, person("mty")) == ["a", "b"]
    with pytest.raises(ZeroDivisionError):
        async with one.acting_as(person("cdmx")):
            _ = 1 / 0
    async with one._app.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert await driver.fetch("SELECT * FROM shelves") == []
        assert not await driver.fetchval("SELECT current_setting('gerencia.units', true)")
    await one.close()


async def test_a_row_cannot_be_written_into_a_unit_out_of_scope(database: Database):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.acting_as(person("mty")) as tx:
            await tx.bulk("shelves", ["shelf", "unit"], [("z", "cdmx")])


async def test_bulk_inserts_what_is_new_and_says_how_many(database: Database):
    await fill(database)
    async with database.acting_as(person("mty")) as tx:
        rows = [(str(n), "mty", None) for n in range(1000)]
        assert await tx.bulk("shelves", ["shelf", "unit", "owner"], rows) == 1000
        assert await tx.bulk("shelves", ["shelf", "unit", "owner"], rows) == 0


async def test_a_units_name_cannot_end_the_statement_it_travels_in(database: Database):
    await fill(database)
    assert await seen(database, person("mty'; DROP TABLE shelves; --")) == []
    assert await seen(database, person("mty")) == ["a", "b"]


async def test_the_programs_login_cannot_change_what_the_log_says(database: Database):
    for statement in (
        "UPDATE event_log SET body = '{}'",
        "DELETE FROM event_log",
        "SELECT * FROM event_log",
        "UPDATE relay_cursor SET assigned = 0",
    ):
        app = await asyncpg.connect(database.dsns.app)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
        await app.close()


async def test_a_cancelled_request_leaves_no_transaction_behind(database: Database):
    one = Database(database.dsns.app, database.dsns.worker, connections=1)

    async def slow() -> None:
        async with one.acting_as(person("mty")) as tx:
            await tx.bulk("shelves", ["shelf", "unit"], [("slow", "mty")])
            await tx.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await seen(one, person("mty")) == []
    await one.close()
