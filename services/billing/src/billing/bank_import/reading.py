"""A file as statements: which format it is, its content says, and never its name."""

from __future__ import annotations

from dataclasses import dataclass

from billing.bank_import import camt, table
from billing.bank_import.model import Statement
from billing.bank_import.rules import AccountNeeded, ForeignFormat
from contracts.billing.bank import CsvMapping, Format

XML_BEGINS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the account when its file does not say it."""

    currency: str
    mapping: CsvMapping | None


def read(content: bytes, told: Told | None) -> tuple[Format, list[Statement]]:
    """The statements of a file.

    Raises:
        ForeignFormat, MalformedStatement, ForbiddenXml, ControlSumDiffers, UnknownCurrency,
        TooManyEntries, AccountNeeded

    Source: BI9.
    """
    beginning = content[:4096].lstrip()
    if b"OFXHEADER" in beginning or b"<OFX>" in beginning:
        from billing.bank_import import ofx  # its library takes a third of a second to load

        return "ofx", ofx.read(content)
    if beginning.startswith(XML_BEGINS):
        return "camt.053", camt.read(content)
    if told is None:
        raise AccountNeeded
    if told.mapping is None:
        raise ForeignFormat("CSV")
    return "csv", table.read(content, told.mapping, told.currency)
