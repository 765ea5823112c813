"""What others hear of a customer's card."""

from __future__ import annotations

from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from customers.cards.model import Card


def customer_changed(card: Card) -> CustomerChangedV1:
    """The card as it is now."""
    return CustomerChangedV1(
        unit=card.unit,
        customer=card.id,
        number=card.number,
        company=card.company,
        owner=card.owner,
        currency=card.currency,
        active=card.active,
        personal=_personal(card),
    )


def _personal(card: Card) -> PersonalV1 | None:
    if card.name is None:
        return None
    return PersonalV1(name=card.name, tax_id=card.tax_id, email=card.email, phone=card.phone)
