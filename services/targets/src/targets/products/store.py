"""Products in their table."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.targets.imports import ProductRecord
from kernel.database import Transaction
from targets.bulk import Done, Sheet, put

PRODUCTS = Sheet(
    "products",
    ("company", "key"),
    {"company": "text", "key": "text", "name": "text", "category": "text"},
)


async def put_products(tx: Transaction, company: str, records: Sequence[ProductRecord]) -> Done:
    """Keep products by their keys."""
    return await put(tx, PRODUCTS, ((company, r.key, r.name, r.category) for r in records))
