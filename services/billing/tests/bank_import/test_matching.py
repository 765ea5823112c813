from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from billing.bank_import import commands, rules
from billing.bank_import.checks import statements_are_whole
from billing.ledger.posting import Credit
from billing.periods.rules import PeriodClosed
from contracts.billing import bank
from contracts.billing.ledger import ListDocuments
from contracts.billing.periods import ClosePeriod
from kernel.database import Transaction
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing
from .conftest import Bank, camt, ntry

FAILED = "request.failed"
OTHER_IBAN = "MX99 0000 1111 2222 3333"


@pytest.fixture
async def pena(billing: Billing) -> UUID:
    """A customer who owes two invoices."""
    customer = await billing.customer("Talleres Peña, S.A.")
    await billing.hear(billing.delivered("FAC-1042", customer, "1160.00"))
    await billing.hear(billing.delivered("FAC-1043", customer, "500.00"))
    return customer


async def open_of(billing: Billing, customer: UUID) -> dict[str, str]:
    shown = await billing.ask(ListDocuments(customer=customer))
    return {each.number: f"{each.open.amount:.2f}" for each in shown.items}


async def wrong(billing: Billing) -> list[str]:
    async with billing.database.working("test") as tx:
        return await billing.wrong() + await statements_are_whole(tx)


async def matched(bank_: Bank, *entries: str, **more: str) -> list[bank.BankEntry]:
    await bank_.take(camt(*entries, **more))
    await bank_.match()
    return list(await bank_.entries())


async def test_a_transfer_that_names_an_invoice_and_its_amount_pays_it(
    billing: Billing, bank_: Bank, pena: UUID
):
    [statement] = await bank_.take(camt(ntry("1160.00", "pago fac 1042", ref="A1")))
    assert (statement.entries, statement.states, statement.new) == (1, {"new": 1}, True)
    await bank_.match()
    [entry] = await bank_.entries()
    assert (entry.state, entry.customer, entry.reason) == ("matched", pena, "invoice-and-amount")
    assert await open_of(billing, pena) == {"A1": "0.00", "FAC-1042": "0.00", "FAC-1043": "500.00"}
    assert await wrong(billing) == []


async def test_a_transfer_that_names_several_invoices_pays_each_of_them(
    billing: Billing, bank_: Bank, pena: UUID
):
    [entry] = await matched(bank_, ntry("1660.00", "FAC-1043, FAC-1042", ref="A1"))
    assert (entry.state, entry.reason, entry.score) == ("matched", "invoice-and-amount", 1)
    assert await open_of(billing, pena) == {"A1": "0.00", "FAC-1042": "0.00", "FAC-1043": "0.00"}


async def test_the_legal_number_names_an_invoice_too(billing: Billing, bank_: Bank, pena: UUID):
    async with billing.database.working("test") as tx:
        await tx.driver.execute(
            "INSERT INTO legal_numbers (document, company, unit, kind, number)"
            " SELECT id, company, unit, kind, 7 FROM documents WHERE number = 'FAC-1043'"
        )
    [entry] = await matched(bank_, ntry("500.00", "MTY-F-000007", ref="A1"))
    assert (entry.state, entry.reason) == ("matched", "invoice-and-amount")
    assert (await open_of(billing, pena))["FAC-1043"] == "0.00"


async def test_an_overpayment_pays_the_invoice_it_names_and_the_rest_by_the_ledgers_rules(
    billing: Billing, bank_: Bank, pena: UUID
):
    [entry] = await matched(bank_, ntry("600.00", "FAC-1043", ref="A1"))
    assert (entry.state, entry.reason) == ("matched", "invoice")
    assert await open_of(billing, pena) == {
        "A1": "0.00", "FAC-1042": "1060.00", "FAC-1043": "0.00"
    }  # fmt: skip


async def test_the_same_invoice_paid_twice_leaves_the_second_to_somebody(
    billing: Billing, bank_: Bank, pena: UUID
):
    first, second = await matched(
        bank_, ntry("500.00", "FAC-1043", ref="A1"), ntry("500.00", "FAC-1043", ref="A2")
    )
    states = {(each.state, each.reason) for each in (first, second)}
    assert states == {("matched", "invoice-and-amount"), ("open", "unsure-settled-invoice")}
    assert await wrong(billing) == []


