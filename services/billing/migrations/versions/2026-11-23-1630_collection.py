"""Collection: dunning, promises and plans, the collector's work."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0005"
down_revision = "0004"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

PROCEDURES = """
CREATE TABLE dunning_procedures (
    company text NOT NULL, key text NOT NULL, name text NOT NULL,
    standard boolean NOT NULL DEFAULT false,
    yearly_rate numeric CHECK (yearly_rate > 0),
    days_of_year int CHECK (days_of_year IN (360, 365)), interest_since timestamptz,
    PRIMARY KEY (company, key),
    CHECK ((yearly_rate IS NULL) = (days_of_year IS NULL)),
    CHECK ((yearly_rate IS NULL) = (interest_since IS NULL))
);
COMMENT ON COLUMN dunning_procedures.interest_since IS 'what was paid before bears no interest';
COMMENT ON COLUMN dunning_procedures.company IS '* holds for every company without one of its own';
CREATE UNIQUE INDEX dunning_standard ON dunning_procedures (company) WHERE standard;
CREATE TABLE dunning_levels (
    company text NOT NULL, key text NOT NULL, level int NOT NULL CHECK (level > 0),
    delay text NOT NULL CHECK (delay IN ('due-date', 'end-of-month', 'last-level')),
    days int NOT NULL CHECK (days >= 0),
    fee_amount numeric CHECK (fee_amount > 0), fee_currency text,
    fee_rate numeric CHECK (fee_rate > 0),
    blocks boolean NOT NULL DEFAULT false, escalates boolean NOT NULL DEFAULT false,
    text_es text NOT NULL DEFAULT '', text_en text NOT NULL DEFAULT '',
    PRIMARY KEY (company, key, level),
    FOREIGN KEY (company, key) REFERENCES dunning_procedures ON DELETE CASCADE,
    CHECK ((fee_amount IS NULL) = (fee_currency IS NULL)),
    CHECK (fee_amount IS NULL OR fee_rate IS NULL),
    CHECK (level > 1 OR delay <> 'last-level')
);
CREATE TABLE dunning_assignments (
    customer uuid PRIMARY KEY, company text NOT NULL, key text NOT NULL
);
COMMENT ON TABLE dunning_assignments IS 'customers with a procedure of their own';
INSERT INTO dunning_procedures (company, key, name, standard)
    VALUES ('*', 'normal', 'Recordatorios a 7, 14 y 30 días', true);
INSERT INTO dunning_levels (company, key, level, delay, days, blocks, escalates, text_es, text_en)
VALUES
    ('*', 'normal', 1, 'due-date', 7, false, false,
     'Le recordamos amablemente que los siguientes documentos están vencidos. Si ya hizo su pago, '
     'por favor haga caso omiso de este aviso.',
     'This is a friendly reminder that the documents below are overdue. If you have paid '
     'meanwhile, please disregard this letter.'),
    ('*', 'normal', 2, 'due-date', 14, false, false,
     'Aún no recibimos el pago de los siguientes documentos vencidos. Le pedimos liquidarlos en '
     'los próximos días o llamarnos para acordar una fecha.',
     'We have not received payment of the overdue documents below. Please settle them within the '
     'next days, or call us to agree on a date.'),
    ('*', 'normal', 3, 'due-date', 30, true, true,
     'A pesar de nuestros recordatorios, los siguientes documentos siguen sin pago. Su crédito '
     'queda suspendido hasta que se liquiden; de no recibir su pago, turnaremos el caso.',
     'In spite of our reminders the documents below are still unpaid. Your credit is suspended '
     'until they are settled; without payment we shall hand the matter over.');
