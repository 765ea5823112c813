"""Customer 360: who they are, what they owe and promised, what they ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.billing.collection import ListContacts
from contracts.billing.ledger import ListDocuments
from contracts.billing.limits import GetCredit
from contracts.billing.promises import ListPromises
from contracts.customers.cards import GetCustomer
from contracts.customers.orders import ListOrders
from contracts.notifications.inbox import ListNotifications
from gateway.views.parts import Part

if TYPE_CHECKING:
    from uuid import UUID

LATEST = 20


def parts(customer: UUID) -> dict[str, Part]:
    """No profile, no card; everything else may be missing."""
    return {
        "profile": Part(GetCustomer(customer=customer), required=True, seconds=5),
        "credit": Part(GetCredit(customer=customer)),
        "documents": Part(ListDocuments(customer=customer, limit=LATEST)),
        "promises": Part(ListPromises(customer=customer)),
        "contacts": Part(ListContacts(customer=customer, limit=LATEST)),
        "orders": Part(ListOrders(customer=customer, limit=LATEST)),
        "notifications": Part(ListNotifications(unread=True, limit=LATEST)),
    }
