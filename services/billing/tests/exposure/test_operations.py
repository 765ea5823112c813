from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from billing.approvals.rules import OwnRequest
from billing.exposure import commands, rules
from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.exposure import (
    GetCreditPolicy,
    GetOrderCredit,
    ListHeldOrders,
    RejectOrder,
    ReleaseOrder,
    SetCreditPolicy,
)
from contracts.billing.limits import SetAuthority, SetLimit
from kernel import clock
from kernel.problems import Malformed, NotFound

from ..conftest import ANA, Billing


async def test_an_order_reserves_credit_becomes_ordered_and_then_an_invoice(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.placed("P-1", customer, "600"))
    credit = await billing.credit(customer)
    assert (credit.reserved, credit.available) == (billing.mxn(600), billing.mxn(400))
    await billing.hear(billing.confirmed("P-1", customer, "600"))
    credit = await billing.credit(customer)
    assert (credit.reserved, credit.ordered) == (billing.mxn(0), billing.mxn(600))
    await billing.hear(
        billing.delivered("P-1", customer, "250", complete=False, delivery=UUID(int=1)),
        billing.delivered("P-1", customer, "350", delivery=UUID(int=2)),
    )
    credit = await billing.credit(customer)
    assert (credit.ordered, credit.receivable) == (billing.mxn(0), billing.mxn(600))
    assert credit.used == billing.mxn(600)
    assert await billing.state("P-1") == "invoiced"
    (reserved,) = await billing.told("credit-reserved")
    assert reserved["amount"] == {"amount": "600.00", "currency": "MXN"}
    assert await billing.wrong() == []


