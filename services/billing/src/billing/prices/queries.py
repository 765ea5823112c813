"""What can be asked about prices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing import paging
from billing.batch import Row
from billing.organisation import queries as organisation
from billing.prices import rules, store
from billing.prices.model import Price
from contracts.billing import prices as contract
from kernel.database import Transaction
from kernel.operations import Page
from kernel.problems import NotFound, NotYourUnit
from kernel.scope import Principal


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of some products, as they are chosen from on a day."""

    prices: Mapping[tuple[str, str, str], list[Price]]
    """By company, product and currency."""
    classes: Mapping[UUID, str | None]
    regions: Mapping[str, list[str]]
    on: date

    def find(
        self, at: tuple[str, str], customer: UUID | None, what: tuple[str, str]
    ) -> Price | None:
        """The price that holds.

        Args:
            at: company and unit.
            what: product and currency.
        """
        company, unit = at
        known = self.prices.get((company, *what), [])
        klass = self.classes.get(customer) if customer else None
        return rules.select(known, self.regions.get(unit, [unit]), klass, self.on)


async def price_list(
    tx: Transaction,
    places: Collection[tuple[str, str]],
    customers: Collection[UUID],
    products: Collection[str],
    on: date,
) -> PriceList:
    """What is needed to say what products cost at places (company and unit) for customers."""
    prices: dict[tuple[str, str, str], list[Price]] = {}
    for company, price in await store.of_products(tx, {at[0] for at in places}, products):
        key = (company, price.place.product, price.place.currency)
        prices.setdefault(key, []).append(price)
    if not prices:
        return PriceList({}, {}, {}, on)
    regions = {unit: await organisation.upwards(tx, unit) for _, unit in places}
    return PriceList(prices, await store.classes_of(tx, customers, on), regions, on)


async def in_force(
    tx: Transaction, asked: contract.GetPrice, who: Principal, today: date
) -> contract.ListedPrice:
    """What a product costs at a unit, for a customer, on a day.

    Raises:
        NotYourUnit, NotFound, NoPrice
    """
    company = await company_of(tx, asked.unit, who)
    if asked.customer and await store.company_of(tx, asked.customer) is None:
        raise NotFound("customer", str(asked.customer))
    on, at = asked.on or today, (company, asked.unit)
    customers = [asked.customer] if asked.customer else []
    known = await price_list(tx, [at], customers, [asked.product], on)
    found = known.find(at, asked.customer, (asked.product, asked.currency))
    if found is None:
        raise rules.NoPrice(asked.product, asked.unit, on)
    return listed(found, who)


async def company_of(tx: Transaction, unit: str, who: Principal) -> str:
    """The company of a unit in the person's scope.

    Raises:
        NotYourUnit, NotFound
    """
    if unit not in who.units:
        raise NotYourUnit(unit)
    company = await organisation.company_of(tx, unit)
    if company is None:
        raise NotFound("unit", unit)
    return company


def listed(price: Price, who: Principal) -> contract.ListedPrice:
    """A price as a person is shown it: who sells does not see what it cost."""
    leads = bool(who.roles & contract.SEE_COSTS)
    return contract.ListedPrice(
        product=price.place.product,
        region=price.place.region,
        customer_class=price.place.customer_class,
        amount=price.amount,
        floor=rules.floor_of(price),
        cost=price.cost if leads else None,
        margin_rate=rules.margin_rate(price.amount, price.cost) if leads else None,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
    )


async def prices(
    tx: Transaction, asked: contract.ListPrices, who: Principal
) -> Page[contract.ListedPrice]:
    """The price list of a company."""
    after = paging.key(asked.after, str, str, str, str, date.fromisoformat)
    which = (asked.company, asked.product, asked.on)
    rows = await store.list_prices(tx, which, after, asked.limit + 1)
    page, last = paging.page(rows, asked.limit)
    return Page[contract.ListedPrice](
        items=[listed(store.price(row), who) for row in page],
        next=last and paging.cursor(*_place(last)),
    )


def _place(row: Row) -> tuple[object, ...]:
    klass = row["customer_class"] or ""
    return row["product"], row["region"], klass, row["currency"], row["valid_from"]


async def classes(tx: Transaction, customer: UUID, today: date) -> contract.CustomerClasses:
    """Which prices a customer has, and had.

    Raises:
        NotFound
    """
    if await store.company_of(tx, customer) is None:
        raise NotFound("customer", str(customer))
    history = await store.class_history(tx, customer)
    now = await store.classes_of(tx, [customer], today)
    return contract.CustomerClasses(
        customer=customer,
        customer_class=now.get(customer),
        items=[
            contract.ClassFrom(
                customer_class=row["class"], valid_from=row["valid_from"], set_by=row["set_by"]
            )
            for row in history
        ],
    )
