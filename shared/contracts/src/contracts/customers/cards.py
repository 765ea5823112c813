"""Customer cards: registered, changed, found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kernel.events import Message
from kernel.operations import (
    ADMINISTRATOR,
    DIRECTOR,
    MANAGER,
    REP,
    Command,
    Page,
    Question,
)

CARD_KEEPERS = frozenset({REP, MANAGER, DIRECTOR, ADMINISTRATOR})
CustomerKind = Literal["company", "person"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(max_length=100)]
Detail = Annotated[str, Field(max_length=254)]


class NewContact(Message):
    """Somebody to speak to at a customer; `contact` names one already on the card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: UUID | None = None
    name: Name
    job: Short = ""
    email: Detail | None = None
    phone: Short | None = None


class Contact(Message):
    """Somebody to speak to at a customer."""

    contact: UUID
    name: str
    job: str = ""
    email: str | None = None
    phone: str | None = None


class Card(Message):
    """The whole card of a customer; after an erasure `name` is the number and the rest empty."""

    customer: UUID
    number: str
    kind: CustomerKind
    name: str
    company: str
    unit: str
    unit_name: str
    owner: UUID | None
    owner_name: str | None
    currency: str
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    """In international form: `+528183334455`."""
    active: bool = True
    contacts: Sequence[Contact] = ()


class CardRow(Message):
    """A card as lists show it."""

    customer: UUID
    number: str
    kind: CustomerKind
    name: str
    company: str
    unit: str
    owner: UUID | None
    owner_name: str | None
    currency: str
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    active: bool = True


class RegisterCustomer(Command[Card]):
    """A new card; without `number` one is given, without `owner` a rep registers for themselves.

    Tax id and phone are checked by the rules of the unit's country, where it is known.
    """

    operation: ClassVar = "customers.register-customer"
    answer: ClassVar = Card
    roles: ClassVar = CARD_KEEPERS
    kind: CustomerKind = "company"
    name: Name
    unit: str
    number: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    owner: UUID | None = None
    currency: str | None = None
    """ISO 4217; without it the company's."""
    tax_id: Short | None = None
    email: Detail | None = None
    phone: Short | None = None
    contacts: Sequence[NewContact] = ()


class ChangeCustomer(Command[Card]):
    """What is not given stays as it is; an empty text takes the detail away.

    `contacts`, where given, is the whole list: who is missing in it is removed.
    """

    operation: ClassVar = "customers.change-customer"
    answer: ClassVar = Card
    roles: ClassVar = CARD_KEEPERS
    customer: UUID
    name: Name | None = None
    unit: str | None = None
    owner: UUID | Literal[""] | None = None
    tax_id: Short | None = None
    email: Detail | None = None
    phone: Short | None = None
    active: bool | None = None
    contacts: Sequence[NewContact] | None = None


class GetCustomer(Question[Card]):
    """One card, by its identifier."""

    operation: ClassVar = "customers.get-customer"
    answer: ClassVar = Card
    customer: UUID


class ListCustomers(Question[Page[CardRow]]):
    """Cards in the order of the Spanish alphabet.

    `search` ignores accents and case: every word of it begins a word of the name, the number,
    the e-mail address or the tax id. `unit` means that unit and those below it.
    """

    operation: ClassVar = "customers.list-customers"
    answer: ClassVar = Page[CardRow]
    search: Annotated[str, Field(max_length=200)] | None = None
    unit: str | None = None
    owner: UUID | None = None
    after: str | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
