"""Prices, discounts, reviews of contracts."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0007"
down_revision = "0006"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

APPROVALS = """
ALTER TABLE approvals ADD COLUMN only_roles text CHECK (only_roles <> '');
COMMENT ON COLUMN approvals.only_roles IS 'besides the amount only these decide, with commas';
INSERT INTO authorities (company, act, role, currency, amount)
SELECT '*', act, role, currency, amount * scale
FROM (VALUES ('discount', 'manager', NULL), ('discount', 'director', NULL),
             ('discount', 'administrator', NULL), ('contract', 'manager', 500000),
             ('contract', 'director', 20000000), ('contract', 'administrator', NULL))
         roles (act, role, amount),
     (VALUES ('MXN', 1), ('USD', 0.1), ('EUR', 0.1)) currencies (currency, scale)
"""

PRICES = """
CREATE TABLE prices (
    company text NOT NULL, product text NOT NULL, region text NOT NULL, customer_class text,
    currency text NOT NULL, valid_from date NOT NULL, valid_to date,
    amount numeric NOT NULL CHECK (amount > 0),
    floor numeric CHECK (floor >= 0 AND floor <= amount),
    cost numeric CHECK (cost >= 0),
    least_margin numeric CHECK (least_margin >= 0 AND least_margin < 1),
    set_by uuid NOT NULL, set_at timestamptz NOT NULL DEFAULT now(),
    CHECK (valid_to > valid_from), CHECK (least_margin IS NULL OR cost IS NOT NULL),
    UNIQUE NULLS NOT DISTINCT (company, product, region, customer_class, currency, valid_from)
);
COMMENT ON COLUMN prices.region IS 'a unit and all below it; the company itself is everywhere';
COMMENT ON COLUMN prices.customer_class IS 'null is every customer';
COMMENT ON COLUMN prices.valid_to IS 'the first day on which it no longer holds';
CREATE TABLE customer_classes (
    customer uuid NOT NULL, valid_from date NOT NULL, company text NOT NULL,
    class text, set_by uuid NOT NULL, set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer, valid_from)
);
COMMENT ON COLUMN customer_classes.class IS 'null is no class from this day on'
"""

DISCOUNTS = """
CREATE TABLE discount_authorities (
    company text NOT NULL, unit text NOT NULL, role text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('line', 'document')), currency text NOT NULL,
    rate numeric CHECK (rate >= 0 AND rate <= 1), amount numeric CHECK (amount >= 0),
    below_floor boolean NOT NULL,
    PRIMARY KEY (company, unit, role, scope, currency)
);
COMMENT ON COLUMN discount_authorities.company IS '* holds for companies without an own row';
COMMENT ON COLUMN discount_authorities.unit IS '* holds at units without a row nearer to them';
COMMENT ON COLUMN discount_authorities.rate IS 'null is without a bound';
INSERT INTO discount_authorities
SELECT '*', '*', role, scope, currency, rate, amount * scale, below_floor
FROM (VALUES ('rep', 'line', 0.05, 2000, false), ('rep', 'document', 0.05, 5000, false),
             ('manager', 'line', 0.15, 20000, false), ('manager', 'document', 0.12, 50000, false),
             ('director', 'line', 0.40, NULL, true), ('director', 'document', 0.30, NULL, true),
             ('administrator', 'line', NULL, NULL, true),
             ('administrator', 'document', NULL, NULL, true))
         roles (role, scope, rate, amount, below_floor),
     (VALUES ('MXN', 1), ('USD', 0.1), ('EUR', 0.1)) currencies (currency, scale);
