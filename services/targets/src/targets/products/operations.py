"""How products come in."""

from __future__ import annotations

from contracts.imports import ImportAnswer
from contracts.targets.imports import ImportProducts
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal
from targets.intake import Intake
from targets.organisation.scope import check_scope
from targets.products import store

operations = Operations()


@operations.command(ImportProducts)
async def import_products(tx: Transaction, asked: ImportProducts, who: Principal) -> ImportAnswer:
    """Products of one company."""
    check_scope(who, asked.company)
    tx.origin = "import"
    intake = Intake(asked.records, who.locale)
    records = list(intake.accepted(lambda record: record))
    return intake.answer(await store.put_products(tx, asked.company, records))
