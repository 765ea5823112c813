"""Taking statements in, and finding out whose payment each entry is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from uuid import UUID, uuid5

from billing.bank_import import clues, events, reading, rules, store
from billing.bank_import.model import Match, Statement
from billing.bank_import.reading import Told
from billing.bank_import.store import Decision, Line
from billing.batch import Row
from billing.customers import queries as customers
from billing.exposure.book import Book
from billing.files import queries as files
from billing.ledger import commands as ledger
from billing.ledger import store as documents
from billing.ledger.model import Document, Kind, Payment, Settles
from billing.ledger.posting import Credit, announce_payment, settle, whose_account
from billing.organisation import queries as organisation
from billing.periods import queries as periods
from contracts.billing import bank as contract
from contracts.billing.bank import BankAccount
from kernel.database import Transaction
from kernel.ids import imported_id, uuid7
from kernel.logs import logger
from kernel.money import Money, minor_digits
from kernel.outage import is_transient
from kernel.problems import Failed, NotFound, NotYourUnit, Refusal, say
from kernel.scope import Principal

LONGEST_NUMBER = 60
RETURNED = "devuelto por el banco"

_log = logger("billing.bank_import")


async def put_account(
    tx: Transaction, asked: contract.PutBankAccount, who: Principal
) -> BankAccount:
    """Make a bank account known, or change how its statements are read.

    What could not be booked of its statements is tried once more.

    Raises:
        NotFound: the company has no such unit, or the account is of one out of sight.
        OtherCurrency: the account is there already, in another currency.
        UnknownCurrency
    """
    minor_digits(asked.currency)
    if asked.unit not in who.units:
        raise NotYourUnit(asked.unit)
    if asked.unit not in await organisation.known_units(tx, asked.company) | {asked.company}:
        raise NotFound("unit", asked.unit)
    number = rules.plain(asked.number)
    account = BankAccount(
        account=imported_id(asked.company, "bank-account", number),
        company=asked.company,
        unit=asked.unit,
        number=number,
        name=asked.name,
        currency=asked.currency,
        mapping=asked.mapping,
        automatic_from=asked.automatic_from,
    )
    for known in await store.accounts(tx, asked.company):
        if known.number == number and known.currency != asked.currency:
            raise rules.OtherCurrency(known.currency, asked.currency)
    if not await store.keep_account(tx, account):
        raise NotFound("bank account", number)
    await store.try_refused_again(tx, account.account)
    return account


async def import_statement(
    tx: Transaction, asked: contract.ImportStatement, who: Principal, *, today: date
) -> list[tuple[UUID, bool]]:
    """Take a file in, whole or not at all; returns its statements, and whether each is new.

    Raises:
        NotFound: the account is not there, or not in the person's scope.
        ForeignFormat, MalformedStatement, ForbiddenXml, ControlSumDiffers, BookedInFuture,
        UnknownAccount, AccountNeeded, OtherCurrency, EntryTwice, EntryDiffers,
        StatementDiffers, TooManyEntries, UnknownFile
    """
    known = await store.accounts(tx, asked.company)
    told = next((one for one in known if one.account == asked.account), None)
    if asked.account is not None and told is None:
        raise NotFound("bank account", str(asked.account))
    content = await files.content(asked.file)
    about = None if told is None else Told(told.currency, told.mapping)
    form, statements = await asyncio.to_thread(reading.read, content, about)
    await store.accounts(tx, asked.company, lock=True)  # two imports of one file are one
    taken = []
    for said in statements:
        account = _account_of(said, known, told)
        rules.check(said, account.currency, today)
        taken.append(await _take_in(tx, account, said, form, asked.file, who.person))
    return taken


def _account_of(
    said: Statement, known: Sequence[BankAccount], told: BankAccount | None
) -> BankAccount:
    """The account that a statement is of: the one it says, which must be the one that was said."""
    if said.account is None:
        if told is None:
            raise rules.AccountNeeded
        return told
    number = rules.plain(said.account)
    found = next((one for one in known if one.number == number), None)
    if found is None or (told is not None and told != found):
        raise rules.UnknownAccount(said.account[:40])
    return found


async def _take_in(
    tx: Transaction, account: BankAccount, said: Statement, form: str, file: str, by: UUID
) -> tuple[UUID, bool]:
    names = rules.keys(said.entries)
    digest = rules.digest(said, names)
    key = said.key or digest[:24]
    known = await store.statement_named(tx, account.account, key)
    if known is not None:
        if known["digest"] != digest:
            raise rules.StatementDiffers(key)
        return known["id"], False
    before = await store.known_entries(tx, account.account, names)
    new = []
    for name, entry in zip(names, said.entries, strict=True):
        if name not in before:
            new.append((name, entry))
        elif before[name] != (entry.booked_on, entry.amount.amount):
            was = Money(before[name][1], account.currency)
            raise rules.EntryDiffers(name, was, entry.amount)
    from_on, to_on = rules.days(said)
    id_ = uuid5(account.account, f"statement {key}")
    about = {
        "id": id_, "key": key, "digest": digest,
        "format": form, "file": file, "from_on": from_on, "to_on": to_on,
        "known": len(names) - len(new), "imported_by": by,
    }  # fmt: skip
    await store.add_statement(tx, account, said, about, new)
    return id_, True


async def match_next(tx: Transaction, at_once: int) -> bool:
    """Match the next entries of the statement that waits longest; whether there are more.

    Money that came in is matched many entries at once; what was set apart, for its batch could
    not be booked, follows one entry in a transaction. Money that went out is looked at after
    it, one entry in a transaction too, for a returned payment locks a customer of its own.
    Several may be at it at the same time: each takes entries that nobody else has.
    """
    statement = await store.next_unmatched(tx)
    if statement is None:
        return False
    by = statement["imported_by"]
    if lines := await _came_in(tx, statement["id"], at_once):
        await _try(tx, lines, _match_many(tx, lines, statement))
    elif await store.has_new(tx, statement["id"], came_in=True):
        return False
    elif out := await store.take_new(tx, statement["id"], 1, came_in=False):
        await _try(tx, out, _look_back(tx, out[0], by))
    elif await store.has_new(tx, statement["id"]):
        return False
    elif done := await store.finish(tx, statement["id"]):
        tx.announce(events.statement_matched(done), person=by)
    return True


async def _came_in(tx: Transaction, statement: UUID, at_once: int) -> list[Line]:
    """The next batch of money that came in; when there is none, one entry that was set apart."""
    lines = await store.take_new(tx, statement, at_once, came_in=True)
    return lines or await store.take_new(tx, statement, 1, came_in=True, apart=True)


async def _try(tx: Transaction, lines: Sequence[Line], work: Awaitable[None]) -> None:
    """Do what becomes of entries, whole or not at all; no entry ever holds up the others.

    A batch that cannot be booked is set apart, to be done again entry by entry. An entry that
    cannot be booked by itself waits for somebody, who is told why; nothing tries it again
    until the bank account is put anew.
    """
    error = await _attempt(tx, work)
    if error is None:
        return
    if len(lines) > 1:
        _log.warning("bank batch done again entry by entry", size=len(lines), error=repr(error))
        await store.set_apart(tx, [line.id for line in lines])
        return
    no = error if isinstance(error, Refusal) else _defect(lines[0], error)
    words = ". ".join(part.rstrip(".") for part in say(no) if part)
    await store.decide(tx, [Decision(lines[0].id, "open", reason=no.code, note=f"{words}.")])


async def _attempt(tx: Transaction, work: Awaitable[None]) -> Exception | None:
    """Do it with all that it tells, or leave no trace of it and return what was in the way.

    An outage is raised, for it says nothing of the entries: the same again may well succeed.
    """
    await tx.driver.execute("SAVEPOINT attempt")
    try:
        await work
        await tx.flush()
    except Exception as error:
        if is_transient(error):
            raise
        await tx.driver.execute("ROLLBACK TO SAVEPOINT attempt")
        tx.withdraw()
        return error
    return None


def _defect(line: Line, error: Exception) -> Failed:
    """What people are told of a defect of ours: the reference under which the log has it."""
    reference = str(uuid7())
    _log.error("bank entry not matched", entry=str(line.id), reference=reference, exc_info=error)
    return Failed(reference)


async def _match_many(tx: Transaction, lines: Sequence[Line], statement: Row) -> None:
    company = lines[0].company
    entries = [line.entry for line in lines]
    found = await clues.pointers(tx, company, entries)
    book = await Book.of_customers(tx, found.customers())
    currency = entries[0].amount.currency
    owed = await clues.debts(tx, entries, found, currency)
    payments, waiting = [], []
    for place, line in enumerate(lines):
        likely = rules.matches(line.entry.amount, owed.clues(place, line.entry, found))
        match = rules.choose(likely, statement["automatic_from"])
        if match is None:
            best = likely[0] if likely else None
            waiting.append(Decision(line.id, "open", best, reason=rules.why_not(likely)))
        else:
            owed.settle(match.invoices, line.entry.amount.amount)
            payments.append((line, match))
    await _pay(tx, book, company, payments, statement["imported_by"])
    await store.decide(tx, waiting)


async def _pay(
    tx: Transaction, book: Book, company: str, found: Sequence[tuple[Line, Match]], by: UUID
) -> None:
    first_open = await periods.first_open_day(tx, company)
    made = [(line, match, _payment(book, line, match, first_open)) for line, match in found]
    credits_ = [
        Credit(payment, Settles(tuple(one.invoice for one in match.invoices)))
        for _, match, payment in made
    ]
    settled = await settle(tx, book, credits_, by)
    await book.save()
    for _, _, payment in made:
        announce_payment(tx, payment, settled[payment.id])
    await store.decide(
        tx, [Decision(line.id, "matched", match, payment.id) for line, match, payment in made]
    )
    paid = {
        clues.number_of(line.entry): (match.customer, payment.whose.unit, payment.whose.rep)
        for line, match, payment in made
        if line.entry.payer_account and match.reason == "invoice-and-amount"
    }
    await store.learn_payers(tx, company, paid)


def _payment(book: Book, line: Line, match: Match, first_open: date | None) -> Document:
    """The payment of its day; of a closed one, of the first day that is open."""
    entry, booked = line.entry, line.entry.booked_on
    return Document(
        id=uuid7(),
        kind=Kind.PAYMENT,
        whose=whose_account(book, match.customer),
        number=number_of(line),
        issued_on=booked if first_open is None else max(booked, first_open),
        net=entry.amount,
        gross=entry.amount,
        origin="live",
        invoice=match.invoices[0].invoice if match.invoices else None,
    )


def number_of(line: Line) -> str:
    """What the payment is called: by the payer, else by the bank, else by us."""
    bank = None if line.key.startswith("~") else line.key
    return (line.entry.reference or bank or line.id.hex[-8:].upper())[:LONGEST_NUMBER]


async def _look_back(tx: Transaction, line: Line, by: UUID) -> None:
    """Money that went out gives a payment back, or has nothing to do with customers."""
    originals = await store.originals(tx, line) if line.entry.reference else []
    if len(originals) == 1 and originals[0].payment is not None:
        await _give_back(tx, line, originals[0], by)
    elif line.is_return:
        why = "ambiguous" if originals else "return-of-unknown"
        await store.decide(tx, [Decision(line.id, "open", reason=why)])
    else:
        await store.decide(tx, [Decision(line.id, "outgoing")])


async def _give_back(tx: Transaction, line: Line, original: Line, by: UUID | None) -> None:
    assert original.payment is not None
    assert original.customer is not None
    first_open = await periods.first_open_day(tx, line.company)
    on = max(line.entry.booked_on, first_open or line.entry.booked_on)
    await ledger.reverse_payment(tx, original.payment, on, RETURNED, by)
    match = Match(original.customer, (), rules.CERTAIN, "reference")
    await store.decide(tx, [Decision(line.id, "returned", match, original.payment)])


async def match_entry(
    tx: Transaction, asked: contract.MatchEntry, who: Principal, *, today: date
) -> None:
    """Somebody says whose payment an entry of the worklist is, or which one it gives back.

    Raises:
        NotFound: entry, customer or invoice are not there, or out of the person's scope.
        NotOnWorklist, InvoiceOfOther, MoneyWentOut
    """
    line = await _waiting(tx, asked.entry)
    cards = await customers.visible(tx, [asked.customer])
    if asked.customer not in cards:
        raise NotFound("customer", str(asked.customer))
    if line.entry.amount.amount < 0:
        raise rules.MoneyWentOut(line.entry.amount)
    first_open = await periods.first_open_day(tx, line.company)
    booked = line.entry.booked_on
    paid = Payment(
        customer=asked.customer,
        amount=line.entry.amount,
        paid_on=booked if first_open is None else max(booked, first_open),
        number=number_of(line),
        settles=Settles(tuple(asked.invoices)),
    )
    done = await ledger.take_payment(tx, paid, who.person, today=max(today, paid.paid_on))
    match = Match(asked.customer, (), rules.CERTAIN, "by-hand")
    await store.decide(tx, [Decision(line.id, "matched", match, done.payment)], who.person)
    if line.entry.payer_account:
        card = cards[asked.customer]
        payer = {clues.number_of(line.entry): (asked.customer, card.unit, card.owner)}
        await store.learn_payers(tx, line.company, payer)


async def return_payment(tx: Transaction, asked: contract.ReturnPayment, who: Principal) -> None:
    """Somebody says which payment an entry of the worklist gives back: all of it.

    Raises:
        NotFound: entry or payment are not there, or out of the person's scope.
        NotOnWorklist, MoneyCameIn, ReturnsOtherAmount, AlreadyReversed
    """
    line = await _waiting(tx, asked.entry)
    amount = line.entry.amount
    if amount.amount > 0:
        raise rules.MoneyCameIn(amount)
    first_open = await periods.first_open_day(tx, line.company)
    on = max(line.entry.booked_on, first_open or line.entry.booked_on)
    payment = await ledger.reverse_payment(tx, asked.payment, on, RETURNED, who.person)
    paid = payment.tendered or payment.gross
    if paid != -amount:
        raise rules.ReturnsOtherAmount(paid, -amount)
    match = Match(payment.whose.customer, (), rules.CERTAIN, "by-hand")
    await store.decide(tx, [Decision(line.id, "returned", match, payment.id)], who.person)


async def set_aside(tx: Transaction, asked: contract.SetEntryAside, who: Principal) -> None:
    """Somebody says that an entry has nothing to do with customers.

    Raises:
        NotFound, NotOnWorklist
    """
    line = await _waiting(tx, asked.entry)
    decision = Decision(line.id, "set-aside", reason="by-hand", note=asked.reason)
    await store.decide(tx, [decision], who.person)


async def undo_match(
    tx: Transaction, asked: contract.UndoMatch, who: Principal, *, today: date
) -> None:
    """Take a wrong match back: its payment is reversed, the entry waits for somebody again.

    What was learned of the payer's account from it is forgotten.

    Raises:
        NotFound, NotMatched, PeriodClosed
    """
    line = await _entry(tx, asked.entry)
    if line.state not in ("matched", "set-aside"):
        raise rules.NotMatched(line.state)
    if line.payment is not None and line.customer is not None:
        on = max(today, line.entry.booked_on)
        if await documents.reversed_on(tx, line.payment) is None:
            await ledger.reverse_payment(tx, line.payment, on, asked.reason, who.person)
        number = clues.number_of(line.entry)
        await store.forget_payer(tx, line.company, number, line.customer)
    decision = Decision(line.id, "open", reason="undone", note=asked.reason)
    await store.decide(tx, [decision], who.person)


async def _waiting(tx: Transaction, entry: UUID) -> Line:
    line = await _entry(tx, entry)
    if line.state not in ("new", "open"):
        raise rules.NotOnWorklist(line.state)
    return line


async def _entry(tx: Transaction, entry: UUID) -> Line:
    line = await store.lock_entry(tx, entry)
    if line is None:
        raise NotFound("bank entry", str(entry))
    return line
