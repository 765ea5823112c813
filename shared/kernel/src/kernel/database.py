"""Transactions: one per request or message, under the right login, ending in the event log.

Round trips are what a command costs, so there are few: BEGIN travels with the person's scope,
all announced events are one statement, and COMMIT is the last. That is why the transaction is
opened and closed here on the driver itself, and SQLAlchemy is told to leave it alone
(`AUTOCOMMIT`); savepoints (`tx.connection.begin_nested()`) work as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kernel import log
from kernel.events import Event, Origin
from kernel.scope import OWN, PERSON, UNITS, Principal, settings

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server is stopping, or the session idled too long
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver, caught between two states by the cut
    OSError,
)
"""How it shows that a connection is gone: the server was restarted, the network was cut."""


class Row(Protocol):
    """A row that was read, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...


class NotCommitted(Exception):
    """The database rolled back: a statement had failed and nobody said so."""


@dataclass(frozen=True, slots=True)
class Dsns:
    """The three logins of a service's database, as `postgresql://` addresses."""

    app: str = field(repr=False)
    worker: str = field(repr=False)
    owner: str = field(default="", repr=False)


class Transaction:
    """One transaction; what it announces is written to the event log when it commits."""

    def __init__(self, connection: AsyncConnection, driver: Driver) -> None:
        self.connection = connection
        self.driver = driver
        """The asyncpg connection itself, for COPY and for hand-written SQL."""
        self.origin: Origin = "live"
        """`import` when what happens here is history that is being brought in."""
        self.announced: list[UUID] = []
        """Ids of the announced events, in order; the last one is the mark of a command."""
        self.closing = ""
        """SQL without parameters or results that travels with COMMIT: no round trip of its own."""
        self._rows: list[log.Announced] = []

    async def execute(
        self,
        statement: Executable,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy statement."""
        return await self.connection.execute(statement, params)

    def announce(
        self, event: Event, *, occurred_at: datetime | None = None, person: UUID | None = None
    ) -> UUID:
        """Tell the others, if and when this transaction commits; returns the event's id.

        It happened now, unless `occurred_at` says when; `person` is whose business it is, for
        those who see only their own.
        """
        row = log.Announcement(event, self.origin, occurred_at, person).row()
        self._rows.append(row)
        self.announced.append(row.id)
        return row.id

    async def flush(self) -> None:
        """Write what was announced so far; costs nothing when nothing was."""
        rows, self._rows = self._rows, []
        if rows:
            await log.append(self.driver, rows)

    def withdraw(self) -> None:
        """Forget what was announced: its effect was undone, back to a savepoint."""
        self._rows.clear()
        self.announced.clear()

    async def bulk(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[tuple[Any, ...]],
        on_conflict: str = "DO NOTHING",
    ) -> int:
        """Insert many rows at once, under the table's policies; returns how many were.

        COPY into a table with row security is refused, so they are copied into a temporary
        table and inserted from it, in the order given.
        """
        names = ", ".join(f'"{name}"' for name in columns)
        shape = f"SELECT {names} FROM {table} LIMIT 0"  # noqa: S608 - names of our own tables
        insert = f"INSERT INTO {table} ({names}) SELECT {names} FROM bulk_rows"  # noqa: S608
        await self.driver.execute(f"CREATE TEMP TABLE bulk_rows ON COMMIT DROP AS {shape}")
        await self.driver.copy_records_to_table("bulk_rows", records=rows, columns=list(columns))
        done = await self.driver.execute(f"{insert} ON CONFLICT {on_conflict}")
        await self.driver.execute("DROP TABLE bulk_rows")
        return int(done.rpartition(" ")[2])


class Database:
    """A service's database through its two logins: the program's, and the worker's."""

    def __init__(self, app_dsn: str, worker_dsn: str, *, connections: int = 10) -> None:
        self.dsns = Dsns(app_dsn, worker_dsn)
        self.on_announced: list[Callable[[], None]] = []
        """Called after a commit that announced something: the relay's wake-up."""
        self._app = _engine(app_dsn, connections)
        self._worker = _engine(worker_dsn, connections)

    def acting_as(
        self, who: Principal, *, also: str = ""
    ) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of a person: the database shows and takes only what is in their scope.

        `also` is SQL without parameters or results that travels with the beginning, so that it
        costs no round trip of its own.
        """
        return self._transaction(self._app, _begin(who) + also)

    def working(self, job: str) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of background work, which sees all units; `job` names it in the server."""
        name = literal(f"worker: {job}"[:63])
        return self._transaction(self._worker, f"BEGIN; SET LOCAL application_name = {name}")

    async def close(self) -> None:
        """Give back all connections."""
        await self._app.dispose()
        await self._worker.dispose()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, begin: str) -> AsyncIterator[Transaction]:
        async with _opened(engine, begin) as tx:
            try:
                yield tx
                await tx.flush()
                await _commit(tx)
            except BaseException:
                await _roll_back(tx)
                raise
        if tx.announced:
            for announced in self.on_announced:
                announced()


def _engine(dsn: str, connections: int) -> AsyncEngine:
    return create_async_engine(
        dsn.replace("postgres://", "postgresql://", 1).replace("://", "+asyncpg://", 1),
        isolation_level="AUTOCOMMIT",
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,  # _roll_back has ended the transaction already
    )


@asynccontextmanager
async def _opened(engine: AsyncEngine, begin: str) -> AsyncIterator[Transaction]:
    """A connection on which the transaction has begun.

    After a restart of the server all pooled connections are dead, and nothing was done on this
    one yet: so the pool is emptied and it is tried once more.
    """
    try:
        tx = await _begun(engine, begin)
    except LOST:
        await engine.dispose()
        tx = await _begun(engine, begin)
    try:
        yield tx
    finally:
        await tx.connection.close()


async def _begun(engine: AsyncEngine, begin: str) -> Transaction:
    connection = await engine.connect()
    try:
        # As `await connection.get_raw_connection()` does, without a switch of greenlets.
        assert connection.sync_connection is not None
        driver = connection.sync_connection.connection.driver_connection
        assert driver is not None
        await driver.execute(begin)
    except BaseException:
        await connection.invalidate()
        await connection.close()
        raise
    return Transaction(connection, driver)


async def _commit(tx: Transaction) -> None:
    # PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which a statement failed.
    if await tx.driver.execute(f"{tx.closing}; COMMIT" if tx.closing else "COMMIT") != "COMMIT":
        raise NotCommitted


async def _roll_back(tx: Transaction) -> None:
    """End the transaction, or the connection where that cannot be done."""
    try:
        await asyncio.shield(tx.driver.execute("ROLLBACK"))
    except asyncio.CancelledError:
        await tx.connection.invalidate()
        raise
    except LOST:  # the first error says more
        await tx.connection.invalidate()


def _begin(who: Principal) -> str:
    units, person, own = (literal(value) for value in settings(who))
    return (
        f"BEGIN; SELECT set_config('{UNITS}', {units}, true),"
        f" set_config('{PERSON}', {person}, true), set_config('{OWN}', {own}, true)"
    )


def literal(value: str) -> str:
    """A string constant of SQL; `standard_conforming_strings` is on in every server we run."""
    assert "\x00" not in value
    return "'" + value.replace("'", "''") + "'"
