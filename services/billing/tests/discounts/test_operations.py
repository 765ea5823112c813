from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.approvals import rules as approvals
from billing.discounts import commands, rules
from billing.prices.rules import NoPrice
from contracts.billing.approvals import DecideApproval, ListApprovals
from contracts.billing.discounts import (
    Discount,
    GetDiscount,
    ListDiscountAuthorities,
    ListDiscounts,
    ListPriceBreaches,
    OfferLine,
    RequestDiscount,
    SetDiscountAuthority,
)
from contracts.billing.prices import NewPrice, PutPrices
from contracts.lines import Line
from kernel import clock
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal

from ..conftest import ANA, COMPANY, Billing, asks

LUZ = UUID(int=4)
TODAY = clock.today()
REP, MANAGER, DIRECTOR = asks("rep", person=ANA), asks("manager"), asks("director", person=LUZ)


@pytest.fixture
async def billing(billing: Billing) -> Billing:
    """Brake discs cost 100, are not sold below 85 and cost 60 ourselves."""
    mxn = billing.mxn
    disc = NewPrice(
        product="DISC-280",
        amount=mxn(100),
        floor=mxn(85),
        cost=mxn(60),
        valid_from=date(2026, 1, 1),
    )
    await billing.ask(PutPrices(company=COMPANY, prices=[disc]))
    await billing.customer()
    return billing


async def request(billing: Billing, unit_price: str, who: Principal = REP, **more: Any) -> Discount:
    price = Money.of(unit_price, "MXN")
    line = OfferLine(number=1, product="DISC-280", quantity=Decimal(10), unit_price=price)
    said = {"customer": billing.some("Taller Norte"), "number": "C-1", "reason": "Flotilla"}
    return await billing.ask(RequestDiscount(**{"lines": [line], **said, **more}), who)


async def inbox(billing: Billing, who: Principal) -> list[Any]:
    return list((await billing.ask(ListApprovals(act="discount"), who)).items)


async def decide(billing: Billing, who: Principal, *, approve: bool = True):
    (waiting,) = await inbox(billing, who)
    asked = DecideApproval(approval=waiting.approval, approve=approve, reason="Por volumen")
    return await billing.ask(asked, who)


async def test_within_the_own_authority_it_is_granted_at_once_and_told(billing: Billing):
    granted = await request(billing, "95")
    assert (granted.state, granted.decided_by, granted.rate) == ("approved", ANA, Decimal("0.05"))
    (told,) = await billing.told("discount-decided")
    assert (told["approved"], told["net"]["amount"]) == (True, "950.00")
    assert await billing.told("approval-requested") == []


async def test_a_cent_more_waits_for_who_has_the_authority_and_nobody_else(billing: Billing):
    waiting = await request(billing, "94.99")
    assert waiting.state == "requested"
    assert await billing.told("discount-decided") == []
    (seen,) = await inbox(billing, MANAGER)
    assert (seen.amount, seen.details["rate"]) == (billing.mxn("50.10"), "0.0501")
    await decide(billing, MANAGER)
    granted = await billing.ask(GetDiscount(discount=waiting.discount), REP)
    assert (granted.state, granted.verdict) == ("approved", "Por volumen")
    (told,) = await billing.told("discount-decided")
    assert told["approved"] is True


async def test_the_rate_sends_it_to_a_director_although_the_amount_is_small(billing: Billing):
    await request(billing, "87.99")
    assert await inbox(billing, MANAGER) == []
    (seen,) = await inbox(billing, DIRECTOR)
    with pytest.raises(approvals.OtherRole):
        await billing.ask(DecideApproval(approval=seen.approval, approve=True), MANAGER)
    await decide(billing, DIRECTOR, approve=False)
    (told,) = await billing.told("discount-decided")
    assert (told["approved"], told["reason"]) == (False, "Por volumen")


async def test_below_the_floor_only_a_director_may_and_below_all_authorities_nobody(
    billing: Billing,
):
    low = await request(billing, "84.99")
    assert low.below_floor
    assert await inbox(billing, MANAGER) == []
    assert len(await inbox(billing, DIRECTOR)) == 1
    for who in ("administrator", "director"):
        unbounded = SetDiscountAuthority(
            company=COMPANY,
            role=who,
            scope="document",
            currency="MXN",
            rate=Decimal("0.2"),
            amount=None,
        )
        await billing.ask(unbounded, asks("administrator"))
    with pytest.raises(rules.NobodyMay):
        await request(billing, "84.99")


async def test_a_discount_of_the_document_is_shared_and_costs_are_for_those_who_lead(
    billing: Billing,
):
    waiting = await request(billing, "95", off_amount=billing.mxn(50))
    (line,) = waiting.lines
    assert (line.own, line.share, line.net) == tuple(map(billing.mxn, (50, 50, 900)))
    assert line.margin_rate is None
    (seen,) = (await billing.ask(ListDiscounts(), MANAGER)).items
    assert seen.lines[0].margin_rate == Decimal("0.3333")
    by_rate = await request(billing, "100", off_rate=Decimal("0.05"))
    assert (by_rate.net, by_rate.state) == (billing.mxn(950), "approved")


