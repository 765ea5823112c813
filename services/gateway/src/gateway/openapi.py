"""The OpenAPI document: made of the contracts, so that it says what the services read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.papers.asked import FORMAT, Form
from gateway.resources.table import API, Resource
from kernel.problems import Problem

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaMode

TEMPLATE = "#/components/schemas/{model}"
SCHEMAS = TEMPLATE.format(model="")
PROBLEMS = {
    "401": "Nobody is signed in, or not any more",
    "403": "Not yours to do",
    "404": "Not there, or not in your scope",
    "409": "The state says no",
    "413": "The body is too large",
    "422": "Malformed: a field is unknown, missing or not what it should be",
    "429": "Too many requests",
    "503": "A service is away; the others go on",
    "504": "A service was late; under the same key the command can be sent again",
}


def document(app: FastAPI, resources: Sequence[Resource]) -> dict[str, Any]:
    """The whole document: the gateway's own addresses and all resources."""
    own = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    made = Resources(resources)
    schemas = own.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in made.schemas.items():
        assert schemas.get(name, schema) == schema, f"two schemas are called {name}"
        schemas[name] = schema
    own["components"]["securitySchemes"] = _security()
    own["security"] = [{"token": []}, {"session": []}]
    own["paths"]["/api/v1/sessions"]["post"]["security"] = []
    for path, methods in made.paths.items():
        own["paths"].setdefault(path, {}).update(methods)
    for methods in own["paths"].values():
        for operation in methods.values():
            _with_problems(operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return own


def _with_problems(operation: dict[str, Any]) -> None:
    """Every address may answer with each of the problems; those of FastAPI are not ours."""
    content = {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    for status, description in PROBLEMS.items():
        operation["responses"][status] = {"description": description, "content": content}


def _security() -> dict[str, Any]:
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "gerencia_session"},
    }


class Resources:
    """The part of the document that is made of the table of resources."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.resources = resources

    @cached_property
    def _made(self) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
        asked: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
        for resource in self.resources:
            asked.append((resource.operation, "validation"))
            asked.append((resource.operation.answer, "serialization"))
        by_model, definitions = models_json_schema(
            list(dict.fromkeys(asked)), ref_template=TEMPLATE
        )
        return dict(by_model), definitions["$defs"]

    @cached_property
    def schemas(self) -> dict[str, Any]:
        """The models, by name; operations without what stands in the path or the query."""
        _, definitions = self._made
        schemas = dict(definitions)
        for resource in self.resources:
            name = self._name(resource)
            if resource.method == "GET":
                schemas.pop(name, None)
            else:
                schemas[name] = _without(definitions[name], resource.in_path)
        return schemas

    @cached_property
    def paths(self) -> dict[str, dict[str, Any]]:
        """The addresses and their methods."""
        paths: dict[str, dict[str, Any]] = {}
        for resource in self.resources:
            paths.setdefault(API + resource.path, {})[resource.method.lower()] = self._operation(
                resource
            )
        return paths

    def _operation(self, resource: Resource) -> dict[str, Any]:
        answer = self._made[0][resource.operation.answer, "serialization"]
        operation: dict[str, Any] = {
            "operationId": resource.operation.operation.replace(".", "_").replace("-", "_"),
            "tags": [resource.service],
            "summary": (resource.operation.__doc__ or "").partition("\n")[0],
            "description": resource.operation.__doc__ or "",
            "x-roles": sorted(resource.operation.roles),
            "parameters": self._parameters(resource),
            "responses": {
                str(resource.status): {
                    "description": (resource.operation.answer.__doc__ or "").partition("\n")[0],
                    "content": {"application/json": {"schema": answer}} | _papers(resource),
                    "headers": _MARK if resource.changes else {},
                }
            },
        }
        if resource.method != "GET":
            schema = {"$ref": SCHEMAS + self._name(resource)}
            operation["requestBody"] = {
                "required": bool(self.schemas[self._name(resource)].get("required")),
                "content": {"application/json": {"schema": schema}},
            }
        return operation

    def _parameters(self, resource: Resource) -> list[dict[str, Any]]:
        fields = self._made[1][self._name(resource)]
        required = set(fields.get("required", ())) - ({"company"} if resource.company else set())
        found = [
            _parameter(name, "path", fields["properties"][name], required=True)
            for name in resource.in_path
        ]
        if resource.method == "GET":
            called = {field: name for name, field in resource.renamed.items()}
            found += [
                _parameter(called.get(name, name), "query", schema, required=name in required)
                for name, schema in fields.get("properties", {}).items()
                if name not in resource.in_path
            ]
            found += [
                _parameter(name, "query", {"enum": sorted(values)}, required=False)
                for name, values in resource.implied.items()
            ]
            forms = [_FORMAT] if resource.paper else []
            return [*found, *forms, _AFTER, _TIMEOUT]
        return [*found, _KEY, _TIMEOUT]

    def _name(self, resource: Resource) -> str:
        reference: str = self._made[0][resource.operation, "validation"]["$ref"]
        return reference.removeprefix(SCHEMAS)


def _without(schema: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    kept = {name: one for name, one in schema.get("properties", {}).items() if name not in names}
    required = [name for name in schema.get("required", ()) if name not in names]
    rest = {name: one for name, one in schema.items() if name not in ("properties", "required")}
    return rest | {"properties": kept} | ({"required": required} if required else {})


def _papers(resource: Resource) -> dict[str, Any]:
    file = {"schema": {"type": "string", "format": "binary"}}
    return {form.value: file for form in Form} if resource.paper else {}


def _parameter(name: str, place: str, schema: Any, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return _parameter(name, "header", schema, required=False) | {"description": description}


_FORMAT = _parameter(
    FORMAT, "query", {"enum": ["json", *(form.ending for form in Form)]}, required=False
) | {"description": "The answer as a file; the same as its media type in Accept."}
_KEY = _header(
    "Idempotency-Key",
    "The same key gets the same answer, for 30 days; without it every request is a new one.",
    {"type": "string", "maxLength": 200},
)
_AFTER = _header(
    "Gerencia-After",
    "The Gerencia-Mark of a command: the answer knows of what it did.",
    {"type": "string"},
)
_TIMEOUT = _header(
    "Request-Timeout",
    "Seconds that the asker waits.",
    {"type": "number", "exclusiveMinimum": 0, "maximum": 300},
)
_MARK = {
    "Gerencia-Mark": {
        "description": "Names what was done, for a later question's Gerencia-After.",
        "schema": {"type": "string"},
    }
}
