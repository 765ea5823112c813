from __future__ import annotations

from openapi_spec_validator import validate

from .conftest import Gateway


async def test_the_openapi_document_is_valid_and_says_what_the_contracts_say(gateway: Gateway):
    async with gateway.client("") as nobody:
        document = (await nobody.get("/api/v1/openapi.json")).json()
    validate(document)
    place = document["paths"]["/api/v1/orders/{order}/cancellation"]["post"]
    body = place["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][body.rpartition("/")[2]]
    assert set(schema["properties"]) == {"reason"}
    assert schema["additionalProperties"] is False
    assert "manager" in place["x-roles"]
    sales = document["paths"]["/api/v1/reports/sales"]["get"]["parameters"]
    named = {one["name"]: one["required"] for one in sales if one["in"] == "query"}
    assert named == {
        "company": False, "by": True, "level": False, "period": False, "from": False, "to": False,
    }  # fmt: skip
    problem = place["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert problem == {"$ref": "#/components/schemas/Problem"}


async def test_every_address_is_in_the_guide(gateway: Gateway):
    async with gateway.client("") as nobody:
        document = (await nobody.get("/api/v1/openapi.json")).json()
        guide = (await nobody.get("/docs")).text
    assert all(path in guide for path in document["paths"])
    assert {"/api/v1/sessions", "/api/v1/views/day", "/api/v1/admin/settled"} <= set(
        document["paths"]
    )
