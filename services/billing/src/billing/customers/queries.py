"""What can be asked of customers' cards."""

from __future__ import annotations

from billing.customers.store import visible

__all__ = ["visible"]
