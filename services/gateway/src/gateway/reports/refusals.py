"""What is said when it is not clear which company a report is of."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.problems import Refusal


@dataclass(eq=False)
class CompanyNeeded(Refusal):
    """Several companies are in scope: say which one; `companies` are their ids and names."""

    code = "reports.company-needed"
    title = "Say which company"
    companies: list[list[str]]


@dataclass(eq=False)
class NoCompany(Refusal):
    """There is no company in scope yet."""

    code = "reports.no-company"
    title = "There is no company yet"


STATUS: dict[type[Refusal], int] = {CompanyNeeded: 409, NoCompany: 404}
