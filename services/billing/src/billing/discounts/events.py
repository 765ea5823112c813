"""What others are told about discounts and prices."""

from __future__ import annotations

from collections.abc import Sequence

from billing.batch import Row
from billing.discounts.model import Breach, State
from contracts.billing.discount_decided import DiscountDecidedV1, DiscountLineV1
from contracts.billing.price_breach_found import PriceBreachFoundV1, SoldBelowV1
from contracts.customers.order_placed import OrderPlacedV1
from kernel.money import Money


def decided(row: Row, lines: Sequence[Row]) -> DiscountDecidedV1:
    """A discount was granted or refused, from its rows."""
    currency = row["currency"]
    return DiscountDecidedV1(
        unit=row["unit"],
        discount=row["id"],
        number=row["number"],
        document=row["document"],
        customer=row["customer"],
        company=row["company"],
        rep=row["rep"],
        approved=row["state"] == State.APPROVED,
        decided_by=row["decided_by"],
        reason=row["verdict"],
        listed=Money(row["listed"], currency),
        net=Money(row["net"], currency),
        valid_until=row["valid_until"],
        lines=[
            DiscountLineV1(
                number=line["number"],
                product=line["product"],
                quantity=line["quantity"],
                listed=Money(line["listed"], currency),
                net=Money(line["net"], currency),
            )
            for line in lines
        ],
    )


def breach_found(order: OrderPlacedV1, found: Sequence[Breach]) -> PriceBreachFoundV1:
    """An order has lines below their floor."""
    return PriceBreachFoundV1(
        unit=order.unit,
        order=order.order,
        number=order.number,
        customer=order.customer,
        company=order.company,
        rep=order.rep,
        placed_on=order.placed_on,
        lines=[
            SoldBelowV1(
                number=each.sold.number,
                product=each.sold.product,
                quantity=each.sold.quantity,
                net=each.sold.net,
                least=each.least,
                short=each.short,
            )
            for each in found
        ],
    )
