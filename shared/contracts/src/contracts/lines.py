"""Parts that several contracts share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kernel.events import Message


class Line(Message):
    """One product of a document: amounts are in the document's currency.

    `number` is 1, 2, 3 … within the order and names the same line on every later document.
    `net` is without tax, `gross` with it.
    """

    number: int
    product: str
    description: str = ""
    quantity: Decimal
    net: Decimal
    gross: Decimal | None = None


Lines = Sequence[Line]
