"""The demonstration company: the same one every time, and all that can happen to an order."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from gerencia.demo.company import Company, Fate, company

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
