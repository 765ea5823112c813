"""What the others are told of the organisation: each unit and person as they are now."""

from __future__ import annotations

from contracts.targets.person_changed import PersonalV1, PersonChangedV1
from contracts.targets.unit_changed import UnitChangedV1
from targets.organisation.model import Person, Unit


def unit_changed(unit: Unit) -> UnitChangedV1:
    """A unit as it is now."""
    return UnitChangedV1(
        unit=unit.id,
        key=unit.key,
        name=unit.name,
        level=unit.level,
        company=unit.company,
        parent=unit.parent,
        currency=unit.currency,
        country=unit.country,
        active_from=unit.active_from,
        active_to=unit.active_to,
    )


def person_changed(person: Person) -> PersonChangedV1:
    """A person as placed now; before their first day, as they will be placed on it."""
    assert person.placement is not None, "who is told of has a place"
    return PersonChangedV1(
        unit=person.placement.unit,
        person=person.id,
        key=person.key,
        company=person.company,
        job=person.placement.job,
        supervisor=person.placement.supervisor,
        employed_from=person.employed_from,
        employed_to=person.employed_to,
        personal=PersonalV1(name=person.name, email=person.email),
    )
