"""What can be asked about a customer's credit file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing import paging
from billing.assessment import rules, store
from billing.assessment.model import Band, Factor, Grade, Line, Result, Scorecard, Value
from billing.exposure import queries as exposure
from billing.exposure import store as accounts
from contracts.billing import assessment as contract
from contracts.billing.limits import CreditAccount
from kernel.database import Transaction
from kernel.money import Money
from kernel.problems import NotFound

SHOWN = 10
MONTHS_A_YEAR = 12


async def scorecards(tx: Transaction, company: str) -> contract.Scorecards:
    """The scorecards in force in a company."""
    return contract.Scorecards(items=await store.scorecards(tx, company))


async def credit_file(
    tx: Transaction, asked: contract.GetCreditFile, today: date
) -> contract.CreditFile:
    """What is known of a customer's credit, with a look at how they stand by now."""
    credit = await exposure.credit_of(tx, asked.customer)
    card = await store.named(tx, asked.customer)
    history = await store.assessments(tx, asked.customer, None, SHOWN)
    return contract.CreditFile(
        company=credit.company,
        customer_number=card and card["number"],
        customer_name=card and card["name"],
        credit=credit,
        now=await look(tx, credit, asked.scorecard, (), today),
        on_file=history[0] if history else None,
        history=history,
    )


async def assessments(tx: Transaction, asked: contract.ListAssessments) -> contract.Assessments:
    """A customer's assessments, the latest first."""
    await exposure.credit_of(tx, asked.customer)
    (before,) = paging.key(asked.after, UUID) or (None,)
    rows = await store.assessments(tx, asked.customer, before, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.Assessments(items=shown, next=last and paging.cursor(last.assessment))


async def reviews(tx: Transaction, asked: contract.ListCreditReviews) -> contract.CreditReviews:
    """Customers whose credit is to be looked at again."""
    after = paging.key(asked.after, date.fromisoformat, UUID)
    rows = await store.reviews(tx, asked.company, asked.until, after, asked.limit + 1)
    shown, last = paging.page(rows, asked.limit)
    return contract.CreditReviews(
        items=[
            contract.CreditReview(
                customer=row["customer"],
                customer_number=row["number"],
                customer_name=row["name"],
                unit=row["unit"],
                review_on=row["review_on"],
                grade=row["grade"],
                score=row["score"],
            )
            for row in shown
        ],
        next=last and paging.cursor(last["review_on"], last["customer"]),
    )


async def look(
    tx: Transaction,
    credit: CreditAccount,
    name: str,
    entered: Sequence[contract.Entered],
    today: date,
) -> contract.Assessment:
    """How a customer stands by a scorecard; nothing is put on file.

    Credit belongs to the company: the sums are those of all branches, whoever asks.

    Raises:
        NotFound: there is no such scorecard.
        NoSuchFactor, EvidenceMissing, NotInScorecard
    """
    found = await store.scorecards(tx, credit.company, name)
    if not found:
        raise NotFound("scorecard", name)
    card = scorecard(found[0])
    given = await _entered(tx, credit.customer, card, entered)
    await accounts.settle_for(tx, credit.customer)
    history = await store.history(tx, credit.customer, credit.currency, today)
    in_currency = credit.currency == card.currency
    by_source = rules.computed(history, today, in_currency=in_currency)
    values: dict[str, Value] = {
        factor.name: by_source.get(factor.source) for factor in card.factors
    }
    values |= {
        each.factor: rules.entered(rules.to_enter(card, each.factor), each.value, each.evidence)
        for each in given.values()
    }
    turnover = Money.of(history.turnover, credit.currency)
    result = rules.assess(card, values, turnover, today)
    evidence = {each.factor: each.evidence for each in given.values()}
    return _assessment(credit, found[0], result, evidence, turnover, today)


async def _entered(
    tx: Transaction, customer: UUID, card: Scorecard, entered: Sequence[contract.Entered]
) -> dict[str, contract.Entered]:
    """What was entered before, as far as the scorecard still knows it, and what is now."""
    before = await store.assessments(tx, customer, None, 1)
    kept = {
        line.factor: contract.Entered(factor=line.factor, value=line.value, evidence=line.evidence)
        for one in before
        for line in one.working
        if line.source == rules.ENTERED and line.value is not None and _knows(card, line)
    }
    return kept | {each.factor: each for each in entered}


def _knows(card: Scorecard, line: contract.Working) -> bool:
    return any(
        factor.name == line.factor
        and factor.source == rules.ENTERED
        and (not factor.by_choice or line.value in {band.choice for band in factor.bands})
        for factor in card.factors
    )


def scorecard(told: contract.Scorecard | contract.PutScorecard) -> Scorecard:
    """A scorecard as the rules speak of it."""
    return Scorecard(
        factors=tuple(
            Factor(
                one.name,
                one.source,
                one.weight,
                tuple(Band(band.points, band.at_least, band.choice) for band in one.bands),
            )
            for one in told.factors
        ),
        grades=tuple(
            Grade(one.name, one.at_least, one.months, one.review_months) for one in told.grades
        ),
        least_known=told.least_known,
        currency=told.currency,
    )


def _assessment(
    credit: CreditAccount,
    card: contract.Scorecard,
    result: Result,
    evidence: dict[str, str],
    turnover: Money,
    today: date,
) -> contract.Assessment:
    monthly = turnover.share(Decimal(1) / MONTHS_A_YEAR) if turnover else None
    return contract.Assessment(
        assessment=None,
        customer=credit.customer,
        scorecard=card.name,
        version=card.version,
        as_of=today,
        working=[_working(line, evidence.get(line.factor.name, "")) for line in result.lines],
        score=result.score,
        known=result.known,
        grade=result.grade.name if result.grade else None,
        monthly_turnover=monthly,
        proposed_limit=result.proposed,
        review_on=result.review_on,
    )


def _working(line: Line, evidence: str) -> contract.Working:
    band = line.band
    return contract.Working(
        factor=line.factor.name,
        source=line.factor.source,
        value=None if line.value is None else str(line.value),
        band=None if band is None else band.shown,
        points=None if band is None else band.points,
        weight=line.factor.weight,
        part=None if line.part is None else rules.rounded(line.part),
        evidence=evidence,
    )
