"""The credit book of one transaction: what it has locked, and what it changes, written once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from billing.batch import plan_for
from billing.exposure import events, rules, store
from billing.exposure.model import Commitment, Exposure, State
from billing.exposure.store import ZERO, AccountRow, Balance, Balances, Group
from kernel.database import Transaction
from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Opening:
    """How an account begins whose card has not come yet: history has no limit, the rest no credit."""

    customer: UUID
    company: str
    currency: str
    history: bool

    def account(self) -> AccountRow:
        """The account it becomes, at the company itself until the card says where it belongs."""
        limit = None if self.history else Money.zero(self.currency)
        return AccountRow(
            self.customer, self.company, self.company, None, self.currency, limit, lasting=limit
        )


class Book:
    """Accounts that are locked until the transaction ends, with their changes in memory.

    Everything that changes what a customer owes or has ordered goes through here, so two orders
    never both take the last of a limit.
    """

    def __init__(
        self, tx: Transaction, accounts: dict[UUID, AccountRow], balances: Balances
    ) -> None:
        self._tx = tx
        self._accounts = accounts
        self._balances = balances
        self._changes: Balances = {}
        self._kept: dict[UUID, Commitment] = {}
        self._groups: dict[UUID, Group] = {}
        self._revised: set[UUID] = set()

    async def lock_groups(self) -> None:
        """Lock the groups of the accounts, for a decision that depends on their limits."""
        groups = {account.group for account in self._accounts.values() if account.group}
        self._groups = await store.groups(self._tx, groups, lock=True)

    @classmethod
    async def open(cls, tx: Transaction, openings: Iterable[Opening]) -> Book:
        """Lock the accounts, opening those that are not there yet, and read their balances."""
        wanted = {opening.customer: opening for opening in openings}
        await plan_for(tx, len(wanted))
        accounts = await store.accounts(tx, wanted, lock=True)
        new = [opening.account() for key, opening in wanted.items() if key not in accounts]
        if new:
            await store.open_accounts(tx, new)
            accounts = await store.accounts(tx, wanted, lock=True)
        return cls(tx, accounts, await store.balances_of(tx, wanted))

    @classmethod
    async def of_customers(cls, tx: Transaction, customers: Iterable[UUID]) -> Book:
        """Lock the accounts of customers that are known to have one."""
        whose = set(customers)
        await plan_for(tx, len(whose))
        accounts = await store.accounts(tx, whose, lock=True)
        return cls(tx, accounts, await store.balances_of(tx, whose))

    def account(self, customer: UUID) -> AccountRow:
        """The account of a customer."""
        return self._accounts[customer]

    def revise(self, account: AccountRow) -> None:
        """Take over another limit or block; it is written by whoever grants it."""
        self._accounts[account.customer] = account
        self._revised.add(account.customer)

    def exposure(self, customer: UUID) -> Exposure:
        """The credit of a customer as it is with the changes so far."""
        account = self._accounts[customer]
        balance = self._balances.get((customer, account.currency), Balance())
        group = self._groups.get(account.group) if account.group else None
        left = group_available(group, self._changed_in(group)) if group else None
        return exposure(account, balance, left)

    def _changed_in(self, group: Group) -> Money:
        """What the changes so far add to what a group uses."""
        parts = (
            change.used
            for (customer, currency), change in self._changes.items()
            if currency == group.currency and self._accounts[customer].group == group.id
        )
        return Money(sum(parts, ZERO), group.currency)

    def keep(self, before: Commitment | None, after: Commitment) -> None:
        """Take over what an order takes of the credit now."""
        if before:
            self._commit(before, -1)
        self._commit(after, 1)
        self._kept[after.order.order] = after

    def _commit(self, commitment: Commitment, sign: int) -> None:
        part = sign * commitment.open.amount
        if not part:
            return
        ordered = commitment.state is State.ORDERED
        by = Balance(ordered=part) if ordered else Balance(reserved=part)
        self.change(commitment.order.customer, commitment.order.total.currency, by)

    def change(self, customer: UUID, currency: str, by: Balance) -> None:
        """Add to what a customer owes or has ordered."""
        key = (customer, currency)
        self._changes[key] = self._changes.get(key, Balance()) + by
        self._balances[key] = self._balances.get(key, Balance()) + by

    async def save(self) -> None:
        """Write the changes, and tell whose credit has reached a threshold by them."""
        await store.keep_commitments(self._tx, self._kept.values())
        await store.add_to_balances(self._tx, self._changes)
        await self._alert()

    async def _alert(self) -> None:
        """Tell each threshold once, when it is reached; history is taken note of in silence."""
        reached: dict[UUID, Decimal] = {}
        alarming = []
        for customer in self._revised | {customer for customer, _ in self._changes}:
            account, now = self._accounts[customer], self.exposure(customer)
            threshold = rules.alert(now, account.policy.alert_at)
            if threshold == account.alerted:
                continue
            reached[customer] = threshold
            if threshold > account.alerted and self._tx.origin == "live":
                alarming.append((account, now, threshold))
        await store.keep_alerts(self._tx, reached)
        numbers = await store.numbers_of(self._tx, [each.customer for each, _, _ in alarming])
        for account, now, threshold in alarming:
            event = events.alert(account, numbers.get(account.customer), now, threshold)
            self._tx.announce(event, person=account.owner)


def group_available(group: Group, more: Money) -> Money | None:
    """What a group may still order, when it uses so much more; None without a limit."""
    return None if group.limit is None else group.limit - group.used - more


def exposure(account: AccountRow, balance: Balance, group_left: Money | None = None) -> Exposure:
    """An account and its balance, as the rules speak of them."""
    return Exposure(
        customer=account.customer,
        limit=account.limit,
        receivable=Money(balance.receivable, account.currency),
        ordered=Money(balance.ordered, account.currency),
        reserved=Money(balance.reserved, account.currency),
        unallocated=Money(balance.unallocated, account.currency),
        group_available=group_left,
        blocked=bool(account.blocked),
    )
