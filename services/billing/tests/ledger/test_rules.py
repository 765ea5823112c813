from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger import rules
from billing.ledger.model import Account, Document, Entry, Kind, OpenItem, Posting, Settles, Whose
from kernel.money import Money, TooManyDecimals

WHOSE = Whose(UUID(int=7), "refacciones", "mty", None)
TODAY = date(2026, 3, 2)


def mxn(amount: str | Decimal) -> Money:
    return Money.of(amount, "MXN")


def document(kind: Kind, net: str, gross: str, day: date = TODAY) -> Document:
    return Document(UUID(int=1), kind, WHOSE, "D-1", day, mxn(net), mxn(gross), "live")


def open_invoice(n: int, amount: str | Decimal, due: int = 0, issued: int = 0) -> OpenItem:
    days = (TODAY + timedelta(days=offset) for offset in (issued, due))
    first = next(days)
    return OpenItem(
        UUID(int=n), UUID(int=n), Kind.INVOICE, f"F-{n}", WHOSE, None, first, next(days),
        mxn(amount), first,
    )  # fmt: skip


def test_an_invoice_makes_the_customer_owe_the_gross_and_no_cent_is_lost():
    posting = rules.invoiced(document(Kind.INVOICE, "100.0001", "116.0002"))
    assert {e.account: e.amount for e in posting.entries} == {
        Account.RECEIVABLE: mxn("116.0002"),
        Account.REVENUE: mxn("-100.0001"),
        Account.TAX: mxn("-16.0001"),
    }


def test_without_tax_there_is_no_entry_for_it():
    assert len(rules.invoiced(document(Kind.INVOICE, "100", "100")).entries) == 2


def test_a_posting_that_does_not_balance_is_a_defect():
    entries = (Entry(Account.CASH, mxn("1")), Entry(Account.REVENUE, mxn("-2")))
    with pytest.raises(AssertionError, match="balances"):
        Posting(UUID(int=1), Kind.PAYMENT, UUID(int=1), WHOSE, TODAY, entries)


def test_a_payment_settles_the_invoice_it_names_and_then_what_is_due_longest():
    invoices = [open_invoice(1, "50", due=9), open_invoice(2, "50", due=5), open_invoice(3, "50")]
    parts = rules.allocate(mxn("110"), invoices, Settles((UUID(int=1),)))
    settled = [(p.item.item.int, p.amount, p.open_after) for p in parts]
    assert settled == [
        (1, mxn("50"), mxn("0")),
        (3, mxn("50"), mxn("0")),
        (2, mxn("10"), mxn("40")),
    ]


def test_of_invoices_due_on_the_same_day_the_one_issued_first_goes_first():
    invoices = [open_invoice(1, "50", issued=-1), open_invoice(2, "50", issued=-2)]
    (part,) = rules.allocate(mxn("50"), invoices)
    assert part.item.item == UUID(int=2)


def test_what_is_more_than_the_debt_settles_nothing():
    assert [p.amount for p in rules.allocate(mxn("80"), [open_invoice(1, "50")])] == [mxn("50")]
    assert rules.allocate(mxn("80"), []) == []


def test_a_payment_that_may_settle_only_one_leaves_the_others_alone():
    invoices = [open_invoice(1, "50"), open_invoice(2, "50")]
    (part,) = rules.allocate(mxn("80"), invoices, Settles((UUID(int=2),), only_named=True))
    assert (part.item.item.int, part.amount) == (2, mxn("50"))


def test_an_invoice_in_another_currency_is_left_alone():
    assert rules.allocate(Money.of("80", "USD"), [open_invoice(1, "50")]) == []


def test_an_allocation_is_of_no_day_before_the_invoice():
    early = document(Kind.PAYMENT, "50", "50", day=TODAY - timedelta(days=9))
    assert rules.allocated_on(early.issued_on, open_invoice(1, "50")) == TODAY


def test_a_payment_taken_here_is_checked():
    def check(amount: Money, day: date = TODAY) -> Money:
        return rules.check_payment(amount, day, TODAY)

    assert check(mxn("0.01")) == mxn("0.01")
    with pytest.raises(rules.PaymentNotPositive):
        check(mxn("0"))
    with pytest.raises(TooManyDecimals):
        check(mxn("0.001"))
    with pytest.raises(rules.PaidInTheFuture):
        check(mxn("1"), TODAY + timedelta(days=1))


cents = st.integers(1, 10_000).map(lambda n: Decimal(n) / 100)


@given(st.lists(cents, max_size=6), st.lists(cents, max_size=6), st.randoms())
def test_any_order_of_payments_settles_the_same_totals(debts, payments, dice):
    def settled(amounts: list[Decimal]) -> tuple[Decimal, Decimal]:
        left = {n: open_invoice(n, amount, due=n % 3) for n, amount in enumerate(debts)}
        rest = Decimal(0)
        for amount in amounts:
            parts = rules.allocate(mxn(amount), left.values())
            for part in parts:
                n = part.item.item.int
                left[n] = open_invoice(n, part.open_after.amount, due=n % 3)
            rest += amount - sum((p.amount.amount for p in parts), Decimal(0))
        return sum((one.open.amount for one in left.values()), Decimal(0)), rest

    shuffled = list(payments)
    dice.shuffle(shuffled)
    still_open, unallocated = settled(payments)
    assert settled(shuffled) == (still_open, unallocated)
    assert still_open - unallocated == sum(debts, Decimal(0)) - sum(payments, Decimal(0))
    assert still_open == 0 or unallocated == 0
