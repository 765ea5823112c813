from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from contracts.targets.commissions import GetRun, RunCommissions
from kernel.events import Event
from kernel.period import Period
from targets.commissions import rules
from targets.commissions.model import PlanVersion

from ..conftest import Targets, credit, day, invoice, some

LINES = """
SELECT documents.number, line.basis, line.rate, line.amount, line.plan_key, line.person
FROM commission_lines line JOIN documents ON documents.id = line.document ORDER BY number
"""


async def lines(targets: Targets) -> list[tuple[str, Decimal, Decimal]]:
    return [(row["number"], row["rate"], row["amount"]) for row in await targets.rows(LINES)]


async def test_an_invoice_earns_the_rate_of_its_own_day_exactly(targets: Targets) -> None:
    await targets.plan("Ana", "0.012", "2026-01-01", "2026-04-01")
    await targets.plan("Ana", "0.02", "2026-04-01")
    await targets.hear(
        invoice("F1", "20565.6206", issued_on="2026-03-31"),
        invoice("F2", "100", issued_on="2026-04-01"),
    )
    assert await lines(targets) == [
        ("F1", Decimal("0.012"), Decimal("246.7874472")),
        ("F2", Decimal("0.02"), Decimal("2.00")),
    ]


async def test_without_rep_or_plan_there_is_no_line(targets: Targets) -> None:
    await targets.plan("Ana", "0.01", "2026-03-03")
    await targets.hear(invoice("F1", "10"), invoice("F2", "10", rep=None))
    await targets.hear(invoice("F3", "10", rep=some("somebody we never heard of")))
    assert await lines(targets) == []
    assert await targets.wrong() == []


async def test_a_credit_note_takes_back_its_part_at_the_rate_then_used(targets: Targets) -> None:
    await targets.plan("Ana", "0.02", "2026-01-01", "2026-03-08")
    await targets.plan("Ana", "0.50", "2026-03-08")
    first = invoice("F1", "1000")
    await targets.hear(first, credit("N1", first, "250"))
    assert await lines(targets) == [
        ("F1", Decimal("0.02"), Decimal("20.00")),
        ("N1", Decimal("0.02"), Decimal("-5.00")),
    ]
    [mirror] = await targets.rows("SELECT mirrors FROM commission_lines WHERE mirrors IS NOT NULL")
    [line] = await targets.rows("SELECT id FROM commission_lines WHERE mirrors IS NULL")
    assert mirror["mirrors"] == line["id"]


async def test_a_credit_note_may_come_before_its_invoice(targets: Targets) -> None:
    await targets.plan("Ana", "0.02")
    first = invoice("F1", "1000")
    await targets.hear(credit("N1", first, "1000"))
    assert await lines(targets) == []
    await targets.hear(first)
    assert [amount for _, _, amount in await lines(targets)] == [Decimal("20.00"), -20]


async def test_a_plan_that_comes_late_counts_what_was_sold_before_it(targets: Targets) -> None:
    first = invoice("F1", "1000")
    await targets.hear(first, credit("N1", first, "100"))
    await targets.plan("Ana", "0.02")
    assert [amount for _, _, amount in await lines(targets)] == [Decimal("20.00"), Decimal("-2.00")]
    await targets.plan("Ana", "0.03")  # a correction: nothing of it is settled yet
    assert [amount for _, _, amount in await lines(targets)] == [Decimal("30.00"), Decimal("-3.00")]
    assert await targets.wrong() == []


async def test_a_full_run_mends_what_is_wrong_and_says_how_much(targets: Targets) -> None:
    await targets.plan("Ana", "0.02")
    first = invoice("F1", "1000")
    await targets.hear(first, invoice("F2", "500"), credit("N1", first, "100"))
    right = await lines(targets)
    async with targets.database.working("test") as tx:
        await tx.driver.execute("UPDATE commission_lines SET amount = amount + 1 WHERE basis = 500")
        await tx.driver.execute("DELETE FROM commission_lines WHERE basis < 0")
    assert len(await targets.wrong()) == 2
    run = await targets.ask(RunCommissions(company="acme"))
    done = await targets.ask(GetRun(run=run.run))
    assert (run.state, done.state, done.lines, done.changed) == ("waiting", "done", 3, 2)
    assert await lines(targets) == right
    assert await targets.wrong() == []


