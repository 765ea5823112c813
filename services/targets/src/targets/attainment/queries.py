"""What the other capabilities need of the facts."""

from __future__ import annotations

from targets.attainment.store import lock, rehome

__all__ = ["lock", "rehome"]
