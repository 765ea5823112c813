"""Credit file and analysis: scorecards, assessments, the monthly feedback, what reports read by."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

REPORTS = """
ALTER TABLE units ADD COLUMN level text;
COMMENT ON COLUMN units.level IS 'company, region, branch, team, or the word of its source';
CREATE INDEX entries_since ON entries (company, dated_on) WHERE account = 'receivable';
"""


def upgrade() -> None:
    """Make what is new."""
    for script in (REPORTS,):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
