"""An expense claim was approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message
from kernel.money import Money


class ExpenseV1(Message):
    """One expense of the claim."""

    category: str
    spent_on: date
    amount: Money


class ExpenseApprovedV1(Event):
    """The claimant is to be paid back `total`; the expenses are actual."""

    type: ClassVar = "billing.expense-approved.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "claim"

    claim: UUID
    company: str
    claimant: UUID
    total: Money
    approved_by: UUID | None
    expenses: Sequence[ExpenseV1]
