"""What we tell the others about orders and their credit."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from billing.exposure.model import Commitment, CreditReserved, Exposure, Order, OrderHeld
from billing.exposure.store import AccountRow
from contracts.billing.credit_alert import CreditAlertV1
from contracts.billing.credit_reserved import CreditReservedV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from contracts.billing.reservation_expired import ReservationExpiredV1
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
        why=fact.why.value,
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


def expired(reserved: Commitment) -> ReservationExpiredV1:
    """Nobody confirmed the order in time; its credit is free again."""
    order = reserved.order
    return ReservationExpiredV1(
        unit=order.unit,
        order=order.order,
        number=order.number,
        customer=order.customer,
        rep=order.rep,
        amount=reserved.open,
    )


def alert(
    account: AccountRow, number: str | None, now: Exposure, threshold: Decimal
) -> CreditAlertV1:
    """The credit is used up to a threshold."""
    assert now.limit is not None, "without a limit no threshold is reached"
    return CreditAlertV1(
        unit=account.unit,
        customer=account.customer,
        customer_number=number,
        company=account.company,
        rep=account.owner,
        threshold=threshold,
        used=now.used,
        limit=now.limit,
    )
