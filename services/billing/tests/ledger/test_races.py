from __future__ import annotations

import asyncio
from datetime import date

from billing.ledger import commands, rules

from ..conftest import Billing

DAY = date(2026, 3, 2)


async def test_payments_at_once_never_settle_an_invoice_twice(billing: Billing):
    customer = await billing.customer(limit="5000")
    await billing.hear(billing.delivered("P-1", customer, "100"))
    await asyncio.gather(*(billing.pay(customer, "30") for _ in range(8)))
    credit = await billing.credit(customer)
    assert (credit.receivable, credit.unallocated) == (billing.mxn(0), billing.mxn(140))
    assert await billing.wrong() == []


async def test_of_two_who_take_a_payment_back_one_is_told_that_it_was(billing: Billing):
    customer = await billing.customer(limit="5000")
    await billing.hear(billing.delivered("P-1", customer, "100"))
    paid = await billing.pay(customer, "100")

    async def reverse() -> None:
        async with billing.database.working("bank") as tx:
            await commands.reverse_payment(tx, paid.payment, DAY, "sin fondos")

    done = await asyncio.gather(reverse(), reverse(), return_exceptions=True)
    assert [type(one) for one in done if one] == [rules.AlreadyReversed]
    assert (await billing.credit(customer)).receivable == billing.mxn(100)
    assert await billing.wrong() == []
