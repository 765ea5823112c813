from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.targets.organisation import (
    GetOrganisation,
    ListPeople,
    ListUnits,
    PutPerson,
    PutUnit,
)
from contracts.targets.reports import ListCompanies
from kernel import clock
from kernel.money import DifferentCurrencies, UnknownCurrency
from kernel.problems import Malformed, NotFound, NotYourUnit, Refusal
from targets.organisation import commands, rules

from ..conftest import START, Targets, asks, day, some


async def test_new_units_and_people_are_told_to_the_others(targets: Targets) -> None:
    units = {told["unit"]: told for told in await targets.told("unit-changed")}
    people = await targets.told("person-changed")
    assert (units["mty-7"]["parent"], units["mty-7"]["currency"]) == ("mty", "MXN")
    assert [person["job"] for person in people] == ["manager", "seller", "seller"]


async def test_a_rep_who_moves_in_mid_month_is_found_where_they_were_on_each_day(
    targets: Targets,
) -> None:
    await targets.person("Ana", "gdl", since=day("2026-03-16"))
    for on, unit in (("2026-03-15", "mty"), ("2026-03-16", "gdl"), ("2025-12-31", None)):
        page = await targets.ask(ListPeople(on=day(on)))
        assert {each.name: each.unit for each in page.items}.get("Ana") == unit


async def test_a_unit_that_moves_stands_under_its_old_parent_before(targets: Targets) -> None:
    await targets.unit("mty-7", "gdl", level="team", since=day("2026-06-01"))
    for on, parent in (("2026-05-31", "mty"), ("2026-06-01", "gdl")):
        then = await targets.ask(GetOrganisation(company="acme", on=day(on)))
        assert {unit.unit: unit.parent for unit in then.units}["mty-7"] == parent


async def test_a_move_entered_ahead_is_told_on_its_day(targets: Targets) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    await targets.person("Ana", "gdl", since=tomorrow)
    assert (await targets.told("person-changed"))[-1]["unit"] == "mty"
    async with targets.database.working("test") as tx:
        await commands.tell_what_begins(tx, tomorrow)
    assert (await targets.told("person-changed"))[-1]["unit"] == "gdl"
    before = len(await targets.told())
    async with targets.database.working("test") as tx:
        await commands.tell_what_begins(tx, tomorrow)
    assert len(await targets.told()) == before


async def test_lists_are_read_page_by_page(targets: Targets) -> None:
    first = await targets.ask(ListUnits(limit=3))
    rest = await targets.ask(ListUnits(limit=3, after=first.next))
    assert [unit.unit for unit in (*first.items, *rest.items)] == ["acme", "gdl", "mty", "mty-7"]
    assert rest.next is None
    names, after = [], None
    while True:
        page = await targets.ask(ListPeople(limit=1, after=after))
        names += [person.name for person in page.items]
        after = page.next
        if after is None:
            break
    assert names == ["Ana", "Eva", "Luis"]


async def test_a_page_mark_of_another_list_is_malformed(targets: Targets) -> None:
    with pytest.raises(Malformed):
        await targets.ask(ListPeople(after="bm9wZQ"))


async def test_each_sees_the_people_and_companies_of_their_units(targets: Targets) -> None:
    manager = asks("manager", units=("gdl",))
    assert [each.name for each in (await targets.ask(ListPeople(), manager)).items] == ["Eva"]
    assert (await targets.ask(ListCompanies(), manager)).rows == [("acme", "Acme")]
    stranger = asks("manager", units=("other",))
    assert (await targets.ask(ListCompanies(), stranger)).rows == []
    with pytest.raises(NotFound):
        await targets.ask(GetOrganisation(company="acme"), stranger)


def unit(name: str, parent: str | None, **more: Any) -> PutUnit:
    said = {"name": name, "level": "branch", "active_from": START}
    return PutUnit(unit=name, parent=parent, **{**said, **more})


def person(name: str, at: str, **more: Any) -> PutPerson:
    said = {"name": name, "job": "seller", "employed_from": START}
    return PutPerson(person=some(name), unit=at, **{**said, **more})


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (unit("new", "nowhere"), rules.UnknownUnit),
        (unit("mty", "mty-7"), rules.Circular),
        (unit("mty", "mty"), rules.Circular),
        (unit("new", "mty", currency="USD"), DifferentCurrencies),
        (unit("new", "mty", key="ACME"), rules.KeyTaken),
        (unit("new", "mty", active_to=START), rules.DatesReversed),
        (unit("mty", None, currency="MXN"), rules.StaysRoot),
        (unit("other", None, currency="MXN"), NotYourUnit),
        (person("Zoe", "nowhere"), rules.UnknownUnit),
        (person("Zoe", "mty", supervisor=some("nobody")), rules.UnknownPerson),
        (person("Ana", "mty", supervisor=some("Ana")), rules.OwnSupervisor),
        (person("Zoe", "mty", key="A"), rules.KeyTaken),
        (person("Zoe", "mty", employed_to=START), rules.DatesReversed),
    ],
)
async def test_what_makes_no_organisation_is_refused(
    targets: Targets, asked: Any, refusal: type[Refusal]
) -> None:
    before = await targets.told()
    with pytest.raises(refusal):
        await targets.ask(asked)
    assert await targets.told() == before


async def test_a_company_says_a_real_currency_and_is_founded_by_whoever_may(
    empty: Targets,
) -> None:
    founder = asks("administrator", everywhere=True, units=())
    with pytest.raises(rules.NeedsCurrency):
        await empty.ask(unit("new", None), founder)
    with pytest.raises(UnknownCurrency):
        await empty.ask(unit("new", None, currency="XXY"), founder)
    with pytest.raises(NotYourUnit):
        await empty.ask(unit("new", None, currency="MXN"), asks("administrator", units=("mty",)))
    assert (await empty.ask(unit("new", None, currency="MXN"), founder)).parent is None


async def test_nobody_changes_people_of_another_branch(targets: Targets) -> None:
    with pytest.raises(NotYourUnit):
        await targets.ask(person("Ana", "gdl", key="A"), asks("director", units=("gdl",)))
