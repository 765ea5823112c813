from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from billing.approvals import rules as approvals
from billing.expenses import rules
from billing.expenses.checks import rebuild
from billing.files.queries import UnknownFile
from contracts.billing.approvals import DecideApproval, ListApprovalHistory
from contracts.billing.expenses import (
    GetClaim,
    ListClaims,
    ListExpenseCategories,
    ListExpenseCommitments,
    PutExpenseCategory,
    ReleaseCommitment,
    ReportExpenses,
    SplitBudget,
    SubmitClaim,
    UnitWeight,
    WithdrawClaim,
)
from kernel import clock
from kernel.money import Money
from kernel.problems import NotFound, NotYourUnit

from ..conftest import ANA, COMPANY
from .conftest import Desk

LUZ = UUID(int=4)


async def test_a_claim_takes_its_budget_waits_and_is_approved_by_somebody_else(desk: Desk):
    await desk.plan("1000")
    claim = await desk.claim(desk.line("300"), desk.line("150.50"))
    assert (claim.state, claim.total) == ("submitted", desk.billing.mxn("450.50"))
    assert await desk.budget() == ("450.50", "0.00", "549.50")
    await desk.decide(claim.claim)
    assert await desk.budget() == ("0.00", "450.50", "549.50")
    (told,) = await desk.billing.told("expense-approved")
    assert (told["claimant"], told["total"]["amount"]) == (str(ANA), "450.50")
    decided = await desk.billing.ask(GetClaim(claim=claim.claim))
    assert (decided.state, decided.reason) == ("approved", "Visto")
    assert await desk.wrong() == []


async def test_exactly_what_is_left_can_be_claimed_and_a_cent_more_changes_nothing(desk: Desk):
    await desk.plan("1000")
    await desk.promise("400")
    with pytest.raises(rules.OverBudget) as no:
        await desk.claim(desk.line("600.01"))
    assert no.value.left == desk.billing.mxn("600")
    assert await desk.budget() == ("400.00", "0.00", "600.00")
    assert (await desk.billing.ask(ListClaims())).items == []
    await desk.claim(desk.line("600"))
    assert (await desk.budget())[2] == "0.00"


async def test_a_category_that_warns_tells_once_that_its_budget_is_passed(desk: Desk):
    await desk.plan("100", "meals")
    claim = await desk.claim(desk.line("120", "meals"))
    assert [one.category for one in claim.over_budget] == ["meals"]
    await desk.claim(desk.line("10", "meals"))
    (told,) = await desk.billing.told("budget-exceeded")
    assert (told["excess"]["amount"], told["used"]["amount"]) == ("20.00", "120.00")


async def test_a_rejected_claim_gives_its_budget_and_its_receipt_back(desk: Desk):
    await desk.plan("1000")
    receipt = desk.receipt()
    claim = await desk.claim(desk.line("300", receipt=receipt))
    with pytest.raises(rules.ReceiptUsed):
        await desk.claim(desk.line("5", receipt=receipt), who=desk.eva())
    with pytest.raises(rules.ReceiptUsed):
        await desk.claim(desk.line("5", receipt=receipt), who=desk.billing.asks("rep", person=LUZ))
    await desk.decide(claim.claim, approve=False)
    assert await desk.budget() == ("0.00", "0.00", "1000.00")
    again = await desk.claim(desk.line("300", receipt=receipt))
    assert again.state == "submitted"
    assert await desk.billing.told("expense-approved") == []


async def test_a_claim_is_taken_back_by_its_maker_until_it_is_decided(desk: Desk):
    await desk.plan("1000")
    claim = await desk.claim(desk.line("300"))
    with pytest.raises(rules.NotYourClaim):
        await desk.billing.ask(WithdrawClaim(claim=claim.claim), desk.eva())
    taken_back = await desk.billing.ask(WithdrawClaim(claim=claim.claim), desk.ana())
    assert taken_back.state == "withdrawn"
    assert await desk.budget() == ("0.00", "0.00", "1000.00")
    with pytest.raises(rules.ClaimDecided):
        await desk.billing.ask(WithdrawClaim(claim=claim.claim), desk.ana())
    assert await desk.wrong() == []


