"""What we tell the others about orders and their credit."""

from __future__ import annotations

from uuid import UUID

from billing.exposure.model import CreditReserved, Order, OrderHeld
from contracts.billing.credit_reserved import CreditReservedV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from kernel.events import Event


def published(order: Order, fact: CreditReserved | OrderHeld) -> Event:
    """A credit decision, as the others are told of it."""
    if isinstance(fact, CreditReserved):
        return CreditReservedV1(
            unit=order.unit,
            order=order.order,
            number=order.number,
            customer=order.customer,
            rep=order.rep,
            amount=fact.amount,
        )
    return OrderHeldV1(
        unit=order.unit,
        order=order.order,
        number=order.number,
        customer=order.customer,
        rep=order.rep,
        total=order.total,
        missing=fact.missing,
    )


def released(order: Order, by: UUID) -> OrderReleasedV1:
    """A held order may go ahead."""
    return OrderReleasedV1(
        unit=order.unit,
        order=order.order,
        number=order.number,
        customer=order.customer,
        rep=order.rep,
        total=order.total,
        released_by=by,
    )


def rejected(order: Order, by: UUID, reason: str) -> OrderRejectedV1:
    """A held order does not get the credit."""
    return OrderRejectedV1(
        unit=order.unit,
        order=order.order,
        number=order.number,
        customer=order.customer,
        rep=order.rep,
        total=order.total,
        rejected_by=by,
        reason=reason,
    )
