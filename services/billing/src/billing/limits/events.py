"""What we tell the others about limits and blocks."""

from __future__ import annotations

from uuid import UUID

from billing.exposure.store import AccountRow
from contracts.billing.credit_block_changed import CreditBlockChangedV1
from contracts.billing.limit_changed import LimitChangedV1


def limit_changed(account: AccountRow, by: UUID | None) -> LimitChangedV1:
    """The limit in force from now on; nobody changed it when a temporary one ended."""
    return LimitChangedV1(
        unit=account.unit,
        customer=account.customer,
        company=account.company,
        limit=account.limit,
        changed_by=by,
        until=account.until,
    )


def block_changed(account: AccountRow, reason: str, by: UUID | None) -> CreditBlockChangedV1:
    """Whether new credit is blocked from now on, and by whom."""
    return CreditBlockChangedV1(
        unit=account.unit,
        customer=account.customer,
        company=account.company,
        blocked_by=account.blocked,
        reason=reason,
        changed_by=by,
    )
