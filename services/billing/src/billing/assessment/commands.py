"""Assessing customers, and saying by which scorecard."""

from __future__ import annotations

from datetime import date

from billing.assessment import events, queries, rules, store
from billing.exposure import queries as exposure
from billing.exposure.book import Book
from contracts.billing.assessment import AssessCustomer, Assessment, PutScorecard, Scorecard
from kernel import clock
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import minor_digits
from kernel.problems import NotFound
from kernel.scope import Principal

AT_ONCE = 500


async def put_scorecard(tx: Transaction, asked: PutScorecard, who: Principal) -> Scorecard:
    """Put a new version of a scorecard in force.

    Raises:
        NotFound: the company is out of the person's scope.
        UnusableScorecard
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    minor_digits(asked.currency)
    rules.check(queries.scorecard(asked))
    return await store.put_scorecard(tx, asked, who.person)


async def assess(
    tx: Transaction, asked: AssessCustomer, who: Principal, *, today: date
) -> Assessment:
    """Assess a customer by what the ledger knows and what is entered, and put it on file.

    Raises:
        NotFound: there is no such customer in scope, or no such scorecard.
        NoSuchFactor, EvidenceMissing, NotInScorecard
    """
    seen = await exposure.credit_of(tx, asked.customer)
    await Book.of_customers(tx, [asked.customer])  # two assessments of one customer never mix
    made = await queries.look(tx, seen, asked.scorecard, asked.entered, today)
    made = made.model_copy(
        update={
            "assessment": uuid7(),
            "assessed_by": who.person,
            "assessed_at": clock.now(),
            "note": asked.note,
        }
    )
    await store.keep(tx, seen.company, made)
    tx.announce(events.assessed(made, seen.company, seen.unit))
    return made


async def tell_due(tx: Transaction, today: date) -> bool:
    """Tell once of each customer whose credit is to be looked at again; whether there is more."""
    due = await store.newly_due(tx, today, AT_ONCE)
    for row in due:
        tx.announce(events.review_due(row), person=row["owner"])
    return len(due) == AT_ONCE
