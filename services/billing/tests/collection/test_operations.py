from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.collection.rules import NextBeforeToday
from contracts.billing.collection import (
    Escalate,
    GetStatementOfAccount,
    ListContacts,
    ListWork,
    RecordContact,
)
from contracts.billing.promises import RecordPromise
from kernel.problems import NotFound

from ..conftest import ANA, Billing
from ..dunning.conftest import Dunning, on


@pytest.fixture
def dunning(billing: Billing) -> Dunning:
    return Dunning(billing)


async def work(billing: Billing, day: str, who: Any = None, **more: Any) -> list[tuple[str, str]]:
    with on(day):
        found = await billing.ask(ListWork(**more), who)
    return [(one.customer_name or "", str(one.to_ask.amount)) for one in found.items]


async def three(billing: Billing, dunning: Dunning) -> list[Any]:
    """A small new debt, a large one, a small old one."""
    customers = [await billing.customer(name) for name in ("Chico", "Grande", "Viejo")]
    for customer, amount, due in zip(
        customers, ("100", "10000", "300"), ("2026-03-20", "2026-03-20", "2026-03-02"), strict=True
    ):
        await dunning.owes(f"F-{amount}", customer, amount, due)
    return customers


async def test_the_worklist_ranks_by_amount_and_risk_and_says_why(
    billing: Billing, dunning: Dunning
):
    await three(billing, dunning)
    assert [name for name, _ in await work(billing, "2026-03-25")] == ["Grande", "Viejo", "Chico"]
    with on("2026-03-25"):
        first = (await billing.ask(ListWork())).items[0]
    (reason,) = first.reasons
    assert (reason.code, reason.figure, reason.points) == ("days-overdue", 5, Decimal("0.0278"))
    assert first.score == first.to_ask.amount * first.risk
    assert await work(billing, "2026-03-20") == [("Viejo", "300")]


async def test_it_is_paged_without_gap_or_double(billing: Billing, dunning: Dunning):
    await three(billing, dunning)
    seen, after = [], None
    with on("2026-03-25"):
        while True:
            page = await billing.ask(ListWork(limit=1, after=after))
            assert page.total == 3
            seen += [one.customer_name for one in page.items]
            after = page.next
            if after is None:
                break
    assert seen == ["Grande", "Viejo", "Chico"]


async def test_a_promise_takes_off_and_a_broken_one_returns_to_the_top(
    billing: Billing, dunning: Dunning
):
    small, _, _ = await three(billing, dunning)
    with on("2026-03-25"):
        asked = RecordPromise(
            customer=small, amount=billing.mxn("100"), promised_on=date(2026, 3, 28)
        )
        await billing.ask(asked)
    assert [name for name, _ in await work(billing, "2026-03-28")] == ["Grande", "Viejo"]
    assert [name for name, _ in await work(billing, "2026-03-29")] == ["Chico", "Grande", "Viejo"]


async def test_a_call_puts_off_until_its_day_but_not_a_broken_promise(
    billing: Billing, dunning: Dunning
):
    _, large, _ = await three(billing, dunning)
    with on("2026-03-25"):
        asked = RecordContact(
            customer=large, outcome="will-check", note="habla el lunes", next_on=date(2026, 3, 30)
        )
        noted = await billing.ask(asked)
        with pytest.raises(NextBeforeToday):
            await billing.ask(asked.model_copy(update={"next_on": date(2026, 3, 24)}))
    assert noted.channel == "call"
    assert [name for name, _ in await work(billing, "2026-03-29")] == ["Viejo", "Chico"]
    assert "Grande" in dict(await work(billing, "2026-03-29", put_off=True))
    assert "Grande" in dict(await work(billing, "2026-03-30"))
    with on("2026-03-29"):
        (listed,) = (await billing.ask(ListContacts(customer=large))).items
        assert (listed.note, listed.next_on) == ("habla el lunes", date(2026, 3, 30))


async def test_a_rep_works_on_their_own_and_another_branch_on_none(
    billing: Billing, dunning: Dunning
):
    await three(billing, dunning)
    rep = billing.asks("rep", units=("mty",), person=ANA)
    assert len(await work(billing, "2026-03-25", rep)) == 3
    assert await work(billing, "2026-03-25", billing.asks("rep", units=("mty",))) == []
    assert await work(billing, "2026-03-25", billing.asks("manager", units=("gdl",))) == []
    assert len(await work(billing, "2026-03-25", rep=ANA)) == 3
    assert await work(billing, "2026-03-25", rep=billing.some("nobody")) == []


async def test_escalating_tells_the_superior_and_stays_among_the_contacts(
    billing: Billing, dunning: Dunning
):
    _, large, _ = await three(billing, dunning)
    with on("2026-03-25"):
        noted = await billing.ask(Escalate(customer=large, reason="pide hablar con el gerente"))
    assert (noted.channel, noted.outcome) == ("internal", "escalated")
    (told,) = await billing.told("collection-escalated")
    assert (told["rep"], told["overdue"]["amount"]) == (str(ANA), "10000.00")
    with pytest.raises(NotFound):
        await billing.ask(
            Escalate(customer=large, reason="x"), billing.asks("manager", units=("gdl",))
        )


async def statement(billing: Billing, customer: Any, day: str, **more: Any):
    with on(day):
        return await billing.ask(GetStatementOfAccount(customer=customer, **more))


async def test_a_statement_goes_from_the_balance_before_to_the_balance_after(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.owes("F-2", customer, "50", "2026-04-10")
    await dunning.pay(customer, "30", "2026-03-12")
    await billing.hear(billing.returned("F-2", customer, "20", returned_on="2026-03-14"))
    whole = await statement(billing, customer, "2026-03-15")
    assert (whole.opening, whole.closing) == (billing.mxn("0"), billing.mxn("100"))
    assert [(line.kind, str(line.amount.amount)) for line in whole.movements] == [
        ("invoice", "100"),
        ("invoice", "50"),
        ("payment", "-30.00"),
        ("credit-note", "-20"),
    ]
    assert [(item.number, item.overdue_days, item.open) for item in whole.items] == [
        ("F-1", 5, billing.mxn("70")),
        ("F-2", 0, billing.mxn("30")),
    ]
    assert whole.overdue == billing.mxn("70")
    part = await statement(
        billing, customer, "2026-03-15", start=date(2026, 3, 12), end=date(2026, 3, 12)
    )
    assert (part.opening, part.closing) == (billing.mxn("150"), billing.mxn("120"))
    assert sum(item.open.amount for item in part.items) == 120


async def test_a_statement_is_whole_whatever_branch_sold_and_for_nobody_else(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await billing.hear(
        billing.delivered("G-1", customer, "7", unit="gdl", rep=billing.some("otra"))
    )
    rep = billing.asks("rep", units=("mty",), person=ANA)
    with on("2026-03-15"):
        whole = await billing.ask(GetStatementOfAccount(customer=customer), rep)
    assert whole.closing == billing.mxn("107")
    with on("2026-03-15"), pytest.raises(NotFound):
        await billing.ask(
            GetStatementOfAccount(customer=customer), billing.asks("manager", units=("gdl",))
        )


async def test_an_empty_account_has_a_statement_of_zero(billing: Billing):
    customer = await billing.customer()
    whole = await statement(billing, customer, "2026-03-15", language="en")
    assert (whole.opening, whole.closing, whole.items) == (billing.mxn("0"), billing.mxn("0"), [])
    assert whole.language == "en"
