"""How Alembic finds the gateway's database."""

from __future__ import annotations

from kernel.migrations import migrate

migrate()
