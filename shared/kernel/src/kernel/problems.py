"""Refusals and problems: what is said when the answer is no (RFC 9457 problem details)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module, resources
from typing import Any, ClassVar
from uuid import UUID

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from pydantic import BaseModel, ConfigDict

LANGUAGES = ("es", "en")
CONFLICT = 409

# "es" alone would write 50.000,00; most readers of our Spanish write 50,000.00.
_FORMATS = {"es": "es_MX", "en": "en_US"}


@dataclass(eq=False)  # an exception stays unfrozen: Python sets its __traceback__
class Refusal(Exception):
    """A rule refuses: it has a code, a title and the figures that led to it.

    Subclasses are dataclasses whose fields become members of the problem document. Its words
    in Spanish and English stand under `code` in `words/es.json` and `words/en.json` of the
    package that defines it, with the fields as placeholders.
    """

    code: ClassVar[str]
    title: ClassVar[str]

    def facts(self) -> dict[str, Any]:
        """The figures of this refusal, by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.facts().items())
        return f"{self.code}: {self.title}" + (f" ({given})" if given else "")


@dataclass(eq=False)
class NotFound(Refusal):
    """There is no such thing, or not in the asking person's scope: both look the same."""

    code = "request.not-found"
    title = "There is no such thing"
    what: str
    id: str


@dataclass(eq=False)
class Malformed(Refusal):
    """The body is not what the contract says; `errors` tells each field and what is wrong."""

    code = "request.malformed"
    title = "The request is malformed"
    errors: list[dict[str, str]]


@dataclass(eq=False)
class UnknownOperation(Refusal):
    """The service has no such operation."""

    code = "request.unknown-operation"
    title = "The operation is unknown"
    operation: str


@dataclass(eq=False)
class KeyUsedDifferently(Refusal):
    """The idempotency key was used before with another body."""

    code = "request.key-used-differently"
    title = "The idempotency key was used with another request"
    key: str


@dataclass(eq=False)
class StillRunning(Refusal):
    """The first request under this idempotency key has not ended yet."""

    code = "request.still-running"
    title = "The first request with this key is still running"
    key: str


@dataclass(eq=False)
class NotThereYet(Refusal):
    """The service has not heard yet of what the question must know."""

    code = "request.not-there-yet"
    title = "The answer is not there yet"
    after: str


@dataclass(eq=False)
class TooLate(Refusal):
    """The deadline of the request passed before it was done; a command may have been done."""

    code = "request.too-late"
    title = "The request took too long"
    operation: str


@dataclass(eq=False)
class Unavailable(Refusal):
    """The service does not answer at the moment."""

    code = "request.unavailable"
    title = "The service does not answer"
    service: str


@dataclass(eq=False)
class TooLarge(Refusal):
    """The body is larger than is taken."""

    code = "request.too-large"
    title = "The request is too large"
    limit_bytes: int


@dataclass(eq=False)
class TooMany(Refusal):
    """More requests than this person may make in a time."""

    code = "request.too-many"
    title = "Too many requests"
    retry_after_seconds: int


@dataclass(eq=False)
class Failed(Refusal):
    """A defect of ours; `reference` finds it in the logs."""

    code = "request.failed"
    title = "Something went wrong here"
    reference: str


@dataclass(eq=False)
class NotSignedIn(Refusal):
    """Nobody is signed in, or the token is wrong or has expired."""

    code = "access.not-signed-in"
    title = "You are not signed in"


@dataclass(eq=False)
class NotYourRole(Refusal):
    """None of the person's roles may do this."""

    code = "access.not-your-role"
    title = "Your role may not do this"
    operation: str
    roles: list[str]


@dataclass(eq=False)
class NotYourUnit(Refusal):
    """The unit is outside the person's scope."""

    code = "access.not-your-unit"
    title = "The unit is outside your scope"
    unit: str


STATUS: dict[str, int] = {
    NotFound.code: 404,
    UnknownOperation.code: 404,
    Malformed.code: 422,
    KeyUsedDifferently.code: 422,
    StillRunning.code: 409,
    NotThereYet.code: 503,
    TooLate.code: 504,
    Unavailable.code: 503,
    TooLarge.code: 413,
    TooMany.code: 429,
    Failed.code: 500,
    NotSignedIn.code: 401,
    NotYourRole.code: 403,
    NotYourUnit.code: 403,
    "money.unknown-currency": 422,
    "money.different-currencies": 422,
    "money.too-many-decimals": 422,
}
"""HTTP status of the kernel's own refusals, by code."""


