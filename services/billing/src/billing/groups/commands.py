"""Founding groups, granting them a limit, and saying who shares it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from billing.approvals import commands as approvals
from billing.approvals import on_decided
from billing.approvals.model import Approval
from billing.authorities import queries as authorities
from billing.authorities.model import Reach
from billing.exposure import queries as exposure
from billing.exposure.book import Book
from billing.exposure.store import AccountRow
from billing.groups import queries, rules, store
from billing.groups.queries import SET_GROUP_LIMIT
from billing.limits import commands as limits
from billing.limits import rules as granting
from billing.limits import store as history
from contracts.billing.groups import CreditGroup, PutGroup, PutInGroup, SetGroupLimit
from contracts.billing.limits import CreditAccount
from kernel import clock
from kernel.database import Transaction
from kernel.money import minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal


async def put_group(tx: Transaction, asked: PutGroup, who: Principal) -> CreditGroup:
    """Found a group without credit, or name it anew.

    Raises:
        NotFound: the unit is out of the person's scope.
        GroupFixed: it is there, in another company or currency.
    """
    for what, unit in (("company", asked.company), ("unit", asked.unit)):
        if unit not in who.units:
            raise NotFound(what, unit)
    minor_digits(asked.currency)
    await store.put(tx, asked.group, (asked.company, asked.unit), asked.name, asked.currency)
    seen = await queries.one(tx, asked.group)
    if (seen.company, seen.currency) != (asked.company, asked.currency):
        raise rules.GroupFixed(seen.company, seen.currency)
    return seen


async def set_group_limit(tx: Transaction, asked: SetGroupLimit, who: Principal) -> CreditGroup:
    """Grant a group a limit; above a threshold it waits for a second person.

    Raises:
        NotFound, and what granting a customer's limit raises.
    """
    group = await queries.found(tx, asked.group)
    limit = granting.checked(asked.limit, group.currency, None, clock.today())
    roles = await authorities.roles_at(tx, who, group.company, group.unit)
    held = await authorities.held(tx, group.company, SET_GROUP_LIMIT, group.unit)
    if granting.granted(limit, group.currency, roles, held) is Reach.ALONE:
        # The request before the group, as in a decision: so these two never wait in a ring.
        await approvals.withdraw(tx, SET_GROUP_LIMIT, [group.id])
        await store.set_limit(tx, group.id, limit, who.person, asked.reason)
    else:
        await approvals.request(
            tx,
            act=SET_GROUP_LIMIT,
            company=group.company,
            unit=group.unit,
            subject=group.id,
            amount=limit,
            currency=group.currency,
            requested_by=who.person,
            reason=asked.reason,
            details={"group": group.name},
            who=who,
        )
    return await queries.one(tx, group.id)


@on_decided(SET_GROUP_LIMIT, own_authority=True)
async def group_limit_decided(tx: Transaction, approval: Approval) -> None:
    """A group's limit that was approved is in force."""
    assert approval.decided_by
    if approval.approved:
        by = approval.decided_by
        await store.set_limit(tx, approval.subject, approval.amount, by, approval.reason)


async def put_in_group(tx: Transaction, asked: PutInGroup, who: Principal) -> CreditAccount:
    """Let a customer share a group's limit, or not any more.

    Out of a group only its own limit holds, so it takes the authority to grant that one.

    Raises:
        NotFound, GroupOfOtherCompany, GroupInOtherCurrency, AboveAuthority,
        NoLimitAboveAuthority
    """
    await exposure.credit_of(tx, asked.customer)
    book = await Book.of_customers(tx, [asked.customer])
    account = book.account(asked.customer)
    if asked.group == account.group:
        return await exposure.credit_of(tx, asked.customer)
    if account.group:
        await _may_release(tx, account, who)
    if asked.group:
        group = await queries.found(tx, asked.group, lock=True)
        rules.may_share(account.company, account.currency, group.company, group.currency)
    await store.put_in(tx, asked.customer, asked.group)
    source = _named(asked.group)
    change = history.Change("group", source=source, by=who.person, reason=asked.reason)
    await history.keep(tx, replace(account, group=asked.group), change)
    return await exposure.credit_of(tx, asked.customer)


async def _may_release(tx: Transaction, account: AccountRow, who: Principal) -> None:
    roles = await authorities.roles_at(tx, who, account.company, account.unit)
    held = await authorities.held(tx, account.company, limits.SET_LIMIT, account.unit)
    granting.granted(account.limit, account.currency, roles, held)


def _named(group: UUID | None) -> str | None:
    return None if group is None else str(group)
