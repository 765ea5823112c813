"""Whatever is killed, nothing is lost, nothing happens twice, and every number agrees."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from checker import problems
from run import Run

KILLS = int(os.environ.get("GERENCIA_KILLS", "30"))
SOAK_KILLS = int(os.environ.get("GERENCIA_SOAK_KILLS", "200"))
SEED = int(os.environ.get("GERENCIA_SEED", "20260316"))

Start = Callable[..., Run]


async def endure(company_under_fire: Start, kills: int) -> None:
    run = company_under_fire(seed=SEED, kills=kills)
    evidence = await run.play()
    assert len(list(run.history.of("place-order", "done"))) > kills
    assert "\n".join(problems(evidence)) == ""


@pytest.mark.timeout(900)
async def test_nothing_is_lost_and_nothing_happens_twice_while_programs_are_killed(
    company_under_fire: Start,
) -> None:
    await endure(company_under_fire, KILLS)


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_nor_while_they_are_killed_for_as_long_as_told(company_under_fire: Start) -> None:
    await endure(company_under_fire, SOAK_KILLS)
