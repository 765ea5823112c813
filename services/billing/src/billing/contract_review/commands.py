"""Asking for a review, answering its checklist, deciding about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from billing import approvals
from billing.approvals import commands as inbox
from billing.approvals.model import Approval
from billing.authorities import queries as authorities
from billing.batch import Row
from billing.contract_review import events, queries, rules, store
from billing.contract_review.model import Found, Item, Review, State
from billing.customers import queries as customers
from billing.files import queries as files
from billing.organisation import queries as organisation
from contracts.billing import contract_reviews as contract
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.problems import NotFound, NotYourUnit
from kernel.scope import Principal

ACT = "contract"


async def put_checklist(
    tx: Transaction, asked: contract.PutChecklist, who: Principal
) -> contract.Checklists:
    """Say what is looked at in contracts of a kind."""
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    items = [_item(each) for each in asked.items]
    rules.check_list(asked.kind, items)
    await store.put_checklist(tx, asked.company, asked.kind, items)
    return await queries.checklists(tx, asked.company)


def _item(said: contract.ChecklistItem) -> Item:
    texts = {str(language): text for language, text in said.texts.items()}
    return Item(said.key, texts, said.mandatory, said.role)


async def open_review(
    tx: Transaction, asked: contract.OpenReview, who: Principal
) -> contract.ContractReview:
    """Ask for a contract to be looked through.

    Raises:
        NotFound, NotYourUnit, EmptyChecklist, ValueNotPositive, UnknownFile
    """
    card = (await customers.visible(tx, [asked.customer])).get(asked.customer)
    if card is None:
        raise NotFound("customer", str(asked.customer))
    unit = asked.unit or card.unit
    if unit not in who.units:
        raise NotYourUnit(unit)
    company = await organisation.company_of(tx, unit)
    if company is None:
        raise NotFound("unit", unit)
    items = (await store.checklists_of(tx, company)).get(asked.kind, [])
    rules.check_list(asked.kind, items)
    value = rules.check_value(asked.value)
    if asked.file:
        await files.require(asked.file)
    review = Review(uuid7(), company, unit, who.person, value, State.OPEN, items, {})
    await store.add(tx, review, asked.model_dump())
    return await queries.review(tx, review.id, who)


async def answer(
    tx: Transaction, asked: contract.AnswerReviewItem, who: Principal
) -> contract.ContractReview:
    """Say what was found at a point of the checklist.

    Raises:
        NotFound, and what `rules.answered` refuses
    """
    _, review = await _locked(tx, asked.review)
    roles = await authorities.roles_at(tx, who, review.company, review.unit)
    said = rules.answered(review, asked.item, Found(asked.found), asked.note, who.person, roles)
    await store.answer(tx, review, said)
    return await queries.review(tx, review.id, who)


async def submit(tx: Transaction, review_: UUID, who: Principal) -> contract.ContractReview:
    """Put a complete review before whoever may approve a contract of this value.

    Raises:
        NotFound, ReviewClosed, NotReviewed
    """
    row, review = await _locked(tx, review_)
    await store.turn(tx, review.id, rules.submitted(review))
    await inbox.request(
        tx,
        act=ACT,
        company=review.company,
        unit=review.unit,
        amount=review.value,
        subject=review.id,
        requested_by=review.requested_by,
        reason=row["number"],
        details=_details(row, review),
    )
    return await queries.review(tx, review.id, who)


async def _locked(tx: Transaction, review: UUID) -> tuple[Row, Review]:
    row = await store.lock(tx, review)
    if row is None:
        raise NotFound("review", str(review))
    return row, store.review(row, (await store.answers_of(tx, [review]))[review])


def _details(row: Row, review: Review) -> dict[str, Any]:
    """What whoever decides wants to see."""
    return {
        "number": row["number"],
        "kind": row["kind"],
        "customer": str(row["customer"]),
        "file": row["file"],
        "answers": [
            {"item": each.item, "found": each.found.value, "note": each.note}
            for each in review.answers.values()
        ],
    }


@approvals.on_decided(ACT)
async def decided(tx: Transaction, approval: Approval) -> None:
    """An approved contract may be signed; a rejected one is amended and reviewed anew."""
    _, review = await _locked(tx, approval.subject)
    state = rules.decided(review, approve=approval.approved)
    row = await store.decide(tx, review.id, state, approval.decided_by, approval.verdict)
    tx.announce(events.reviewed(row), person=review.requested_by)
