"""What people are told of."""

from __future__ import annotations

from contracts.billing.account_feedback_ready import AccountFeedbackReadyV1
from contracts.billing.approval_decided import ApprovalDecidedV1
from contracts.billing.approval_requested import ApprovalRequestedV1
from contracts.billing.budget_exceeded import BudgetExceededV1
from contracts.billing.collection_escalated import CollectionEscalatedV1
from contracts.billing.contract_reviewed import ContractReviewedV1
from contracts.billing.credit_alert import CreditAlertV1
from contracts.billing.credit_review_due import CreditReviewDueV1
from contracts.billing.discount_decided import DiscountDecidedV1
from contracts.billing.expense_approved import ExpenseApprovedV1
from contracts.billing.handed_to_agency import HandedToAgencyV1
from contracts.billing.invoice_overdue import InvoiceOverdueV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from contracts.billing.plan_broken import PlanBrokenV1
from contracts.billing.price_breach_found import PriceBreachFoundV1
from contracts.billing.promise_broken import PromiseBrokenV1
from contracts.billing.reservation_expired import ReservationExpiredV1
from contracts.targets.attainment_reached import AttainmentReachedV1
from kernel import clock
from kernel.database import Transaction
from kernel.events import Received
from kernel.inbox import Subscriptions
from notifications.notices.commands import tell

subscriptions = Subscriptions()

_BOTH = ("release-order", "discount", "contract")
TOLD_OTHERWISE = frozenset({(act, yes) for act in _BOTH for yes in (True, False)}) | {
    ("expense", True)
}
"""Acts, and whether they were approved, of which their owners tell with words of their own."""


@subscriptions.on(OrderHeldV1)
async def order_held(tx: Transaction, message: Received[OrderHeldV1]) -> None:
    """Somebody has to decide, and the rep has to know."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(OrderReleasedV1)
async def order_released(tx: Transaction, message: Received[OrderReleasedV1]) -> None:
    """The rep can go on."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(OrderRejectedV1)
async def order_rejected(tx: Transaction, message: Received[OrderRejectedV1]) -> None:
    """The rep has to speak to the customer."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(ReservationExpiredV1)
async def reservation_expired(tx: Transaction, message: Received[ReservationExpiredV1]) -> None:
    """The rep has to place the order anew, if it still stands."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(CreditAlertV1)
async def credit_alert(tx: Transaction, message: Received[CreditAlertV1]) -> None:
    """Somebody has to ask for money, or for another limit, before an order is held."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(ApprovalRequestedV1)
async def approval_requested(tx: Transaction, message: Received[ApprovalRequestedV1]) -> None:
    """Somebody has to decide; of a held order they are told with its own words."""
    if message.event.act != "release-order":
        await tell(tx, message, now=clock.now())


@subscriptions.on(ApprovalDecidedV1)
async def approval_decided(tx: Transaction, message: Received[ApprovalDecidedV1]) -> None:
    """Who asked can go on, or has to think of something else."""
    if (message.event.act, message.event.approved) not in TOLD_OTHERWISE:
        await tell(tx, message, now=clock.now())


@subscriptions.on(InvoiceOverdueV1)
async def invoice_overdue(tx: Transaction, message: Received[InvoiceOverdueV1]) -> None:
    """Somebody has to ask for the money."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(PromiseBrokenV1)
async def promise_broken(tx: Transaction, message: Received[PromiseBrokenV1]) -> None:
    """Somebody has to call again."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(PlanBrokenV1)
async def plan_broken(tx: Transaction, message: Received[PlanBrokenV1]) -> None:
    """Somebody has to ask for the instalment."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(CollectionEscalatedV1)
async def collection_escalated(tx: Transaction, message: Received[CollectionEscalatedV1]) -> None:
    """The superior of the rep has to step in."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(HandedToAgencyV1)
async def handed_to_agency(tx: Transaction, message: Received[HandedToAgencyV1]) -> None:
    """The rep no longer asks for this money."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(CreditReviewDueV1)
async def credit_review_due(tx: Transaction, message: Received[CreditReviewDueV1]) -> None:
    """Somebody has to look at the customer's credit again."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(AccountFeedbackReadyV1)
async def account_feedback(tx: Transaction, message: Received[AccountFeedbackReadyV1]) -> None:
    """The rep can read how their accounts closed."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(DiscountDecidedV1)
async def discount_decided(tx: Transaction, message: Received[DiscountDecidedV1]) -> None:
    """The rep can go on; who granted it to themselves knows."""
    if message.event.decided_by != message.event.rep:
        await tell(tx, message, now=clock.now())


@subscriptions.on(PriceBreachFoundV1)
async def price_breach_found(tx: Transaction, message: Received[PriceBreachFoundV1]) -> None:
    """Somebody has to ask why it was sold so low."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(ContractReviewedV1)
async def contract_reviewed(tx: Transaction, message: Received[ContractReviewedV1]) -> None:
    """The contract may be signed, or has to be amended."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(ExpenseApprovedV1)
async def expense_approved(tx: Transaction, message: Received[ExpenseApprovedV1]) -> None:
    """The money comes back."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(BudgetExceededV1)
async def budget_exceeded(tx: Transaction, message: Received[BudgetExceededV1]) -> None:
    """Somebody has to save, or to ask for more."""
    await tell(tx, message, now=clock.now())


@subscriptions.on(AttainmentReachedV1)
async def attainment_reached(tx: Transaction, message: Received[AttainmentReachedV1]) -> None:
    """A quota is reached."""
    await tell(tx, message, now=clock.now())
