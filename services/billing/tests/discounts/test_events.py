from __future__ import annotations

from typing import Any

from billing.discounts import events
from billing.discounts.model import Breach, Sold
from contracts.customers.order_placed import OrderPlacedV1
from contracts.samples import SAMPLES


def test_what_we_tell_of_a_decided_discount_is_the_sample_that_others_read():
    sample: Any = SAMPLES["billing.discount-decided.v1"]
    row = sample.__dict__ | {
        "id": sample.discount,
        "currency": "MXN",
        "state": "approved",
        "verdict": sample.reason,
        "listed": sample.listed.amount,
        "net": sample.net.amount,
    }
    lines = [
        line.__dict__ | {"listed": line.listed.amount, "net": line.net.amount}
        for line in sample.lines
    ]
    assert events.decided(row, lines) == sample


def test_what_we_tell_of_a_breach_is_the_sample_that_others_read():
    sample: Any = SAMPLES["billing.price-breach-found.v1"]
    order: Any = SAMPLES["customers.order-placed.v1"]
    assert isinstance(order, OrderPlacedV1)
    order = order.model_copy(update={"placed_on": sample.placed_on, "unit": sample.unit})
    found = [
        Breach(
            Sold(line.number, line.product, line.quantity, line.net, None), line.least, line.short
        )
        for line in sample.lines
    ]
    assert events.breach_found(order, found) == sample
