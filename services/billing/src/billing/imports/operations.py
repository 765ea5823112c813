"""Batches from another system, as the bus asks for them."""

from __future__ import annotations

from billing.imports import commands
from contracts.billing.imports import ImportInvoices, ImportPayments
from contracts.imports import ImportAnswer
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations()


@operations.command(ImportInvoices)
async def import_invoices(tx: Transaction, asked: ImportInvoices, who: Principal) -> ImportAnswer:
    """Invoices of one company."""
    return await commands.import_invoices(tx, asked, who)


@operations.command(ImportPayments)
async def import_payments(tx: Transaction, asked: ImportPayments, who: Principal) -> ImportAnswer:
    """Payments of one company."""
    return await commands.import_payments(tx, asked, who)