async def test_whoever_paid_from_an_account_before_is_known_by_it(
    billing: Billing, bank_: Bank, pena: UUID
):
    await matched(bank_, ntry("1160.00", "FAC-1042", ref="A1", iban=OTHER_IBAN))
    await bank_.take(camt(ntry("500.00", "gracias", ref="A2", iban=OTHER_IBAN), key="S-2"))
    await bank_.match()
    by_key = {each.key: each for each in await bank_.entries()}
    assert (by_key["A2"].customer, by_key["A2"].reason) == (pena, "payer-and-amount")


async def test_a_name_and_an_exact_amount_are_enough_and_a_name_alone_is_not(
    billing: Billing, bank_: Bank, pena: UUID
):
    sure, unsure = await matched(
        bank_,
        ntry("500.00", ref="A1", payer="TALLERES PENA SA"),
        ntry("77.00", ref="A2", payer="Talleres Peña S.A.", on="2026-03-11"),
    )
    assert (sure.state, sure.customer, sure.reason) == ("matched", pena, "name-and-amount")
    assert (unsure.state, unsure.customer, unsure.reason) == ("open", None, "unsure-name")


async def test_two_customers_of_one_name_are_for_somebody_to_decide(billing: Billing, bank_: Bank):
    for name, order in (("El Taller", "X-1"), ("EL TALLER", "X-2")):
        await billing.hear(billing.delivered(order, await billing.customer(name), "500.00"))
    [entry] = await matched(bank_, ntry("500.00", ref="A1", payer="El Taller"))
    assert (entry.state, entry.reason) == ("open", "ambiguous")


async def test_a_short_number_that_may_be_chance_is_not_enough(billing: Billing, bank_: Bank):
    customer = await billing.customer("Norte")
    await billing.hear(billing.delivered("2026", customer, "900.00"))
    [entry] = await matched(bank_, ntry("350.00", "abono marzo 2026", ref="A1"))
    assert (entry.state, entry.reason) == ("open", "unsure-invoice")


async def test_what_nothing_speaks_for_waits_and_money_that_went_out_does_not(bank_: Bank):
    entries = await matched(bank_, ntry("5.00", "intereses", ref="A1"), ntry("-9.00", ref="A2"))
    assert {each.key: each.state for each in entries} == {"A1": "open", "A2": "outgoing"}


async def test_another_companys_invoices_are_never_paid(billing: Billing, bank_: Bank):
    stranger = await billing.customer("Ajena")
    await billing.hear(billing.delivered("Z-77", stranger, "100.00", company="otra"))
    [entry] = await matched(bank_, ntry("100.00", "Z-77", ref="A1"))
    assert (entry.state, entry.reason) == ("open", "no-clue")


async def test_a_returned_payment_opens_its_invoices_again(
    billing: Billing, bank_: Bank, pena: UUID
):
    await matched(bank_, ntry("1160.00", "FAC-1042", ref="A1", e2e="T-9"))
    back = ntry("-1160.00", ref="A2", e2e="T-9", on="2026-03-12", more="<RvslInd>true</RvslInd>")
    await bank_.take(camt(back, key="S-2"))
    await bank_.match()
    by_key = {each.key: each for each in await bank_.entries()}
    assert (by_key["A2"].state, by_key["A2"].customer) == ("returned", pena)
    assert by_key["A2"].payment == by_key["A1"].payment
    assert (await open_of(billing, pena))["FAC-1042"] == "1160.00"
    assert len(await billing.told("payment-reversed")) == 1
    assert await wrong(billing) == []


async def test_a_payment_is_given_back_once(billing: Billing, bank_: Bank, pena: UUID):
    await matched(bank_, ntry("1160.00", "FAC-1042", ref="A1", e2e="T-9"))
    twice = [
        ntry("-1160.00", ref=ref, e2e="T-9", on="2026-03-12", more="<RvslInd>true</RvslInd>")
        for ref in ("A2", "A3")
    ]
    await bank_.take(camt(*twice, key="S-2"))
    await bank_.match()
    states = sorted(each.state for each in await bank_.entries())
    assert states == ["matched", "open", "returned"]
    assert await wrong(billing) == []


