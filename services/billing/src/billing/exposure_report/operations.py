"""Exposure over all customers, as the bus asks for it."""

from __future__ import annotations

from billing.exposure_report import queries
from contracts.billing.exposure_report import (
    ExposureReport,
    PeakReport,
    ReportExposure,
    ReportPeakExposure,
)
from kernel import clock
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations()


@operations.question(ReportExposure)
async def report_exposure(tx: Transaction, asked: ReportExposure, who: Principal) -> ExposureReport:
    """What customers use of their credit now."""
    return await queries.exposures(tx, asked, clock.today())


@operations.question(ReportPeakExposure)
async def report_peak_exposure(
    tx: Transaction, asked: ReportPeakExposure, who: Principal
) -> PeakReport:
    """The most that each customer ever owed."""
    return await queries.peaks(tx, asked)
