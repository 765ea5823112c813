"""The AsyncAPI document is complete; that it is valid an independent parser says elsewhere."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from kernel.asyncapi import ENVELOPE, document, schema_of
from kernel.events import Event, Message
from kernel.money import Money
from kernel.operations import MANAGER, Command


class Detail(Message):
    rate: Decimal


class OrderPaintedV1(Event):
    """An order was painted."""

    type: ClassVar = "studio.order-painted.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "order"

    order: str
    price: Money
    detail: Detail
    note: str = ""


class Paint(Command[Detail]):
    """Paint an order."""

    operation: ClassVar = "studio.paint"
    answer: ClassVar = Detail
    roles: ClassVar = frozenset({MANAGER})
    order: str


def test_an_event_has_a_channel_with_its_subject_and_the_headers() -> None:
    body = document("studio", sends=[OrderPaintedV1])
    channel = body["channels"]["studio.order-painted.v1"]
    assert channel["address"] == "evt.{site}.{unit}.studio.order-painted.v1.{entity}"
    assert set(body["components"]["schemas"]["envelope"]["properties"]) == set(ENVELOPE)
    message = body["components"]["messages"]["studio.order-painted.v1"]
    assert message["summary"] == "An order was painted."
    assert body["operations"]["send studio.order-painted.v1"]["action"] == "send"


def test_an_operation_is_a_request_with_its_reply_and_the_problem() -> None:
    body = document("studio", operations=[Paint])
    paint = body["operations"]["answer studio.paint"]
    assert body["channels"]["studio.paint"]["address"] == "rpc.{site}.studio.paint"
    assert paint["x-roles"] == ["manager"]
    assert paint["x-command"]
    assert set(body["channels"]["studio.paint.answer"]["messages"]) == {
        "studio.paint.answer",
        "problem",
    }


def test_decimals_are_strings_and_defaults_are_not_required() -> None:
    schema = schema_of(OrderPaintedV1)
    assert schema["$defs"]["Detail"]["properties"]["rate"]["type"] == "string"
    assert schema["required"] == ["unit", "order", "price", "detail"]
    assert schema["properties"]["price"]["properties"]["amount"]["type"] == "string"


def test_every_reference_of_the_document_leads_somewhere() -> None:
    body = document("studio", sends=[OrderPaintedV1], operations=[Paint])

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            return [ref for value in node.values() for ref in references(value)] + [
                value for key, value in node.items() if key == "$ref"
            ]
        return [ref for each in node for ref in references(each)] if isinstance(node, list) else []

    for reference in references(body):
        place = body
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
