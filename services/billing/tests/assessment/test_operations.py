from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from billing.assessment import commands, rules
from contracts.billing.assessment import (
    AssessCustomer,
    Band,
    Entered,
    Factor,
    GetCreditFile,
    Grade,
    ListAssessments,
    ListCreditReviews,
    ListScorecards,
    PutScorecard,
)
from contracts.billing.imports import ImportInvoices, ImportPayments, InvoiceRecord, PaymentRecord
from contracts.customers.customer_changed import CustomerChangedV1, PersonalV1
from kernel import clock
from kernel.ids import imported_id
from kernel.problems import NotFound

from ..conftest import ANA, COMPANY, Billing

BURO = Entered(factor="Calificación externa", value="A", evidence="Buró de Crédito, folio 81")


@pytest.fixture
async def customer(billing: Billing) -> UUID:
    """Paid 900 of a year ago 10 days late and 100 lately on time; 500 are overdue since 20 days."""
    today = clock.today()
    id_ = imported_id(COMPANY, "customer", "K1")
    card = CustomerChangedV1(
        unit="mty", customer=id_, number="K1", company=COMPANY, owner=ANA, currency="MXN",
        personal=PersonalV1(name="Taller Norte"),
    )  # fmt: skip
    await billing.hear(card, origin="import")

    def invoice(key: str, amount: str, issued: int, due: int) -> InvoiceRecord:
        return InvoiceRecord(
            key=key, customer="K1", unit=None, issued_on=today - timedelta(issued),
            due_on=today - timedelta(due), gross=billing.mxn(amount),
        )  # fmt: skip

    def payment(key: str, amount: str, days: int) -> PaymentRecord:
        return PaymentRecord(
            key=f"P{key}", customer="K1", invoice=key, paid_on=today - timedelta(days),
            amount=billing.mxn(amount),
        )  # fmt: skip

    invoices = [
        invoice("F1", "900", 330, 300),
        invoice("F2", "100", 60, 30),
        invoice("F3", "500", 50, 20),
    ]
    await billing.ask(ImportInvoices(company=COMPANY, records=invoices))
    answer = await billing.ask(
        ImportPayments(
            company=COMPANY, records=[payment("F1", "900", 290), payment("F2", "100", 30)]
        )
    )
    assert not answer.refused
    return id_


def values(assessment) -> dict[str, str | None]:
    return {line.source: line.value for line in assessment.working if line.source != "entered"}


async def test_the_ledgers_factors_are_computed_and_what_is_overdue_counts_as_late(
    billing: Billing, customer: UUID
):
    file = await billing.ask(GetCreditFile(customer=customer))
    known = values(file.now)
    late = (900 * 10 + 100 * 0 + 500 * 20) / 1500
    assert float(known["days-late"]) == pytest.approx(late, abs=0.0001)
    assert float(known["on-time"]) == pytest.approx(100 / 1500, abs=0.0001)
    assert float(known["trend"]) == pytest.approx(500 * 20 / 600 - 10, abs=0.0001)
    assert (known["highest-balance"], known["turnover"]) == ("900", "1500")
    assert known["seniority"] == "10"
    assert (file.customer_name, file.on_file, file.history) == ("Taller Norte", None, [])
    assert file.now.assessment is None


async def test_an_assessment_is_put_on_file_told_and_looked_at_again(
    billing: Billing, customer: UUID
):
    made = await billing.ask(AssessCustomer(customer=customer, entered=[BURO], note="Anual"))
    assert sum(line.part or 0 for line in made.working) == pytest.approx(
        made.score, abs=Decimal("0.05")
    )
    assert made.known == Decimal("0.8636")  # 95 of 110
    file = await billing.ask(GetCreditFile(customer=customer))
    assert file.on_file == made
    assert file.now.score == made.score  # what was entered is taken over
    (told,) = await billing.told("customer-assessed")
    assert (told["grade"], told["review_on"]) == (made.grade, str(made.review_on))
    reviews = await billing.ask(ListCreditReviews(company=COMPANY, until=made.review_on))
    assert [(one.customer, one.grade) for one in reviews.items] == [(customer, made.grade)]
    early = ListCreditReviews(company=COMPANY, until=made.review_on - timedelta(1))
    assert (await billing.ask(early)).items == []


