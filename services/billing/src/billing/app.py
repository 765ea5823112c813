"""The only place that wires billing together."""

from __future__ import annotations

from billing.ageing import operations as ageing
from billing.agencies import operations as agencies
from billing.analysis import operations as analysis
from billing.approvals import operations as approvals
from billing.assessment import jobs as reviews
from billing.assessment import operations as assessment
from billing.authorities import operations as authorities
from billing.bank_import import jobs as bank_matching
from billing.bank_import import operations as bank
from billing.bank_import.checks import statements_are_whole
from billing.collection import operations as collection
from billing.contract_review import operations as contract_review
from billing.customers import subscribers as customers
from billing.discounts import jobs as discount_requests
from billing.discounts import operations as discounts
from billing.discounts import subscribers as price_policy
from billing.disputes import operations as disputes
from billing.dunning import jobs as dunning_runs
from billing.dunning import operations as dunning
from billing.exchange import operations as exchange
from billing.expenses import operations as expenses
from billing.expenses.checks import budgets_add_up
from billing.exposure import jobs as reservations
from billing.exposure import operations as exposure
from billing.exposure import subscribers as orders
from billing.exposure.checks import held_orders_wait
from billing.exposure_report import operations as exposure_report
from billing.feedback import jobs as monthly_feedback
from billing.feedback import operations as feedback
from billing.groups import operations as groups
from billing.imports import operations as imports
from billing.ledger import operations as ledger
from billing.ledger import subscribers as deliveries
from billing.ledger.checks import ledger_is_whole
from billing.limits import jobs as temporary_limits
from billing.limits import operations as limits
from billing.numbering import jobs as numbering
from billing.organisation import subscribers as organisation
from billing.overdue import jobs as overdue
from billing.periods import operations as periods
from billing.prices import operations as prices
from billing.promises import jobs as promised
from billing.promises import operations as promises
from billing.write_offs import operations as write_offs
from kernel.service import Service

SERVICE = Service(
    "billing",
    operations=[
        approvals.operations,
        authorities.operations,
        limits.operations,
        groups.operations,
        exposure.operations,
        exposure_report.operations,
        ledger.operations,
        periods.operations,
        exchange.operations,
        write_offs.operations,
        disputes.operations,
        ageing.operations,
        analysis.operations,
        assessment.operations,
        feedback.operations,
        imports.operations,
        dunning.operations,
        promises.operations,
        collection.operations,
        agencies.operations,
        bank.operations,
        expenses.operations,
        prices.operations,
        discounts.operations,
        contract_review.operations,
    ],
    subscriptions=[
        organisation.subscriptions,
        customers.subscriptions,
        orders.subscriptions,
        deliveries.subscriptions,
        price_policy.subscriptions,
    ],
    jobs=[
        numbering.jobs,
        reservations.jobs,
        temporary_limits.jobs,
        overdue.jobs,
        reviews.jobs,
        monthly_feedback.jobs,
        bank_matching.jobs,
        dunning_runs.jobs,
        promised.jobs,
        discount_requests.jobs,
    ],
    checks=[ledger_is_whole, held_orders_wait, statements_are_whole, budgets_add_up],
)
