"""Documents, payments and accounts, as the bus asks for them."""

from __future__ import annotations

from billing.exchange.rules import NoRate
from billing.exposure import queries as credit
from billing.ledger import commands, matching, queries, rules
from billing.ledger.model import Instalment, Kind, Part, Whose
from billing.periods.rules import PeriodClosed
from contracts.billing import settlement as s
from contracts.billing.ledger import (
    CustomerAccount,
    Document,
    Documents,
    GetCustomerAccount,
    ListDocuments,
    PaymentRecorded,
    RecordPayment,
)
from kernel import clock
from kernel.database import Transaction
from kernel.money import DifferentCurrencies, TooManyDecimals
from kernel.problems import NotFound
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status={
        rules.PaymentNotPositive: 422,
        rules.ChargeNotPositive: 422,
        rules.PaidInTheFuture: 422,
        rules.BeforeDocument: 422,
        rules.InstalmentsDoNotAddUp: 422,
        rules.InstalmentsOutOfOrder: 422,
        TooManyDecimals: 422,
        DifferentCurrencies: 422,
        PeriodClosed: 409,
        NoRate: 409,
    }
)


@operations.command(RecordPayment)
async def record_payment(tx: Transaction, asked: RecordPayment, who: Principal) -> PaymentRecorded:
    """Take a customer's payment."""
    return await commands.record_payment(tx, asked, who, today=clock.today())


@operations.command(s.ReversePayment)
async def reverse_payment(
    tx: Transaction, asked: s.ReversePayment, who: Principal
) -> s.PaymentReversed:
    """Take a payment back."""
    on = rules.check_not_future(asked.reversed_on, clock.today())
    payment = await commands.reverse_payment(tx, asked.payment, on, asked.reason, who.person)
    return s.PaymentReversed(
        payment=payment.id, number=payment.number, amount=payment.gross, reversed_on=on
    )


@operations.command(s.AllocateCredit)
async def allocate_credit(
    tx: Transaction, asked: s.AllocateCredit, who: Principal
) -> s.CreditMatched:
    """Match what is left of a credit."""
    parts = [Part(part.item, part.amount) for part in asked.parts]
    return await matching.allocate(tx, asked.credit, parts, clock.today(), who.person)


@operations.command(s.ReallocateCredit)
async def reallocate_credit(
    tx: Transaction, asked: s.ReallocateCredit, who: Principal
) -> s.CreditMatched:
    """Match a credit anew."""
    parts = [Part(part.item, part.amount) for part in asked.parts]
    return await matching.reallocate(tx, asked.credit, parts, clock.today(), who.person)


@operations.command(s.SplitItem)
async def split_item(tx: Transaction, asked: s.SplitItem, who: Principal) -> s.ItemSplit:
    """Let an item be paid in instalments."""
    parts = [Instalment(part.due_on, part.amount) for part in asked.instalments]
    return await matching.split(tx, asked.item, parts, clock.today(), who.person)


@operations.command(s.ChargeCustomer)
async def charge_customer(tx: Transaction, asked: s.ChargeCustomer, who: Principal) -> Document:
    """Charge interest or a fee."""
    seen = await credit.credit_of(tx, asked.customer)
    if asked.invoice is not None:
        await queries.item(tx, asked.invoice)
    whose = Whose(asked.customer, seen.company, seen.unit, await queries.owner(tx, asked.customer))
    charged = await commands.charge(
        tx,
        whose,
        Kind(asked.kind),
        asked.amount,
        clock.today(),
        asked.due_on,
        asked.reason,
        invoice=asked.invoice,
        by=who.person,
    )
    return await queries.document(tx, charged.id)


@operations.command(s.SetAllocationPolicy)
async def set_allocation_policy(
    tx: Transaction, asked: s.SetAllocationPolicy, who: Principal
) -> s.AllocationPolicy:
    """Say how payments are allocated."""
    return await matching.set_policy(tx, asked, who)


@operations.question(s.GetAllocationPolicy)
async def get_allocation_policy(
    tx: Transaction, asked: s.GetAllocationPolicy, who: Principal
) -> s.AllocationPolicy:
    """How payments are allocated."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    return await queries.policy(tx, asked.company)


@operations.question(ListDocuments)
async def list_documents(tx: Transaction, asked: ListDocuments, who: Principal) -> Documents:
    """Documents in scope."""
    return await queries.documents(tx, asked)


@operations.question(s.ListDocumentItems)
async def list_document_items(
    tx: Transaction, asked: s.ListDocumentItems, who: Principal
) -> s.DocumentItems:
    """The instalments of a document."""
    return await queries.items(tx, asked.document)


@operations.question(GetCustomerAccount)
async def get_customer_account(
    tx: Transaction, asked: GetCustomerAccount, who: Principal
) -> CustomerAccount:
    """The account of one customer."""
    return await queries.customer_account(tx, asked)
