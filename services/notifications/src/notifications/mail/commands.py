"""Making mails of notices, and sending them."""

from __future__ import annotations

from datetime import datetime

from kernel import clock
from kernel.database import Transaction
from kernel.logs import logger
from notifications.mail import rules
from notifications.mail.model import Mail, State
from notifications.mail.settings import MailSettings
from notifications.mail.smtp import send
from notifications.mail.store import Mails
from notifications.notices.model import Notice
from notifications.notices.words import mail_body
from notifications.recipients.model import Recipient

log = logger("notifications.mail")
BATCH = 20


async def post(tx: Transaction, notice: Notice, recipient: Recipient, *, now: datetime) -> None:
    """Make a mail of a notice, if the person has an address and there is a mail server."""
    settings = MailSettings()
    if not recipient.email or not settings.smtp_url:
        return
    address = settings.public_origin and settings.public_origin + notice.news.link
    mail = Mail(
        notification=notice.id,
        recipient=recipient.email,
        subject=notice.title,
        body=mail_body(recipient, notice.text, address),
        made_at=now,
        attempts=0,
    )
    await Mails(tx).add(mail, notice.person)


async def send_due(tx: Transaction, settings: MailSettings) -> bool:
    """Send what was claimed, or claim what is due; True when there is more to do at once.

    A claim is committed before its mail is sent, by the run before this one: so the attempts of
    a mail that brings the process down are counted, and what a crash leaves claimed is sent
    again under the same Message-ID.
    """
    mails = Mails(tx)
    claimed = await mails.claimed(BATCH)
    if not claimed:
        return await mails.claim(clock.now(), BATCH) > 0
    async for mail, outcome in send(claimed, settings):
        now = clock.now()
        following = rules.after(mail, outcome, now)
        if following.state is not State.SENT:
            about = {"notification": str(mail.notification), "reason": following.reason}
            log.warning("mail not sent", state=following.state.value, **about)
        await mails.move(mail, following, now)
    return True
