"""What approvals, limits and exposure tell is the sample that others read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.approvals import events as approvals
from billing.approvals.model import Approval, State, Vote
from billing.exposure import events as exposure
from billing.exposure.model import Commitment, Exposure, Order
from billing.exposure.model import State as OrderState
from billing.exposure.store import AccountRow
from billing.limits import events as limits
from contracts.samples import SAMPLES
from kernel.events import Event
from kernel.money import Money

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTHING = Money.zero("MXN")


def account(sample: Any, **more: Any) -> AccountRow:
    said = {"limit": getattr(sample, "limit", None), "owner": None, "currency": "MXN"} | more
    return AccountRow(sample.customer, sample.company, sample.unit, **said)


def approval(sample: Any, **more: Any) -> Approval:
    names = ("act", "company", "unit", "customer", "subject", "amount", "currency", "requested_by")
    said = {name: getattr(sample, name) for name in names} | more
    return Approval(id=sample.approval, requested_at=NOON, **said)


def told() -> list[Event]:
    s = {name.split(".")[1]: sample for name, sample in SAMPLES.items() if "billing" in name}
    asked, decided, expired = (
        s["approval-requested"],
        s["approval-decided"],
        s["reservation-expired"],
    )
    alert, block, changed = s["credit-alert"], s["credit-block-changed"], s["limit-changed"]
    order = Order(
        expired.order,
        expired.number,
        expired.customer,
        "c",
        expired.unit,
        expired.rep,
        expired.amount,
    )
    used = Exposure(alert.customer, alert.limit, alert.used, NOTHING, NOTHING, NOTHING)
    vote = Vote(decided.decided_by[0], True, True, decided.reason, NOON)
    return [
        approvals.requested(approval(asked, reason=asked.reason)),
        approvals.decided(approval(decided, reason="", state=State.APPROVED, votes=(vote,))),
        exposure.expired(Commitment(order, OrderState.RESERVED, NOTHING)),
        exposure.alert(account(alert, owner=alert.rep), "C-1042", used, Decimal("0.8")),
        limits.block_changed(account(block, blocked=("dunning",)), block.reason, None),
        limits.limit_changed(account(changed), changed.changed_by),
    ]


@pytest.mark.parametrize("event", told(), ids=lambda event: event.type)
def test_what_we_tell_is_the_sample_that_others_read(event: Event):
    assert json.loads(event.model_dump_json()) == json.loads(SAMPLES[event.type].model_dump_json())


def test_an_approval_is_about_the_request_and_not_about_the_customer():
    sample = SAMPLES["billing.approval-requested.v1"]
    assert sample.entity_id == str(UUID("01938b2e-0000-7000-8000-000000000031"))
