"""Documents, payments and accounts, as the bus asks for them."""

from __future__ import annotations

from billing.exchange.rules import NoRate
from billing.ledger import commands, queries, rules
from billing.periods.rules import PeriodClosed
from contracts.billing.ledger import (
    CustomerAccount,
    Documents,
    GetCustomerAccount,
    ListDocuments,
    PaymentRecorded,
    RecordPayment,
)
from kernel import clock
from kernel.database import Transaction
from kernel.money import TooManyDecimals
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.PaymentNotPositive: 422,
        PeriodClosed: 409,
        NoRate: 409,
        rules.PaidInTheFuture: 422,
        TooManyDecimals: 422,
    }
)


@operations.command(RecordPayment)
async def record_payment(tx: Transaction, asked: RecordPayment, who: Principal) -> PaymentRecorded:
    """Take a customer's payment."""
    return await commands.record_payment(tx, asked, who, today=clock.today())


@operations.question(ListDocuments)
async def list_documents(tx: Transaction, asked: ListDocuments, who: Principal) -> Documents:
    """Documents in scope."""
    return await queries.documents(tx, asked)


@operations.question(GetCustomerAccount)
async def get_customer_account(
    tx: Transaction, asked: GetCustomerAccount, who: Principal
) -> CustomerAccount:
    """The account of one customer."""
    return await queries.customer_account(tx, asked)
