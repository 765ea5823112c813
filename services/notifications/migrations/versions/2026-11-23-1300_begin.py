"""Notices, mails and what is known of the people who get them."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants, kernel_tables
from kernel.scope import PERSON

revision = "notifications_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = [
    "CREATE TABLE units (unit text PRIMARY KEY, parent text)",
    """
    CREATE TABLE people (
        person uuid PRIMARY KEY,
        supervisor uuid,
        name text,
        email text
    )
    """,
    """
    CREATE TABLE users (
        user_id uuid PRIMARY KEY,
        person uuid NOT NULL,
        locale text NOT NULL,
        active boolean NOT NULL,
        name text,
        email text
    )
    """,
    "CREATE INDEX users_of_person ON users (person)",
    """
    CREATE TABLE user_grants (
        user_id uuid NOT NULL,
        role text NOT NULL,
        unit text NOT NULL,
        PRIMARY KEY (user_id, role, unit)
    )
    """,
    "CREATE INDEX grants_by_role ON user_grants (role, unit)",
    """
    CREATE TABLE notifications (
        notification uuid PRIMARY KEY,
        person uuid NOT NULL,
        unit text NOT NULL,
        topic text NOT NULL,
        event uuid NOT NULL,
        title text NOT NULL,
        text text NOT NULL,
        link text NOT NULL,
        created_at timestamptz NOT NULL,
        acknowledged_at timestamptz,
        UNIQUE (event, person)
    )
    """,
    "CREATE INDEX notifications_of_person ON notifications (person, created_at, notification)",
    "CREATE INDEX notifications_unread ON notifications (person) WHERE acknowledged_at IS NULL",
    """
    CREATE TABLE mails (
        notification uuid PRIMARY KEY REFERENCES notifications,
        person uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'failed')),
        attempts integer NOT NULL,
        due_at timestamptz NOT NULL,
        made_at timestamptz NOT NULL,
        sent_at timestamptz,
        reason text NOT NULL DEFAULT '',
        recipient text,
        subject text,
        body text
    )
    """,
    "CREATE INDEX mails_to_send ON mails (state, due_at) WHERE state IN ('waiting', 'claimed')",
    """
    CREATE TABLE awaiting (
        event uuid NOT NULL,
        rule text NOT NULL,
        type text NOT NULL,
        body jsonb NOT NULL,
        attempts integer NOT NULL,
        due_at timestamptz NOT NULL,
        since timestamptz NOT NULL,
        PRIMARY KEY (event, rule)
    )
    """,
    "CREATE INDEX awaiting_due ON awaiting (due_at)",
]
KNOWN = ["units", "people", "users", "user_grants", "awaiting"]
_MINE = f"person = (SELECT nullif(current_setting('{PERSON}', true), '')::uuid)"


def upgrade() -> None:
    """Make the tables; whoever asks sees their own notifications and nobody else's."""
    for statement in [*kernel_tables("notifications"), *TABLES, *_access()]:
        op.execute(statement)


def _access() -> list[str]:
    statements = []
    for table in KNOWN:
        statements += grants("notifications", table, app="")
    for table in ("notifications", "mails"):
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY own ON {table} TO notifications_app USING ({_MINE})",
            f"CREATE POLICY all_persons ON {table} TO notifications_worker USING (true)",
        ]
    statements += grants("notifications", "notifications", app="SELECT, UPDATE (acknowledged_at)")
    # Addresses and words of mails are the postman's business only.
    statements += grants("notifications", "mails", app="SELECT (notification, person, state)")
    return statements
