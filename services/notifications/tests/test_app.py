from __future__ import annotations

import pytest

from contracts.notifications.inbox import AcknowledgeNotification, ListNotifications
from gerencia.testing import Running
from kernel.client import RemoteProblem
from kernel.database import Database
from kernel.operations import EVERYONE
from kernel.problems import assert_words_are_complete
from kernel.scope import Principal
from notifications.app import SERVICE

from .conftest import ANA, HELD, Notifications, everybody

WHO = Principal(ANA, ANA, EVERYONE, (), own_only=False)


async def test_the_inbox_is_read_and_acknowledged_over_the_bus(
    database: Database, running: Running
):
    await Notifications(database).hear(*everybody(), HELD)
    async with running(SERVICE, database) as program:
        [mine] = (await program.client.ask(ListNotifications(), WHO)).items
        asked = AcknowledgeNotification(notification=mine.notification)
        answer = await program.client.send(asked, WHO, key="1")
        assert answer.value.acknowledged_at is not None
        with pytest.raises(RemoteProblem) as refused:
            await program.client.send(
                AcknowledgeNotification(notification=HELD.order), WHO, key="2"
            )
        assert (refused.value.status, refused.value.code) == (404, "request.not-found")


def test_every_refusal_has_words_in_spanish_and_english():
    assert_words_are_complete("notifications", ["notifications.app"])
