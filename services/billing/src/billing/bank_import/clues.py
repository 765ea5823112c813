"""What speaks for a customer, looked up for many entries at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.bank_import import rules
from billing.bank_import.model import Clues, Entry, Owed
from billing.batch import Row
from kernel.database import Transaction
from kernel.money import Money

LEGAL = re.compile(r"([A-Z0-9]+?)F([0-9]{6,12})")
"""As `numbering.rules.legal_number` writes it, letters and digits only."""
# Each word is looked up by itself (LATERAL with a LIMIT), whatever the planner thinks of words.
LOOK_UP = """
SELECT w.entry, found.* FROM unnest($2::int[], $3::text[]) AS w (entry, word)
CROSS JOIN LATERAL ({} LIMIT 20) found
"""
NAMED = LOOK_UP.format(
    "SELECT id, customer FROM documents"
    " WHERE company = $1 AND kind = 'invoice' AND bank_plain(number) = w.word"
)
NUMBERED = LOOK_UP.format(
    "SELECT customer FROM customers WHERE company = $1 AND bank_plain(number) = w.word"
)
CALLED = LOOK_UP.format(
    "SELECT customer FROM customers WHERE company = $1 AND bank_plain(name) = w.word"
)
PAYING = LOOK_UP.format("SELECT customer FROM bank_payers WHERE company = $1 AND number = w.word")
LEGALLY = """
SELECT w.entry, d.id, d.customer
FROM unnest($2::int[], $3::text[], $4::bigint[]) AS w (entry, unit, number)
JOIN units u ON u.company = $1 AND bank_plain(u.unit) = w.unit
JOIN legal_numbers n ON (n.company, n.unit, n.kind, n.number) = ($1, u.unit, 'invoice', w.number)
JOIN documents d ON d.id = n.document
"""
OWED = """
SELECT i.document, i.customer, d.number, sum(i.open) AS open, array_agg(i.open) AS parts
FROM open_items i JOIN documents d ON d.id = i.document
WHERE i.open > 0 AND i.kind = 'invoice' AND i.currency = $1
"""
OWED_BY_ID = f"{OWED} AND i.document = ANY ($2) GROUP BY 1, 2, 3"
OWED_EXACTLY = f"""
{OWED} AND i.customer = ANY ($2) GROUP BY 1, 2, 3
HAVING sum(i.open) = ANY ($3::numeric[]) OR bool_or(i.open = ANY ($3::numeric[]))
ORDER BY min(i.due_on), i.document
"""
OWED_BY_ANYBODY = f"""
{OWED} AND i.company = $2 GROUP BY 1, 2, 3 HAVING sum(i.open) = $3 OR bool_or(i.open = $3)
ORDER BY min(i.due_on), i.document LIMIT 20
"""

Pointing = dict[int, set[UUID]]


@dataclass(slots=True)
class Pointers:
    """Whom and what entries point at, by the entry's place in the batch."""

    invoices: dict[int, dict[UUID, UUID]] = field(default_factory=lambda: defaultdict(dict))
    """Of each entry the invoices that it names, with their customers."""
    numbered: Pointing = field(default_factory=lambda: defaultdict(set))
    called: Pointing = field(default_factory=lambda: defaultdict(set))
    paying: Pointing = field(default_factory=lambda: defaultdict(set))

    def customers(self) -> set[UUID]:
        """Everybody who may be meant."""
        found = {who for named in self.invoices.values() for who in named.values()}
        for pointing in (self.numbered, self.called, self.paying):
            found.update(*pointing.values())
        return found


async def pointers(tx: Transaction, company: str, entries: Sequence[Entry]) -> Pointers:
    """Whom these entries point at, by numbers, names and accounts."""
    found = Pointers()
    words = [
        (place, word)
        for place, entry in enumerate(entries)
        for word in rules.words_of(f"{entry.reference or ''} {entry.text}")
    ]
    for place, invoice, customer in await _look(tx, NAMED, company, words):
        found.invoices[place][invoice] = customer
    for place, invoice, customer in await _legally(tx, company, words):
        found.invoices[place][invoice] = customer
    sure = [(place, word) for place, word in words if rules.is_sure(word)]
    names = [(at, rules.plain(one.payer)) for at, one in enumerate(entries) if one.payer]
    payers = [(at, number_of(one)) for at, one in enumerate(entries) if one.payer_account]
    for kept, sql, by in (
        (found.numbered, NUMBERED, sure),
        (found.called, CALLED, [name for name in names if name[1]]),
        (found.paying, PAYING, payers),
    ):
        for place, customer in await _look(tx, sql, company, by):
            kept[place].add(customer)
    return found


