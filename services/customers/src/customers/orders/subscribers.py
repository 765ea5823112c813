"""What billing decides about an order's credit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.billing.credit_reserved import CreditReservedV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from contracts.billing.reservation_expired import ReservationExpiredV1
from customers.orders.commands import decide
from customers.orders.model import Decision, Step
from kernel.context import following
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions

subscriptions = Subscriptions()


@subscriptions.on_many(CreditReservedV1)
async def confirm(tx: Transaction, messages: Sequence[Received[CreditReservedV1]]) -> None:
    """The credit stands: the orders are confirmed."""
    await decide(tx, [_decision(each, Step.RESERVED) for each in messages])


@subscriptions.on_many(OrderHeldV1)
async def hold(tx: Transaction, messages: Sequence[Received[OrderHeldV1]]) -> None:
    """The credit does not suffice: the orders wait for somebody to decide."""
    await decide(tx, [_decision(each, Step.HELD, missing=each.event.missing) for each in messages])


@subscriptions.on_many(OrderReleasedV1)
async def release(tx: Transaction, messages: Sequence[Received[OrderReleasedV1]]) -> None:
    """Somebody with the authority let them go ahead."""
    await decide(tx, [_decision(each, Step.RELEASED) for each in messages])


@subscriptions.on_many(OrderRejectedV1)
async def reject(tx: Transaction, messages: Sequence[Received[OrderRejectedV1]]) -> None:
    """Somebody with the authority refused the credit: the orders are cancelled."""
    await decide(
        tx, [_decision(each, Step.REJECTED, reason=each.event.reason) for each in messages]
    )


@subscriptions.on_many(ReservationExpiredV1)
async def expire(tx: Transaction, messages: Sequence[Received[ReservationExpiredV1]]) -> None:
    """Nobody confirmed the orders in time: they are cancelled, unless they went ahead."""
    await decide(tx, [_decision(each, Step.EXPIRED) for each in messages])


def _decision(message: Received[Any], step: Step, **more: Any) -> Decision:
    on = message.occurred_at.date()
    return Decision(message.event.order, step, on, following(message), **more)
