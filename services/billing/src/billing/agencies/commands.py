"""Handing receivables to an agency, and taking them back."""

from __future__ import annotations

from datetime import date

from billing.agencies import queries, rules, store
from billing.customers import queries as customers
from billing.exposure import queries as credit
from billing.exposure import store as accounts
from billing.exposure.book import Book
from contracts.billing import collection as contract
from contracts.billing.handed_to_agency import HandedToAgencyV1
from kernel.database import Transaction
from kernel.ids import uuid7
from kernel.money import Money
from kernel.problems import NotFound
from kernel.scope import Principal


async def hand_over(
    tx: Transaction, asked: contract.HandToAgency, who: Principal, *, today: date
) -> contract.AgencyCase:
    """Hand overdue invoices to an agency: from now on it asks for the money, and we do not.

    Raises:
        NotFound: the customer is not there, or out of the person's scope.
        NothingToHandOver, NotToHandOver, SeveralCurrencies
    """
    await credit.credit_of(tx, asked.customer)
    await accounts.settle_for(tx, asked.customer)
    account = (await Book.of_customers(tx, [asked.customer])).account(asked.customer)
    taken = rules.handed_over(asked.items, await store.overdue(tx, asked.customer, today))
    amount = Money.total((each.open for each in taken), taken[0].open.currency)
    case = uuid7()
    values = (
        case, asked.customer, account.company, asked.agency, asked.reference, asked.reason,
        amount.currency, amount.amount, today, who.person,
    )  # fmt: skip
    await store.add_case(tx, values, taken)
    numbers = await customers.numbers(tx, [account.customer])
    told = HandedToAgencyV1(
        unit=account.unit,
        agency_case=case,
        customer=account.customer,
        customer_number=numbers.get(account.customer),
        company=account.company,
        rep=account.owner,
        agency=asked.agency,
        handed_on=today,
        amount=amount,
    )
    tx.announce(told, person=account.owner)
    (row,) = await store.cases(tx, case=case)
    return queries.shown(row)


async def close(
    tx: Transaction, asked: contract.CloseAgencyCase, who: Principal, *, today: date
) -> contract.AgencyCase:
    """Take the invoices of a case back; they are reminded again.

    Raises:
        NotFound: the case is not there, or its customer is out of the person's scope.
        ClosedAlready
    """
    customer = await store.customer_of(tx, asked.agency_case)
    if customer is None:
        raise NotFound("agency case", str(asked.agency_case))
    if not await store.close_case(tx, asked.agency_case, who.person, today, asked.reason):
        raise rules.ClosedAlready
    await accounts.settle_for(tx, customer)
    (row,) = await store.cases(tx, case=asked.agency_case)
    return queries.shown(row)
