"""The first tables of billing: credit, orders, ledger, projections."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants, kernel_tables
from kernel.scope import policies

revision = "0001"
down_revision = None

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

REFERENCE = """
CREATE TABLE units (
    unit text PRIMARY KEY, key text NOT NULL, name text NOT NULL, company text NOT NULL,
    parent text, country text
);
CREATE TABLE people (
    person uuid PRIMARY KEY, key text NOT NULL, name text, company text NOT NULL,
    unit text NOT NULL
);
CREATE TABLE authorities (
    company text NOT NULL,
    act text NOT NULL CHECK (act IN ('set-limit', 'release-order')),
    role text NOT NULL,
    currency text NOT NULL,
    amount numeric CHECK (amount >= 0),
    PRIMARY KEY (company, act, role, currency)
);
COMMENT ON COLUMN authorities.company IS '* holds for every company without a row of its own';
COMMENT ON COLUMN authorities.amount IS 'null is without an upper bound';
INSERT INTO authorities
SELECT '*', act, role, currency, amount * scale
FROM unnest(ARRAY['set-limit', 'release-order']) act,
     (VALUES ('collector', 20000), ('manager', 50000), ('director', 2000000),
             ('administrator', NULL)) roles (role, amount),
     (VALUES ('MXN', 1), ('USD', 0.1), ('EUR', 0.1)) currencies (currency, scale);