async def test_nobody_approves_their_own_claim_nor_one_above_their_authority(desk: Desk):
    own = await desk.claim(desk.line("10"), who=desk.eva())
    large = await desk.claim(desk.line("20000.01"))
    waiting = (await desk.billing.ask(ListApprovalHistory(act="expense"))).items
    asked = {one.subject: DecideApproval(approval=one.approval, approve=True) for one in waiting}
    with pytest.raises(approvals.OwnRequest):
        await desk.billing.ask(asked[own.claim], desk.eva())
    with pytest.raises(approvals.AboveAuthority):
        await desk.billing.ask(asked[large.claim], desk.eva())
    await desk.decide(large.claim, desk.billing.asks("director", person=LUZ))
    assert (await desk.billing.ask(GetClaim(claim=large.claim))).state == "approved"


async def test_a_claim_fulfils_what_was_promised_and_takes_the_rest_of_the_budget(desk: Desk):
    await desk.plan("1000")
    promise = await desk.promise("800")
    claim = await desk.claim(desk.line("900", commitment=promise.commitment))
    assert claim.lines[0].taken == desk.billing.mxn("800")
    assert await desk.budget() == ("900.00", "0.00", "100.00")
    assert (await desk.billing.ask(ListExpenseCommitments())).items == []
    await desk.decide(claim.claim, approve=False)
    assert await desk.budget() == ("800.00", "0.00", "200.00")
    (open_again,) = (await desk.billing.ask(ListExpenseCommitments())).items
    assert open_again.open == desk.billing.mxn("800")
    assert await desk.wrong() == []


async def test_what_was_given_up_is_not_promised_again_by_a_rejection(desk: Desk):
    await desk.plan("1000")
    promise = await desk.promise("800")
    claim = await desk.claim(desk.line("500", commitment=promise.commitment))
    release = ReleaseCommitment(commitment=promise.commitment, reason="Cancelada")
    assert (await desk.billing.ask(release, desk.eva())).open == desk.billing.mxn("0")
    assert await desk.budget() == ("500.00", "0.00", "500.00")
    await desk.decide(claim.claim, approve=False)
    assert await desk.budget() == ("0.00", "0.00", "1000.00")
    with pytest.raises(rules.NothingCommitted):
        await desk.billing.ask(release, desk.eva())
    assert await desk.wrong() == []


async def test_a_commitment_for_something_else_or_of_nobody_is_refused(desk: Desk):
    promise = await desk.promise("100")
    with pytest.raises(rules.CommitmentOfOther):
        await desk.claim(desk.line("10", "meals", commitment=promise.commitment))
    with pytest.raises(NotFound):
        await desk.claim(desk.line("10", commitment=UUID(int=5)))


async def test_a_claim_without_a_receipt_is_a_clear_problem(desk: Desk):
    asked = desk.line("10", receipt=None)
    with pytest.raises(rules.NoReceipt) as no:
        await desk.claim(desk.line("5"), asked)
    assert no.value.line == 2
    submit = SubmitClaim(unit="mty", purpose="x", lines=[asked])
    assert desk.billing.status_of(submit, no.value) == 422
    with pytest.raises(UnknownFile):
        await desk.claim(desk.line("5", receipt="sha256:" + "0" * 64))
    with pytest.raises(rules.SpentInTheFuture):
        await desk.claim(desk.line("5", spent_on=clock.today() + timedelta(days=1)))


async def test_an_expense_in_another_currency_does_not_get_around_the_budget(desk: Desk):
    await desk.plan("1000")
    dollars = desk.line("10").model_copy(update={"amount": Money.of("10", "USD")})
    with pytest.raises(rules.BudgetInOtherCurrency):
        await desk.claim(dollars)
    unplanned = dollars.model_copy(update={"category": "meals"})
    assert (await desk.claim(unplanned)).total == Money.of("10", "USD")


async def test_reps_see_their_own_claims_and_another_branch_sees_none(desk: Desk):
    mine = await desk.claim(desk.line("10"))
    theirs = await desk.claim(desk.line("20"), who=desk.eva())
    seen = await desk.billing.ask(ListClaims(), desk.ana())
    assert [one.claim for one in seen.items] == [mine.claim]
    assert len((await desk.billing.ask(ListClaims(), desk.eva())).items) == 2
    far = desk.billing.asks("director", units=("gdl",))
    assert (await desk.billing.ask(ListClaims(), far)).items == []
    for claim in (mine, theirs):
        with pytest.raises(NotFound):
            await desk.billing.ask(GetClaim(claim=claim.claim), far)
    with pytest.raises(NotYourUnit):
        await desk.claim(desk.line("10"), who=far)


