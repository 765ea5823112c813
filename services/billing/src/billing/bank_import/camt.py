"""Reading camt.053, the bank's statement of ISO 20022, of any version.

The file is read as a stream and never becomes a tree: what one entry says is forgotten when the
next begins, so a hostile file cannot grow in memory. A document type is refused where it stands,
and with it every entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from billing.bank_import.model import Entry, Statement
from billing.bank_import.rules import (
    MOST_ENTRIES,
    ForbiddenXml,
    ForeignFormat,
    MalformedStatement,
    TooManyEntries,
    assert_same,
)
from billing.bank_import.written import amount_of, day_of
from kernel.money import Money

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d")
DEEPEST = 30
MOST_STATEMENTS = 1_000
MOST_VALUES = 5_000
LONGEST_VALUE = 10_000
LONGEST_TAG = 64 * 1024
STATEMENT = ("Document", "BkToCstmrStmt", "Stmt")
ENTRY = (*STATEMENT, "Ntry")
BALANCE = (*STATEMENT, "Bal")
DETAILS = (*ENTRY, "NtryDtls", "TxDtls")
RECORDS = {STATEMENT, ENTRY, BALANCE, DETAILS}
NO_REFERENCE = {"", "NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NONE", "-"}
RETURNS = {"RRTN", "RPCR", "RJCT", "ARET", "PRCT"}
"""Families of bank transaction codes by which payments are given back."""


class Record:
    """What one part of the file says, by the path of each value below it."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.parts: list[Record] = []
        self._count = 0

    def add(self, path: str, value: str) -> None:
        """Keep a value."""
        self._count += 1
        if self._count > MOST_VALUES or len(value) > LONGEST_VALUE:
            raise SAXException("a part of the file is too large")
        self.values.setdefault(path, []).append(value)

    def get(self, *paths: str) -> str | None:
        """The first value at the first of these paths that there is."""
        for path in paths:
            if path in self.values:
                return self.values[path][0]
        return None

    def all(self, *paths: str) -> list[str]:
        """Every value at any of these paths."""
        return [value for path in paths for value in self.values.get(path, ())]

    def need(self, path: str) -> str:
        """The value that the standard demands."""
        value = self.get(path)
        if value is None:
            raise ValueError(f"{path} is missing")
        return value


def read(content: bytes) -> list[Statement]:
    """The statements of a file.

    Raises:
        ForeignFormat, MalformedStatement, ForbiddenXml, ControlSumDiffers, TooManyEntries
    """
    reader = _Reader()
    _assert_short_tags(content)
    try:
        parse(BytesIO(content), reader, forbid_dtd=True)
    except DefusedXmlException as attack:
        raise ForbiddenXml from attack
    except SAXParseException as wrong:
        place = f"{wrong.getLineNumber()}:{wrong.getColumnNumber()}"
        raise MalformedStatement(place, wrong.getMessage()) from wrong
    except (SAXException, ValueError) as wrong:
        raise MalformedStatement(reader.place, str(wrong)) from wrong
    if not reader.statements:
        raise MalformedStatement(reader.place, "there is no statement in it")
    return reader.statements


def _assert_short_tags(content: bytes) -> None:
    """Over a tag of megabytes the parser would begin anew with each piece that it is given."""
    for begin in range(0, len(content) - LONGEST_TAG, LONGEST_TAG):
        if content.find(b">", begin, begin + LONGEST_TAG) < 0:
            raise MalformedStatement(f"byte {begin}", "a tag or a value is too long")