"""

CREDIT = """
CREATE TABLE customers (
    customer uuid PRIMARY KEY, number text NOT NULL, name text, company text NOT NULL,
    unit text NOT NULL, owner uuid, currency text NOT NULL
);
CREATE TABLE credit_accounts (
    customer uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, owner uuid,
    currency text NOT NULL, limit_amount numeric CHECK (limit_amount >= 0)
);
COMMENT ON TABLE credit_accounts IS 'one row per customer: what every decision locks';
COMMENT ON COLUMN credit_accounts.limit_amount IS 'null is no limit, which is not a limit of 0';
CREATE TABLE balances (
    customer uuid, currency text,
    receivable numeric NOT NULL DEFAULT 0, unallocated numeric NOT NULL DEFAULT 0,
    ordered numeric NOT NULL DEFAULT 0, reserved numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (customer, currency)
) WITH (fillfactor = 80);
COMMENT ON TABLE balances IS 'derived from entries and commitments, and rebuilt from them';
CREATE TABLE commitments (
    order_id uuid PRIMARY KEY, number text NOT NULL, customer uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, currency text NOT NULL,
    total numeric NOT NULL,
    state text NOT NULL
        CHECK (state IN ('known', 'reserved', 'held', 'ordered', 'rejected', 'void')),
    invoiced numeric NOT NULL, complete boolean NOT NULL, missing numeric,
    open numeric GENERATED ALWAYS AS (
        CASE WHEN state IN ('reserved', 'ordered') AND NOT complete
             THEN greatest(total - invoiced, 0) ELSE 0 END) STORED,
    known_at timestamptz NOT NULL DEFAULT clock_timestamp(), decided_by uuid, decided_at timestamptz,
    reason text NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE INDEX commitments_held ON commitments (known_at, order_id) WHERE state = 'held';
CREATE INDEX commitments_open ON commitments (customer) WHERE open > 0;
CREATE TABLE limit_changes (
    id uuid PRIMARY KEY, customer uuid NOT NULL, currency text NOT NULL,
    before numeric, after numeric, changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(), reason text NOT NULL DEFAULT ''
);
CREATE INDEX limit_changes_of ON limit_changes (customer, id DESC);
"""

LEDGER = """
CREATE TABLE documents (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit-note', 'payment')),
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    number text NOT NULL, order_id uuid, order_number text, invoice uuid,
    issued_on date NOT NULL, due_on date, currency text NOT NULL,
    net numeric NOT NULL, gross numeric NOT NULL,
    origin text NOT NULL CHECK (origin IN ('live', 'import')),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX documents_of ON documents (customer, issued_on, id);
CREATE INDEX documents_by_day ON documents (issued_on, id);
CREATE INDEX documents_of_order ON documents (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE postings (
    id uuid PRIMARY KEY, kind text NOT NULL, document uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    dated_on date NOT NULL, posted_by uuid, recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE entries (
    posting uuid NOT NULL, line int NOT NULL,
    account text NOT NULL CHECK (account IN (
        'receivable', 'unallocated', 'cash', 'revenue', 'tax', 'interest-and-fees',
        'exchange-difference', 'write-off', 'dispute')),
    item uuid,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    dated_on date NOT NULL, currency text NOT NULL, amount numeric NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (posting, line),
    CHECK ((item IS NOT NULL) = (account IN ('receivable', 'unallocated')))
);
COMMENT ON COLUMN entries.posting IS 'checked by verify: a foreign key is looked up row by row';
COMMENT ON COLUMN entries.item IS 'the invoice that is owed, or the payment that is left over';
CREATE INDEX entries_of_item ON entries (item) WHERE item IS NOT NULL;
CREATE INDEX entries_of_customer ON entries (customer, dated_on, posting, line)
    WHERE item IS NOT NULL;
CREATE TABLE open_items (
    document uuid PRIMARY KEY, kind text NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    currency text NOT NULL, due_on date, open numeric NOT NULL CHECK (open >= 0),
    disputed boolean NOT NULL DEFAULT false, live boolean NOT NULL, overdue_on date
) WITH (fillfactor = 80);
COMMENT ON TABLE open_items IS 'derived from the entries of each item, and rebuilt from them';
COMMENT ON COLUMN open_items.overdue_on IS 'the day on which others were told';
CREATE INDEX open_items_of ON open_items (customer) WHERE open > 0;
CREATE INDEX open_items_to_watch ON open_items (due_on)
    WHERE open > 0 AND live AND kind = 'invoice' AND overdue_on IS NULL;
CREATE TABLE unnumbered (
    posted bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    document uuid NOT NULL, company text NOT NULL, unit text NOT NULL, kind text NOT NULL
);
CREATE TABLE series (
    company text, unit text, kind text, last bigint NOT NULL,
    PRIMARY KEY (company, unit, kind)
);
CREATE TABLE legal_numbers (
    document uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, kind text NOT NULL,
    number bigint NOT NULL, given_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (company, unit, kind, number)
);
CREATE TABLE awaiting (
    goods_return uuid PRIMARY KEY, delivery uuid NOT NULL, body text NOT NULL,
    origin text NOT NULL
);
COMMENT ON TABLE awaiting IS 'returns whose delivery we have not heard of yet';
CREATE INDEX awaiting_delivery ON awaiting (delivery);
CREATE TABLE overdue_cursor (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), day date NOT NULL
);
"""

# A posting comes in one statement, whole; so its entries can be added up when the statement ends.
BALANCED = """
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT posting INTO wrong FROM added GROUP BY posting, currency HAVING sum(amount) <> 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % does not balance', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balance';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balanced AFTER INSERT ON entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced();
"""

# Credit belongs to the company: a payment settles an invoice of any unit. So a command that has
# checked that its person sees the customer opens all rows of this one customer to itself.
SETTLING = (
    "CREATE POLICY settling ON {table} TO billing_app"
    " USING (customer = (SELECT nullif(current_setting('billing.settling', true), '')::uuid))"
)
THROUGH_ACCOUNT = [
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    (
        "CREATE POLICY through_account ON {table} TO billing_app USING (EXISTS"
        " (SELECT FROM credit_accounts a WHERE a.customer = {table}.customer))"
    ),
    "CREATE POLICY all_units ON {table} TO billing_worker USING (true) WITH CHECK (true)",
]

SCOPED = {
    "customers": ("owner", READ, KEEP),
    "credit_accounts": ("owner", KEEP, KEEP),
    "commitments": ("rep", KEEP, KEEP),
    "documents": ("rep", APPEND, APPEND),
    "postings": ("rep", APPEND, APPEND),
    "entries": ("rep", APPEND, APPEND),
    "open_items": ("rep", KEEP, KEEP),
    "unnumbered": (None, "INSERT", "SELECT, INSERT, DELETE"),
    "legal_numbers": (None, READ, APPEND),
}
SETTLED = ("credit_accounts", "commitments", "documents", "postings", "entries", "open_items")
UNSCOPED = {
    "units": (READ, ALL),
    "people": (READ, ALL),
    "authorities": (KEEP, READ),
    "series": ("", KEEP),
    "awaiting": ("", ALL),
    "overdue_cursor": ("", KEEP),
}


def upgrade() -> None:
    """Make everything."""
    for statement in kernel_tables("billing"):
        op.execute(statement)
    for script in (REFERENCE, CREDIT, LEDGER):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    function, _, trigger = BALANCED.partition("END $$;")
    op.execute(f"{function}END $$")
    op.execute(trigger)
    for statement in _who_sees_what():
        op.execute(statement)


def _who_sees_what() -> list[str]:
    statements = []
    for table, (owner, app, worker) in SCOPED.items():
        statements += policies(table, service="billing", owner=owner)
        statements += grants("billing", table, app=app, worker=worker)
    for table, (app, worker) in UNSCOPED.items():
        statements += grants("billing", table, app=app, worker=worker)
    for table, app in (("balances", KEEP), ("limit_changes", APPEND)):
        statements += [line.format(table=table) for line in THROUGH_ACCOUNT]
        statements += grants("billing", table, app=app, worker=app)
    return statements + [SETTLING.format(table=table) for table in SETTLED]
