from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

import asyncpg
import pytest

from billing.exchange.rules import NoRate
from billing.ledger import rules
from billing.ledger.checks import rebuild
from billing.ledger.commands import record_payment
from billing.ledger.goods import invoice_deliveries
from billing.numbering.jobs import number_documents
from contracts.billing.ledger import GetCustomerAccount, ListDocuments, RecordPayment
from kernel.money import Money
from kernel.problems import NotFound

from ..conftest import Billing


async def _number(billing: Billing) -> None:
    async with billing.database.working("numbers") as tx:
        while await number_documents(tx):
            pass


async def test_a_delivery_becomes_an_invoice_with_all_that_others_need(billing: Billing):
    customer = await billing.customer()
    line = {"number": 1, "product": "DISC-280", "quantity": "3", "net": "100.0001"}
    net = Money.of("100.0001", "MXN")
    await billing.hear(billing.delivered("P-1", customer, "116.0002", net=net, lines=[line]))
    (invoice,) = await billing.documents(kind="invoice")
    assert (invoice.net, invoice.gross) == (billing.mxn("100.0001"), billing.mxn("116.0002"))
    assert (invoice.open, invoice.customer_name) == (invoice.gross, "Taller Norte")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    (told,) = await billing.told("invoice-issued")
    assert (told["number"], told["order"], told["rep"]) == (
        "P-1",
        str(billing.some("P-1")),
        str(UUID(int=1)),
    )
    assert told["lines"][0]["net"] == "100.0001"
    assert await billing.wrong() == []


async def test_a_delivery_heard_twice_is_invoiced_once(billing: Billing):
    customer = await billing.customer()
    delivered = billing.delivered("P-1", customer, "116")
    await billing.hear(delivered, delivered)
    assert len(await billing.told("invoice-issued")) == 1
    assert (await billing.credit(customer)).receivable == billing.mxn(116)


async def test_a_return_takes_back_from_its_invoice(billing: Billing):
    customer = await billing.customer()
    await billing.hear(
        billing.delivered("P-1", customer, "116"), billing.returned("P-1", customer, "16")
    )
    (invoice,) = await billing.documents(kind="invoice")
    (note,) = await billing.documents(kind="credit-note")
    assert (invoice.open, note.open, note.invoice) == (
        billing.mxn(100),
        billing.mxn(0),
        invoice.document,
    )
    (told,) = await billing.told("credit-note-issued")
    assert (told["gross"]["amount"], told["invoice_net"]["amount"]) == ("16.00", "116.00")


