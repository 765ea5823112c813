"""Who may share a limit."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.problems import Refusal


@dataclass(eq=False)
class GroupInOtherCurrency(Refusal):
    """A shared limit is in the currency of everybody's credit."""

    code = "groups.other-currency"
    title = "The group's limit is in another currency than the customer's credit"
    expected: str
    given: str


@dataclass(eq=False)
class GroupOfOtherCompany(Refusal):
    """Customers of one company share a limit, not those of two."""

    code = "groups.other-company"
    title = "The group belongs to another company"
    company: str


@dataclass(eq=False)
class GroupFixed(Refusal):
    """A group keeps its company and currency; what it uses is counted in it."""

    code = "groups.fixed"
    title = "A group keeps its company and its currency"
    company: str
    currency: str


def may_share(company: str, currency: str, group_company: str, group_currency: str) -> None:
    """A customer shares the limit of a group of its own company, in the currency of its credit.

    Its own limit stays: it is the customer's part. Every order has to fit both, the part and
    what the group's limit leaves. The parts together may be more than the group's limit.

    Raises:
        GroupOfOtherCompany, GroupInOtherCurrency

    Source: BI2.
    """
    if company != group_company:
        raise GroupOfOtherCompany(group_company)
    if currency != group_currency:
        raise GroupInOtherCurrency(currency, group_currency)