CREATE TABLE discounts (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, rep uuid NOT NULL,
    customer uuid NOT NULL, document uuid, number text NOT NULL, currency text NOT NULL,
    listed numeric NOT NULL, discount numeric NOT NULL CHECK (discount > 0), net numeric NOT NULL,
    below_floor boolean NOT NULL, reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected')),
    requested_at timestamptz NOT NULL DEFAULT now(), valid_until date NOT NULL,
    decided_by uuid, decided_at timestamptz, verdict text NOT NULL DEFAULT '',
    CHECK (net = listed - discount), CHECK ((state = 'requested') = (decided_at IS NULL))
);
CREATE INDEX discounts_latest ON discounts (id DESC);
CREATE INDEX discounts_granted ON discounts (customer, valid_until) WHERE state = 'approved';
CREATE TABLE discount_lines (
    discount uuid NOT NULL REFERENCES discounts, number int NOT NULL,
    unit text NOT NULL, rep uuid NOT NULL,
    product text NOT NULL, quantity numeric NOT NULL CHECK (quantity > 0),
    list_price numeric NOT NULL, unit_price numeric NOT NULL, floor numeric, cost numeric,
    own numeric NOT NULL, share numeric NOT NULL,
    listed numeric NOT NULL, net numeric NOT NULL CHECK (net >= 0),
    PRIMARY KEY (discount, number), CHECK (net = listed - own - share)
);
CREATE TABLE price_breaches (
    order_id uuid NOT NULL, line int NOT NULL, number text NOT NULL,
    company text NOT NULL, unit text NOT NULL, rep uuid, customer uuid NOT NULL,
    placed_on date NOT NULL, product text NOT NULL, quantity numeric NOT NULL,
    currency text NOT NULL, net numeric NOT NULL, least numeric NOT NULL,
    PRIMARY KEY (order_id, line), CHECK (net < least)
);
CREATE INDEX price_breaches_latest ON price_breaches (placed_on DESC, order_id, line)
"""

REVIEWS = """
CREATE TABLE contract_checklists (
    company text NOT NULL, kind text NOT NULL, items jsonb NOT NULL,
    PRIMARY KEY (company, kind)
);
COMMENT ON COLUMN contract_checklists.company IS '* holds for companies without an own row';
INSERT INTO contract_checklists VALUES ('*', 'sale', '[
    {"key": "parties", "mandatory": true, "role": null, "texts": {
        "es": "Las partes y los poderes de quien firma están comprobados",
        "en": "The parties and the powers of whoever signs are verified"}},
    {"key": "prices", "mandatory": true, "role": null, "texts": {
        "es": "Los precios son de lista o tienen descuento autorizado",
        "en": "Prices are those of the list or the discount is approved"}},
    {"key": "credit", "mandatory": true, "role": "collector", "texts": {
        "es": "El plazo y las garantías corresponden al crédito del cliente",
        "en": "Terms and guarantees fit the credit of the customer"}},
    {"key": "delivery", "mandatory": true, "role": null, "texts": {
        "es": "La entrega, la garantía y las penas se pueden cumplir",
        "en": "Delivery, warranty and penalties can be met"}},
    {"key": "tax", "mandatory": true, "role": null, "texts": {
        "es": "Los impuestos y la facturación son correctos",
        "en": "Taxes and invoicing are right"}},
    {"key": "exclusivity", "mandatory": false, "role": null, "texts": {
        "es": "No hay exclusividad ni cláusula de cliente más favorecido",
        "en": "There is no exclusivity and no most-favoured-customer clause"}}]');
CREATE TABLE contract_reviews (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, requested_by uuid NOT NULL,
    customer uuid NOT NULL, contract uuid, number text NOT NULL, kind text NOT NULL,
    currency text NOT NULL, value numeric NOT NULL CHECK (value > 0), items jsonb NOT NULL,
    file text CHECK (file ~ '^sha256:[0-9a-f]{64}$'),
    state text NOT NULL CHECK (state IN ('open', 'submitted', 'approved', 'rejected')),
    opened_at timestamptz NOT NULL DEFAULT now(),
    decided_by uuid, decided_at timestamptz, reason text NOT NULL DEFAULT '',
    CHECK ((state IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    CHECK (state <> 'approved' OR decided_by <> requested_by)
);
COMMENT ON COLUMN contract_reviews.items IS 'the checklist of the day on which it was opened';
CREATE TABLE contract_answers (
    review uuid NOT NULL REFERENCES contract_reviews, item text NOT NULL,
    unit text NOT NULL, requested_by uuid NOT NULL,
    found text NOT NULL CHECK (found IN ('yes', 'no', 'not-applicable')),
    note text NOT NULL CHECK (found = 'yes' OR note <> ''),
    answered_by uuid NOT NULL CHECK (answered_by <> requested_by),
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (review, item)
)
"""

# Table: (column of the person whose business it is, what the program may do, what the worker may).
SCOPED = {
    "discounts": ("rep", KEEP, KEEP),
    "discount_lines": ("rep", APPEND, READ),
    "price_breaches": ("rep", READ, APPEND),
    "contract_reviews": ("requested_by", KEEP, KEEP),
    "contract_answers": ("requested_by", KEEP, READ),
}

# A price list is the company's: whoever works in one of its units reads all of it.
OF_THE_COMPANY = (
    "company IN (SELECT units.company FROM units WHERE units.unit"
    " = ANY ((SELECT string_to_array(current_setting('gerencia.units', true), ','))::text[]))"
)
THROUGH_CARD = "EXISTS (SELECT FROM customers c WHERE c.customer = customer_classes.customer)"


def upgrade() -> None:
    """Make what prices, discounts and the review of contracts need."""
    for script in (APPROVALS, PRICES, DISCOUNTS, REVIEWS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for statement in _who_sees_what():
        op.execute(statement)


def _who_sees_what() -> list[str]:
    statements = []
    for table, (owner, app, worker) in SCOPED.items():
        statements += policies(table, service="billing", owner=owner)
        statements += grants("billing", table, app=app, worker=worker)
    for table, visible in (("prices", OF_THE_COMPANY), ("customer_classes", THROUGH_CARD)):
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY in_scope ON {table} TO billing_app USING ({visible})",
            f"CREATE POLICY all_units ON {table} TO billing_worker USING (true)",
        ]
    for table in ("prices", "customer_classes", "discount_authorities", "contract_checklists"):
        statements += grants("billing", table, app=KEEP, worker=READ)
    return statements
