"""The manager's cockpit: how the units stand, what waits for a decision, what is owed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from contracts.billing.approvals import ListApprovals
from contracts.billing.exposure import ListHeldOrders
from contracts.billing.reports import ReportAgeing
from contracts.notifications.inbox import ListNotifications
from contracts.targets.summaries import GetUnitSummary
from gateway.access.model import EVERYWHERE
from gateway.reports.rules import only_company
from gateway.views.parts import Part
from kernel.problems import NotFound

if TYPE_CHECKING:
    from gateway.organisation.tree import Tree, Unit
    from kernel.scope import Principal

LATEST = 20


def parts(unit: Unit, on: date) -> dict[str, Part]:
    """Each part for itself: a manager decides about held orders also while targets is down."""
    return {
        "summary": Part(GetUnitSummary(unit=unit.id, on=on)),
        "held_orders": Part(ListHeldOrders(company=unit.company, limit=LATEST)),
        "approvals": Part(ListApprovals(company=unit.company, limit=LATEST)),
        "ageing": Part(ReportAgeing(company=unit.company, as_of=on, by="unit")),
        "notifications": Part(ListNotifications(unread=True, limit=LATEST)),
    }


def unit_of(asked: str | None, who: Principal, tree: Tree) -> Unit:
    """The unit asked for; without one the person's own, or the only company in scope.

    Raises:
        NotFound: there is no such unit in scope.
        CompanyNeeded: nothing was asked for, and several companies are in scope.
    """
    own = [unit for _, unit in who.grants if unit != EVERYWHERE]
    unit = asked or (own[0] if own else only_company(tree.companies(who.units)))
    if unit not in tree.units or unit not in who.units:
        raise NotFound("unit", unit)
    return tree.units[unit]
