"""The demonstration company: the same one every time, and all that can happen to an order."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from typing import Any, get_args

import httpx
import pytest

from gerencia.demo.__main__ import SHOWN, Making
from gerencia.demo.company import CARS, TAX_RATE, Company, Fate, company
from gerencia.demo.credit import Credit
from gerencia.demo.desk import (
    COST_RATE,
    FLOOR_RATE,
    LIMIT_ASKED,
    MAPPING,
    OPENING_BALANCE,
    PRICE_ASKED,
    Desk,
    desk,
)

DAYS = [date(2026, 1, 1), date(2026, 3, 31), date(2026, 11, 23), date(2028, 2, 29)]


@pytest.fixture(params=DAYS, ids=str)
def made(request: pytest.FixtureRequest) -> Company:
    return company(request.param)


def test_it_shows_every_fate_of_an_order(made: Company):
    assert {sale.fate for sale in made.sales} == set(get_args(Fate))


def test_every_limit_covers_what_was_accepted(made: Company):
    for buyer in made.buyers:
        sales = [sale for sale in made.sales if sale.customer == buyer.key]
        assert sum(sale.gross for sale in sales if sale.fate != "held") < buyer.limit


def test_an_order_on_hold_goes_beyond_the_limit(made: Company):
    for sale in made.sales:
        if sale.fate == "held":
            buyer = next(buyer for buyer in made.buyers if buyer.key == sale.customer)
            used = sum(
                one.gross
                for one in made.sales
                if one.customer == buyer.key and one.fate in {"confirmed", "invoiced", "overdue"}
            )
            assert used + sale.gross > buyer.limit


def test_nothing_happens_tomorrow_and_what_is_overdue_was_due_before_today(made: Company):
    for sale in made.sales:
        assert sale.placed_on <= made.today
        if sale.fate not in {"held", "confirmed"}:
            assert sale.delivered_on <= made.today
        if sale.fate == "overdue":
            assert (made.today - sale.delivered_on).days > sale.terms_days


def test_quotas_are_for_the_two_months_before_this_one_and_the_next(made: Company):
    assert len(made.months) == 4
    assert made.months[2].contains(made.today)
    assert all(a.end == b.start for a, b in zip(made.months, made.months[1:], strict=False))


@pytest.fixture
def shown(made: Company) -> Desk:
    return desk(made)


def test_the_collector_and_the_manager_are_told_how_to_sign_in(made: Company):
    roles = {worker.username: worker.role for worker in made.workers}
    assert {roles[name] for name in SHOWN} >= {"collector", "manager", "director", "rep"}


def test_the_desks_are_the_same_every_time(made: Company):
    assert desk(made) == desk(company(made.today))
    assert desk(made).statement == desk(company(made.today)).statement


def test_what_customers_say_is_about_overdue_invoices_of_different_customers(shown: Desk):
    sales = [shown.promised, shown.planned, shown.reminded, shown.disputed]
    assert {sale.fate for sale in sales} == {"overdue"}
    assert len({sale.customer for sale in [*sales, shown.transferred]}) == 5


def test_what_is_overdue_is_at_the_first_level_in_one_run_and_at_the_second_in_the_next(
    shown: Desk,
):
    first, second = shown.dunned_on
    assert first < second == shown.today
    for sale in (shown.promised, shown.planned, shown.reminded):
        assert (first - sale.delivered_on).days - sale.terms_days >= 7
        assert (second - sale.delivered_on).days - sale.terms_days >= 14


def test_the_limit_of_a_group_is_less_than_its_members_have_and_more_than_they_use(
    made: Company, shown: Desk
):
    members = {buyer.key for buyer in shown.group}
    assert len({buyer.unit for buyer in shown.group}) == len(members) == 2
    accepted = sum(s.gross for s in made.sales if s.customer in members and s.fate != "held")
    assert accepted < shown.group_limit < sum(buyer.limit for buyer in shown.group)


def test_a_rep_asks_for_a_limit_that_the_manager_may_grant(shown: Desk):
    assert shown.wants_limit.limit < LIMIT_ASKED <= 1_000_000
    assert shown.wants_limit.owner == shown.wants_discount.owner == "mario"
    assert shown.wants_limit.unit == "gmn-monterrey"


def test_the_discount_is_above_the_rep_within_the_manager_and_not_below_the_floor(shown: Desk):
    off = shown.car.price - PRICE_ASKED
    assert 2_000 < off <= min(20_000, shown.car.price * Decimal("0.12"))
    assert PRICE_ASKED >= shown.car.price * FLOOR_RATE > shown.car.price * COST_RATE


def test_the_statement_has_one_clear_entry_and_one_of_a_name_only(made: Company, shown: Desk):
    rows = list(csv.DictReader(StringIO(shown.statement)))
    assert set(rows[0]) == {"Fecha", "Concepto", "Ordenante", "Importe", "Saldo"}
    assert {MAPPING["booked_on"], MAPPING["amount"], MAPPING["payer"]} <= set(rows[0])
    clear, unclear = rows
    assert shown.transferred.customer in clear["Concepto"]
    assert Decimal(clear["Importe"]) == shown.transferred.gross
    owed = {sale.gross for sale in made.sales} | {sale.gross / 2 for sale in made.sales}
    assert Decimal(unclear["Importe"]) not in owed
    assert not any(sign.isdigit() for sign in unclear["Concepto"])
    balances = [OPENING_BALANCE, *(Decimal(row["Saldo"]) for row in rows)]
    moved = [after - before for before, after in pairwise(balances)]
    assert moved == [Decimal(row["Importe"]) for row in rows]


def test_the_mapping_and_the_prices_are_in_whole_centavos():
    for car in CARS:
        for rate in (FLOOR_RATE, COST_RATE, 1 + TAX_RATE):
            assert (car.price * rate * 100) % 1 == 0


class StandIn:
    """A gateway that notes what it is asked and has an answer for everything."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.keys: list[tuple[str, str, bytes]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/")
        who = request.headers["Authorization"].removeprefix("Bearer ")
        if path.startswith("tokens"):
            body = request.read()
            user = body.partition(b'"user":')[2].strip(b' "}').decode()
            return httpx.Response(200, json={"token": user, "id": user})
        if request.method != "GET":
            self.asked.append((who, request.method, path))
            key = request.headers.get("Idempotency-Key", request.method)
            self.keys.append((path, key, request.read()))
        return httpx.Response(200, json=_answer(path))


