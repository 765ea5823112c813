"""What can be asked of the organisation."""

from __future__ import annotations

from billing.organisation.store import known_people, known_units

__all__ = ["known_people", "known_units"]
