"""When a mail is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from notifications.mail.model import Mail, Next, Outcome, Refused, Sent, State
from notifications.patience import wait

PATIENCE = timedelta(days=3)


def message_id(notification: UUID) -> str:
    """The Message-ID of a notification: every attempt has the same, so a mail program shows one.

    Source: NO6, RFC 5322.

    >>> message_id(UUID(int=7))
    '<00000000-0000-0000-0000-000000000007@notifications.gerencia>'
    """
    return f"<{notification}@notifications.gerencia>"


def after(mail: Mail, outcome: Outcome, now: datetime) -> Next:
    """What becomes of a mail: sent, failed for good, or tried again later.

    An attempt whose outcome nobody knows is repeated; only who was refused for good, or has been
    tried for three days, has failed.

    Source: NO6.
    """
    if isinstance(outcome, Sent):
        return Next(State.SENT, now)
    if isinstance(outcome, Refused) or now - mail.made_at >= PATIENCE:
        return Next(State.FAILED, now, outcome.reason)
    return Next(State.WAITING, now + wait(mail.attempts), outcome.reason)