async def test_a_review_is_told_once_on_its_day(billing: Billing, customer: UUID):
    made = await billing.ask(AssessCustomer(customer=customer))

    async def due_on(day: date) -> int:
        async with billing.database.working("test") as tx:
            await commands.tell_due(tx, day)
        return len(await billing.told("credit-review-due"))

    assert await due_on(made.review_on - timedelta(1)) == 0
    assert await due_on(made.review_on) == 1
    assert await due_on(made.review_on + timedelta(1)) == 1
    await billing.ask(AssessCustomer(customer=customer))
    assert await due_on(made.review_on) == 2


async def test_history_stays_as_it_was_when_the_scorecard_changes(billing: Billing, customer: UUID):
    first = await billing.ask(AssessCustomer(customer=customer))
    card = PutScorecard(
        company=COMPANY, name="general", currency="MXN", least_known=Decimal(0),
        factors=[Factor(name="Puntual", source="on-time", weight=Decimal(1),
                        bands=[Band(points=0), Band(at_least=Decimal("0.05"), points=90)])],
        grades=[Grade(name="Única", at_least=Decimal(0), months=Decimal(2), review_months=1)],
    )  # fmt: skip
    put = await billing.ask(card)
    assert (put.version, put.company) == (1, COMPANY)
    assert (await billing.ask(card)).version == 2
    (shown,) = (await billing.ask(ListScorecards(company=COMPANY))).items
    assert (shown.version, shown.factors[0].name) == (2, "Puntual")
    second = await billing.ask(AssessCustomer(customer=customer))
    assert (second.score, second.version, second.grade) == (Decimal("90.0"), 2, "Única")
    assert second.proposed_limit == billing.mxn("200")
    page = await billing.ask(ListAssessments(customer=customer, limit=1))
    assert page.items == [second]
    rest = await billing.ask(ListAssessments(customer=customer, after=page.next))
    assert rest.items == [first]


async def test_refusals_say_what_is_wrong_and_put_nothing_on_file(billing: Billing, customer: UUID):
    for entered, refusal in (
        (BURO.model_copy(update={"evidence": ""}), rules.EvidenceMissing),
        (BURO.model_copy(update={"value": "Z"}), rules.NotInScorecard),
        (BURO.model_copy(update={"factor": "Días de atraso"}), rules.NoSuchFactor),
    ):
        asked = AssessCustomer(customer=customer, entered=[entered])
        with pytest.raises(refusal) as no:
            await billing.ask(asked)
        assert billing.status_of(asked, no.value) == 422
    with pytest.raises(NotFound):
        await billing.ask(AssessCustomer(customer=customer, scorecard="otra"))
    assert (await billing.ask(ListAssessments(customer=customer))).items == []


async def test_another_branch_sees_no_file_and_a_part_of_a_scope_the_whole_score(
    billing: Billing, customer: UUID
):
    made = await billing.ask(AssessCustomer(customer=customer))
    stranger = billing.asks("manager", units=("gdl",))
    for asked in (
        GetCreditFile(customer=customer),
        ListAssessments(customer=customer),
        AssessCustomer(customer=customer),
    ):
        with pytest.raises(NotFound):
            await billing.ask(asked, stranger)
    reviews = ListCreditReviews(company=COMPANY, until=made.review_on)
    assert (await billing.ask(reviews, stranger)).items == []
    # The invoices are the company's and not Monterrey's: credit belongs to the company.
    branch = billing.asks("manager", units=("mty",))
    assert (await billing.ask(GetCreditFile(customer=customer), branch)).now.score == made.score
