"""Promises to pay and payment plans; whether they are kept is computed from what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import EVERYONE, REP, Command, Question

PROMISE_TAKERS = APPROVERS | {REP}
PromiseState = Literal["open", "kept", "broken", "cancelled"]


class Promise(Message):
    """So much by this day; `paid` is what came in for it from the day it was made."""

    promise: UUID
    customer: UUID
    amount: Money
    made_on: date
    promised_on: date
    note: str
    made_by: UUID
    state: PromiseState
    paid: Money


class RecordPromise(Command[Promise]):
    """Write down what a customer promised to pay, at most what is owed."""

    operation: ClassVar = "billing.record-promise"
    answer: ClassVar = Promise
    roles: ClassVar = PROMISE_TAKERS
    customer: UUID
    amount: Money
    promised_on: date
    note: str = Field(default="", max_length=1000)


class CancelPromise(Command[Promise]):
    """Take a promise off the list: it was a mistake, or another one takes its place."""

    operation: ClassVar = "billing.cancel-promise"
    answer: ClassVar = Promise
    roles: ClassVar = PROMISE_TAKERS
    promise: UUID


class Promises(Message):
    """The promises of a customer, the latest promised day first."""

    items: Sequence[Promise]


class ListPromises(Question[Promises]):
    """What a customer promised, and what became of it."""

    operation: ClassVar = "billing.list-promises"
    answer: ClassVar = Promises
    roles: ClassVar = EVERYONE
    customer: UUID


class PlanInstalment(Message):
    """A part of a plan and its day."""

    due_on: date
    amount: Money


class PaymentPlan(Message):
    """A plan over open invoices; while it is kept they are not reminded.

    It is broken while an instalment is late: `late` is how much, `missed` the first of them.
    """

    plan: UUID
    customer: UUID
    agreed_on: date
    agreed_by: UUID
    note: str
    items: Sequence[UUID]
    instalments: Sequence[PlanInstalment]
    total: Money
    paid: Money
    state: PromiseState
    late: Money
    missed: int | None


class AgreePlan(Command[PaymentPlan]):
    """Agree with a customer that open invoices are paid in parts that add up to them.

    Give the instalments themselves, or how many of them from which day on, a month apart: then
    they are equal to the cent.
    """

    operation: ClassVar = "billing.agree-plan"
    answer: ClassVar = PaymentPlan
    roles: ClassVar = APPROVERS
    customer: UUID
    items: Sequence[UUID] = Field(min_length=1, max_length=500)
    instalments: Sequence[PlanInstalment] = Field(default=(), max_length=120)
    number: int | None = Field(default=None, ge=1, le=120)
    first_on: date | None = None
    note: str = Field(default="", max_length=1000)


class CancelPlan(Command[PaymentPlan]):
    """End a plan; its invoices are reminded again by their own due days."""

    operation: ClassVar = "billing.cancel-plan"
    answer: ClassVar = PaymentPlan
    roles: ClassVar = APPROVERS
    plan: UUID


class PaymentPlans(Message):
    """The plans of a customer, the latest first."""

    items: Sequence[PaymentPlan]


class ListPlans(Question[PaymentPlans]):
    """What was agreed with a customer, and how it goes."""

    operation: ClassVar = "billing.list-payment-plans"
    answer: ClassVar = PaymentPlans
    roles: ClassVar = EVERYONE
    customer: UUID
