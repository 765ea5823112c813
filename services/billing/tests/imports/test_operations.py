from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.billing.periods import ClosePeriod
from contracts.billing.settlement import ListDocumentItems
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from contracts.imports import ImportAnswer
from kernel.ids import imported_id
from kernel.money import Money
from kernel.problems import NotFound

from ..conftest import Billing


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def invoice(key: str, **more: Any) -> dict[str, Any]:
    said = {"customer": "K1", "issued_on": "2026-01-02", "due_on": "2026-02-01"}
    return said | {"key": key, "gross": usd("55.94")} | more


def payment(key: str, **more: Any) -> dict[str, Any]:
    said = {"customer": "K1", "paid_on": "2026-01-15", "amount": usd("55.94")}
    return said | {"key": key, "invoice": key} | more


class Import:
    def __init__(self, billing: Any) -> None:
        self.billing = billing

    async def invoices(self, *records: dict[str, Any], who: Any = None) -> ImportAnswer:
        read = [InvoiceRecord(**record) for record in records]
        asked = ImportInvoices(company="refacciones", records=read)
        return await self.billing.ask(asked, who or self.billing.asks("analyst"))

    async def payments(self, *records: dict[str, Any]) -> ImportAnswer:
        read = [PaymentRecord(**record) for record in records]
        return await self.billing.ask(ImportPayments(company="refacciones", records=read))


@pytest.fixture
async def imports(billing: Billing) -> Import:
    for key in ("K1", "K2"):
        card = CustomerChangedV1(
            unit="mty",
            customer=imported_id("refacciones", "customer", key),
            number=key,
            company="refacciones",
            currency="USD",
            personal=PersonalV1(name=key),
        )
        await billing.hear(card, origin="import")
    return Import(billing)


async def test_invoices_and_payments_come_in_once_whatever_is_sent_again(imports):
    batch = (invoice("F1"), invoice("F2", disputed=True))
    assert await imports.invoices(*batch) == ImportAnswer(added=2)
    assert await imports.invoices(*batch, invoice("F3")) == ImportAnswer(added=1, unchanged=2)
    paid = (payment("F1"), payment("F2", amount=usd("60")))
    assert await imports.payments(*paid) == ImportAnswer(added=2)
    assert await imports.payments(*paid) == ImportAnswer(unchanged=2)
    credit = await imports.billing.credit(imported_id("refacciones", "customer", "K1"))
    assert (credit.receivable, credit.unallocated) == (usd("55.94"), usd("4.06"))
    assert credit.limit is None
    told = [one["type"].split(".")[1] for one in await imports.billing.told()]
    assert told.count("invoice-issued") == 3
    assert told.count("payment-received") == told.count("payment-allocated") == 2
    assert await imports.billing.wrong() == []


async def test_what_follows_from_an_import_says_so(imports):
    await imports.invoices(invoice("F1"))
    async with imports.billing.database.working("test") as tx:
        (row,) = await tx.driver.fetch("SELECT headers FROM event_log")
    assert row["headers"]["ce-origin"] == "import"


async def test_an_imported_payment_settles_only_the_invoice_it_names(imports):
    await imports.invoices(invoice("F1"), invoice("F2"))
    await imports.payments(payment("P1", invoice="F2", amount=usd("100")))
    open_now = {one.number: one.open for one in await imports.billing.documents()}
    assert open_now == {"F1": usd("55.94"), "F2": usd("0"), "P1": usd("44.06")}


async def test_amounts_are_kept_to_the_last_decimal_and_a_missing_net_is_the_gross(imports):
    await imports.invoices(invoice("F1", gross=usd("20565.6206")))
    await imports.invoices(invoice("F2", gross=usd("11.6"), net=usd("10")))
    nets = {one.number: one.net for one in await imports.billing.documents()}
    assert nets == {"F1": usd("20565.6206"), "F2": usd("10")}


