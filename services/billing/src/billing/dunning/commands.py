"""Procedures, who is left out, and runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from billing.agencies import queries as agencies
from billing.batch import Row, plan_for
from billing.customers import queries as customers
from billing.dunning import events, queries, rules, store
from billing.dunning.model import (
    Delay,
    Interest,
    InterestTerms,
    Item,
    Level,
    Procedure,
    Step,
)
from billing.exposure import queries as credit
from billing.exposure.book import Book
from billing.ledger.charges import charge_many
from billing.ledger.model import Charge, Kind, Whose
from billing.limits import commands as limits
from billing.promises import queries as promises
from contracts.billing import dunning as contract
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal

AT_ONCE = 200
"""Customers whose accounts are locked together: an order of theirs waits for so long."""
NO_WORKING = "[]"
NAMESPACE = UUID("5f0a9b86-2b3f-5e1c-8a53-0d5e6e1c1f7a")


# --- procedures ---------------------------------------------------------------------------------


async def put_procedure(
    tx: Transaction, asked: contract.PutDunningProcedure, who: Principal
) -> contract.DunningProcedure:
    """Say how customers are reminded from now on.

    Raises:
        NotFound: the company is out of the person's scope.
        LevelsNotInOrder, NoLastLevel, EarlierThanLevelBefore, NotAFee, NotARate
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    texts = {level.level: (level.text_es, level.text_en) for level in asked.levels}
    await store.put_procedure(tx, rules.checked(_procedure(asked)), texts)
    listed = await queries.procedures(tx, asked.company)
    return next(one for one in listed.items if (one.company, one.key) == (asked.company, asked.key))


def _procedure(asked: contract.PutDunningProcedure) -> Procedure:
    rate = asked.yearly_rate
    return Procedure(
        company=asked.company,
        key=asked.key,
        name=asked.name,
        levels=tuple(
            Level(
                number=level.level,
                delay=Delay(level.delay),
                days=level.days,
                fee=level.fee,
                fee_rate=level.fee_rate,
                blocks=level.blocks,
                escalates=level.escalates,
            )
            for level in asked.levels
        ),
        interest=None if rate is None else InterestTerms(rate, asked.days_of_year),
        standard=asked.standard,
    )


async def assign(
    tx: Transaction, asked: contract.AssignDunningProcedure
) -> contract.DunningAssignment:
    """Give a customer a procedure of their own, or the standard again."""
    account = await credit.credit_of(tx, asked.customer)
    if asked.key is not None:
        known = {one.key for one in (await queries.procedures(tx, account.company)).items}
        if asked.key not in known:
            raise NotFound("dunning procedure", asked.key)
    await store.assign(tx, asked.customer, account.company, asked.key)
    return contract.DunningAssignment(customer=asked.customer, key=asked.key)


# --- who is left out ----------------------------------------------------------------------------


async def stop(
    tx: Transaction, asked: contract.StopDunning, who: Principal
) -> contract.DunningStop:
    """Leave a customer, or one open invoice of theirs, out of dunning.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
        NotOverdueItem: the item is not an open invoice of this customer.
    """
    await credit.credit_of(tx, asked.customer)
    if asked.item is not None and not await store.owes(tx, asked.customer, asked.item):
        raise rules.NotOverdueItem(str(asked.item))
    row = await store.add_stop(
        tx, uuid7(), asked.customer, asked.item, asked.until, asked.reason, who.person
    )
    return queries.stop(row)


async def lift(
    tx: Transaction, asked: contract.LiftDunningStop, who: Principal
) -> contract.DunningStop:
    """Take a customer or item into dunning again."""
    row = await store.lift_stop(tx, asked.stop, who.person)
    if row is None:
        raise NotFound("dunning stop", str(asked.stop))
    return queries.stop(row)


# --- runs ---------------------------------------------------------------------------------------


