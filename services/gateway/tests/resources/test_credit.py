"""Limits, approvals and exposure are reached under the addresses that people are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.exposure_report import PeakReport, PeakRow, ReportPeakExposure
from kernel.operations import Page
from kernel.problems import NotFound

from ..conftest import Gateway

REQUEST = UUID(int=31)


async def nothing_waits(tx: Any, asked: Any, who: Any):
    assert (asked.act, asked.limit) == ("set-limit", 7)
    return Page(items=[])


async def is_not_theirs(tx: Any, asked: Any, who: Any):
    assert (asked.approval, asked.approve, asked.reason) == (REQUEST, True, "va")
    raise NotFound("approval", str(REQUEST))


async def one_peak(tx: Any, asked: Any, who: Any):
    assert (asked.company, str(asked.above)) == ("acme", "400")
    row = PeakRow(id="C-1", name="Peña", currency="MXN", peak="500.00", on_day="2026-03-02")
    return PeakReport(rows=[row])


async def test_requests_are_listed_and_decided_and_peaks_reported(
    gateway: Gateway, stand_in: Any, other_database: Any
):
    doors = {
        ListApprovals: nothing_waits,
        DecideApproval: is_not_theirs,
        ReportPeakExposure: one_peak,
    }
    token = await gateway.user("ana", ("manager", "acme"))
    async with stand_in("billing", other_database, doors), gateway.client(token) as ana:
        inbox = await ana.get("/api/v1/approvals", params={"act": "set-limit", "limit": 7})
        body = {"approve": True, "reason": "va"}
        refused = await ana.post(f"/api/v1/approvals/{REQUEST}/decision", json=body)
        query = {"company": "acme", "above": "400"}
        peaks = await ana.get("/api/v1/reports/peak-exposure", params=query)
    assert inbox.json() == {"items": [], "next": None}
    assert refused.json()["code"] == "request.not-found"
    assert peaks.json()["rows"][0]["peak"] == "500.00"