async def test_an_order_beyond_the_credit_is_held_with_what_is_missing(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(
        billing.placed("P-1", customer, "600"), billing.placed("P-2", customer, "400.01")
    )
    (told,) = await billing.told("order-held")
    assert (told["number"], told["missing"]["amount"]) == ("P-2", "0.01")
    credit = await billing.ask(GetOrderCredit(order=billing.some("P-2")))
    assert (credit.state, credit.missing) == ("held", billing.mxn("0.01"))
    assert (await billing.credit(customer)).used == billing.mxn(600)


async def test_orders_of_one_batch_see_each_other(billing: Billing):
    customer = await billing.customer(limit="100")
    await billing.hear_together([billing.placed(f"P-{n}", customer, "40") for n in range(3)])
    assert [await billing.state(f"P-{n}") for n in range(3)] == ["reserved", "reserved", "held"]


async def test_a_customer_registered_here_has_no_credit_and_an_imported_one_no_limit(
    billing: Billing,
):
    new = await billing.customer("Nueva")
    old = await billing.customer("Vieja", origin="import")
    await billing.hear(billing.placed("P-1", new, "0.01"), billing.placed("P-2", old, "1000000"))
    assert (await billing.state("P-1"), await billing.state("P-2")) == ("held", "reserved")
    credit = await billing.credit(old)
    assert (credit.limit, credit.available) == (None, None)


async def test_orders_do_not_need_the_card_to_be_there_first(billing: Billing):
    early = billing.some("Pronto")
    await billing.hear(billing.placed("P-1", early, "10"))
    await billing.customer("Pronto")
    assert await billing.state("P-1") == "held"
    await billing.hear(billing.delivered("P-9", billing.some("De antes"), "10"), origin="import")
    await billing.customer("De antes", origin="import")
    assert (await billing.credit(billing.some("De antes"))).limit is None


async def test_an_imported_order_makes_no_decision(billing: Billing):
    customer = await billing.customer(limit="1")
    await billing.hear(billing.confirmed("P-1", customer, "500"), origin="import")
    assert (await billing.credit(customer)).ordered == billing.mxn(500)
    assert await billing.told("credit") == await billing.told("order") == []


async def test_lowering_a_limit_leaves_what_was_accepted(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.placed("P-1", customer, "900"))
    account = await billing.ask(SetLimit(customer=customer, limit=billing.mxn(100)))
    assert (account.used, account.available) == (billing.mxn(900), billing.mxn(-800))
    await billing.hear(billing.confirmed("P-1", customer, "900"))
    assert await billing.state("P-1") == "ordered"


async def test_a_cancelled_order_frees_its_credit_also_when_this_comes_first(billing: Billing):
    customer = await billing.customer(limit="1000")
    await billing.hear(billing.placed("P-1", customer, "900"), billing.cancelled("P-1", customer))
    await billing.hear(billing.cancelled("P-2", customer), billing.placed("P-2", customer, "900"))
    assert (await billing.credit(customer)).used == billing.mxn(0)
    assert [one["number"] for one in await billing.told("credit-reserved")] == ["P-1"]
    assert await billing.state("P-2") == "void"


async def test_the_inbox_shows_held_orders_the_longest_waiting_first_with_their_names(
    billing: Billing,
):
    customer = await billing.customer()
    for n in range(3):
        await billing.hear(billing.placed(f"P-{n}", customer, "60000" if n else "10"))
    who = billing.asks("manager")
    first = await billing.ask(ListHeldOrders(limit=2), who)
    rest = await billing.ask(ListHeldOrders(limit=2, after=first.next), who)
    shown = [*first.items, *rest.items]
    assert [(one.number, one.may_decide) for one in shown] == [
        ("P-0", True),
        ("P-1", False),
        ("P-2", False),
    ]
    assert (shown[0].customer_name, shown[0].rep_name) == ("Taller Norte", "Ana")
    assert rest.next is None


async def test_a_page_that_we_did_not_give_is_malformed(billing: Billing):
    with pytest.raises(Malformed):
        await billing.ask(ListHeldOrders(after="nonsense"))


async def test_a_released_order_reserves_beyond_the_limit_and_is_told(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "500"))
    done = await billing.ask(ReleaseOrder(order=billing.some("P-1")), billing.asks("manager"))
    assert (done.state, done.total) == ("reserved", billing.mxn(500))
    assert (await billing.credit(customer)).reserved == billing.mxn(500)
    (told,) = await billing.told("order-released")
    assert told["number"] == "P-1"
    assert (await billing.ask(ListHeldOrders())).items == []


async def test_a_rejected_order_is_told_with_its_reason(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "500"))
    reject = RejectOrder(order=billing.some("P-1"), reason="Debe mucho")
    done = await billing.ask(reject, billing.asks("manager"))
    (told,) = await billing.told("order-rejected")
    assert (done.state, told["reason"]) == ("rejected", "Debe mucho")
    assert (await billing.credit(customer)).used == billing.mxn(0)


async def test_without_the_authority_nothing_is_released(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "50000.01"))
    release = ReleaseOrder(order=billing.some("P-1"))
    with pytest.raises(rules.OrderAboveAuthority) as no:
        await billing.ask(release, billing.asks("manager"))
    assert billing.status_of(release, no.value) == 403
    assert await billing.state("P-1") == "held"


