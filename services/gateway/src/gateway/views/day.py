"""The rep's day: own quota and commission, own orders on their way, what is to be collected."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from contracts.billing.ledger import ListDocuments
from contracts.customers.orders import ListOrders
from contracts.notifications.inbox import ListNotifications
from contracts.targets.summaries import GetPersonSummary
from gateway.views.parts import Part

if TYPE_CHECKING:
    from kernel.scope import Principal

LATEST = 50


def parts(who: Principal, on: date) -> dict[str, Part]:
    """What somebody who sells looks at in the morning."""
    return {
        "summary": Part(GetPersonSummary(on=on)),
        "orders_placed": Part(ListOrders(rep=who.person, state="placed", limit=LATEST)),
        "orders_held": Part(ListOrders(rep=who.person, state="held", limit=LATEST)),
        "orders_confirmed": Part(ListOrders(rep=who.person, state="confirmed", limit=LATEST)),
        "open_invoices": Part(ListDocuments(kind="invoice", open_only=True, limit=LATEST)),
        "notifications": Part(ListNotifications(unread=True, limit=LATEST)),
    }
