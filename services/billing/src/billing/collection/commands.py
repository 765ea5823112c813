"""Writing down what was said with customers, and asking superiors to step in."""

from __future__ import annotations

from datetime import date

from billing.collection import queries, rules, store
from billing.customers import queries as customers
from billing.exposure import queries as credit
from contracts.billing import collection as contract
from contracts.billing.collection_escalated import CollectionEscalatedV1
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.scope import Principal


async def record_contact(
    tx: Transaction, asked: contract.RecordContact, who: Principal, *, today: date
) -> contract.Contact:
    """Write down a contact; with a next day the customer is off the worklist until then.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
        NextBeforeToday
    """
    account = await credit.credit_of(tx, asked.customer)
    if asked.next_on is not None and asked.next_on < today:
        raise rules.NextBeforeToday(asked.next_on, today)
    await store.add_contact(
        tx, uuid7(), asked.customer, account.company, asked.channel, asked.outcome, asked.note,
        asked.next_on, who.person,
    )  # fmt: skip
    (row,) = await store.contacts(tx, asked.customer, None, 1)
    return queries.contact(row)


async def escalate(
    tx: Transaction, asked: contract.Escalate, who: Principal, *, today: date
) -> contract.Contact:
    """Bring a customer's debt before the superior of the rep; it stays among the contacts.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    account = await credit.credit_of(tx, asked.customer)
    card = (await customers.visible(tx, [asked.customer]))[asked.customer]
    numbers = await customers.numbers(tx, [asked.customer])
    overdue = await store.overdue_of(tx, asked.customer, account.currency, today)
    told = CollectionEscalatedV1(
        unit=account.unit,
        customer=asked.customer,
        customer_number=numbers.get(asked.customer),
        company=account.company,
        rep=card.owner,
        cause="collector",
        level=None,
        overdue=Money(overdue, account.currency),
        reason=asked.reason,
        escalated_by=who.person,
    )
    tx.announce(told, person=card.owner)
    noted = contract.RecordContact(
        customer=asked.customer, channel="internal", outcome="escalated", note=asked.reason
    )
    return await record_contact(tx, noted, who, today=today)
