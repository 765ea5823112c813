"""Which files were uploaded, for which unit, by whom."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0002"
down_revision = "0001"

FILES = """
CREATE TABLE files (
    file text COLLATE "C" NOT NULL CHECK (file ~ '^sha256:[0-9a-f]{64}$'),
    unit text NOT NULL,
    uploaded_by uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    media_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (file, unit, uploaded_by)
)
"""


def upgrade() -> None:
    """Files are business data: whoever sees the unit sees them, a rep only their own."""
    op.execute(FILES)
    for statement in policies("files", service="gateway", owner="uploaded_by"):
        op.execute(statement)
    for statement in grants("gateway", "files", app="SELECT, INSERT", worker="SELECT"):
        op.execute(statement)
