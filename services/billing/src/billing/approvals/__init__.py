"""One inbox for everything that needs somebody's authority, and what was decided about it."""

from __future__ import annotations

from billing.approvals.acts import on_decided

__all__ = ["on_decided"]
