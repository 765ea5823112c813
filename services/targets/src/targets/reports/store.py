"""The sums of the reports, made by PostgreSQL under the asking person's scope."""

# ruff: noqa: S608 - statements are made of this service's own names; values are parameters
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kernel.database import Transaction
from kernel.period import Period

Rows = Sequence[Any]

# The first day of the period; the label is written when the sums are there.
FIRST_DAYS: Mapping[str | None, str] = {
    None: "NULL::date",
    "year": "make_date(extract(year FROM {day})::int, 1, 1)",
    "quarter": "date_trunc('quarter', {day}::timestamp)::date",
    "month": "date_trunc('month', {day}::timestamp)::date",
}


@dataclass(frozen=True, slots=True)
class Range:
    """Which documents: of a company, of units, of days; `end` is not included."""

    company: str
    units: Sequence[str]
    own_only: bool
    start: date | None
    end: date | None

    @property
    def given(self) -> tuple[Any, ...]:
        """The parameters $1 to $5 of `_FACTS`."""
        return (self.company, list(self.units), self.own_only, self.start, self.end)


# How many rows a range or a tree brings is not known to the planner: it is told to expect many.
_FOR_MANY_ROWS = """
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '16MB', true)
"""
# Sales are those of the units in scope. A person's own may have been made elsewhere, and what
# their manager sees of another unit would be a part that looks like the whole.
# An invoice without an order stands for one; a credit note is none.
_FACTS = """
WITH facts AS (
    SELECT id, unit, rep, customer, currency, net, gross, lines_net, issued_on, {first_day} AS first,
        CASE WHEN invoice IS NULL THEN coalesce(order_id, id) END AS one_order
    FROM documents
    WHERE company = $1 AND (unit = ANY($2::text[]) OR $3)
    AND ($4::date IS NULL OR issued_on >= $4) AND ($5::date IS NULL OR issued_on < $5)
)
"""
# First the sums of each order, then those of the name: counting distinct orders would sort.
_SUMS = """
sums AS (
    SELECT key, first, currency, count(one_order) AS orders, sum(net) AS net, sum(gross) AS gross
    FROM (
        SELECT {key} AS key, first, currency, one_order, sum(net) AS net, sum(gross) AS gross
        FROM {facts} GROUP BY 1, 2, 3, 4
    ) each_order
    GROUP BY 1, 2, 3 HAVING count(one_order) > 0 OR sum(net) <> 0 OR sum(gross) <> 0
)
"""
_SHOWN = """
SELECT {id} AS id, named.name, first, sums.currency, orders, net, gross
FROM sums LEFT JOIN {table} named ON {match}
"""
_ORDER = "ORDER BY name NULLS LAST, first, id"


def _sums(key: str, facts: str = "facts") -> str:
    return _SUMS.format(key=key, facts=facts)


def _by(key: str, table: str, name: str) -> str:
    shown = _SHOWN.format(
        id=f"coalesce(named.{name}, sums.key::text)", table=table, match="named.id = sums.key"
    )
    return f", {_sums(key)} {shown} {_ORDER}"


