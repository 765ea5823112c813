"""How cards are kept, sorted and found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Table, delete, exists, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from customers.cards.alphabet import sort_key, words
from customers.cards.model import Card, Contact
from customers.tables import among, card_words, cards, contacts, customer_numbers, people, units
from kernel.database import Transaction

Place = tuple[str, UUID]
"""The sort key and the customer after which a page begins."""

# Every word that begins with "pen" lies between "pen" and "pen" followed by the last sign of all.
_LAST_SIGN = "\U0010ffff"

_PLAIN = (
    "company",
    "unit",
    "owner",
    "number",
    "kind",
    "currency",
    "active",
    "name",
    "tax_id",
    "email",
    "phone",
)

# From so many words on, sorting them all takes longer than walking the cards.
_MANY = 5_000

# What an import that comes changed brings anew; whether the card is in use is decided here.
_REPLACED = ("unit", "owner", "kind", "currency", "name", "tax_id", "email", "phone")

# A new card is written by hand: one round trip each, and nothing to compile.
_COLUMNS = (*_PLAIN, "customer", "sort_key")
_ADD = f"""
INSERT INTO cards ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${place + 1}" for place in range(len(_COLUMNS)))}) ON CONFLICT DO NOTHING
"""  # noqa: S608 - names of our own columns
_ADD_WORDS = """
INSERT INTO card_words (word, customer, unit, owner, sort_key)
SELECT word, $2, $3, $4, $5 FROM unnest($1::text[]) AS word
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A card that has a number already, and the digest of the record that it came from."""

    customer: UUID
    digest: bytes | None


class Cards:
    """Customer cards with their contacts and the words by which they are found."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def find(self, customer: UUID) -> Card | None:
        """A card that the asking person may see, without its contacts."""
        row = (await self.tx.execute(_rows().where(cards.c.customer == customer))).one_or_none()
        return row and _card(row)

    async def get(self, customer: UUID, *, lock: bool = False) -> Card | None:
        """A card that the asking person may see; locked, nobody else changes it meanwhile."""
        statement = _rows().where(cards.c.customer == customer)
        if lock:
            statement = statement.with_for_update(of=cards)
        row = (await self.tx.execute(statement)).one_or_none()
        return row and _card(row, await self._contacts(customer))

    async def next_number(self) -> str:
        """A number that nobody gave out: gaps do not matter, waiting for each other would."""
        drawn = await self.tx.driver.fetchval("SELECT nextval($1)", customer_numbers.name)
        return f"C-{drawn:06d}"

    async def add(self, card: Card) -> bool:
        """Keep a new card; False when its number is taken, perhaps where nobody here may look."""
        row = card_row(card)
        done = await self.tx.driver.execute(_ADD, *(row[name] for name in _COLUMNS))
        if done == "INSERT 0 0":
            return False
        await self._keep_parts(card)
        return True

    async def replace(self, card: Card) -> None:
        """Keep a card as it is now."""
        changed = update(cards).where(cards.c.customer == card.id)
        await self.tx.execute(changed.values(card_row(card)))
        for table in (contacts, card_words):
            await self.tx.execute(delete(table).where(table.c.customer == card.id))
        await self._keep_parts(card)

    async def page(
        self,
        *,
        beginnings: Sequence[str] = (),
        units: Sequence[str] | None = None,
        owner: UUID | None = None,
        after: Place | None = None,
        limit: int,
    ) -> list[Card]:
        """Cards in the order of the alphabet; every beginning begins one of a card's words."""
        table, found = await self._found(beginnings)
        if units is not None:
            found = found.where(among(table.c.unit, units))
        if owner is not None:
            found = found.where(table.c.owner == owner)
        place = tuple_(table.c.sort_key, table.c.customer)
        if after is not None:
            found = found.where(place > after)
        page = found.order_by(table.c.sort_key, table.c.customer).limit(limit).cte("page")
        statement = _rows().join(page, page.c.customer == cards.c.customer)
        rows = await self.tx.execute(statement.order_by(page.c.sort_key, page.c.customer))
        return [_card(row) for row in rows]

    async def _found(self, beginnings: Sequence[str]) -> tuple[Table, Select[Any]]:
        """Which cards a search finds, and the table whose order the page follows.

        Few are sorted; of many the cards are walked in their order until the page is full.
        """
        if beginnings and not await self._begin_many_words(beginnings[0]):
            return card_words, _among_words(beginnings)
        return cards, _among_cards(beginnings)

    async def _begin_many_words(self, beginning: str) -> bool:
        some = select(card_words.c.word).where(_begins(card_words, beginning)).limit(_MANY)
        counted = await self.tx.execute(select(func.count()).select_from(some.subquery()))
        return bool(counted.scalar_one() == _MANY)

    async def known(self, company: str, numbers: Sequence[str]) -> dict[str, Known]:
        """The cards of a company that have one of the numbers, by number."""
        statement = select(cards.c.number, cards.c.customer, cards.c.digest)
        wanted = (cards.c.company == company) & among(cards.c.number, numbers)
        rows = await self.tx.execute(statement.where(wanted))
        return {row.number: Known(row.customer, row.digest) for row in rows}

    async def currencies(self, company: str, customers: Sequence[UUID]) -> dict[UUID, str]:
        """Those of the customers who belong to the company, with their currencies."""
        statement = select(cards.c.customer, cards.c.currency)
        belongs = (cards.c.company == company) & among(cards.c.customer, customers)
        rows = await self.tx.execute(statement.where(belongs))
        return {row.customer: row.currency for row in rows}

    async def keep_imported(
        self, taken: Mapping[UUID, tuple[Card, bytes]], known: AbstractSet[UUID]
    ) -> bool:
        """Keep a batch of imported cards; False when one of them is there but out of sight.

        Args:
            taken: the new and the changed cards, each with its record's digest.
            known: the customers among them that are there already.
        """
        for table in (contacts, card_words) if known else ():
            await self.tx.execute(delete(table).where(among(table.c.customer, known)))
        rows = [card_row(card) | {"digest": digest} for card, digest in taken.values()]
        replaced = ", ".join(
            f"{name} = excluded.{name}" for name in (*_REPLACED, "sort_key", "digest")
        )
        kept = await self._bulk(cards, rows, f"(customer) DO UPDATE SET {replaced}")
        every = [card for card, _ in taken.values()]
        await self._bulk(contacts, [row for card in every for row in contact_rows(card)])
        await self._bulk(card_words, [row for card in every for row in word_rows(card)])
        return kept == len(rows)

    async def _bulk(
        self, table: Table, rows: Sequence[dict[str, Any]], on_conflict: str = "DO NOTHING"
    ) -> int:
        if not rows:
            return 0
        columns = list(rows[0])
        values = (tuple(row.values()) for row in rows)
        return await self.tx.bulk(table.name, columns, values, on_conflict)

    async def _contacts(self, customer: UUID) -> tuple[Contact, ...]:
        mine = select(contacts).where(contacts.c.customer == customer).order_by(contacts.c.place)
        rows = await self.tx.execute(mine)
        return tuple(Contact(row.contact, row.name, row.job, row.email, row.phone) for row in rows)

    async def _keep_parts(self, card: Card) -> None:
        if card.contacts:
            await self.tx.execute(insert(contacts), list(contact_rows(card)))
        found_by = words(card.name, card.number, card.email, card.tax_id)
        shared = (card.id, card.unit, card.owner, sort_key(card.name or card.number))
        await self.tx.driver.execute(_ADD_WORDS, list(found_by), *shared)