async def test_a_run_over_lines_that_are_right_writes_nothing(targets: Targets) -> None:
    await targets.plan("Ana", "0.02")
    await targets.hear(invoice("F1", "1000"))
    before = await targets.rows("SELECT xmin, ctid, * FROM commission_lines")
    run = await targets.ask(RunCommissions(company="acme"))
    assert (await targets.ask(GetRun(run=run.run))).changed == 0
    assert await targets.rows("SELECT xmin, ctid, * FROM commission_lines") == before


def some_sales(dice: random.Random) -> list[Event]:
    """Invoices of several people and days with credit notes on some of them, and duplicates."""
    events: list[Event] = []
    for number in range(30):
        each = invoice(
            f"F{number}",
            f"{dice.randrange(1, 10**9)}e-{dice.choice([2, 4, 6])}".replace("e-", "."),
            rep=dice.choice([some("Ana"), some("Eva"), some("Luis"), None]),
            issued_on=f"2026-{dice.randint(1, 6):02}-{dice.randint(1, 28):02}",
        )
        events.append(each)
        for part in range(dice.choice([0, 0, 1, 2])):
            net = (each.net.amount / dice.choice([1, 2, 4])).quantize(Decimal("0.01"))
            events.append(credit(f"N{number}-{part}", each, f"{net}", issued_on="2026-07-01"))
    events += dice.sample(events, 10)
    dice.shuffle(events)
    return events


PLANS = [
    ("Ana", "0.012", "2026-01-01", "2026-03-15"),
    ("Ana", "0.0175", "2026-03-15", None),
    ("Eva", "0", "2026-02-01", "2026-05-01"),
    ("Luis", "1", "2026-04-01", None),
]


def by_the_rules(events: Sequence[Any]) -> dict[str, list[Decimal]]:
    """What the rules say in Python: the oracle."""
    plans = [
        PlanVersion(
            some(f"plan {who} {start}"),
            "acme",
            "mty",
            f"{who} {start}",
            some(who),
            Decimal(rate),
            Period(day(start), day(end) if end else None),
        )
        for who, rate, start, end in PLANS
    ]
    invoices = {each.invoice: each for each in events if each.type.startswith("billing.invoice")}
    notes = {each.credit_note: each for each in events if "credit" in each.type}
    due: dict[str, list[Decimal]] = {}
    for each in invoices.values():
        plan = each.rep and rules.plan_of(plans, each.rep, each.issued_on)
        if not plan:
            continue
        line = rules.earned(each.invoice, each.net.amount, plan)
        due[each.number] = [line.basis, line.rate, line.amount]
        for note in notes.values():
            if note.invoice == each.invoice:
                back = rules.mirrored(
                    line, note.credit_note, -note.net.amount, note.invoice_net.amount
                )
                due[note.number] = [back.basis, back.rate, back.amount]
    return due


@pytest.mark.parametrize("seed", range(4))
async def test_one_by_one_in_any_order_with_duplicates_and_late_plans_is_the_full_run(
    targets: Targets, seed: int
) -> None:
    dice = random.Random(seed)
    events = some_sales(dice)
    late = {dice.randrange(len(events)): plan for plan in PLANS}
    for place, event in enumerate(events):
        if place in late:
            await targets.plan(*late.pop(place))
        await targets.hear(event, origin=dice.choice(["live", "import"]))
    planned = await targets.rows("SELECT key FROM plan_versions")
    for plan in PLANS:
        if f"{plan[0]} {plan[2]}" not in {row["key"] for row in planned}:
            await targets.plan(*plan)
    one_by_one = await targets.rows("SELECT * FROM commission_lines ORDER BY id")
    rows = await targets.rows(LINES)
    assert {row["number"]: [row["basis"], row["rate"], row["amount"]] for row in rows} == (
        by_the_rules(events)
    )
    async with targets.database.working("test") as tx:
        await tx.driver.execute("DELETE FROM commission_lines")
    await targets.ask(RunCommissions(company="acme"))
    assert await targets.rows("SELECT * FROM commission_lines ORDER BY id") == one_by_one
    assert await targets.wrong() == []
