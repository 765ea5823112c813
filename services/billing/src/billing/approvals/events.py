"""What we tell the others about requests and decisions."""

from __future__ import annotations

from billing.approvals.model import Approval
from contracts.billing.approval_decided import ApprovalDecidedV1
from contracts.billing.approval_requested import ApprovalRequestedV1


def requested(approval: Approval) -> ApprovalRequestedV1:
    """Something waits for somebody with the authority."""
    return ApprovalRequestedV1(
        unit=approval.unit,
        approval=approval.id,
        act=approval.act,
        company=approval.company,
        customer=approval.customer,
        subject=approval.subject,
        amount=approval.amount,
        currency=approval.currency,
        requested_by=approval.requested_by,
        reason=approval.reason,
    )


def decided(approval: Approval) -> ApprovalDecidedV1:
    """A request was approved or rejected."""
    return ApprovalDecidedV1(
        unit=approval.unit,
        approval=approval.id,
        act=approval.act,
        company=approval.company,
        customer=approval.customer,
        subject=approval.subject,
        amount=approval.amount,
        currency=approval.currency,
        requested_by=approval.requested_by,
        approved=approval.approved,
        decided_by=[vote.person for vote in approval.votes],
        reason=approval.verdict,
    )
