from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.notifications.inbox import AcknowledgeNotification, CountUnread, ListNotifications
from kernel import clock
from kernel.problems import NotFound

from ..conftest import ANA, BEN, EVA, HELD, NOON, Notifications, everybody, received


@pytest.fixture
async def with_three(notifications: Notifications) -> Notifications:
    await notifications.hear(*everybody())
    for minutes in range(3):
        with clock.stopped_at(NOON + timedelta(minutes=minutes)):
            await notifications.hear(received(HELD.model_copy(update={"number": f"P-{minutes}"})))
    return notifications


async def test_everybody_sees_their_own_the_newest_first_page_by_page(with_three: Notifications):
    first = await with_three.ask(ListNotifications(limit=2), ANA)
    second = await with_three.ask(ListNotifications(limit=2, after=first.next), ANA)
    titles = [each.title for each in (*first.items, *second.items)]
    assert titles == [f"Su pedido P-{n} está retenido" for n in (2, 1, 0)]
    assert second.next is None
    assert await with_three.told(BEN) == []


async def test_what_is_acknowledged_is_read_and_the_first_time_counts(with_three: Notifications):
    newest = (await with_three.told(ANA))[0]
    asked = AcknowledgeNotification(notification=newest.notification)
    with clock.stopped_at(NOON):
        assert (await with_three.ask(asked, ANA)).acknowledged_at == NOON
    assert (await with_three.ask(asked, ANA)).acknowledged_at == NOON
    assert (await with_three.ask(CountUnread(), ANA)).unread == 2
    unread = await with_three.ask(ListNotifications(unread=True), ANA)
    assert newest.notification not in {each.notification for each in unread.items}


async def test_another_persons_notification_is_not_there(with_three: Notifications):
    newest = (await with_three.told(ANA))[0]
    with pytest.raises(NotFound):
        await with_three.ask(AcknowledgeNotification(notification=newest.notification), EVA)
    assert (await with_three.ask(CountUnread(), ANA)).unread == 3


async def test_without_saying_who_nothing_is_seen(with_three: Notifications):
    assert await with_three.told(UUID(int=0)) == []
