"""Reading a bank's CSV, by the mapping that the account has for it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import islice, pairwise

from billing.bank_import.model import Entry, Statement
from billing.bank_import.rules import (
    MOST_ENTRIES,
    ForeignFormat,
    MalformedStatement,
    TooManyEntries,
    assert_same,
)
from billing.bank_import.written import amount_of, day_of
from contracts.billing.bank import CsvMapping
from kernel.money import Money

ZERO = Decimal(0)
Row = Mapping[str, str]


def read(content: bytes, mapping: CsvMapping, currency: str) -> list[Statement]:
    """The one statement of a file.

    Raises:
        ForeignFormat: the columns are not those of the mapping.
        MalformedStatement, ControlSumDiffers, UnknownCurrency, TooManyEntries
    """
    try:
        text = content.decode("utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding)
    except UnicodeError as wrong:
        raise ForeignFormat(f"not {mapping.encoding}") from wrong
    entries: list[Entry] = []
    balances: list[Decimal] = []
    left_out = 0
    for place, row in _rows(text, mapping):
        try:
            entry = _entry(row, mapping, currency)
            balances += [_amount(row, mapping.balance, mapping)] if mapping.balance else []
        except ValueError as wrong:
            raise MalformedStatement(str(place), str(wrong)) from wrong
        if entry.amount:
            entries.append(entry)
        else:
            left_out += 1
        if len(entries) > MOST_ENTRIES:
            raise TooManyEntries(MOST_ENTRIES)
    if balances and not left_out:
        _check_balances([entry.amount.amount for entry in entries], balances)
    return [Statement(None, currency, tuple(entries), left_out=left_out)]


def _rows(text: str, mapping: CsvMapping) -> Iterator[tuple[int, Row]]:
    """Each line with its number, by the names of its columns; empty ones are passed over."""
    lines = csv.reader(StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        header = [name.strip() for name in next(islice(lines, mapping.skip, None), [])]
        _assert_columns(header, mapping)
        for row in lines:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                problem = f"{len(row)} columns instead of {len(header)}"
                raise MalformedStatement(str(lines.line_num), problem)
            yield lines.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))
    except csv.Error as wrong:
        raise MalformedStatement(str(lines.line_num), str(wrong)) from wrong


def _assert_columns(header: list[str], mapping: CsvMapping) -> None:
    named = (
        mapping.booked_on, mapping.amount, mapping.money_in, mapping.money_out, mapping.value_on,
        mapping.id, mapping.reference, *mapping.text, mapping.payer, mapping.payer_account,
        mapping.currency, mapping.balance,
    )  # fmt: skip
    missing = [name for name in named if name is not None and header.count(name) != 1]
    if missing:
        raise ForeignFormat(f"CSV, {', '.join(missing)}?")


def _entry(row: Row, mapping: CsvMapping, currency: str) -> Entry:
    said = (row[mapping.currency] if mapping.currency else "") or currency
    return Entry(
        booked_on=_day(row, mapping.booked_on, mapping),
        amount=Money.of(_moved(row, mapping), said),
        id=_cell(row, mapping.id),
        value_on=_day(row, mapping.value_on, mapping) if _cell(row, mapping.value_on) else None,
        reference=_cell(row, mapping.reference),
        text=" ".join(row[column] for column in mapping.text if row[column]),
        payer=_cell(row, mapping.payer),
        payer_account=_cell(row, mapping.payer_account),
    )


def _moved(row: Row, mapping: CsvMapping) -> Decimal:
    if mapping.amount is not None:
        return _amount(row, mapping.amount, mapping)
    came, went = (
        _amount(row, column, mapping) if _cell(row, column) else ZERO
        for column in (mapping.money_in, mapping.money_out)
    )
    if came < 0 or went < 0 or (came and went):
        raise ValueError("money came in or went out: one positive amount")
    return came - went


def _cell(row: Row, column: str | None) -> str | None:
    return row[column] or None if column else None


def _day(row: Row, column: str | None, mapping: CsvMapping) -> date:
    return day_of(_cell(row, column) or "", mapping.day)


def _amount(row: Row, column: str | None, mapping: CsvMapping) -> Decimal:
    return amount_of(_cell(row, column) or "", mapping.decimal, mapping.thousands)


def _check_balances(amounts: list[Decimal], balances: list[Decimal]) -> None:
    """Each balance is the one before and the entry, whether the oldest stands first or last."""
    steps = [later - earlier for earlier, later in pairwise(balances)]
    if steps == amounts[1:] or [-step for step in steps] == amounts[:-1]:
        return
    wrong = next(n for n, step in enumerate(steps, start=1) if step != amounts[n])
    assert_same(f"balance {wrong + 1}", str(balances[wrong]), balances[wrong - 1] + amounts[wrong])
