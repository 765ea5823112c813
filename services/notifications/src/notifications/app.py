"""The service: what it answers, what it listens to, what it does by the clock."""

from __future__ import annotations

from kernel.service import Service
from notifications.checks import told_once
from notifications.inbox import operations as inbox
from notifications.mail import jobs as mail
from notifications.notices import jobs as notices
from notifications.notices import subscribers as news
from notifications.recipients import subscribers as recipients

SERVICE = Service(
    "notifications",
    operations=[inbox.operations],
    subscriptions=[recipients.subscriptions, news.subscriptions],
    jobs=[notices.jobs, mail.jobs],
    checks=[told_once],
)
