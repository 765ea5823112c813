"""What holds after whatever happens, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.disputes import commands as disputes
from billing.exchange import store as rates
from billing.exposure.book import Book
from billing.ledger import commands, matching, posting, store
from billing.ledger.checks import rebuild
from billing.ledger.model import Instalment, Kind, OpenItem, Part, Payment, Whose
from billing.write_offs import rules as write_offs
from contracts.billing.ledger import GetCustomerAccount
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import Refusal

from ..conftest import ANA, COMPANY, Billing

FIRST, TODAY = date(2026, 3, 1), date(2026, 6, 30)
NUMBERS = count()

DATABASE = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

kinds = st.sampled_from(
    [
        "deliver", "deliver", "return", "pay", "pay", "pay-usd", "charge", "reverse",
        "reallocate", "allocate", "split", "write-off", "dispute",
    ]
)  # fmt: skip
acts = st.tuples(kinds, st.integers(1, 9000), st.integers(0, 60))


@dataclass
class Business:
    """One customer, and acts that happen to them; what cannot happen is refused and changes nothing."""

    billing: Billing
    customer: UUID
    orders: list[tuple[str, str]] = field(default_factory=list)

    async def act(self, kind: str, cents: int, day: int) -> None:
        amount = f"{Decimal(cents) / 100}"
        on = FIRST + timedelta(days=day)
        match kind:
            case "deliver":
                self.orders.append((f"P-{next(NUMBERS)}", amount))
                order, total = self.orders[-1]
                said = {"delivered_on": f"{on}", "due_on": f"{on + timedelta(days=30)}"}
                await self.billing.hear(self.billing.delivered(order, self.customer, total, **said))
            case "return" if self.orders:
                order, total = self.orders[cents % len(self.orders)]
                back = min(Decimal(total), Decimal(cents) / 200).quantize(Decimal("0.01"))
                said = {"returned_on": f"{on}", "goods_return": uuid7()}
                await self.billing.hear(
                    self.billing.returned(order, self.customer, f"{back}", **said)
                )
            case _:
                with suppress(Refusal):
                    async with self.billing.database.working("acts") as tx:
                        await self._do(tx, kind, cents, on)

    async def _do(self, tx: Transaction, kind: str, cents: int, on: date) -> None:
        amount = Money.of(Decimal(cents) / 100, "USD" if kind == "pay-usd" else "MXN")
        item = await self._item(tx, cents)
        credit = await self._credit(tx, cents)
        if kind in {"pay", "pay-usd"}:
            await commands.take_payment(tx, Payment(self.customer, amount, on), today=TODAY)
        elif kind == "charge":
            whose = Whose(self.customer, COMPANY, "mty", ANA)
            await commands.charge(tx, whose, Kind.FEE, amount, on, on, "cargo")
        elif kind == "reverse" and credit:
            await commands.reverse_payment(tx, credit, on, "devuelto")
        elif kind == "reallocate" and credit:
            parts = [Part(item.item)] if item and cents % 2 else []
            await matching.reallocate(tx, credit, parts, on)
        elif kind == "allocate" and credit:
            await matching.allocate(tx, credit, [], on)
        elif item:
            await self._to(tx, kind, item, on)

    async def _to(self, tx: Transaction, kind: str, item: OpenItem, on: date) -> None:
        if kind == "split":
            shares = item.open.split([1, 2])
            days = (on + timedelta(days=n) for n in (10, 40))
            parts = [Instalment(day, part) for day, part in zip(days, shares, strict=True)]
            await matching.split(tx, item.item, parts, on)
        elif kind == "dispute":
            await disputes.dispute(tx, item.item, "precio", on)
        elif kind == "write-off":
            book = await Book.of_customers(tx, [self.customer])
            given_up = write_offs.written_off(uuid7(), item, item.open, on, bad_debt=True)
            await posting.post(tx, book, [given_up])
            await store.reduce_items(tx, {item.item: item.open.amount})
            await book.save()

    async def _item(self, tx: Transaction, choice: int) -> OpenItem | None:
        items = (await store.open_items_of(tx, [self.customer]))[self.customer]
        found = sorted(items.values(), key=lambda one: one.item)
        return found[choice % len(found)] if found else None

    async def _credit(self, tx: Transaction, choice: int) -> UUID | None:
        rows = await tx.driver.fetch(
            "SELECT id FROM documents WHERE customer = $1 AND kind IN ('payment', 'credit-note')"
            " ORDER BY id",
            self.customer,
        )
        return rows[choice % len(rows)]["id"] if rows else None


async def emptied(billing: Billing) -> None:
    """No example sees what another one left behind."""
    owner = await asyncpg.connect(billing.database.dsns.owner)
    await owner.execute(
        "TRUNCATE documents, postings, entries, open_items, balances, commitments, unnumbered,"
        " awaiting, reversals, disputes"
    )
    await owner.close()


async def business(billing: Billing) -> Business:
    customer = await billing.customer(f"Cliente {next(NUMBERS)}", limit="50000")
    async with billing.database.acting_as(billing.asks("director")) as tx:
        for day, value in ((FIRST, "17.1"), (FIRST + timedelta(days=20), "18.35")):
            pair, who = ("USD", "MXN"), UUID(int=9)
            await rates.keep(tx, COMPANY, pair, day, Decimal(value), who)
    return Business(billing, customer)


@DATABASE
@given(st.lists(acts, min_size=5, max_size=25))
async def test_after_any_sequence_the_ledger_sums_to_zero_and_a_rebuild_changes_nothing(
    billing: Billing, happened: Sequence[tuple[str, int, int]]
):
    await emptied(billing)
    one = await business(billing)
    for act in happened:
        await one.act(*act)
    assert await billing.wrong() == []
    before = await billing.credit(one.customer)
    account = await billing.ask(GetCustomerAccount(customer=one.customer, limit=200))
    moved = (each.amount for each in account.movements if each.amount.currency == "MXN")
    assert Money.total(moved, "MXN") == account.balance
    async with billing.database.working("rebuild") as tx:
        rows = await tx.driver.fetch("SELECT currency, sum(amount) FROM entries GROUP BY 1")
        assert [row["sum"] for row in rows if row["sum"] != 0] == []
        await rebuild(tx)
    assert await billing.credit(one.customer) == before
    assert await billing.wrong() == []


@DATABASE
@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
async def test_whatever_comes_first_the_same_is_owed_and_left_in_the_end(
    billing: Billing, sales: list[int], payments: list[int], dice: Random
):
    story = [("deliver", cents, 1) for cents in sales] + [("pay", cents, 1) for cents in payments]
    ends = []
    for _ in range(2):
        one = await business(billing)
        for act in story:
            await one.act(*act)
        credit = await billing.credit(one.customer)
        ends.append((credit.receivable, credit.unallocated))
        dice.shuffle(story)
    owed = Decimal(max(0, sum(sales) - sum(payments))) / 100
    assert ends[0] == ends[1]
    assert ends[0][0] == Money.of(owed, "MXN")
