"""What lies on the desks today: who owes, what was asked for, what came from the bank."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

from gerencia.demo.company import CARS, Buyer, Car, Company, Sale

LIMIT_ASKED = 950_000
"""More than the customer has, and within what their manager may grant."""
PRICE_ASKED = 300_000
FLOOR_RATE = Decimal("0.94")
COST_RATE = Decimal("0.88")
PURPOSE = "Comida con Aceros Múzquiz por la renovación de su flotilla"
SPENT = Decimal("1840.00")
YEARLY_BUDGET = 480_000
OPENING_BALANCE = Decimal("125300.00")
BALANCE, DAY = "Saldo", "Fecha"
MAPPING = {
    "booked_on": DAY,
    "amount": "Importe",
    "text": ["Concepto"],
    "payer": "Ordenante",
    "balance": BALANCE,
    "day": "DD/MM/YYYY",
}
"""How the bank writes its CSV."""


@dataclass(frozen=True)
class Entry:
    """A line of the bank's statement."""

    text: str
    payer: str
    amount: Decimal


@dataclass(frozen=True)
class Desk:
    """What is done with whom; no two of the sales are of the same customer.

    Args:
        promised, planned, disputed: invoices that are overdue, and what the customer says.
        reminded: one of whom we hear nothing but letters, and of whose money we are not sure.
        transferred: an invoice that the bank's statement settles.
        wants_limit: asks for a higher limit.
        wants_discount: asks for `car` below the list's price.
    """

    today: date
    promised: Sale
    planned: Sale
    reminded: Sale
    disputed: Sale
    transferred: Sale
    group: Sequence[Buyer]
    wants_limit: Buyer
    wants_discount: Buyer
    entries: Sequence[Entry]
    car: Car = CARS[0]

    @property
    def dunned_on(self) -> tuple[date, date]:
        """Two runs: what is overdue gets a reminder and then a second one."""
        return self.today - timedelta(days=8), self.today

    @property
    def group_limit(self) -> int:
        """Less than its members have each for themselves, and more than they use."""
        return sum(buyer.limit for buyer in self.group) - 100_000

    @property
    def statement(self) -> str:
        """The bank's file of today: it is the same one every time."""
        written = StringIO(newline="")
        lines = csv.writer(written, lineterminator="\r\n")
        lines.writerow((DAY, "Concepto", "Ordenante", "Importe", BALANCE))
        balance = OPENING_BALANCE
        for entry in self.entries:
            balance += entry.amount
            day = f"{self.today:%d/%m/%Y}"
            lines.writerow((day, entry.text, entry.payer, f"{entry.amount:.2f}", f"{balance:.2f}"))
        return written.getvalue()

    @property
    def receipt(self) -> str:
        """The restaurant's bill."""
        total = f"{SPENT:,.2f}"
        return (
            "RESTAURANTE LA SIERRA, MONTERREY, N.L.\n"
            f"Fecha {self.today:%d/%m/%Y}   Mesa 12   3 personas\n\n"
            f"Consumo            $ {total:>9}\nTotal, IVA incluido $ {total:>8}\n"
        )


def desk(made: Company) -> Desk:
    """Choose from the company what is shown: the same ones every time."""
    buyers = {buyer.key: buyer for buyer in made.buyers}
    overdue = [sale for sale in made.sales if sale.fate == "overdue"]
    promised, planned, reminded, disputed = overdue[:4]
    taken = {sale.customer for sale in overdue}
    transferred = next(
        sale for sale in made.sales if sale.fate == "invoiced" and sale.customer not in taken
    )
    of_mario = [buyer for buyer in made.buyers if buyer.owner == "mario"]
    return Desk(
        today=made.today,
        promised=promised,
        planned=planned,
        reminded=reminded,
        disputed=disputed,
        transferred=transferred,
        group=[buyers["C-003"], buyers["C-005"]],
        wants_limit=of_mario[-1],
        wants_discount=of_mario[1],
        entries=_entries(transferred, reminded, buyers),
    )


def _entries(transferred: Sale, reminded: Sale, buyers: dict[str, Buyer]) -> list[Entry]:
    """One that says whose it is, and one of a name and a round amount only."""
    return [
        Entry(
            f"SPEI recibido, cliente {transferred.customer}",
            buyers[transferred.customer].name,
            transferred.gross,
        ),
        Entry("Depósito en ventanilla", buyers[reminded.customer].name, Decimal(150_000)),
    ]
