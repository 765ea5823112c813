from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billing.feedback import commands, events
from contracts.billing.account_feedback_ready import AccountFiguresV1
from contracts.billing.feedback import AccountFeedback, GetAccountFeedback, ListAccountFeedbacks
from contracts.samples import SAMPLES
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, EVA, Billing

MARCH = {"delivered_on": "2026-03-02", "due_on": "2026-03-20"}


async def _tell(billing: Billing, today: date) -> int:
    """How many companies were told."""
    count = 0
    async with billing.database.working("test") as tx:
        while await commands.tell_month(tx, today):
            count += 1
    return count


async def _feedback(
    billing: Billing, month: str = "2026-03", who=None, rep: UUID = ANA
) -> AccountFeedback:
    return await billing.ask(GetAccountFeedback(rep=rep, month=month), who)


@pytest.fixture
async def march(billing: Billing) -> Billing:
    """Ana's customers: one owes 70 since the 20th, of 100, the other 80 that are not due."""
    norte, sur = await billing.customer(), await billing.customer("Sur")
    await billing.hear(
        billing.delivered("P-1", norte, "100", **MARCH),
        billing.delivered("P-2", sur, "80", **MARCH | {"due_on": "2026-04-15"}),
        billing.delivered("P-3", sur, "7", rep=EVA, **MARCH),
        billing.delivered("P-4", sur, "9", rep=None, **MARCH),
    )
    await billing.pay(norte, "30", paid_on="2026-03-10")
    return billing


async def test_a_rep_is_told_of_their_customers_the_most_overdue_first(march: Billing):
    told = await _feedback(march)
    assert (told.rep_name, told.as_of, told.feedback) == ("Ana", date(2026, 3, 31), None)
    assert [(one.name, one.overdue, one.oldest_days) for one in told.customers] == [
        ("Taller Norte", "70.00", 11),
        ("Sur", "0.00", 0),
    ]
    assert sum(Decimal(one.open) for one in told.customers) == Decimal(told.figures[0].closing)
    assert [item.number for item in told.items] == ["P-1"]
    (figures,) = told.figures
    assert figures.invoiced == "180.00"
    for one in told.customers:
        assert sum(map(Decimal, one.amounts.values())) == Decimal(one.open)


async def test_a_month_is_told_once_and_stays_as_it_was_told(march: Billing):
    assert await _tell(march, date(2026, 4, 1)) == 1
    assert await _tell(march, date(2026, 4, 30)) == 0
    events_ = await march.told("account-feedback-ready")
    assert {one["rep"] for one in events_} == {str(ANA), str(EVA)}
    (ana,) = [one for one in events_ if one["rep"] == str(ANA)]
    assert (ana["month"], ana["customers_overdue"]) == ("2026-03", 1)
    before = await _feedback(march)
    assert str(before.feedback) == ana["feedback"]
    late = march.delivered("P-5", march.some("Taller Norte"), "1000", **MARCH)
    await march.hear(late)
    assert await _feedback(march) == before
    listed = await march.ask(ListAccountFeedbacks(company=COMPANY, month="2026-03"))
    assert [one.rep_name for one in listed.items] == ["Ana", "Eva"]
    assert await _tell(march, date(2026, 5, 2)) == 1
    assert len(await march.told("account-feedback-ready")) == 4


async def test_a_rep_sees_their_own_and_another_branch_nothing(march: Billing):
    await _tell(march, date(2026, 4, 1))
    rep = march.asks("rep", person=EVA)
    asked = ListAccountFeedbacks(company=COMPANY, month="2026-03")
    assert [one.rep for one in (await march.ask(asked, rep)).items] == [EVA]
    others = await _feedback(march, who=rep)
    assert (others.customers, others.items, others.figures) == ([], [], [])
    stranger = march.asks("manager", units=("gdl",))
    assert (await march.ask(asked, stranger)).items == []
    assert (await _feedback(march, who=stranger)).customers == []


async def test_somebody_nobody_knows_is_not_found(billing: Billing):
    with pytest.raises(NotFound):
        await _feedback(billing, rep=UUID(int=404))


def test_what_we_tell_is_the_sample_that_others_read():
    sample = SAMPLES["billing.account-feedback-ready.v1"]
    (figures,) = sample.figures
    row = _row(figures)
    told = AccountFeedback(
        feedback=sample.feedback, company=sample.company, rep=sample.rep, rep_key=None,
        rep_name=None, unit=sample.unit, month=sample.month, as_of=date(2026, 3, 31), buckets=(),
        figures=[row], items=[], customers=[
            {"customer": UUID(int=n), "number": None, "name": None, "currency": "MXN",
             "amounts": {}, "open": "1", "overdue": overdue, "oldest_days": 1, "disputed": "0"}
            for n, overdue in enumerate(["1.00", "2.00", "0.00"])
        ],
    )  # fmt: skip
    assert events.ready(told) == sample


def _row(figures: AccountFiguresV1):
    from contracts.billing.analysis import ReceivablesRow

    amounts = ("opening", "invoiced", "collected", "closing", "overdue")
    ratios = ("dso", "effectiveness", "weighted_days_late", "on_time")
    return ReceivablesRow(
        id="E-117", name="Ana", currency="MXN", other="0.00", best_dso=None,
        **{name: str(getattr(figures, name).amount) for name in amounts},
        **{name: str(getattr(figures, name)) for name in ratios},
    )  # fmt: skip
