"""Units and people: who works where, under whom, from which day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from kernel.events import Message
from kernel.operations import ADMINISTRATOR, DIRECTOR, EVERYONE, Command, Page, Question

ORGANISERS = frozenset({ADMINISTRATOR, DIRECTOR})
"""Who may change the organisation."""

UnitId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
"""Readable, for it is a token of the event's subject: `mty`, `acme-north`."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Limit = Annotated[int, Field(ge=1, le=500)]


class Unit(Message):
    """A unit as it is on the day asked for; the company is the root of its tree."""

    unit: str
    key: str
    name: str
    level: str
    company: str
    parent: str | None
    currency: str
    country: str | None = None
    active_from: date
    active_to: date | None = None


class PutUnit(Command[Unit]):
    """Add a unit or change it; one without a parent is a company and says its currency.

    `since` is the day from which the parent holds: of a new unit the day it begins, else today.
    """

    operation: ClassVar = "targets.put-unit"
    answer: ClassVar = Unit
    roles: ClassVar = ORGANISERS
    unit: UnitId
    name: Name
    level: Name
    parent: str | None = None
    key: str | None = None
    """What the source system calls it; the unit's own id when there is none."""
    currency: str | None = None
    country: str | None = None
    active_from: date
    active_to: date | None = None
    since: date | None = None


class ListUnits(Question[Page[Unit]]):
    """The units in scope, by id, as they are on a day (today when it is not said)."""

    operation: ClassVar = "targets.list-units"
    answer: ClassVar = Page[Unit]
    roles: ClassVar = EVERYONE
    company: str | None = None
    level: str | None = None
    on: date | None = None
    after: str | None = None
    limit: Limit = 50


class Person(Message):
    """Somebody of the organisation as placed on the day asked for; None: not placed then."""

    person: UUID
    key: str
    name: str
    email: str | None
    company: str
    unit: str | None
    job: str | None
    supervisor: UUID | None
    employed_from: date
    employed_to: date | None = None
    """The first day no longer employed."""


class PutPerson(Command[Person]):
    """Add somebody or change them; a person moves to another unit from a day on.

    `since` is the day from which unit, job and supervisor hold: of a new person the first day
    of employment, else today. What held before stays as it was, and so do past figures.
    """

    operation: ClassVar = "targets.put-person"
    answer: ClassVar = Person
    roles: ClassVar = ORGANISERS
    person: UUID
    name: Name
    unit: str
    job: Name
    key: str | None = None
    email: str | None = None
    supervisor: UUID | None = None
    employed_from: date
    employed_to: date | None = None
    since: date | None = None


class ListPeople(Question[Page[Person]]):
    """The people placed in the units in scope on a day, by name."""

    operation: ClassVar = "targets.list-people"
    answer: ClassVar = Page[Person]
    roles: ClassVar = EVERYONE
    company: str | None = None
    unit: str | None = None
    on: date | None = None
    after: str | None = None
    limit: Limit = 50


class Organisation(Message):
    """A company's units, parents first, and its people, as they are on a day."""

    company: str
    on: date
    units: Sequence[Unit]
    people: Sequence[Person]


class GetOrganisation(Question[Organisation]):
    """The whole organisation of a company on a day, as far as it is in scope."""

    operation: ClassVar = "targets.get-organisation"
    answer: ClassVar = Organisation
    roles: ClassVar = EVERYONE
    company: str
    on: date | None = None