async def test_an_order_is_not_released_after_it_was_cancelled(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5"), billing.cancelled("P-1", customer))
    with pytest.raises(rules.OrderCancelled):
        await billing.ask(ReleaseOrder(order=billing.some("P-1")))


async def test_of_many_who_decide_at_once_one_does(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5"))
    answers = await asyncio.gather(
        *(billing.ask(ReleaseOrder(order=billing.some("P-1"))) for _ in range(4)),
        *(billing.ask(RejectOrder(order=billing.some("P-1"), reason="No")) for _ in range(4)),
        return_exceptions=True,
    )
    refused = [one for one in answers if isinstance(one, rules.AlreadyDecided)]
    assert len(refused) == 7
    assert len(await billing.told("order-re")) == 1


async def test_a_branch_releases_its_order_of_a_customer_of_another_branch(billing: Billing):
    customer = await billing.customer(unit="gdl")
    await billing.hear(billing.placed("P-1", customer, "5", unit="mty"))
    there = billing.asks("manager", units=("mty",))
    assert (await billing.ask(ReleaseOrder(order=billing.some("P-1")), there)).state == "reserved"
    with pytest.raises(NotFound):
        await billing.credit(customer, there)


async def test_an_order_of_another_branch_is_not_there(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5", unit="gdl"))
    with pytest.raises(NotFound):
        await billing.ask(
            ReleaseOrder(order=billing.some("P-1")), billing.asks("manager", units=("mty",))
        )


async def test_a_rep_sees_only_their_own(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5"))
    ana, other = billing.asks("rep", person=UUID(int=1)), billing.asks("rep", person=UUID(int=2))
    assert len((await billing.ask(ListHeldOrders(), ana)).items) == 1
    assert (await billing.ask(ListHeldOrders(), other)).items == []
    assert (await billing.credit(customer, ana)).limit == billing.mxn(0)
    with pytest.raises(NotFound):
        await billing.credit(customer, other)


async def test_a_held_order_waits_in_the_approvals_inbox_and_is_decided_there_too(
    billing: Billing,
):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "500"))
    who = billing.asks("manager")
    (waits,) = (await billing.ask(ListApprovals(act="release-order"), who)).items
    assert (waits.subject, waits.amount, waits.requested_by_name) == (
        billing.some("P-1"),
        billing.mxn(500),
        "Ana",
    )
    assert waits.details == {"number": "P-1", "missing": "500.00", "why": "limit"}
    await billing.ask(DecideApproval(approval=waits.approval, approve=True, reason="Va"), who)
    assert await billing.state("P-1") == "reserved"
    (told,) = await billing.told("order-released")
    assert told["released_by"] == str(who.person)
    assert (await billing.ask(ListApprovals(), who)).items == []


async def test_nobody_releases_an_order_of_their_own(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "500"))
    seller = billing.asks("manager", person=ANA)
    asked = ReleaseOrder(order=billing.some("P-1"))
    with pytest.raises(OwnRequest) as no:
        await billing.ask(asked, seller)
    assert billing.status_of(asked, no.value) == 403
    (held,) = (await billing.ask(ListHeldOrders(), seller)).items
    assert held.may_decide is False


async def test_above_the_threshold_a_held_order_takes_two(billing: Billing):
    rule = SetAuthority(
        company="refacciones",
        act="release-order",
        role="manager",
        currency="MXN",
        amount=billing.mxn(9000),
        second_above=billing.mxn(100),
    )
    await billing.ask(rule, billing.asks("administrator"))
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "100.01"))
    asked = ReleaseOrder(order=billing.some("P-1"))
    assert (await billing.ask(asked, billing.asks("manager"))).state == "held"
    other = billing.asks("manager", person=UUID(int=4))
    assert (await billing.ask(asked, other)).state == "reserved"


async def test_an_order_that_is_cancelled_while_it_is_held_leaves_the_inbox(billing: Billing):
    customer = await billing.customer()
    await billing.hear(billing.placed("P-1", customer, "5"), billing.cancelled("P-1", customer))
    assert (await billing.ask(ListApprovals(), billing.asks("manager"))).items == []


@pytest.mark.parametrize("order_class", ["call-off", "cash", "prepaid"])
async def test_an_order_that_takes_no_credit_counts_from_its_invoice_on(
    billing: Billing, order_class: str
):
    customer = await billing.customer(limit="0")
    more = {"order_class": order_class}
    await billing.hear(
        billing.placed("P-1", customer, "100", **more),
        billing.confirmed("P-1", customer, "100", **more),
    )
    credit = await billing.credit(customer)
    assert (await billing.state("P-1"), credit.used) == ("ordered", billing.mxn(0))
    (told,) = await billing.told("credit-reserved")
    assert told["amount"]["amount"] == "0.00"
    await billing.hear(billing.delivered("P-1", customer, "30", complete=False))
    assert (await billing.credit(customer)).used == billing.mxn(30)
    assert await billing.wrong() == []


