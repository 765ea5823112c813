"""What can be asked about groups."""

from __future__ import annotations

from uuid import UUID

from billing import paging
from billing.approvals import queries as approvals
from billing.batch import Row
from billing.exposure import store as accounts
from billing.exposure.book import exposure, group_available
from billing.exposure.store import Balance, Group
from billing.groups import store
from contracts.billing import groups as contract
from contracts.billing.limits import LimitChange, LimitChanges
from kernel.database import Transaction
from kernel.money import Money
from kernel.operations import Page
from kernel.problems import NotFound

SET_GROUP_LIMIT = "set-group-limit"


async def found(tx: Transaction, group: UUID, *, lock: bool = False) -> Group:
    """A group as it is now, until the transaction ends if it is locked.

    Raises:
        NotFound: it is not there, or out of the person's scope.
    """
    seen = (await accounts.groups(tx, [group], lock=lock)).get(group)
    if seen is None:
        raise NotFound("group", str(group))
    return seen


async def one(tx: Transaction, group: UUID) -> contract.CreditGroup:
    """A group with its members."""
    waiting = await approvals.waiting_for(tx, SET_GROUP_LIMIT, group)
    return _shown(await found(tx, group), waiting, await _members(tx, group))


async def listed(tx: Transaction, asked: contract.ListGroups) -> Page[contract.CreditGroup]:
    """Groups in scope by name."""
    after = paging.key(asked.after, str, UUID)
    rows = await store.listed(tx, asked.company, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    seen = await accounts.groups(tx, [row["id"] for row in shown], lock=False)
    return Page[contract.CreditGroup](
        items=[_shown(seen[row["id"]], None, []) for row in shown],
        next=last and paging.cursor(last["name"], last["id"]),
    )


async def changes(tx: Transaction, asked: contract.ListGroupLimitChanges) -> LimitChanges:
    """The history of a group's limit, the latest first."""
    await found(tx, asked.group)
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.changes(tx, asked.group, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return LimitChanges(
        items=[_change(row) for row in shown], next=last and paging.cursor(last["id"])
    )


def _change(row: Row) -> LimitChange:
    def amount(of: str) -> Money | None:
        return None if row[of] is None else Money(row[of], row["currency"])

    return LimitChange(
        id=row["id"],
        before=amount("before"),
        after=amount("after"),
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        reason=row["reason"],
    )


async def _members(tx: Transaction, group: UUID) -> list[contract.GroupMember]:
    rows = await store.members(tx, group)
    ids = [row["customer"] for row in rows]
    seen = await accounts.accounts(tx, ids, lock=False)
    balances = await accounts.balances_of(tx, ids)
    members = []
    for row in rows:
        account = seen[row["customer"]]
        now = exposure(account, balances.get((account.customer, account.currency), Balance()))
        members.append(
            contract.GroupMember(
                customer=account.customer,
                number=row["number"],
                name=row["name"],
                unit=account.unit,
                limit=now.limit,
                used=now.used,
            )
        )
    return members


def _shown(
    group: Group, waiting: UUID | None, members: list[contract.GroupMember]
) -> contract.CreditGroup:
    return contract.CreditGroup(
        group=group.id,
        company=group.company,
        unit=group.unit,
        name=group.name,
        currency=group.currency,
        limit=group.limit,
        used=group.used,
        available=group_available(group, Money.zero(group.currency)),
        waiting=waiting,
        members=members,
    )
