"""What customers as a whole promises."""

from __future__ import annotations

from customers.app import SERVICE


def test_customers_is_never_rebuilt_for_its_handlers_decide_about_orders() -> None:
    assert not SERVICE.projections
