"""What settles what: matching by hand, taking back, charging, instalments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.billing.ledger import Allocation, Document
from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.money import Money
from kernel.operations import ADMINISTRATOR, DIRECTOR, EVERYONE, Command, Question

ChargeKind = Literal["interest", "fee"]
AllocationRule = Literal["exact", "priority", "oldest"]
OwedKind = Literal["invoice", "interest", "fee"]


class PaymentReversed(Message):
    """A payment that is not there after all."""

    payment: UUID
    number: str
    amount: Money
    reversed_on: date


class ReversePayment(Command[PaymentReversed]):
    """Take a payment back, once: what it settled is owed again."""

    operation: ClassVar = "billing.reverse-payment"
    answer: ClassVar = PaymentReversed
    roles: ClassVar = APPROVERS
    payment: UUID
    reversed_on: date
    reason: str = Field(min_length=1, max_length=500)


class AllocationPart(Message):
    """So much for this item (an invoice, an instalment, a charge); without an amount all of it."""

    item: UUID
    amount: Money | None = None


class CreditMatched(Message):
    """A payment or credit note, what it settled now, and what is left of it."""

    credit: UUID
    number: str
    allocations: Sequence[Allocation]
    unallocated: Money


class AllocateCredit(Command[CreditMatched]):
    """What is left of a payment or credit note settles these items; without any, by the rules."""

    operation: ClassVar = "billing.allocate-credit"
    answer: ClassVar = CreditMatched
    roles: ClassVar = APPROVERS
    credit: UUID
    parts: Sequence[AllocationPart] = Field(default=(), max_length=500)


class ReallocateCredit(Command[CreditMatched]):
    """All that a payment or credit note settled is taken back, and it settles these instead.

    What is not said stays as unallocated credit.
    """

    operation: ClassVar = "billing.reallocate-credit"
    answer: ClassVar = CreditMatched
    roles: ClassVar = APPROVERS
    credit: UUID
    parts: Sequence[AllocationPart] = Field(default=(), max_length=500)


class PlannedInstalment(Message):
    """So much is due on this day."""

    due_on: date
    amount: Money


class ItemInstalment(Message):
    """An instalment under its own id."""

    item: UUID
    instalment: int
    due_on: date
    amount: Money


class ItemSplit(Message):
    """An invoice or charge and the instalments that one item of it became."""

    invoice: UUID
    number: str
    instalments: Sequence[ItemInstalment]


class SplitItem(Command[ItemSplit]):
    """What is open of an item is owed in instalments from now on; they add up to it."""

    operation: ClassVar = "billing.split-item"
    answer: ClassVar = ItemSplit
    roles: ClassVar = APPROVERS
    item: UUID
    instalments: Sequence[PlannedInstalment] = Field(min_length=1, max_length=120)


class DocumentItem(Message):
    """An instalment of an invoice, or all of it: what it is of, and what is open."""

    item: UUID
    instalment: int
    due_on: date
    amount: Money
    open: Money
    disputed: bool


class DocumentItems(Message):
    """The instalments of a document in their order."""

    items: Sequence[DocumentItem]


class ListDocumentItems(Question[DocumentItems]):
    """The instalments of an invoice or charge."""

    operation: ClassVar = "billing.list-document-items"
    answer: ClassVar = DocumentItems
    roles: ClassVar = EVERYONE
    document: UUID


class ChargeCustomer(Command[Document]):
    """Charge a customer interest or a fee: a receivable of its own, and no sale."""

    operation: ClassVar = "billing.charge-customer"
    answer: ClassVar = Document
    roles: ClassVar = APPROVERS
    customer: UUID
    kind: ChargeKind
    amount: Money
    due_on: date
    reason: str = Field(min_length=1, max_length=500)
    invoice: UUID | None = None
    """Because of which invoice, if it is because of one."""


class AllocationPolicy(Message):
    """How payments that name nothing are allocated: these rules, one after the other.

    `exact`: what owes exactly this amount. `priority`: these kinds before all else, in their
    order. `oldest`: what is due longest. A rule that is left out settles nothing; without
    `oldest` the rest stays as unallocated credit.
    """

    company: str
    rules: Sequence[AllocationRule]
    priority: Sequence[OwedKind]


class GetAllocationPolicy(Question[AllocationPolicy]):
    """How a company allocates payments."""

    operation: ClassVar = "billing.get-allocation-policy"
    answer: ClassVar = AllocationPolicy
    roles: ClassVar = EVERYONE
    company: str


class SetAllocationPolicy(Command[AllocationPolicy]):
    """Say how a company allocates payments from now on."""

    operation: ClassVar = "billing.set-allocation-policy"
    answer: ClassVar = AllocationPolicy
    roles: ClassVar = frozenset({DIRECTOR, ADMINISTRATOR})
    company: str
    rules: Sequence[AllocationRule] = Field(max_length=3)
    priority: Sequence[OwedKind] = Field(default=("interest", "fee"), max_length=3)
