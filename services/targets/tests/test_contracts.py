"""Targets reads what the others say, and says what the others read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.samples import SAMPLES
from kernel.inbox import merged
from kernel.period import Period
from targets.app import SERVICE
from targets.attainment.events import attainment_reached
from targets.organisation.events import person_changed, unit_changed
from targets.organisation.model import Person, Placement, Unit
from targets.plan.model import Quota

from .conftest import Targets, invoice, some

HEARD = sorted(merged(SERVICE.subscriptions))


@pytest.mark.parametrize("name", HEARD)
async def test_the_sample_of_every_event_we_listen_to_is_understood(
    empty: Targets, name: str
) -> None:
    await empty.hear(SAMPLES[name])
    await empty.hear(SAMPLES[name], origin="import")
    assert await empty.wrong() == []


async def test_the_sample_of_a_sale_and_its_return_leaves_what_was_kept(empty: Targets) -> None:
    for name in ("billing.credit-note-issued.v1", "billing.invoice-issued.v1"):
        await empty.hear(SAMPLES[name])
    invoiced: Any = SAMPLES["billing.invoice-issued.v1"]
    credited: Any = SAMPLES["billing.credit-note-issued.v1"]
    [left] = await empty.rows("SELECT sum(net) AS net FROM documents")
    assert left["net"] == (invoiced.net - credited.net).amount


def unit_of(sample: Any) -> Unit:
    return Unit(
        sample.unit,
        sample.company,
        sample.key,
        sample.name,
        sample.level,
        sample.currency,
        sample.country,
        sample.active_from,
        sample.active_to,
        sample.parent,
    )


def person_of(sample: Any) -> Person:
    return Person(
        sample.person,
        sample.company,
        sample.key,
        sample.personal.name,
        sample.personal.email,
        sample.employed_from,
        sample.employed_to,
        Placement(sample.unit, sample.job, sample.supervisor),
    )


def quota_of(sample: Any) -> Quota:
    return Quota(
        sample.quota,
        sample.company,
        sample.unit,
        sample.person,
        None,
        Period(sample.period_start, sample.period_end),
        sample.target,
    )


def test_what_we_tell_is_the_sample_that_others_read() -> None:
    unit, person, reached = (
        SAMPLES[f"targets.{name}.v1"]
        for name in ("unit-changed", "person-changed", "attainment-reached")
    )
    assert unit_changed(unit_of(unit)) == unit
    assert person_changed(person_of(person)) == person
    assert attainment_reached(quota_of(reached), reached.actual) == reached  # type: ignore[attr-defined]


async def test_a_reached_quota_names_the_invoice_that_reached_it(targets: Targets) -> None:
    await targets.quota("Ana", "100.00", "2026-03-01", "2026-04-01")
    await targets.quota("Eva", "100.00", "2026-03-01", "2026-04-01")
    await targets.hear_together(
        [invoice("F1", "60"), invoice("F2", "100", rep=some("Eva")), invoice("F3", "60")]
    )
    rows = await targets.rows(
        "SELECT body, headers FROM event_log WHERE type LIKE '%attainment%' ORDER BY seq"
    )
    causes = {UUID(row["body"]["person"]): UUID(row["headers"]["ce-causationid"]) for row in rows}
    assert causes == {
        some("Ana"): some(f"billing.invoice-issued.v1 {some('F3')}"),
        some("Eva"): some(f"billing.invoice-issued.v1 {some('F2')}"),
    }
