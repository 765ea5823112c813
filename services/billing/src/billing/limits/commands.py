"""Granting credit, for good or for a time, and blocking it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from billing.approvals import commands as approvals
from billing.approvals import on_decided
from billing.approvals import queries as inbox
from billing.approvals.model import Approval
from billing.approvals.rules import OwnRequest
from billing.authorities import queries as authorities
from billing.authorities.model import Reach
from billing.exposure import queries as exposure
from billing.exposure.book import Book
from billing.exposure.store import AccountRow
from billing.limits import events, rules, store
from billing.limits.store import Change
from contracts.billing.limits import CreditAccount, RequestLimit, SetLimit
from kernel import clock
from kernel.database import Transaction
from kernel.money import Money
from kernel.scope import Principal

SET_LIMIT = "set-limit"
PERSON, DUNNING = "person", "dunning"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Grant:
    """A limit that somebody grants: for good, or up to and including a day."""

    limit: Money | None
    until: date | None
    by: UUID
    reason: str


async def set_limit(tx: Transaction, asked: SetLimit, who: Principal) -> CreditAccount:
    """Grant a customer a limit, or lift every limit; above a threshold it waits for another.

    What was accepted stays accepted when the limit is lowered.

    Raises:
        NotFound, OwnRequest: the same person's request for this customer waits for somebody else.
    """
    book, account, limit = await _opened(tx, asked)
    at = (account.company, account.unit)
    roles = await authorities.roles_at(tx, who, *at)
    held = await authorities.held(tx, account.company, SET_LIMIT, account.unit)
    if rules.granted(limit, account.currency, roles, held) is Reach.ALONE:
        await _no_request_of(tx, asked.customer, who)
        await _grant(tx, book, account, Grant(limit, asked.until, who.person, asked.reason))
        await approvals.withdraw(tx, SET_LIMIT, [asked.customer])
    else:
        await _request(tx, account, limit, asked, who, own=True)
    return await exposure.credit_of(tx, asked.customer)


async def request_limit(tx: Transaction, asked: RequestLimit, who: Principal) -> CreditAccount:
    """Ask for a limit that somebody else has to grant."""
    _, account, limit = await _opened(tx, asked)
    await _request(tx, account, limit, asked, who, own=False)
    return await exposure.credit_of(tx, asked.customer)


async def _opened(
    tx: Transaction, asked: SetLimit | RequestLimit
) -> tuple[Book, AccountRow, Money | None]:
    """The account, locked, and the limit asked for, in whole minor units."""
    await exposure.credit_of(tx, asked.customer)
    book = await Book.of_customers(tx, [asked.customer])
    account = book.account(asked.customer)
    limit = rules.checked(asked.limit, account.currency, asked.until, clock.today())
    return book, account, limit


async def _no_request_of(tx: Transaction, customer: UUID, who: Principal) -> None:
    """Nobody grants what they asked for by taking another door."""
    waiting = await inbox.waiting_for(tx, SET_LIMIT, customer)
    if waiting and (await inbox.one(tx, waiting)).requested_by == who.person:
        raise OwnRequest(SET_LIMIT)


async def _request(
    tx: Transaction,
    account: AccountRow,
    limit: Money | None,
    asked: SetLimit | RequestLimit,
    who: Principal,
    *,
    own: bool,
) -> None:
    before = None if account.limit is None else str(account.limit.amount)
    await approvals.request(
        tx,
        act=SET_LIMIT,
        company=account.company,
        unit=account.unit,
        customer=account.customer,
        subject=account.customer,
        amount=limit,
        currency=account.currency,
        requested_by=who.person,
        reason=asked.reason,
        details={"before": before, "until": asked.until and asked.until.isoformat()},
        who=who if own else None,
    )


@on_decided(SET_LIMIT, own_authority=True)
async def limit_decided(tx: Transaction, approval: Approval) -> None:
    """A limit that was approved is in force; one that was rejected changes nothing."""
    if not approval.approved:
        return
    assert approval.customer
    assert approval.decided_by
    book = await Book.of_customers(tx, [approval.customer])
    account = book.account(approval.customer)
    said = approval.details.get("until")
    until = date.fromisoformat(said) if said else None
    limit = rules.checked(approval.amount, account.currency, until, clock.today())
    await _grant(tx, book, account, Grant(limit, until, approval.decided_by, approval.reason))


async def _grant(tx: Transaction, book: Book, account: AccountRow, given: Grant) -> None:
    """A limit for good ends a temporary one: what was granted last holds."""
    if given.until:
        after = replace(account, limit=given.limit, temporary=given.limit, until=given.until)
    else:
        after = replace(account, limit=given.limit, lasting=given.limit, temporary=None, until=None)
    change = Change(
        "temporary" if given.until else "limit",
        before=account.limit,
        after=given.limit,
        until=given.until,
        by=given.by,
        reason=given.reason,
    )
    await _keep(tx, book, after, change)
    tx.announce(events.limit_changed(after, given.by), person=account.owner)


async def _keep(tx: Transaction, book: Book, after: AccountRow, change: Change) -> None:
    await store.keep(tx, after, change)
    book.revise(after)
    await book.save()


async def end_temporary_limits(tx: Transaction, today: date) -> bool:
    """Temporary limits whose last day is over make way for the lasting ones, and say so.

    They hold no longer from the first moment of the next day on, whenever this is done.

    Returns:
        Whether there may be more to do.
    """
    customers = await store.ended(tx, today, AT_ONCE)
    book = await Book.of_customers(tx, customers)
    for customer in customers:
        account = book.account(customer)
        if account.until is None or account.until >= today:
            continue
        after = replace(account, limit=account.lasting, temporary=None, until=None)
        change = Change(
            "temporary-ended", before=account.temporary, after=account.lasting, until=account.until
        )
        await _keep(tx, book, after, change)
        tx.announce(events.limit_changed(after, None), person=account.owner)
    return len(customers) == AT_ONCE


async def block(
    tx: Transaction, customer: UUID, reason: str, *, by: str = DUNNING, person: UUID | None = None
) -> bool:
    """No new credit for a customer, whatever the limit; what was accepted stays accepted.

    Args:
        by: who blocks it: a `person`, `dunning`. Each blocks once, and all have to release it.

    Returns:
        Whether it was not blocked by them before.
    """
    return bool(await block_all(tx, [customer], reason, by=by, person=person))


async def block_all(
    tx: Transaction,
    customers: Iterable[UUID],
    reason: str,
    *,
    by: str = DUNNING,
    person: UUID | None = None,
) -> list[UUID]:
    """Block the credit of many customers; those that were blocked by them before stay as they are.

    Returns:
        Those that were not.
    """
    whose = set(customers)
    book = await Book.of_customers(tx, whose)
    new = [one for one in sorted(whose) if by not in book.account(one).blocked]
    for customer in new:
        account = book.account(customer)
        after = replace(account, blocked=(*account.blocked, by))
        await _keep(tx, book, after, Change("blocked", source=by, by=person, reason=reason))
        tx.announce(events.block_changed(after, reason, person), person=account.owner)
    return new


async def release(
    tx: Transaction, customer: UUID, reason: str, *, by: str = DUNNING, person: UUID | None = None
) -> bool:
    """The customer may buy on credit again, as far as `by` is concerned; a person releases all.

    Returns:
        Whether anything was released.
    """
    book = await Book.of_customers(tx, [customer])
    account = book.account(customer)
    left = tuple(one for one in account.blocked if by not in (PERSON, one))
    if left == account.blocked:
        return False
    after = replace(account, blocked=left)
    await _keep(tx, book, after, Change("released", source=by, by=person, reason=reason))
    tx.announce(events.block_changed(after, reason, person), person=account.owner)
    return True


async def block_credit(
    tx: Transaction, customer: UUID, reason: str, who: Principal
) -> CreditAccount:
    """Somebody blocks a customer's credit.

    Raises:
        NotFound, BlockedAlready
    """
    await exposure.credit_of(tx, customer)
    if not await block(tx, customer, reason, by=PERSON, person=who.person):
        raise rules.BlockedAlready
    return await exposure.credit_of(tx, customer)


async def release_credit(
    tx: Transaction, customer: UUID, reason: str, who: Principal
) -> CreditAccount:
    """Somebody releases a customer's credit, whoever has blocked it.

    Raises:
        NotFound, NotBlocked
    """
    await exposure.credit_of(tx, customer)
    if not await release(tx, customer, reason, by=PERSON, person=who.person):
        raise rules.NotBlocked
    return await exposure.credit_of(tx, customer)