# Nearly every order has one invoice, and a document has a row per product: those are counted,
# and only the few orders with several invoices are told apart.
_BY_PRODUCT = f"""
, shared AS (
    SELECT one_order FROM facts WHERE one_order IS NOT NULL
    GROUP BY one_order HAVING count(*) > 1
), pieces AS (
    SELECT product, first, currency, count(one_order) AS orders, sum(sold.net) AS net
    FROM facts JOIN document_lines sold ON document = id
    WHERE one_order IS NULL OR one_order NOT IN (SELECT one_order FROM shared)
    GROUP BY product, first, currency
    UNION ALL
    SELECT product, first, currency, count(DISTINCT one_order), sum(sold.net)
    FROM facts JOIN shared USING (one_order) JOIN document_lines sold ON document = id
    GROUP BY product, first, currency
), sums AS (
    SELECT product AS key, first, currency, sum(orders)::bigint AS orders, sum(net) AS net,
        NULL::numeric AS gross
    FROM pieces GROUP BY product, first, currency HAVING sum(orders) > 0 OR sum(net) <> 0
)
{
    _SHOWN.format(
        id="sums.key", table="products", match="named.company = $1 AND named.key = sums.key"
    )
}
UNION ALL
SELECT NULL, NULL, first, currency, count(DISTINCT one_order), sum(net - lines_net), NULL
FROM facts WHERE net <> lines_net
GROUP BY first, currency HAVING sum(net - lines_net) <> 0
{_ORDER}
"""
_BY = {
    "unit": _by("unit", "units", "key"),
    "rep": _by("rep", "people", "key"),
    "customer": _by("customer", "customers", "number"),
    "product": _BY_PRODUCT,
}
# The topmost unit of the level above each; what stands above the level stays what it is.
_ROLLED_UP = f"""
, tree AS MATERIALIZED (
    SELECT unit, ancestor, during FROM ancestry WHERE company = $1 AND level = $6
), top AS MATERIALIZED (
    SELECT * FROM tree WHERE NOT EXISTS (
        SELECT FROM tree higher WHERE higher.unit = tree.ancestor
        AND higher.ancestor <> tree.ancestor AND higher.during && tree.during)
),
{
    _sums(
        "coalesce(top.ancestor, facts.unit)",
        "facts LEFT JOIN top ON top.unit = facts.unit AND top.during @> facts.issued_on",
    )
}
{_SHOWN.format(id="named.key", table="units", match="named.id = sums.key")} {_ORDER}
"""


async def sales(tx: Transaction, of: Range, by: str, period: str | None) -> Rows:
    """Invoiced documents less credit notes, by name and period."""
    await tx.driver.execute(_FOR_MANY_ROWS)
    facts = _FACTS.format(first_day=FIRST_DAYS[period].format(day="issued_on"))
    return await tx.driver.fetch(facts + _BY[by], *of.given)


async def sales_at_level(tx: Transaction, of: Range, level: str, period: str | None) -> Rows:
    """The same by the units of one level, as the tree was on each document's day."""
    await tx.driver.execute(_FOR_MANY_ROWS)
    facts = _FACTS.format(first_day=FIRST_DAYS[period].format(day="issued_on"))
    return await tx.driver.fetch(facts + _ROLLED_UP, *of.given, level)


async def levels(tx: Transaction, company: str) -> list[str]:
    """The levels that a company's units have."""
    rows = await tx.driver.fetch(
        "SELECT DISTINCT level FROM units WHERE company = $1 ORDER BY level", company
    )
    return [row["level"] for row in rows]


