"""What must never be: asked by `gerencia verify`."""

from __future__ import annotations

from sqlalchemy import text

from kernel.database import Transaction

_NEVER = {
    "order {} is delivered, but its deliveries do not add up to it": text("""
        SELECT number FROM orders o
        LEFT JOIN (
            SELECT order_id, sum(net) AS net, sum(gross) AS gross FROM deliveries GROUP BY order_id
        ) d USING (order_id)
        WHERE state IN ('delivered', 'returned')
            AND (o.net, o.gross) IS DISTINCT FROM (d.net, d.gross)
        ORDER BY number LIMIT 20
    """),
    "order {} has deliveries, but its state says that nothing was delivered": text("""
        SELECT number FROM orders o
        WHERE state IN ('placed', 'held', 'confirmed', 'cancelled')
            AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.order_id)
        ORDER BY number LIMIT 20
    """),
    "more came back of order {} than was delivered": text("""
        SELECT number FROM orders o
        WHERE EXISTS (
            SELECT 1 FROM deliveries d
            WHERE d.order_id = o.order_id AND d.net <
                (SELECT sum(r.net) FROM goods_returns r WHERE r.delivery = d.delivery))
        ORDER BY number LIMIT 20
    """),
    "customer {} cannot be found by any word": text("""
        SELECT number FROM cards c
        WHERE NOT EXISTS (SELECT 1 FROM card_words w WHERE w.customer = c.customer)
        ORDER BY number LIMIT 20
    """),
    "customer {} has words of another unit or owner": text("""
        SELECT DISTINCT number FROM cards c JOIN card_words w USING (customer)
        WHERE (c.unit, c.owner) IS DISTINCT FROM (w.unit, w.owner)
        ORDER BY number LIMIT 20
    """),
}


async def documents_and_words(tx: Transaction) -> list[str]:
    """Orders agree with their deliveries and returns, cards with their words."""
    return [
        violation.format(number)
        for violation, query in _NEVER.items()
        for number in (await tx.execute(query)).scalars()
    ]
