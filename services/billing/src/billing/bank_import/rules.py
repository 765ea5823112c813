"""When a statement can be believed, which entries are the same, and whose payment one is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from billing.bank_import.model import Clues, Entry, Match, Owed, Statement
from kernel.money import Money
from kernel.problems import Refusal

ONE_DAY = timedelta(days=1)
"""At a branch west or east of us it may be another day already."""
MOST_ENTRIES = 200_000
CERTAIN = Decimal(1)
BETWEEN_WORDS = re.compile(r"[\s,;:()]+")
SIGNS = re.compile(r"[^0-9A-Za-z]+")
HAS_DIGIT = re.compile(r"[0-9]")
LONGEST_NAME = 300
LONGEST_TEXT = 20_000
SURE_LENGTH = 6
"""A number of fewer digits may be anything: a year, a street, a branch of the bank."""


@dataclass(eq=False)
class ForeignFormat(Refusal):
    """The file is not a statement in a format that we read."""

    code = "bank.foreign-format"
    title = "The file is not a bank statement that can be read"
    found: str


@dataclass(eq=False)
class MalformedStatement(Refusal):
    """The file begins as a statement, and then is not what its format says."""

    code = "bank.malformed"
    title = "The statement is damaged"
    place: str
    problem: str


@dataclass(eq=False)
class ForbiddenXml(Refusal):
    """The XML declares a document type or entities, which no bank does and attackers do."""

    code = "bank.forbidden-xml"
    title = "The file contains XML that is not accepted"


@dataclass(eq=False)
class TooManyEntries(Refusal):
    """There are more entries than are taken in at once."""

    code = "bank.too-many-entries"
    title = "The statement has too many entries"
    limit: int


@dataclass(eq=False)
class ControlSumDiffers(Refusal):
    """The entries do not add up to what the file itself says."""

    code = "bank.control-sum"
    title = "The statement does not add up"
    what: str
    said: str
    found: str


@dataclass(eq=False)
class BookedInFuture(Refusal):
    """An entry is of a day that has not come."""

    code = "bank.booked-in-future"
    title = "An entry is of a day that has not come"
    booked_on: date
    today: date


@dataclass(eq=False)
class UnknownAccount(Refusal):
    """The statement is of an account that is none of the company's."""

    code = "bank.unknown-account"
    title = "The statement is of another account"
    number: str


@dataclass(eq=False)
class AccountNeeded(Refusal):
    """The file does not say which account it is of."""

    code = "bank.account-needed"
    title = "The account has to be said"


@dataclass(eq=False)
class OtherCurrency(Refusal):
    """The statement is not in the currency of the account."""

    code = "bank.other-currency"
    title = "The statement is in another currency"
    expected: str
    given: str


@dataclass(eq=False)
class EntryTwice(Refusal):
    """Two entries of one statement bear the same name of the bank."""

    code = "bank.entry-twice"
    title = "An entry appears twice in the statement"
    id: str


@dataclass(eq=False)
class EntryDiffers(Refusal):
    """An entry came before, and now says something else."""

    code = "bank.entry-differs"
    title = "An entry differs from what was imported before"
    id: str
    before: Money
    now: Money


@dataclass(eq=False)
class StatementDiffers(Refusal):
    """A statement of this name was imported before, with other entries."""

    code = "bank.statement-differs"
    title = "The statement differs from what was imported before"
    key: str


@dataclass(eq=False)
class NotOnWorklist(Refusal):
    """The entry does not wait for anybody to decide."""

    code = "bank.not-on-worklist"
    title = "The entry does not wait for a decision"
    state: str


@dataclass(eq=False)
class NotMatched(Refusal):
    """There is no match to take back."""

    code = "bank.not-matched"
    title = "The entry is not matched"
    state: str


@dataclass(eq=False)
class ReturnsOtherAmount(Refusal):
    """What the bank gives back is not what was paid."""

    code = "bank.returns-other-amount"
    title = "The payment is of another amount"
    paid: Money
    returned: Money


@dataclass(eq=False)
class MoneyWentOut(Refusal):
    """Money that went out is nobody's payment."""

    code = "bank.money-went-out"
    title = "The entry is money that went out"
    amount: Money


@dataclass(eq=False)
class MoneyCameIn(Refusal):
    """Money that came in gives nothing back."""

    code = "bank.money-came-in"
    title = "The entry is money that came in"
    amount: Money