_ATTAINMENT_OF_PEOPLE = """
SELECT people.key AS id, people.name, period_start, period_end, quotas.currency, target,
    sold.net AS actual, orders
FROM quotas JOIN people ON people.id = person
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net), 0) AS net,
        count(DISTINCT CASE WHEN invoice IS NULL THEN coalesce(order_id, id) END) AS orders
    FROM documents WHERE rep = person
    AND documents.currency = quotas.currency AND issued_on >= period_start
    AND (period_end IS NULL OR issued_on < period_end)
) sold
WHERE quotas.company = $1
ORDER BY people.name, period_start, people.key
"""
# Where a quota stands is told by the first day of its period, where a sale stands by its own day.
# As by product, only orders with several invoices are told apart.
_ATTAINMENT_OF_UNITS = """
WITH tree AS MATERIALIZED (
    SELECT unit, ancestor, during FROM ancestry WHERE company = $1 AND ancestor = ANY($2::text[])
), quota AS MATERIALIZED (
    SELECT row_number() OVER () AS id, ancestor, period_start, period_end, currency,
        sum(target) AS target
    FROM quotas JOIN tree ON tree.unit = quotas.unit AND during @> period_start
    WHERE company = $1 GROUP BY ancestor, period_start, period_end, currency
), facts AS MATERIALIZED (
    SELECT unit, issued_on, currency, net,
        CASE WHEN invoice IS NULL THEN coalesce(order_id, id) END AS one_order
    FROM documents WHERE company = $1
), shared AS MATERIALIZED (
    SELECT one_order FROM facts WHERE one_order IS NOT NULL
    GROUP BY one_order HAVING count(*) > 1
), unit_days AS MATERIALIZED (
    SELECT unit, issued_on, currency, sum(net) AS net, count(one_order)
        FILTER (WHERE one_order NOT IN (SELECT one_order FROM shared)) AS orders
    FROM facts GROUP BY unit, issued_on, currency
), days AS MATERIALIZED (
    SELECT ancestor, issued_on, currency, sum(net) AS net, sum(orders) AS orders
    FROM unit_days JOIN tree ON tree.unit = unit_days.unit AND during @> issued_on
    GROUP BY ancestor, issued_on, currency
), sold AS (
    SELECT quota.id, sum(net) AS net, sum(orders)::bigint AS orders
    FROM quota JOIN days ON days.ancestor = quota.ancestor AND days.currency = quota.currency
        AND issued_on >= period_start AND (period_end IS NULL OR issued_on < period_end)
    GROUP BY quota.id
), several AS (
    SELECT quota.id, count(DISTINCT one_order) AS orders
    FROM shared JOIN facts USING (one_order)
    JOIN tree ON tree.unit = facts.unit AND during @> issued_on
    JOIN quota ON quota.ancestor = tree.ancestor AND quota.currency = facts.currency
        AND issued_on >= period_start AND (period_end IS NULL OR issued_on < period_end)
    GROUP BY quota.id
)
SELECT units.key AS id, units.name, period_start, period_end, quota.currency, target,
    coalesce(net, 0) AS actual, coalesce(sold.orders, 0) + coalesce(several.orders, 0) AS orders
FROM quota JOIN units ON units.id = quota.ancestor
LEFT JOIN sold ON sold.id = quota.id LEFT JOIN several ON several.id = quota.id
ORDER BY units.name, period_start, units.key
"""


async def attainment_of_people(tx: Transaction, company: str) -> Rows:
    """A row per quota, against what was invoiced for the person in its period."""
    return await tx.driver.fetch(_ATTAINMENT_OF_PEOPLE, company)


async def attainment_of_units(tx: Transaction, company: str, units: Sequence[str]) -> Rows:
    """A row per unit and period: the quotas of its people and all below, against their sales."""
    await tx.driver.execute(_FOR_MANY_ROWS)
    return await tx.driver.fetch(_ATTAINMENT_OF_UNITS, company, list(units))


async def commissions(tx: Transaction, company: str, period: str | None) -> Rows:
    """Exact sums of the lines by person and period."""
    return await tx.driver.fetch(
        f"""
        SELECT people.key AS id, people.name, {FIRST_DAYS[period].format(day="earned_on")} AS first,
            currency, sum(basis) AS base, sum(amount) AS amount
        FROM commission_lines JOIN people ON people.id = person
        WHERE commission_lines.company = $1
        GROUP BY people.id, first, currency HAVING sum(basis) <> 0 OR sum(amount) <> 0
        ORDER BY people.name, first, people.key
        """,
        company,
    )


async def lines(tx: Transaction, person: UUID, period: Period | None) -> Rows:
    """A person's lines with their documents, in the order of days."""
    return await tx.driver.fetch(
        """
        SELECT line.*, documents.number, documents.order_number
        FROM commission_lines line JOIN documents ON documents.id = line.document
        WHERE line.person = $1 AND ($2::date IS NULL OR earned_on >= $2)
        AND ($3::date IS NULL OR earned_on < $3)
        ORDER BY earned_on, documents.number, line.id
        """,
        person,
        period and period.start,
        period and period.end,
    )
