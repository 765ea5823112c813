from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bank_import import rules
from billing.bank_import.model import Clues, Entry, Match, Owed, Statement
from kernel.money import Money

A, B = UUID(int=1), UUID(int=2)
DAY = date(2026, 3, 10)


def mxn(amount: str | int | Decimal) -> Money:
    return Money.of(Decimal(amount), "MXN")


def owed(n: int, amount: str, customer: UUID = A, number: str | None = None) -> Owed:
    return Owed(UUID(int=100 + n), customer, number or f"FAC-{n}", mxn(amount))


def entry(amount: str | Decimal, text: str = "", id_: str | None = None) -> Entry:
    return Entry(DAY, mxn(amount), id=id_, text=text)


@pytest.mark.parametrize(
    ("clues", "score", "reason"),
    [
        (Clues(named=(owed(1, "100"),)), "1", "invoice-and-amount"),
        (Clues(named=(owed(1, "60"), owed(2, "40"))), "1", "invoice-and-amount"),
        (Clues(named=(owed(1, "100"), owed(2, "40"))), "1", "invoice-and-amount"),
        (Clues(named=(owed(1, "99.99"),)), "0.9", "invoice"),
        (Clues(named=(owed(1, "99.99", number="12345"),)), "0.45", "invoice"),
        (Clues(named=(owed(1, "99.99", number="123456"),)), "0.9", "invoice"),
        (Clues(payers=frozenset({A}), same_amount=(owed(1, "100"),)), "0.95", "payer-and-amount"),
        (
            Clues(numbered=frozenset({A}), same_amount=(owed(1, "100"),)),
            "0.95",
            "number-and-amount",
        ),
        (Clues(same_name=frozenset({A}), same_amount=(owed(1, "100"),)), "0.85", "name-and-amount"),
        (Clues(payers=frozenset({A})), "0.8", "payer"),
        (Clues(numbered=frozenset({A})), "0.8", "number"),
        (Clues(settled=frozenset({A})), "0.6", "settled-invoice"),
        (Clues(same_name=frozenset({A})), "0.5", "name"),
        (Clues(same_amount=(owed(1, "100"),)), "0.4", "amount"),
    ],
)
def test_what_speaks_for_a_customer(clues: Clues, score: str, reason: str):
    [match] = rules.matches(mxn(100), clues)
    assert (match.customer, match.score, match.reason) == (A, Decimal(score), reason)


def test_of_two_named_invoices_the_one_of_the_amount_is_paid():
    [match] = rules.matches(mxn(100), Clues(named=(owed(1, "30"), owed(2, "100"))))
    assert [each.number for each in match.invoices] == ["FAC-2"]


def test_each_customer_is_there_once_with_the_best_reason_and_the_likeliest_is_first():
    clues = Clues(named=(owed(1, "100", B),), payers=frozenset({A, B}), same_name=frozenset({A}))
    found = rules.matches(mxn(100), clues)
    assert [(each.customer, each.reason) for each in found] == [
        (B, "invoice-and-amount"), (A, "payer")
    ]  # fmt: skip


def match(score: str, customer: UUID = A) -> Match:
    return Match(customer, (), Decimal(score), "x")


def test_exactly_the_score_that_is_asked_for_is_sure_enough():
    assert rules.choose([match("0.80")], Decimal("0.8")) == match("0.80")
    assert rules.choose([match("0.79")], Decimal("0.8")) is None
    assert rules.choose([], Decimal("0.8")) is None


def test_two_that_are_as_likely_are_for_a_person():
    assert rules.choose([match("1"), match("1", B)], Decimal("0.8")) is None
    assert rules.why_not([match("1"), match("1", B)]) == "ambiguous"
    assert rules.choose([match("1"), match("0.95", B)], Decimal("0.8")) == match("1")


def test_opening_and_entries_make_the_closing_balance_to_the_cent():
    def statement(closing: str) -> Statement:
        entries = (entry("10.00"), entry("-3.00"))
        return Statement(None, "MXN", entries, opening=mxn("1.00"), closing=mxn(closing))

    rules.check(statement("8.00"), "MXN", DAY)
    for wrong in ("7.99", "8.01"):
        with pytest.raises(rules.ControlSumDiffers):
            rules.check(statement(wrong), "MXN", DAY)


def test_a_name_of_three_hundred_letters_fits_and_a_longer_one_does_not():
    rules.check(Statement(None, "MXN", (entry("1.00", id_="R" * 300),)), "MXN", DAY)
    with pytest.raises(rules.MalformedStatement):
        rules.check(Statement(None, "MXN", (entry("1.00", id_="R" * 301),)), "MXN", DAY)


def test_the_banks_own_name_twice_is_refused_and_without_it_two_are_two():
    with pytest.raises(rules.EntryTwice):
        rules.keys([entry("5.00", id_="A1"), entry("6.00", id_="A1")])
    first, second = rules.keys([entry("5.00"), entry("5.00")])
    assert first != second


amounts = st.decimals("0.01", "9999.99", places=2)
lines = st.lists(st.builds(entry, amounts, st.sampled_from(["", "pago", "F-1"])), max_size=8)


@given(lines, lines)
def test_files_that_overlap_by_whole_days_bring_every_entry_once(day_one: list, day_two: list):
    """The first file ends with the first day, the second has both."""
    later = [Entry(date(2026, 3, 11), each.amount, text=each.text) for each in day_two]
    first, second = rules.keys(day_one), rules.keys(day_one + later)
    assert second[: len(first)] == first
    assert len(set(second)) == len(second)


@given(lines, st.randoms())
def test_the_order_of_a_file_does_not_change_which_entries_there_are(said: list, random):
    shuffled = said.copy()
    random.shuffle(shuffled)
    assert sorted(rules.keys(shuffled)) == sorted(rules.keys(said))


@given(st.text(max_size=60))
def test_any_text_has_words_of_letters_and_digits_only(text: str):
    assert all(word.isascii() and word.isalnum() for word in rules.words_of(text))
