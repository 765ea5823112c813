"""IBM's sample of accounts receivable: invoices with due and settled date, disputes.

The file names no currency: US dollars are assumed. Each invoice is settled in full by one payment
on its settled date; one without that date is still open.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.customers.imports import CustomerRecord, ImportCustomers
from contracts.targets.imports import ImportUnits, UnitRecord
from gerencia.installation import GerenciaError
from gerencia.sources.reading import Barrier, Import, Line, Load, Read, good, lines_of, records
from kernel.money import Money

COMPANY = "receivables"
CURRENCY = "USD"
AMERICAN = "%m/%d/%Y"
COLUMNS = (
    "countryCode", "customerID", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount",
    "Disputed", "SettledDate",
)  # fmt: skip


def read(file: Path) -> Import:
    """Read the file; a folder means the `accounts_receivable.csv` in it.

    Raises:
        GerenciaError: the file is missing, or it is not this kind of file.
    """
    lines = lines_of(file / "accounts_receivable.csv" if file.is_dir() else file, COLUMNS)
    source = _Receivables(lines)
    return Import(
        source="receivables",
        company=COMPANY,
        currency=CURRENCY,
        notes=[f"The file names no currency: {CURRENCY} is assumed."],
        barriers=[
            Barrier("organisation", [Load(ImportUnits, source.units, in_order=True)]),
            Barrier("customers", [Load(ImportCustomers, source.customers)]),
            Barrier("invoices", [Load(ImportInvoices, source.invoices)]),
            Barrier("payments", [Load(ImportPayments, source.payments)]),
        ],
    )


class _Receivables:
    """The lines of the file, and every record that can be made of them."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.taken = {row.record.key: row for row in good(self.invoices())}
        if not self.taken:
            raise GerenciaError("The file has no invoice that can be read.")

    def units(self) -> Iterator[Read[UnitRecord]]:
        """The company and its countries, by their code."""
        first = min(row.record.issued_on for row in self.taken.values())
        anywhere = next(iter(self.taken.values())).line
        yield from records(
            [anywhere],
            lambda _: COMPANY,
            lambda _: UnitRecord(
                key=COMPANY,
                name="Receivables",
                level="company",
                currency=CURRENCY,
                active_from=first,
            ),
        )
        yield from records(
            self._first_of("countryCode"),
            lambda line: line["countryCode"],
            lambda line: UnitRecord(
                key=line["countryCode"],
                name=line["countryCode"],
                level="country",
                parent=COMPANY,
                active_from=first,
            ),
        )

    def customers(self) -> Iterator[Read[CustomerRecord]]:
        """Every customer that has an invoice, in the country of the first one."""
        return records(
            self._first_of("customerID"),
            lambda line: line["customerID"],
            lambda line: CustomerRecord(
                key=line["customerID"],
                kind="company",
                name=line["customerID"],
                unit=line["countryCode"],
            ),
        )

    def invoices(self) -> Iterator[Read[InvoiceRecord]]:
        """An invoice per line."""
        return records(self.lines, lambda line: line["invoiceNumber"], _invoice)

    def payments(self) -> Iterator[Read[PaymentRecord]]:
        """A payment of each invoice that is settled, on that day."""
        settled = (row.line for row in self.taken.values() if row.line["SettledDate"])
        return records(settled, lambda line: line["invoiceNumber"], _payment)

    def _first_of(self, column: str) -> list[Line]:
        first: dict[str, Line] = {}
        for row in self.taken.values():
            first.setdefault(row.line[column], row.line)
        return [first[key] for key in sorted(first)]


def _invoice(line: Line) -> InvoiceRecord:
    if line["SettledDate"]:
        line.day("SettledDate", AMERICAN)  # an invoice without its payment would stay open for ever
    return InvoiceRecord(
        key=line.text("invoiceNumber"),
        customer=line.text("customerID"),
        unit=line.text("countryCode"),
        issued_on=line.day("InvoiceDate", AMERICAN),
        due_on=line.day("DueDate", AMERICAN),
        gross=Money(line.number_above_zero("InvoiceAmount"), CURRENCY),
        disputed=line.one_of("Disputed", ("Yes", "No"), "answer") == "Yes",
    )


def _payment(line: Line) -> PaymentRecord:
    return PaymentRecord(
        key=line["invoiceNumber"],
        customer=line["customerID"],
        paid_on=line.day("SettledDate", AMERICAN),
        amount=Money(line.decimal("InvoiceAmount"), CURRENCY),
        invoice=line["invoiceNumber"],
    )
