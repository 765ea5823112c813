"""How the organisation is asked for and changed from outside."""

from __future__ import annotations

from contracts.imports import ImportAnswer
from contracts.targets import organisation as contract
from contracts.targets.imports import ImportPeople, ImportUnits
from contracts.targets.reports import CompaniesReport, ListCompanies
from kernel.clock import today
from kernel.database import Transaction
from kernel.jobs import Jobs
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal
from targets.organisation import commands, imports, queries, rules

operations = Operations(
    status={
        rules.UnknownUnit: 404,
        rules.UnknownPerson: 404,
        rules.DatesReversed: 422,
        rules.NeedsCurrency: 422,
        rules.OwnSupervisor: 422,
    }
)
jobs = Jobs()


@operations.command(contract.PutUnit)
async def put_unit(tx: Transaction, asked: contract.PutUnit, who: Principal) -> contract.Unit:
    """Add or change a unit."""
    return queries.shown_unit(await commands.put_unit(tx, asked, who, today()))


@operations.command(contract.PutPerson)
async def put_person(tx: Transaction, asked: contract.PutPerson, who: Principal) -> contract.Person:
    """Add or change somebody."""
    return queries.shown_person(await commands.put_person(tx, asked, who, today()))


@operations.question(contract.ListUnits)
async def list_units(
    tx: Transaction, asked: contract.ListUnits, who: Principal
) -> Page[contract.Unit]:
    """Units in scope."""
    return await queries.list_units(tx, asked, who, asked.on or today())


@operations.question(contract.ListPeople)
async def list_people(
    tx: Transaction, asked: contract.ListPeople, who: Principal
) -> Page[contract.Person]:
    """People in scope."""
    return await queries.list_people(tx, asked, who, asked.on or today())


@operations.question(contract.GetOrganisation)
async def get_organisation(
    tx: Transaction, asked: contract.GetOrganisation, who: Principal
) -> contract.Organisation:
    """A company on a day."""
    return await queries.organisation(tx, asked.company, who, asked.on or today())


@operations.question(ListCompanies)
async def list_companies(tx: Transaction, asked: ListCompanies, who: Principal) -> CompaniesReport:
    """The companies in scope."""
    found = await queries.companies(tx, who, today())
    return CompaniesReport(rows=[(each.id, each.name) for each in found])


@operations.command(ImportUnits)
async def import_units(tx: Transaction, asked: ImportUnits, who: Principal) -> ImportAnswer:
    """Units from another system."""
    return await imports.import_units(tx, asked, who, today())


@operations.command(ImportPeople)
async def import_people(tx: Transaction, asked: ImportPeople, who: Principal) -> ImportAnswer:
    """People from another system."""
    return await imports.import_people(tx, asked, who, today())


@jobs.every(seconds=60, name="tell what begins today")
async def tell_what_begins(tx: Transaction) -> None:
    """Moves that were entered ahead of their day."""
    await commands.tell_what_begins(tx, today())
