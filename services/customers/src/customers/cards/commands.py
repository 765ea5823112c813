"""Registering and changing customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from contracts.customers.cards import ChangeCustomer, NewContact, RegisterCustomer
from customers.cards import rules
from customers.cards.events import customer_changed
from customers.cards.model import Card, Contact
from customers.cards.queries import get_card
from customers.cards.store import Cards
from customers.organisation.model import Person, Unit
from customers.organisation.queries import find_person, find_unit
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal


async def register(tx: Transaction, asked: RegisterCustomer, who: Principal) -> Card:
    """Make a new card, with every detail checked."""
    unit = await _unit(tx, asked.unit, who)
    cards = Cards(tx)
    named = rules.checked_owner(asked.owner, person=who.person, own_only=who.own_only)
    owner = await _known_owner(tx, named, unit.company)
    card = Card(
        id=uuid7(),
        number=asked.number or await cards.next_number(),
        kind=asked.kind,
        company=unit.company,
        unit=unit.id,
        owner=owner.id if owner else None,
        currency=_currency(asked.currency, unit),
        contacts=_contacts(asked.contacts, unit.country),
        unit_name=unit.name,
        owner_name=owner.name if owner else None,
        **_details(asked, unit.country, name=asked.name),
    )
    if not await cards.add(card):
        raise rules.DuplicateNumber(card.number)
    tx.announce(customer_changed(card), person=card.owner)
    return card


async def change(tx: Transaction, asked: ChangeCustomer, who: Principal) -> Card:
    """Change what is given on a card; details are checked by the country of its unit."""
    cards = Cards(tx)
    before = await cards.get(asked.customer, lock=True)
    if before is None:
        raise NotFound("customer", str(asked.customer))
    unit = await _unit(tx, asked.unit or before.unit, who)
    if unit.company != before.company:
        raise rules.UnknownUnit(unit.id)
    after = replace(before, unit=unit.id, **_details(asked, unit.country, name=asked.name))
    if asked.owner is not None:
        named = rules.checked_owner(asked.owner or None, person=who.person, own_only=who.own_only)
        owner = await _known_owner(tx, named, unit.company)
        after = replace(after, owner=owner.id if owner else None)
    if asked.active is not None:
        after = replace(after, active=asked.active)
    if asked.contacts is not None:
        after = replace(after, contacts=_contacts(asked.contacts, unit.country, before.contacts))
    if after != before:
        await cards.replace(after)
        tx.announce(customer_changed(after), person=after.owner)
    return await get_card(tx, after.id)


async def _unit(tx: Transaction, unit: str, who: Principal) -> Unit:
    found = await find_unit(tx, unit) if unit in who.units else None
    if found is None:
        raise rules.UnknownUnit(unit)
    return found


async def _known_owner(tx: Transaction, owner: UUID | None, company: str) -> Person | None:
    if owner is None:
        return None
    person = await find_person(tx, owner)
    if person is None or person.company != company:
        raise rules.UnknownOwner(owner)
    return person


def _currency(asked: str | None, unit: Unit) -> str:
    currency = asked or unit.currency
    minor_digits(currency)
    return currency


def _details(
    asked: RegisterCustomer | ChangeCustomer, country: str | None, *, name: str | None
) -> dict[str, Any]:
    """What is given, checked; an empty text is nothing."""
    given: dict[str, Any] = {}
    if name is not None:
        given["name"] = rules.checked_name(name)
    if asked.tax_id is not None:
        given["tax_id"] = rules.checked_tax_id(asked.tax_id, country) if asked.tax_id else None
    return given | _addresses(asked.email, asked.phone, country)


def _addresses(email: str | None, phone: str | None, country: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if email is not None:
        given["email"] = rules.checked_email(email) if email else None
    if phone is not None:
        given["phone"] = rules.checked_phone(phone, country) if phone else None
    return given


def _contacts(
    asked: Sequence[NewContact], country: str | None, before: Sequence[Contact] = ()
) -> tuple[Contact, ...]:
    known = {contact.id: contact for contact in before}
    return tuple(_contact(contact, country, known) for contact in asked)


def _contact(asked: NewContact, country: str | None, known: Mapping[UUID, Contact]) -> Contact:
    if asked.contact is not None and asked.contact not in known:
        raise rules.UnknownContact(asked.contact)
    return Contact(
        id=asked.contact or uuid7(),
        name=rules.checked_name(asked.name),
        job=asked.job.strip(),
        **_addresses(asked.email, asked.phone, country),
    )