def number_of(entry: Entry) -> str:
    """The payer's account as it is compared."""
    return rules.plain(entry.payer_account or "")


async def _look(
    tx: Transaction, sql: str, company: str, by: Sequence[tuple[int, str]]
) -> Iterable[tuple[Any, ...]]:
    if not by:
        return ()
    places, words = zip(*by, strict=True)
    return [tuple(row) for row in await tx.driver.fetch(sql, company, places, words)]


async def _legally(
    tx: Transaction, company: str, words: Sequence[tuple[int, str]]
) -> Iterable[tuple[Any, ...]]:
    found = [(place, LEGAL.fullmatch(word)) for place, word in words]
    legal = [(place, one[1], int(one[2])) for place, one in found if one]
    if not legal:
        return ()
    return [
        tuple(row) for row in await tx.driver.fetch(LEGALLY, company, *zip(*legal, strict=True))
    ]


@dataclass(slots=True)
class Debts:
    """What is owed on the invoices that entries may settle, while one after the other does."""

    currency: str
    left: dict[UUID, Decimal]
    parts: dict[UUID, set[Decimal]]
    about: dict[UUID, tuple[UUID, str]]
    """Customer and number."""
    of: dict[UUID, list[UUID]]
    """The invoices of each customer, what is due first first."""

    def clues(
        self, place: int, entry: Entry, found: Pointers, anybody: tuple[Owed, ...] = ()
    ) -> Clues:
        """What speaks for whom, with what is owed by now."""
        named = found.invoices.get(place, {})
        by = (found.numbered, found.called, found.paying)
        pointed = {who for pointing in by for who in pointing.get(place, ())}
        return Clues(
            named=tuple(self._owed(invoice) for invoice in sorted(named) if self._open(invoice)),
            settled=frozenset(who for one, who in named.items() if not self._open(one)),
            numbered=frozenset(found.numbered.get(place, ())),
            payers=frozenset(found.paying.get(place, ())),
            same_name=frozenset(found.called.get(place, ())),
            same_amount=anybody
            or tuple(
                self._owed(invoice, entry.amount.amount)
                for customer in pointed
                for invoice in self.of.get(customer, ())
                if self._owes(invoice, entry.amount.amount)
            ),
        )

    def settle(self, invoices: Iterable[Owed], amount: Decimal) -> None:
        """An entry was matched: so much less is owed."""
        for one in invoices:
            part = min(amount, self._open(one.invoice))
            self.left[one.invoice] = self._open(one.invoice) - part
            self.parts[one.invoice] = set()
            amount -= part

    def _open(self, invoice: UUID) -> Decimal:
        return self.left.get(invoice, Decimal(0))

    def _owes(self, invoice: UUID, amount: Decimal) -> bool:
        return self._open(invoice) == amount or amount in self.parts[invoice]

    def _owed(self, invoice: UUID, amount: Decimal | None = None) -> Owed:
        customer, number = self.about[invoice]
        owed = self._open(invoice) if amount is None else amount
        return Owed(invoice, customer, number, Money(owed, self.currency))


async def debts(tx: Transaction, entries: Sequence[Entry], found: Pointers, currency: str) -> Debts:
    """What is owed on the invoices that are named, and on those of exactly an entry's amount."""
    named = {invoice for one in found.invoices.values() for invoice in one}
    amounts = {entry.amount.amount for entry in entries}
    rows = await tx.driver.fetch(OWED_BY_ID, currency, list(named))
    rows += await tx.driver.fetch(OWED_EXACTLY, currency, list(found.customers()), list(amounts))
    return _debts(rows, currency)


def _debts(rows: Iterable[Row], currency: str) -> Debts:
    made = Debts(currency, {}, {}, {}, {})
    for row in rows:
        document = row["document"]
        if document not in made.about:
            made.of.setdefault(row["customer"], []).append(document)
        made.left[document] = row["open"]
        made.parts[document] = set(row["parts"])
        made.about[document] = (row["customer"], row["number"])
    return made


async def owed_by_anybody(tx: Transaction, company: str, amount: Money) -> tuple[Owed, ...]:
    """Open invoices of exactly this amount, whoever owes them: looked for when a person asks."""
    rows = await tx.driver.fetch(OWED_BY_ANYBODY, amount.currency, company, amount.amount)
    return tuple(Owed(row["document"], row["customer"], row["number"], amount) for row in rows)