async def expire(billing: Billing, days: float) -> None:
    async with billing.database.working("test") as tx:
        await commands.expire_reservations(tx, clock.now() + timedelta(days=days))


async def test_a_reservation_that_nobody_confirms_expires_and_is_told(billing: Billing):
    customer = await billing.customer(limit="100")
    await billing.hear(billing.placed("P-1", customer, "60"), billing.placed("P-2", customer, "40"))
    await billing.hear(billing.confirmed("P-2", customer, "40"))
    await expire(billing, 6.9)
    assert (await billing.credit(customer)).used == billing.mxn(100)
    await expire(billing, 7.1)
    await expire(billing, 7.1)
    credit = await billing.credit(customer)
    assert (credit.reserved, credit.ordered) == (billing.mxn(0), billing.mxn(40))
    (told,) = await billing.told("reservation-expired")
    assert (told["number"], told["amount"]["amount"]) == ("P-1", "60.00")
    assert await billing.state("P-1") == "expired"
    await billing.hear(billing.confirmed("P-1", customer, "60"))
    assert (await billing.credit(customer)).ordered == billing.mxn(100)


async def test_history_does_not_expire(billing: Billing):
    customer = await billing.customer(origin="import")
    await billing.hear(billing.placed("P-1", customer, "60"), origin="import")
    await expire(billing, 1000)
    assert await billing.state("P-1") == "reserved"


async def test_a_company_says_how_long_reservations_stand_and_when_to_warn(billing: Billing):
    admin = billing.asks("administrator")
    usual = await billing.ask(GetCreditPolicy(company="refacciones"), admin)
    assert (usual.reservation_days, usual.alert_at) == (7, (Decimal("0.8"), Decimal(1)))
    mine = SetCreditPolicy(company="refacciones", reservation_days=1, alert_at=[Decimal("0.5")])
    await billing.ask(mine, admin)
    customer = await billing.customer(limit="100")
    await billing.hear(billing.placed("P-1", customer, "50"))
    (told,) = await billing.told("credit-alert")
    assert told["threshold"] == "0.5"
    await expire(billing, 1.1)
    assert await billing.state("P-1") == "expired"
    with pytest.raises(NotFound):
        await billing.ask(GetCreditPolicy(company="otra"), admin)


async def test_a_threshold_is_told_once_and_again_after_it_was_left(billing: Billing):
    customer = await billing.customer(limit="100")

    async def thresholds() -> list[str]:
        return [one["threshold"] for one in await billing.told("credit-alert")]

    await billing.hear(billing.placed("P-1", customer, "79.99"))
    assert await thresholds() == []
    await billing.hear(billing.placed("P-2", customer, "0.01"))
    await billing.hear(billing.placed("P-3", customer, "1"))
    assert await thresholds() == ["0.8"]
    await billing.hear(billing.placed("P-4", customer, "19"))
    assert await thresholds() == ["0.8", "1"]
    await billing.hear(billing.cancelled("P-1", customer), billing.placed("P-5", customer, "65"))
    assert await thresholds() == ["0.8", "1", "0.8"]


async def test_a_lowered_limit_warns_too_and_history_warns_nobody(billing: Billing):
    customer = await billing.customer(limit="100")
    await billing.hear(billing.delivered("P-1", customer, "70"), origin="import")
    assert await billing.told("credit-alert") == []
    await billing.ask(SetLimit(customer=customer, limit=billing.mxn(70)))
    (told,) = await billing.told("credit-alert")
    assert (told["threshold"], told["limit"]["amount"]) == ("1", "70.00")
    assert (told["customer_number"], told["rep"]) == ("C-Taller Norte", str(ANA))
