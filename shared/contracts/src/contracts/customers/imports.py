"""Customers and their orders from another system, in batches.

Identifiers follow from the company and the key; see `contracts.targets.imports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal

from contracts.imports import IMPORTERS, ImportAnswer
from contracts.lines import Lines
from kernel.events import Message
from kernel.money import Money
from kernel.operations import Command


class ContactRecord(Message):
    """Somebody to speak to at a customer."""

    key: str
    name: str
    job: str = ""
    email: str | None = None
    phone: str | None = None


class CustomerRecord(Message):
    """A card; `unit` None is the company itself, `owner` the key of the rep."""

    key: str
    kind: Literal["company", "person"]
    name: str
    unit: str | None = None
    owner: str | None = None
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    contacts: Sequence[ContactRecord] = ()


class ImportCustomers(Command[ImportAnswer]):
    """Customer cards of one company."""

    operation: ClassVar = "customers.import-customers"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    currency: str
    records: Sequence[CustomerRecord]


class OrderRecord(Message):
    """An order as the source gives it: amounts are kept to the last decimal.

    The header's `net` and `gross` are authoritative. An order with `delivered_on` comes in as
    delivered in full; without it as confirmed and open.
    """

    key: str
    customer: str
    unit: str | None = None
    rep: str | None = None
    placed_on: date
    delivered_on: date | None = None
    due_on: date
    net: Money
    gross: Money
    lines: Lines


class ImportOrders(Command[ImportAnswer]):
    """Orders of one company."""

    operation: ClassVar = "customers.import-orders"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[OrderRecord]
