"""Agencies, as the bus asks for them."""

from __future__ import annotations

from billing.agencies import commands, queries, rules
from contracts.billing import collection as contract
from kernel import clock
from kernel.database import Transaction
from kernel.rpc import Operations
from kernel.scope import Principal

operations = Operations(status={rules.NotToHandOver: 422, rules.SeveralCurrencies: 422})


@operations.command(contract.HandToAgency)
async def hand_to_agency(
    tx: Transaction, asked: contract.HandToAgency, who: Principal
) -> contract.AgencyCase:
    """Hand overdue invoices over."""
    return await commands.hand_over(tx, asked, who, today=clock.today())


@operations.command(contract.CloseAgencyCase)
async def close_agency_case(
    tx: Transaction, asked: contract.CloseAgencyCase, who: Principal
) -> contract.AgencyCase:
    """Take the invoices of a case back."""
    return await commands.close(tx, asked, who, today=clock.today())


@operations.question(contract.ListAgencyCases)
async def list_agency_cases(
    tx: Transaction, asked: contract.ListAgencyCases, who: Principal
) -> contract.AgencyCases:
    """What is or was at an agency."""
    return await queries.cases(tx, asked.customer)
