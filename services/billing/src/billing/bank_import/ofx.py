"""Reading OFX, versions 1 (SGML) and 2 (XML), by ofxtools."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

from ofxtools.header import parse_header
from ofxtools.models import STMTRS
from ofxtools.Parser import OFXTree, TreeBuilder

from billing.bank_import.model import Entry, Statement
from billing.bank_import.rules import MOST_ENTRIES as MOST
from billing.bank_import.rules import ForeignFormat, MalformedStatement, TooManyEntries
from billing.bank_import.written import day_of
from kernel.money import Money, minor_digits
from kernel.problems import TooLarge

DEEPEST = 30
MOST_DIGITS = 15
LONGEST_HEADER = 4096
LARGEST = 32 * 1024 * 1024
"""The library takes all of it into memory, several times over."""


def read(content: bytes) -> list[Statement]:
    """The statements of bank accounts in a file.

    Raises:
        ForeignFormat: it is OFX, but of cards or securities only.
        MalformedStatement, UnknownCurrency, TooManyEntries, TooLarge
    """
    if len(content) > LARGEST:
        raise TooLarge(LARGEST)
    if not content.rstrip().upper().endswith(b"</OFX>"):
        raise MalformedStatement("end", "the file ends before </OFX>")
    tree, whole = _parsed(content)
    elements = list(tree.iter("STMTRS"))
    found = [each for each in whole.statements if isinstance(each, STMTRS)]
    if not found or len(found) != len(elements):
        raise ForeignFormat("OFX")
    return [_statement(said, element) for said, element in zip(found, elements, strict=True)]


def _parsed(content: bytes) -> tuple[Element, Any]:
    parser = OFXTree()
    try:
        parse_header(BytesIO(_header(content)))  # alone first: over a wrong one it takes forever
        parser.parse(BytesIO(content), _Careful())
        root = parser.getroot()
        assert root is not None
        for currency in root.iter("CURDEF"):
            minor_digits((currency.text or "").strip())
        if sum(1 for _ in root.iter("STMTTRN")) > MOST:
            raise TooManyEntries(MOST)
        return root, parser.convert()
    except (SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError,
            AttributeError, AssertionError) as wrong:  # fmt: skip
        problem = str(wrong).partition("\n")[0][:200]
        raise MalformedStatement("OFX", problem) from wrong


def _header(content: bytes) -> bytes:
    end = content.find(b"<OFX>", 0, LONGEST_HEADER)
    if end < 0:
        raise ValueError("it does not begin with a header")
    return content[:end]


class _Careful(TreeBuilder):
    """The library's reader, for files that may be hostile.

    By itself it passes over what it does not understand, merges two CDATA of one line (and takes
    forever over unclosed ones), and tears the process down when elements are nested deeply.
    """

    _depth = 0

    def feed(self, data: str) -> None:
        """Read the body; nothing of it is passed over."""
        text = _without_cdata(data)
        if rest := self.regex.sub("", text).strip():
            raise ValueError(f"{rest[:40]!r} is not understood")
        super().feed(text)

    def start(self, tag: str, attrs: Any) -> Any:
        """An element begins."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("its elements are nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Any:
        """An element ends."""
        self._depth -= 1
        return super().end(tag)


def _without_cdata(text: str) -> str:
    first, *others = text.split("<![CDATA[")
    plain = [first]
    for other in others:
        inside, end, after = other.partition("]]>")
        if not end:
            raise ValueError("a CDATA is not closed")
        plain += [inside.replace("<", " ").replace(">", " "), after]
    return "".join(plain)


def _statement(said: Any, element: Element) -> Statement:
    listed = said.banktranlist or ()
    # The library turns moments into UTC, where a payment of the evening is one of the next day.
    days = [_day(each.findtext("DTPOSTED")) for each in element.iter("STMTTRN")]
    entries = [
        _entry(one, day, said.curdef) for one, day in zip(listed, days, strict=True) if one.trnamt
    ]
    closing = said.ledgerbal
    return Statement(
        account=said.bankacctfrom.acctid,
        currency=said.curdef,
        entries=tuple(entries),
        from_on=_day(element.findtext("BANKTRANLIST/DTSTART")) if listed else None,
        to_on=_day(element.findtext("BANKTRANLIST/DTEND")) if listed else None,
        closing=None if closing is None else _amount(closing.balamt, said.curdef),
        left_out=len(days) - len(entries),
    )


def _amount(said: Decimal, currency: str) -> Money:
    # The library takes whatever Decimal does, NaN and 1E+99 as well.
    if not said.is_finite() or abs(said.adjusted()) > MOST_DIGITS:
        raise MalformedStatement("OFX", f"{said} is no amount")
    return Money.of(said, currency)


def _day(text: str | None) -> Any:
    try:
        return day_of((text or "").strip()[:8], "YYYYMMDD")
    except ValueError as wrong:
        raise MalformedStatement("OFX", str(wrong)) from wrong


def _entry(said: Any, booked_on: Any, currency: str) -> Entry:
    currency = said.currency.cursym if said.currency is not None else currency
    payee = said.payee.name if said.payee is not None else None
    return Entry(
        booked_on=booked_on,
        amount=_amount(said.trnamt, currency),
        id=said.fitid,
        reference=said.checknum or said.refnum,
        text=" ".join(part for part in (said.memo, said.refnum, said.checknum) if part),
        payer=said.name or payee,
    )
