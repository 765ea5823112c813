"""All entries of a bank statement were looked at."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event


class StatementMatchedV1(Event):
    """An imported statement was matched: so much is booked, so much waits for somebody."""

    type: ClassVar = "billing.statement-matched.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "statement"

    statement: UUID
    account: UUID
    account_name: str
    company: str
    from_on: date
    to_on: date
    entries: int
    matched: int
    open: int
    """On the worklist: somebody has to say whose money it is."""
    returned: int
