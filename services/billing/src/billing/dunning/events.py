"""What we tell the others about dunning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from billing.dunning.model import Step
from billing.exposure.store import AccountRow
from contracts.billing.collection_escalated import CollectionEscalatedV1
from contracts.billing.customer_dunned import CustomerDunnedV1
from kernel.money import Money


def overdue(steps: Sequence[Step]) -> list[Money]:
    """What is open on these items, by currency."""
    currencies = sorted({step.item.open.currency for step in steps})
    return [
        Money.total((s.item.open for s in steps if s.item.open.currency == currency), currency)
        for currency in currencies
    ]


def customer_dunned(
    letter: UUID, run: UUID, account: AccountRow, steps: Sequence[Step], dated_on: date
) -> CustomerDunnedV1:
    """A letter went out."""
    return CustomerDunnedV1(
        unit=account.unit,
        letter=letter,
        run=run,
        customer=account.customer,
        company=account.company,
        rep=account.owner,
        level=max(step.level.number for step in steps),
        dated_on=dated_on,
        items=len(steps),
        overdue=overdue(steps),
    )


def escalated(
    account: AccountRow, number: str | None, steps: Sequence[Step]
) -> CollectionEscalatedV1:
    """An item reached a level of which the rep's superior is told."""
    reached = [step for step in steps if step.level.escalates]
    mine = (step.item.open for step in steps if step.item.open.currency == account.currency)
    return CollectionEscalatedV1(
        unit=account.unit,
        customer=account.customer,
        customer_number=number,
        company=account.company,
        rep=account.owner,
        cause="dunning",
        level=max(step.level.number for step in reached),
        overdue=Money.total(mine, account.currency),
        reason="",
        escalated_by=None,
    )
