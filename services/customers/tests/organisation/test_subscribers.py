from __future__ import annotations

from contracts.samples import SAMPLES
from customers.organisation.queries import find_person, find_unit, units_below

from ..conftest import Customers

UNIT = SAMPLES["targets.unit-changed.v1"]
PERSON = SAMPLES["targets.person-changed.v1"]


async def test_a_unit_is_kept_as_it_was_last_told(customers: Customers):
    await customers.hear(UNIT, UNIT.model_copy(update={"name": "Monterrey Sur"}))
    async with customers.database.working("test") as tx:
        unit = await find_unit(tx, UNIT.unit)
        assert unit is not None
        assert (unit.name, unit.country) == ("Monterrey Sur", UNIT.country)
        assert UNIT.unit in await units_below(tx, UNIT.company)


async def test_a_person_is_kept_and_loses_the_name_when_it_is_erased(customers: Customers):
    await customers.hear(PERSON)
    async with customers.database.working("test") as tx:
        person = await find_person(tx, PERSON.person)
    assert person is not None
    assert person.name == PERSON.personal.name
    await customers.hear(PERSON.model_copy(update={"personal": None}))
    async with customers.database.working("test") as tx:
        person = await find_person(tx, PERSON.person)
    assert person is not None
    assert person.name is None


async def test_a_unit_lies_in_the_country_of_the_nearest_unit_above(customers: Customers):
    async with customers.database.working("test") as tx:
        unit = await find_unit(tx, "gdl")
    assert unit is not None
    assert unit.country == "MX"