async def test_a_return_of_something_we_never_saw_waits_for_somebody(bank_: Bank):
    inside = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    [entry] = await matched(bank_, ntry("-50.00", ref="A1", e2e="T-0", inside=inside))
    assert (entry.state, entry.reason) == ("open", "return-of-unknown")


async def test_somebody_says_which_payment_is_given_back_and_it_must_be_of_that_amount(
    billing: Billing, bank_: Bank, pena: UUID
):
    paid = await matched(bank_, ntry("1160.00", "FAC-1042", ref="A1"), ntry("5.00", ref="A2"))
    payment = next(each.payment for each in paid if each.key == "A1")
    back = "<RvslInd>true</RvslInd>"
    await bank_.take(
        camt(ntry("-1160.00", ref="B1", on="2026-03-12", more=back),
             ntry("-160.00", ref="B2", on="2026-03-12", more=back), key="S-2")
    )  # fmt: skip
    await bank_.match()
    of = {each.key: each.entry for each in await bank_.entries(state="open")}
    for entry, refusal in (("B2", rules.ReturnsOtherAmount), ("A2", rules.MoneyCameIn)):
        with pytest.raises(refusal):
            await billing.ask(bank.ReturnPayment(entry=of[entry], payment=payment))
    with pytest.raises(rules.MoneyWentOut):
        await billing.ask(bank.MatchEntry(entry=of["B1"], customer=pena))
    done = await billing.ask(bank.ReturnPayment(entry=of["B1"], payment=payment))
    assert (done.state, done.customer, done.payment) == ("returned", pena, payment)
    assert (await open_of(billing, pena))["FAC-1042"] == "1160.00"
    assert await wrong(billing) == []


async def test_a_planted_fault_is_found_by_the_checks(billing: Billing, bank_: Bank, pena: UUID):
    await matched(bank_, ntry("1160.00", "FAC-1042", ref="A1"), ntry("5.00", ref="A2"))
    assert await wrong(billing) == []
    async with billing.database.working("test") as tx:
        await tx.driver.execute("UPDATE bank_entries SET amount = 1 WHERE key = 'A1'")
        await tx.driver.execute("UPDATE bank_entries SET state = 'new' WHERE key = 'A2'")
        await tx.driver.execute("UPDATE bank_statements SET entries = 3")
    assert len(await wrong(billing)) == 3


async def test_the_matching_of_a_statement_is_told_once_with_its_counts(
    billing: Billing, bank_: Bank, pena: UUID
):
    await matched(bank_, ntry("500.00", "FAC-1043", ref="A1"), ntry("3.00", ref="A2"))
    await bank_.match()
    [told] = await billing.told("statement-matched")
    assert (told["entries"], told["matched"], told["open"], told["returned"]) == (2, 1, 1, 0)
    [statement] = (await billing.ask(bank.ListStatements())).items
    assert statement.matched_at is not None
    assert statement.states == {"matched": 1, "open": 1}


async def test_small_steps_and_one_large_one_come_to_the_same(
    billing: Billing, bank_: Bank, pena: UUID
):
    await bank_.take(camt(*(ntry("100.00", "FAC-1042", ref=f"A{n}") for n in range(7))))
    await bank_.match(at_once=2)
    assert [each.state for each in await bank_.entries()] == ["matched"] * 7
    assert (await open_of(billing, pena))["FAC-1042"] == "460.00"


async def test_a_step_that_fails_leaves_nothing_and_the_next_one_does_it_all(
    billing: Billing, bank_: Bank, pena: UUID, monkeypatch: pytest.MonkeyPatch
):
    async def killed(*_: object) -> None:
        raise ConnectionResetError

    await bank_.take(camt(*(ntry("100.00", "FAC-1042", ref=f"A{n}") for n in range(5))))
    with monkeypatch.context() as broken:
        broken.setattr("billing.bank_import.store.learn_payers", killed)
        with pytest.raises(ConnectionResetError):
            await bank_.match(at_once=2)
    assert {each.state for each in await bank_.entries()} == {"new"}
    assert await billing.told("payment-received") == []
    await bank_.match(at_once=2)
    assert len(await billing.told("payment-received")) == 5
    assert (await open_of(billing, pena))["FAC-1042"] == "660.00"
    assert await wrong(billing) == []


