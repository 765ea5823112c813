"""Customer cards on the bus."""

from __future__ import annotations

from dataclasses import fields

from contracts.customers import cards as contract
from contracts.customers.imports import ImportCustomers
from contracts.imports import ImportAnswer
from customers.cards import commands, queries, rules
from customers.cards.imports import import_customers
from customers.cards.model import Card, Contact
from kernel.database import Transaction
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NameMissing: 422,
        rules.TaxIdNotValid: 422,
        rules.EmailNotValid: 422,
        rules.PhoneNotValid: 422,
        rules.UnknownUnit: 404,
        rules.UnknownOwner: 404,
        rules.UnknownContact: 404,
        rules.OwnerIsNotYou: 403,
    }
)


@operations.command(contract.RegisterCustomer)
async def register_customer(
    tx: Transaction, asked: contract.RegisterCustomer, who: Principal
) -> contract.Card:
    """A new card."""
    return _card(await commands.register(tx, asked, who))


@operations.command(contract.ChangeCustomer)
async def change_customer(
    tx: Transaction, asked: contract.ChangeCustomer, who: Principal
) -> contract.Card:
    """A card changed."""
    return _card(await commands.change(tx, asked, who))


@operations.question(contract.GetCustomer)
async def get_customer(
    tx: Transaction, asked: contract.GetCustomer, who: Principal
) -> contract.Card:
    """One card."""
    return _card(await queries.get_card(tx, asked.customer))


@operations.question(contract.ListCustomers)
async def list_customers(
    tx: Transaction, asked: contract.ListCustomers, who: Principal
) -> Page[contract.CardRow]:
    """A page of cards."""
    page, following = await queries.list_cards(tx, asked)
    return Page[contract.CardRow](items=[_row(card) for card in page], next=following)


@operations.command(ImportCustomers)
async def import_cards(tx: Transaction, asked: ImportCustomers, who: Principal) -> ImportAnswer:
    """A batch of cards from another system."""
    return await import_customers(tx, asked, who)


def _row(card: Card) -> contract.CardRow:
    names = contract.CardRow.model_fields.keys() - {"customer", "name"}
    plain = {name: getattr(card, name) for name in names}
    # What was erased is called by its number, which names nobody.
    return contract.CardRow(customer=card.id, name=card.name or card.number, **plain)


def _card(card: Card) -> contract.Card:
    contacts = [_contact(contact) for contact in card.contacts]
    row = _row(card).model_dump()
    return contract.Card(**row, unit_name=card.unit_name, contacts=contacts)


def _contact(contact: Contact) -> contract.Contact:
    plain = {field.name: getattr(contact, field.name) for field in fields(contact)}
    return contract.Contact(contact=plain.pop("id"), **plain)
