"""What can be asked of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.exposure import queries as exposure
from billing.exposure import store as accounts
from billing.ledger import rules, store
from billing.ledger.model import OpenItem
from billing.numbering.rules import legal_number
from contracts.billing import ledger as contract
from contracts.billing.settlement import AllocationPolicy, DocumentItem, DocumentItems
from kernel.database import Transaction
from kernel.money import Money
from kernel.problems import NotFound


async def documents(tx: Transaction, asked: contract.ListDocuments) -> contract.Documents:
    """Documents in the person's scope: the latest first, or the longest overdue first."""
    rows = await _rows(tx, asked)
    shown, last = paging.page(rows, asked.limit)
    day = "issued_on" if asked.overdue_on is None else "due_on"
    return contract.Documents(
        items=[_document(row) for row in shown],
        next=None if last is None else paging.cursor(last[day], last["id"]),
    )


async def _rows(tx: Transaction, asked: contract.ListDocuments) -> Sequence[Row]:
    """One row more than the page holds."""
    after: Any = paging.key(asked.after, date.fromisoformat, UUID)
    which = (asked.company, asked.customer, asked.order, asked.kind, asked.open_only)
    if asked.overdue_on is None:
        return await store.list_documents(tx, which, after, asked.limit + 1)
    return await store.list_overdue(tx, which, asked.overdue_on, after, asked.limit + 1)


async def document(tx: Transaction, id_: UUID) -> contract.Document:
    """One document.

    Raises:
        NotFound: it is not there, or out of the person's scope.
    """
    if (row := await store.shown_document(tx, id_)) is None:
        raise NotFound("document", str(id_))
    return _document(row)


async def owner(tx: Transaction, customer: UUID) -> UUID | None:
    """Whose customer it is."""
    return (await accounts.accounts(tx, [customer], lock=False))[customer].owner


def _document(row: Row) -> contract.Document:
    currency, number = row["currency"], row["legal"]
    return contract.Document(
        document=row["id"],
        kind=row["kind"],
        number=row["number"],
        legal_number=number and legal_number(row["unit"], row["kind"], number),
        company=row["company"],
        unit=row["unit"],
        customer=row["customer"],
        customer_number=row["customer_number"],
        customer_name=row["customer_name"],
        rep=row["rep"],
        order=row["order_id"],
        order_number=row["order_number"],
        invoice=row["invoice"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        net=Money(row["net"], currency),
        gross=Money(row["gross"], currency),
        open=Money(row["open"], currency),
        disputed=row["disputed"],
        instalments=row["instalments"],
        tendered=row["tendered"] and Money(row["tendered"], row["tendered_currency"]),
        reversed_on=row["reversed_on"],
        reason=row["reason"],
    )


async def item(tx: Transaction, id_: UUID) -> OpenItem:
    """What a customer owes or owed: an invoice, an instalment or a charge.

    Raises:
        NotFound: it is not there, or out of the person's scope.
    """
    if (found := await store.item(tx, id_)) is None:
        raise NotFound("item", str(id_))
    return found


async def items(tx: Transaction, document: UUID) -> DocumentItems:
    """The instalments of an invoice or charge, with what is open of each.

    Raises:
        NotFound: it is not there, or out of the person's scope.
    """
    rows = await store.items_of(tx, document)
    if not rows:
        raise NotFound("document", str(document))
    return DocumentItems(items=[_item(row) for row in rows])


def _item(row: Row) -> DocumentItem:
    return DocumentItem(
        item=row["item"],
        instalment=row["nth"],
        due_on=row["due_on"],
        amount=Money(row["amount"], row["currency"]),
        open=Money(row["open"], row["currency"]),
        disputed=row["disputed"],
    )


async def policy(tx: Transaction, company: str) -> AllocationPolicy:
    """How a company allocates payments that name nothing."""
    kept = (await store.policies(tx, [company])).get(company, rules.POLICY)
    return AllocationPolicy(
        company=company, rules=kept.rules, priority=[kind.value for kind in kept.priority]
    )


async def customer_account(
    tx: Transaction, asked: contract.GetCustomerAccount
) -> contract.CustomerAccount:
    """What a customer owes, and how it came to that."""
    credit = await exposure.credit_of(tx, asked.customer)
    before = paging.key(asked.after, date.fromisoformat, UUID, int)
    rows = await store.movements(tx, asked.customer, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.CustomerAccount(
        credit=credit,
        balance=credit.receivable - credit.unallocated,
        movements=[_movement(row) for row in shown],
        next=None
        if last is None
        else paging.cursor(last["dated_on"], last["posting"], last["line"]),
    )


def _movement(row: Row) -> contract.Movement:
    return contract.Movement(
        posting=row["posting"],
        line=row["line"],
        dated_on=row["dated_on"],
        kind=row["kind"],
        document=row["document"],
        number=row["number"],
        part=row["account"],
        item=row["item"],
        item_number=row["item_number"],
        instalment=row["nth"],
        amount=Money(row["amount"], row["currency"]),
    )