async def begin_run(
    tx: Transaction, asked: contract.RunDunning, who: Principal, *, today: date
) -> contract.DunningRun:
    """Begin a run; the one of the same day is answered as it stands.

    Raises:
        NotFound: the company is out of the person's scope.
        RunInTheFuture, RunBeforeLast, AnotherRunIsOn
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    as_of = asked.as_of or today
    last = await store.last_run(tx, asked.company)
    rules.check_run(as_of, None if last is None else last["as_of"], today)
    if last is not None and last["as_of"] == as_of:
        return queries.run(last)
    if last is not None and last["state"] == "running":
        raise rules.AnotherRunIsOn(last["as_of"])
    run = uuid5(NAMESPACE, f"{asked.company}/{as_of}")
    row = await store.begin_run(tx, run, asked.company, as_of, asked.imported, who.person)
    return queries.run(row)


async def process(tx: Transaction, now: datetime) -> bool:
    """Process the next customers of a run that is on: all of them and the place, or nothing.

    Returns:
        Whether there is more to do.
    """
    run = await store.next_run(tx)
    if run is None:
        return False
    found = await store.next_customers(tx, run, AT_ONCE)
    if found:
        part = await _part(tx, run, found)
        await part.write()
    if len(found) < AT_ONCE:
        await store.finish(tx, run["id"], now)
    return True


async def release_paid(tx: Transaction, today: date) -> None:
    """Customers who owe nothing at a blocking level any more may buy on credit again.

    So a payment releases them, and so do a dispute and a stop.
    """
    customers = await store.blocked(tx)
    still = await store.blocking(tx, customers, today) if customers else set()
    for customer in sorted(set(customers) - still):
        await limits.release(tx, customer, "dunning")


async def _part(tx: Transaction, run: Row, found: Sequence[UUID]) -> _Part:
    """What a run finds of these customers, whose accounts are locked from here on."""
    book = await Book.of_customers(tx, found)
    await plan_for(tx, len(found))
    by = await queries.procedures_of(tx, run["company"], found)
    left_out = await _left_out(tx, found, run["as_of"])
    items = [item for item in await store.overdue(tx, run, found) if item.document not in left_out]
    steps = await _steps(tx, run, items, by)
    charged = [item for item in items if by[item.whose.customer].interest]
    if any(by[customer].interest for customer in found):
        settled = await store.settled_late(tx, run, found)
        charged += [item for item in settled if by[item.whose.customer].interest]
    return _Part(tx, run, book, by, found[-1], steps, charged)


async def _left_out(tx: Transaction, found: Sequence[UUID], today: date) -> set[UUID]:
    """Items at an agency, or in a plan that is kept."""
    return await agencies.items_at_agencies(tx, found) | await promises.items_in_plans(
        tx, found, today
    )


async def _steps(
    tx: Transaction, run: Row, items: Sequence[Item], by: Mapping[UUID, Procedure]
) -> list[Step]:
    """Who goes up; not those whose open promises cover all that is overdue."""
    promised = await promises.promised(tx, {item.whose.customer for item in items}, run["as_of"])
    covered = rules.covered(items, promised)
    taken = (
        rules.next_step(item, by[item.whose.customer], run["as_of"])
        for item in items
        if item.whose.customer not in covered
    )
    return [step for step in taken if step]


ChargeKey = tuple[Kind, Whose, str]
"""What is charged together: fees or interest of a customer, at one place, in one currency."""


@dataclass(slots=True)
class _Charging:
    """A document to charge, and its lines: document, item, level, amount, working."""

    document: UUID
    lines: list[tuple[UUID, UUID, int | None, Decimal, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A part of a run, ready to be written."""

    tx: Transaction
    run: Row
    book: Book
    by: Mapping[UUID, Procedure]
    last: UUID
    steps: Sequence[Step]
    may_bear_interest: Sequence[Item]
    charges: dict[ChargeKey, _Charging] = field(default_factory=dict)

    async def write(self) -> None:
        """Steps, charges, letters and news, and how far the run is."""
        await store.add_steps(self.tx, self.run, self.steps)
        self._fees()
        await self._interest()
        await self._charge()
        await self.book.save()
        letters = await self._letters()
        await self._block()
        await store.went_on(
            self.tx, self.run["id"], self.last, len(self.steps), letters, len(self.charges)
        )

    async def _block(self) -> None:
        """No new credit for who reached a level that says so."""
        whose = {step.item.whose.customer for step in self.steps if step.level.blocks}
        if whose:
            await limits.block_all(self.tx, whose, f"dunning {self.run['as_of']}")

    def _fees(self) -> None:
        for step in self.steps:
            if step.fee:
                self._add(Kind.FEE, step.item, step.fee, step.level.number, NO_WORKING)

    async def _interest(self) -> None:
        """Interest on items that step, are settled, or were charged a month ago or more."""
        stepping = {step.item.document for step in self.steps}
        before = await store.interest_charged(
            self.tx, [item.document for item in self.may_bear_interest]
        )
        as_of = self.run["as_of"]
        due = [
            item
            for item in self.may_bear_interest
            if rules.interest_is_due(
                item,
                before.get(item.document, (Decimal(0), item.due_on))[1],
                as_of,
                stepping=item.document in stepping,
            )
        ]
        owed = await store.owed(self.tx, [item.document for item in due], as_of)
        for item in due:
            terms = self.by[item.whose.customer].interest
            assert terms is not None, "only items that bear interest come here"
            lines = rules.late_interest(owed[item.document], item.due_on, as_of, terms)
            charged = before.get(item.document, (Decimal(0), item.due_on))[0]
            interest = rules.interest(lines, Money(charged, item.open.currency))
            if interest.to_charge:
                self._add(Kind.INTEREST, item, interest.to_charge, None, _working(interest))

    def _add(self, kind: Kind, item: Item, amount: Money, level: int | None, working: str) -> None:
        """One fee and one interest document for each customer, place and currency of a run."""
        key = (kind, item.whose, amount.currency)
        charging = self.charges.get(key)
        if charging is None:
            charging = self.charges[key] = _Charging(self._document(*key))
        charging.lines.append((charging.document, item.document, level, amount.amount, working))

    def _document(self, kind: Kind, whose: Whose, currency: str) -> UUID:
        return uuid5(self.run["id"], f"{kind}/{whose.customer}/{whose.unit}/{whose.rep}/{currency}")

    async def _charge(self) -> None:
        """Charge what was added, and write down what it is made of."""
        as_of = self.run["as_of"]
        charges = [
            Charge(
                id=charging.document,
                whose=whose,
                kind=kind,
                amount=Money(sum((line[3] for line in charging.lines), Decimal(0)), currency),
                dated_on=as_of,
                due_on=as_of,
                reason=f"dunning {as_of}",
            )
            for (kind, whose, currency), charging in self.charges.items()
        ]
        await charge_many(self.tx, self.book, charges)
        for wanted in (Kind.FEE, Kind.INTEREST):
            mine = (each for (kind, _, _), each in self.charges.items() if kind is wanted)
            lines = [line for charging in mine for line in charging.lines]
            await store.add_charges(self.tx, self.run, wanted.value, lines)

    async def _letters(self) -> int:
        """A letter to each customer of whom something went up, and what the others are told."""
        stepped: dict[UUID, list[Step]] = defaultdict(list)
        for step in self.steps:
            stepped[step.item.whose.customer].append(step)
        letters = [
            (uuid5(self.run["id"], f"letter/{customer}"), customer, self.by[customer].key,
             max(step.level.number for step in steps))
            for customer, steps in stepped.items()
        ]  # fmt: skip
        await store.write_letters(self.tx, self.run, letters)
        numbers = await customers.numbers(self.tx, stepped)
        for letter, customer, _, _ in letters:
            self._announce(letter, customer, stepped[customer], numbers.get(customer))
        return len(letters)

    def _announce(
        self, letter: UUID, customer: UUID, steps: Sequence[Step], number: str | None
    ) -> None:
        account, day = self.book.account(customer), self.run["as_of"]
        told = events.customer_dunned(letter, self.run["id"], account, steps, day)
        self.tx.announce(told, person=account.owner)
        if any(step.level.escalates for step in steps):
            self.tx.announce(events.escalated(account, number, steps), person=account.owner)


def _working(interest: Interest) -> str:
    lines = [
        {
            "since": line.since.isoformat(),
            "until": line.until.isoformat(),
            "days": line.days,
            "principal": str(line.principal),
            "exact": str(line.amount),
        }
        for line in interest.lines
    ]
    return json.dumps(lines)
