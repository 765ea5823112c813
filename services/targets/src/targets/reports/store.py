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

LABELS: Mapping[str | None, str] = {
    None: "NULL::text",
    "year": "to_char({day}, 'YYYY')",
    "quarter": "to_char({day}, 'YYYY\"-Q\"Q')",
    "month": "to_char({day}, 'YYYY-MM')",
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


# Sales are those of the units in scope. A person's own may have been made elsewhere, and what
# their manager sees of another unit would be a part that looks like the whole.
# An invoice without an order stands for one; a credit note is none.
_FACTS = """
WITH facts AS (
    SELECT documents.*, {label} AS period,
        CASE WHEN invoice IS NULL THEN coalesce(order_id, id) END AS one_order
    FROM documents
    WHERE company = $1 AND (unit = ANY($2::text[]) OR $3)
    AND ($4::date IS NULL OR issued_on >= $4) AND ($5::date IS NULL OR issued_on < $5)
)
"""
_SUMS = "count(DISTINCT one_order) AS orders, sum(facts.net) AS net, sum(gross) AS gross"
_ORDER = "ORDER BY name NULLS LAST, period, id"
_NOT_ZERO = "HAVING count(one_order) > 0 OR sum(facts.net) <> 0 OR sum(gross) <> 0"

_BY = {
    "unit": f"""
        SELECT units.key AS id, units.name, period, facts.currency, {_SUMS}
        FROM facts JOIN units ON units.id = facts.unit
        GROUP BY units.id, period, facts.currency {_NOT_ZERO} {_ORDER}
        """,
    "rep": f"""
        SELECT coalesce(people.key, rep::text) AS id, people.name, period, currency, {_SUMS}
        FROM facts LEFT JOIN people ON people.id = rep
        GROUP BY rep, people.id, period, currency {_NOT_ZERO} {_ORDER}
        """,
    "customer": f"""
        SELECT coalesce(customers.number, customer::text) AS id, customers.name, period, currency,
            {_SUMS}
        FROM facts LEFT JOIN customers ON customers.id = customer
        GROUP BY customer, customers.id, period, currency {_NOT_ZERO} {_ORDER}
        """,
    "product": f"""
        SELECT sold.product AS id, products.name, period, currency, orders, net, NULL AS gross
        FROM (
            SELECT product, period, currency, count(DISTINCT one_order) AS orders,
                sum(document_lines.net) AS net
            FROM facts JOIN document_lines ON document = facts.id
            GROUP BY product, period, currency
            HAVING count(one_order) > 0 OR sum(document_lines.net) <> 0
        ) sold LEFT JOIN products ON products.company = $1 AND products.key = sold.product
        UNION ALL
        SELECT NULL, NULL, period, currency,
            count(DISTINCT one_order) FILTER (WHERE net <> lines_net), sum(net - lines_net), NULL
        FROM facts GROUP BY period, currency HAVING sum(net - lines_net) <> 0
        {_ORDER}
        """,
}
# The topmost unit of the level above each; what stands above the level stays what it is.
_ROLLED_UP = f"""
, tree AS MATERIALIZED (
    SELECT unit, ancestor, during FROM ancestry WHERE company = $1 AND level = $6
), top AS MATERIALIZED (
    SELECT * FROM tree WHERE NOT EXISTS (
        SELECT FROM tree higher WHERE higher.unit = tree.ancestor
        AND higher.ancestor <> tree.ancestor AND higher.during && tree.during)
)
SELECT units.key AS id, units.name, period, facts.currency, {_SUMS}
FROM facts LEFT JOIN top ON top.unit = facts.unit AND top.during @> facts.issued_on
JOIN units ON units.id = coalesce(top.ancestor, facts.unit)
GROUP BY units.id, period, facts.currency {_NOT_ZERO} {_ORDER}
"""


async def sales(tx: Transaction, of: Range, by: str, period: str | None) -> Rows:
    """Invoiced documents less credit notes, by name and period."""
    facts = _FACTS.format(label=LABELS[period].format(day="issued_on"))
    return await tx.driver.fetch(facts + _BY[by], *of.given)


async def sales_at_level(tx: Transaction, of: Range, level: str, period: str | None) -> Rows:
    """The same by the units of one level, as the tree was on each document's day."""
    facts = _FACTS.format(label=LABELS[period].format(day="issued_on"))
    return await tx.driver.fetch(facts + _ROLLED_UP, *of.given, level)


async def levels(tx: Transaction, company: str) -> list[str]:
    """The levels that a company's units have."""
    rows = await tx.driver.fetch(
        "SELECT DISTINCT level FROM units WHERE company = $1 ORDER BY level", company
    )
    return [row["level"] for row in rows]


_ATTAINMENT = """
SELECT {named}, period_start, period_end, quota.currency, target, sold.net AS actual, orders
FROM ({quotas}) quota
JOIN {table} named ON named.id = quota.{owner}
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net), 0) AS net,
        count(DISTINCT CASE WHEN invoice IS NULL THEN coalesce(order_id, id) END) AS orders
    FROM documents WHERE documents.{fact} = quota.{owner}
    AND documents.currency = quota.currency AND issued_on >= period_start
    AND (period_end IS NULL OR issued_on < period_end)
) sold
ORDER BY named.name, period_start, named.key
"""
_ATTAINMENT_BY = {
    "rep": _ATTAINMENT.format(
        named="named.key AS id, named.name",
        quotas="SELECT * FROM quotas WHERE company = $1",
        table="people",
        owner="person",
        fact="rep",
    ),
    "unit": _ATTAINMENT.format(
        named="named.key AS id, named.name",
        quotas="SELECT unit, period_start, period_end, currency, sum(target) AS target"
        " FROM quotas WHERE company = $1 GROUP BY unit, period_start, period_end, currency",
        table="units",
        owner="unit",
        fact="unit",
    ),
}


async def attainment(tx: Transaction, company: str, by: str) -> Rows:
    """A row per quota; of a unit, the quotas of its people against its own sales."""
    return await tx.driver.fetch(_ATTAINMENT_BY[by], company)


async def commissions(tx: Transaction, company: str, period: str | None) -> Rows:
    """Exact sums of the lines by person and period."""
    return await tx.driver.fetch(
        f"""
        SELECT people.key AS id, people.name, {LABELS[period].format(day="earned_on")} AS period,
            currency, sum(basis) AS base, sum(amount) AS amount
        FROM commission_lines JOIN people ON people.id = person
        WHERE commission_lines.company = $1
        GROUP BY people.id, period, currency HAVING sum(basis) <> 0 OR sum(amount) <> 0
        ORDER BY people.name, period, people.key
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
