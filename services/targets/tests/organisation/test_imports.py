from __future__ import annotations

import pytest

from contracts.targets.imports import (
    ImportPeople,
    ImportProducts,
    ImportUnits,
    PersonRecord,
    ProductRecord,
    UnitRecord,
)
from contracts.targets.organisation import ListPeople, ListUnits
from kernel.ids import imported_id
from kernel.problems import NotYourUnit

from ..conftest import START, Targets, asks

FOUNDER = asks("administrator", everywhere=True, units=("aw", "aw-europe", "aw-de"))


def units(**names: str) -> ImportUnits:
    said = [
        UnitRecord(key="AW", name="Works", level="company", currency="USD", active_from=START),
        UnitRecord(key="Europe", name="Europe", level="group", parent="AW", active_from=START),
        UnitRecord(key="DE", name="Germany", level="country", parent="Europe", active_from=START),
    ]
    records = [each.model_copy(update={"name": names.get(each.key, each.name)}) for each in said]
    return ImportUnits(company="aw", records=records)


def rep(key: str, **more: object) -> PersonRecord:
    said = {"key": key, "name": f"Rep {key}", "job": "rep", "employed_from": START}
    return PersonRecord.model_validate(said | more)


async def test_units_come_in_with_ids_made_of_their_keys(empty: Targets) -> None:
    answer = await empty.ask(units(), FOUNDER)
    assert (answer.added, answer.changed, answer.unchanged) == (3, 0, 0)
    found = (await empty.ask(ListUnits(), FOUNDER)).items
    assert [(each.unit, each.parent) for each in found] == [
        ("aw", None),
        ("aw-de", "aw-europe"),
        ("aw-europe", "aw"),
    ]
    assert {each["currency"] for each in await empty.told("unit-changed")} == {"USD"}


async def test_the_same_import_again_changes_and_tells_nothing(empty: Targets) -> None:
    people = ImportPeople(company="aw", records=[rep("1"), rep("2", unit="DE", supervisor="1")])
    await empty.ask(units(), FOUNDER)
    await empty.ask(people, FOUNDER)
    told = await empty.told()
    assert (await empty.ask(units(), FOUNDER)).unchanged == 3
    assert (await empty.ask(people, FOUNDER)).unchanged == 2
    assert await empty.told() == told


async def test_a_changed_row_is_an_update(empty: Targets) -> None:
    await empty.ask(units(), FOUNDER)
    answer = await empty.ask(units(DE="Deutschland"), FOUNDER)
    assert (answer.added, answer.changed, answer.unchanged) == (0, 1, 2)
    assert (await empty.told("unit-changed"))[-1]["name"] == "Deutschland"


async def test_people_without_a_unit_belong_to_the_company(empty: Targets) -> None:
    await empty.ask(units(), FOUNDER)
    await empty.ask(
        ImportPeople(company="aw", records=[rep("1"), rep("2", unit="DE", supervisor="1")]), FOUNDER
    )
    people = (await empty.ask(ListPeople(), FOUNDER)).items
    assert [(each.key, each.unit) for each in people] == [("1", "aw"), ("2", "aw-de")]
    assert people[1].supervisor == imported_id("aw", "person", "1")


async def test_bad_rows_are_refused_by_themselves_with_their_reason(empty: Targets) -> None:
    await empty.ask(units(), FOUNDER)
    rows = [
        rep("1"),
        rep("2", unit="nowhere"),
        rep("3", supervisor="9"),
        rep("1"),
        rep("5", employed_to=START),
    ]
    answer = await empty.ask(ImportPeople(company="aw", records=rows), FOUNDER)
    assert answer.added == 1
    assert [(row.index, row.code) for row in answer.refused] == [
        (1, "organisation.unknown-unit"),
        (2, "organisation.unknown-person"),
        (3, "import.twice-in-batch"),
        (4, "organisation.dates-reversed"),
    ]
    assert answer.refused[0].detail == "There is no unit nowhere."


async def test_a_second_root_is_refused(empty: Targets) -> None:
    second = UnitRecord(key="X", name="X", level="company", currency="USD", active_from=START)
    asked = ImportUnits(company="aw", records=[*units().records, second])
    answer = await empty.ask(asked, FOUNDER)
    assert [row.code for row in answer.refused] == ["organisation.stays-root"]


async def test_products_come_in_once(empty: Targets) -> None:
    await empty.ask(units(), FOUNDER)
    products = ImportProducts(company="aw", records=[ProductRecord(key="BK", name="Bike")])
    assert (await empty.ask(products, FOUNDER)).added == 1
    assert (await empty.ask(products, FOUNDER)).unchanged == 1


async def test_only_whoever_may_found_companies_imports_a_new_one(empty: Targets) -> None:
    with pytest.raises(NotYourUnit):
        await empty.ask(units(), asks("director", units=("acme",)))
