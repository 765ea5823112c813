"""AdventureWorks' files become records: on a small company of our own making."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gerencia.installation import GerenciaError
from gerencia.sources import adventureworks
from gerencia.sources.adventureworks_files import COLUMNS
from gerencia.sources.reading import Refused
from kernel.money import Money

SMALL = {
    "SalesTerritory": ["1,Centro,MX,Norte", "2,Costa,MX,Norte", "7,Sur,GT,Pacífico"],
    "CountryRegion": ["MX,México", "GT,Guatemala", "AD,Andorra"],
    "SalesPerson": ["20,1,0.012", "10,,0"],
    "Employee": [
        "10,N10,Sales Manager,2010-05-01",
        "20,N20,Sales Representative,2011-05-31",
        "30,N30,Vice President,2009-01-01",
    ],
    "DimEmployee": [
        "1,,N30,Berta,Mora,b@x.mx,2009-01-01,2009-01-01",
        "2,1,N10,Ana,Ruiz,a@x.mx,2010-06-01,2010-06-01",
        "3,2,N20,José,Saraiva,j@x.mx,2010-12-29,2010-12-29",
    ],
    "SalesPersonQuotaHistory": [
        "20,2011-05-31 00:00:00,1000",
        "10,2011-08-31 00:00:00,500.5000",
        "20,2011-12-01 00:00:00,2000",
    ],
    "Product": ["776,Bicicleta ,1", "777,Tornillo,"],
    "ProductSubcategory": ["1,4"],
    "ProductCategory": ["4,Bicicletas"],
    "Store": ["900,Great Bikes ,20"],
    "Customer": [
        "1,,900,1,AW1",
        "501,7001,900,1,AW501",
        "502,7002,900,1,AW502",
        "601,8001,,2,AW601",
        "602,8002,,2,AW602",
        "603,8003,,7,AW603",
    ],
    "CustomerLookup": ["601,JON,YANG"],
    "Person": ["7001,Orlando,Gee", "8002,Rosa, Peña "],
    "EmailAddress": ["7001,o@x.mx", "8001,jon@x.mx"],
    "PersonPhone": ["7001,555-0173"],
    "BusinessEntityContact": ["900,7001,11"],
    "ContactType": ["11,Owner"],
    "SalesOrderHeader": [
        "43659,2011-05-31,2011-06-12,501,20,1,20565.6206,23153.2339",
        "43660,2011-06-01,2011-06-13,601,,2,100.1,110",
    ],
    "SalesOrderDetail": [
        "43659,12,2,777,1.000003",
        "43659,3,1,776,20564.620597",
        "43660,20,1,777,100.1",
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write the small company's files, some of them changed."""

    def write(**changed: list[str]) -> Path:
        for name, columns in COLUMNS.items():
            rows = (SMALL | changed)[name.removesuffix(".csv")]
            text = "\n".join([",".join([*columns, "rowguid"]), *(f"{row},{{X}}" for row in rows)])
            (tmp_path / name).write_text(f"{text}\n", "utf-8")
        return tmp_path

    return write


def read(folder: Path) -> dict[str, list[Any]]:
    """What the source gives, by operation; a refused row stands as it is."""
    barriers = adventureworks.read(folder).barriers
    return {
        load.command.operation.partition("-")[2]: [
            each if isinstance(each, Refused) else each.record for each in load.rows()
        ]
        for barrier in barriers
        for load in barrier.loads
    }


def refused(records: list[Any]) -> list[tuple[str, int, str, str]]:
    return [(r.file, r.line, r.key, r.code) for r in records if isinstance(r, Refused)]


def test_units_are_company_group_country_and_territory(folder: Callable[..., Path]) -> None:
    units = read(folder())["units"]
    assert [(unit.key, unit.name, unit.level, unit.parent) for unit in units] == [
        ("adventureworks", "AdventureWorks", "company", None),
        ("Norte", "Norte", "group", "adventureworks"),
        ("Pacífico", "Pacífico", "group", "adventureworks"),
        ("MX", "México", "country", "Norte"),
        ("GT", "Guatemala", "country", "Pacífico"),
        ("1", "Centro", "territory", "MX"),
        ("2", "Costa", "territory", "MX"),
        ("7", "Sur", "territory", "GT"),
    ]
    assert units[0].currency == "USD"
    assert {unit.active_from for unit in units} == {date(2009, 1, 1)}


def test_only_sales_people_come_in_and_supervisors_come_first(folder: Callable[..., Path]) -> None:
    ana, jose = read(folder())["people"]
    assert (ana.key, ana.name, ana.unit, ana.supervisor) == ("10", "Ana Ruiz", None, None)
    assert (jose.key, jose.name, jose.unit, jose.supervisor) == ("20", "José Saraiva", "1", "10")


def test_employment_begins_at_the_earlier_of_both_files(folder: Callable[..., Path]) -> None:
    ana, jose = read(folder())["people"]
    assert ana.employed_from == date(2010, 5, 1)
    assert jose.employed_from == date(2010, 12, 29)


def test_a_plan_holds_from_the_first_day(folder: Callable[..., Path]) -> None:
    jose, ana = read(folder())["plans"]
    assert (jose.person, jose.rate, jose.valid_from) == ("20", Decimal("0.012"), date(2010, 12, 29))
    assert (ana.person, ana.rate) == ("10", Decimal(0))


def test_a_quota_holds_until_the_next_date_of_anybody(folder: Callable[..., Path]) -> None:
    first, other, last = read(folder())["quotas"]
    assert (first.period_start, first.period_end) == (date(2011, 5, 31), date(2011, 8, 31))
    assert (other.period_start, other.period_end) == (date(2011, 8, 31), date(2011, 12, 1))
    assert (last.period_start, last.period_end) == (date(2011, 12, 1), None)
    assert other.target == Money.of("500.5000", "USD")
    assert first.key == "20-2011-05-31"


