from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from billing.expenses import events
from billing.expenses.model import Budget, Cell, Claim, Exceeded, Line, Over, State
from contracts.samples import SAMPLES
from kernel.money import Money


def test_what_we_tell_of_an_approved_claim_is_the_sample_that_others_read():
    sample: Any = SAMPLES["billing.expense-approved.v1"]
    lines = [
        Line(number, each.category, each.spent_on, each.amount, "", "sha256:…")
        for number, each in enumerate(sample.expenses, start=1)
    ]
    claim = Claim(
        sample.claim, sample.company, sample.unit, sample.claimant, "", State.APPROVED,
        sample.total, lines,
    )  # fmt: skip
    assert events.expense_approved(claim, sample.approved_by) == sample


def test_what_we_tell_of_a_passed_budget_is_the_sample_and_names_the_budget_always_alike():
    sample: Any = SAMPLES["billing.budget-exceeded.v1"]
    month = date.fromisoformat(f"{sample.month}-01")
    cell = Cell(sample.unit, sample.category, month, "MXN")
    budget = Budget(cell, sample.amount, sample.used, Money.zero("MXN"), Over.WARN)
    told = events.budget_exceeded(sample.company, Exceeded(budget, sample.excess), sample.by)
    assert told.model_copy(update={"budget": sample.budget}) == sample
    other = replace(budget, cell=replace(cell, unit="gdl"))
    again = events.budget_exceeded(sample.company, Exceeded(budget, sample.excess), None)
    elsewhere = events.budget_exceeded(sample.company, Exceeded(other, sample.excess), None)
    assert told.budget == again.budget != elsewhere.budget