def card_row(card: Card) -> dict[str, Any]:
    """A card as its row."""
    row = {name: getattr(card, name) for name in _PLAIN}
    return row | {"customer": card.id, "sort_key": sort_key(card.name or card.number)}


def contact_rows(card: Card) -> Iterable[dict[str, Any]]:
    """The contacts of a card as rows, in their order."""
    for place, contact in enumerate(card.contacts):
        yield {
            "contact": contact.id,
            "customer": card.id,
            "unit": card.unit,
            "owner": card.owner,
            "place": place,
            "name": contact.name,
            "job": contact.job,
            "email": contact.email,
            "phone": contact.phone,
        }


def word_rows(card: Card) -> Iterable[dict[str, Any]]:
    """The words of a card as rows; they repeat what scope and sorting need, to spare a join."""
    shared = {
        "customer": card.id,
        "unit": card.unit,
        "owner": card.owner,
        "sort_key": sort_key(card.name or card.number),
    }
    for word in words(card.name, card.number, card.email, card.tax_id):
        yield shared | {"word": word}


def _rows() -> Select[Any]:
    return (
        select(
            cards,
            func.coalesce(units.c.name, cards.c.unit).label("unit_name"),
            people.c.name.label("owner_name"),
        )
        .outerjoin(units, units.c.unit == cards.c.unit)
        .outerjoin(people, people.c.person == cards.c.owner)
    )


def _among_words(beginnings: Sequence[str]) -> Select[Any]:
    """Customers with a word for each beginning, from the words that begin with the first."""
    first, *others = beginnings
    found = select(card_words.c.customer, card_words.c.sort_key).distinct()
    found = found.where(_begins(card_words, first))
    for beginning in others:
        also = card_words.alias()
        mine = also.c.customer == card_words.c.customer
        found = found.where(exists().where(mine, _begins(also, beginning)))
    return found


def _among_cards(beginnings: Sequence[str]) -> Select[Any]:
    """Customers with a word for each beginning, asked of one card after the other.

    A scalar subquery, not EXISTS, which would be turned into a join of all cards and words.
    """
    found = select(cards.c.customer, cards.c.sort_key)
    for beginning in beginnings:
        mine = (card_words.c.customer == cards.c.customer) & _begins(card_words, beginning)
        word = select(literal(True)).where(mine).limit(1).correlate(cards).scalar_subquery()
        found = found.where(word)
    return found


def _begins(table: Any, beginning: str) -> Any:
    """Whether a word begins so.

    Two comparisons, not LIKE: under row-level security only operators that leak nothing may use
    an index, and LIKE is not one of them.
    """
    return (table.c.word >= beginning) & (table.c.word < beginning + _LAST_SIGN)


def _card(row: Row[Any], contacts: tuple[Contact, ...] = ()) -> Card:
    plain = {name: getattr(row, name) for name in _PLAIN}
    names = {"unit_name": row.unit_name, "owner_name": row.owner_name}
    return Card(id=row.customer, contacts=contacts, **plain, **names)
