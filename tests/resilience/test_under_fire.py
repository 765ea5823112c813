"""Whatever is killed, nothing is lost, nothing happens twice, and every number agrees."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from checker import problems
from run import Run

KILLS = int(os.environ.get("GERENCIA_KILLS", "30"))
SEED = int(os.environ.get("GERENCIA_SEED", "20260316"))


@pytest.mark.timeout(900)
async def test_nothing_is_lost_and_nothing_happens_twice_while_programs_are_killed(
    company_under_fire: Callable[..., Run],
) -> None:
    run = company_under_fire(seed=SEED, kills=KILLS)
    evidence = await run.play()
    assert len(list(run.history.of("place-order", "done"))) > KILLS
    assert "\n".join(problems(evidence)) == ""