"""

DUNNING = """
CREATE TABLE dunning_stops (
    id uuid PRIMARY KEY, customer uuid NOT NULL, item uuid, until date,
    reason text NOT NULL CHECK (reason <> ''),
    stopped_by uuid NOT NULL, stopped_at timestamptz NOT NULL DEFAULT now(),
    lifted_by uuid, lifted_at timestamptz
);
COMMENT ON COLUMN dunning_stops.item IS 'null stops all that the customer owes';
COMMENT ON COLUMN dunning_stops.until IS 'the last day that is stopped; null until it is lifted';
CREATE INDEX dunning_stops_of ON dunning_stops (customer) WHERE lifted_at IS NULL;
CREATE TABLE dunning_runs (
    id uuid PRIMARY KEY, company text NOT NULL, as_of date NOT NULL,
    imported boolean NOT NULL, state text NOT NULL CHECK (state IN ('running', 'done')),
    done_up_to uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    items int NOT NULL DEFAULT 0, letters int NOT NULL DEFAULT 0, charges int NOT NULL DEFAULT 0,
    asked_by uuid NOT NULL, asked_at timestamptz NOT NULL DEFAULT now(), done_at timestamptz,
    UNIQUE (company, as_of)
);
COMMENT ON COLUMN dunning_runs.done_up_to IS 'customers are taken in the order of their ids';
CREATE UNIQUE INDEX dunning_runs_on ON dunning_runs (company) WHERE state = 'running';
CREATE TABLE dunning_steps (
    item uuid NOT NULL, level int NOT NULL, run uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    stepped_on date NOT NULL, currency text NOT NULL, open numeric NOT NULL CHECK (open > 0),
    fee numeric, blocks boolean NOT NULL,
    PRIMARY KEY (item, level), UNIQUE (run, item)
);
COMMENT ON TABLE dunning_steps IS 'the level of an open item is its highest; of a paid one none';
CREATE INDEX dunning_steps_of ON dunning_steps (customer);
CREATE TABLE dunning_letters (
    id uuid PRIMARY KEY, run uuid NOT NULL, customer uuid NOT NULL, company text NOT NULL,
    key text NOT NULL, level int NOT NULL, dated_on date NOT NULL, items jsonb NOT NULL,
    text_es text NOT NULL, text_en text NOT NULL,
    UNIQUE (run, customer)
);
CREATE INDEX dunning_letters_of ON dunning_letters (customer, dated_on DESC);
CREATE TABLE dunning_charges (
    document uuid NOT NULL, item uuid NOT NULL, customer uuid NOT NULL, run uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee', 'interest')), level int,
    currency text NOT NULL, amount numeric NOT NULL CHECK (amount > 0),
    until date, working jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (document, item)
);
COMMENT ON TABLE dunning_charges IS 'what a fee or an interest document is made of, by item';
CREATE INDEX dunning_charges_of ON dunning_charges (item, kind);
CREATE INDEX dunning_charges_of_customer ON dunning_charges (customer);
CREATE INDEX postings_recorded ON postings (recorded_at);
"""

PROMISES = """
CREATE TABLE promises (
    id uuid PRIMARY KEY, customer uuid NOT NULL, company text NOT NULL,
    currency text NOT NULL, amount numeric NOT NULL CHECK (amount > 0),
    made_on date NOT NULL, promised_on date NOT NULL, note text NOT NULL DEFAULT '',
    made_by uuid NOT NULL, made_at timestamptz NOT NULL DEFAULT now(),
    told_broken boolean NOT NULL DEFAULT false, looked_on date, cancelled_by uuid, cancelled_at timestamptz,
    CHECK (promised_on >= made_on)
);
CREATE INDEX promises_of ON promises (customer) WHERE cancelled_at IS NULL;
CREATE INDEX promises_to_watch ON promises (promised_on)
    WHERE cancelled_at IS NULL AND NOT told_broken;
