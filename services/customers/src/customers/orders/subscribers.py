"""What billing decides about an order's credit."""

from __future__ import annotations

from contracts.billing.credit_reserved import CreditReservedV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from customers.orders.commands import decide
from customers.orders.model import Step
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on(CreditReservedV1)
async def confirm(tx: Transaction, message: Received[CreditReservedV1]) -> None:
    """The credit stands: the order is confirmed."""
    await decide(tx, message.event.order, Step.RESERVED, on=message.occurred_at.date())


@subscriptions.on(OrderHeldV1)
async def hold(tx: Transaction, message: Received[OrderHeldV1]) -> None:
    """The credit does not suffice: the order waits for somebody to decide."""
    on, missing = message.occurred_at.date(), message.event.missing
    await decide(tx, message.event.order, Step.HELD, on=on, missing=missing)


@subscriptions.on(OrderReleasedV1)
async def release(tx: Transaction, message: Received[OrderReleasedV1]) -> None:
    """Somebody with the authority let it go ahead."""
    await decide(tx, message.event.order, Step.RELEASED, on=message.occurred_at.date())


@subscriptions.on(OrderRejectedV1)
async def reject(tx: Transaction, message: Received[OrderRejectedV1]) -> None:
    """Somebody with the authority refused the credit: the order is cancelled."""
    on, reason = message.occurred_at.date(), message.event.reason
    await decide(tx, message.event.order, Step.REJECTED, on=on, reason=reason)
