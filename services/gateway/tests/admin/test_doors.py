from __future__ import annotations

from typing import Any

from gateway.admin.settling import SERVICES

from ..conftest import Gateway


async def test_a_service_that_is_down_keeps_everything_from_settling(gateway: Gateway):
    async with gateway.client() as admin:
        answer = await admin.get("/api/v1/admin/settled", params={"timeout": "0.3"})
    assert answer.status_code == 504
    assert answer.json()["code"] == "admin.not-settled"
    assert answer.json()["service"] in {"customers", "billing", "targets", "notifications"}


async def test_everything_is_settled_when_all_have_taken_in_all(
    gateway: Gateway, stand_in: Any, other_database: Any, monkeypatch: Any
):
    monkeypatch.setattr("gateway.admin.settling.SERVICES", ("customers", "gateway"))
    await gateway.user("ana", ("manager", "mty"))
    async with stand_in("customers", other_database, {}), gateway.client() as admin:
        answer = await admin.get("/api/v1/admin/settled", params={"timeout": "10"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["settled"]
    assert answer.json()["services"] == {
        "customers": {"position": 0},
        "gateway": {"position": 2},
    }


async def test_the_status_of_all_names_who_does_not_answer(gateway: Gateway):
    async with gateway.client() as admin:
        answer = await admin.get("/api/v1/admin/status")
    services = answer.json()["services"]
    assert set(services) == set(SERVICES)
    assert services["gateway"]["service"] == "gateway"
    assert services["billing"]["unavailable"] == "request.unavailable"


async def test_an_operator_asks_one_service_what_is_parked(gateway: Gateway):
    async with gateway.client() as admin:
        answer = await admin.get("/api/v1/admin/gateway/parked-list", params={"limit": "5"})
        again = await admin.post("/api/v1/admin/gateway/parked-replay", json={})
        unknown = await admin.get("/api/v1/admin/gateway/nonsense")
        nobody = await admin.get("/api/v1/admin/nobody/status")
    assert answer.json() == {"total": 0, "messages": []}
    assert again.json() == {"count": 0}
    assert unknown.status_code == 404
    assert nobody.status_code == 422


async def test_what_concerns_the_installation_is_not_for_everybody(gateway: Gateway):
    token = await gateway.user("ana", ("director", "acme"))
    async with gateway.client(token) as ana:
        answers = [
            await ana.get("/api/v1/admin/status"),
            await ana.post("/api/v1/admin/billing/parked-replay"),
            await ana.get("/api/v1/admin/billing/parked-list"),
        ]
    assert {answer.status_code for answer in answers} == {403}
