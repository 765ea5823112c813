"""How Alembic reaches the database: see kernel.migrations."""

from __future__ import annotations

from kernel.migrations import migrate

migrate()
