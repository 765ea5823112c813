"""Targets: organisation, quotas, attainment and commissions, wired together."""

from __future__ import annotations

from kernel.service import Service
from targets.attainment import store as attainment_store
from targets.attainment import subscribers as attainment
from targets.commissions import operations as commissions
from targets.commissions import store as commissions_store
from targets.customers import subscribers as customers
from targets.organisation import operations as organisation
from targets.plan import operations as plan
from targets.products import operations as products
from targets.reports import operations as reports

SERVICE = Service(
    "targets",
    operations=[
        organisation.operations,
        products.operations,
        plan.operations,
        commissions.operations,
        reports.operations,
    ],
    subscriptions=[customers.subscriptions, attainment.subscriptions],
    jobs=[organisation.jobs, commissions.jobs],
    checks=[attainment_store.wrong_actuals, commissions_store.wrong_lines],
    projections=["commission_lines", "actuals", "document_lines", "documents", "customers"],
)