def check(statement: Statement, currency: str, today: date) -> None:
    """A statement is in the account's currency, adds up, and none of it is of tomorrow.

    What came in and went out, added to the opening balance, is the closing balance to the cent;
    a file that lacks an entry, or has one twice, is refused whole. An entry of exactly tomorrow
    is let in, for the branch may be a day ahead of us.

    Raises:
        OtherCurrency, TooManyDecimals, BookedInFuture, ControlSumDiffers, MalformedStatement

    Source: BI9.
    """
    _check_lengths(statement)
    for given in (statement.currency, *{entry.amount.currency for entry in statement.entries}):
        if given != currency:
            raise OtherCurrency(currency, given)
    for entry in statement.entries:
        entry.amount.in_minor_units()
        if entry.booked_on > today + ONE_DAY:
            raise BookedInFuture(entry.booked_on, today)
    if statement.opening is not None and statement.closing is not None:
        moved = Money.total((entry.amount for entry in statement.entries), currency)
        assert_same("balance", str(statement.closing.amount), statement.opening + moved)


def _check_lengths(statement: Statement) -> None:
    """Names are as long as names are, and no text is a novel."""
    for name in (statement.key, statement.account):
        _assert_fits("Stmt", name, LONGEST_NAME)
    for place, entry in enumerate(statement.entries, start=1):
        for name in (entry.id, entry.reference, entry.payer, entry.payer_account):
            _assert_fits(f"{place}", name, LONGEST_NAME)
        _assert_fits(f"{place}", entry.text, LONGEST_TEXT)


def _assert_fits(place: str, text: str | None, longest: int) -> None:
    if text and len(text) > longest:
        raise MalformedStatement(place, f"a text of {len(text)} letters, beyond {longest}")
    if text and "\x00" in text:
        raise MalformedStatement(place, "a text that is not one")


def assert_same(what: str, said: str | None, found: Money | Decimal | int) -> None:
    """A figure that the file says of itself is the one that its entries make.

    Raises:
        ControlSumDiffers

    Source: BI9.
    """
    made = found.amount if isinstance(found, Money) else Decimal(found)
    if said is not None and Decimal(said) != made:
        raise ControlSumDiffers(what, f"{Decimal(said):f}", f"{made:f}")


def keys(entries: Sequence[Entry]) -> list[str]:
    """What makes each entry the same one in every file: the bank's name of it, else its content.

    Two entries without a name that say the same are the first and the second of their kind: in
    two files that overlap by whole days they are the same two.

    Raises:
        EntryTwice: the bank's own name appears twice.

    Source: BI9.
    """
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        name = entry.id or f"~{_content(entry)}"
        seen[name] += 1
        if entry.id and seen[name] > 1:
            raise EntryTwice(entry.id)
        found.append(name if entry.id else f"{name}.{seen[name]}")
    return found


def _content(entry: Entry) -> str:
    said = (
        entry.booked_on, f"{entry.amount.amount:f}", entry.reference, entry.text, entry.payer,
        entry.payer_account,
    )  # fmt: skip
    return sha256(repr([str(part) for part in said]).encode()).hexdigest()[:24]


def days(statement: Statement) -> tuple[date, date]:
    """From when to when a statement is: as it says, and at least from its first entry to its last.

    Raises:
        MalformedStatement: it says no day at all, or ends before it begins.

    Source: BI9.
    """
    booked = [entry.booked_on for entry in statement.entries]
    first = [*booked, *([statement.from_on] if statement.from_on else [])]
    last = [*booked, *([statement.to_on] if statement.to_on else [])]
    if not first or not last or min(first) > max(last):
        raise MalformedStatement("FrToDt", "it says of no day that it is a statement of it")
    return min(first), max(last)


def digest(statement: Statement, names: Iterable[str]) -> str:
    """What makes a statement the same one: its entries and balances, not its file.

    Source: BI9.
    """
    lines = (
        f"{name} {entry.booked_on} {entry.amount}"
        for name, entry in zip(names, statement.entries, strict=True)
    )
    said = [str(statement.opening), str(statement.closing), *lines]
    return sha256("\n".join(said).encode()).hexdigest()


def words_of(text: str) -> set[str]:
    """The words of a text in which a number of ours may stand, letters and digits only.

    Two words side by side count as one as well, for `FAC 1042` is `FAC-1042`; what has no digit
    is no number.

    Source: BI9.

    >>> sorted(words_of("Pago fac. 1042, gracias"))
    ['1042', '1042GRACIAS', 'FAC1042']
    """
    parts = [part for word in BETWEEN_WORDS.split(text) if (part := plain(word))]
    pairs = [first + second for first, second in pairwise(parts)]
    return {word for word in parts + pairs if 3 <= len(word) <= 40 and HAS_DIGIT.search(word)}


