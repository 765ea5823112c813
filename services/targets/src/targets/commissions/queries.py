"""Plans and runs as they are asked for, and what the other capabilities ask of commissions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.targets import commissions as contract
from kernel.clock import now
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.operations import Page
from kernel.problems import NotFound
from targets.commissions import store
from targets.commissions.model import PlanVersion
from targets.commissions.store import earn
from targets.paging import page_of, place

__all__ = ["earn"]


async def ask_run(
    tx: Transaction, company: str, reason: str, *, person: UUID | None = None
) -> UUID:
    """Have the lines of a company or of one person counted anew, as soon as this commits."""
    run = uuid7()
    await store.add_run(tx, run, company, person, reason, now())
    return run


async def run(tx: Transaction, run: UUID) -> contract.Run:
    """How far a run is."""
    found = await store.run(tx, run)
    if found is None:
        raise NotFound("run", str(run))
    return shown_run(found)


async def list_plans(tx: Transaction, asked: contract.ListPlans) -> Page[contract.Plan]:
    """Plan versions in scope, by person and day."""
    after = place(asked.after, 2)
    found = await store.list_plans(tx, asked.company, asked.person, after, asked.limit + 1)
    plans = [shown_plan(plan, name) for plan, name in found]
    return page_of(plans, asked.limit, lambda each: (str(each.person), str(each.valid_from)))


def shown_plan(plan: PlanVersion, name: str) -> contract.Plan:
    """A plan version as the contract shows it."""
    return contract.Plan(
        plan=plan.id,
        key=plan.key,
        company=plan.company,
        person=plan.person,
        name=name,
        basis=plan.basis,
        rate=plan.rate,
        valid_from=plan.valid.start,
        valid_to=plan.valid.end,
    )


def shown_run(row: Any) -> contract.Run:
    """A run as the contract shows it."""
    return contract.Run(
        run=row["id"],
        company=row["company"],
        person=row["person"],
        reason=row["reason"],
        state="waiting" if row["finished_at"] is None else "done",
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
        lines=row["lines"],
        changed=row["changed"],
    )
