from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from contracts.customers.cards import (
    ChangeCustomer,
    GetCustomer,
    ListCustomers,
    RegisterCustomer,
)
from contracts.customers.customer_changed import CustomerChangedV1
from customers.cards import rules
from kernel.problems import Malformed, NotFound

from ..conftest import ANA, BEN, Customers, asks

REP = asks("rep", person=ANA)


async def test_a_registered_customer_has_a_number_and_is_told_to_the_others(customers: Customers):
    card = await customers.register(tax_id="gode 561231-gr8", phone="81 8333 4455", owner=ANA)

    assert card.number == "C-000001"
    assert (card.company, card.currency, card.unit_name) == ("refacciones", "MXN", "Monterrey")
    assert (card.tax_id, card.phone, card.owner_name) == ("GODE561231GR8", "+528183334455", "Ana")
    [row] = await customers.told()
    assert row.type == "customers.customer-changed.v1"
    assert row.headers["ce-person"] == str(ANA)
    assert "name" not in row.body
    told = CustomerChangedV1.model_validate({**row.body, "personal": row.personal})
    assert told.personal.name == "Talleres Peña"
    assert told.owner == ANA


async def test_a_rep_registers_for_themselves(customers: Customers):
    card = await customers.ask(RegisterCustomer(name="Ana's", unit="mty"), REP)
    assert card.owner == ANA


@pytest.mark.parametrize(
    ("wrong", "refusal", "status"),
    [
        ({"unit": "nowhere"}, rules.UnknownUnit, 404),
        ({"unit": "otra"}, rules.UnknownUnit, 404),
        ({"owner": uuid4()}, rules.UnknownOwner, 404),
        ({"tax_id": "123"}, rules.TaxIdNotValid, 422),
        ({"email": "ana"}, rules.EmailNotValid, 422),
        ({"phone": "1"}, rules.PhoneNotValid, 422),
        ({"name": "  "}, rules.NameMissing, 422),
        ({"number": "C-000001"}, rules.DuplicateNumber, 409),
    ],
)
async def test_a_card_with_a_fault_is_refused_and_nothing_is_written(
    customers: Customers, wrong: dict[str, Any], refusal: type[Exception], status: int
):
    await customers.register()
    asked = RegisterCustomer(**{"name": "Otro", "unit": "mty", **wrong})
    with pytest.raises(refusal) as refused:
        await customers.ask(asked)
    assert customers.status_of(asked, refused.value) == status
    assert len(await customers.told()) == 1


async def test_a_number_is_taken_also_where_the_asker_may_not_look(customers: Customers):
    await customers.register(number="7", unit="gdl")
    with pytest.raises(rules.DuplicateNumber):
        await customers.ask(
            RegisterCustomer(name="Otro", unit="mty", number="7"), asks("manager", units=("mty",))
        )


async def test_what_is_not_given_stays_and_an_empty_text_takes_away(customers: Customers):
    card = await customers.register(email="ana@pena.mx", phone="81 8333 4455", owner=ANA)
    asked = ChangeCustomer(customer=card.customer, name="Peña", email="", owner="")
    changed = await customers.ask(asked)
    assert (changed.name, changed.email, changed.owner) == ("Peña", None, None)
    assert changed.phone == "+528183334455"
    assert len(await customers.told()) == 2


async def test_a_change_of_nothing_tells_nothing(customers: Customers):
    card = await customers.register()
    await customers.ask(ChangeCustomer(customer=card.customer, name=" Talleres  Peña"))
    assert len(await customers.told()) == 1


async def test_contacts_are_kept_changed_and_removed(customers: Customers):
    card = await customers.register(contacts=[{"name": "Eva"}, {"name": "Luis", "job": "Caja"}])
    eva, luis = card.contacts
    again = [{"contact": luis.contact, "name": "Luis Pérez"}]
    changed = await customers.ask(ChangeCustomer(customer=card.customer, contacts=again))
    assert [(each.contact, each.name) for each in changed.contacts] == [
        (luis.contact, "Luis Pérez")
    ]
    with pytest.raises(rules.UnknownContact):
        await customers.ask(
            ChangeCustomer(
                customer=card.customer, contacts=[{"contact": eva.contact, "name": "Eva"}]
            )
        )


