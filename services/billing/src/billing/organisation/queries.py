"""What can be asked of the organisation."""

from __future__ import annotations

from billing.organisation.store import company_of, known_people, known_units, upwards

__all__ = ["company_of", "known_people", "known_units", "upwards"]