def test_products_are_trimmed_and_have_their_category(folder: Callable[..., Path]) -> None:
    bicycle, screw = read(folder())["products"]
    assert (bicycle.key, bicycle.name, bicycle.category) == ("776", "Bicicleta", "Bicicletas")
    assert screw.category is None


def test_a_store_has_one_card_with_its_contacts(folder: Callable[..., Path]) -> None:
    store, *individuals = read(folder())["customers"]
    assert (store.key, store.kind, store.name) == ("1", "company", "Great Bikes")
    assert (store.unit, store.owner) == ("1", "20")
    orlando, nameless = store.contacts
    assert (orlando.name, orlando.job, orlando.phone) == ("Orlando Gee", "Owner", "555-0173")
    assert (nameless.key, nameless.name) == ("7002", "AW502")
    assert len(individuals) == 3


def test_a_nameless_individual_is_called_by_the_account_number(folder: Callable[..., Path]) -> None:
    _, jon, rosa, nameless = read(folder())["customers"]
    assert (jon.name, jon.email, jon.kind, jon.owner) == ("JON YANG", "jon@x.mx", "person", None)
    assert rosa.name == "Rosa Peña"
    assert nameless.name == "AW603"


def test_the_order_of_a_contact_is_the_stores(folder: Callable[..., Path]) -> None:
    order, web = read(folder())["orders"]
    assert (order.customer, order.rep, order.unit) == ("1", "20", "1")
    assert (web.customer, web.rep, web.unit) == ("601", None, "2")


def test_amounts_stay_as_given_and_the_header_is_right(folder: Callable[..., Path]) -> None:
    order, _ = read(folder())["orders"]
    assert (order.net, order.gross) == (
        Money.of("20565.6206", "USD"),
        Money.of("23153.2339", "USD"),
    )
    assert [(line.number, line.product, line.net) for line in order.lines] == [
        (1, "776", Decimal("20564.620597")),
        (2, "777", Decimal("1.000003")),
    ]
    assert (order.placed_on, order.delivered_on) == (date(2011, 5, 31), date(2011, 5, 31))
    assert order.due_on == date(2011, 6, 12)


def test_barriers_come_in_the_order_in_which_records_need_each_other(
    folder: Callable[..., Path],
) -> None:
    names = [barrier.name for barrier in adventureworks.read(folder()).barriers]
    assert names == ["organisation", "people", "plans", "customers", "orders"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("43661,2011-02-30,2011-06-12,501,20,1,1,1", "source.no-such-day"),
        ("43661,2011-05-31,2011-06-12,999,20,1,1,1", "source.unknown-key"),
        ("43661,2011-05-31,2011-06-12,501,99,1,1,1", "source.unknown-key"),
        ("43661,2011-05-31,2011-06-12,501,20,8,1,1", "source.unknown-key"),
        ("43661,2011-05-31,2011-06-12,501,20,1,one,1", "source.no-number"),
        ("43661,2011-05-31,2011-06-12,501,20,1,NaN,1", "source.no-number"),
        ("43659,2011-05-31,2011-06-12,501,20,1,1,1", "source.key-twice"),
        (",2011-05-31,2011-06-12,501,20,1,1,1", "source.missing"),
    ],
)
def test_a_bad_order_is_refused_with_its_line_and_the_others_come_in(
    folder: Callable[..., Path], row: str, code: str
) -> None:
    orders = read(folder(SalesOrderHeader=[*SMALL["SalesOrderHeader"], row]))["orders"]
    assert refused(orders) == [("SalesOrderHeader.csv", 4, row.partition(",")[0], code)]
    assert len(orders) == 3


def test_an_order_with_a_bad_line_is_refused_whole(folder: Callable[..., Path]) -> None:
    details = [*SMALL["SalesOrderDetail"], "43660,21,-1,777,5"]
    _, web = read(folder(SalesOrderDetail=details))["orders"]
    assert web.code == "source.not-above-zero"
    assert web.reason == "SalesOrderDetail.csv, line 5: OrderQty: -1 is not above zero"


def test_orders_of_a_refused_customer_are_refused_too(folder: Callable[..., Path]) -> None:
    customers = ["1,,900,99,AW1", *SMALL["Customer"][1:]]
    seen = read(folder(Customer=customers))
    assert refused(seen["customers"]) == [("Customer.csv", 2, "1", "source.unknown-key")]
    assert refused(seen["orders"]) == [("SalesOrderHeader.csv", 2, "43659", "source.unknown-key")]


def test_a_person_without_a_name_is_refused(folder: Callable[..., Path]) -> None:
    seen = read(folder(DimEmployee=SMALL["DimEmployee"][:2]))
    assert refused(seen["people"]) == [("SalesPerson.csv", 2, "20", "source.unknown-key")]
    assert [plan.person for plan in seen["plans"] if not isinstance(plan, Refused)] == ["10"]


def test_files_may_be_gzip(folder: Callable[..., Path]) -> None:
    plain = folder() / "SalesOrderHeader.csv"
    (plain.parent / "SalesOrderHeader.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert len(read(plain.parent)["orders"]) == 2


def test_a_folder_without_the_files_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(GerenciaError, match=r"has no SalesTerritory\.csv"):
        adventureworks.read(tmp_path)


def test_a_file_without_its_columns_is_refused_in_words(folder: Callable[..., Path]) -> None:
    place = folder()
    (place / "Store.csv").write_text("a,b\n1,2\n")
    with pytest.raises(GerenciaError, match="no column BusinessEntityID, Name, SalesPersonID"):
        adventureworks.read(place)
