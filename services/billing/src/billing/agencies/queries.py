"""What can be asked about agencies."""

from __future__ import annotations

from uuid import UUID

from billing.agencies import store
from billing.agencies.store import items_at_agencies
from billing.batch import Row
from billing.exposure import queries as credit
from billing.exposure import store as accounts
from contracts.billing import collection as contract
from kernel.database import Transaction
from kernel.money import Money

__all__ = ["cases", "items_at_agencies", "shown"]


async def cases(tx: Transaction, customer: UUID) -> contract.AgencyCases:
    """The cases of a customer, the latest first.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
    """
    await credit.credit_of(tx, customer)
    await accounts.settle_for(tx, customer)  # a case may hold invoices of several branches
    return contract.AgencyCases(items=[shown(row) for row in await store.cases(tx, customer)])


def shown(row: Row) -> contract.AgencyCase:
    """A case as people are shown it."""
    return contract.AgencyCase(
        agency_case=row["id"],
        customer=row["customer"],
        agency=row["agency"],
        reference=row["reference"],
        reason=row["reason"],
        handed_on=row["handed_on"],
        amount=Money(row["amount"], row["currency"]),
        open=Money(row["still_open"], row["currency"]),
        items=row["items"],
        closed_on=row["closed_on"],
        closing_reason=row["closing_reason"],
    )
