"""Who asks, and which rows the database lets them see.

Scope is enforced by PostgreSQL (row-level security), so that no query can forget it: every
transaction of a person tells the database their units, and without being told it shows nothing.
Background work uses another login, the worker, whose policy is written out and shows all.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

UNITS = "gerencia.units"
PERSON = "gerencia.person"
OWN = "gerencia.own"

# The cast makes it one array and not a set of arrays; the SELECT makes it one look per statement.
_IN_UNITS = (
    f"{{unit}} = ANY ((SELECT string_to_array(current_setting('{UNITS}', true), ','))::text[])"
)
_OWN = (
    f"((SELECT coalesce(current_setting('{OWN}', true), '')) <> '1'"
    f" OR {{owner}} = (SELECT nullif(current_setting('{PERSON}', true), '')::uuid))"
)


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person: what they may do, and where.

    `units` is every unit they may see, roots and all below, as the gateway expanded it.
    `own_only` is true for those who see only what they own: people who are reps and nothing else.
    """

    user: UUID
    person: UUID
    roles: frozenset[str]
    units: tuple[str, ...]
    own_only: bool
    locale: str = "es"
    grants: tuple[tuple[str, str], ...] = ()
    """(role, unit) pairs as they were granted, not expanded."""


def settings(who: Principal) -> tuple[str, str, str]:
    """What the database is told of a person: their units, who they are, and whether own only.

    >>> ana = UUID("00000000-0000-7000-8000-000000000001")
    >>> settings(Principal(ana, ana, frozenset({"rep"}), ("mty", "mty-7"), own_only=True))
    ('mty,mty-7', '00000000-0000-7000-8000-000000000001', '1')
    """
    assert not any("," in unit for unit in who.units), "a unit's id is a slug"
    return ",".join(who.units), str(who.person), "1" if who.own_only else "0"


def policies(
    table: str, *, service: str, unit: str = "unit", owner: str | None = None
) -> list[str]:
    """The statements that put a table of business data under row-level security.

    The program's login sees and writes the rows of the person's units, and of those only the
    person's own where `own_only` holds and the table has an `owner` column. The worker's login
    has a policy of its own that says all. No setting, no rows.
    """
    visible = _IN_UNITS.format(unit=unit)
    if owner is not None:
        visible = f"{visible} AND {_OWN.format(owner=owner)}"
    both = f"USING ({visible}) WITH CHECK ({visible})"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY in_scope ON {table} TO {service}_app {both}",
        f"CREATE POLICY all_units ON {table} TO {service}_worker USING (true) WITH CHECK (true)",
    ]