async def test_each_row_that_cannot_be_taken_is_refused_and_the_others_are_taken(imports):
    answer = await imports.invoices(
        invoice("F1"),
        invoice("F2", customer="nobody"),
        invoice("F3", unit="nowhere"),
        invoice("F4", rep="nobody"),
        invoice("F5", gross=usd("-1")),
        invoice("F6", net=Money.of("1", "MXN")),
        invoice("F1"),
        invoice("F1", gross=usd("1")),
    )
    assert (answer.added, answer.unchanged) == (1, 1)
    assert [(row.index, row.key, row.code) for row in answer.refused] == [
        (1, "F2", "imports.unknown-customer"),
        (2, "F3", "imports.unknown-unit"),
        (3, "F4", "imports.unknown-person"),
        (4, "F5", "imports.negative-invoice"),
        (5, "F6", "money.different-currencies"),
        (7, "F1", "imports.document-differs"),
    ]
    assert answer.refused[0].detail == "No hay ningún cliente con la clave nobody."


async def test_payments_are_refused_row_by_row_too(imports):
    await imports.invoices(invoice("F1"), invoice("F2", customer="K2"))
    await imports.payments(payment("P0", invoice="F1", amount=usd("1")))
    answer = await imports.payments(
        payment("P1", invoice="F9"),
        payment("P2", invoice="F2"),
        payment("P3", customer="nobody", invoice=None),
        payment("P4", invoice=None, amount=usd("0")),
        payment("P5", invoice="F1", amount=Money.of("1", "MXN")),
        payment("P0", invoice="F1", amount=usd("2")),
    )
    assert [(row.key, row.code) for row in answer.refused] == [
        ("P1", "imports.unknown-invoice"),
        ("P2", "ledger.invoice-of-other"),
        ("P3", "imports.unknown-customer"),
        ("P4", "ledger.payment-not-positive"),
        ("P5", "money.different-currencies"),
        ("P0", "imports.document-differs"),
    ]
    assert answer.added == 0


async def test_a_changed_document_is_refused_but_whether_it_is_disputed_may_change(imports):
    await imports.invoices(invoice("F1"))
    answer = await imports.invoices(invoice("F1", due_on="2026-02-02"))
    assert [row.code for row in answer.refused] == ["imports.document-differs"]
    assert await imports.invoices(invoice("F1", disputed=True)) == ImportAnswer(changed=1)
    (document,) = await imports.billing.documents()
    assert (document.disputed, document.due_on) == (True, date(2026, 2, 1))


async def test_a_company_out_of_scope_takes_nothing(imports):
    who = imports.billing.asks("analyst", units=("otra",))
    with pytest.raises(NotFound):
        await imports.invoices(invoice("F1"), who=who)


async def test_ids_follow_from_the_source_so_that_others_can_name_the_invoice(imports):
    await imports.invoices(invoice("F1"))
    (document,) = await imports.billing.documents()
    assert document.document == imported_id("refacciones", "invoice", "F1")
    assert document.document != UUID(int=0)


async def test_nothing_new_comes_into_a_closed_period_and_what_was_there_stays(imports):
    assert await imports.invoices(invoice("F1")) == ImportAnswer(added=1)
    closed = ClosePeriod(company="refacciones", through=date(2026, 1, 15))
    await imports.billing.ask(closed)
    late = invoice("F2", issued_on="2026-01-15")
    answer = await imports.invoices(invoice("F1"), late, invoice("F3", issued_on="2026-01-16"))
    assert (answer.added, answer.unchanged) == (1, 1)
    assert [row.code for row in answer.refused] == ["periods.closed"]
    answer = await imports.payments(payment("F1"), payment("F3", paid_on="2026-01-16"))
    assert (answer.added, [row.code for row in answer.refused]) == (1, ["periods.closed"])


async def test_an_invoice_comes_in_instalments_that_add_up(imports):
    def parts(*amounts: str) -> list[dict[str, Any]]:
        return [
            {"due_on": f"2026-0{n}-01", "amount": usd(amount)}
            for n, amount in enumerate(amounts, start=2)
        ]

    whole = invoice("F1", instalments=parts("30", "25.94"))
    short = invoice("F2", instalments=parts("30", "25.93"))
    answer = await imports.invoices(whole, short)
    assert answer.added == 1
    assert [row.code for row in answer.refused] == ["ledger.instalments-do-not-add-up"]
    assert await imports.invoices(whole) == ImportAnswer(unchanged=1)
    (shown,) = await imports.billing.documents()
    assert (shown.instalments, shown.open) == (2, usd("55.94"))
    await imports.payments(payment("F1", amount=usd("30")))
    items = await imports.billing.ask(ListDocumentItems(document=shown.document))
    assert [one.open.amount for one in items.items] == [0, usd("25.94").amount]
    assert await imports.billing.wrong() == []