class _Reader(ContentHandler):
    """Follows the file from element to element."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[Statement] = []
        self._path: tuple[str, ...] = ()
        self._open: list[tuple[int, Record]] = []
        self._text: list[str] = []
        self._size = 0
        self._made: _Making | None = None
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - the interface's name
        self._locator = locator

    @property
    def place(self) -> str:
        """Line and column."""
        if self._locator is None:
            return "1:0"
        return f"{self._locator.getLineNumber()}:{self._locator.getColumnNumber()}"

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        if not self._path:
            _assert_camt(name, attrs)
        self._path = (*self._path, name.rpartition(":")[2])
        if len(self._path) > DEEPEST:
            raise SAXException("its elements are nested too deeply")
        self._text, self._size = [], 0
        if self._path in RECORDS:
            self._open.append((len(self._path), Record()))
            if self._path == STATEMENT:
                self._made = _Making(self._open[-1][1])
        elif "Ccy" in attrs and self._open:
            depth, record = self._open[-1]
            record.add("/".join(self._path[depth:]) + "@Ccy", attrs["Ccy"])

    def characters(self, content: str) -> None:
        self._size += len(content)
        if self._size > LONGEST_VALUE:
            raise SAXException("a value is too long")
        self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        if self._path in RECORDS:
            self._close()
        elif self._open:
            depth, record = self._open[-1]
            if value := "".join(self._text).strip():
                record.add("/".join(self._path[depth:]), value)
        self._path = self._path[:-1]
        self._text, self._size = [], 0

    def _close(self) -> None:
        _, record = self._open.pop()
        assert self._made is not None
        if self._path == DETAILS:
            self._open[-1][1].parts.append(record)
            self._made.count(len(self._open[-1][1].parts))
        elif self._path == ENTRY:
            self._made.add(record)
        elif self._path == BALANCE:
            self._made.balance(record)
        else:
            self.statements.append(self._made.statement())
            if len(self.statements) > MOST_STATEMENTS:
                raise TooManyEntries(MOST_STATEMENTS)
            self._made = None


def _assert_camt(name: str, attrs: AttributesImpl) -> None:
    prefix, _, local = name.rpartition(":")
    namespace = attrs.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
    if local != "Document" or not NAMESPACE.fullmatch(namespace):
        raise ForeignFormat(namespace or name)


class _Making:
    """A statement while its entries come in."""

    def __init__(self, head: Record) -> None:
        self.head = head
        self.entries: list[Entry] = []
        self.left_out = 0
        self.balances: dict[str, Money] = {}
        self.booked: list[Decimal] = []

    def count(self, more: int = 0) -> None:
        if len(self.entries) + more > MOST_ENTRIES:
            raise TooManyEntries(MOST_ENTRIES)

    def balance(self, record: Record) -> None:
        self.balances.setdefault(record.get("Tp/CdOrPrtry/Cd") or "", _signed(record))

    def add(self, record: Record) -> None:
        amount = _signed(record)
        if (record.get("Sts/Cd", "Sts") or "BOOK") != "BOOK" or not amount:
            self.left_out += 1
            return
        self.booked.append(amount.amount)
        self.entries += _entries(record, amount)
        self.count()

    def statement(self) -> Statement:
        head = self.head
        self._control()
        opening = self.balances.get("OPBD") or self.balances.get("PRCD")
        currency = head.get("Acct/Ccy") or _currency(opening, self.entries)
        days = sorted(entry.booked_on for entry in self.entries)
        return Statement(
            account=head.get("Acct/Id/IBAN", "Acct/Id/Othr/Id"),
            currency=currency,
            entries=tuple(self.entries),
            key=head.need("Id"),
            from_on=_day(head.get("FrToDt/FrDtTm")) or (days[0] if days else None),
            to_on=_day(head.get("FrToDt/ToDtTm")) or (days[-1] if days else None),
            opening=opening,
            closing=self.balances.get("CLBD"),
            left_out=self.left_out,
        )

    def _control(self) -> None:
        """The sums that the bank says of its own entries."""
        total, came, went = (
            "TxsSummry/TtlNtries",
            "TxsSummry/TtlCdtNtries",
            "TxsSummry/TtlDbtNtries",
        )
        ins = [each for each in self.booked if each > 0]
        outs = [-each for each in self.booked if each < 0]
        if self.left_out:
            return  # whether these count among them, each bank says differently
        for path, found in ((total, ins + outs), (came, ins), (went, outs)):
            assert_same("count", _number(self.head.get(f"{path}/NbOfNtries")), len(found))
            assert_same("sum", _number(self.head.get(f"{path}/Sum")), sum(found, Decimal(0)))


def _number(text: str | None) -> str | None:
    return text and str(amount_of(text))


def _currency(opening: Money | None, entries: list[Entry]) -> str:
    if opening is not None:
        return opening.currency
    if entries:
        return entries[0].amount.currency
    raise ValueError("it says no currency")


def _signed(record: Record) -> Money:
    amount = Money.of(amount_of(record.need("Amt")), record.need("Amt@Ccy"))
    side = record.need("CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise ValueError(f"CdtDbtInd is {side[:20]}")
    return amount if side == "CRDT" else -amount


def _day(text: str | None) -> date | None:
    return day_of(text[:10], "YYYY-MM-DD") if text else None


def _entries(record: Record, amount: Money) -> Iterator[Entry]:
    """One entry, or one for each transaction in it when these are told apart and add up."""
    booked = _day(record.get("BookgDt/Dt", "BookgDt/DtTm"))
    if booked is None:
        raise ValueError("BookgDt is missing")
    id_ = _reference(record.get("AcctSvcrRef"))
    parts = [_part_amount(part, amount) for part in record.parts]
    if len(parts) < 2 or None in parts or sum(p.amount for p in parts if p) != amount.amount:
        detail = record.parts[0] if len(record.parts) == 1 else Record()
        yield _entry(record, detail, amount, id_ or _reference(detail.get("Refs/AcctSvcrRef")),
                     booked)  # fmt: skip
        return
    for number, (detail, part) in enumerate(zip(record.parts, parts, strict=True), start=1):
        own = _reference(detail.get("Refs/AcctSvcrRef"))
        name = own if own and own != id_ else id_ and f"{id_}/{number}"
        assert part is not None
        yield _entry(record, detail, part, name, booked)


def _part_amount(detail: Record, whole: Money) -> Money | None:
    """What one of several transactions moved, in the currency of the account."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if detail.get(f"{path}@Ccy") == whole.currency:
            part = Money.of(amount_of(detail.need(path)), whole.currency)
            side = detail.get("CdtDbtInd")
            incoming = whole.amount > 0 if side is None else side == "CRDT"
            return part if incoming else -part
    return None


def _entry(record: Record, detail: Record, amount: Money, id_: str | None, booked: date) -> Entry:
    other = "Dbtr" if amount.amount > 0 else "Cdtr"
    party = f"RltdPties/{other}"
    texts = detail.all(
        "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb",
        "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf",
    ) or record.all("AddtlNtryInf")  # fmt: skip
    return Entry(
        booked_on=booked,
        amount=amount,
        id=id_,
        value_on=_day(record.get("ValDt/Dt", "ValDt/DtTm")),
        reference=_reference(detail.get("Refs/EndToEndId")),
        text=" ".join(texts),
        payer=detail.get(f"{party}/Nm", f"{party}/Pty/Nm"),
        payer_account=detail.get(f"{party}Acct/Id/IBAN", f"{party}Acct/Id/Othr/Id"),
        returned=amount.amount < 0 and _is_return(record, detail),
    )


def _is_return(record: Record, detail: Record) -> bool:
    code = record.get("BkTxCd/Domn/Fmly/SubFmlyCd")
    told = any(path.startswith("RtrInf/") for path in detail.values)
    return told or record.get("RvslInd") in ("true", "1") or code in RETURNS


def _reference(text: str | None) -> str | None:
    return None if text is None or text.upper() in NO_REFERENCE else text
