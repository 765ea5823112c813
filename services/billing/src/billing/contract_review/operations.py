"""Reviews of contracts, as the bus asks for them."""

from __future__ import annotations

from billing.contract_review import commands, queries, rules
from billing.files import queries as files
from contracts.billing import contract_reviews as contract
from kernel.database import Transaction
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.NoSuchItem: 404,
        rules.OwnReview: 403,
        rules.NotYourItem: 403,
        rules.NoteMissing: 422,
        rules.MandatoryItem: 422,
        rules.EmptyChecklist: 422,
        rules.SameItemTwice: 422,
        rules.ValueNotPositive: 422,
        **files.STATUS,
    }
)


@operations.question(contract.ListChecklists)
async def list_checklists(
    tx: Transaction, asked: contract.ListChecklists, who: Principal
) -> contract.Checklists:
    """What is looked at before contracts are signed."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.checklists(tx, asked.company)


@operations.command(contract.PutChecklist)
async def put_checklist(
    tx: Transaction, asked: contract.PutChecklist, who: Principal
) -> contract.Checklists:
    """Say what is looked at."""
    return await commands.put_checklist(tx, asked, who)


@operations.command(contract.OpenReview)
async def open_review(
    tx: Transaction, asked: contract.OpenReview, who: Principal
) -> contract.ContractReview:
    """Ask for a contract to be looked through."""
    return await commands.open_review(tx, asked, who)


@operations.command(contract.AnswerReviewItem)
async def answer_item(
    tx: Transaction, asked: contract.AnswerReviewItem, who: Principal
) -> contract.ContractReview:
    """Say what was found at a point."""
    return await commands.answer(tx, asked, who)


@operations.command(contract.SubmitReview)
async def submit_review(
    tx: Transaction, asked: contract.SubmitReview, who: Principal
) -> contract.ContractReview:
    """Put a complete review before whoever may approve it."""
    return await commands.submit(tx, asked.review, who)


@operations.question(contract.GetReview)
async def get_review(
    tx: Transaction, asked: contract.GetReview, who: Principal
) -> contract.ContractReview:
    """One review."""
    return await queries.review(tx, asked.review, who)


@operations.question(contract.ListReviews)
async def list_reviews(
    tx: Transaction, asked: contract.ListReviews, who: Principal
) -> Page[contract.ContractReview]:
    """Reviews in scope."""
    return await queries.reviews(tx, asked, who)
