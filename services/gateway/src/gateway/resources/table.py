"""Which address is which operation.

One line is one address. Path parameters are fields of the operation; the other fields are the
query of a GET, and the body of everything else. `service.verb-noun` is in the contract itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contracts.billing import (
    approvals,
    assessment,
    bank,
    collection,
    contract_reviews,
    discounts,
    disputes,
    dunning,
    exchange,
    expenses,
    exposure,
    groups,
    ledger,
    limits,
    periods,
    prices,
    promises,
    settlement,
    write_offs,
)
from contracts.billing import imports as receivables
from contracts.billing import reports as ageing
from contracts.billing.analysis import (
    ForecastCash,
    ReportConcentration,
    ReportPayments,
    ReportReceivables,
)
from contracts.billing.exposure_report import ReportExposure, ReportPeakExposure
from contracts.billing.feedback import GetAccountFeedback, ListAccountFeedbacks
from contracts.customers import cards, orders
from contracts.customers import imports as sales
from contracts.gateway import users
from contracts.notifications import inbox
from contracts.targets import commissions, organisation, quotas, reports, summaries
from contracts.targets import imports as plans
from gateway.papers import collected
from gateway.papers import collection as collection_papers
from gateway.papers import receivables as papers
from gateway.papers.asked import Make
from gateway.papers.credit_file import credit_file
from gateway.papers.feedback import account_feedback
from kernel.operations import Command, Operation

API = "/api/v1"


@dataclass(frozen=True)
class Resource:
    """An address and its operation.

    Args:
        renamed: how query or path parameters are called, where the field's name will not do.
        company: the company is the only one in scope when it is not said.
        implied: parameters that may be given although the operation has no such field, and the
            values they may have: `by=rep`, where there is nothing else.
        seconds: how long the asker waits unless they say otherwise.
        paper: makes a paper of the answer, so that it can be had as PDF and as a workbook.
    """

    method: str
    path: str
    operation: type[Operation[Any]]
    status: int = 200
    renamed: Mapping[str, str] = field(default_factory=dict)
    company: bool = False
    implied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seconds: float | None = None
    paper: Make | None = None

    @cached_property
    def service(self) -> str:
        """Who answers."""
        return self.operation.operation.partition(".")[0]

    @cached_property
    def name(self) -> str:
        """The operation without its service: `get-customer`."""
        return self.operation.operation.partition(".")[2]

    @cached_property
    def changes(self) -> bool:
        """Whether it is a command."""
        return issubclass(self.operation, Command)

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        """The parameters of the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def deadline(self) -> float:
        """Seconds that the asker waits unless they say otherwise."""
        return self.seconds or (10.0 if self.changes else 5.0)


def _get(path: str, operation: type[Operation[Any]], **more: Any) -> Resource:
    return Resource("GET", path, operation, **more)


def _post(path: str, operation: type[Operation[Any]], **more: Any) -> Resource:
    return Resource("POST", path, operation, **({"status": 201} | more))


def _put(path: str, operation: type[Operation[Any]], **more: Any) -> Resource:
    return Resource("PUT", path, operation, **more)


