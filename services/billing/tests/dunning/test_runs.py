from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from billing.dunning import commands, rules
from billing.ledger.commands import reverse_payment
from contracts.billing.dunning import (
    AssignDunningProcedure,
    DunningLevel,
    ExplainCharge,
    GetDunningLetter,
    LiftDunningStop,
    ListDunnedItems,
    ListDunningProcedures,
    ListDunningRuns,
    ListDunningStops,
    PutDunningProcedure,
    RunDunning,
    StopDunning,
)
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing
from .conftest import Dunning, on


async def test_a_level_is_reached_on_its_day_and_not_the_day_before(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    assert (await dunning.run("2026-03-16")).items == 0
    done = await dunning.run("2026-03-17")
    assert (done.state, done.items, done.letters, done.charges) == ("done", 1, 1, 0)
    assert await dunning.levels() == {"F-1": 1}


async def test_one_run_is_one_step_and_the_same_run_again_is_none(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    first = await dunning.run("2026-06-01")
    assert await dunning.levels() == {"F-1": 1}
    again = await dunning.run("2026-06-01")
    assert again == first
    assert await dunning.levels() == {"F-1": 1}
    await dunning.run("2026-06-02")
    assert await dunning.levels() == {"F-1": 2}
    assert len(await billing.told("customer-dunned")) == 2


async def test_a_run_that_was_killed_in_the_middle_is_exact_in_the_end(
    billing: Billing, dunning: Dunning, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands, "AT_ONCE", 2)
    await dunning.procedure(levels=[DunningLevel(level=1, days=7, fee=billing.mxn("10"))])
    for n in range(5):
        await dunning.owes(f"F-{n}", await billing.customer(f"T{n}"), "100", "2026-03-10")
    with on("2026-03-20"):
        await billing.ask(RunDunning(company=COMPANY))
        assert await dunning.process()
        with pytest.raises(RuntimeError, match="killed"):
            await _killed(dunning)
    done = await dunning.run("2026-03-20")
    assert (done.items, done.letters, done.charges) == (5, 5, 5)
    assert len(await billing.told("customer-dunned")) == 5
    assert len(await billing.documents(kind="fee")) == 5
    assert await billing.wrong() == []


async def test_two_who_process_a_run_at_once_do_it_once(billing: Billing, dunning: Dunning):
    await dunning.procedure(1, 2)
    for n in range(3):
        await dunning.owes(f"F-{n}", await billing.customer(f"T{n}"), "100", "2026-03-10")
    with on("2026-03-20"):
        await billing.ask(RunDunning(company=COMPANY))
        await asyncio.gather(*(dunning.process() for _ in range(4)))
    done = await dunning.run("2026-03-20")
    assert (done.items, done.letters) == (3, 3)
    assert set((await dunning.levels()).values()) == {1}


async def test_a_payment_during_a_run_is_seen_or_waits(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    with on("2026-03-20"):
        await billing.ask(RunDunning(company=COMPANY))
        await asyncio.gather(dunning.process(), billing.pay(customer, "100", paid_on="2026-03-20"))
    assert (await dunning.run("2026-03-20")).items in {0, 1}
    assert await dunning.levels() == {}
    assert await billing.wrong() == []


async def _killed(dunning: Dunning) -> None:
    """A part is processed and the transaction lost."""
    async with dunning.billing.database.working("job") as tx:
        await commands.process(tx, None)  # type: ignore[arg-type]
        raise RuntimeError("killed")


async def test_a_payment_removes_and_its_reversal_brings_back(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.run("2026-03-20")
    payment = await dunning.pay(customer, "100", "2026-03-21")
    assert await dunning.levels() == {}
    assert (await dunning.run("2026-03-30")).items == 0
    async with billing.database.working("bank") as tx:
        await reverse_payment(tx, payment, date(2026, 3, 31), "no funds")
    assert await dunning.levels() == {"F-1": 1}
    await dunning.run("2026-04-01")
    assert await dunning.levels() == {"F-1": 2}


async def test_a_fee_is_charged_once_per_level_and_is_never_reminded_itself(
    billing: Billing, dunning: Dunning
):
    levels = [
        DunningLevel(level=1, days=7, fee=billing.mxn("50")),
        DunningLevel(level=2, days=14, fee_rate=Decimal("0.02")),
    ]
    await dunning.procedure(levels=levels)
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "1000", "2026-03-10")
    await dunning.owes("F-2", customer, "100", "2026-03-10")
    await dunning.run("2026-03-17")
    assert await dunning.charges(customer) == [("fee", "100.00")]
    await dunning.run("2026-03-24")
    assert await dunning.charges(customer) == [("fee", "100.00"), ("fee", "22.00")]
    for day in ("2026-05-01", "2026-06-01"):
        assert (await dunning.run(day)).items == 0
    assert len(await dunning.charges(customer)) == 2
    assert (await billing.credit(customer)).receivable == billing.mxn("1222.00")
    assert await billing.wrong() == []


async def test_interest_is_on_what_was_owed_while_it_was_owed_and_survives_the_payment(
    billing: Billing, dunning: Dunning
):
    await dunning.procedure(7, 14, rate="0.36")
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "1000", "2026-03-10")
    await dunning.run("2026-03-17")
    assert await dunning.charges(customer) == [("interest", "7.00")]
    await dunning.pay(customer, "400", "2026-03-20")
    charged = await dunning.charges(customer)
    await dunning.pay(customer, "700", "2026-03-30")
    done = await dunning.run("2026-04-05")
    assert done.items == 0
    # 10 days on 1,000, then 10 days on what was left when the first payment had been taken.
    after = await dunning.charges(customer)
    assert len(after) == 2
    assert charged == after[:1]
    total = Decimal(after[0][1]) + Decimal(after[1][1])
    working = await _working(billing, customer)
    assert sum(line.exact for line in working if line.exact).quantize(Decimal("0.01")) == total
    assert (await dunning.run("2026-06-01")).charges == 0
    assert await billing.wrong() == []


async def _working(billing: Billing, customer):
    found = await billing.documents(customer=customer, kind="interest")
    latest = await billing.ask(ExplainCharge(document=found[0].document))
    return latest.lines


async def test_interest_goes_on_once_a_month_after_the_last_level(
    billing: Billing, dunning: Dunning
):
    await dunning.procedure(7, rate="0.36")
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "1000", "2026-03-10")
    await dunning.run("2026-03-17")
    assert (await dunning.run("2026-04-15")).charges == 0
    assert (await dunning.run("2026-04-16")).charges == 1
    assert await dunning.charges(customer) == [("interest", "7.00"), ("interest", "30.00")]


async def test_what_is_paid_late_before_any_reminder_bears_its_days(
    billing: Billing, dunning: Dunning
):
    await dunning.procedure(7, rate="0.36")
    customer, in_time = await billing.customer(), await billing.customer("Puntual")
    await dunning.owes("F-1", customer, "1000", "2026-03-10")
    await dunning.owes("F-2", in_time, "1000", "2026-03-10")
    await dunning.pay(customer, "1000", "2026-03-13")
    await dunning.pay(in_time, "1000", "2026-03-10")
    done = await dunning.run("2026-03-17")
    assert (done.items, done.letters, done.charges) == (0, 0, 1)
    assert await dunning.charges(customer) == [("interest", "3.00")]
    assert await dunning.charges(in_time) == []


async def test_a_letter_lists_all_that_is_open_credit_too_as_it_stood_that_day(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.owes("F-2", customer, "200", "2026-04-30")
    await dunning.owes("F-3", customer, "50", "2026-03-20")
    await billing.hear(billing.returned("F-3", customer, "50"))
    await billing.hear(billing.delivered("F-4", customer, "60", due_on="2026-03-09"))
    await dunning.pay(customer, "60", "2026-03-12")
    await dunning.run("2026-03-17")
    await dunning.pay(customer, "300", "2026-03-18")
    (letter,) = await dunning.letters()
    shown = {item.number: (item.overdue_days, item.open) for item in letter.items}
    assert shown == {"F-1": (7, billing.mxn("100")), "F-2": (0, billing.mxn("200"))}
    assert letter.balance == [billing.mxn("300.00")]
    assert letter.overdue == [billing.mxn("100.00")]
    assert "recordamos" in letter.text
    (english,) = await dunning.letters(language="en")
    assert "reminder" in english.text


async def test_a_letter_keeps_its_words_when_the_procedure_changes(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.procedure(levels=[DunningLevel(level=1, days=7, text_es="Pague, por favor.")])
    await dunning.run("2026-03-17")
    await dunning.procedure(levels=[DunningLevel(level=1, days=7, text_es="Otra cosa.")])
    (letter,) = await dunning.letters()
    assert letter.text == "Pague, por favor."


async def test_credit_that_is_left_over_is_on_the_letter_as_negative(
    billing: Billing, dunning: Dunning
):
    await _leave_the_rest_as_credit(billing)
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.pay(customer, "100", "2026-03-05")
    await billing.hear(billing.returned("F-1", customer, "30"))
    await dunning.owes("F-2", customer, "100", "2026-03-10")
    await dunning.run("2026-03-17")
    (letter,) = await dunning.letters()
    kinds = {item.kind: item.open for item in letter.items}
    assert kinds == {"invoice": billing.mxn("100"), "credit-note": billing.mxn("-30")}
    assert letter.balance == [billing.mxn("70")]
    assert letter.overdue == [billing.mxn("100")]


async def _leave_the_rest_as_credit(billing: Billing) -> None:
    async with billing.database.acting_as(billing.asks("director")) as tx:
        await tx.driver.execute(
            "INSERT INTO allocation_policies (company, rules, priority)"
            " VALUES ($1, '{exact}', '{}')",
            COMPANY,
        )


async def test_disputed_and_stopped_items_are_left_out_and_come_in_again(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    disputed = await dunning.owes("F-1", customer, "100", "2026-03-10")
    stopped = await dunning.owes("F-2", customer, "100", "2026-03-10")
    await dunning.owes("F-3", customer, "100", "2026-03-10")
    async with billing.database.working("test") as tx:
        await tx.driver.execute("UPDATE open_items SET disputed = true WHERE item = $1", disputed)
    stop = await billing.ask(
        StopDunning(customer=customer, item=stopped, until=date(2026, 3, 20), reason="aclaración")
    )
    await dunning.run("2026-03-20")
    assert await dunning.levels() == {"F-3": 1}
    await dunning.run("2026-03-21")
    assert await dunning.levels() == {"F-3": 1, "F-2": 1}
    whole = await billing.ask(StopDunning(customer=customer, reason="pausa"))
    await dunning.run("2026-04-20")
    assert await dunning.levels() == {"F-3": 1, "F-2": 1}
    lifted = await billing.ask(LiftDunningStop(stop=whole.stop))
    assert lifted.lifted
    listed = (await billing.ask(ListDunningStops(customer=customer))).items
    assert [(one.stop, one.lifted) for one in listed] == [(whole.stop, True), (stop.stop, False)]
    assert not stop.lifted
    await dunning.run("2026-04-21")
    assert await dunning.levels() == {"F-3": 2, "F-2": 2}


async def test_only_an_open_invoice_of_the_customer_can_be_stopped(
    billing: Billing, dunning: Dunning
):
    customer, other = await billing.customer(), await billing.customer("Otro")
    item = await dunning.owes("F-1", other, "100", "2026-03-10")
    with pytest.raises(rules.NotOverdueItem):
        await billing.ask(StopDunning(customer=customer, item=item, reason="x"))


async def test_history_is_left_out_unless_it_is_asked_for(billing: Billing, dunning: Dunning):
    customer = await billing.customer(origin="import")
    delivered = billing.delivered("F-1", customer, "100", due_on="2026-03-10")
    await billing.hear(delivered, origin="import")
    assert (await dunning.run("2026-03-17")).items == 0
    assert (await dunning.run("2026-03-18", imported=True)).items == 1


async def test_a_customer_may_have_a_procedure_of_their_own(billing: Billing, dunning: Dunning):
    patient, usual = await billing.customer("Paciente"), await billing.customer("Usual")
    slow = PutDunningProcedure(
        company=COMPANY, key="lento", name="Lento", levels=[DunningLevel(level=1, days=60)]
    )
    await billing.ask(slow)
    await billing.ask(AssignDunningProcedure(customer=patient, key="lento"))
    with pytest.raises(NotFound):
        await billing.ask(AssignDunningProcedure(customer=patient, key="nada"))
    for customer, number in ((patient, "F-1"), (usual, "F-2")):
        await dunning.owes(number, customer, "100", "2026-03-10")
    await dunning.run("2026-03-17")
    assert await dunning.levels() == {"F-2": 1}
    await billing.ask(AssignDunningProcedure(customer=patient, key=None))
    await dunning.run("2026-03-18")
    assert await dunning.levels() == {"F-2": 1, "F-1": 1}


async def test_a_company_begins_with_the_procedure_that_holds_everywhere(
    billing: Billing, dunning: Dunning
):
    (standard,) = (await billing.ask(ListDunningProcedures(company=COMPANY))).items
    assert [level.days for level in standard.levels] == [7, 14, 30]
    await dunning.procedure(5)
    own, _ = (await billing.ask(ListDunningProcedures(company=COMPANY))).items
    assert (own.company, own.standard, [level.days for level in own.levels]) == (
        COMPANY,
        True,
        [5],
    )


async def test_the_third_level_escalates_to_the_superior_of_the_rep(
    billing: Billing, dunning: Dunning
):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    for day in ("2026-04-09", "2026-04-10", "2026-04-11"):
        await dunning.run(day)
    assert (await billing.credit(customer)).blocked_by == ("dunning",)
    (told,) = await billing.told("collection-escalated")
    assert (told["level"], told["cause"], told["rep"]) == (3, "dunning", str(_ana()))
    assert told["overdue"]["amount"] == "100.00"


async def test_a_level_blocks_new_credit_until_it_is_paid(billing: Billing, dunning: Dunning):
    await dunning.procedure(levels=[DunningLevel(level=1, days=7, blocks=True)])
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.run("2026-03-17")
    await _release(billing)
    assert (await billing.credit(customer)).blocked_by
    await dunning.pay(customer, "100", "2026-03-18")
    await _release(billing)
    assert not (await billing.credit(customer)).blocked_by


async def _release(billing: Billing) -> None:
    async with billing.database.working("job") as tx:
        await commands.release_paid(tx, date(2026, 3, 18))


def _ana():
    from ..conftest import ANA

    return ANA


async def test_runs_go_forward_one_at_a_time_and_only_for_ones_own_company(
    billing: Billing, dunning: Dunning
):
    await dunning.run("2026-03-17")
    with on("2026-03-18"):
        with pytest.raises(rules.RunBeforeLast):
            await billing.ask(RunDunning(company=COMPANY, as_of=date(2026, 3, 16)))
        with pytest.raises(rules.RunInTheFuture):
            await billing.ask(RunDunning(company=COMPANY, as_of=date(2026, 3, 19)))
        begun = await billing.ask(RunDunning(company=COMPANY))
    with on("2026-03-19"), pytest.raises(rules.AnotherRunIsOn):
        await billing.ask(RunDunning(company=COMPANY))
    assert begun.state == "running"
    with pytest.raises(NotFound):
        await billing.ask(RunDunning(company=COMPANY), billing.asks("manager", units=("mty",)))
    assert [one.as_of.day for one in (await billing.ask(ListDunningRuns())).items] == [18, 17]


async def test_another_branch_sees_no_item_and_no_letter(billing: Billing, dunning: Dunning):
    customer = await billing.customer()
    await dunning.owes("F-1", customer, "100", "2026-03-10")
    await dunning.run("2026-03-17")
    (letter,) = await dunning.letters()
    gdl = billing.asks("manager", units=("gdl",))
    assert (await billing.ask(ListDunnedItems(), gdl)).items == []
    with pytest.raises(NotFound):
        await billing.ask(GetDunningLetter(letter=letter.letter), gdl)
    other_rep = billing.asks("rep", units=("mty",))
    assert (await billing.ask(ListDunnedItems(), other_rep)).items == []
    mine = billing.asks("rep", units=("mty",), person=_ana())
    assert len((await billing.ask(ListDunnedItems(), mine)).items) == 1
