"""How a legal number is written."""

from __future__ import annotations

LETTERS = {"invoice": "F", "credit-note": "N", "payment": "R", "interest": "I", "fee": "C"}
"""Factura, nota de crédito, recibo, intereses, cargo."""


def legal_number(unit: str, kind: str, number: int) -> str:
    """A legal number names its series, a unit and a kind, and counts on in it without a gap.

    Source: BI4.

    >>> legal_number("mty", "invoice", 42)
    'MTY-F-000042'
    """
    return f"{series(unit, kind)}-{number:06}"


def series(unit: str, kind: str) -> str:
    """A series of legal numbers belongs to a unit and a kind of document.

    >>> series("mty", "credit-note")
    'MTY-N'
    """
    return f"{unit.upper()}-{LETTERS[kind]}"
