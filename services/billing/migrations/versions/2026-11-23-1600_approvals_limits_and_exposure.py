"""Approvals, limits in full and exposure by order class."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0002"
down_revision = "0001"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

AUTHORITIES = """
ALTER TABLE authorities
    DROP CONSTRAINT authorities_act_check,
    ADD COLUMN unit text NOT NULL DEFAULT '*',
    ADD COLUMN second_above numeric CHECK (second_above >= 0),
    DROP CONSTRAINT authorities_pkey,
    ADD PRIMARY KEY (company, unit, act, role, currency);
COMMENT ON COLUMN authorities.unit IS '* holds at every unit without a row nearer to it';
COMMENT ON COLUMN authorities.second_above IS 'above it a second person agrees; null needs none';
"""

APPROVALS = """
CREATE TABLE approvals (
    id uuid PRIMARY KEY, act text NOT NULL,
    company text NOT NULL, unit text NOT NULL, customer uuid, subject uuid NOT NULL,
    amount numeric, currency text NOT NULL,
    requested_by uuid, requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text NOT NULL, details jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'approved', 'rejected', 'withdrawn')),
    decided_at timestamptz,
    CHECK ((state = 'waiting') = (decided_at IS NULL))
) WITH (fillfactor = 80);
COMMENT ON COLUMN approvals.amount IS 'null is without an upper bound';
COMMENT ON COLUMN approvals.requested_by IS 'who may not decide it; null is nobody in particular';
CREATE UNIQUE INDEX approvals_wait_once ON approvals (act, subject) WHERE state = 'waiting';
CREATE INDEX approvals_waiting ON approvals (requested_at, id) WHERE state = 'waiting';
CREATE INDEX approvals_latest ON approvals (requested_at DESC, id DESC);
CREATE INDEX approvals_about ON approvals (subject, act);
CREATE TABLE approval_votes (
    approval uuid NOT NULL REFERENCES approvals, person uuid NOT NULL,
    nth int NOT NULL, company text NOT NULL, unit text NOT NULL, owner uuid,
    approve boolean NOT NULL, alone boolean NOT NULL,
    reason text NOT NULL, voted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (approval, person), UNIQUE (approval, nth)
);
COMMENT ON TABLE approval_votes IS 'the key says it: nobody votes twice';
"""

# Table: (column of the person whose business it is, what the program may do, what the worker may).
SCOPED = {
    "approvals": ("requested_by", KEEP, KEEP),
    "approval_votes": ("owner", APPEND, APPEND),
}


def upgrade() -> None:
    """Make what approvals, limits and exposure need."""
    for script in (AUTHORITIES, APPROVALS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for table, (owner, app, worker) in SCOPED.items():
        for statement in policies(table, service="billing", owner=owner):
            op.execute(statement)
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
