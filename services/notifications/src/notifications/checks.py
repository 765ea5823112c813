"""What must never be: asked by `gerencia verify`."""

from __future__ import annotations

from sqlalchemy import text

from kernel.database import Transaction

_NEVER = {
    "notification {} was told to the others not exactly once": text("""
        SELECT coalesce(n.notification::text, e.entity)
        FROM notifications n
        FULL JOIN (
            SELECT entity, count(*) AS times FROM event_log
            WHERE type = 'notifications.notification-created.v1' GROUP BY entity
        ) e ON e.entity = n.notification::text
        WHERE e.times IS DISTINCT FROM 1 OR n.notification IS NULL
        ORDER BY 1 LIMIT 20
    """),
    "the mail of notification {} is for somebody else": text("""
        SELECT notification::text FROM mails m JOIN notifications n USING (notification)
        WHERE m.person <> n.person ORDER BY 1 LIMIT 20
    """),
    "the mail of notification {} is sent or failed, but keeps its words": text("""
        SELECT notification::text FROM mails
        WHERE state IN ('sent', 'failed') AND (recipient, subject, body) IS NOT NULL
        ORDER BY 1 LIMIT 20
    """),
}


async def told_once(tx: Transaction) -> list[str]:
    """Every notification is told once, and its mail is its own."""
    return [
        violation.format(notification)
        for violation, query in _NEVER.items()
        for notification in (await tx.execute(query)).scalars()
    ]
