"""What each event means to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

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
from kernel.events import Event
from notifications.notices.model import News


def news_of(event_id: UUID, event: Event) -> News:
    """What an event tells people."""
    return _NEWS[event.type](event_id, event)


def read(event_type: str, body: Mapping[str, Any]) -> Event:
    """An event that was put aside."""
    return TOLD[event_type].model_validate(body)


def _order(topic: str) -> Callable[[UUID, Any], News]:
    def news(event_id: UUID, event: Any) -> News:
        link = f"/orders/{event.order}"
        return News(event_id, topic, event.unit, event.rep, link, dict(event))

    return news


def _overdue(event_id: UUID, event: InvoiceOverdueV1) -> News:
    link = f"/documents/{event.invoice}"
    return News(event_id, "invoice-overdue", event.unit, event.rep, link, dict(event))


def _customer(topic: str) -> Callable[[UUID, Any], News]:
    def news(event_id: UUID, event: Any) -> News:
        link = f"/customers/{event.customer}"
        return News(event_id, topic, event.unit, event.rep, link, dict(event))

    return news


def _approval(event_id: UUID, event: ApprovalRequestedV1 | ApprovalDecidedV1) -> News:
    topic = "approval-waits"
    if isinstance(event, ApprovalDecidedV1):
        topic = "approval-granted" if event.approved else "approval-refused"
    link = f"/approvals/{event.approval}"
    return News(event_id, topic, event.unit, event.requested_by, link, dict(event))


def _feedback(event_id: UUID, event: AccountFeedbackReadyV1) -> News:
    link = f"/people/{event.rep}/account-feedback?month={event.month}"
    return News(event_id, "account-feedback", event.unit, event.rep, link, dict(event))


def _discount(event_id: UUID, event: DiscountDecidedV1) -> News:
    topic = "discount-granted" if event.approved else "discount-refused"
    link = f"/discounts/{event.discount}"
    return News(event_id, topic, event.unit, event.rep, link, dict(event))


def _contract(event_id: UUID, event: ContractReviewedV1) -> News:
    topic = "contract-approved" if event.approved else "contract-rejected"
    link = f"/contract-reviews/{event.review}"
    return News(event_id, topic, event.unit, event.requested_by, link, dict(event))


def _expense(event_id: UUID, event: ExpenseApprovedV1) -> News:
    link = f"/expense-claims/{event.claim}"
    return News(event_id, "expense-approved", event.unit, event.claimant, link, dict(event))


def _budget(event_id: UUID, event: BudgetExceededV1) -> News:
    link = f"/budgets?period={event.month}"
    return News(event_id, "budget-exceeded", event.unit, event.by, link, dict(event))


def _reached(event_id: UUID, event: AttainmentReachedV1) -> News:
    link = f"/people/{event.person}/summary"
    return News(event_id, "attainment-reached", event.unit, event.person, link, dict(event))


_NEWS: Mapping[str, Callable[[UUID, Any], News]] = {
    OrderHeldV1.type: _order("order-held"),
    OrderReleasedV1.type: _order("order-released"),
    OrderRejectedV1.type: _order("order-rejected"),
    ReservationExpiredV1.type: _order("reservation-expired"),
    CreditAlertV1.type: _customer("credit-alert"),
    ApprovalRequestedV1.type: _approval,
    ApprovalDecidedV1.type: _approval,
    InvoiceOverdueV1.type: _overdue,
    PromiseBrokenV1.type: _customer("promise-broken"),
    PlanBrokenV1.type: _customer("plan-broken"),
    CollectionEscalatedV1.type: _customer("collection-escalated"),
    HandedToAgencyV1.type: _customer("handed-to-agency"),
    CreditReviewDueV1.type: _customer("credit-review-due"),
    AccountFeedbackReadyV1.type: _feedback,
    DiscountDecidedV1.type: _discount,
    PriceBreachFoundV1.type: _order("price-breach"),
    ContractReviewedV1.type: _contract,
    ExpenseApprovedV1.type: _expense,
    BudgetExceededV1.type: _budget,
    AttainmentReachedV1.type: _reached,
}
TOLD: Mapping[str, type[Event]] = {
    event.type: event
    for event in (
        OrderHeldV1,
        OrderReleasedV1,
        OrderRejectedV1,
        ReservationExpiredV1,
        CreditAlertV1,
        ApprovalRequestedV1,
        ApprovalDecidedV1,
        InvoiceOverdueV1,
        PromiseBrokenV1,
        PlanBrokenV1,
        CollectionEscalatedV1,
        HandedToAgencyV1,
        CreditReviewDueV1,
        AccountFeedbackReadyV1,
        DiscountDecidedV1,
        PriceBreachFoundV1,
        ContractReviewedV1,
        ExpenseApprovedV1,
        BudgetExceededV1,
        AttainmentReachedV1,
    )
}
