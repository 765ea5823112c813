"""What must never be with orders that wait for credit."""

from __future__ import annotations

from kernel.database import Transaction

OUT_OF_SIGHT = """
SELECT number FROM commitments c
WHERE state = 'held' AND NOT EXISTS (
    SELECT FROM approvals a
    WHERE a.act = 'release-order' AND a.subject = c.order_id AND a.state = 'waiting')
LIMIT 10
"""

IN_VAIN = """
SELECT c.number FROM approvals a JOIN commitments c ON c.order_id = a.subject
WHERE a.act = 'release-order' AND a.state = 'waiting' AND c.state <> 'held' LIMIT 10
"""

CHECKS = {
    "a held order is in nobody's inbox": OUT_OF_SIGHT,
    "an order waits in the inbox and is not held": IN_VAIN,
}


async def held_orders_wait(tx: Transaction) -> list[str]:
    """Held orders and the requests for their release are the same orders; best nothing to say."""
    wrong = []
    for what, query in CHECKS.items():
        wrong += [f"{what}: {row['number']}" for row in await tx.driver.fetch(query)]
    return wrong