def _answer(path: str) -> dict[str, Any]:
    ids = dict.fromkeys(("run", "statement", "file", "document", "item", "account"), "x")
    one = {**ids, "number": "072580012345678901"}
    return {**one, "state": "done", "matched_at": "now", "items": [one]}


@pytest.fixture
def asked(made: Company) -> Callable[[], StandIn]:
    def run() -> StandIn:
        gateway = StandIn()
        transport = httpx.MockTransport(gateway)
        headers = {"Authorization": "Bearer administrator"}
        with httpx.Client(transport=transport, base_url="http://gmn", headers=headers) as http:
            customers = {buyer.key: buyer.key for buyer in made.buyers}
            orders = {sale.key: sale.key for sale in made.sales}
            Credit(http, made, customers, orders).everything()
        return gateway

    return run


def test_each_thing_is_done_by_whom_it_belongs_to(asked: Callable[[], StandIn], shown: Desk):
    done = set(asked().asked)
    limit_of = shown.wants_limit.key
    assert done >= {
        ("sofia", "POST", "items/x/dispute"),
        ("ruben", "POST", "dunning-runs"),
        ("ruben", "POST", "bank-statements"),
        ("ruben", "POST", "promises"),
        ("ruben", "POST", "payment-plans"),
        ("ruben", "POST", f"customers/{shown.promised.customer}/credit/assessments"),
        ("mario", "POST", f"customers/{limit_of}/credit/limit-requests"),
        ("mario", "POST", "discounts"),
        ("mario", "POST", "expense-claims"),
        ("administrator", "POST", "prices"),
        ("administrator", "POST", "budgets/split"),
    }
    assert sum(who == "alejandra" for who, *_ in done) == 4


def test_made_again_it_asks_the_same_under_the_same_keys(asked: Callable[[], StandIn]):
    first, again = asked(), asked()
    assert first.keys == again.keys
    commands = [
        key for path, key, _ in first.keys if key not in {"PUT", "POST"} and path != "files"
    ]
    assert len(commands) == len(set(commands))
    unkeyed = {path for path, key, _ in first.keys if key == "POST"}
    assert unkeyed == {"files"}


def test_limits_are_granted_once_for_a_later_grant_takes_requests_back(made: Company):
    gateway = StandIn()
    headers = {"Authorization": "Bearer administrator"}
    with httpx.Client(
        transport=httpx.MockTransport(gateway), base_url="http://gmn", headers=headers
    ) as http:
        making = Making(http, made, {})
        making.customers = {buyer.key: buyer.key for buyer in made.buyers}
        making.limits()
    assert all(key.endswith("/credit/limit/first") for _, key, _ in gateway.keys)
