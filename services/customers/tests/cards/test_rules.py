from __future__ import annotations

from uuid import UUID

import pytest

from customers.cards import rules

ANA, BEN = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("tax_id", "country", "kept"),
    [
        ("GODE 561231-GR8", "MX", "GODE561231GR8"),
        ("b58378431", "ES", "B58378431"),
        ("11-1111111", "US", "11-1111111"),
        ("whatever", "ZZ", "whatever"),
        (" whatever ", None, "whatever"),
    ],
)
def test_a_tax_id_is_kept_as_its_country_writes_it(tax_id: str, country: str, kept: str):
    assert rules.checked_tax_id(tax_id, country) in (kept, kept.replace("-", ""))


def test_a_tax_id_with_a_wrong_check_digit_is_refused():
    with pytest.raises(rules.TaxIdNotValid) as refused:
        rules.checked_tax_id("B58378432", "ES")
    assert refused.value.facts() == {"tax_id": "B58378432", "country": "ES"}


@pytest.mark.parametrize("phone", ["12", "teléfono", "81 8333 4455 ext"])
def test_what_nobody_can_dial_is_refused(phone: str):
    with pytest.raises(rules.PhoneNotValid):
        rules.checked_phone(phone, "US")


def test_a_number_of_another_country_is_taken_with_its_plus():
    assert rules.checked_phone("+34 912 34 56 78", "MX") == "+34912345678"


def test_without_a_country_a_local_number_says_too_little():
    with pytest.raises(rules.PhoneNotValid):
        rules.checked_phone("81 8333 4455", None)


@pytest.mark.parametrize("email", ["ana", "ana@", "ana@pena", "ana pena@example.com"])
def test_what_is_no_address_is_refused(email: str):
    with pytest.raises(rules.EmailNotValid):
        rules.checked_email(email)


def test_a_name_of_nothing_but_spaces_is_missing():
    with pytest.raises(rules.NameMissing):
        rules.checked_name(" \t ")


def test_a_rep_can_name_nobody_else_as_the_owner():
    assert rules.checked_owner(ANA, person=ANA, own_only=True) == ANA
    with pytest.raises(rules.OwnerIsNotYou):
        rules.checked_owner(BEN, person=ANA, own_only=True)