async def test_without_a_price_a_discount_or_a_customer_there_is_nothing_to_ask(billing: Billing):
    line = OfferLine(number=1, product="X", quantity=Decimal(1), unit_price=billing.mxn(1))
    with pytest.raises(NoPrice):
        await request(billing, "1", lines=[line])
    with pytest.raises(rules.NothingOff):
        await request(billing, "100")
    with pytest.raises(NotFound):
        await request(billing, "95", customer=UUID(int=5))
    disc = line.model_copy(update={"product": "DISC-280"})
    with pytest.raises(rules.LineTwice):
        await request(billing, "1", lines=[disc, disc])


async def test_what_nobody_decided_in_time_leaves_the_inbox(billing: Billing):
    await request(billing, "90", valid_days=0)
    (waiting,) = await inbox(billing, MANAGER)
    tomorrow = TODAY + timedelta(days=1)
    async with billing.database.working("test") as tx:
        assert not await commands.let_expire(tx, TODAY)
        assert await commands.let_expire(tx, tomorrow)
    assert await inbox(billing, MANAGER) == []
    with pytest.raises(approvals.DecidedAlready):
        await billing.ask(DecideApproval(approval=waiting.approval, approve=True), MANAGER)


async def test_what_has_expired_is_not_granted_any_more(
    billing: Billing, monkeypatch: pytest.MonkeyPatch
):
    await request(billing, "90", valid_days=0)
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))
    with pytest.raises(rules.DiscountExpired):
        await decide(billing, MANAGER)
    (listed,) = (await billing.ask(ListDiscounts(state="expired"), REP)).items
    assert listed.state == "expired"


def order(billing: Billing, net: str, **more: Any):
    customer = billing.some("Taller Norte")
    line = Line(number=1, product="DISC-280", quantity=Decimal(10), net=Decimal(net))
    said = {"lines": [line], "placed_on": TODAY.isoformat()} | more
    return billing.placed("P-1", customer, net).model_copy(
        update=said | {"placed_on": date.fromisoformat(said["placed_on"])}
    )


async def breaches(billing: Billing, who: Principal = MANAGER) -> list[Any]:
    return list((await billing.ask(ListPriceBreaches(), who)).items)


async def test_an_order_below_the_floor_is_found_told_and_listed_once(billing: Billing):
    for _ in range(2):
        await billing.hear(order(billing, "849.99"))
    (told,) = await billing.told("price-breach-found")
    assert told["lines"][0]["short"]["amount"] == "0.01"
    (found,) = await breaches(billing)
    assert (found.short, found.least) == (billing.mxn("0.01"), billing.mxn(850))
    assert await breaches(billing, asks("manager", units=("gdl",))) == []
    assert await breaches(billing, asks("rep", person=LUZ)) == []


async def test_exactly_the_floor_what_was_granted_and_history_are_no_breach(billing: Billing):
    await billing.hear(order(billing, "850"))
    await request(billing, "84")
    await decide(billing, DIRECTOR)
    await billing.hear(order(billing, "840"))
    await billing.hear(order(billing, "1"), origin="import")
    assert await billing.told("price-breach-found") == []
    await billing.hear(order(billing, "839.99"))
    assert len(await billing.told("price-breach-found")) == 1


async def test_reps_see_their_own_discounts_and_another_branch_sees_none(billing: Billing):
    mine = await request(billing, "95")
    await request(billing, "96", MANAGER)
    assert [one.discount for one in (await billing.ask(ListDiscounts(), REP)).items] == [
        mine.discount
    ]
    far = asks("director", units=("gdl",))
    assert (await billing.ask(ListDiscounts(), far)).items == []
    with pytest.raises(NotFound):
        await billing.ask(GetDiscount(discount=mine.discount), far)
    with pytest.raises(NotFound):
        await request(billing, "95", far)


async def test_a_company_says_itself_how_much_a_role_may_take_off(billing: Billing):
    more = SetDiscountAuthority(
        company=COMPANY, role="rep", scope="line", currency="MXN", rate=Decimal("0.01"), amount=None
    )
    await billing.ask(more, asks("administrator"))
    known = await billing.ask(ListDiscountAuthorities(company=COMPANY))
    rates = {(one.role, one.scope): one.rate for one in known.items if one.currency == "MXN"}
    assert (rates["rep", "line"], rates["rep", "document"]) == (Decimal("0.01"), Decimal("0.05"))
    assert (await request(billing, "95")).state == "requested"
    for scope in ("line", "document"):
        here = more.model_copy(update={"unit": "mty", "scope": scope, "rate": Decimal("0.08")})
        await billing.ask(here, asks("administrator"))
    assert (await request(billing, "92")).state == "approved"
    assert (await request(billing, "91.99")).state == "requested"
    assert (await request(billing, "99.5", unit="gdl")).state == "approved"
    assert (await request(billing, "95", unit="gdl")).state == "requested"
    with pytest.raises(NotFound):
        await billing.ask(more.model_copy(update={"unit": "x"}), asks("administrator"))
    negative = more.model_copy(update={"amount": billing.mxn(-1)})
    with pytest.raises(rules.NegativeAuthority):
        await billing.ask(negative, asks("administrator"))