async def refused(_: Transaction) -> None:
    raise PeriodClosed(date(2026, 3, 10), date(2026, 4, 1))


async def defective(_: Transaction) -> None:
    raise AssertionError


async def broken(tx: Transaction) -> None:
    await tx.driver.execute("SELECT 1 / 0")


Fault = Callable[[Transaction], Awaitable[None]]
FAULTS = pytest.mark.parametrize(
    ("fault", "code"),
    [(refused, "periods.closed"), (defective, FAILED), (broken, FAILED)],
)


def hinder(monkeypatch: pytest.MonkeyPatch, fault: Fault, number: str) -> list[int]:
    """Let the ledger take everything but the payment of this number; the sizes of what it gets."""
    settle, sizes = commands.settle, []

    async def hindered(tx: Transaction, book: Any, credits_: list[Credit], by: UUID) -> Any:
        sizes.append(len(credits_))
        done = await settle(tx, book, credits_, by)
        if any(one.document.number == number for one in credits_):
            await fault(tx)
        return done

    monkeypatch.setattr(commands, "settle", hindered)
    return sizes


@FAULTS
async def test_what_cannot_be_booked_waits_with_the_reason_and_the_others_go_on(
    billing: Billing, bank_: Bank, pena: UUID, fault: Fault, code: str,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    sizes = hinder(monkeypatch, fault, "A2")
    entries = [ntry("100.00", "FAC-1042", ref=f"A{n}") for n in range(5)]
    with capture_logs() as logs:
        by_key = {each.key: each for each in await matched(bank_, *entries)}
    stuck = by_key.pop("A2")
    assert (stuck.state, stuck.customer, stuck.reason) == ("open", None, code)
    assert {each.state for each in by_key.values()} == {"matched"}
    assert sizes == [5, 1, 1, 1, 1, 1]  # the batch, then each of its entries
    told = [each for each in logs if each["log_level"] == "error"]
    if code == FAILED:
        assert [each["entry"] for each in told] == [str(stuck.entry)]
        assert told[0]["reference"] in (stuck.note or "")
    else:
        assert "2026" in (stuck.note or "")
        assert told == []
    assert (await open_of(billing, pena))["FAC-1042"] == "760.00"
    assert len(await billing.told("payment-received")) == 4
    [done] = await billing.told("statement-matched")
    assert (done["matched"], done["open"]) == (4, 1)
    assert await wrong(billing) == []


async def test_what_could_not_be_booked_is_tried_again_by_nobody_but_a_person(
    billing: Billing, bank_: Bank, pena: UUID, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as hindered:
        sizes = hinder(hindered, refused, "A1")
        [entry] = await matched(bank_, ntry("500.00", "FAC-1043", ref="A1"))
        await bank_.match()
    assert (entry.state, sizes) == ("open", [1])
    await bank_.match()
    assert [each.state for each in await bank_.entries()] == ["open"]
    done = await billing.ask(bank.MatchEntry(entry=entry.entry, customer=pena))
    assert (done.state, done.reason, done.note) == ("matched", "by-hand", None)
    assert await wrong(billing) == []


async def test_what_could_not_be_booked_is_tried_again_when_its_account_is_put_anew(
    billing: Billing, bank_: Bank, pena: UUID, monkeypatch: pytest.MonkeyPatch
):
    entries = [ntry("500.00", "FAC-1043", ref="A1"), ntry("5.00", ref="A2")]
    with monkeypatch.context() as hindered:
        hinder(hindered, defective, "A1")
        await matched(bank_, *entries)
    await bank_.put(number="1234567890", name="Another")
    assert await bank_.entries(state="new") == []
    await bank_.put()
    assert [each.key for each in await bank_.entries(state="new")] == ["A1"]
    await bank_.match()
    done = {each.key: (each.state, each.reason, each.note) for each in await bank_.entries()}
    assert done == {
        "A1": ("matched", "invoice-and-amount", None), "A2": ("open", "no-clue", None)
    }  # fmt: skip
    told = await billing.told("statement-matched")
    assert [(each["matched"], each["open"]) for each in told] == [(0, 2), (1, 1)]
    assert await wrong(billing) == []


@FAULTS
async def test_a_return_that_cannot_be_booked_waits_with_the_reason_and_the_others_go_on(
    billing: Billing, bank_: Bank, pena: UUID, fault: Fault, code: str,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    paid = [ntry("100.00", "FAC-1042", ref=f"A{n}", e2e=f"T-{n}") for n in range(2)]
    first = (await matched(bank_, *paid))[0].payment
    reverse = commands.ledger.reverse_payment

    async def hindered(tx: Transaction, payment: UUID, *more: Any) -> Any:
        done = await reverse(tx, payment, *more)
        if payment == first:
            await fault(tx)
        return done

    back = [ntry("-100.00", ref=f"B{n}", e2e=f"T-{n}", on="2026-03-12") for n in range(2)]
    await bank_.take(camt(*back, key="S-2"))
    with monkeypatch.context() as patched:
        patched.setattr(commands.ledger, "reverse_payment", hindered)
        await bank_.match()
    out = sorted((each.state, each.reason) for each in await bank_.entries() if each.key[0] == "B")
    assert out == [("open", code), ("returned", "reference")]
    assert len(await billing.told("payment-reversed")) == 1
    await bank_.put()
    await bank_.match()
    states = Counter(each.state for each in await bank_.entries())
    assert states == {"matched": 2, "returned": 2}
    assert await wrong(billing) == []


async def test_a_payment_of_a_closed_day_is_of_the_first_open_one(
    billing: Billing, bank_: Bank, pena: UUID
):
    await billing.ask(ClosePeriod(company=COMPANY, through=date(2026, 3, 31), reason="marzo"))
    [entry] = await matched(bank_, ntry("500.00", "FAC-1043", ref="A1", on="2026-03-10"))
    shown = (await billing.ask(ListDocuments(customer=pena, kind="payment"))).items
    assert (entry.state, entry.booked_on) == ("matched", date(2026, 3, 10))
    assert [each.issued_on for each in shown] == [date(2026, 4, 1)]


async def test_two_at_once_take_every_entry_once_and_tell_the_end_once(
    billing: Billing, bank_: Bank, pena: UUID
):
    await bank_.take(
        camt(
            *(ntry("10.00", "FAC-1042", ref=f"A{n}", e2e=f"T{n}") for n in range(40)),
            *(ntry("-10.00", ref=f"B{n}", e2e=f"T{n}", on="2026-03-12") for n in range(6)),
        )
    )
    await asyncio.gather(*(bank_.match(at_once=3) for _ in range(4)))
    await bank_.match()
    states = Counter(each.state for each in await bank_.entries())
    assert states == {"matched": 40, "returned": 6}
    assert (await open_of(billing, pena))["FAC-1042"] == "820.00"
    assert len(await billing.told("payment-received")) == 40
    assert len(await billing.told("statement-matched")) == 1
    assert await wrong(billing) == []


async def test_somebody_says_whose_payment_it_is_and_the_account_is_remembered(
    billing: Billing, bank_: Bank, pena: UUID
):
    [entry] = await matched(bank_, ntry("500.00", "sin datos", ref="A1", iban=OTHER_IBAN))
    invoices = [
        each.document
        for each in (await billing.ask(ListDocuments(customer=pena))).items
        if each.number == "FAC-1043"
    ]
    asked = bank.MatchEntry(entry=entry.entry, customer=pena, invoices=invoices)
    done = await billing.ask(asked)
    assert (done.state, done.customer, done.reason) == ("matched", pena, "by-hand")
    assert done.decided_by is not None
    assert (await open_of(billing, pena))["FAC-1043"] == "0.00"
    with pytest.raises(rules.NotOnWorklist):
        await billing.ask(asked)
    await bank_.take(camt(ntry("1160.00", ref="A2", iban=OTHER_IBAN), key="S-2"))
    await bank_.match()
    assert {each.state for each in await bank_.entries()} == {"matched"}


async def test_a_wrong_match_is_taken_back_and_its_account_forgotten(
    billing: Billing, bank_: Bank, pena: UUID
):
    [entry] = await matched(bank_, ntry("500.00", "FAC-1043", ref="A1", iban=OTHER_IBAN))
    again = await billing.ask(bank.UndoMatch(entry=entry.entry, reason="era de otro"))
    assert (again.state, again.payment, again.reason) == ("open", None, "undone")
    assert (await open_of(billing, pena))["FAC-1043"] == "500.00"
    with pytest.raises(rules.NotMatched):
        await billing.ask(bank.UndoMatch(entry=entry.entry, reason="otra vez"))
    await bank_.take(camt(ntry("20.00", ref="A2", iban=OTHER_IBAN), key="S-2"))
    await bank_.match()
    assert {each.state for each in await bank_.entries()} == {"open"}
    await billing.ask(bank.MatchEntry(entry=entry.entry, customer=pena))
    assert await wrong(billing) == []


async def test_what_has_nothing_to_do_with_customers_leaves_the_worklist(
    billing: Billing, bank_: Bank
):
    [entry] = await matched(bank_, ntry("5.00", "intereses", ref="A1"))
    await billing.ask(bank.SetEntryAside(entry=entry.entry, reason="intereses del banco"))
    assert await bank_.entries(state="open") == []
    [aside] = await bank_.entries(state="set-aside")
    assert aside.note == "intereses del banco"


async def test_suggestions_say_whom_and_why_the_likeliest_first(
    billing: Billing, bank_: Bank, pena: UUID
):
    norte = await billing.customer("Norte")
    await billing.hear(billing.delivered("N-1", norte, "77.00"))
    [entry] = await matched(bank_, ntry("77.00", ref="A1", payer="Talleres Peña SA"))
    found = await billing.ask(bank.SuggestMatches(entry=entry.entry))
    assert [(each.customer, each.reason) for each in found.items] == [
        (pena, "name"), (norte, "amount")
    ]  # fmt: skip
    assert found.items[1].invoice_numbers == ["N-1"]


async def test_another_branch_sees_neither_account_nor_entries(
    billing: Billing, bank_: Bank, pena: UUID
):
    [entry] = await matched(bank_, ntry("5.00", ref="A1"))
    far = billing.asks("manager", units=("gdl",))
    assert (await billing.ask(bank.ListBankAccounts(), far)).items == []
    assert (await billing.ask(bank.ListBankEntries(), far)).items == []
    assert (await billing.ask(bank.ListStatements(), far)).items == []
    for asked in (
        bank.SuggestMatches(entry=entry.entry),
        bank.MatchEntry(entry=entry.entry, customer=pena),
        bank.SetEntryAside(entry=entry.entry, reason="x"),
        bank.UndoMatch(entry=entry.entry, reason="x"),
        bank.GetStatement(statement=entry.statement),
    ):
        with pytest.raises(NotFound):
            await billing.ask(asked, far)
    with pytest.raises((NotFound, rules.UnknownAccount)):
        asked = bank.ImportStatement(
            company=COMPANY, file=bank_.files.put(b"x"), account=bank_.account
        )
        await billing.ask(asked, far)


async def test_a_customer_out_of_sight_cannot_be_named(billing: Billing, bank_: Bank, pena: UUID):
    account = await bank_.put(number="1234567890", unit="gdl", name="Guadalajara")
    await bank_.take(camt(ntry("5.00", ref="A1"), account="1234567890"))
    await bank_.match()
    [entry] = await bank_.entries(account=account.account)
    far = billing.asks("manager", units=("gdl",))
    with pytest.raises(NotFound):
        await billing.ask(bank.MatchEntry(entry=entry.entry, customer=pena), far)
    assert (await billing.ask(bank.SuggestMatches(entry=entry.entry), far)).items == []
