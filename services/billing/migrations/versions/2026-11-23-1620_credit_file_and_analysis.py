"""Credit file and analysis: scorecards, assessments, the monthly feedback, what reports read by."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0004"
down_revision = "0003"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

REPORTS = """
ALTER TABLE units ADD COLUMN level text;
COMMENT ON COLUMN units.level IS 'company, region, branch, team, or the word of its source';
CREATE INDEX entries_since ON entries (company, dated_on) WHERE account = 'receivable';
CREATE TABLE account_feedbacks (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, rep uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    body text NOT NULL, made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (company, month, rep)
);
COMMENT ON COLUMN account_feedbacks.body IS 'as it was told; what is dated back later is not in it';
CREATE TABLE feedback_months (company text PRIMARY KEY, month date NOT NULL);
COMMENT ON TABLE feedback_months IS 'the last month of which every rep has been told';
"""

CREDIT_FILE = """
CREATE TABLE scorecards (
    company text NOT NULL, name text NOT NULL, version int NOT NULL CHECK (version >= 1),
    body text NOT NULL, set_by uuid, set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company, name, version)
);
COMMENT ON COLUMN scorecards.company IS '* holds for every company without one of its own';
CREATE TABLE assessments (
    id uuid PRIMARY KEY, customer uuid NOT NULL, company text NOT NULL,
    score numeric CHECK (score BETWEEN 0 AND 100), grade text, review_on date NOT NULL,
    assessed_by uuid NOT NULL, body text NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK (grade IS NULL OR score IS NOT NULL)
);
CREATE INDEX assessments_of ON assessments (customer, id DESC);
CREATE TABLE credit_reviews (
    customer uuid PRIMARY KEY, company text NOT NULL, assessment uuid NOT NULL,
    review_on date NOT NULL, told_on date
);
COMMENT ON TABLE credit_reviews IS 'when the assessment on file is looked at again';
CREATE INDEX credit_reviews_due ON credit_reviews (company, review_on, customer);
CREATE INDEX credit_reviews_untold ON credit_reviews (review_on) WHERE told_on IS NULL;
"""

# Amounts to begin with; each company puts its own scorecard in force.
GENERAL = """
{
 "company": "*", "name": "general", "version": 1, "currency": "MXN", "least_known": "0.5",
 "factors": [
  {"name": "Días de atraso", "source": "days-late", "weight": "30", "bands": [
   {"points": 100}, {"at_least": "3", "points": 85}, {"at_least": "8", "points": 65},
   {"at_least": "15", "points": 40}, {"at_least": "30", "points": 15},
   {"at_least": "60", "points": 0}]},
  {"name": "Pagado a tiempo", "source": "on-time", "weight": "20", "bands": [
   {"points": 0}, {"at_least": "0.3", "points": 30}, {"at_least": "0.5", "points": 50},
   {"at_least": "0.7", "points": 75}, {"at_least": "0.9", "points": 100}]},
  {"name": "Tendencia del atraso", "source": "trend", "weight": "10", "bands": [
   {"points": 100}, {"at_least": "-10", "points": 90}, {"at_least": "-3", "points": 75},
   {"at_least": "3", "points": 45}, {"at_least": "10", "points": 20},
   {"at_least": "30", "points": 0}]},
  {"name": "Saldo más alto", "source": "highest-balance", "weight": "5", "bands": [
   {"points": 20}, {"at_least": "10000", "points": 40}, {"at_least": "50000", "points": 60},
   {"at_least": "200000", "points": 80}, {"at_least": "1000000", "points": 100}]},
  {"name": "Compras del año", "source": "turnover", "weight": "10", "bands": [
   {"points": 20}, {"at_least": "50000", "points": 40}, {"at_least": "250000", "points": 60},
   {"at_least": "1000000", "points": 80}, {"at_least": "5000000", "points": 100}]},
  {"name": "Antigüedad como cliente", "source": "seniority", "weight": "10", "bands": [
   {"points": 10}, {"at_least": "6", "points": 30}, {"at_least": "12", "points": 50},
   {"at_least": "36", "points": 75}, {"at_least": "60", "points": 100}]},
  {"name": "Calificación externa", "source": "entered", "weight": "10", "bands": [
   {"choice": "A", "points": 100}, {"choice": "B", "points": 75},
   {"choice": "C", "points": 40}, {"choice": "D", "points": 0}]},
  {"name": "Garantías", "source": "entered", "weight": "10", "bands": [
   {"choice": "hipoteca o fianza", "points": 100}, {"choice": "aval", "points": 80},
   {"choice": "pagaré", "points": 60}, {"choice": "ninguna", "points": 20}]},
  {"name": "Importancia comercial", "source": "entered", "weight": "5", "bands": [
   {"choice": "alta", "points": 100}, {"choice": "media", "points": 60},
   {"choice": "baja", "points": 30}]}
 ],
 "grades": [
  {"name": "A", "at_least": "80", "months": "1.5", "review_months": 12},
  {"name": "B", "at_least": "65", "months": "1", "review_months": 6},
  {"name": "C", "at_least": "50", "months": "0.5", "review_months": 3},
  {"name": "D", "at_least": "0", "months": "0", "review_months": 1}
 ]}
"""

# Who sees the credit account sees the file: it goes with the customer from branch to branch.
THROUGH_ACCOUNT = [
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    (
        "CREATE POLICY through_account ON {table} TO billing_app USING (EXISTS"
        " (SELECT FROM credit_accounts a WHERE a.customer = {table}.customer))"
    ),
    "CREATE POLICY all_units ON {table} TO billing_worker USING (true) WITH CHECK (true)",
]


def upgrade() -> None:
    """Make what is new."""
    for script in (REPORTS, CREDIT_FILE):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    general = GENERAL.strip()
    op.execute(f"INSERT INTO scorecards VALUES ('*', 'general', 1, '{general}')")  # noqa: S608 - ours
    for table, app, worker in (("assessments", APPEND, READ), ("credit_reviews", KEEP, KEEP)):
        for statement in THROUGH_ACCOUNT:
            op.execute(statement.format(table=table))
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
    for statement in policies("account_feedbacks", service="billing", owner="rep"):
        op.execute(statement)
    for table, (app, worker) in {
        "account_feedbacks": (READ, APPEND),
        "feedback_months": ("", KEEP),
        "scorecards": (APPEND, READ),
    }.items():
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