async def test_a_customer_moves_with_its_words_and_contacts(customers: Customers):
    card = await customers.register(contacts=[{"name": "Eva"}])
    await customers.ask(ChangeCustomer(customer=card.customer, unit="gdl"))
    in_gdl = asks("manager", units=("gdl",))
    assert (await customers.ask(GetCustomer(customer=card.customer), in_gdl)).contacts
    found = await customers.ask(ListCustomers(search="pena"), in_gdl)
    assert [row.unit for row in found.items] == ["gdl"]


async def test_who_does_not_see_a_customer_is_told_there_is_none(customers: Customers):
    card = await customers.register(owner=BEN)
    for who in (asks("manager", units=("gdl",)), REP):
        for asked in (
            GetCustomer(customer=card.customer),
            ChangeCustomer(customer=card.customer, name="Mine"),
        ):
            with pytest.raises(NotFound):
                await customers.ask(asked, who)
        assert (await customers.ask(ListCustomers(), who)).items == []
        assert (await customers.ask(ListCustomers(search="pena"), who)).items == []


async def test_a_rep_cannot_give_a_customer_away(customers: Customers):
    card = await customers.register(owner=ANA)
    with pytest.raises(rules.OwnerIsNotYou):
        await customers.ask(ChangeCustomer(customer=card.customer, owner=BEN), REP)


async def test_a_customer_stays_with_its_company(customers: Customers):
    card = await customers.register()
    everywhere = asks("director", units=("refacciones", "mty", "otra"))
    with pytest.raises(rules.UnknownUnit):
        await customers.ask(ChangeCustomer(customer=card.customer, unit="otra"), everywhere)


async def test_a_list_goes_by_the_spanish_alphabet_page_by_page(customers: Customers):
    for name in ("Ñandú", "Nuez", "Ópalo", "nube", "Zapata"):
        await customers.register(name)
    names: list[str] = []
    after = None
    for _ in range(3):
        page = await customers.ask(ListCustomers(limit=2, after=after))
        names += [row.name for row in page.items]
        after = page.next
    assert names == ["nube", "Nuez", "Ñandú", "Ópalo", "Zapata"]
    assert after is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("nunez", ["Núñez e Hijos"]),
        ("NÚÑ hij", ["Núñez e Hijos"]),
        ("taller", ["Talleres Ñandú"]),
        ("ventas@nandu", ["Talleres Ñandú"]),
        ("B5837", ["Núñez e Hijos"]),
        ("C-000002", ["Talleres Ñandú"]),
        ("nunez nandu", []),
        ("ijos", []),
    ],
)
async def test_a_search_ignores_accents_and_case(
    customers: Customers, search: str, found: list[str]
):
    await customers.register("Núñez e Hijos", unit="mty", number="B58378431")
    await customers.register("Relleno")
    await customers.register("Talleres Ñandú", email="ventas@nandu.mx")
    page = await customers.ask(ListCustomers(search=search))
    assert [row.name for row in page.items] == found


async def test_a_list_can_be_of_a_unit_with_those_below_or_of_an_owner(customers: Customers):
    await customers.register("A", unit="mty", owner=ANA)
    await customers.register("B", unit="gdl", owner=BEN)
    everyone = await customers.ask(ListCustomers(unit="refacciones"))
    assert [row.name for row in everyone.items] == ["A", "B"]
    for asked in ({"unit": "gdl"}, {"owner": BEN}, {"unit": "gdl", "search": "b"}):
        page = await customers.ask(ListCustomers(**asked))
        assert [row.name for row in page.items] == ["B"]


async def test_a_mark_of_another_list_is_malformed(customers: Customers):
    for after in ("x", "bm8"):
        with pytest.raises(Malformed):
            await customers.ask(ListCustomers(after=after))
