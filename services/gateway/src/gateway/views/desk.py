"""The collector's desk: whom to ask first, what waits for a word, what came from the bank."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from contracts.billing.approvals import ListApprovals
from contracts.billing.bank import ListBankEntries
from contracts.billing.collection import ListWork
from contracts.billing.disputes import ListDisputes
from contracts.billing.reports import ReportAgeing
from contracts.notifications.inbox import ListNotifications
from gateway.views.parts import Part

if TYPE_CHECKING:
    from gateway.organisation.tree import Unit

LATEST = 50


def parts(unit: Unit, on: date) -> dict[str, Part]:
    """Each part for itself: whom to call is known also while the bank's file is read."""
    return {
        "worklist": Part(ListWork(company=unit.company, limit=LATEST)),
        "approvals": Part(ListApprovals(company=unit.company, limit=LATEST)),
        "disputes": Part(ListDisputes(company=unit.company, limit=LATEST)),
        "bank_entries": Part(ListBankEntries(state="open", limit=LATEST)),
        "ageing": Part(ReportAgeing(company=unit.company, as_of=on)),
        "notifications": Part(ListNotifications(unread=True, limit=LATEST)),
    }
