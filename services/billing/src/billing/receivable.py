"""What statements about receivables share: what was open on a day, what was paid, whose it is."""

# ruff: noqa: S608 - statements are made of our own names; values are parameters

from __future__ import annotations

from collections.abc import Sequence

# What an item owed on a day is what it owes now, less what was entered since. So a day not long
# ago is read from the open items and few entries; one of long ago from no more than all entries.
_OPEN_ON = """
{name}_since AS MATERIALIZED (
    SELECT item, sum(amount) AS amount FROM entries
    WHERE company = $1 AND account = 'receivable' AND dated_on > {day} GROUP BY item
), {name} AS (
    SELECT i.item, i.document, i.customer, i.unit, i.rep, i.currency, i.due_on, i.disputed,
           i.open - coalesce(s.amount, 0) AS open
    FROM open_items i LEFT JOIN {name}_since s USING (item)
    WHERE i.company = $1 AND i.open > 0 AND i.kind IN ('invoice', 'interest', 'fee')
      AND i.open - coalesce(s.amount, 0) <> 0
    UNION ALL
    SELECT i.item, i.document, i.customer, i.unit, i.rep, i.currency, i.due_on, i.disputed,
           -s.amount
    FROM {name}_since s JOIN open_items i USING (item)
    WHERE i.company = $1 AND i.open = 0 AND i.kind IN ('invoice', 'interest', 'fee')
      AND s.amount <> 0
)
"""

# The same added up without looking at each item: what is open now, and the entries since taken
# off. Sums are right, and so is the number of items; single rows mean nothing.
_OWED_ON = """
{name} AS (
    SELECT customer, unit, rep, currency, document, due_on, disputed, open, 1 AS items
    FROM open_items
    WHERE company = $1 AND open > 0 AND kind IN ('invoice', 'interest', 'fee')
    UNION ALL
    SELECT i.customer, i.unit, i.rep, i.currency, i.document, i.due_on, i.disputed, -s.amount,
           (i.open <> s.amount)::int - (i.open > 0)::int
    FROM (
        SELECT item, sum(amount) AS amount FROM entries
        WHERE company = $1 AND account = 'receivable' AND dated_on > {day} GROUP BY item
    ) s JOIN open_items i USING (item)
    WHERE i.kind IN ('invoice', 'interest', 'fee')
)
"""

# What a payment settled and was taken back again within the days counts for nothing.
_PAID = """
paid AS MATERIALIZED (
    SELECT e.item, e.currency, -sum(e.amount) AS amount,
           max(e.dated_on) FILTER (WHERE e.amount < 0) AS paid_on
    FROM entries e JOIN postings p ON p.id = e.posting
    JOIN documents d ON d.id = p.document AND d.kind = 'payment'
    WHERE e.company = $1 AND e.account = 'receivable'
      AND e.dated_on >= {first} AND e.dated_on <= {last}
    GROUP BY e.item, e.currency, p.document
)
"""

# The branch of a unit is the nearest one at or above it; where there is none, the unit itself.
_BRANCHES = """
up (unit, at, parent, level, steps) AS (
    SELECT unit, unit, parent, level, 0 FROM units WHERE company = $1
    UNION ALL
    SELECT up.unit, u.unit, u.parent, u.level, steps + 1 FROM up JOIN units u ON u.unit = up.parent
    WHERE up.level IS DISTINCT FROM 'branch' AND steps < 20
), branches AS (
    SELECT DISTINCT ON (unit) unit, at AS branch FROM up WHERE level = 'branch'
    ORDER BY unit, steps
)
"""

_UNIT = ("coalesce(u.key, sums.key)", "u.name", "LEFT JOIN units u ON u.unit = sums.key")
_NAMED = {
    None: ("u.key", "u.name", "LEFT JOIN units u ON u.unit = sums.key"),
    "currency": ("sums.key", "sums.key", ""),
    "customer": (
        "coalesce(c.number, sums.key::text)",
        "c.name",
        "LEFT JOIN customers c ON c.customer = sums.key",
    ),
    "rep": (
        "coalesce(p.key, sums.key::text)",
        "p.name",
        "LEFT JOIN people p ON p.person = sums.key",
    ),
    "unit": _UNIT,
    "team": _UNIT,
    "branch": _UNIT,
}
_KEYS = {
    None: "$1::text",
    "currency": "o.currency",
    "customer": "o.customer",
    "rep": "o.rep",
    "unit": "o.unit",
    "team": "t.unit",
    "branch": "coalesce(b.branch, o.unit)",
}
_JOINED = {
    "team": "LEFT JOIN people t ON t.person = o.rep",
    "branch": "LEFT JOIN branches b ON b.unit = o.unit",
}


def open_on(day: str, name: str = "open_on") -> str:
    """The items that were open when a day ended, as a part of a statement; $1 is the company."""
    return _OPEN_ON.format(day=day, name=name)


def owed_on(day: str, name: str = "owed_on") -> str:
    """What was open when a day ended, for adding up only; $1 is the company."""
    return _OWED_ON.format(day=day, name=name)


def paid_between(first: str, last: str) -> str:
    """What payments settled from a day to a day, as a part of a statement; $1 is the company."""
    return _PAID.format(first=first, last=last)


def grouped(
    parts: Sequence[str],
    source: str,
    by: str | None,
    sums: Sequence[str],
    apart: Sequence[str] = (),
) -> str:
    """A statement that adds up rows by whose they are and by currency, and names them.

    Args:
        parts: what it is made of, as `open_on` and `paid_between` give it.
        source: where the rows `o` come from, with customer, unit, rep and currency of each.
        sums: what is added up, as `sum(…) AS name`.
        apart: what else tells rows apart, as `expression AS name`.
    """
    recursive, parts = ("RECURSIVE", [*parts, _BRANCHES]) if by == "branch" else ("", parts)
    id_, name, named = _NAMED[by]
    places = ", ".join(str(place) for place in range(1, 3 + len(apart)))
    return f"""
WITH {recursive} {", ".join(parts)}, sums AS (
    SELECT {_KEYS[by]} AS key, o.currency, {", ".join((*apart, *sums))}
    FROM {source} {_JOINED.get(by or "", "")} GROUP BY {places}
)
SELECT {id_} AS id, {name} AS name, sums.* FROM sums {named}
"""