async def test_what_a_return_credits_beyond_what_is_open_stays_as_credit(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    await billing.pay(customer, "70")
    await billing.hear(billing.returned("P-1", customer, "50"))
    credit = await billing.credit(customer)
    assert (credit.receivable, credit.unallocated) == (billing.mxn(0), billing.mxn(20))
    assert await billing.wrong() == []


async def test_a_return_that_comes_before_its_delivery_waits_for_it(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.returned("P-1", customer, "16"))
    assert await billing.told("credit-note") == []
    await billing.hear(billing.delivered("P-1", customer, "116"))
    facts = [one["type"] for one in await billing.told("%-issued")]
    assert facts == ["billing.invoice-issued.v1", "billing.credit-note-issued.v1"]
    assert (await billing.credit(customer)).receivable == billing.mxn(100)


async def test_a_payment_settles_what_it_names_first_and_then_the_oldest(billing: Billing):
    customer = await billing.customer()
    for n, due in ((1, "2026-04-01"), (2, "2026-03-10"), (3, "2026-05-01")):
        await billing.hear(billing.delivered(f"P-{n}", customer, "100", due_on=due))
    named = next(one for one in await billing.documents() if one.number == "P-3")
    paid = await billing.pay(customer, "250", invoice=named.document, reference="SPEI 77")
    assert [(a.invoice_number, a.amount, a.open_after) for a in paid.allocations] == [
        ("P-3", billing.mxn(100), billing.mxn(0)),
        ("P-2", billing.mxn(100), billing.mxn(0)),
        ("P-1", billing.mxn(50), billing.mxn(50)),
    ]
    assert (paid.number, paid.unallocated) == ("SPEI 77", billing.mxn(0))
    (received,) = await billing.told("payment-received")
    allocated = await billing.told("payment-allocated")
    assert received["amount"]["amount"] == "250.00"
    assert [one["invoice_number"] for one in allocated] == ["P-3", "P-2", "P-1"]


async def test_a_payment_larger_than_the_debt_stays_as_credit_and_widens_what_may_be_ordered(
    billing: Billing,
):
    customer = await billing.customer(limit="100")
    await billing.hear(billing.delivered("P-1", customer, "100"))
    paid = await billing.pay(customer, "130")
    assert paid.unallocated == billing.mxn(30)
    assert (await billing.credit(customer)).available == billing.mxn(130)
    await billing.hear(billing.placed("P-2", customer, "130"))
    assert await billing.state("P-2") == "reserved"


@pytest.mark.parametrize(
    ("asked", "refusal", "status"),
    [
        ({"amount": Money.of("0", "MXN")}, rules.PaymentNotPositive, 422),
        ({"amount": Money.of("1", "USD")}, NoRate, 409),
        ({"paid_on": date(2026, 3, 3)}, rules.PaidInTheFuture, 422),
        ({"invoice": UUID(int=5)}, NotFound, 404),
        ({"customer": UUID(int=5)}, NotFound, 404),
    ],
)
async def test_a_payment_that_is_refused_leaves_nothing_behind(
    billing: Billing, asked, refusal, status
):
    said = {"customer": await billing.customer(), "amount": billing.mxn(1)}
    command = RecordPayment(**{**said, "paid_on": date(2026, 3, 2), **asked})
    who = billing.asks("collector")
    with pytest.raises(refusal):
        async with billing.database.acting_as(who) as tx:
            await record_payment(tx, command, who, today=date(2026, 3, 2))
    assert (await billing.told(), await billing.documents()) == ([], [])


async def test_the_invoice_of_another_customer_is_not_settled(billing: Billing):
    mine, other = await billing.customer("Mía"), await billing.customer("Otra")
    await billing.hear(billing.delivered("P-1", other, "100"))
    (invoice,) = await billing.documents()
    with pytest.raises(rules.InvoiceOfOther):
        await billing.pay(mine, "100", invoice=invoice.document)


async def test_a_payment_settles_an_invoice_of_a_branch_that_the_cashier_does_not_see(
    billing: Billing,
):
    customer = await billing.customer(unit="mty")
    await billing.hear(billing.delivered("P-1", customer, "100", unit="gdl"))
    here = billing.asks("collector", units=("mty",))
    assert (await billing.ask(ListDocuments(), here)).items == []
    asked = RecordPayment(customer=customer, amount=billing.mxn(100), paid_on=date(2026, 3, 2))
    assert (await billing.ask(asked, here)).unallocated == billing.mxn(0)
    assert [one.kind for one in (await billing.ask(ListDocuments(), here)).items] == ["payment"]


async def test_documents_page_by_key_the_latest_first(billing: Billing):
    customer = await billing.customer()
    for n in range(1, 6):
        day = f"2026-03-0{n}"
        await billing.hear(billing.delivered(f"P-{n}", customer, "10", delivered_on=day))
    seen, after = [], None
    while True:
        page = await billing.ask(ListDocuments(customer=customer, limit=2, after=after))
        seen += [one.number for one in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["P-5", "P-4", "P-3", "P-2", "P-1"]


async def test_overdue_invoices_come_longest_overdue_first(billing: Billing):
    customer = await billing.customer()
    for n, due in ((1, "2026-03-10"), (2, "2026-03-05"), (3, "2026-03-20"), (4, "2026-03-01")):
        await billing.hear(billing.delivered(f"P-{n}", customer, "10", due_on=due))
    await billing.pay(customer, "10")
    asked = {"overdue_on": date(2026, 3, 20), "limit": 1}
    first = await billing.ask(ListDocuments(**asked))
    rest = await billing.ask(ListDocuments(**asked, after=first.next))
    assert [one.number for one in [*first.items, *rest.items]] == ["P-2", "P-1"]
    assert rest.next is None


async def test_the_account_of_a_customer_adds_up_to_its_balance(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "100"))
    await billing.pay(customer, "130")
    seen, after = [], None
    while True:
        asked = GetCustomerAccount(customer=customer, limit=2, after=after)
        account = await billing.ask(asked)
        seen += account.movements
        after = account.next
        if after is None:
            break
    assert len(seen) == 4
    assert sum((one.amount.amount for one in seen), Decimal(0)) == account.balance.amount == -30


async def test_legal_numbers_run_without_a_gap_in_the_order_of_posting(billing: Billing):
    customer = await billing.customer()
    await asyncio.gather(
        *(billing.hear(billing.delivered(f"P-{n}", customer, "10")) for n in range(12)),
        *(billing.hear(billing.delivered(f"G-{n}", customer, "10", unit="gdl")) for n in range(3)),
    )
    await billing.pay(customer, "10")
    await billing.numbered()
    numbers = sorted(one.legal_number for one in await billing.documents())
    assert numbers == [
        *(f"GDL-F-{n:06}" for n in range(1, 4)),
        *(f"MTY-F-{n:06}" for n in range(1, 13)),
        "MTY-R-000001",
    ]
    await billing.hear(billing.delivered("P-99", customer, "10"))
    await billing.numbered()
    last = await billing.documents(order=billing.some("P-99"))
    assert last[0].legal_number == "MTY-F-000013"
    assert await billing.wrong() == []


async def test_a_document_is_not_numbered_before_one_that_was_posted_earlier(billing: Billing):
    customer, other = await billing.customer(), await billing.customer("Otra")
    early = billing.delivered("P-1", customer, "10")
    async with billing.database.working("still running") as tx:
        await invoice_deliveries(tx, [early], {}, history=False)
        await billing.hear(billing.delivered("P-2", other, "10"))
        await _number(billing)
        assert [one.legal_number for one in await billing.documents()] == [None]
    await billing.numbered()
    legal = {one.number: one.legal_number for one in await billing.documents()}
    assert legal == {"P-1": "MTY-F-000001", "P-2": "MTY-F-000002"}


async def test_an_imported_document_keeps_the_number_of_its_source(billing: Billing):
    customer = await billing.customer(origin="import")
    await billing.hear(billing.delivered("SO-1", customer, "10"), origin="import")
    await billing.numbered()
    (invoice,) = await billing.documents()
    assert (invoice.number, invoice.legal_number) == ("SO-1", None)


async def test_the_database_refuses_entries_that_do_not_balance(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "10"))
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        async with billing.database.working("a defect") as tx:
            await tx.driver.execute(
                "INSERT INTO entries SELECT posting, 9, 'cash', NULL, company, unit, rep,"
                " customer, dated_on, currency, 0.01 FROM entries LIMIT 1"
            )


