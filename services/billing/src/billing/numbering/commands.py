"""Giving documents their legal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from billing.batch import Row
from billing.numbering import store
from billing.numbering.rules import legal_number, series
from contracts.billing.documents_numbered import DocumentsNumberedV1, NumberedV1
from kernel.database import Transaction


async def number_documents(tx: Transaction, at_most: int) -> int:
    """Number what was posted, and tell of each series which documents it numbered.

    Returns:
        How many documents it were.
    """
    given = await store.number_documents(tx, at_most)
    for (company, unit, kind), rows in groupby(given, itemgetter("company", "unit", "kind")):
        tx.announce(numbered(company, unit, kind, list(rows)))
    return len(given)


def numbered(company: str, unit: str, kind: str, rows: Sequence[Row]) -> DocumentsNumberedV1:
    """The numbers that a series gave in one step, in their order."""
    return DocumentsNumberedV1(
        unit=unit,
        company=company,
        series=series(unit, kind),
        kind_of_document=kind,
        documents=[
            NumberedV1(
                document=row["document"], legal_number=legal_number(unit, kind, row["number"])
            )
            for row in rows
        ],
    )
