"""How sales count: for whom, with which sign, and when a quota is reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from kernel.money import Money
from targets.attainment.model import Document, DocumentLine

THRESHOLD = Decimal(1)
"""A quota is reached at 100 %."""

_FOUR_DECIMALS = Decimal("0.0001")


def taken_back(note: Document) -> Document:
    """A credit note counts against the same person, unit and products, on its own day.

    Source: TA3.
    """
    return replace(
        note, net=-note.net, gross=-note.gross, lines=[_taken_back(line) for line in note.lines]
    )


def _taken_back(line: DocumentLine) -> DocumentLine:
    return replace(line, quantity=-line.quantity, net=-line.net)


def by_product(lines: Iterable[DocumentLine]) -> list[DocumentLine]:
    """What was sold of each product: a product may stand on several lines of a document.

    Source: TA3.

    >>> two = [DocumentLine("DISC", Decimal(1), Decimal("10")),
    ...     DocumentLine("DISC", Decimal(2), Decimal("18"))]
    >>> by_product(two)
    [DocumentLine(product='DISC', quantity=Decimal('3'), net=Decimal('28'))]
    """
    sold: dict[str, DocumentLine] = {}
    for line in lines:
        before = sold.get(line.product, DocumentLine(line.product, Decimal(0), Decimal(0)))
        quantity, net = before.quantity + line.quantity, before.net + line.net
        sold[line.product] = DocumentLine(line.product, quantity, net)
    return list(sold.values())


def attainment(actual: Decimal, target: Decimal | None) -> Decimal | None:
    """What was sold as a fraction of the target, with four decimals, half up.

    Without a target, or with one of zero, there is none.

    | actual | target | attainment |
    | 304 755.6026 | 367 000 | 0.8304 |
    | 500.05 | 10 000 | 0.0500 |
    | 100 | 0 | - |

    Source: TA3.

    >>> attainment(Decimal("304755.6026"), Decimal("367000"))
    Decimal('0.8304')
    >>> attainment(Decimal("1.5"), Decimal("10000"))
    Decimal('0.0002')
    """
    if not target:
        return None
    return (actual / target).quantize(_FOUR_DECIMALS, ROUND_HALF_UP)


def is_reached(actual: Money, target: Money, threshold: Decimal = THRESHOLD) -> bool:
    """A quota is reached when the sales are at least the threshold's part of it, to the cent.

    One cent less is not reached, although it may be shown as 100 %. A target of zero is
    nothing to reach.

    Source: TA3, NO1.

    >>> target = Money.of("100000", "MXN")
    >>> is_reached(Money.of("100000", "MXN"), target)
    True
    >>> is_reached(Money.of("99999.99", "MXN"), target)
    False
    """
    return bool(target) and actual >= target.times(threshold)


def missing(actual: Money, target: Money) -> Money:
    """What is still to sell; nothing once the target is passed.

    >>> missing(Money.of("70", "MXN"), Money.of("100", "MXN"))
    Money('30 MXN')
    >>> missing(Money.of("130", "MXN"), Money.of("100", "MXN"))
    Money('0 MXN')
    """
    return max(target - actual, Money.zero(target.currency))
