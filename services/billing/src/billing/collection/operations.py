"""The collector's work, as the bus asks for it."""

from __future__ import annotations

from billing.collection import commands, queries, rules
from contracts.billing import collection as contract
from kernel import clock
from kernel.database import Transaction
from kernel.problems import language_of
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={rules.NextBeforeToday: 422})


@operations.question(contract.ListWork)
async def list_work(tx: Transaction, asked: contract.ListWork, who: Principal) -> contract.Worklist:
    """Whom to ask first."""
    return await queries.worklist(tx, asked, clock.today())


@operations.command(contract.RecordContact)
async def record_contact(
    tx: Transaction, asked: contract.RecordContact, who: Principal
) -> contract.Contact:
    """Write down a contact."""
    return await commands.record_contact(tx, asked, who, today=clock.today())


@operations.question(contract.ListContacts)
async def list_contacts(
    tx: Transaction, asked: contract.ListContacts, who: Principal
) -> contract.Contacts:
    """What was said with a customer."""
    return await queries.contacts(tx, asked)


@operations.command(contract.Escalate)
async def escalate(tx: Transaction, asked: contract.Escalate, who: Principal) -> contract.Contact:
    """Ask the rep's superior to step in."""
    return await commands.escalate(tx, asked, who, today=clock.today())


@operations.question(contract.GetStatementOfAccount)
async def get_statement(
    tx: Transaction, asked: contract.GetStatementOfAccount, who: Principal
) -> contract.StatementOfAccount:
    """The statement of account of a customer."""
    language = asked.language or ("en" if language_of(who.locale) == "en" else "es")
    return await queries.statement(tx, asked, language, clock.today())
