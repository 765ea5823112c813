"""Expenses: categories, budgets, commitments, claims."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0006"
down_revision = "0005"

READ = "SELECT"
KEEP = "SELECT, INSERT, UPDATE"

CATEGORIES = """
CREATE TABLE expense_categories (
    company text NOT NULL, category text NOT NULL, name text NOT NULL,
    over text NOT NULL CHECK (over IN ('stop', 'warn')),
    PRIMARY KEY (company, category)
);
COMMENT ON COLUMN expense_categories.company IS '* holds for every company without its own row';
COMMENT ON COLUMN expense_categories.over IS 'what happens to an expense over the budget';
INSERT INTO expense_categories VALUES
    ('*', 'travel', 'Viajes', 'stop'), ('*', 'lodging', 'Hospedaje', 'stop'),
    ('*', 'meals', 'Alimentos', 'warn'), ('*', 'fuel', 'Combustible', 'warn'),
    ('*', 'entertainment', 'Atención a clientes', 'stop'),
    ('*', 'advertising', 'Publicidad', 'stop'), ('*', 'trade-fairs', 'Ferias', 'stop'),
    ('*', 'training', 'Capacitación', 'warn'), ('*', 'office', 'Oficina', 'warn'),
    ('*', 'other', 'Otros', 'stop');
INSERT INTO authorities (company, act, role, currency, amount)
SELECT '*', 'expense', role, currency, amount * scale
FROM (VALUES ('manager', 20000), ('director', 500000), ('administrator', NULL))
         roles (role, amount),
     (VALUES ('MXN', 1), ('USD', 0.1), ('EUR', 0.1)) currencies (currency, scale)
"""

BUDGETS = """
CREATE TABLE budgets (
    company text NOT NULL, unit text NOT NULL, category text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1), currency text NOT NULL,
    amount numeric CHECK (amount >= 0),
    committed numeric NOT NULL DEFAULT 0 CHECK (committed >= 0),
    actual numeric NOT NULL DEFAULT 0 CHECK (actual >= 0),
    PRIMARY KEY (unit, category, month, currency)
) WITH (fillfactor = 80);
COMMENT ON TABLE budgets IS 'one row is what every expense of a unit, category and month locks';
COMMENT ON COLUMN budgets.amount IS 'null is no budget, which is not a budget of 0';
COMMENT ON COLUMN budgets.committed IS 'derived: promised or claimed, and not yet approved';
COMMENT ON COLUMN budgets.actual IS 'derived: approved';
CREATE INDEX budgets_by_month ON budgets (company, month);
CREATE TABLE expense_commitments (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, category text NOT NULL,
    month date NOT NULL, currency text NOT NULL,
    amount numeric NOT NULL CHECK (amount > 0),
    open numeric NOT NULL CHECK (open >= 0 AND open <= amount),
    description text NOT NULL, made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(), released_by uuid, reason text NOT NULL DEFAULT ''
);
CREATE INDEX expense_commitments_open ON expense_commitments (unit, id) WHERE open > 0;
"""

CLAIMS = """
CREATE TABLE expense_claims (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, claimant uuid NOT NULL,
    purpose text NOT NULL, currency text NOT NULL, total numeric NOT NULL CHECK (total > 0),
    state text NOT NULL CHECK (state IN ('submitted', 'approved', 'rejected', 'withdrawn')),
    submitted_at timestamptz NOT NULL DEFAULT now(), decided_by uuid, decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    CHECK ((state = 'submitted') = (decided_at IS NULL)),
    CHECK (state <> 'approved' OR decided_by <> claimant)
);
CREATE INDEX expense_claims_of ON expense_claims (claimant, id DESC);
CREATE TABLE expense_lines (
    claim uuid NOT NULL REFERENCES expense_claims, line int NOT NULL,
    unit text NOT NULL, claimant uuid NOT NULL,
    category text NOT NULL, spent_on date NOT NULL,
    amount numeric NOT NULL CHECK (amount > 0), description text NOT NULL,
    receipt text NOT NULL CHECK (receipt ~ '^sha256:[0-9a-f]{64}$'),
    commitment uuid REFERENCES expense_commitments,
    taken numeric NOT NULL CHECK (taken >= 0 AND taken <= amount),
    PRIMARY KEY (claim, line), CHECK (commitment IS NOT NULL OR taken = 0)
);
COMMENT ON COLUMN expense_lines.taken IS 'what of the amount had been committed before';
CREATE TABLE expense_receipts (
    company text NOT NULL, receipt text NOT NULL,
    claim uuid NOT NULL REFERENCES expense_claims, unit text NOT NULL, claimant uuid NOT NULL,
    PRIMARY KEY (company, receipt)
);
COMMENT ON TABLE expense_receipts IS 'the key says it: a receipt is in one claim only';
CREATE INDEX expense_receipts_of ON expense_receipts (claim)
"""

# Table: (column of the person whose business it is, what the program may do, what the worker may).
SCOPED = {
    "budgets": (None, KEEP, KEEP),
    "expense_commitments": (None, KEEP, KEEP),
    "expense_claims": ("claimant", KEEP, KEEP),
    "expense_lines": ("claimant", "SELECT, INSERT", READ),
    "expense_receipts": ("claimant", "SELECT, INSERT, DELETE", READ),
}


def upgrade() -> None:
    """Make what the control of expenses needs."""
    for script in (CATEGORIES, BUDGETS, CLAIMS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for statement in grants("billing", "expense_categories", app=KEEP, worker=READ):
        op.execute(statement)
    for table, (owner, app, worker) in SCOPED.items():
        for statement in policies(table, service="billing", owner=owner):
            op.execute(statement)
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
