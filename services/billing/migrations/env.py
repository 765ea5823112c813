"""Alembic's entry: the kernel knows how."""

from __future__ import annotations

from kernel.migrations import migrate

migrate()
