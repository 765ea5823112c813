"""A customer's credit, and what each order takes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        """What may still be ordered; below zero after a limit was lowered; None without one."""
        return None if self.limit is None else self.limit - self.used


class State(StrEnum):
    """How an order stands with its credit."""

    KNOWN = "known"
    """Delivered or cancelled before we heard that it was placed."""
    RESERVED = "reserved"
    HELD = "held"
    ORDERED = "ordered"
    REJECTED = "rejected"
    VOID = "void"


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

    @property
    def open(self) -> Money:
        """What of the order counts against the credit now, and is not yet an invoice."""
        rest = self.order.total - self.invoiced
        counts = self.state in {State.RESERVED, State.ORDERED} and not self.complete
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
    """The order fits: its total is taken from what the customer may still order."""

    customer: UUID
    order: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderHeld:
    """The order goes beyond the available credit by `missing`, and waits for a decision."""

    customer: UUID
    order: UUID
    missing: Money
