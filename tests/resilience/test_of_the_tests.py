"""A safety net is believed after a planted fault made it red.

The lock of the credit account is taken away where two writers meet on purpose:
`services/billing/tests/exposure/test_races.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from checker import problems
from run import Run

PLANTED = {
    "no-inbox-key": "the mark of a message that was applied is not kept",
    "no-outbox-transaction": "events are written apart from the change that made them",
    "no-fencing": "a relay that lost the lead goes on publishing",
}
WHO_FAILS = ("customers", "billing")
"""They write most: a kill of one of them meets the planted fault, chance apart."""


@pytest.mark.parametrize("fault", PLANTED)
async def test_the_suite_goes_red_when(fault: str, company_under_fire: Callable[..., Run]) -> None:
    run = company_under_fire(
        planted=fault, victims=WHO_FAILS, at_work=True, seed=1, kills=4, stall=False, quiet=30
    )
    try:
        found = problems(await run.play())
    except TimeoutError as never:
        found = [f"it never became quiet: {never}"]
    assert found, f"nobody noticed that {PLANTED[fault]}"
