"""The tables that every service's database begins with, and how a service is migrated.

The first Alembic revision of a service runs `kernel_tables(service)`; its `migrations/env.py` is
`from kernel.migrations import migrate` and `migrate()`. The owner's login migrates; the program's
and the worker's logins get what they are granted here and no more.
"""

from __future__ import annotations

import asyncio
import os
from importlib.util import find_spec
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from kernel import idempotency, inbox, parking

_ALL = "SELECT, INSERT, UPDATE, DELETE"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('gerencia-migrations'))")

EVENT_LOG = [
    """
    CREATE TABLE event_log (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        id uuid NOT NULL,
        entity text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        type text NOT NULL,
        unit text NOT NULL,
        body json NOT NULL,
        personal json,
        headers json NOT NULL,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        position bigint,
        PRIMARY KEY (entity, sequence, recorded_at)
    ) PARTITION BY RANGE (recorded_at)
    """,
    "CREATE TABLE event_log_default PARTITION OF event_log DEFAULT",
    "CREATE INDEX event_log_by_id ON event_log (id)",
    "CREATE INDEX event_log_by_position ON event_log (position) WHERE position IS NOT NULL",
    "CREATE INDEX event_log_to_relay ON event_log (seq) WHERE position IS NULL",
]

ENTITY_HEADS = """
    CREATE TABLE entity_heads (
        entity text COLLATE "C" PRIMARY KEY,
        sequence bigint NOT NULL
    ) WITH (fillfactor = 80)
"""

RELAY_CURSOR = [
    """
    CREATE TABLE relay_cursor (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        logid uuid NOT NULL DEFAULT gen_random_uuid(),
        epoch bigint NOT NULL DEFAULT 0,
        assigned bigint NOT NULL DEFAULT 0,
        published bigint NOT NULL DEFAULT 0,
        floor bigint NOT NULL DEFAULT 0,
        stream_made text
    ) WITH (fillfactor = 50)
    """,
    "INSERT INTO relay_cursor DEFAULT VALUES",
    "COMMENT ON COLUMN relay_cursor.assigned IS 'the highest position given to a row'",
    "COMMENT ON COLUMN relay_cursor.published IS 'the highest position known to be in the stream'",
    "COMMENT ON COLUMN relay_cursor.floor IS 'what lies at or below it has aged out of the stream'",
]

# Rows that fell into the default partition are moved first: a partition cannot be added over them.
MAKE_LOG_PARTITIONS = """
CREATE FUNCTION make_log_partitions(months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month timestamptz;
    part text;
    made int = 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gerencia-log-partitions'));
    FOR ahead IN 0 .. months LOOP
        month = (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))
                AT TIME ZONE 'UTC';
        part = 'event_log_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE event_log INCLUDING DEFAULTS)', part);
        LOCK TABLE event_log_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH gone AS (DELETE FROM event_log_default WHERE recorded_at >= %L'
            ' AND recorded_at < %L RETURNING *) INSERT INTO %I SELECT * FROM gone',
            month, month + interval '1 month', part);
        EXECUTE format(
            'ALTER TABLE event_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, month, month + interval '1 month');
        made = made + 1;
    END LOOP;
    RETURN made;
END $$
"""


def grants(service: str, table: str, app: str = _ALL, worker: str = _ALL) -> list[str]:
    """What the program's and the worker's logins may do with a table; '' is nothing."""
    to = {f"{service}_app": app, f"{service}_worker": worker}
    return [f"GRANT {what} ON {table} TO {login}" for login, what in to.items() if what]


def kernel_tables(service: str) -> list[str]:
    """The statements that make the kernel's tables: event log, relay, inbox and the rest."""
    return [
        *_log_tables(service),
        *inbox.tables(service),
        *parking.tables(service),
        *idempotency.tables(service),
    ]


def _log_tables(service: str) -> list[str]:
    """The log is append-only for the program; only the worker gives positions and erases."""
    return [
        *EVENT_LOG,
        ENTITY_HEADS,
        *RELAY_CURSOR,
        MAKE_LOG_PARTITIONS,
        "SELECT make_log_partitions(2)",
        "REVOKE ALL ON FUNCTION make_log_partitions FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION make_log_partitions TO {service}_worker",
        *grants(
            service,
            "event_log",
            app="INSERT",
            worker="SELECT, INSERT, UPDATE (position, personal)",
        ),
        *grants(service, "entity_heads", *["SELECT, INSERT, UPDATE"] * 2),
        *grants(service, "relay_cursor", app="", worker="SELECT, UPDATE"),
    ]


def migrations_of(service: str) -> Path:
    """Where a service keeps its revisions: inside the installed package, or in the checkout."""
    spec = find_spec(service)
    assert spec is not None, f"{service} is not installed"
    assert spec.origin is not None, f"{service} is no package"
    package = Path(spec.origin).parent
    places = (package / "_migrations", package.parents[1] / "migrations")
    return next(place for place in places if place.is_dir())


async def upgrade(service: str, owner_dsn: str, revision: str = "head") -> None:
    """Bring a service's database to a revision; two processes that both try take turns."""
    config = Config()
    config.set_main_option("script_location", str(migrations_of(service)))
    engine = create_async_engine(_asynchronous(owner_dsn), poolclass=pool.NullPool)

    def run(connection: Connection) -> None:
        connection.execute(_LOCK)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def migrate() -> None:
    """The whole of a service's `migrations/env.py`.

    Under `upgrade` it uses the connection given; under Alembic's own command line it connects
    with `GERENCIA_OWNER_DSN`.
    """
    given = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
    else:
        asyncio.run(_connect_and_run(os.environ["GERENCIA_OWNER_DSN"]))


async def _connect_and_run(dsn: str) -> None:
    engine = create_async_engine(_asynchronous(dsn), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


def _run(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


def _asynchronous(dsn: str) -> str:
    return dsn.replace("postgres://", "postgresql://", 1).replace("://", "+asyncpg://", 1)
