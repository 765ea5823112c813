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

CREDIT = """
CREATE TABLE credit_groups (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL,
    name text NOT NULL CHECK (name <> ''), currency text NOT NULL,
    limit_amount numeric CHECK (limit_amount >= 0)
);
COMMENT ON TABLE credit_groups IS 'customers who share a limit; locked after their accounts';
CREATE TABLE group_limit_changes (
    id uuid PRIMARY KEY, group_id uuid NOT NULL REFERENCES credit_groups,
    company text NOT NULL, unit text NOT NULL, currency text NOT NULL,
    before numeric, after numeric, changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(), reason text NOT NULL
);
CREATE INDEX group_limit_changes_of ON group_limit_changes (group_id, id DESC);
INSERT INTO authorities (company, act, role, currency, amount)
SELECT company, 'set-group-limit', role, currency, amount FROM authorities
WHERE act = 'set-limit';
ALTER TABLE credit_accounts
    ADD COLUMN temporary_amount numeric CHECK (temporary_amount >= 0),
    ADD COLUMN temporary_until date,
    ADD COLUMN blocked text[] NOT NULL DEFAULT '{}',
    ADD COLUMN group_id uuid REFERENCES credit_groups,
    ADD COLUMN alerted numeric NOT NULL DEFAULT 0,
    ADD CHECK ((temporary_amount IS NULL) = (temporary_until IS NULL));
COMMENT ON COLUMN credit_accounts.temporary_until IS 'the last day on which it holds';
COMMENT ON COLUMN credit_accounts.blocked IS 'who has blocked it: a person, dunning';
COMMENT ON COLUMN credit_accounts.alerted IS 'the highest threshold reached and told';
CREATE INDEX credit_accounts_temporary ON credit_accounts (temporary_until)
    WHERE temporary_until IS NOT NULL;
CREATE INDEX credit_accounts_of_group ON credit_accounts (group_id) WHERE group_id IS NOT NULL;
ALTER TABLE limit_changes
    ALTER COLUMN changed_by DROP NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'limit' CHECK (kind IN (
        'limit', 'temporary', 'temporary-ended', 'blocked', 'released', 'group')),
    ADD COLUMN until date,
    ADD COLUMN source text;
COMMENT ON COLUMN limit_changes.changed_by IS 'null is the clock, or dunning';
CREATE TABLE credit_policies (
    company text PRIMARY KEY,
    reservation_days int NOT NULL CHECK (reservation_days > 0),
    alert_at numeric[] NOT NULL CHECK (0 < ALL (alert_at))
);
COMMENT ON TABLE credit_policies IS '* holds for every company without a row of its own';
INSERT INTO credit_policies VALUES ('*', 7, '{0.8,1}');
ALTER TABLE commitments
    DROP COLUMN open,
    DROP CONSTRAINT commitments_state_check,
    ADD CONSTRAINT commitments_state_check CHECK (state IN (
        'known', 'reserved', 'held', 'ordered', 'rejected', 'void', 'expired')),
    ADD COLUMN order_class text NOT NULL DEFAULT 'on-account'
        CHECK (order_class IN ('on-account', 'call-off', 'cash', 'prepaid')),
    ADD COLUMN why text CHECK (why IN ('limit', 'group', 'blocked', 'currency')),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN open numeric GENERATED ALWAYS AS (
        CASE WHEN state IN ('reserved', 'ordered') AND NOT complete
                  AND order_class = 'on-account'
             THEN greatest(total - invoiced, 0) ELSE 0 END) STORED;
COMMENT ON COLUMN commitments.why IS 'what the order was held for';
CREATE INDEX commitments_open ON commitments (customer) WHERE open > 0;
CREATE INDEX commitments_expiring ON commitments (expires_at) WHERE state = 'reserved';
INSERT INTO approvals (id, act, company, unit, customer, subject, amount, currency, requested_by,
                       requested_at, reason, details)
SELECT gen_random_uuid(), 'release-order', company, unit, customer, order_id, total, currency, rep,
       known_at, '', jsonb_build_object('number', number, 'missing', missing, 'why', 'limit')
FROM commitments WHERE state = 'held';
"""

# What a group uses is a sum over customers that the asking person may not see one by one.
GROUP_USED = """
CREATE FUNCTION group_used(asked uuid) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(sum(b.receivable - b.unallocated + b.ordered + b.reserved), 0)
    FROM credit_groups g JOIN credit_accounts a ON a.group_id = g.id
    JOIN balances b ON b.customer = a.customer AND b.currency = g.currency
    WHERE g.id = asked
$$
"""

# Table: (column of the person whose business it is, what the program may do, what the worker may).
SCOPED = {
    "approvals": ("requested_by", KEEP, KEEP),
    "approval_votes": ("owner", APPEND, APPEND),
    "credit_groups": (None, KEEP, KEEP),
    "group_limit_changes": (None, APPEND, READ),
}


def upgrade() -> None:
    """Make what approvals, limits and exposure need."""
    for script in (AUTHORITIES, APPROVALS, CREDIT):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    op.execute(GROUP_USED)
    op.execute("REVOKE ALL ON FUNCTION group_used FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION group_used TO billing_app, billing_worker")
    for statement in grants("billing", "credit_policies", app=KEEP, worker=READ):
        op.execute(statement)
    for table, (owner, app, worker) in SCOPED.items():
        for statement in policies(table, service="billing", owner=owner):
            op.execute(statement)
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
