"""Users, their grants and credentials; the units of others; the audit trail."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants, kernel_tables

revision = "0001"
down_revision = None

# The gateway keeps no business data, so no policies: what an administrator may see of users is
# decided by their grants.
TABLES = [
    """
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        username text COLLATE "C" NOT NULL UNIQUE,
        name text NOT NULL,
        email text,
        person uuid NOT NULL UNIQUE,
        password_hash text,
        locale text NOT NULL DEFAULT 'es',
        active boolean NOT NULL DEFAULT true,
        changed_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE grants (
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        role text NOT NULL,
        unit text NOT NULL,
        PRIMARY KEY (user_id, role, unit)
    )
    """,
    """
    CREATE TABLE credentials (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('session', 'token')),
        fingerprint bytea NOT NULL UNIQUE,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX credentials_by_user ON credentials (user_id)",
    "CREATE INDEX credentials_by_expiry ON credentials (expires_at)",
    """
    CREATE TABLE units (
        id text COLLATE "C" PRIMARY KEY,
        company text NOT NULL,
        parent text,
        name text NOT NULL
    )
    """,
    """
    CREATE TABLE audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        user_id uuid NOT NULL,
        operation text NOT NULL,
        path text NOT NULL,
        status smallint NOT NULL,
        address text,
        key text,
        mark text
    )
    """,
    "CREATE INDEX audit_by_time ON audit USING brin (at)",
    "CREATE INDEX audit_by_user ON audit (user_id, id)",
]


def upgrade() -> None:
    """Make every table."""
    for statement in kernel_tables("gateway") + TABLES:
        op.execute(statement)
    for table in ("users", "grants", "credentials"):
        _grant(table)
    _grant("units", app="SELECT")
    _grant("audit", app="SELECT", worker="SELECT, INSERT")


def _grant(table: str, **what: str) -> None:
    for statement in grants("gateway", table, **what):
        op.execute(statement)
