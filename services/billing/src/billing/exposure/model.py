"""A customer's credit, and what each order takes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes and has ordered, against the limit; None is no limit."""

    customer: UUID
    limit: Money | None
    receivable: Money
    """Open invoices."""
    ordered: Money
    """Confirmed orders, less what of them is invoiced."""
    reserved: Money
    """Orders placed and not yet confirmed."""
    unallocated: Money
    """Payments and credits not yet matched to an invoice."""
    group_available: Money | None = None
    """What the customer's group may still order; None without a group, or one without limit."""
    blocked: bool = False
    """No new credit, whatever is available."""

    @property
    def currency(self) -> str:
        """The currency in which the customer has credit."""
        return self.receivable.currency

    @property
    def used(self) -> Money:
        """What counts against the limit."""
        return self.receivable + self.ordered + self.reserved - self.unallocated

    @property
    def available(self) -> Money | None:
        """What may still be ordered; below zero after a limit was lowered; None without one.

        In a group it is what both leave: the customer's own limit and that of the group.
        """
        own = self.own_available
        bounds = [bound for bound in (own, self.group_available) if bound is not None]
        return min(bounds, default=None)

    @property
    def own_available(self) -> Money | None:
        """What the customer's own limit leaves; None without one."""
        return None if self.limit is None else self.limit - self.used


class OrderClass(StrEnum):
    """How an order is paid for, which decides when it takes credit."""

    ON_ACCOUNT = "on-account"
    """From the moment it is placed."""
    CALL_OFF = "call-off"
    """With each delivery that is called for: an order of that much is only a frame."""
    CASH = "cash"
    PREPAID = "prepaid"


class HeldFor(StrEnum):
    """What an order is held for."""

    LIMIT = "limit"
    GROUP = "group"
    BLOCKED = "blocked"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a company says of its credit: how long a reservation stands, when to warn."""

    reservation_days: int
    alert_at: tuple[Decimal, ...]
    """Fractions of the limit, the lowest first: 0.8 is 80 %."""


class State(StrEnum):
    """How an order stands with its credit."""

    KNOWN = "known"
    """Delivered or cancelled before we heard that it was placed."""
    RESERVED = "reserved"
    HELD = "held"
    ORDERED = "ordered"
    REJECTED = "rejected"
    VOID = "void"
    EXPIRED = "expired"
    """Reserved, and not confirmed in time."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as billing sees it: who wants how much, taxes included."""

    order: UUID
    number: str
    customer: UUID
    company: str
    unit: str
    rep: UUID | None
    total: Money
    order_class: OrderClass = OrderClass.ON_ACCOUNT


@dataclass(frozen=True, slots=True)
class Commitment:
    """What one order takes of the credit: all of it at first, less with every delivery."""

    order: Order
    state: State
    invoiced: Money
    complete: bool = False
    """Nothing remains to be delivered."""
    missing: Money | None = None
    """What the credit fell short by, when it was held."""
    why: HeldFor | None = None
    """What it was held for."""
    expires_at: datetime | None = None
    """When its reservation ends, unless the order is confirmed by then."""

    @property
    def open(self) -> Money:
        """What of the order counts against the credit now, and is not yet an invoice."""
        rest = self.order.total - self.invoiced
        accepted = self.state in {State.RESERVED, State.ORDERED} and not self.complete
        counts = accepted and self.order.order_class is OrderClass.ON_ACCOUNT
        return rest if counts and rest.amount > 0 else Money.zero(rest.currency)

    @property
    def shown(self) -> str:
        """The state as people are told it: an order delivered in full is invoiced."""
        done = self.complete or self.invoiced >= self.order.total
        accepted = {State.KNOWN, State.RESERVED, State.ORDERED}
        return "invoiced" if self.state in accepted and done else self.state.value

    def turned(self, state: State) -> Commitment:
        """The same commitment in another state."""
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class CreditReserved:
    """The order fits: its total is taken from what the customer may still order.

    The amount is zero where the order itself takes no credit.
    """

    customer: UUID
    order: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderHeld:
    """The order goes beyond the available credit by `missing`, and waits for a decision."""

    customer: UUID
    order: UUID
    missing: Money
    why: HeldFor = HeldFor.LIMIT