def is_sure(word: str) -> bool:
    """A short number without letters may be chance: a year, a street, a branch of the bank.

    Source: BI9.

    >>> is_sure("2026"), is_sure("C2026"), is_sure("100234")
    (False, True, True)
    """
    return not word.isdigit() or len(word) >= SURE_LENGTH


def plain(text: str) -> str:
    """Letters and digits only, in capitals and without accents.

    >>> plain("Peña & Hijos, S.A.")
    'PENAHIJOSSA'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return SIGNS.sub("", text).upper()


def matches(amount: Money, clues: Clues) -> list[Match]:
    """Whose payment an amount may be, the likeliest first; each customer once.

    | what speaks for the customer                                  | score | reason |
    | the invoices it names owe exactly this together               | 1.00 | invoice-and-amount |
    | paid from the same account before, and one invoice owes this  | 0.95 | payer-and-amount |
    | bears the customer's number, and one invoice owes this        | 0.95 | number-and-amount |
    | names open invoices of other amounts                          | 0.90 | invoice |
    | called as the payer, and one invoice owes this                | 0.85 | name-and-amount |
    | paid from the same account before                             | 0.80 | payer |
    | bears the customer's number                                   | 0.80 | number |
    | names an invoice that is settled already                      | 0.60 | settled-invoice |
    | called as the payer                                           | 0.50 | name |
    | an invoice owes exactly this                                  | 0.40 | amount |

    A short number without letters that is named for another amount may be chance: half as sure.

    Source: BI9.
    """
    best: dict[UUID, Match] = {}
    for match in _candidates(amount, clues):
        known = best.get(match.customer)
        if known is None or match.score > known.score:
            best[match.customer] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.customer))


def _candidates(amount: Money, clues: Clues) -> Iterator[Match]:
    for customer, named in _by_customer(clues.named):
        yield _naming(amount, customer, named)
    exact = dict(_by_customer(clues.same_amount))
    for customers, score, reason in (
        (clues.payers, 80, "payer"),
        (clues.numbered, 80, "number"),
        (clues.same_name, 50, "name"),
    ):
        for customer in customers:
            owed = exact.get(customer, ())
            with_amount = {"payer": 95, "number": 95, "name": 85}[reason]
            if owed:
                yield _match(customer, owed[:1], with_amount, f"{reason}-and-amount")
            else:
                yield _match(customer, (), score, reason)
    for customer in clues.settled:
        yield _match(customer, (), 60, "settled-invoice")
    for customer, owed in exact.items():
        yield _match(customer, owed[:1], 40, "amount")


def _naming(amount: Money, customer: UUID, named: tuple[Owed, ...]) -> Match:
    owed = Money.total((each.open for each in named), amount.currency)
    one = next((each for each in named if each.open == amount), None)
    if owed == amount or one is not None:
        return _match(customer, named if owed == amount else (one or named[0],), 100,
                      "invoice-and-amount")  # fmt: skip
    chance = not any(is_sure(each.number) for each in named)
    return _match(customer, named, 45 if chance else 90, "invoice")


def _match(customer: UUID, invoices: tuple[Owed, ...], percent: int, reason: str) -> Match:
    return Match(customer, invoices, Decimal(percent) / 100, reason)


def _by_customer(owed: Iterable[Owed]) -> list[tuple[UUID, tuple[Owed, ...]]]:
    found: dict[UUID, tuple[Owed, ...]] = {}
    for each in owed:
        found[each.customer] = (*found.get(each.customer, ()), each)
    return list(found.items())


def choose(found: Sequence[Match], automatic_from: Decimal) -> Match | None:
    """A match is booked by itself when it is sure enough and nobody else is as likely.

    Sure enough is a score of at least what the account says; exactly that is enough. Two
    customers with the same score are for a person to decide.

    Source: BI9.
    """
    if not found or found[0].score < automatic_from:
        return None
    if len(found) > 1 and found[1].score == found[0].score:
        return None
    return found[0]


def why_not(found: Sequence[Match]) -> str:
    """Why an entry waits for somebody: nothing speaks for anybody, too little, or for two alike.

    Source: BI9.
    """
    if not found:
        return "no-clue"
    if len(found) > 1 and found[1].score == found[0].score:
        return "ambiguous"
    return f"unsure-{found[0].reason}"
