"""AdventureWorks, Microsoft's sample company: stores, web customers, 17 sales people, quotas.

What a row may be called here is decided once: units by group name, country code and TerritoryID;
people by BusinessEntityID; customers by the CustomerID of their own card, so that an order of a
store's contact is the store's; orders by SalesOrderID, products by ProductID. All money is USD.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from contracts.customers.imports import (
    ContactRecord,
    CustomerRecord,
    ImportCustomers,
    ImportOrders,
    OrderRecord,
)
from contracts.lines import Line as DocumentLine
from contracts.targets.imports import (
    ImportPeople,
    ImportPlans,
    ImportProducts,
    ImportQuotas,
    ImportUnits,
    PersonRecord,
    PlanRecord,
    ProductRecord,
    QuotaRecord,
    UnitRecord,
)
from gerencia.sources.adventureworks_files import Files, days_of, first_of, is_contact
from gerencia.sources.reading import (
    BadValue,
    Barrier,
    Import,
    Line,
    Load,
    Read,
    good,
    records,
)
from kernel.money import Money

COMPANY = "adventureworks"
CURRENCY = "USD"


def read(folder: Path) -> Import:
    """Read the folder of the data set; each file may be plain or gzip.

    Raises:
        GerenciaError: a file is missing, or lacks a column.
    """
    source = AdventureWorks(Files.of(folder))
    return Import(
        source="adventureworks",
        company=COMPANY,
        currency=CURRENCY,
        barriers=[
            Barrier("organisation", [Load(ImportUnits, source.units, in_order=True)]),
            Barrier("people", [Load(ImportPeople, source.people, in_order=True)]),
            Barrier(
                "plans",
                [
                    Load(ImportPlans, source.plans),
                    Load(ImportQuotas, source.quotas),
                    Load(ImportProducts, source.products),
                ],
            ),
            Barrier("customers", [Load(ImportCustomers, source.customers)]),
            Barrier(
                "orders",
                [Load(ImportOrders, source.orders, count=len(source.files["SalesOrderHeader"]))],
            ),
        ],
    )


class AdventureWorks:
    """The lines of all files, and every record that can be made of them."""

    def __init__(self, files: Files) -> None:
        self.files = files

    # Organisation

    def units(self) -> Iterator[Read[UnitRecord]]:
        """Company, groups, countries, territories: each after the one it belongs to."""
        territories = self.files["SalesTerritory"]
        yield from records(territories[:1], lambda _: COMPANY, self._company)
        yield from records(first_of(territories, "Group"), lambda line: line["Group"], self._group)
        countries = first_of(territories, "CountryRegionCode")
        yield from records(countries, lambda line: line["CountryRegionCode"], self._country)
        yield from records(territories, lambda line: line["TerritoryID"], self._territory)

    def _company(self, _: Line) -> UnitRecord:
        return UnitRecord(
            key=COMPANY,
            name="AdventureWorks",
            level="company",
            currency=CURRENCY,
            active_from=self.begins,
        )

    def _group(self, line: Line) -> UnitRecord:
        return UnitRecord(
            key=line.text("Group"),
            name=line["Group"],
            level="group",
            parent=COMPANY,
            active_from=self.begins,
        )

    def _country(self, line: Line) -> UnitRecord:
        code = line.text("CountryRegionCode")
        return UnitRecord(
            key=code,
            name=self.files.country_names.get(code, code),
            level="country",
            parent=line["Group"],
            country=code,
            active_from=self.begins,
        )

    def _territory(self, line: Line) -> UnitRecord:
        return UnitRecord(
            key=line.text("TerritoryID"),
            name=line.text("Name"),
            level="territory",
            parent=line["CountryRegionCode"],
            country=line["CountryRegionCode"],
            active_from=self.begins,
        )

    # People, plans and quotas

    def people(self) -> Iterator[Read[PersonRecord]]:
        """The sales people, supervisors first."""
        return records(
            self._supervisors_first(), lambda line: line["BusinessEntityID"], self._person
        )

    def _person(self, line: Line) -> PersonRecord:
        key = line.text("BusinessEntityID")
        employee = self._employee(key)
        card = self._employee_cards(employee)[-1]
        return PersonRecord(
            key=key,
            name=f"{card.text('FirstName')} {card.text('LastName')}",
            email=card["EmailAddress"] or None,
            unit=self._unit_of(line),
            job=employee.text("JobTitle"),
            supervisor=self._supervisor(key),
            employed_from=self._employed_from(key),
        )

    def plans(self) -> Iterator[Read[PlanRecord]]:
        """One plan version per sales person: a rate of the invoiced net, from their first day."""
        return records(
            self.files["SalesPerson"],
            lambda line: line["BusinessEntityID"],
            lambda line: PlanRecord(
                key=line["BusinessEntityID"],
                person=line["BusinessEntityID"],
                rate=line.decimal("CommissionPct"),
                valid_from=self._employed_from(line["BusinessEntityID"]),
            ),
        )

    def quotas(self) -> Iterator[Read[QuotaRecord]]:
        """A quota holds until the next quota date of the file, whoever has one on it."""
        return records(
            self.files["SalesPersonQuotaHistory"],
            lambda line: f"{line['BusinessEntityID']}-{line['QuotaDate'][:10]}",
            self._quota,
        )

    def _quota(self, line: Line) -> QuotaRecord:
        start = line.day("QuotaDate")
        return QuotaRecord(
            key=f"{line['BusinessEntityID']}-{start}",
            person=line.one_of("BusinessEntityID", self.sales_people, "sales person"),
            period_start=start,
            period_end=next((day for day in self.quota_days if day > start), None),
            target=Money(line.decimal("SalesQuota"), CURRENCY),
        )

    @cached_property
    def quota_days(self) -> list[date]:
        """The days on which a quota of anybody begins, in order."""
        return sorted(set(days_of(self.files["SalesPersonQuotaHistory"], "QuotaDate")))

    # Products and customers

    def products(self) -> Iterator[Read[ProductRecord]]:
        """All products, each in its category."""
        return records(
            self.files["Product"],
            lambda line: line["ProductID"],
            lambda line: ProductRecord(
                key=line.text("ProductID"),
                name=line.text("Name"),
                category=self.files.categories.get(line["ProductSubcategoryID"]),
            ),
        )

    def customers(self) -> Iterator[Read[CustomerRecord]]:
        """The stores, with their contacts on the card, and the individuals."""
        cards = [line for line in self.files["Customer"] if not is_contact(line)]
        return records(cards, lambda line: line["CustomerID"], self._customer)

    def _customer(self, line: Line) -> CustomerRecord:
        return self._store(line) if line["StoreID"] else self._individual(line)

    def _store(self, line: Line) -> CustomerRecord:
        store = self.files.stores[line.one_of("StoreID", self.files.stores, "store")]
        return CustomerRecord(
            key=line.text("CustomerID"),
            kind="company",
            name=store.text("Name"),
            unit=self._unit_of(line),
            owner=self._rep_of(store),
            contacts=[self._contact(contact) for contact in self.files.contacts[line["StoreID"]]],
        )

    def _contact(self, line: Line) -> ContactRecord:
        person = line["PersonID"]
        return ContactRecord(
            key=person,
            name=self.files.names.get(person) or line.text("AccountNumber"),
            job=self.files.contact_jobs.get(person, ""),
            email=self.files.emails.get(person),
            phone=self.files.phones.get(person),
        )

    def _individual(self, line: Line) -> CustomerRecord:
        key, person = line.text("CustomerID"), line["PersonID"]
        return CustomerRecord(
            key=key,
            kind="person",
            name=self.files.web_names.get(key)
            or self.files.names.get(person)
            or line.text("AccountNumber"),
            unit=self._unit_of(line),
            email=self.files.emails.get(person),
            phone=self.files.phones.get(person),
        )

    # Orders

    def orders(self) -> Iterator[Read[OrderRecord]]:
        """All orders as delivered in full; an order with an unreadable line is refused whole."""
        return records(
            self.files["SalesOrderHeader"], lambda line: line["SalesOrderID"], self._order
        )

    def _order(self, line: Line) -> OrderRecord:
        key = line.text("SalesOrderID")
        placed_on = line.day("OrderDate")
        return OrderRecord(
            key=key,
            customer=self.card_of[line.one_of("CustomerID", self.card_of, "customer")],
            unit=self._unit_of(line),
            rep=self._rep_of(line),
            placed_on=placed_on,
            delivered_on=placed_on,
            due_on=line.day("DueDate"),
            net=Money(line.decimal("SubTotal"), CURRENCY),
            gross=Money(line.decimal("TotalDue"), CURRENCY),
            lines=[
                self._document_line(number, detail)
                for number, detail in enumerate(self.files.details.get(key, ()), start=1)
            ],
        )

    def _document_line(self, number: int, detail: Line) -> DocumentLine:
        try:
            return DocumentLine(
                number=number,
                product=detail.one_of("ProductID", self.files.product_keys, "product"),
                quantity=detail.number_above_zero("OrderQty"),
                net=detail.decimal("LineTotal"),
            )
        except BadValue as bad:
            bad.args = (f"{detail.file}, line {detail.number}: {bad}",)
            raise

    # What one file says of another's rows

    def _unit_of(self, line: Line) -> str | None:
        """The territory; without one it is the company itself."""
        return (
            line.one_of("TerritoryID", self.files.territories, "territory")
            if line["TerritoryID"]
            else None
        )

    def _rep_of(self, line: Line) -> str | None:
        if not line["SalesPersonID"]:
            return None
        return line.one_of("SalesPersonID", self.sales_people, "sales person")

    def _employee(self, key: str) -> Line:
        if key not in self.files.employees:
            raise BadValue("unknown-key", f"there is no employee {key!r}")
        return self.files.employees[key]

    def _employee_cards(self, employee: Line) -> Sequence[Line]:
        """The rows of the other file of employees: older ones first, the present one last."""
        cards = self.files.employee_cards.get(employee["NationalIDNumber"])
        if not cards:
            raise BadValue("unknown-key", f"no name for {employee['NationalIDNumber']!r}")
        return cards

    def _employed_from(self, key: str) -> date:
        """The earlier of what the two files say."""
        employee = self._employee(key)
        cards = self._employee_cards(employee)
        hired = [employee.day("HireDate"), *(card.day("HireDate") for card in cards)]
        started = [card.day("StartDate") for card in cards if card["StartDate"]]
        return min(hired + started)

    def _supervisor(self, key: str) -> str | None:
        """The sales person above; somebody who does not sell is none of ours."""
        card = self._employee_cards(self._employee(key))[-1]
        above = self.files.cards_by_key.get(card["ParentEmployeeKey"])
        return self.files.sales_person_by_national_id.get(
            above["EmployeeNationalIDAlternateKey"] if above else ""
        )

    def _supervisors_first(self) -> list[Line]:
        return sorted(self.files["SalesPerson"], key=self._depth)

    def _depth(self, line: Line) -> int:
        depth, above = 0, self._supervisor_or_none(line["BusinessEntityID"])
        while above is not None and depth < len(self.files["SalesPerson"]):
            depth, above = depth + 1, self._supervisor_or_none(above)
        return depth

    def _supervisor_or_none(self, key: str) -> str | None:
        try:
            return self._supervisor(key)
        except BadValue:
            return None  # the person's own row says what is wrong

    @cached_property
    def begins(self) -> date:
        """The first day of which the files speak: the units are there from then on."""
        hired = [*days_of(self.files["Employee"], "HireDate"),
                 *days_of(self.files["DimEmployee"], "HireDate")]  # fmt: skip
        ordered = days_of(self.files["SalesOrderHeader"], "OrderDate")
        return min([*hired, *ordered, *self.quota_days])

    @cached_property
    def sales_people(self) -> set[str]:
        """The keys of those people who could be read."""
        return {row.record.key for row in good(self.people())}

    @cached_property
    def card_of(self) -> dict[str, str]:
        """The key of the card by each CustomerID: a contact's is the one of the store."""
        own = {row.record.key: row.line for row in good(self.customers())}
        by_store = {line["StoreID"]: key for key, line in own.items() if line["StoreID"]}
        contacts = {
            line["CustomerID"]: by_store[line["StoreID"]]
            for line in self.files["Customer"]
            if is_contact(line) and line["StoreID"] in by_store
        }
        return {key: key for key in own} | contacts
