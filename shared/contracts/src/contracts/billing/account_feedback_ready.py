"""The monthly account feedback of a rep is ready."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message
from kernel.money import Money


class AccountFiguresV1(Message):
    """A month of a rep's accounts in one currency; ratios are None where they are not known."""

    opening: Money
    invoiced: Money
    collected: Money
    closing: Money
    overdue: Money
    """Of the closing balance."""
    dso: Decimal | None
    effectiveness: Decimal | None
    weighted_days_late: Decimal | None
    on_time: Decimal | None


class AccountFeedbackReadyV1(Event):
    """Told once per rep and month; the whole of it is asked for by rep and month."""

    type: ClassVar = "billing.account-feedback-ready.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "feedback"

    feedback: UUID
    company: str
    rep: UUID
    month: str
    """As 2026-03."""
    figures: Sequence[AccountFiguresV1]
    """One for each currency."""
    customers_overdue: int
