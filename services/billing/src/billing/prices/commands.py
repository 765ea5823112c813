"""Setting prices, and who has which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.prices import queries, rules, store
from billing.prices.model import Place, Price
from contracts.billing import prices as contract
from kernel.database import Transaction
from kernel.problems import NotFound, NotYourUnit
from kernel.scope import Principal


async def put(
    tx: Transaction, asked: contract.PutPrices, who: Principal, *, today: date
) -> contract.PricesPut:
    """Add prices to the list of a company, all of them or none.

    Raises:
        NotFound, NotYourUnit, InForceAlready, and what `rules.check_price` refuses
    """
    if asked.company not in who.units:
        raise NotFound("company", asked.company)
    new = [_price(asked.company, each, who) for each in asked.prices]
    await store.lock_list(tx, asked.company)
    known = await _known(tx, asked.company, new)
    changed: dict[tuple[Place, date], Price] = {}
    for price in new:
        there = known.get(price.place, {})
        rules.check_history(there.values(), price, today)
        if there.get(price.valid_from) != price:
            changed[price.place, price.valid_from] = price
    await store.put(tx, asked.company, list(changed.values()), who.person)
    added = sum(since not in known.get(place, {}) for place, since in changed)
    return contract.PricesPut(
        added=added, changed=len(changed) - added, unchanged=len(new) - len(changed)
    )


def _price(company: str, said: contract.NewPrice, who: Principal) -> Price:
    region = said.region or company
    if region not in who.units:
        raise NotYourUnit(region)
    place = Place(said.product, region, said.customer_class, said.amount.currency)
    return rules.check_price(
        Price(
            place,
            said.valid_from,
            said.valid_to,
            said.amount,
            said.floor,
            said.cost,
            said.least_margin,
        )
    )


async def _known(
    tx: Transaction, company: str, new: Sequence[Price]
) -> dict[Place, dict[date, Price]]:
    """What the list says already of these products, by place and first day."""
    found: dict[Place, dict[date, Price]] = {}
    for _, price in await store.of_products(tx, [company], {one.place.product for one in new}):
        found.setdefault(price.place, {})[price.valid_from] = price
    return found


async def classify(
    tx: Transaction, asked: contract.ClassifyCustomer, who: Principal, *, today: date
) -> contract.CustomerClasses:
    """Put a customer into a class of prices, from today or a later day on.

    Raises:
        NotFound, ClassInThePast
    """
    company = await store.company_of(tx, asked.customer)
    if company is None:
        raise NotFound("customer", str(asked.customer))
    since = rules.check_class(asked.valid_from or today, today)
    await store.classify(tx, asked.customer, company, asked.customer_class, since, who.person)
    return await queries.classes(tx, asked.customer, today)
