from __future__ import annotations

import orjson
import pytest
from starlette.datastructures import QueryParams

from contracts.catalogue import operations
from contracts.customers.orders import CancelOrder
from gateway.organisation.tree import Tree, Unit
from gateway.reports.refusals import CompanyNeeded, NoCompany
from gateway.resources.request import asked, with_path
from gateway.resources.table import API, RESOURCES, Resource, batches
from kernel.problems import Malformed
from kernel.scope import Principal

ORDER = "01890000-0000-7000-8000-000000000001"
OTHER = "01890000-0000-7000-8000-000000000002"
SALES = next(one for one in RESOURCES if one.path == "/reports/sales")
COMMISSIONS = next(one for one in RESOURCES if one.path == "/reports/commissions")
ACME = Unit("acme", "acme", None, "Acme")
OTRA = Unit("otra", "otra", None, "Otra")


def who(*units: str) -> Principal:
    from uuid import UUID

    return Principal(UUID(int=1), UUID(int=1), frozenset({"analyst"}), units, own_only=False)


def fields(resource: Resource, query: str, *companies: Unit) -> dict[str, object]:
    scope = who(*(company.id for company in companies))
    return asked(resource, QueryParams(query), {}, Tree.of(companies), scope)


def test_numbers_in_a_body_keep_every_decimal():
    body = b'{"quantity": 0.12345678901234567890}'
    assert b"0.12345678901234567890" in with_path(body, {"order": ORDER})


def test_the_order_in_the_path_wins_over_one_in_the_body():
    body = with_path(b'{"order": "%s", "reason": "x"}' % OTHER.encode(), {"order": ORDER})
    assert str(CancelOrder.model_validate_json(body).order) == ORDER


@pytest.mark.parametrize("body", [b"[1]", b'"text"', b"7", b'{"a": 1'])
def test_a_body_that_is_no_object_is_malformed(body: bytes):
    with pytest.raises(Malformed):
        with_path(body, {"order": ORDER})


def test_nothing_smuggled_behind_the_object_is_taken():
    body = with_path(b'{"reason": "x"}, {"reason": "y"}', {"order": ORDER})
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)


def test_the_only_company_in_scope_goes_without_saying():
    assert fields(SALES, "by=unit", ACME) == {"by": "unit", "company": "acme"}


def test_with_several_companies_one_must_be_named():
    with pytest.raises(CompanyNeeded) as refused:
        fields(SALES, "by=unit", ACME, OTRA)
    assert refused.value.companies == [["acme", "Acme"], ["otra", "Otra"]]
    assert fields(SALES, "by=unit&company=otra", ACME, OTRA)["company"] == "otra"


def test_without_any_company_there_is_nothing_to_report():
    with pytest.raises(NoCompany):
        fields(SALES, "by=unit")


def test_the_first_and_last_day_are_called_from_and_to():
    query = "by=unit&from=2013-01-01&to=2014-01-01"
    assert fields(SALES, query, ACME)["from_"] == "2013-01-01"
    with pytest.raises(Malformed):
        fields(SALES, "by=unit&from_=2013-01-01", ACME)


def test_commissions_are_by_rep_whether_it_is_said_or_not():
    assert fields(COMMISSIONS, "by=rep", ACME) == fields(COMMISSIONS, "", ACME)
    with pytest.raises(Malformed):
        fields(COMMISSIONS, "by=unit", ACME)


def test_every_parameter_of_a_path_is_a_field_of_its_operation():
    for resource in (*RESOURCES, *batches()):
        assert set(resource.in_path) <= set(resource.operation.model_fields), resource.path


def test_reading_is_a_question_and_writing_a_command():
    for resource in (*RESOURCES, *batches()):
        assert resource.changes == (resource.method != "GET"), resource.path


def test_no_address_is_there_twice_and_no_operation_forgotten():
    known = [(one.method, API + one.path) for one in (*RESOURCES, *batches())]
    assert len(known) == len(set(known))
    reachable = {one.operation.operation for one in (*RESOURCES, *batches())}
    assert not set(operations()) - reachable
