"""The postman."""

from __future__ import annotations

from kernel.database import Transaction
from kernel.jobs import Jobs
from notifications.mail.commands import send_due
from notifications.mail.settings import MailSettings

jobs = Jobs()


@jobs.every(seconds=1.0, name="send mails")
async def send_mails(tx: Transaction) -> bool:
    """Send what is due, where there is a mail server."""
    settings = MailSettings()
    return bool(settings.smtp_url) and await send_due(tx, settings)
