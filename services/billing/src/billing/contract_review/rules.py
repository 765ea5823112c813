"""What has to be looked at before a contract is signed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.contract_review.model import Answer, Found, Item, Review, State
from kernel.money import Money
from kernel.problems import Refusal


@dataclass(eq=False)
class NoSuchItem(Refusal):
    """The checklist of this review has no such point."""

    code = "contracts.no-such-item"
    title = "The checklist has no such point"
    item: str
    known: list[str]


@dataclass(eq=False)
class OwnReview(Refusal):
    """Whoever wants the contract does not look it through."""

    code = "contracts.own-review"
    title = "Somebody else has to review your contract"


@dataclass(eq=False)
class NotYourItem(Refusal):
    """This point is answered by another role."""

    code = "contracts.not-your-item"
    title = "The point is for another role"
    item: str
    role: str


@dataclass(eq=False)
class NoteMissing(Refusal):
    """A no, and a point that is left out, need a reason."""

    code = "contracts.note-missing"
    title = "The answer needs a note"
    item: str


@dataclass(eq=False)
class MandatoryItem(Refusal):
    """A mandatory point applies always."""

    code = "contracts.mandatory-item"
    title = "The point is mandatory"
    item: str


@dataclass(eq=False)
class NotReviewed(Refusal):
    """Mandatory points are open or were answered with no."""

    code = "contracts.not-reviewed"
    title = "The review is not complete"
    missing: list[str]


@dataclass(eq=False)
class ReviewClosed(Refusal):
    """The review is submitted or decided: its answers stand."""

    code = "contracts.review-closed"
    title = "The review is closed"
    state: str


@dataclass(eq=False)
class EmptyChecklist(Refusal):
    """There is no checklist of this kind, or it has no mandatory point."""

    code = "contracts.no-checklist"
    title = "There is no checklist"
    kind: str


@dataclass(eq=False)
class SameItemTwice(Refusal):
    """Every point of a checklist has a key of its own."""

    code = "contracts.same-item-twice"
    title = "The checklist has a point twice"
    item: str


@dataclass(eq=False)
class ValueNotPositive(Refusal):
    """A contract is about more than nothing."""

    code = "contracts.value-not-positive"
    title = "The value must be more than zero"
    amount: Money


def check_list(kind: str, items: Sequence[Item]) -> None:
    """A checklist has each point once, and one at least that is mandatory.

    Raises:
        SameItemTwice, EmptyChecklist

    Source: BI8.
    """
    keys = [item.key for item in items]
    for key in keys:
        if keys.count(key) > 1:
            raise SameItemTwice(key)
    if not any(item.mandatory for item in items):
        raise EmptyChecklist(kind)


def check_value(value: Money) -> Money:
    """A contract is worth more than nothing, in whole minor units: by it somebody may approve.

    Raises:
        ValueNotPositive, TooManyDecimals

    Source: BI8.
    """
    if value.amount <= 0:
        raise ValueNotPositive(value)
    return value.in_minor_units()


def answered(
    review: Review, item: str, found: Found, note: str, who: UUID, roles: Collection[str]
) -> Answer:
    """A point is answered by somebody else than who wants the contract, and of the point's role.

    A no needs a note, and so does a point that is left out; a mandatory one is not left out. An
    answer may be changed until the review is submitted.

    Args:
        roles: those of the person at the contract's unit.

    Raises:
        ReviewClosed, NoSuchItem, OwnReview, NotYourItem, MandatoryItem, NoteMissing

    Source: BI8.
    """
    _open(review)
    points = {point.key: point for point in review.items}
    if item not in points:
        raise NoSuchItem(item, list(points))
    if review.requested_by == who:
        raise OwnReview
    point = points[item]
    if point.role is not None and point.role not in roles:
        raise NotYourItem(item, point.role)
    if found is Found.NOT_APPLICABLE and point.mandatory:
        raise MandatoryItem(item)
    if found is not Found.YES and not note.strip():
        raise NoteMissing(item)
    return Answer(item, found, note.strip(), who)


def missing(review: Review) -> list[str]:
    """The mandatory points that nobody answered with yes, and the others that nobody answered.

    Source: BI8.
    """
    return [item.key for item in review.items if not _done(item, review.answers.get(item.key))]


def _done(item: Item, answer: Answer | None) -> bool:
    if answer is None:
        return False
    return answer.found is Found.YES or not item.mandatory


def submitted(review: Review) -> State:
    """A review that is complete goes to whoever may approve a contract of this value.

    Raises:
        ReviewClosed, NotReviewed

    Source: BI8.
    """
    _open(review)
    left = missing(review)
    if left:
        raise NotReviewed(left)
    return State.SUBMITTED


def decided(review: Review, *, approve: bool) -> State:
    """A submitted review is approved, and the contract may be signed; or it is rejected.

    Raises:
        ReviewClosed: it was decided before.

    Source: BI8.
    """
    if review.state is not State.SUBMITTED:
        raise ReviewClosed(review.state.value)
    return State.APPROVED if approve else State.REJECTED


def _open(review: Review) -> None:
    if review.state is not State.OPEN:
        raise ReviewClosed(review.state.value)