RESOURCES: tuple[Resource, ...] = (
    # customers
    _get("/customers", cards.ListCustomers),
    _post("/customers", cards.RegisterCustomer),
    _get("/customers/{customer}", cards.GetCustomer),
    Resource("PATCH", "/customers/{customer}", cards.ChangeCustomer),
    _get("/orders", orders.ListOrders),
    _post("/orders", orders.PlaceOrder),
    _get("/orders/{order}", orders.GetOrder),
    _post("/orders/{order}/cancellation", orders.CancelOrder, status=200),
    _post("/orders/{order}/deliveries", orders.DeliverOrder),
    _post("/orders/{order}/returns", orders.ReturnOrder),
    # credit and receivables
    _get("/customers/{customer}/credit", limits.GetCredit),
    _put("/customers/{customer}/credit/limit", limits.SetLimit),
    _post("/customers/{customer}/credit/limit-requests", limits.RequestLimit),
    _post("/customers/{customer}/credit/block", limits.BlockCredit, status=200),
    _post("/customers/{customer}/credit/release", limits.ReleaseCredit, status=200),
    _put("/customers/{customer}/credit/group", groups.PutInGroup),
    _get("/customers/{customer}/credit/changes", limits.ListLimitChanges),
    _get("/credit-groups", groups.ListGroups),
    _get("/credit-groups/{group}", groups.GetGroup),
    _get("/credit-groups/{group}/changes", groups.ListGroupLimitChanges),
    _put("/credit-groups/{group}", groups.PutGroup),
    _put("/credit-groups/{group}/limit", groups.SetGroupLimit),
    _get("/customers/{customer}/account", ledger.GetCustomerAccount),
    _get("/customers/{customer}/credit/file", assessment.GetCreditFile, paper=credit_file),
    _get("/customers/{customer}/credit/assessments", assessment.ListAssessments),
    _post("/customers/{customer}/credit/assessments", assessment.AssessCustomer),
    _get("/credit-reviews", assessment.ListCreditReviews, company=True),
    _get("/scorecards", assessment.ListScorecards, company=True),
    _put("/scorecards/{name}", assessment.PutScorecard),
    _get("/authorities", limits.ListAuthorities, company=True),
    _put("/authorities", limits.SetAuthority),
    _get("/approvals", approvals.ListApprovals),
    _get("/approvals/history", approvals.ListApprovalHistory),
    _get("/approvals/{approval}", approvals.GetApproval),
    _post("/approvals/{approval}/decision", approvals.DecideApproval, status=200),
    _get("/credit-policy", exposure.GetCreditPolicy, company=True),
    _put("/credit-policy", exposure.SetCreditPolicy),
    _get("/held-orders", exposure.ListHeldOrders),
    _post("/held-orders/{order}/release", exposure.ReleaseOrder, status=200),
    _post("/held-orders/{order}/rejection", exposure.RejectOrder, status=200),
    _get("/orders/{order}/credit", exposure.GetOrderCredit),
    _get("/documents", ledger.ListDocuments),
    _post("/payments", ledger.RecordPayment),
    _post("/payments/{payment}/reversal", settlement.ReversePayment, status=200),
    _post("/credits/{credit}/allocations", settlement.AllocateCredit, status=200),
    _post("/credits/{credit}/reallocation", settlement.ReallocateCredit, status=200),
    _get("/documents/{document}/items", settlement.ListDocumentItems),
    _post("/items/{item}/instalments", settlement.SplitItem, status=200),
    _post("/items/{item}/dispute", disputes.OpenDispute),
    _post("/items/{item}/dispute/settlement", disputes.SettleDispute, status=200),
    _get("/disputes", disputes.ListDisputes),
    _post("/items/{item}/write-off", write_offs.RequestWriteOff, status=202),
    _get("/write-offs", write_offs.ListWriteOffs),
    _post("/customers/{customer}/charges", settlement.ChargeCustomer),
    _get("/allocation-policy", settlement.GetAllocationPolicy, company=True),
    _put("/allocation-policy", settlement.SetAllocationPolicy),
    _get("/exchange-rates", exchange.ListExchangeRates, company=True),
    _put("/exchange-rates", exchange.SetExchangeRate),
    _get("/periods", periods.ListPeriods, company=True),
    _post("/periods/closing", periods.ClosePeriod, status=200),
    # collection
    _get("/dunning-procedures", dunning.ListDunningProcedures, company=True),
    _put("/dunning-procedures/{key}", dunning.PutDunningProcedure),
    _put("/customers/{customer}/dunning-procedure", dunning.AssignDunningProcedure),
    _get("/customers/{customer}/dunning-stops", dunning.ListDunningStops),
    _post("/dunning-stops", dunning.StopDunning),
    _post("/dunning-stops/{stop}/lifting", dunning.LiftDunningStop, status=200),
    _get("/dunning-runs", dunning.ListDunningRuns),
    _post("/dunning-runs", dunning.RunDunning, status=202),
    _get("/dunning-runs/{run}", dunning.GetDunningRun),
    _get("/dunned-items", dunning.ListDunnedItems),
    _get("/dunning-letters", dunning.ListDunningLetters),
    _get("/dunning-letters/{letter}", dunning.GetDunningLetter, paper=collection_papers.letter),
    _get("/charges/{document}/working", dunning.ExplainCharge),
    _get("/worklist", collection.ListWork),
    _post("/contacts", collection.RecordContact),
    _get("/customers/{customer}/contacts", collection.ListContacts),
    _post("/customers/{customer}/escalation", collection.Escalate),
    _post("/promises", promises.RecordPromise),
    _post("/promises/{promise}/cancellation", promises.CancelPromise, status=200),
    _get("/customers/{customer}/promises", promises.ListPromises),
    _post("/payment-plans", promises.AgreePlan),
    _post("/payment-plans/{plan}/cancellation", promises.CancelPlan, status=200),
    _get("/customers/{customer}/payment-plans", promises.ListPlans),
    _post("/agency-cases", collection.HandToAgency),
    _post("/agency-cases/{agency_case}/closing", collection.CloseAgencyCase, status=200),
    _get("/customers/{customer}/agency-cases", collection.ListAgencyCases),
    _get(
        "/customers/{customer}/statement",
        collection.GetStatementOfAccount,
        paper=collection_papers.statement,
    ),
    # bank statements
    _get("/bank-accounts", bank.ListBankAccounts),
    _put("/bank-accounts/{number}", bank.PutBankAccount),
    _get("/bank-statements", bank.ListStatements),
    _post("/bank-statements", bank.ImportStatement, seconds=120),
    _get("/bank-statements/{statement}", bank.GetStatement),
    _get("/bank-entries", bank.ListBankEntries),
    _get("/bank-entries/{entry}/suggestions", bank.SuggestMatches),
    _post("/bank-entries/{entry}/match", bank.MatchEntry, status=200),
    _post("/bank-entries/{entry}/return", bank.ReturnPayment, status=200),
    _post("/bank-entries/{entry}/set-aside", bank.SetEntryAside, status=200),
    _post("/bank-entries/{entry}/undo-match", bank.UndoMatch, status=200),
    # expenses
    _get("/expense-categories", expenses.ListExpenseCategories, company=True),
    _put("/expense-categories/{category}", expenses.PutExpenseCategory),
    _get("/budgets", expenses.ListBudgets, company=True),
    _put("/budgets", expenses.SetBudget),
    _post("/budgets/split", expenses.SplitBudget, status=200),
    _get("/expense-commitments", expenses.ListExpenseCommitments),
    _post("/expense-commitments", expenses.CommitExpense),
    _post("/expense-commitments/{commitment}/release", expenses.ReleaseCommitment, status=200),
    _get("/expense-claims", expenses.ListClaims),
    _post("/expense-claims", expenses.SubmitClaim),
    _get("/expense-claims/{claim}", expenses.GetClaim),
    _post("/expense-claims/{claim}/withdrawal", expenses.WithdrawClaim, status=200),
    # prices and discounts
    _get("/prices", prices.ListPrices, company=True),
    _post("/prices", prices.PutPrices, status=200, seconds=60),
    _get("/prices/in-force", prices.GetPrice),
    _get("/customers/{customer}/class", prices.GetCustomerClass),
    _put("/customers/{customer}/class", prices.ClassifyCustomer),
    _get("/discounts", discounts.ListDiscounts),
    _post("/discounts", discounts.RequestDiscount),
    _get("/discounts/{discount}", discounts.GetDiscount),
    _get("/discount-authorities", discounts.ListDiscountAuthorities, company=True),
    _put("/discount-authorities", discounts.SetDiscountAuthority),
    _get("/price-breaches", discounts.ListPriceBreaches),
    # contracts before they are signed
    _get("/contract-checklists", contract_reviews.ListChecklists, company=True),
    _put("/contract-checklists/{kind}", contract_reviews.PutChecklist),
    _get("/contract-reviews", contract_reviews.ListReviews),
    _post("/contract-reviews", contract_reviews.OpenReview),
    _get("/contract-reviews/{review}", contract_reviews.GetReview),
    _put("/contract-reviews/{review}/answers/{item}", contract_reviews.AnswerReviewItem),
    _post("/contract-reviews/{review}/submission", contract_reviews.SubmitReview, status=200),
    # organisation, quotas, commissions
    _get("/companies", reports.ListCompanies),
    _get("/organisations/{company}", organisation.GetOrganisation),
    _get("/units", organisation.ListUnits),
    _put("/units/{unit}", organisation.PutUnit),
    _get("/units/{unit}/summary", summaries.GetUnitSummary),
    _get("/people", organisation.ListPeople),
    _put("/people/{person}", organisation.PutPerson),
    _get("/people/{person}/summary", summaries.GetPersonSummary),
    _get("/quotas", quotas.ListQuotas),
    _post("/quotas", quotas.SetQuota, status=200),
    _post("/quotas/split", quotas.SplitTarget, status=200),
    _get("/plans", commissions.ListPlans),
    _put("/plans/{plan}", commissions.PutPlan),
    _post("/commission-runs", commissions.RunCommissions, status=202),
    _get("/commission-runs/{run}", commissions.GetRun),
    # notices
    _get("/notifications", inbox.ListNotifications),
    _get("/notifications/unread", inbox.CountUnread),
    _post("/notifications/{notification}/read", inbox.AcknowledgeNotification, status=200),
    # users
    _get("/users", users.ListUsers),
    _get("/users/{username}", users.GetUser),
    _put("/users/{username}", users.PutUser),
    # reports
    _get(
        "/reports/sales", reports.ReportSales, company=True, renamed={"from": "from_"}, seconds=30
    ),
    _get("/reports/attainment", reports.ReportAttainment, company=True, seconds=30),
    _get(
        "/reports/commissions",
        reports.ReportCommissions,
        company=True,
        implied={"by": frozenset({"rep"})},
        seconds=30,
    ),
    _get("/reports/explain-commission", reports.ExplainCommission, company=True, seconds=30),
    _get("/reports/expenses", expenses.ReportExpenses, company=True, seconds=30),
    _get("/reports/exposure", ReportExposure, company=True, seconds=30),
    _get("/reports/peak-exposure", ReportPeakExposure, company=True, seconds=30),
    _get("/reports/dunning", dunning.ReportDunning, company=True, seconds=30),
    _get("/reports/ageing", ageing.ReportAgeing, company=True, seconds=30, paper=papers.ageing),
    _get(
        "/reports/receivables",
        ReportReceivables,
        company=True,
        renamed={"from": "from_"},
        seconds=30,
        paper=collected.period,
    ),
    _get(
        "/reports/payments",
        ReportPayments,
        company=True,
        renamed={"from": "from_"},
        seconds=30,
        paper=collected.payments,
    ),
    _get(
        "/reports/concentration",
        ReportConcentration,
        company=True,
        seconds=30,
        paper=collected.concentration,
    ),
    _get(
        "/reports/cash-forecast",
        ForecastCash,
        company=True,
        seconds=30,
        paper=collected.cash_forecast,
    ),
    _get("/account-feedback", ListAccountFeedbacks, company=True),
    _get("/people/{rep}/account-feedback", GetAccountFeedback, seconds=30, paper=account_feedback),
)

BATCHES: tuple[type[Command[Any]], ...] = (
    plans.ImportUnits,
    plans.ImportPeople,
    plans.ImportProducts,
    plans.ImportPlans,
    plans.ImportQuotas,
    sales.ImportCustomers,
    sales.ImportOrders,
    receivables.ImportInvoices,
    receivables.ImportPayments,
)


def batches() -> tuple[Resource, ...]:
    """An address for each import in batches, under the operation's own name."""
    return tuple(
        Resource("POST", f"/batches/{batch.operation}", batch, seconds=60) for batch in BATCHES
    )
