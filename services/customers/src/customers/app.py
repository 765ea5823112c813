"""The service: what it answers and what it listens to."""

from __future__ import annotations

from customers.cards import operations as cards
from customers.checks import documents_and_words
from customers.orders import operations as orders
from customers.orders import subscribers as decisions
from customers.organisation import subscribers as organisation
from kernel.service import Service

SERVICE = Service(
    "customers",
    operations=[cards.operations, orders.operations],
    subscriptions=[organisation.subscriptions, decisions.subscriptions],
    checks=[documents_and_words],
)
