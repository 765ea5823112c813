from __future__ import annotations

import pytest
from sqlalchemy import text

from notifications.checks import told_once

from .conftest import HELD, Notifications, everybody

MAIL = (
    "INSERT INTO mails SELECT notification, {}, 'sent', 1, now(), now(), now(), '', {}, {}, {}"
    " FROM notifications"
)
PLANTED = {
    "DELETE FROM notifications": "told to the others not exactly once",
    MAIL.format("gen_random_uuid()", *["NULL"] * 3): "is for somebody else",
    MAIL.format("person", *["'x'"] * 3): "keeps its words",
}


async def test_what_was_told_agrees(notifications: Notifications):
    await notifications.hear(*everybody(), HELD)
    async with notifications.database.working("test") as tx:
        assert await told_once(tx) == []


@pytest.mark.parametrize(("fault", "found"), PLANTED.items())
async def test_a_planted_fault_is_found(notifications: Notifications, fault: str, found: str):
    await notifications.hear(*everybody(), HELD)
    async with notifications.database.working("test") as tx:
        await tx.execute(text(fault))
        violations = await told_once(tx)
    assert len(violations) == 2
    assert all(found in violation for violation in violations)
