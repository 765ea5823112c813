"""Receivables that another system already invoiced, and what was paid on them, in batches.

Identifiers follow from the company and the key; see `contracts.targets.imports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from contracts.billing.settlement import PlannedInstalment
from contracts.imports import IMPORTERS, ImportAnswer
from kernel.events import Message
from kernel.money import Money
from kernel.operations import Command


class InvoiceRecord(Message):
    """An invoice as the source gives it; `net` None is the gross, tax unknown."""

    key: str
    customer: str
    unit: str | None = None
    rep: str | None = None
    issued_on: date
    due_on: date
    gross: Money
    net: Money | None = None
    disputed: bool = False
    instalments: Sequence[PlannedInstalment] = ()
    """None is one, of the gross, on the due day."""


class ImportInvoices(Command[ImportAnswer]):
    """Invoices of one company."""

    operation: ClassVar = "billing.import-invoices"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[InvoiceRecord]


class PaymentRecord(Message):
    """A payment; with `invoice` it settles that one first, what is left stays unallocated."""

    key: str
    customer: str
    paid_on: date
    amount: Money
    invoice: str | None = None


class ImportPayments(Command[ImportAnswer]):
    """Payments of one company; their invoices were imported before."""

    operation: ClassVar = "billing.import-payments"
    answer: ClassVar = ImportAnswer
    roles: ClassVar = IMPORTERS
    company: str
    records: Sequence[PaymentRecord]
