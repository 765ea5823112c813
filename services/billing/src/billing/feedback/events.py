"""What we tell the others of a rep's accounts."""

from __future__ import annotations

from decimal import Decimal

from contracts.billing.account_feedback_ready import AccountFeedbackReadyV1, AccountFiguresV1
from contracts.billing.analysis import ReceivablesRow
from contracts.billing.feedback import AccountFeedback
from kernel.money import Money


def ready(told: AccountFeedback) -> AccountFeedbackReadyV1:
    """A rep's feedback is ready; names and items are asked for, not told."""
    assert told.feedback is not None
    overdue = {one.customer for one in told.customers if Decimal(one.overdue)}
    return AccountFeedbackReadyV1(
        unit=told.unit,
        feedback=told.feedback,
        company=told.company,
        rep=told.rep,
        month=told.month,
        figures=[_figures(row) for row in told.figures],
        customers_overdue=len(overdue),
    )


def _figures(row: ReceivablesRow) -> AccountFiguresV1:
    def money(amount: str) -> Money:
        return Money.of(amount, row.currency)

    return AccountFiguresV1(
        opening=money(row.opening),
        invoiced=money(row.invoiced),
        collected=money(row.collected),
        closing=money(row.closing),
        overdue=money(row.overdue),
        dso=_ratio(row.dso),
        effectiveness=_ratio(row.effectiveness),
        weighted_days_late=_ratio(row.weighted_days_late),
        on_time=_ratio(row.on_time),
    )


def _ratio(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