CREATE TABLE payment_plans (
    id uuid PRIMARY KEY, customer uuid NOT NULL, company text NOT NULL,
    currency text NOT NULL, total numeric NOT NULL CHECK (total > 0),
    agreed_on date NOT NULL, note text NOT NULL DEFAULT '',
    agreed_by uuid NOT NULL, agreed_at timestamptz NOT NULL DEFAULT now(),
    told_missed int NOT NULL DEFAULT 0, looked_on date, cancelled_by uuid, cancelled_at timestamptz
);
COMMENT ON COLUMN promises.looked_on IS 'the last day on which it was judged to tell the others';
COMMENT ON COLUMN payment_plans.told_missed IS 'the last instalment that was told as missed';
CREATE INDEX payment_plans_of ON payment_plans (customer) WHERE cancelled_at IS NULL;
CREATE TABLE plan_instalments (
    plan uuid NOT NULL REFERENCES payment_plans, number int NOT NULL, customer uuid NOT NULL,
    due_on date NOT NULL, amount numeric NOT NULL CHECK (amount > 0),
    PRIMARY KEY (plan, number)
);
CREATE TABLE plan_items (
    plan uuid NOT NULL REFERENCES payment_plans, item uuid NOT NULL, customer uuid NOT NULL,
    open numeric NOT NULL CHECK (open > 0), current boolean NOT NULL DEFAULT true,
    PRIMARY KEY (plan, item)
);
COMMENT ON COLUMN plan_items.open IS 'what was open when the plan was agreed';
CREATE UNIQUE INDEX plan_items_of ON plan_items (item) WHERE current;
"""

COLLECTION = """
CREATE TABLE contacts (
    id uuid PRIMARY KEY, customer uuid NOT NULL, company text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('call', 'visit', 'mail', 'message', 'internal')),
    outcome text NOT NULL CHECK (outcome IN ('promised', 'will-check', 'disputes', 'refuses',
        'no-answer', 'wrong-number', 'paid-already', 'escalated', 'other')),
    note text NOT NULL DEFAULT '', next_on date,
    made_by uuid NOT NULL, made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contacts_of ON contacts (customer, id DESC);
CREATE TABLE agency_cases (
    id uuid PRIMARY KEY, customer uuid NOT NULL, company text NOT NULL,
    agency text NOT NULL, reference text NOT NULL DEFAULT '', reason text NOT NULL,
    currency text NOT NULL, amount numeric NOT NULL CHECK (amount > 0), handed_on date NOT NULL,
    handed_by uuid NOT NULL, closed_by uuid, closed_on date, closing_reason text
);
CREATE INDEX agency_cases_of ON agency_cases (customer);
CREATE TABLE agency_items (
    agency_case uuid NOT NULL REFERENCES agency_cases, item uuid NOT NULL,
    customer uuid NOT NULL, open numeric NOT NULL CHECK (open > 0),
    current boolean NOT NULL DEFAULT true,
    PRIMARY KEY (agency_case, item)
);
CREATE UNIQUE INDEX agency_items_of ON agency_items (item) WHERE current;
"""

# What is about a customer is shown to whoever sees the customer's account.
THROUGH_ACCOUNT = [
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    (
        "CREATE POLICY through_account ON {table} TO billing_app USING (EXISTS"
        " (SELECT FROM credit_accounts a WHERE a.customer = {table}.customer))"
    ),
    "CREATE POLICY all_units ON {table} TO billing_worker USING (true) WITH CHECK (true)",
]
OF_CUSTOMERS = {
    "dunning_assignments": (ALL, READ),
    "dunning_stops": (KEEP, READ),
    "dunning_letters": (READ, APPEND),
    "dunning_charges": (READ, APPEND),
    "promises": (KEEP, KEEP),
    "payment_plans": (KEEP, KEEP),
    "plan_instalments": (APPEND, READ),
    "plan_items": (KEEP, KEEP),
    "contacts": (APPEND, APPEND),
    "agency_cases": (KEEP, READ),
    "agency_items": (KEEP, READ),
}


def upgrade() -> None:
    """Make everything."""
    for script in (PROCEDURES, DUNNING, PROMISES, COLLECTION):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for statement in _who_sees_what():
        op.execute(statement)


def _who_sees_what() -> list[str]:
    statements = [
        *policies("dunning_runs", service="billing", unit="company"),
        *policies("dunning_steps", service="billing", owner="rep"),
        *grants("billing", "dunning_runs", app=APPEND, worker=KEEP),
        *grants("billing", "dunning_steps", app=READ, worker=APPEND),
    ]
    for table in ("dunning_procedures", "dunning_levels"):
        statements += grants("billing", table, app=ALL, worker=READ)
    for table, (app, worker) in OF_CUSTOMERS.items():
        statements += [line.format(table=table) for line in THROUGH_ACCOUNT]
        statements += grants("billing", table, app=app, worker=worker)
    return statements
