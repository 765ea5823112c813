"""Telling people what happened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.notifications.notification_created import NotificationCreatedV1
from kernel.database import Transaction
from kernel.events import Event, Received
from kernel.logs import logger
from notifications.mail.commands import post
from notifications.notices import rules
from notifications.notices.model import News, Notice, Relation, Rule, Whom
from notifications.notices.news import news_of, read
from notifications.notices.store import Notices, Waiting
from notifications.notices.words import title_and_text
from notifications.patience import wait
from notifications.recipients.model import Recipient
from notifications.recipients.queries import named, supervisor_of, with_role

log = logger("notifications.notices")
BATCH = 100


async def tell(tx: Transaction, message: Received[Event], *, now: datetime) -> None:
    """Tell everybody whom the rules mean, if it is news."""
    if not rules.is_news(message.occurred_at, now, message.origin):
        log.info("no news", id=str(message.id), type=message.event.type)
        return
    news = news_of(message.id, message.event)
    for rule in rules.rules_for(news.topic):
        if not await _tell_by(tx, rule, news, now):
            due_at = now + wait(1)
            await Notices(tx).put_aside(message.id, message.event, rule.key, now=now, due_at=due_at)


async def try_again(tx: Transaction, *, now: datetime) -> bool:
    """Look once more for those who were not known; True when there is more of it to do."""
    due = await Notices(tx).due(now, BATCH)
    for waiting in due:
        await _try_again(tx, waiting, now)
    return len(due) == BATCH


async def _try_again(tx: Transaction, waiting: Waiting, now: datetime) -> None:
    notices = Notices(tx)
    news = news_of(waiting.event, read(waiting.type, waiting.body))
    rule = next((rule for rule in rules.RULES if rule.key == waiting.rule), None)
    if rule is None or await _tell_by(tx, rule, news, now):
        await notices.done(waiting)
    elif now - waiting.since >= rules.PATIENCE:
        log.warning("nobody to tell", rule=waiting.rule, unit=news.unit, about=str(news.event))
        await notices.done(waiting)
    else:
        await notices.wait_again(waiting, now + wait(waiting.attempts + 1))


async def _tell_by(tx: Transaction, rule: Rule, news: News, now: datetime) -> bool:
    """Tell whom one rule means; False while somebody, or everybody, is not known."""
    found = [await _meant(tx, whom, news) for whom in rule.to]
    meant = {person for persons in found for person in persons or ()}
    known = await named(tx, meant | ({news.person} if news.person else set()))
    about = known.get(news.person) if news.person else None
    told = await Notices(tx).told(news.event)
    for person in rules.newly_told(meant & known.keys(), told):
        title, text = title_and_text(rule, news, known[person], about)
        notice = Notice(rules.notification_id(news.event, rule, person), person, news, title, text)
        await _tell_one(tx, notice, known[person], now)
    return None not in found and rules.is_done(rule, meant, known.keys())


async def _meant(tx: Transaction, whom: Whom, news: News) -> set[UUID] | None:
    """The persons whom a rule means; None while they cannot be known."""
    if whom is Relation.THE_PERSON:
        return {news.person} if news.person else set()
    if whom is Relation.THEIR_SUPERVISOR:
        return await supervisor_of(tx, news.person) if news.person else set()
    assert not isinstance(whom, Relation)
    return await with_role(tx, whom.role, news.unit)


async def _tell_one(tx: Transaction, notice: Notice, recipient: Recipient, now: datetime) -> None:
    if not await Notices(tx).add(notice, now):
        return
    await post(tx, notice, recipient, now=now)
    created = NotificationCreatedV1(
        unit=notice.news.unit,
        notification=notice.id,
        person=notice.person,
        topic=notice.news.topic,
    )
    tx.announce(created, person=notice.person)
