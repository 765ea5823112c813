from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from notifications.mail.model import Mail, Next, Refused, Sent, State, Unknown
from notifications.mail.rules import PATIENCE, after

from ..conftest import NOON


def mail(attempts: int = 1) -> Mail:
    return Mail(UUID(int=1), "ana@example.com", "", "", NOON, attempts)


def test_a_mail_that_was_taken_is_sent():
    assert after(mail(), Sent(), NOON) == Next(State.SENT, NOON)


def test_a_mail_that_is_refused_for_good_has_failed_with_the_reason():
    assert after(mail(), Refused("550 no such user"), NOON).state is State.FAILED


def test_a_mail_of_which_nobody_knows_is_tried_again_ever_later():
    first, third = (after(mail(attempts), Unknown("cut off"), NOON) for attempts in (1, 3))
    assert first == Next(State.WAITING, NOON + timedelta(seconds=1), "cut off")
    assert third.due_at == NOON + timedelta(seconds=4)


def test_after_three_days_a_mail_is_given_up():
    almost = NOON + PATIENCE - timedelta(seconds=1)
    assert after(mail(), Unknown("busy"), almost).state is State.WAITING
    assert after(mail(), Unknown("busy"), NOON + PATIENCE).state is State.FAILED
