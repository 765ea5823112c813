"""How orders are paid for."""

from __future__ import annotations

from alembic import op

revision = "customers_0002"
down_revision = "customers_0001"


def upgrade() -> None:
    """Orders that are there are on account."""
    op.execute(
        "ALTER TABLE orders ADD COLUMN order_class text NOT NULL DEFAULT 'on-account' CHECK"
        " (order_class IN ('on-account', 'call-off', 'cash', 'prepaid'))"
    )