async def test_a_year_is_split_to_the_cent_and_a_lowered_budget_keeps_what_was_accepted(
    desk: Desk,
):
    year = clock.today().year
    units = [UnitWeight(unit="mty", weight=Decimal(2)), UnitWeight(unit="gdl", weight=Decimal(1))]
    asked = SplitBudget(
        category="travel", year=year, amount=desk.billing.mxn("100000"), units=units
    )
    made = await desk.billing.ask(asked)
    assert len(made.items) == 24
    planned = [one.budget for one in made.items if one.budget]
    assert Money.total(planned, "MXN") == made.total
    await desk.claim(desk.line("3000"))
    lowered = await desk.plan("100")
    assert lowered.left == desk.billing.mxn("-2900")
    with pytest.raises(rules.OverBudget):
        await desk.claim(desk.line("0.01"))


async def test_a_company_names_its_categories_and_says_which_only_warn(desk: Desk):
    put = PutExpenseCategory(company=COMPANY, category="travel", name="Viáticos", over="warn")
    await desk.billing.ask(put)
    known = await desk.billing.ask(ListExpenseCategories(company=COMPANY))
    names = {one.category: (one.name, one.over) for one in known.items}
    assert names["travel"] == ("Viáticos", "warn")
    assert names["lodging"] == ("Hospedaje", "stop")
    await desk.plan("1")
    await desk.claim(desk.line("2"))
    with pytest.raises(rules.UnknownCategory):
        await desk.claim(desk.line("1", "yachts"))


async def test_the_report_says_budget_expenses_sales_ratio_and_the_year_before(desk: Desk):
    billing, today = desk.billing, clock.today()
    customer = await billing.customer()
    sold = {"delivered_on": today.isoformat(), "due_on": today.isoformat()}
    await billing.hear(billing.delivered("P-1", customer, "10000", **sold))
    await desk.plan("1000")
    claim = await desk.claim(desk.line("450"))
    await desk.decide(claim.claim)
    await desk.promise("50")
    before = today.replace(year=today.year - 1, day=1)
    last_year = await desk.claim(desk.line("600", spent_on=before))
    await desk.decide(last_year.claim)
    asked = ReportExpenses(company=COMPANY, period=f"{today:%Y-%m}")
    (row,) = (await billing.ask(asked)).rows
    assert (row.id, row.budget, row.committed, row.actual) == (
        COMPANY,
        "1000.00",
        "50.00",
        "450.00",
    )
    assert (row.left, row.sales, row.ratio) == ("500.00", "10000.00", "0.0450")
    assert (row.actual_year_before, row.change) == ("600.00", "-0.2500")
    assert row.ratio_year_before is None
    by_unit = (await billing.ask(asked.model_copy(update={"by": "unit"}))).rows
    assert {(one.id, one.actual) for one in by_unit} == {(COMPANY, "450.00"), ("mty", "450.00")}
    (kind,) = (await billing.ask(asked.model_copy(update={"by": "category"}))).rows
    assert (kind.id, kind.name, kind.ratio) == ("travel", "Viajes", "0.0450")
    (month,) = (await billing.ask(asked.model_copy(update={"by": "month"}))).rows
    assert (month.id, month.actual_year_before) == (f"{today:%Y-%m}", "600.00")
    near = billing.asks("manager", units=("mty",))
    (mine,) = (await billing.ask(asked.model_copy(update={"by": "unit"}), near)).rows
    assert mine.id == "mty"


async def test_running_sums_that_went_wrong_are_noticed_and_made_anew(desk: Desk):
    await desk.plan("1000")
    await desk.promise("50")
    claim = await desk.claim(desk.line("300"))
    await desk.claim(desk.line("20"))
    await desk.decide(claim.claim)
    async with desk.billing.database.working("test") as tx:
        await tx.driver.execute("UPDATE budgets SET committed = 7, actual = 7")
    assert len(await desk.wrong()) == 1
    async with desk.billing.database.working("test") as tx:
        await rebuild(tx)
    assert await desk.wrong() == []
    assert await desk.budget() == ("70.00", "300.00", "630.00")
