"""The API's guide as one plain page, written from the OpenAPI document: no CDN, no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

TEMPLATES = Environment(
    loader=PackageLoader("gateway", "pages"), autoescape=select_autoescape(), trim_blocks=True
)

API = "/api/v1"
TRY: tuple[tuple[str, str, str, str], ...] = (
    (
        "/views/desk",
        "",
        "El escritorio de cobranza: a quién pedir, disputas, banco, antigüedad de saldos (cobranza).",
        "The collector's desk: whom to ask, disputes, bank, ageing (collector).",
    ),
    (
        "/worklist",
        "",
        "A quién pedir primero y por qué: de aquí salen {customer} y {rep} (cobranza).",
        "Whom to ask first, and why: {customer} and {rep} are named here (collector).",
    ),
    (
        "/approvals",
        "",
        "Por autorizar: pedidos, un límite, un descuento y un gasto (gerente).",
        "Waiting for approval: orders, a limit, a discount and an expense (manager).",
    ),
    (
        "/bank-entries",
        "?state=open",
        "Lo que el banco trajo y nadie sabe de quién es (cobranza).",
        "What the bank brought and nobody knows whose it is (collector).",
    ),
    (
        "/customers/{customer}/statement",
        "?format=pdf",
        "El estado de cuenta de un cliente.",
        "The statement of account of a customer.",
    ),
    (
        "/dunning-letters",
        "",
        "Las cartas de cobranza: de aquí sale {letter}.",
        "The dunning letters: {letter} is named here.",
    ),
    (
        "/dunning-letters/{letter}",
        "?format=pdf",
        "Una carta de cobranza, como se imprime.",
        "A dunning letter, as it is printed.",
    ),
    (
        "/customers/{customer}/credit/file",
        "?format=pdf",
        "El expediente de crédito: calificación con su cálculo, límite e historia.",
        "The credit file: the score with its working, the limit and the history.",
    ),
    (
        "/people/{rep}/account-feedback",
        "?month=AAAA-MM&format=pdf",
        "Lo que cada asesor sabe cada mes de las cuentas de sus clientes.",
        "What each rep is told every month about the accounts of their customers.",
    ),
)
"""What there is to see in the demonstration company: address, query, in Spanish, in English."""


def page(document: Mapping[str, Any]) -> str:
    """The guide of this document."""
    entries = sorted(_entries(document), key=lambda entry: (entry["tag"], entry["path"]))
    groups = [(tag, list(found)) for tag, found in groupby(entries, lambda entry: entry["tag"])]
    return TEMPLATES.get_template("guide.html").render(
        groups=groups, info=document["info"], tries=TRY, api=API
    )


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
