"""What the tests of customers have in common: a database with a small organisation in it."""

from __future__ import annotations

from gerencia.testing import service_database

database = service_database("customers")
