"""Credit files, as the bus asks for them."""

from __future__ import annotations

from billing.assessment import commands, queries, rules
from contracts.billing.assessment import (
    AssessCustomer,
    Assessment,
    Assessments,
    CreditFile,
    CreditReviews,
    GetCreditFile,
    ListAssessments,
    ListCreditReviews,
    ListScorecards,
    PutScorecard,
    Scorecard,
    Scorecards,
)
from kernel import clock
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.UnusableScorecard: 422,
        rules.NoSuchFactor: 422,
        rules.EvidenceMissing: 422,
        rules.NotInScorecard: 422,
    }
)


@operations.question(ListScorecards)
async def list_scorecards(tx: Transaction, asked: ListScorecards, who: Principal) -> Scorecards:
    """The scorecards in force."""
    return await queries.scorecards(tx, asked.company)


@operations.command(PutScorecard)
async def put_scorecard(tx: Transaction, asked: PutScorecard, who: Principal) -> Scorecard:
    """Put a new version of a scorecard in force."""
    return await commands.put_scorecard(tx, asked, who)


@operations.question(GetCreditFile)
async def get_credit_file(tx: Transaction, asked: GetCreditFile, who: Principal) -> CreditFile:
    """The credit file of one customer."""
    return await queries.credit_file(tx, asked, clock.today())


@operations.question(ListAssessments)
async def list_assessments(tx: Transaction, asked: ListAssessments, who: Principal) -> Assessments:
    """The assessments of one customer."""
    return await queries.assessments(tx, asked)


@operations.command(AssessCustomer)
async def assess_customer(tx: Transaction, asked: AssessCustomer, who: Principal) -> Assessment:
    """Assess a customer and put it on file."""
    return await commands.assess(tx, asked, who, today=clock.today())


@operations.question(ListCreditReviews)
async def list_credit_reviews(
    tx: Transaction, asked: ListCreditReviews, who: Principal
) -> CreditReviews:
    """Customers whose credit is to be looked at again."""
    return await queries.reviews(tx, asked)
