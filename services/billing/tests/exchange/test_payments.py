from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billing.exchange.rules import NoRate, RateNotPositive
from billing.ledger import commands
from billing.ledger.matching import reallocate
from contracts.billing.exchange import ListExchangeRates, SetExchangeRate
from contracts.billing.ledger import PaymentRecorded
from kernel.money import Money, UnknownCurrency
from kernel.problems import NotFound

from ..conftest import COMPANY, Billing

LATER = date(2026, 3, 20)


async def rate(billing: Billing, on: str, value: str, **more: str) -> None:
    said = {"company": COMPANY, "currency": "USD", "into": "MXN", **more}
    asked = SetExchangeRate(dated_on=date.fromisoformat(on), rate=Decimal(value), **said)
    await billing.ask(asked)


async def pay_usd(billing: Billing, customer: UUID, amount: str, **more: object) -> PaymentRecorded:
    from contracts.billing.ledger import RecordPayment

    said = {"paid_on": date(2026, 3, 10), **more}
    return await billing.ask(
        RecordPayment(customer=customer, amount=Money.of(amount, "USD"), **said)
    )


async def sums(billing: Billing) -> dict[tuple[str, str], Decimal]:
    async with billing.database.working("x") as tx:
        rows = await tx.driver.fetch(
            "SELECT account, currency, sum(amount) AS amount FROM entries GROUP BY 1, 2"
        )
    return {(row["account"], row["currency"]): row["amount"] for row in rows if row["amount"]}


async def sold(billing: Billing, gross: str = "1740") -> UUID:
    customer = await billing.customer(limit="50000")
    await billing.hear(billing.delivered("P-1", customer, gross))
    return customer


async def test_a_payment_in_another_currency_is_worth_what_the_rate_of_its_day_says(
    billing: Billing,
):
    customer = await sold(billing)
    for on, value in (("2026-03-01", "17.00"), ("2026-03-10", "17.40")):
        await rate(billing, on, value)
    paid = await pay_usd(billing, customer, "100")
    assert (paid.amount, paid.unallocated) == (billing.mxn("1740.00"), billing.mxn(0))
    assert paid.tendered == Money.of("100", "USD")
    # At the invoice 1740 pesos were worth 102.35 dollars; 100 came in: 2.35 were lost.
    assert await sums(billing) == {
        ("revenue", "MXN"): -1740,
        ("exchange", "MXN"): 1740,
        ("exchange", "USD"): Decimal("-102.35"),
        ("exchange-difference", "USD"): Decimal("2.35"),
        ("cash", "USD"): 100,
    }
    (told,) = await billing.told("payment-received")
    assert told["tendered"] == {"amount": "100.00", "currency": "USD"}
    assert await billing.wrong() == []


async def test_taken_back_it_leaves_nothing_in_any_currency(billing: Billing):
    customer = await sold(billing)
    for on, value in (("2026-03-01", "17.00"), ("2026-03-10", "17.40")):
        await rate(billing, on, value)
    paid = await pay_usd(billing, customer, "100")
    async with billing.database.working("bank") as tx:
        await reallocate(tx, paid.payment, [], LATER)
        await commands.reverse_payment(tx, paid.payment, LATER, "devuelto")
    assert await sums(billing) == {("revenue", "MXN"): -1740, ("receivable", "MXN"): 1740}
    assert await billing.wrong() == []


async def test_without_a_rate_it_is_refused_and_a_rate_told_the_other_way_round_will_do(
    billing: Billing,
):
    customer = await sold(billing)
    with pytest.raises(NoRate):
        await pay_usd(billing, customer, "100")
    await rate(billing, "2026-03-11", "20")
    with pytest.raises(NoRate):
        await pay_usd(billing, customer, "100")
    await rate(billing, "2026-03-01", "0.05", currency="MXN", into="USD")
    assert (await pay_usd(billing, customer, "87")).amount == billing.mxn("1740.00")


async def test_an_invoice_from_before_the_first_rate_is_left_alone(billing: Billing):
    customer = await sold(billing)
    await rate(billing, "2026-03-10", "17.40")
    paid = await pay_usd(billing, customer, "100")
    assert paid.unallocated == billing.mxn("1740.00")


async def test_who_owes_in_the_currency_of_the_payment_pays_without_any_rate(billing: Billing):
    customer = await billing.customer(limit="5000")
    await billing.hear(billing.delivered("P-1", customer, "100", currency="USD"))
    paid = await pay_usd(billing, customer, "100")
    assert (paid.amount, paid.tendered) == (Money.of("100.00", "USD"), None)
    assert paid.unallocated.amount == 0


async def test_rates_are_listed_the_latest_first_and_only_of_ones_own_company(billing: Billing):
    for on, value in (("2026-03-01", "17"), ("2026-03-02", "17.1"), ("2026-03-02", "17.2")):
        await rate(billing, on, value)
    listed = (await billing.ask(ListExchangeRates(company=COMPANY))).items
    assert [(one.dated_on.day, one.rate) for one in listed] == [
        (2, Decimal("17.2")),
        (1, Decimal(17)),
    ]
    with pytest.raises(NotFound):
        await billing.ask(ListExchangeRates(company="otra"))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"value": "0"}, RateNotPositive),
        ({"value": "1", "into": "USD"}, RateNotPositive),
        ({"value": "1", "into": "QQQ"}, UnknownCurrency),
        ({"value": "1", "company": "otra"}, NotFound),
    ],
)
async def test_a_rate_that_means_nothing_is_refused(billing: Billing, said, refusal):
    with pytest.raises(refusal):
        await rate(billing, "2026-03-01", **said)
