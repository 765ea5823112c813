"""How documents are posted, and what a payment settles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from billing.ledger.model import (
    Account,
    Allocated,
    Charge,
    Document,
    Entry,
    Instalment,
    Kind,
    OpenItem,
    Policy,
    Posting,
    Settles,
    Standing,
)
from kernel.events import Origin
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class PaymentNotPositive(Refusal):
    """A payment is more than nothing."""

    code = "ledger.payment-not-positive"
    title = "A payment must be more than zero"
    amount: Money


@dataclass(eq=False)
class ChargeNotPositive(Refusal):
    """Interest or a fee is more than nothing."""

    code = "ledger.charge-not-positive"
    title = "A charge must be more than zero"
    amount: Money


@dataclass(eq=False)
class PaidInTheFuture(Refusal):
    """A payment cannot be of a day that has not come."""

    code = "ledger.paid-in-the-future"
    title = "The day of the payment has not come"
    paid_on: date
    today: date


@dataclass(eq=False)
class InvoiceOfOther(Refusal):
    """The invoice that the payment names belongs to another customer."""

    code = "ledger.invoice-of-other"
    title = "The invoice belongs to another customer"
    number: str


@dataclass(eq=False)
class AlreadyReversed(Refusal):
    """The payment was taken back before; a payment is taken back once."""

    code = "ledger.already-reversed"
    title = "The payment was taken back before"
    number: str


@dataclass(eq=False)
class BeforeDocument(Refusal):
    """Nothing happens to a document before its own day."""

    code = "ledger.before-document"
    title = "The day is before that of the document"
    number: str
    issued_on: date


@dataclass(eq=False)
class InstalmentsDoNotAddUp(Refusal):
    """The instalments are more or less than what is owed."""

    code = "ledger.instalments-do-not-add-up"
    title = "The instalments do not add up to what is owed"
    owed: Money
    given: Money


@dataclass(eq=False)
class InstalmentsOutOfOrder(Refusal):
    """Instalments are each more than zero, and due one after the other."""

    code = "ledger.instalments-out-of-order"
    title = "Instalments must be more than zero and due on one day after the other"


@dataclass(eq=False)
class MoreThanOpen(Refusal):
    """More was asked to be settled than is left of the credit, or owed on the item."""

    code = "ledger.more-than-open"
    title = "The amount is more than what is open"
    asked: Money
    open: Money


POLICY = Policy()
"""How payments are allocated in a company that has not said otherwise."""
ANYTHING = Settles()
ZERO = Decimal(0)


def invoice_of(delivery: UUID) -> UUID:
    """The invoice of a delivery: always the same one, however often we hear of it."""
    return uuid5(delivery, "invoice")


def credit_note_of(goods_return: UUID) -> UUID:
    """The credit note of a return."""
    return uuid5(goods_return, "credit-note")


def item_of(document: UUID, nth: int) -> UUID:
    """The item of an instalment: the first bears the id of its document."""
    return document if nth == 1 else uuid5(document, f"instalment {nth}")


def instalments_of(document: Document) -> list[tuple[UUID, int, Instalment]]:
    """The items of a document: one for each instalment, or one of the gross on the due day.

    Source: BI4.
    """
    whole = Instalment(document.due_on, document.gross)
    parts = document.instalments or (whole,)
    return [(item_of(document.id, nth), nth, part) for nth, part in enumerate(parts, start=1)]


def check_instalments(total: Money, parts: Sequence[Instalment]) -> tuple[Instalment, ...]:
    """Instalments are each more than nothing, come in the order of their days, and add up.

    What is whole cents is not split finer; an import may be finer, as it was given.

    Raises:
        InstalmentsDoNotAddUp, InstalmentsOutOfOrder, TooManyDecimals, DifferentCurrencies

    Source: BI4.
    """
    if any(part.amount.amount <= 0 for part in parts):
        raise InstalmentsOutOfOrder
    if total == total.rounded():
        for part in parts:
            part.amount.in_minor_units()
    days = [part.due_on for part in parts if part.due_on is not None]
    if len(days) != len(parts) or days != sorted(set(days)):
        raise InstalmentsOutOfOrder
    given = Money.total((part.amount for part in parts), total.currency)
    if given != total:
        raise InstalmentsDoNotAddUp(total, given)
    return tuple(parts)


def numbered(
    item: OpenItem, last: int, parts: Sequence[Instalment]
) -> list[tuple[UUID, int, Instalment]]:
    """The instalments that an item becomes: the first stays the item, the others are new.

    Source: BI4.
    """
    first, *more = parts
    added = [
        (item_of(item.document, nth), nth, part) for nth, part in enumerate(more, start=last + 1)
    ]
    return [(item.item, item.nth, first), *added]


def split(
    posting: UUID, item: OpenItem, parts: Sequence[tuple[UUID, int, Instalment]], on: date
) -> Posting:
    """An item that is split owes so much less, and each new instalment what it is of.

    | receivable (item) | receivable (second) | receivable (third) |
    |               -80 |                  40 |                 40 |

    Source: BI4.
    """
    more = tuple(Entry(Account.RECEIVABLE, part.amount, id_) for id_, _, part in parts[1:])
    moved = Money.total((entry.amount for entry in more), item.open.currency)
    entries = (Entry(Account.RECEIVABLE, -moved, item.item), *more)
    return Posting(posting, Kind.INSTALMENTS, item.document, item.whose, on, entries)


def invoiced(invoice: Document) -> Posting:
    """An invoice: the customer owes the gross; it is revenue and tax, as given and exact.

    | receivable | revenue |  tax |
    |        116 |    -100 |  -16 |

    In instalments each of them is owed by itself.

    Source: BI4.
    """
    owed = (
        Entry(Account.RECEIVABLE, part.amount, item) for item, _, part in instalments_of(invoice)
    )
    return _posting(
        invoice,
        *owed,
        Entry(Account.REVENUE, -invoice.net),
        Entry(Account.TAX, invoice.net - invoice.gross),
    )


def charge(asked: Charge, origin: Origin) -> Document:
    """A charge is more than zero, in whole minor units, and due on its own day at the earliest.

    Raises:
        ChargeNotPositive, TooManyDecimals

    Source: BI4, BI6.
    """
    if asked.amount.amount <= 0:
        raise ChargeNotPositive(asked.amount)
    amount = asked.amount.in_minor_units()
    return Document(
        id=asked.id,
        kind=asked.kind,
        whose=asked.whose,
        number=asked.id.hex[-8:].upper(),
        issued_on=asked.dated_on,
        net=amount,
        gross=amount,
        origin=origin,
        due_on=max(asked.due_on, asked.dated_on),
        invoice=asked.invoice,
        reason=asked.reason,
    )


def charged(charge: Document) -> Posting:
    """Interest or a fee is a receivable of its own: it survives the payment of its cause.

    | receivable | interest and fees |
    |         25 |               -25 |

    Source: BI4, BI6.
    """
    return _posting(
        charge,
        Entry(Account.RECEIVABLE, charge.gross, charge.id),
        Entry(Account.INTEREST_AND_FEES, -charge.gross),
    )


def credited(note: Document) -> Posting:
    """A credit note takes revenue and tax back; what it settles is an allocation.

    | unallocated | revenue | tax |
    |        -116 |     100 |  16 |

    Source: BI4.
    """
    return _posting(
        note,
        Entry(Account.UNALLOCATED, -note.gross, note.id),
        Entry(Account.REVENUE, note.net),
        Entry(Account.TAX, note.gross - note.net),
    )


def paid(payment: Document) -> list[Posting]:
    """A payment is cash, and credit of the customer until it is allocated.

    | cash | unallocated |
    |  116 |        -116 |

    One in another currency is cash of that currency, changed into what it is worth:

    | cash    | exchange            | unallocated |
    | 100 USD | -100 USD, +1735 MXN |   -1735 MXN |

    Source: BI4.
    """
    credit = Entry(Account.UNALLOCATED, -payment.gross, payment.id)
    if payment.tendered is None:
        return [_posting(payment, Entry(Account.CASH, payment.gross), credit)]
    given = payment.tendered
    cash = _posting(payment, Entry(Account.CASH, given), Entry(Account.EXCHANGE, -given))
    return [
        _posting(payment, Entry(Account.EXCHANGE, payment.gross), credit),
        replace(cash, id=uuid5(payment.id, "tendered")),
    ]


def _posting(document: Document, *entries: Entry) -> Posting:
    return Posting(
        document.id,
        document.kind,
        document.id,
        document.whose,
        document.issued_on,
        tuple(entry for entry in entries if entry.amount),
    )


def allocated(posting: UUID, credit: Document, part: Allocated) -> Posting:
    """An allocation is a fact of its own day, and belongs where the invoice belongs.

    | unallocated | receivable |
    |         116 |       -116 |

    Source: BI4.
    """
    return Posting(
        posting,
        Kind.ALLOCATION,
        credit.id,
        part.item.whose,
        part.on,
        (
            Entry(Account.UNALLOCATED, part.amount, credit.id),
            Entry(Account.RECEIVABLE, -part.amount, part.item.item),
        ),
    )


def exchanged(allocation: Posting, gained: Money) -> Posting:
    """What the rate's move since the invoice won or lost, posted with the allocation it comes of.

    | exchange  | exchange difference |
    | -1000 MXN |           +1000 MXN |

    Source: BI4.
    """
    entries = (
        Entry(Account.EXCHANGE, gained),
        Entry(Account.EXCHANGE_DIFFERENCE, -gained),
    )
    return replace(
        allocation, id=uuid5(allocation.id, "exchange"), kind=Kind.EXCHANGE, entries=entries
    )


def deallocated(posting: UUID, credit: UUID, settled: Standing, on: date) -> Posting:
    """A settlement is taken back by its mirror, not before its own day; nothing is deleted.

    | unallocated | receivable |
    |        -116 |        116 |

    Source: BI4.
    """
    taken = settled.entry
    return Posting(
        posting,
        Kind.DEALLOCATION,
        credit,
        settled.whose,
        max(on, settled.last_on),
        (replace(taken, amount=-taken.amount), Entry(Account.UNALLOCATED, taken.amount, credit)),
    )


def mirrored(
    posting: UUID, kind: Kind, document: UUID, posted: Sequence[Standing], on: date
) -> Posting:
    """What was posted is undone by the same with the sign turned, not before its own day.

    Source: BI4.
    """
    turned = tuple(replace(one.entry, amount=-one.entry.amount) for one in posted)
    day = max(on, *(one.last_on for one in posted))
    return Posting(posting, kind, document, posted[0].whose, day, turned)


def allocated_on(free_from: date, item: OpenItem) -> date:
    """The day on which a credit settles an item: as soon as both are there to be matched.

    Source: BI4.
    """
    return max(free_from, item.open_from)


def allocate(
    amount: Money, items: Iterable[OpenItem], how: Settles = ANYTHING, policy: Policy = POLICY
) -> list[Allocated]:
    """A payment settles what it names first, then the rest by the company's rules.

    Named are items or whole invoices, in that order; then, unless the company says otherwise:
    what is exactly of this amount, interest before fees before invoices, and what is due
    longest. Of items due on the same day the one issued first goes first, and what is in
    dispute goes last. What is more than the debt settles nothing: it stays as unallocated
    credit. Items in another currency are left alone.

    Source: BI4; Código de Comercio, art. 364.
    """
    same = {one.item: one for one in items if one.open.currency == amount.currency}
    work = _Allocating(amount, same)
    for name in how.named:
        named = [one for one in work.left.values() if name in {one.item, one.document}]
        work.settle(sorted(named, key=_turn))
    if not how.only_named:
        for rule in policy.rules:
            work.settle(CHOICES[rule](work, policy))
    return work.parts


@dataclass(slots=True)
class _Allocating:
    """An amount, while it settles one item after the other."""

    amount: Money
    left: dict[UUID, OpenItem]
    parts: list[Allocated] = field(default_factory=list)
    owed: dict[UUID, Money] = field(init=False)
    """By document, of which there may be several items."""

    def __post_init__(self) -> None:
        self.owed = {}
        for item in self.left.values():
            before = self.owed.get(item.document, Money(ZERO, item.open.currency))
            self.owed[item.document] = before + item.open

    def settle(self, items: Iterable[OpenItem]) -> None:
        for item in items:
            part = min(self.amount, item.open)
            if part.amount > 0:
                self._settle(item, part)

    def _settle(self, item: OpenItem, part: Money) -> None:
        self.amount -= part
        self.owed[item.document] -= part
        self.parts.append(Allocated(item, part, self.owed[item.document]))
        if part == item.open:
            del self.left[item.item]
        else:
            self.left[item.item] = replace(item, open=item.open - part)


def _exact(work: _Allocating, policy: Policy) -> list[OpenItem]:
    """One item, or else all instalments of one invoice, that owe exactly what is left."""
    items = sorted(work.left.values(), key=_turn)
    by_document: dict[UUID, list[OpenItem]] = {}
    for item in items:
        by_document.setdefault(item.document, []).append(item)
    for group in [*([item] for item in items), *by_document.values()]:
        if Money.total((item.open for item in group), work.amount.currency) == work.amount:
            return group
    return []


def _prior(work: _Allocating, policy: Policy) -> list[OpenItem]:
    """What the company wants settled before all else, kind by kind."""
    places = {kind: place for place, kind in enumerate(policy.priority)}
    prior = [item for item in work.left.values() if item.kind in places]
    return sorted(prior, key=lambda item: (places[item.kind], _turn(item)))


def _oldest(work: _Allocating, policy: Policy) -> list[OpenItem]:
    """What is due longest."""
    return sorted(work.left.values(), key=_turn)


CHOICES = {"exact": _exact, "priority": _prior, "oldest": _oldest}


def _turn(item: OpenItem) -> tuple[bool, date, date, UUID, int]:
    return item.disputed, item.due_on, item.issued_on, item.document, item.nth


def check_part(amount: Money, left: Money, owed: Money) -> Money:
    """A part that somebody names is more than nothing, and no more than is left or owed.

    Raises:
        PaymentNotPositive, MoreThanOpen, DifferentCurrencies, TooManyDecimals

    Source: BI4.

    >>> check_part(mxn("50"), left=mxn("50"), owed=mxn("80"))
    Money('50 MXN')
    >>> check_part(mxn("50.01"), left=mxn("50"), owed=mxn("80"))
    Traceback (most recent call last):
    billing.ledger.rules.MoreThanOpen: ledger.more-than-open: The amount is more than what is open (asked=50.01 MXN, open=50 MXN)
    """
    if amount > min(left, owed):
        raise MoreThanOpen(amount, min(left, owed))
    if amount.amount <= 0:
        raise PaymentNotPositive(amount)
    return in_units(amount, whole=min(left, owed))


def in_units(amount: Money, whole: Money) -> Money:
    """All of something is what it is, however fine; a part of it is whole minor units.

    Raises:
        TooManyDecimals

    >>> in_units(mxn("0.125"), whole=mxn("0.125"))
    Money('0.125 MXN')
    """
    return amount if amount == whole else amount.in_minor_units()


def check_payment(amount: Money, paid_on: date, today: date) -> Money:
    """A payment taken here is more than zero, in whole minor units, and not of tomorrow.

    Returns:
        The amount, in whole minor units.

    Raises:
        PaymentNotPositive, PaidInTheFuture, TooManyDecimals

    Source: BI4.

    >>> check_payment(mxn("10.5"), day("2026-03-02"), today=day("2026-03-02"))
    Money('10.50 MXN')
    """
    if amount.amount <= 0:
        raise PaymentNotPositive(amount)
    check_not_future(paid_on, today)
    return amount.in_minor_units()


def check_not_future(on: date, today: date) -> date:
    """Money does not move on a day that has not come; today is fine.

    Raises:
        PaidInTheFuture

    Source: BI4.
    """
    if on > today:
        raise PaidInTheFuture(on, today)
    return on
