"""The AsyncAPI 3 document of a service, from the models of what it sends, hears and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kernel.events import Event
from kernel.operations import Command, Operation
from kernel.problems import Problem

Schema = dict[str, Any]

ENVELOPE: Mapping[str, str] = {
    "ce-specversion": "Version of CloudEvents: 1.0.",
    "ce-id": "UUIDv7 of the row in the owner's log; with the source it names the event for ever.",
    "ce-source": "/sites/<site>/<service>.",
    "ce-type": "mx.gerencia. and the name of the event.",
    "ce-subject": "Identifier of what the event is about.",
    "ce-time": "When it happened, at the branch.",
    "ce-recordedtime": "When it was recorded.",
    "ce-sequence": "Which event of its subject it is: 1, 2, 3 …",
    "ce-position": "Its place in the owner's log, without gaps.",
    "ce-logid": "Names the log; a restored one gets a new name.",
    "ce-origin": "live, or import: history, on which nobody decides or is told anything.",
    "ce-correlationid": "The same from the request to its last effect.",
    "ce-causationid": "The event that this one answers.",
    "ce-person": "Whose business it is, for those who see only their own.",
    "traceparent": "W3C trace context.",
}
"""The headers of an event; their values are percent-encoded."""

_OPTIONAL = {"ce-causationid", "ce-person", "traceparent"}
_HUMAN = {
    "site": "The installation that recorded it.",
    "unit": "The branch where it happened.",
    "entity": "Identifier of what it is about.",
}


class WireSchema(GenerateJsonSchema):
    """JSON Schema of what is on the wire: exact decimals are strings, fields have no titles."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A decimal: a string, for a JSON number may be read as a float."""
        return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """The name of a field is its title."""
        return False


def schema_of(model: type[BaseModel], ref_template: str = "#/$defs/{model}") -> Schema:
    """The JSON Schema of a body: required is what a reader must find in it."""
    return model.model_json_schema(schema_generator=WireSchema, ref_template=ref_template)


def document(
    service: str,
    *,
    sends: Iterable[type[Event]] = (),
    receives: Iterable[type[Event]] = (),
    operations: Iterable[type[Operation[Any]]] = (),
    version: str = "0.1.0",
    description: str = "",
) -> Schema:
    """Everything that enters and leaves a service by the bus.

    Events are channels of their own; a question or command is a request whose reply comes back
    on the sender's private inbox.
    """
    parts = _Parts()
    for event in _sorted(sends):
        parts.event(event, "send")
    for event in _sorted(receives):
        parts.event(event, "receive")
    for operation in sorted(operations, key=lambda each: each.operation):
        parts.request(operation)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": service,
            "version": version,
            "description": description or f"What {service} tells, hears and answers.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": parts.channels,
        "operations": parts.operations,
        "components": {"messages": parts.messages, "schemas": parts.schemas},
    }


class _Parts:
    """The document while it grows."""

    def __init__(self) -> None:
        self.channels: Schema = {}
        self.operations: Schema = {}
        self.messages: Schema = {}
        self.schemas: Schema = {"envelope": _envelope()}

    def event(self, event: type[Event], action: str) -> None:
        service, fact, version = event.type.split(".")
        self._message(event.type, event, headers={"$ref": "#/components/schemas/envelope"})
        self.messages[event.type]["x-kind"] = event.kind
        self.channels[event.type] = {
            "address": f"evt.{{site}}.{{unit}}.{service}.{fact}.{version}.{{entity}}",
            "parameters": {name: {"description": text} for name, text in _HUMAN.items()},
            "messages": {event.type: _message_ref(event.type)},
        }
        self._operation(f"{action} {event.type}", action, event.type, [event.type])

    def request(self, operation: type[Operation[Any]]) -> None:
        name = operation.operation
        answer = f"{name}.answer"
        self._message(name, operation)
        self._message(answer, operation.answer)
        self._message("problem", Problem, content_type="application/problem+json")
        self.channels[name] = {
            "address": f"rpc.{{site}}.{name}",
            "parameters": {"site": {"description": _HUMAN["site"]}},
            "messages": {name: _message_ref(name)},
        }
        self.channels[answer] = {
            "address": None,
            "messages": {each: _message_ref(each) for each in (answer, "problem")},
        }
        self._operation(f"answer {name}", "receive", name, [name])
        self.operations[f"answer {name}"] |= {
            "x-command": issubclass(operation, Command),
            "x-roles": sorted(operation.roles),
            "reply": {
                "address": {"location": "$message.header#/reply-to"},
                "channel": {"$ref": f"#/channels/{answer}"},
                "messages": [_channel_message(answer, each) for each in (answer, "problem")],
            },
        }

    def _operation(self, key: str, action: str, channel: str, messages: list[str]) -> None:
        self.operations[key] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [_channel_message(channel, each) for each in messages],
        }

    def _message(
        self,
        name: str,
        model: type[BaseModel],
        headers: Schema | None = None,
        content_type: str = "application/json",
    ) -> None:
        summary = (model.__doc__ or "").strip().partition("\n")[0]
        self.messages[name] = {
            "name": name,
            "summary": summary,
            "contentType": content_type,
            "payload": self._schema(name, model),
        } | ({"headers": headers} if headers else {})

    def _schema(self, name: str, model: type[BaseModel]) -> Schema:
        schema = schema_of(model, f"#/components/schemas/{name}.{{model}}")
        for inner, definition in schema.pop("$defs", {}).items():
            self.schemas[f"{name}.{inner}"] = definition
        self.schemas[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}


def _envelope() -> Schema:
    return {
        "type": "object",
        "required": [name for name in ENVELOPE if name not in _OPTIONAL],
        "properties": {
            name: {"type": "string", "description": text} for name, text in ENVELOPE.items()
        },
    }


def _message_ref(name: str) -> Schema:
    return {"$ref": f"#/components/messages/{name}"}


def _channel_message(channel: str, message: str) -> Schema:
    return {"$ref": f"#/channels/{channel}/messages/{message}"}


def _sorted(events: Iterable[type[Event]]) -> Iterator[type[Event]]:
    return iter(sorted(events, key=lambda event: event.type))


def told_by(service: str) -> list[type[Event]]:
    """The events of a service that are known in this process."""
    known = chain.from_iterable(_family(each) for each in Event.__subclasses__())
    mine = {each for each in known if getattr(each, "type", "").startswith(f"{service}.")}
    return sorted(mine, key=lambda event: event.type)


def _family(event: type[Event]) -> Iterator[type[Event]]:
    yield event
    for below in event.__subclasses__():
        yield from _family(below)
