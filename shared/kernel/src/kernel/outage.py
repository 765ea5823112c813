"""Telling a message's fault from an outage: only the first may count against the message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import asyncpg
from nats import errors as nats_errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

if TYPE_CHECKING:
    from kernel.database import Database

_OUTAGES = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,  # deadlock, serialization: the same again may well succeed
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    nats_errors.ConnectionClosedError,
    nats_errors.NoServersError,
    nats_errors.OutboundBufferLimitError,
    nats_errors.TimeoutError,
    PoolTimeout,
    ConnectionError,
)


async def is_outage(error: BaseException, database: Database) -> bool:
    """Whether the surroundings failed and not the work: by its kind, or the database is away."""
    return any(_is_one(cause) for cause in _causes(error)) or not await _answers(database)


def is_transient(error: BaseException) -> bool:
    """Whether the error, or what caused it, is one of an outage."""
    return any(_is_one(cause) for cause in _causes(error))


def _is_one(error: BaseException) -> bool:
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)  # the others are our own mistakes with the driver
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, _OUTAGES)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = getattr(seen, "orig", None) or seen.__cause__ or seen.__context__


async def _answers(database: Database) -> bool:
    try:
        async with database.working("is it there") as tx:
            await tx.driver.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, it does not answer
        return False
    return True
