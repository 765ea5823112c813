"""A customer's card was registered or changed."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from kernel.events import Event, Message


class PersonalV1(Message):
    """What names the customer; erased with it."""

    name: str
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None


class CustomerChangedV1(Event):
    """The card of a customer as it is now."""

    type: ClassVar = "customers.customer-changed.v1"
    kind: ClassVar = "state"
    entity: ClassVar = "customer"

    customer: UUID
    number: str
    """What people and the source system call it: an account number, a key."""
    company: str
    owner: UUID | None = None
    currency: str
    active: bool = True
    personal: PersonalV1 | None = None
