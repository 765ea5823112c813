"""Ledger in full: instalments, charges, reversals, disputes, write-offs, rates, closed periods."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0003"
down_revision = "0002"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# An item's first part bears the id of its document, so what was posted before stays true.
ITEMS = """
ALTER TABLE open_items
    ADD COLUMN item uuid, ADD COLUMN nth int NOT NULL DEFAULT 1 CHECK (nth >= 1),
    ADD COLUMN reopened_on date;
UPDATE open_items SET item = document;
ALTER TABLE open_items DROP CONSTRAINT open_items_pkey, ALTER COLUMN item SET NOT NULL,
    ADD PRIMARY KEY (item), ADD UNIQUE (document, nth);
COMMENT ON COLUMN open_items.nth IS 'which instalment of its document it is';
COMMENT ON COLUMN open_items.reopened_on IS 'the last day on which a settlement was taken back';
ALTER TABLE documents DROP CONSTRAINT documents_kind_check;
ALTER TABLE documents
    ADD CONSTRAINT documents_kind_check
        CHECK (kind IN ('invoice', 'credit-note', 'payment', 'interest', 'fee')),
    ADD COLUMN tendered numeric CHECK (tendered > 0),
    ADD COLUMN tendered_currency text,
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD CONSTRAINT documents_tendered
        CHECK ((tendered IS NULL) = (tendered_currency IS NULL)
               AND (tendered IS NULL OR kind = 'payment' AND tendered_currency <> currency));
COMMENT ON COLUMN documents.tendered IS 'what was paid in another currency; gross is its worth';
CREATE INDEX postings_of ON postings (document);
ALTER TABLE entries DROP CONSTRAINT entries_account_check;
ALTER TABLE entries ADD CONSTRAINT entries_account_check CHECK (account IN (
    'receivable', 'unallocated', 'cash', 'revenue', 'tax', 'interest-and-fees',
    'exchange', 'exchange-difference', 'write-off', 'bad-debt', 'dispute'));
"""

MORE = """
CREATE TABLE reversals (
    payment uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, rep uuid,
    customer uuid NOT NULL, reversed_on date NOT NULL, reason text NOT NULL, reversed_by uuid,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reversals IS 'payments that were taken back: each once';
CREATE TABLE disputes (
    id uuid PRIMARY KEY, item uuid NOT NULL, document uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    disputed_on date NOT NULL, reason text NOT NULL CHECK (reason <> ''), disputed_by uuid,
    settled_on date, outcome text CHECK (outcome IN ('upheld', 'rejected', 'withdrawn')),
    note text NOT NULL DEFAULT '', settled_by uuid,
    CHECK ((settled_on IS NULL) = (outcome IS NULL)), CHECK (settled_on >= disputed_on)
);
CREATE UNIQUE INDEX disputes_open ON disputes (item) WHERE settled_on IS NULL;
CREATE INDEX disputes_of ON disputes (customer, id DESC);
CREATE TABLE write_offs (
    id uuid PRIMARY KEY, item uuid NOT NULL, document uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    currency text NOT NULL, amount numeric NOT NULL CHECK (amount > 0), bad_debt boolean NOT NULL,
    reason text NOT NULL CHECK (reason <> ''), approval uuid UNIQUE,
    requested_by uuid, requested_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('waiting', 'written-off', 'rejected', 'void')),
    written_off_on date, CHECK ((state = 'written-off') = (written_off_on IS NOT NULL))
);
CREATE UNIQUE INDEX write_offs_waiting ON write_offs (item) WHERE state = 'waiting';
CREATE INDEX write_offs_of ON write_offs (customer, id DESC);
CREATE TABLE exchange_rates (
    company text NOT NULL, currency text NOT NULL, "into" text NOT NULL CHECK ("into" <> currency),
    dated_on date NOT NULL, rate numeric NOT NULL CHECK (rate > 0), set_by uuid NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company, currency, "into", dated_on)
);
COMMENT ON TABLE exchange_rates IS 'one unit of currency is worth rate of into, until the next day';
CREATE TABLE allocation_policies (
    company text PRIMARY KEY, rules text[] NOT NULL, priority text[] NOT NULL,
    CHECK (rules <@ ARRAY['exact', 'priority', 'oldest']),
    CHECK (priority <@ ARRAY['invoice', 'interest', 'fee'])
);
CREATE TABLE closed_periods (company text PRIMARY KEY, through date NOT NULL);
CREATE TABLE closings (
    id uuid PRIMARY KEY, company text NOT NULL, through date NOT NULL, reason text NOT NULL,
    closed_by uuid NOT NULL, closed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX closings_of ON closings (company, id DESC);
"""

AUTHORITIES = """
INSERT INTO authorities (company, act, role, currency, amount)
SELECT '*', 'write-off', role, currency, amount * scale
FROM (VALUES ('collector', 500), ('manager', 10000), ('director', 200000),
             ('administrator', NULL)) roles (role, amount),
     (VALUES ('MXN', 1), ('USD', 0.1), ('EUR', 0.1)) currencies (currency, scale)
"""

# Whoever posts shares a lock on the company's periods until the end; whoever closes takes it
# alone. So nothing that is dated into a closed day can be on its way when the day is closed.
PERIODS = """
CREATE FUNCTION lock_periods(company text) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('periods ' || company, 0))
$$;

CREATE FUNCTION refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods ' || company, 0))
    FROM (SELECT DISTINCT company FROM added ORDER BY company) companies;
    SELECT a.id, a.dated_on INTO wrong FROM added a JOIN closed_periods c USING (company)
    WHERE a.dated_on <= c.through LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % is dated into a closed period, %', wrong.id, wrong.dated_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_period_open';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER open_period AFTER INSERT ON postings REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed()
"""

SCOPED = {"reversals": APPEND, "disputes": KEEP, "write_offs": KEEP}
UNSCOPED = {
    "exchange_rates": (KEEP, READ),
    "allocation_policies": (KEEP, READ),
    "closed_periods": (KEEP, READ),
    "closings": (APPEND, READ),
}
# Credit belongs to the company: see the first tables.
SETTLING = (
    "CREATE POLICY settling ON {table} TO billing_app"
    " USING (customer = (SELECT nullif(current_setting('billing.settling', true), '')::uuid))"
)


def upgrade() -> None:
    """Make what is new and widen what is there."""
    for script in (ITEMS, MORE, AUTHORITIES):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for statement in PERIODS.split("\n\n"):
        op.execute(statement)
    for table, may in SCOPED.items():
        for statement in policies(table, service="billing", owner="rep"):
            op.execute(statement)
        op.execute(SETTLING.format(table=table))
        for statement in grants("billing", table, app=may, worker=may):
            op.execute(statement)
    for table, (app, worker) in UNSCOPED.items():
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