class Problem(BaseModel):
    """A problem document of RFC 9457; the refusal's fields are members of it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str | None = None
    code: str

    @classmethod
    def of(
        cls,
        refusal: Refusal,
        *,
        status: int | None = None,
        locale: str = "es",
        instance: str | None = None,
    ) -> Problem:
        """The document of a refusal, in the reader's language.

        Without a status it is the kernel's own for its refusals, and 409 for all others.
        """
        title, detail = say(refusal, locale)
        return cls(
            type=f"/problems/{refusal.code}",
            title=title,
            status=status or STATUS.get(refusal.code, CONFLICT),
            detail=detail,
            instance=instance,
            code=refusal.code,
            **{name: on_wire(value) for name, value in refusal.facts().items()},
        )

    def body(self) -> bytes:
        """The document as JSON, without members that are not there."""
        return self.model_dump_json(exclude_none=True).encode()


def say(refusal: Refusal, locale: str = "es") -> tuple[str, str]:
    """Title and detail of a refusal in a language, amounts and days as its readers write them."""
    package = type(refusal).__module__.partition(".")[0]
    entry = words(package, language_of(locale)).get(refusal.code)
    if entry is None:
        return refusal.title, ""
    spoken = {name: spell(value, locale) for name, value in refusal.facts().items()}
    return entry["title"].format_map(spoken), entry.get("detail", "").format_map(spoken)


@cache
def words(package: str, language: str) -> Mapping[str, Mapping[str, str]]:
    """The message catalogue of a package: its own `words/<language>.json`, and its capabilities'."""
    root = resources.files(package)
    catalogue: dict[str, Mapping[str, str]] = {}
    for folder in (root, *sorted(root.iterdir(), key=lambda each: each.name)):
        file = folder / "words" / f"{language}.json"
        if file.is_file():
            catalogue |= json.loads(file.read_text("utf-8"))
    return catalogue


def language_of(locale: str) -> str:
    """Spanish or English, whichever is nearer to what the reader asked for.

    >>> language_of("en-GB"), language_of("es_MX"), language_of("fr")
    ('en', 'es', 'es')
    """
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else "es"


def spell(value: Any, locale: str = "es") -> str:
    """A figure as the reader writes it; whole numbers stay plain, for some are years.

    >>> spell(Decimal("1234.5"), "en"), spell(date(2026, 3, 1), "es")
    ('1,234.5', '1 mar 2026')
    """
    named = _FORMATS.get(locale, locale.replace("-", "_"))
    if is_money(value):
        # Imported amounts may be finer than the currency: they are shown as they are.
        return format_currency(
            value.amount, value.currency, locale=named, decimal_quantization=False
        )
    if isinstance(value, Decimal):
        return format_decimal(value, locale=named, decimal_quantization=False)
    if isinstance(value, datetime):
        return format_datetime(value, locale=named)
    if isinstance(value, date):
        return format_date(value, locale=named)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(spell(item, locale) for item in value)
    if isinstance(value, dict):
        return " ".join(spell(item, locale) for item in value.values())
    return "—" if value is None else str(value)


def on_wire(value: Any) -> Any:
    """A figure as JSON keeps it: amounts and decimals are strings, days are ISO 8601."""
    if is_money(value):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): on_wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [on_wire(item) for item in value]
    return value


def is_money(value: Any) -> bool:
    """Whether it is an amount with a currency (money itself refuses, so it imports this)."""
    return isinstance(getattr(value, "currency", None), str) and hasattr(value, "amount")


def refusals_of(package: str) -> list[type[Refusal]]:
    """Every refusal that the imported modules of a package define, by code."""
    found = _below(Refusal)
    mine = {kind for kind in found if kind.__module__.partition(".")[0] == package}
    return sorted(mine, key=lambda kind: kind.code)


def assert_words_are_complete(package: str, modules: Iterable[str] = ()) -> None:
    """For a package's test: each refusal has words in both languages, no words are left over.

    `modules` are imported first, so that their refusals are known. Placeholders must be fields.
    """
    for module in modules:
        import_module(module)
    kinds = refusals_of(package)
    for kind in kinds:
        taken = {field.name for field in fields(kind)} & set(Problem.model_fields)
        assert not taken, f"{kind.code}: {sorted(taken)} are members of every problem"
    for language in LANGUAGES:
        catalogue = words(package, language)
        missing = [kind.code for kind in kinds if kind.code not in catalogue]
        assert not missing, f"{package}: no words in {language} for {', '.join(missing)}"
        spare = set(catalogue) - {kind.code for kind in kinds}
        assert not spare, f"{package}: words in {language} that nobody says: {sorted(spare)}"
        for kind in kinds:
            _assert_placeholders_are_fields(kind, catalogue[kind.code], language)


def _assert_placeholders_are_fields(
    kind: type[Refusal], entry: Mapping[str, str], language: str
) -> None:
    known = dict.fromkeys((field.name for field in fields(kind)), "")
    for part in ("title", "detail"):
        assert entry.get(part), f"{kind.code}: no {part} in {language}"
        try:
            entry[part].format_map(known)
        except KeyError as unknown:
            raise AssertionError(f"{kind.code}: {unknown} is no field of it ({language})") from None


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    return {below for child in kind.__subclasses__() for below in {child} | _below(child)}
