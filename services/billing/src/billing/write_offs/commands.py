"""Giving up what a customer owes: asked for, approved, posted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from billing import approvals
from billing.approvals import commands as inbox
from billing.approvals.model import Approval
from billing.exposure import store as accounts
from billing.exposure.book import Book
from billing.ledger import queries as ledger
from billing.ledger import store as items
from billing.ledger.model import OpenItem
from billing.ledger.posting import post
from billing.periods import queries as periods
from billing.periods.rules import dated
from billing.write_offs import rules, store
from contracts.billing.debt_written_off import DebtWrittenOffV1
from contracts.billing.write_offs import RequestWriteOff, WriteOffRequested
from kernel import clock
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.scope import Principal

ACT = "write-off"


async def request(tx: Transaction, asked: RequestWriteOff, who: Principal) -> WriteOffRequested:
    """Ask to write off an item or part of it; somebody else with the authority decides.

    Raises:
        NotFound: there is no such item, or it is out of the person's scope.
        WriteOffNotPositive, MoreThanOpen, RequestedAlready
    """
    item = await ledger.item(tx, asked.item)
    amount = rules.amount_of(item, asked.amount)
    approval = await inbox.request(
        tx,
        act=ACT,
        company=item.whose.company,
        unit=item.whose.unit,
        amount=amount,
        subject=item.item,
        requested_by=who.person,
        reason=asked.reason,
        details={"invoice": item.number, "bad_debt": asked.bad_debt},
        customer=item.whose.customer,
    )
    await store.add(
        tx, approval.id, item, amount, asked.reason, bad_debt=asked.bad_debt, by=who.person
    )
    return WriteOffRequested(write_off=approval.id, item=item.item, amount=amount)


@approvals.on_decided(ACT)
async def decided(tx: Transaction, approval: Approval) -> None:
    """What was approved is written off today; what was paid meanwhile is not given up too.

    A request whose item owes less than the amount by now is void, and says so.
    """
    asked = await store.find(tx, approval.id)
    assert asked is not None, "a request has its write-off"
    assert approval.amount is not None, "and a write-off its amount"
    if not approval.approved:
        await store.decided(tx, approval.id, "rejected", None, approval.id)
        return
    book = await Book.of_customers(tx, [asked["customer"]])
    item = await ledger.item(tx, asked["item"])
    if item.open < approval.amount:
        await store.decided(tx, approval.id, "void", None, approval.id)
        return
    on = await _write_off(
        tx, book, item, approval.amount, bad_debt=asked["bad_debt"], by=approval.decided_by
    )
    await book.save()
    await store.decided(tx, approval.id, "written-off", on, approval.id)


async def _write_off(
    tx: Transaction, book: Book, item: OpenItem, amount: Money, *, bad_debt: bool, by: UUID | None
) -> date:
    await accounts.settle_for(tx, item.whose.customer)
    today = dated(clock.today(), await periods.first_open_day(tx, item.whose.company))
    posting = rules.written_off(uuid7(), item, amount, today, bad_debt=bad_debt)
    await post(tx, book, [posting], by)
    await items.reduce_items(tx, {item.item: amount.amount})
    tx.announce(_told(item, amount, posting.dated_on, bad_debt=bad_debt), person=item.whose.rep)
    return posting.dated_on


def _told(item: OpenItem, amount: Money, on: date, *, bad_debt: bool) -> DebtWrittenOffV1:
    return DebtWrittenOffV1(
        unit=item.whose.unit,
        item=item.item,
        invoice=item.document,
        invoice_number=item.number,
        charge=item.kind.value != "invoice",
        order=item.order,
        customer=item.whose.customer,
        company=item.whose.company,
        rep=item.whose.rep,
        written_off_on=on,
        amount=amount,
        bad_debt=bad_debt,
    )
