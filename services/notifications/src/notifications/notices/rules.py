"""Who is told what, and how long somebody unknown is waited for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from kernel.events import Origin
from kernel.operations import COLLECTOR, MANAGER
from notifications.notices.model import Relation, Role, Rule

RULES = (
    Rule("held-to-decide", "order-held", (Role(MANAGER), Relation.THEIR_SUPERVISOR)),
    Rule("held-to-know", "order-held", (Relation.THE_PERSON,)),
    Rule("released", "order-released", (Relation.THE_PERSON,)),
    Rule("rejected", "order-rejected", (Relation.THE_PERSON,)),
    Rule("reservation-expired", "reservation-expired", (Relation.THE_PERSON,)),
    Rule("credit-alert", "credit-alert", (Relation.THE_PERSON, Role(COLLECTOR))),
    Rule("approval-waits", "approval-waits", (Role(MANAGER), Relation.THEIR_SUPERVISOR)),
    Rule("approval-granted", "approval-granted", (Relation.THE_PERSON,)),
    Rule("approval-refused", "approval-refused", (Relation.THE_PERSON,)),
    Rule("overdue", "invoice-overdue", (Relation.THE_PERSON, Role(COLLECTOR))),
    Rule("promise-broken", "promise-broken", (Relation.THE_PERSON, Role(COLLECTOR))),
    Rule("plan-broken", "plan-broken", (Relation.THE_PERSON, Role(COLLECTOR))),
    Rule("escalated", "collection-escalated", (Relation.THEIR_SUPERVISOR,)),
    Rule("escalated-to-know", "collection-escalated", (Relation.THE_PERSON,)),
    Rule("handed-to-agency", "handed-to-agency", (Relation.THE_PERSON,)),
    Rule("credit-review-due", "credit-review-due", (Relation.THE_PERSON, Role(COLLECTOR))),
    Rule("account-feedback", "account-feedback", (Relation.THE_PERSON,)),
    Rule("discount-granted", "discount-granted", (Relation.THE_PERSON,)),
    Rule("discount-refused", "discount-refused", (Relation.THE_PERSON,)),
    Rule("price-breach", "price-breach", (Role(MANAGER), Relation.THEIR_SUPERVISOR)),
    Rule("contract-approved", "contract-approved", (Relation.THE_PERSON,)),
    Rule("contract-rejected", "contract-rejected", (Relation.THE_PERSON,)),
    Rule("expense-approved", "expense-approved", (Relation.THE_PERSON,)),
    Rule("budget-exceeded", "budget-exceeded", (Role(MANAGER), Relation.THEIR_SUPERVISOR)),
    Rule("reached", "attainment-reached", (Relation.THE_PERSON,)),
    Rule("reached-by-report", "attainment-reached", (Relation.THEIR_SUPERVISOR,)),
)
"""Every rule. Of one event a person is told once: by the first rule that means them."""

PATIENCE = timedelta(days=1)
"""How long somebody unknown is waited for."""
NEWS_FOR = timedelta(days=7)


def rules_for(topic: str) -> tuple[Rule, ...]:
    """The rules of a topic, in their order.

    Source: NO2.

    >>> [rule.key for rule in rules_for("order-held")]
    ['held-to-decide', 'held-to-know']
    """
    return tuple(rule for rule in RULES if rule.topic == topic)


def notification_id(event: UUID, rule: Rule, person: UUID) -> UUID:
    """The same event, rule and person are the same notification, however often it is thought of.

    Source: NO6.

    >>> event, ana = UUID(int=1), UUID(int=2)
    >>> notification_id(event, RULES[0], ana) == notification_id(event, RULES[0], ana)
    True
    """
    return uuid5(event, f"{rule.key}/{person}")


def is_news(happened_at: datetime, now: datetime, origin: Origin) -> bool:
    """Whether people are told of something: not of history that is brought in, nor after a week.

    What is a week old comes from an owner's log, to a service that begins or was away too long.

    Source: NO2.

    >>> now = datetime(2026, 3, 9)
    >>> is_news(datetime(2026, 3, 2), now, "live"), is_news(now, now, "import")
    (True, False)
    """
    return origin == "live" and now - happened_at <= NEWS_FOR


def newly_told(meant: Iterable[UUID], told: Iterable[UUID]) -> list[UUID]:
    """Those whom the rule means and who have not been told of the event, in a fixed order.

    Source: NO2.
    """
    return sorted(set(meant) - set(told))


def is_done(rule: Rule, meant: Collection[UUID], known: Collection[UUID]) -> bool:
    """Whether a rule has reached everybody.

    Somebody of whom we have not heard is waited for; so is a role that nobody has, for users
    and facts come by different ways. A person without a supervisor has none to be told.

    Source: NO2.

    >>> ana = UUID(int=1)
    >>> is_done(RULES[0], {ana}, {ana}), is_done(RULES[0], {ana}, set())
    (True, False)
    >>> is_done(RULES[0], set(), set()), is_done(RULES[1], set(), set())
    (False, True)
    """
    if not meant:
        return not any(isinstance(whom, Role) for whom in rule.to)
    return set(meant) <= set(known)
