"""What may stand on a customer's card."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from kernel.problems import Refusal

# A value added tax number where the country has one, else its general tax number.
_TAX_NUMBERS = ("vat", "tin")


@dataclass(eq=False)
class NameMissing(Refusal):
    """A card needs a name that can be read."""

    code = "cards.name-missing"
    title = "The name is missing"


@dataclass(eq=False)
class TaxIdNotValid(Refusal):
    """The tax id does not follow the rules of the unit's country."""

    code = "cards.tax-id-not-valid"
    title = "The tax id is not valid"
    tax_id: str
    country: str


@dataclass(eq=False)
class EmailNotValid(Refusal):
    """The e-mail address cannot be one."""

    code = "cards.email-not-valid"
    title = "The e-mail address is not valid"
    email: str


@dataclass(eq=False)
class PhoneNotValid(Refusal):
    """Nobody has such a telephone number."""

    code = "cards.phone-not-valid"
    title = "The telephone number is not valid"
    phone: str


@dataclass(eq=False)
class DuplicateNumber(Refusal):
    """Another customer of the company has this number."""

    code = "cards.duplicate-number"
    title = "The customer number is taken"
    number: str


@dataclass(eq=False)
class UnknownUnit(Refusal):
    """The unit is not known, not in the asking person's scope or not of the card's company."""

    code = "cards.unknown-unit"
    title = "The unit is unknown"
    unit: str


@dataclass(eq=False)
class UnknownOwner(Refusal):
    """The owner is nobody of the company's organisation."""

    code = "cards.unknown-owner"
    title = "The owner is unknown"
    owner: UUID


@dataclass(eq=False)
class OwnerIsNotYou(Refusal):
    """Who sees only their own customers can neither take nor give away another's."""

    code = "cards.owner-is-not-you"
    title = "You can only keep customers of your own"
    owner: UUID | None


@dataclass(eq=False)
class UnknownContact(Refusal):
    """The contact is not on this customer's card."""

    code = "cards.unknown-contact"
    title = "The contact is unknown"
    contact: UUID


def checked_name(name: str) -> str:
    """A name without needless spaces.

    Raises:
        NameMissing: nothing remains.

    Source: CU1.

    >>> checked_name("  Refacciones   del Norte ")
    'Refacciones del Norte'
    """
    trimmed = " ".join(name.split())
    if not trimmed:
        raise NameMissing
    return trimmed


def checked_tax_id(tax_id: str, country: str | None) -> str:
    """A tax id in the short form of its country, where the country is known to have rules.

    Args:
        country: ISO 3166 code of the unit's country; None when nobody said.

    Raises:
        TaxIdNotValid: length, letters or check digit are wrong there.

    Source: CU1.

    >>> checked_tax_id("gode 561231-gr8", "MX")
    'GODE561231GR8'
    >>> checked_tax_id("anything", None)
    'anything'
    """
    known = (get_cc_module(country.lower(), kind) for kind in _TAX_NUMBERS) if country else ()
    rules = next((rules for rules in known if rules is not None), None)
    if rules is None:
        return tax_id.strip()
    try:
        return str(rules.validate(tax_id))
    except ValidationError:
        raise TaxIdNotValid(tax_id, country or "") from None


def checked_email(email: str) -> str:
    """An e-mail address as it is delivered to; whether somebody reads it is not asked.

    Raises:
        EmailNotValid: no address looks like this.

    Source: CU1.

    >>> checked_email(" Ana@Pena.MX ")
    'Ana@pena.mx'
    """
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise EmailNotValid(email) from None


def checked_phone(phone: str, country: str | None) -> str:
    """A telephone number in its international form.

    Args:
        country: where a number without `+` is dialled; without it only `+…` can be read.

    Raises:
        PhoneNotValid: no such number is given out there.

    Source: CU1.

    >>> checked_phone("81 8333 4455", "MX")
    '+528183334455'
    """
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        raise PhoneNotValid(phone) from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneNotValid(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def checked_owner(owner: UUID | None, *, person: UUID, own_only: bool) -> UUID | None:
    """Who keeps the customer: whoever is named; a rep can name nobody but themselves.

    Args:
        own_only: the asking `person` sees only their own customers.

    Raises:
        OwnerIsNotYou: such a person names somebody else.

    Source: CU1, GW1.

    >>> ana, ben = UUID(int=1), UUID(int=2)
    >>> checked_owner(None, person=ana, own_only=True) == ana
    True
    >>> checked_owner(ben, person=ana, own_only=False) == ben
    True
    """
    if not own_only:
        return owner
    if owner not in (None, person):
        raise OwnerIsNotYou(owner)
    return person
