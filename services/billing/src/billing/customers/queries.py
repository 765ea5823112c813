"""What can be asked of customers' cards."""

from __future__ import annotations

from billing.customers.store import numbers, visible

__all__ = ["numbers", "visible"]
