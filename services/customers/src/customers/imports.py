"""What the imports of cards and orders have in common.

A record is known again by its digest: the same record does nothing, however often it comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from contracts.imports import ImportAnswer, RefusedRow
from customers.organisation.queries import people_among, units_of
from kernel.database import Transaction
from kernel.events import Message
from kernel.ids import imported_id, unit_id
from kernel.problems import Refusal, say
from kernel.scope import Principal

_ONE_IMPORT_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


@dataclass(eq=False)
class UnknownUnit(Refusal):
    """The row names a unit that the company does not have, or that is outside the scope."""

    code = "imports.unknown-unit"
    title = "The unit is unknown"
    unit: str


@dataclass(eq=False)
class UnknownRep(Refusal):
    """The row names somebody who was not imported before."""

    code = "imports.unknown-rep"
    title = "The sales person is unknown"
    rep: str


@dataclass(eq=False)
class NumberTaken(Refusal):
    """Something that was not imported has the number already."""

    code = "imports.number-taken"
    title = "The number is taken"
    number: str


@dataclass(eq=False)
class Overlapping(Refusal):
    """Others wrote the same rows meanwhile, or they lie outside the scope: nothing was done."""

    code = "imports.overlapping"
    title = "The batch overlaps with rows that you cannot see"
    company: str


@dataclass
class Batch:
    """One batch of a company on its way in, and what became of its rows so far."""

    tx: Transaction
    company: str
    who: Principal
    units: set[str]
    people: set[UUID]
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    _ids: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def id(self, kind: str, key: str) -> UUID:
        """The identifier of something of this company that was, or is being, imported."""
        if (kind, key) not in self._ids:
            self._ids[kind, key] = imported_id(self.company, kind, key)
        return self._ids[kind, key]

    def unit(self, key: str | None) -> str:
        """The unit that a row names, the company itself when it names none.

        Raises:
            UnknownUnit: it is not there or not in scope.
        """
        unit = unit_id(self.company, key) if key else self.company
        if unit not in self.units:
            raise UnknownUnit(key or self.company)
        return unit

    def rep(self, key: str | None) -> UUID | None:
        """The person that a row names.

        Raises:
            UnknownRep: nobody of the company has this key.
        """
        person = self.id("person", key) if key else None
        if person is not None and person not in self.people:
            raise UnknownRep(key or "")
        return person

    def refuse(self, index: int, key: str, refusal: Refusal) -> None:
        """Leave a row out, and say why."""
        title, detail = say(refusal, self.who.locale)
        row = RefusedRow(index=index, key=key, code=refusal.code, detail=detail or title)
        self.refused.append(row)

    def answer(self) -> ImportAnswer:
        """What became of the batch."""
        return ImportAnswer(
            added=self.added,
            changed=self.changed,
            unchanged=self.unchanged,
            refused=self.refused,
        )


async def begin(
    tx: Transaction, what: str, company: str, reps: Iterable[str | None], who: Principal
) -> Batch:
    """Start a batch: of one company and kind there is only one at a time."""
    tx.origin = "import"
    await tx.execute(_ONE_IMPORT_AT_A_TIME, {"what": f"import-{what} {company}"})
    named = {imported_id(company, "person", rep) for rep in reps if rep}
    return Batch(
        tx=tx,
        company=company,
        who=who,
        units=await units_of(tx, company) & set(who.units),
        people=await people_among(tx, company, named),
    )


def digest(record: Message, *, without: str | None = None, content: bytes = b"") -> bytes:
    """What a record says, in short.

    Fields at their default do not count, so that a contract that grows leaves old digests good.

    Args:
        without: a large field that is left out, its `content` being at hand as JSON already.
    """
    head = record.model_dump_json(exclude_defaults=True, exclude={without} if without else None)
    return hashlib.blake2b(head.encode() + content, digest_size=16).digest()
