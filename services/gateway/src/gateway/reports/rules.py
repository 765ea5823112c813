"""Which company a report is of, when it is not said."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.organisation.tree import Unit
from gateway.reports.refusals import CompanyNeeded, NoCompany


def only_company(companies: Sequence[Unit]) -> str:
    """With one company in scope it goes without saying; with several it must be said.

    Raises:
        CompanyNeeded: there are several; they are named.
        NoCompany: there is none.

    >>> only_company([Unit("acme", "acme", None, "Acme")])
    'acme'
    """
    if len(companies) > 1:
        raise CompanyNeeded([[company.id, company.name] for company in companies])
    if not companies:
        raise NoCompany
    return companies[0].id
