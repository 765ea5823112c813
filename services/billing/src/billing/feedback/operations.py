"""Account feedbacks, as the bus asks for them."""

from __future__ import annotations

from billing.feedback import queries
from contracts.billing.feedback import (
    AccountFeedback,
    FeedbacksTold,
    GetAccountFeedback,
    ListAccountFeedbacks,
)
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations()


@operations.question(GetAccountFeedback)
async def get_account_feedback(
    tx: Transaction, asked: GetAccountFeedback, who: Principal
) -> AccountFeedback:
    """The account feedback of one rep."""
    return await queries.account_feedback(tx, asked)


@operations.question(ListAccountFeedbacks)
async def list_account_feedbacks(
    tx: Transaction, asked: ListAccountFeedbacks, who: Principal
) -> FeedbacksTold:
    """The feedbacks told for a month."""
    return await queries.told(tx, asked)
