"""What is taken from another system, and what is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing.ledger.model import Document, Instalment, Kind, Whose
from billing.ledger.rules import InvoiceOfOther, PaymentNotPositive, check_instalments
from contracts.billing.imports import InvoiceRecord, PaymentRecord
from kernel.ids import imported_id, unit_id
from kernel.money import DifferentCurrencies, Money
from kernel.problems import Refusal


@dataclass(eq=False)
class UnknownCustomer(Refusal):
    """The row names a customer that is not there."""

    code = "imports.unknown-customer"
    title = "The customer is unknown"
    key: str


@dataclass(eq=False)
class UnknownUnit(Refusal):
    """The row names a unit that is not there."""

    code = "imports.unknown-unit"
    title = "The unit is unknown"
    key: str


@dataclass(eq=False)
class UnknownPerson(Refusal):
    """The row names a person who is not there."""

    code = "imports.unknown-person"
    title = "The person is unknown"
    key: str


@dataclass(eq=False)
class UnknownInvoice(Refusal):
    """The payment names an invoice that is not there."""

    code = "imports.unknown-invoice"
    title = "The invoice is unknown"
    key: str


@dataclass(eq=False)
class NegativeInvoice(Refusal):
    """An invoice below zero is a credit note, and not taken as an invoice."""

    code = "imports.negative-invoice"
    title = "An invoice cannot be negative"
    amount: Money


@dataclass(eq=False)
class DocumentDiffers(Refusal):
    """A document taken before does not change; the row says something else now."""

    code = "imports.document-differs"
    title = "The document was taken before and says something else"
    key: str


@dataclass(frozen=True, slots=True)
class Known:
    """What an import may name: what the asking person may see of a company."""

    company: str
    units: Collection[str]
    people: Collection[UUID]
    customers: Mapping[UUID, str]
    """Each with its unit."""
    first_open: date | None = None
    """The first day that may be posted into, where periods were closed."""

    def customer(self, key: str) -> UUID:
        """The customer of a key."""
        customer = imported_id(self.company, "customer", key)
        if customer not in self.customers:
            raise UnknownCustomer(key)
        return customer

    def unit(self, key: str | None) -> str:
        """The unit of a key; without one it is the company itself."""
        unit = self.company if key is None else unit_id(self.company, key)
        if unit not in self.units:
            raise UnknownUnit(key or self.company)
        return unit

    def person(self, key: str | None) -> UUID | None:
        """The person of a key."""
        if key is None:
            return None
        person = imported_id(self.company, "person", key)
        if person not in self.people:
            raise UnknownPerson(key)
        return person


def invoice(record: InvoiceRecord, known: Known) -> Document:
    """An invoice as the source gives it, to the last decimal; without a net, tax is unknown.

    One in instalments is due in all when the last of them is.

    Raises:
        UnknownCustomer, UnknownUnit, UnknownPerson, NegativeInvoice, DifferentCurrencies,
        InstalmentsDoNotAddUp, InstalmentsOutOfOrder

    Source: BI4.
    """
    net = record.gross if record.net is None else record.net
    if record.gross.amount < 0 or net.amount < 0:
        raise NegativeInvoice(record.gross)
    if net.currency != record.gross.currency:
        raise DifferentCurrencies(record.gross.currency, net.currency)
    whose = Whose(
        known.customer(record.customer),
        known.company,
        known.unit(record.unit),
        known.person(record.rep),
    )
    return Document(
        id=imported_id(known.company, "invoice", record.key),
        kind=Kind.INVOICE,
        whose=whose,
        number=record.key,
        issued_on=record.issued_on,
        due_on=record.due_on,
        net=net,
        gross=record.gross,
        origin="import",
        instalments=_instalments(record),
    )


def _instalments(record: InvoiceRecord) -> tuple[Instalment, ...]:
    parts = [Instalment(part.due_on, part.amount) for part in record.instalments]
    return check_instalments(record.gross, parts) if parts else ()


def payment(record: PaymentRecord, known: Known, invoices: Mapping[UUID, Document]) -> Document:
    """A payment as the source gives it; it belongs where the invoice it names belongs.

    Raises:
        UnknownCustomer, UnknownInvoice, InvoiceOfOther, PaymentNotPositive, DifferentCurrencies

    Source: BI4.
    """
    if record.amount.amount <= 0:
        raise PaymentNotPositive(record.amount)
    customer = known.customer(record.customer)
    whose = Whose(customer, known.company, known.customers[customer], None)
    named = _named(record, known, invoices)
    if named:
        if named.whose.customer != customer:
            raise InvoiceOfOther(named.number)
        if named.gross.currency != record.amount.currency:
            raise DifferentCurrencies(named.gross.currency, record.amount.currency)
        whose = named.whose
    return Document(
        id=imported_id(known.company, "payment", record.key),
        kind=Kind.PAYMENT,
        whose=whose,
        number=record.key,
        issued_on=record.paid_on,
        net=record.amount,
        gross=record.amount,
        origin="import",
        invoice=named.id if named else None,
    )


def _named(
    record: PaymentRecord, known: Known, invoices: Mapping[UUID, Document]
) -> Document | None:
    if record.invoice is None:
        return None
    named = invoices.get(imported_id(known.company, "invoice", record.invoice))
    if named is None:
        raise UnknownInvoice(record.invoice)
    return named


def check_same(before: Document, now: Document) -> None:
    """A document taken before is taken again only if it says the same.

    Where a payment belongs may have changed since, with its customer's card.

    Raises:
        DocumentDiffers

    Source: BI4.
    """
    a, b = _said(before), _said(now)
    if a != b:
        raise DocumentDiffers(now.number)


def _said(one: Document) -> tuple[object, ...]:
    where = (one.whose.unit, one.whose.rep) if one.kind is Kind.INVOICE else ()
    return (
        one.whose.customer,
        where,
        one.number,
        one.issued_on,
        one.due_on,
        one.net,
        one.gross,
        one.invoice,
    )
