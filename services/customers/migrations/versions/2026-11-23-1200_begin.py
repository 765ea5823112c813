"""Cards, orders and what is known of the organisation."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants, kernel_tables
from kernel.scope import policies

revision = "customers_0001"
down_revision = None
branch_labels = None
depends_on = None

# Sort keys and words are compared by code point in every locale of the server: COLLATE "C".
TABLES = [
    """
    CREATE TABLE units (
        unit text PRIMARY KEY,
        company text NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        parent text,
        currency text NOT NULL,
        country text
    )
    """,
    "CREATE INDEX units_by_parent ON units (parent)",
    "CREATE INDEX units_by_company ON units (company)",
    """
    CREATE TABLE people (
        person uuid PRIMARY KEY,
        company text NOT NULL,
        unit text NOT NULL,
        key text NOT NULL,
        name text
    )
    """,
    """
    CREATE TABLE cards (
        customer uuid PRIMARY KEY,
        company text NOT NULL,
        unit text NOT NULL,
        owner uuid,
        number text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('company', 'person')),
        currency text NOT NULL,
        active boolean NOT NULL DEFAULT true,
        name text,
        tax_id text,
        email text,
        phone text,
        sort_key text COLLATE "C" NOT NULL,
        digest bytea,
        UNIQUE (company, number)
    )
    """,
    "CREATE INDEX cards_in_order ON cards (sort_key, customer)",
    "CREATE INDEX cards_of_owner ON cards (owner, sort_key, customer)",
    "CREATE INDEX cards_of_unit ON cards (unit, sort_key, customer)",
    """
    CREATE TABLE contacts (
        contact uuid PRIMARY KEY,
        customer uuid NOT NULL REFERENCES cards ON DELETE CASCADE,
        unit text NOT NULL,
        owner uuid,
        place integer NOT NULL,
        name text,
        job text NOT NULL DEFAULT '',
        email text,
        phone text
    )
    """,
    "CREATE INDEX contacts_of_customer ON contacts (customer, place)",
    """
    CREATE TABLE card_words (
        word text COLLATE "C" NOT NULL,
        customer uuid NOT NULL,
        unit text NOT NULL,
        owner uuid,
        sort_key text COLLATE "C" NOT NULL,
        PRIMARY KEY (word, customer) INCLUDE (sort_key, unit, owner)
    )
    """,
    "CREATE INDEX words_of_customer ON card_words (customer, word)",
    """
    CREATE TABLE orders (
        order_id uuid PRIMARY KEY,
        company text NOT NULL,
        unit text NOT NULL,
        rep uuid,
        customer uuid NOT NULL,
        number text NOT NULL,
        origin text NOT NULL CHECK (origin IN ('live', 'import')),
        state text NOT NULL,
        placed_on date NOT NULL,
        confirmed_on date,
        terms_days integer NOT NULL,
        currency text NOT NULL,
        net numeric NOT NULL,
        gross numeric NOT NULL,
        missing numeric,
        reason text NOT NULL DEFAULT '',
        lines jsonb NOT NULL,
        digest bytea,
        UNIQUE (company, number)
    )
    """,
    "CREATE INDEX orders_by_day ON orders (placed_on, order_id)",
    "CREATE INDEX orders_of_customer ON orders (customer, placed_on, order_id)",
    "CREATE INDEX orders_of_rep ON orders (rep, placed_on, order_id)",
    # Most orders are delivered: only the others are looked for by their state.
    """
    CREATE INDEX orders_under_way ON orders (state, placed_on, order_id)
        WHERE state <> 'delivered'
    """,
    """
    CREATE TABLE deliveries (
        delivery uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES orders,
        unit text NOT NULL,
        rep uuid,
        place integer NOT NULL,
        delivered_on date NOT NULL,
        due_on date NOT NULL,
        net numeric NOT NULL,
        gross numeric NOT NULL,
        lines jsonb
    )
    """,
    "COMMENT ON COLUMN deliveries.lines IS 'null: all lines of the order, whole'",
    "CREATE UNIQUE INDEX deliveries_of_order ON deliveries (order_id, place)",
    """
    CREATE TABLE goods_returns (
        goods_return uuid PRIMARY KEY,
        delivery uuid NOT NULL REFERENCES deliveries,
        order_id uuid NOT NULL REFERENCES orders,
        unit text NOT NULL,
        rep uuid,
        place integer NOT NULL,
        returned_on date NOT NULL,
        net numeric NOT NULL,
        gross numeric NOT NULL,
        lines jsonb NOT NULL,
        reason text NOT NULL DEFAULT ''
    )
    """,
    "CREATE UNIQUE INDEX returns_of_order ON goods_returns (order_id, place)",
    "CREATE SEQUENCE customer_numbers",
    "CREATE SEQUENCE order_numbers",
]
REFERENCE = ["units", "people"]
BUSINESS = {
    "cards": "owner",
    "contacts": "owner",
    "card_words": "owner",
    "orders": "rep",
    "deliveries": "rep",
    "goods_returns": "rep",
}


def upgrade() -> None:
    """Make the tables, open to the logins only as far as each needs."""
    for statement in [*kernel_tables("customers"), *TABLES, *_access()]:
        op.execute(statement)


def _access() -> list[str]:
    statements = []
    for table in REFERENCE:
        statements += grants("customers", table, app="SELECT")
    for table, owner in BUSINESS.items():
        statements += policies(table, service="customers", owner=owner)
        statements += grants("customers", table)
    for sequence in ("customer_numbers", "order_numbers"):
        statements += grants("customers", f"SEQUENCE {sequence}", app="USAGE", worker="USAGE")
    return statements
