"""The first tables of targets: organisation, plan, facts, actuals, commissions."""

from __future__ import annotations

from collections.abc import Iterator

from alembic import op

from kernel.migrations import grants, kernel_tables
from kernel.scope import OWN, PERSON, UNITS, policies

revision = "0001"
down_revision = None

SERVICE = "targets"
READ = "SELECT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# What holds from a day on is a row with that day; it holds until the next row of the same thing.
ORGANISATION = """
CREATE TABLE units (
    id text PRIMARY KEY, company text NOT NULL, key text NOT NULL, name text NOT NULL,
    level text NOT NULL, currency text NOT NULL, country text,
    active_from date NOT NULL, active_to date,
    UNIQUE (company, key)
);
CREATE TABLE unit_parents (
    unit text REFERENCES units, since date, parent text NOT NULL REFERENCES units,
    told boolean NOT NULL DEFAULT true,
    PRIMARY KEY (unit, since)
);
CREATE TABLE people (
    id uuid PRIMARY KEY, company text NOT NULL, key text NOT NULL, name text NOT NULL,
    sort_key text NOT NULL, email text, employed_from date NOT NULL, employed_to date,
    UNIQUE (company, key)
);
CREATE TABLE placements (
    person uuid REFERENCES people, since date, unit text NOT NULL REFERENCES units,
    job text NOT NULL, supervisor uuid, told boolean NOT NULL DEFAULT true,
    PRIMARY KEY (person, since)
);
CREATE INDEX placements_by_unit ON placements (unit);
CREATE TABLE products (
    company text, key text, name text NOT NULL, category text,
    PRIMARY KEY (company, key)
);
CREATE VIEW parents_during WITH (security_invoker = true) AS
SELECT unit, parent, since, daterange(
    CASE WHEN row_number() OVER dated > 1 THEN since END, lead(since) OVER dated) AS during
FROM unit_parents WINDOW dated AS (PARTITION BY unit ORDER BY since);
CREATE VIEW placed_during WITH (security_invoker = true) AS
SELECT person, unit, job, supervisor, since, daterange(
    CASE WHEN row_number() OVER dated > 1 THEN since END, lead(since) OVER dated) AS during
FROM placements WINDOW dated AS (PARTITION BY person ORDER BY since);
CREATE VIEW ancestry WITH (security_invoker = true) AS
WITH RECURSIVE up AS (
    SELECT id AS unit, id AS ancestor, daterange(NULL, NULL) AS during FROM units
    UNION ALL
    SELECT up.unit, parents.parent, up.during * parents.during
    FROM up JOIN parents_during parents
    ON parents.unit = up.ancestor AND parents.during && up.during
)
SELECT up.unit, up.ancestor, units.level, units.company, up.during
FROM up JOIN units ON units.id = up.ancestor;
COMMENT ON VIEW ancestry IS 'each unit under itself and all above it, and during which days';
COMMENT ON VIEW placed_during IS 'the first placement holds for the days before it, too'
"""

PLAN = """
CREATE TABLE quotas (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, person uuid NOT NULL,
    key text, period_start date NOT NULL, period_end date,
    target numeric NOT NULL CHECK (target >= 0), currency text NOT NULL, reached_at timestamptz,
    UNIQUE (company, key),
    EXCLUDE USING gist (person WITH =, daterange(period_start, period_end) WITH &&)
);
COMMENT ON COLUMN quotas.unit IS 'where the person is placed when the period begins'
"""

FACTS = """
CREATE TABLE customers (
    id uuid PRIMARY KEY, company text NOT NULL, number text NOT NULL, name text
);
CREATE TABLE documents (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, home text, rep uuid,
    customer uuid NOT NULL, number text NOT NULL, order_id uuid, order_number text,
    issued_on date NOT NULL, currency text NOT NULL, net numeric NOT NULL, gross numeric NOT NULL,
    lines_net numeric NOT NULL, invoice uuid, invoice_net numeric, event uuid NOT NULL
);
COMMENT ON TABLE documents IS 'invoices, and credit notes with negative amounts';
COMMENT ON COLUMN documents.lines_net IS 'what the lines add up to; the rest is a difference';
COMMENT ON COLUMN documents.home IS 'the unit in which the rep was placed on that day';
COMMENT ON COLUMN documents.invoice IS 'of a credit note: what it takes back';
CREATE INDEX documents_by_unit ON documents (unit, issued_on);
CREATE INDEX documents_by_rep ON documents (rep, issued_on) WHERE rep IS NOT NULL;
CREATE INDEX documents_by_invoice ON documents (invoice) WHERE invoice IS NOT NULL;
CREATE TABLE document_lines (
    document uuid, product text, quantity numeric NOT NULL, net numeric NOT NULL,
    PRIMARY KEY (document, product)
);
COMMENT ON TABLE document_lines IS 'what a document sold of each product';
CREATE TABLE actuals (
    company text NOT NULL, unit text NOT NULL, rep uuid, home text, currency text NOT NULL,
    day date NOT NULL, documents int NOT NULL, net numeric NOT NULL, gross numeric NOT NULL,
    UNIQUE NULLS NOT DISTINCT (company, unit, rep, currency, day)
);
CREATE INDEX actuals_by_rep ON actuals (rep, day) WHERE rep IS NOT NULL;
CREATE INDEX actuals_by_unit ON actuals (unit, day)
"""

