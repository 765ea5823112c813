"""The files of AdventureWorks, and what one of them says of another's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from gerencia.installation import GerenciaError
from gerencia.sources.reading import BadValue, Line, lines_of

COLUMNS: dict[str, tuple[str, ...]] = {
    "SalesTerritory.csv": ("TerritoryID", "Name", "CountryRegionCode", "Group"),
    "CountryRegion.csv": ("CountryRegionCode", "Name"),
    "SalesPerson.csv": ("BusinessEntityID", "TerritoryID", "CommissionPct"),
    "Employee.csv": ("BusinessEntityID", "NationalIDNumber", "JobTitle", "HireDate"),
    "DimEmployee.csv": (
        "EmployeeKey", "ParentEmployeeKey", "EmployeeNationalIDAlternateKey", "FirstName",
        "LastName", "EmailAddress", "HireDate", "StartDate",
    ),
    "SalesPersonQuotaHistory.csv": ("BusinessEntityID", "QuotaDate", "SalesQuota"),
    "Product.csv": ("ProductID", "Name", "ProductSubcategoryID"),
    "ProductSubcategory.csv": ("ProductSubcategoryID", "ProductCategoryID"),
    "ProductCategory.csv": ("ProductCategoryID", "Name"),
    "Store.csv": ("BusinessEntityID", "Name", "SalesPersonID"),
    "Customer.csv": ("CustomerID", "PersonID", "StoreID", "TerritoryID", "AccountNumber"),
    "CustomerLookup.csv": ("CustomerKey", "FirstName", "LastName"),
    "Person.csv": ("businessentityid", "firstname", "lastname"),
    "EmailAddress.csv": ("BusinessEntityID", "EmailAddress"),
    "PersonPhone.csv": ("BusinessEntityID", "PhoneNumber"),
    "BusinessEntityContact.csv": ("BusinessEntityID", "PersonID", "ContactTypeID"),
    "ContactType.csv": ("ContactTypeID", "Name"),
    "SalesOrderHeader.csv": (
        "SalesOrderID", "OrderDate", "DueDate", "CustomerID", "SalesPersonID", "TerritoryID",
        "SubTotal", "TotalDue",
    ),
    "SalesOrderDetail.csv": (
        "SalesOrderID", "SalesOrderDetailID", "OrderQty", "ProductID", "LineTotal",
    ),
}  # fmt: skip


class Files:
    """The lines of each file, and look-ups among them; pure once they are read."""

    def __init__(self, lines: dict[str, list[Line]]) -> None:
        self._lines = lines

    @classmethod
    def of(cls, folder: Path) -> Files:
        """Read all files of a folder, each plain or gzip.

        Raises:
            GerenciaError: a file is missing, or lacks a column.
        """
        return cls({name: _lines(folder, name) for name in COLUMNS})

    def __getitem__(self, name: str) -> list[Line]:
        return self._lines[f"{name}.csv"]

    @cached_property
    def territories(self) -> set[str]:
        """The keys of all territories."""
        return {line["TerritoryID"] for line in self["SalesTerritory"]}

    @cached_property
    def country_names(self) -> dict[str, str]:
        """The name of a country by its code."""
        return _pairs(self["CountryRegion"], "CountryRegionCode", "Name")

    @cached_property
    def employees(self) -> dict[str, Line]:
        """An employee's row by key."""
        return {line["BusinessEntityID"]: line for line in self["Employee"]}

    @cached_property
    def employee_cards(self) -> dict[str, list[Line]]:
        """The rows of the other file of employees, by national id, older ones first."""
        by_start = sorted(self["DimEmployee"], key=lambda line: line["StartDate"])
        return _grouped(by_start, "EmployeeNationalIDAlternateKey")

    @cached_property
    def cards_by_key(self) -> dict[str, Line]:
        """A row of the other file of employees, by its own key."""
        return {line["EmployeeKey"]: line for line in self["DimEmployee"]}

    @cached_property
    def sales_person_by_national_id(self) -> dict[str, str]:
        """The key of a sales person by national id."""
        keys = (line["BusinessEntityID"] for line in self["SalesPerson"])
        return {
            self.employees[key]["NationalIDNumber"]: key for key in keys if key in self.employees
        }

    @cached_property
    def product_keys(self) -> set[str]:
        """The keys of all products."""
        return {line["ProductID"] for line in self["Product"]}

    @cached_property
    def categories(self) -> dict[str, str]:
        """The category's name by the key of the subcategory."""
        names = _pairs(self["ProductCategory"], "ProductCategoryID", "Name")
        below = _pairs(self["ProductSubcategory"], "ProductSubcategoryID", "ProductCategoryID")
        return {key: names[category] for key, category in below.items() if category in names}

    @cached_property
    def stores(self) -> dict[str, Line]:
        """A store's row by key."""
        return {line["BusinessEntityID"]: line for line in self["Store"]}

    @cached_property
    def contacts(self) -> defaultdict[str, list[Line]]:
        """The contacts of each store."""
        contacts = (line for line in self["Customer"] if is_contact(line))
        return _grouped(contacts, "StoreID")

    @cached_property
    def contact_jobs(self) -> dict[str, str]:
        """What a contact does at the store, by person."""
        names = _pairs(self["ContactType"], "ContactTypeID", "Name")
        kinds = _pairs(self["BusinessEntityContact"], "PersonID", "ContactTypeID")
        return {person: names.get(kind, "") for person, kind in kinds.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """First and last name by person, for those few whose name the files know."""
        return {
            line["businessentityid"]: f"{line['firstname']} {line['lastname']}".strip()
            for line in self["Person"]
        }

    @cached_property
    def web_names(self) -> dict[str, str]:
        """First and last name by the customer key of individuals, as the file writes them."""
        return {
            line["CustomerKey"]: f"{line['FirstName']} {line['LastName']}".strip()
            for line in self["CustomerLookup"]
        }

    @cached_property
    def emails(self) -> dict[str, str]:
        """The e-mail address of a person."""
        return _pairs(self["EmailAddress"], "BusinessEntityID", "EmailAddress")

    @cached_property
    def phones(self) -> dict[str, str]:
        """The telephone number of a person."""
        return _pairs(self["PersonPhone"], "BusinessEntityID", "PhoneNumber")

    @cached_property
    def details(self) -> dict[str, list[Line]]:
        """The lines of each order, in their order."""
        grouped = _grouped(self["SalesOrderDetail"], "SalesOrderID")
        for lines in grouped.values():
            lines.sort(key=lambda line: int(line["SalesOrderDetailID"]))
        return grouped


def _lines(folder: Path, name: str) -> list[Line]:
    found = next((file for file in (folder / name, folder / f"{name}.gz") if file.exists()), None)
    if found is None:
        raise GerenciaError(f"{folder} has no {name}: is it the folder of the data set?")
    return lines_of(found, COLUMNS[name])


def is_contact(line: Line) -> bool:
    """Whether a row of the customers is a contact of a store."""
    return bool(line["StoreID"] and line["PersonID"])


def first_of(lines: Sequence[Line], column: str) -> list[Line]:
    """The first row of each value of a column."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line[column], line)
    return list(first.values())


def _grouped(lines: Iterator[Line] | Sequence[Line], column: str) -> defaultdict[str, list[Line]]:
    groups: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line[column]].append(line)
    return groups


def _pairs(lines: Sequence[Line], key: str, value: str) -> dict[str, str]:
    return {line[key]: line[value] for line in lines if line[value]}


def days_of(lines: Sequence[Line], column: str) -> Iterator[date]:
    """Every day of a column that can be read."""
    for line in lines:
        try:
            yield line.day(column)
        except BadValue:
            continue
