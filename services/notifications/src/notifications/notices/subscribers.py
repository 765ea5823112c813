"""What people are told of."""

from __future__ import annotations

from contracts.billing.invoice_overdue import InvoiceOverdueV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from contracts.targets.attainment_reached import AttainmentReachedV1
from kernel import clock
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from notifications.notices.commands import tell

subscriptions = Subscriptions()


@subscriptions.on(OrderHeldV1)
async def order_held(tx: Transaction, message: Received[OrderHeldV1]) -> None:
    """Somebody has to decide, and the rep has to know."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(OrderReleasedV1)
async def order_released(tx: Transaction, message: Received[OrderReleasedV1]) -> None:
    """The rep can go on."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(OrderRejectedV1)
async def order_rejected(tx: Transaction, message: Received[OrderRejectedV1]) -> None:
    """The rep has to speak to the customer."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(InvoiceOverdueV1)
async def invoice_overdue(tx: Transaction, message: Received[InvoiceOverdueV1]) -> None:
    """Somebody has to ask for the money."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(AttainmentReachedV1)
async def attainment_reached(tx: Transaction, message: Received[AttainmentReachedV1]) -> None:
    """A quota is reached."""
    await tell(tx, message, now=clock.now())