async def test_nobody_changes_or_deletes_what_was_posted(billing: Billing):
    for table in ("documents", "postings", "entries", "limit_changes"):
        for statement in (f"UPDATE {table} SET customer = customer", f"DELETE FROM {table}"):
            for login in (
                billing.database.working("x"),
                billing.database.acting_as(billing.asks()),
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with login as tx:
                        await tx.driver.execute(statement)


async def _something(billing: Billing, dice: Random, customers: list[UUID], step: int) -> None:
    """Something happens to some order of some customer; a few facts come twice or too early."""
    n = dice.randrange(step + 3)
    customer = customers[n % len(customers)]
    total = f"{dice.randrange(1, 90)}.{dice.randrange(100):02}"
    if dice.random() < 0.3:
        await billing.pay(customer, total)
        return
    kind = dice.choice(["placed", "confirmed", "delivered", "cancelled", "returned"])
    fact = getattr(billing, kind)
    order = (f"P-{n}", customer)
    if kind == "delivered":
        await billing.hear(fact(*order, total, complete=dice.random() < 0.5))
    else:
        await billing.hear(fact(*order, *([] if kind == "cancelled" else [total])))


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_sequence_the_ledger_is_whole_and_rebuilding_changes_nothing(
    billing: Billing, seed
):
    dice = Random(seed)
    customers = [await billing.customer(name, limit="300") for name in ("A", "B", "C")]
    for step in range(40):
        await _something(billing, dice, customers, step)
    assert await billing.wrong() == []
    before = [await billing.credit(customer) for customer in customers]
    async with billing.database.working("rebuild") as tx:
        assert await tx.driver.fetchval("SELECT sum(amount) FROM entries") == 0
        await rebuild(tx)
    assert [await billing.credit(customer) for customer in customers] == before
    assert await billing.wrong() == []


async def test_the_checks_see_a_balance_that_is_wrong_and_a_rebuild_mends_it(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "10"))
    async with billing.database.working("a planted fault") as tx:
        await tx.driver.execute("UPDATE balances SET receivable = 11")
        await tx.driver.execute("UPDATE open_items SET open = 9")
    assert len(await billing.wrong()) == 3
    async with billing.database.working("rebuild") as tx:
        await rebuild(tx)
    assert await billing.wrong() == []


async def test_the_checks_see_an_item_that_was_settled_before_it_was_there(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.delivered("P-1", customer, "10"))
    async with billing.database.working("a planted fault") as tx:
        await tx.driver.execute(
            "INSERT INTO entries SELECT posting, line + n, account, item, company, unit, rep,"
            " customer, dated_on - 10 * (n - 2), currency, amount * (5 - 2 * n) FROM entries,"
            " generate_series(2, 3) n WHERE account = 'receivable'"
        )
    (complaint,) = await billing.wrong()
    assert complaint.startswith("an item was settled before it could be")
