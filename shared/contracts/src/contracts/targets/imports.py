"""The organisation, its plans and quotas from another system, in batches.

Records name each other by the source's keys; identifiers are `kernel.ids.unit_id(company, key)`
for units and `kernel.ids.imported_id(company, kind, key)` for everything else, with the kinds
`person`, `product`, `plan`, `quota`, `customer`, `order`, `invoice`, `payment`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

from contracts.imports import IMPORTERS, ImportAnswer
from kernel.events import Message
from kernel.money import Money
from kernel.operations import Command


class UnitRecord(Message):
    """A unit; its parent stands earlier in the import. The company has no parent."""

    key: str
    name: str
    level: str
    parent: str | None = None
    currency: str | None = None
    country: str | None = None
    active_from: date


class ImportUnits(Command[ImportAnswer]):
    """Units of one company, parents first; the company's own unit id is `company` itself."""

    operation: ClassVar = "targets.import-units"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[UnitRecord]


class PersonRecord(Message):
    """Somebody of the organisation; `unit` None is the company itself."""

    key: str
    name: str
    email: str | None = None
    unit: str | None = None
    job: str
    supervisor: str | None = None
    employed_from: date
    employed_to: date | None = None


class ImportPeople(Command[ImportAnswer]):
    """People of one company, supervisors first."""

    operation: ClassVar = "targets.import-people"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[PersonRecord]


class ProductRecord(Message):
    """A product that documents name by its key."""

    key: str
    name: str
    category: str | None = None


class ImportProducts(Command[ImportAnswer]):
    """Products of one company."""

    operation: ClassVar = "targets.import-products"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[ProductRecord]


class PlanRecord(Message):
    """One person's commission: a rate of the net that is invoiced for them."""

    key: str
    person: str
    rate: Decimal
    """A fraction: 0.012 is 1.2 %."""
    valid_from: date
    valid_to: date | None = None


class ImportPlans(Command[ImportAnswer]):
    """Commission plan versions of one company."""

    operation: ClassVar = "targets.import-plans"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[PlanRecord]


class QuotaRecord(Message):
    """What a person is to sell in a period; `period_end` is the first day after it."""

    key: str
    person: str
    period_start: date
    period_end: date | None = None
    target: Money


class ImportQuotas(Command[ImportAnswer]):
    """Quotas of one company."""

    operation: ClassVar = "targets.import-quotas"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[QuotaRecord]
