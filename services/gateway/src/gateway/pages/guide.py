"""The API's guide as one plain page, written from the OpenAPI document: no CDN, no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

TEMPLATES = Environment(
    loader=PackageLoader("gateway", "pages"), autoescape=select_autoescape(), trim_blocks=True
)


def page(document: Mapping[str, Any]) -> str:
    """The guide of this document."""
    entries = sorted(_entries(document), key=lambda entry: (entry["tag"], entry["path"]))
    groups = [(tag, list(found)) for tag, found in groupby(entries, lambda entry: entry["tag"])]
    return TEMPLATES.get_template("guide.html").render(groups=groups, info=document["info"])


def _entries(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {
                "tag": operation.get("tags", ["other"])[0],
                "path": path,
                "method": method.upper(),
                "summary": operation.get("summary", ""),
                "text": operation.get("description", ""),
                "roles": ", ".join(operation.get("x-roles", ())),
                "fields": [*_parameters(operation), *_body(operation, schemas)],
            }


def _parameters(operation: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    for one in operation.get("parameters", ()):
        if one["in"] != "header":
            yield one["name"], one["in"], kind(one["schema"]), one["required"]


def _body(
    operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, bool]]:
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = schemas.get(reference.rpartition("/")[2], {})
    for name, one in schema.get("properties", {}).items():
        yield name, "body", kind(one), name in schema.get("required", ())


def kind(schema: Mapping[str, Any]) -> str:
    """What a field may be, in a few words.

    >>> kind({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]})
    'date'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{kind(schema.get('items', {}))} …"
    return str(schema.get("format") or schema.get("type") or "any")
