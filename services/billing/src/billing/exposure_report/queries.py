"""What can be asked about exposure over all customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.batch import Row
from billing.exposure_report import store
from contracts.billing import exposure_report as contract
from kernel.database import Transaction
from kernel.money import plain

FIGURES = ("receivable", "unallocated", "ordered", "reserved", "used")


async def exposures(
    tx: Transaction, asked: contract.ReportExposure, today: date
) -> contract.ExposureReport:
    """What customers use of their credit now, who uses most first.

    Source: BI3.
    """
    rows = await store.exposures(tx, asked.company, today)
    return contract.ExposureReport(rows=[_row(row) for row in rows])


def _row(row: Row) -> contract.ExposureRow:
    return contract.ExposureRow(
        id=row["number"],
        name=row["name"],
        currency=row["currency"],
        limit=_plain(row["bound"]),
        available=_plain(row["available"]),
        **{figure: plain(row[figure]) for figure in FIGURES},
    )


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


async def peaks(tx: Transaction, asked: contract.ReportPeakExposure) -> contract.PeakReport:
    """The most that each customer ever owed at the end of a day, and the earliest such day.

    Who never owed anything has no peak.

    Source: BI3.
    """
    rows = await store.peaks(tx, asked.company, asked.above or Decimal(0))
    return contract.PeakReport(
        rows=[
            contract.PeakRow(
                id=row["number"],
                name=row["name"],
                currency=row["currency"],
                peak=plain(row["peak"]),
                on_day=row["on_day"],
            )
            for row in rows
        ]
    )
