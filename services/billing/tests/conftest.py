"""Billing's own database, empty in every test."""

from __future__ import annotations

from gerencia.testing import service_database

database = service_database("billing")
