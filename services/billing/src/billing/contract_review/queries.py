"""What can be asked about reviews of contracts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.contract_review import rules, store
from billing.contract_review.model import Item
from contracts.billing import contract_reviews as contract
from kernel.database import Transaction
from kernel.money import Money
from kernel.operations import Page
from kernel.problems import NotFound
from kernel.scope import Principal


async def checklists(tx: Transaction, company: str) -> contract.Checklists:
    """What is looked at before contracts are signed."""
    found = await store.checklists_of(tx, company)
    return contract.Checklists(
        company=company,
        items=[
            contract.Checklist(kind=kind, items=[_point(each) for each in items])
            for kind, items in found.items()
        ],
    )


def _point(item: Item) -> contract.ChecklistItem:
    return contract.ChecklistItem.model_validate(
        {"key": item.key, "texts": item.texts, "mandatory": item.mandatory, "role": item.role}
    )


async def review(tx: Transaction, review_: UUID, who: Principal) -> contract.ContractReview:
    """One review.

    Raises:
        NotFound
    """
    row = await store.shown(tx, review_)
    if row is None:
        raise NotFound("review", str(review_))
    return _review(row, (await store.answers_of(tx, [review_]))[review_], who)


async def reviews(
    tx: Transaction, asked: contract.ListReviews, who: Principal
) -> Page[contract.ContractReview]:
    """Reviews in scope, the latest first."""
    (before,) = paging.key(asked.after, UUID) or (None,)
    which = (asked.company, asked.customer, asked.state)
    rows = await store.list_reviews(tx, which, before, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    answers = await store.answers_of(tx, [row["id"] for row in page])
    return Page[contract.ContractReview](
        items=[_review(row, answers[row["id"]], who) for row in page],
        next=last and paging.cursor(last["id"]),
    )


def _review(row: Row, answers: Mapping[str, Row], who: Principal) -> contract.ContractReview:
    known = store.review(row, answers)
    return contract.ContractReview(
        review=row["id"],
        company=row["company"],
        unit=row["unit"],
        requested_by=row["requested_by"],
        requested_by_name=row["requested_by_name"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        contract=row["contract"],
        number=row["number"],
        kind=row["kind"],
        value=Money(row["value"], row["currency"]),
        file=row["file"],
        state=row["state"],
        opened_at=row["opened_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
        items=[_item(each, answers.get(each.key), who) for each in known.items],
        missing=rules.missing(known),
    )


def _item(item: Item, answer: Row | None, who: Principal) -> contract.ReviewItem:
    return contract.ReviewItem(
        key=item.key,
        text=item.texts.get(who.locale) or next(iter(item.texts.values())),
        mandatory=item.mandatory,
        role=item.role,
        found=answer["found"] if answer else None,
        note=answer["note"] if answer else "",
        answered_by=answer["answered_by"] if answer else None,
        answered_at=answer["answered_at"] if answer else None,
    )
