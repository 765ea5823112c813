"""Bank statements, as the bus asks for them."""

from __future__ import annotations

from billing.bank_import import commands, queries, rules
from billing.files import queries as files
from contracts.billing import bank as contract
from kernel import clock
from kernel.database import Transaction
from kernel.money import TooManyDecimals
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(
    status=files.STATUS
    | {
        rules.ForeignFormat: 422,
        rules.MalformedStatement: 422,
        rules.ForbiddenXml: 422,
        rules.TooManyEntries: 422,
        rules.ControlSumDiffers: 422,
        rules.BookedInFuture: 422,
        rules.UnknownAccount: 422,
        rules.AccountNeeded: 422,
        rules.OtherCurrency: 422,
        rules.EntryTwice: 422,
        TooManyDecimals: 422,
    }
)


@operations.command(contract.PutBankAccount)
async def put_bank_account(
    tx: Transaction, asked: contract.PutBankAccount, who: Principal
) -> contract.BankAccount:
    """Make a bank account known."""
    return await commands.put_account(tx, asked, who)


@operations.question(contract.ListBankAccounts)
async def list_bank_accounts(
    tx: Transaction, asked: contract.ListBankAccounts, who: Principal
) -> contract.BankAccounts:
    """The bank accounts in scope."""
    return await queries.accounts(tx)


@operations.command(contract.ImportStatement)
async def import_statement(
    tx: Transaction, asked: contract.ImportStatement, who: Principal
) -> contract.Statements:
    """Take a statement file in; the matching of its entries follows by itself."""
    taken = await commands.import_statement(tx, asked, who, today=clock.today())
    return await queries.imported(tx, taken)


@operations.question(contract.ListStatements)
async def list_statements(
    tx: Transaction, asked: contract.ListStatements, who: Principal
) -> contract.Statements:
    """Imported statements."""
    return await queries.statements(tx, asked)


@operations.question(contract.GetStatement)
async def get_statement(
    tx: Transaction, asked: contract.GetStatement, who: Principal
) -> contract.Statement:
    """One statement."""
    return await queries.statement(tx, asked.statement)


@operations.question(contract.ListBankEntries)
async def list_bank_entries(
    tx: Transaction, asked: contract.ListBankEntries, who: Principal
) -> contract.BankEntries:
    """Entries in scope."""
    return await queries.entries(tx, asked)


@operations.question(contract.SuggestMatches)
async def suggest_matches(
    tx: Transaction, asked: contract.SuggestMatches, who: Principal
) -> contract.Suggestions:
    """Whose payment an entry may be."""
    return await queries.suggestions(tx, asked.entry)


@operations.command(contract.MatchEntry)
async def match_entry(
    tx: Transaction, asked: contract.MatchEntry, who: Principal
) -> contract.BankEntry:
    """Whose payment an entry is."""
    await commands.match_entry(tx, asked, who, today=clock.today())
    return await queries.entry(tx, asked.entry)


@operations.command(contract.SetEntryAside)
async def set_entry_aside(
    tx: Transaction, asked: contract.SetEntryAside, who: Principal
) -> contract.BankEntry:
    """An entry that has nothing to do with customers."""
    await commands.set_aside(tx, asked, who)
    return await queries.entry(tx, asked.entry)


@operations.command(contract.ReturnPayment)
async def return_payment(
    tx: Transaction, asked: contract.ReturnPayment, who: Principal
) -> contract.BankEntry:
    """Which payment the bank gives back."""
    await commands.return_payment(tx, asked, who)
    return await queries.entry(tx, asked.entry)


@operations.command(contract.UndoMatch)
async def undo_match(
    tx: Transaction, asked: contract.UndoMatch, who: Principal
) -> contract.BankEntry:
    """Take a wrong match back."""
    await commands.undo_match(tx, asked, who, today=clock.today())
    return await queries.entry(tx, asked.entry)
