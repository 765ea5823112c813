"""What people match by hand: credits with items, items with days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from billing.exposure import store as accounts
from billing.exposure.book import Book
from billing.ledger import queries, rules, store
from billing.ledger.commands import allocations, visible
from billing.ledger.model import (
    Allocated,
    Document,
    Instalment,
    Kind,
    OpenCredit,
    OpenItem,
    Part,
    Policy,
    Settles,
)
from billing.ledger.posting import (
    announce_allocations,
    announce_taken_back,
    match,
    post,
    take_back,
)
from billing.periods import queries as periods
from billing.periods.rules import check_open
from contracts.billing.settlement import (
    AllocationPolicy,
    CreditMatched,
    ItemInstalment,
    ItemSplit,
    SetAllocationPolicy,
)
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal


async def allocate(
    tx: Transaction, credit: UUID, parts: Sequence[Part], on: date, by: UUID | None = None
) -> CreditMatched:
    """What is left of a payment or credit note settles these items; without any, by the rules.

    Raises:
        NotFound: the credit or an item is not there, or out of the person's scope.
        MoreThanOpen, InvoiceOfOther, DifferentCurrencies, PeriodClosed
    """
    document = await visible(tx, credit, (Kind.PAYMENT, Kind.CREDIT_NOTE))
    book = await Book.of_customers(tx, [document.whose.customer])
    check_open(on, await periods.first_open_day(tx, document.whose.company))
    return await _match(tx, book, document, parts, on, by)


async def reallocate(
    tx: Transaction, credit: UUID, parts: Sequence[Part], on: date, by: UUID | None = None
) -> CreditMatched:
    """All that a payment or credit note settled is taken back, and it settles these instead.

    What is not said stays as unallocated credit.

    Raises:
        NotFound: the credit or an item is not there, or out of the person's scope.
        MoreThanOpen, InvoiceOfOther, DifferentCurrencies, PeriodClosed, BeforeDocument
    """
    document = await visible(tx, credit, (Kind.PAYMENT, Kind.CREDIT_NOTE))
    book = await Book.of_customers(tx, [document.whose.customer])
    if on < document.issued_on:
        raise rules.BeforeDocument(document.number, document.issued_on)
    check_open(on, await periods.first_open_day(tx, document.whose.company))
    announce_taken_back(tx, document, await take_back(tx, book, document, on, by))
    if not parts:
        await book.save()
        return _matched(document, await store.open_credit(tx, credit), [])
    return await _match(tx, book, document, parts, on, by)


async def _match(
    tx: Transaction,
    book: Book,
    document: Document,
    parts: Sequence[Part],
    on: date,
    by: UUID | None,
) -> CreditMatched:
    left = await store.open_credit(tx, document.id)
    if left is not None:
        credit = replace(left, free_from=max(left.free_from, on))
        asked = await _asked(tx, credit, parts)
        settled = (await match(tx, book, asked, by)).get(document.id, [])
    elif parts:
        raise rules.MoreThanOpen(parts[0].amount or document.gross, _nothing(document))
    else:
        settled = []
    await book.save()
    announce_allocations(tx, document, settled)
    return _matched(document, await store.open_credit(tx, document.id), settled)


async def _asked(
    tx: Transaction, credit: OpenCredit, parts: Sequence[Part]
) -> list[tuple[OpenCredit, Settles]]:
    """The credit, in as many portions as items are named; each no more than is open of both.

    What is named without an amount, when nothing is left for it, gets nothing.
    """
    if not parts:
        return [(credit, rules.ANYTHING)]
    asked, left = [], credit.left
    for part in parts:
        item = await _item(tx, part.item, credit.document.whose.customer)
        amount = min(left, item.open) if part.amount is None else part.amount
        if part.amount is None and not amount:
            continue
        rules.check_part(amount, left, item.open)
        asked.append((replace(credit, left=amount), Settles((part.item,), only_named=True)))
        left -= amount
    return asked


async def _item(tx: Transaction, id_: UUID, customer: UUID) -> OpenItem:
    item = await queries.item(tx, id_)
    if item.whose.customer != customer:
        raise rules.InvoiceOfOther(item.number)
    return item


def _nothing(document: Document) -> Money:
    return Money.zero(document.gross.currency)


def _matched(
    document: Document, left: OpenCredit | None, settled: Sequence[Allocated]
) -> CreditMatched:
    return CreditMatched(
        credit=document.id,
        number=document.number,
        allocations=allocations(settled),
        unallocated=left.left if left else _nothing(document),
    )


async def split(
    tx: Transaction,
    item: UUID,
    parts: Sequence[Instalment],
    on: date,
    by: UUID | None = None,
) -> ItemSplit:
    """What is open of an item is owed in instalments from now on; they add up to it.

    Raises:
        NotFound: the item is not there, or out of the person's scope.
        InstalmentsDoNotAddUp, InstalmentsOutOfOrder, PeriodClosed
    """
    seen = await queries.item(tx, item)
    await accounts.settle_for(tx, seen.whose.customer)
    book = await Book.of_customers(tx, [seen.whose.customer])
    now = await queries.item(tx, item)  # as it is now that nobody else can
    check_open(on, await periods.first_open_day(tx, now.whose.company))
    wanted = rules.check_instalments(now.open, parts)
    split_up = rules.numbered(now, await store.last_instalment(tx, now.document), wanted)
    day = max(on, now.open_from)
    if len(split_up) > 1:
        await post(tx, book, [rules.split(uuid7(), now, split_up, day)], by)
    await store.add_instalments(tx, now, split_up, day)
    await book.save()
    return _split(now, split_up)


def _split(item: OpenItem, parts: Sequence[tuple[UUID, int, Instalment]]) -> ItemSplit:
    return ItemSplit(
        invoice=item.document,
        number=item.number,
        instalments=[
            ItemInstalment(item=id_, instalment=nth, due_on=part.day, amount=part.amount)
            for id_, nth, part in parts
        ],
    )


async def set_policy(
    tx: Transaction, asked: SetAllocationPolicy, who: Principal
) -> AllocationPolicy:
    """Say how a company allocates payments that name nothing."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    policy = Policy(tuple(asked.rules), tuple(Kind(kind) for kind in asked.priority))
    await store.keep_policy(tx, asked.company, policy)
    return await queries.policy(tx, asked.company)