COMMISSIONS = """
CREATE TABLE plan_versions (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, key text NOT NULL,
    person uuid NOT NULL, basis text NOT NULL, rate numeric NOT NULL,
    valid_from date NOT NULL, valid_to date,
    UNIQUE (company, key),
    EXCLUDE USING gist (person WITH =, daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE commission_lines (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL, person uuid NOT NULL,
    document uuid NOT NULL, plan uuid NOT NULL, plan_key text NOT NULL, rule text NOT NULL,
    earned_on date NOT NULL, currency text NOT NULL, basis numeric NOT NULL, rate numeric NOT NULL,
    amount numeric NOT NULL, event uuid NOT NULL, mirrors uuid
);
COMMENT ON COLUMN commission_lines.mirrors IS 'the line that a credit note undoes';
CREATE INDEX commission_lines_by_document ON commission_lines (document);
CREATE INDEX commission_lines_by_person ON commission_lines (person, earned_on);
CREATE TABLE commission_runs (
    id uuid PRIMARY KEY, company text NOT NULL, person uuid, reason text NOT NULL,
    asked_at timestamptz NOT NULL, finished_at timestamptz, lines bigint, changed bigint
);
CREATE INDEX commission_runs_waiting ON commission_runs (asked_at) WHERE finished_at IS NULL
"""

# A rep who sees only what is their own may still know which place they hold among the others.
RANK = """
CREATE FUNCTION rank_of_quota(quota uuid, OUT rank int, OUT ranked int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (SELECT * FROM quotas WHERE id = quota),
    sold AS (
        SELECT others.id, others.target, coalesce(sum(actuals.net), 0) AS net
        FROM mine
        JOIN quotas others ON others.company = mine.company
            AND others.currency = mine.currency AND others.period_start = mine.period_start
            AND others.period_end IS NOT DISTINCT FROM mine.period_end
        LEFT JOIN actuals ON actuals.rep = others.person AND actuals.currency = others.currency
            AND actuals.day >= others.period_start
            AND (others.period_end IS NULL OR actuals.day < others.period_end)
        GROUP BY others.id, others.target
    ),
    places AS (
        SELECT id, rank() OVER (ORDER BY net / nullif(target, 0) DESC NULLS LAST)::int AS place,
            count(*) OVER ()::int AS places
        FROM sold
    )
    SELECT place, places FROM places WHERE id = quota
$$
"""

REFERENCE = ("units", "unit_parents", "people", "placements", "products")
VIEWS = ("parents_during", "placed_during", "ancestry")


def upgrade() -> None:
    """Make the tables and say who may see and do what."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in kernel_tables(SERVICE):
        op.execute(statement)
    for script in (ORGANISATION, PLAN, FACTS, COMMISSIONS):
        for statement in script.split(";\n"):
            op.execute(statement)
    op.execute(RANK)
    for statement in (*access(), *scope()):
        op.execute(statement)


def access() -> Iterator[str]:
    """Facts and lines are written by background work alone; people plan and organise."""
    for table in REFERENCE:
        yield from grants(SERVICE, table, KEEP, KEEP)
    for view in VIEWS:
        yield from grants(SERVICE, view, READ, READ)
    for table in ("quotas", "plan_versions", "commission_runs"):
        yield from grants(SERVICE, table, KEEP, ALL)
    for table in ("customers", "documents", "document_lines", "actuals", "commission_lines"):
        yield from grants(SERVICE, table, READ, ALL)
    yield "REVOKE ALL ON FUNCTION rank_of_quota FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION rank_of_quota TO {SERVICE}_app, {SERVICE}_worker"


def scope() -> Iterator[str]:
    """A unit's facts are seen by the unit, a person's by the person and by their own unit.

    So attainment and commission are whole for whoever may see them, wherever it was sold.
    """
    for table, person in (("documents", "rep"), ("actuals", "rep")):
        yield from policies(table, service=SERVICE, owner=person)
        yield from _own(table, person)
        yield _at_home(table)
    for table in ("quotas", "plan_versions", "commission_lines"):
        yield from policies(table, service=SERVICE, owner="person")
        yield from _own(table, "person")
    yield from _with("commission_runs", "company", "company FROM units WHERE id = ANY ({units})")
    yield from _with("document_lines", "document", "id FROM documents")
    yield from _with("customers", "id", "customer FROM documents")


_IN_SCOPE = f"(SELECT string_to_array(current_setting('{UNITS}', true), ','))::text[]"


def _own(table: str, person: str) -> Iterator[str]:
    mine = f"(SELECT nullif(current_setting('{PERSON}', true), '')::uuid)"
    scoped = f"(SELECT coalesce(current_setting('{UNITS}', true), '')) <> ''"
    yield (
        f"CREATE POLICY own ON {table} FOR SELECT TO {SERVICE}_app"
        f" USING ({person} = {mine} AND {scoped})"
    )


def _at_home(table: str) -> str:
    whole = f"(SELECT coalesce(current_setting('{OWN}', true), '')) <> '1'"
    return (
        f"CREATE POLICY at_home ON {table} FOR SELECT TO {SERVICE}_app"
        f" USING (home = ANY ({_IN_SCOPE}) AND {whole})"
    )


def _with(table: str, column: str, seen: str) -> Iterator[str]:
    """Rows of what is seen elsewhere: of a document, of a company with a unit in scope."""
    visible = f"{column} IN (SELECT {seen.format(units=_IN_SCOPE)})"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY in_scope ON {table} TO {SERVICE}_app USING ({visible})"
    yield f"CREATE POLICY all_units ON {table} TO {SERVICE}_worker USING (true) WITH CHECK (true)"
