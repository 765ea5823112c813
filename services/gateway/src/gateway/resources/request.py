"""A request over HTTP as the body of an operation.

The gateway does not validate operations: the service that answers does, by the same contract that
the OpenAPI document is made of. A second validation here would cost more than the rest of the
gateway's work, could only repeat what the service says, and would have to be released together
with it. So a body travels as it came, byte for byte, and numbers keep all their decimals; the path's
parameters are set at its end, where a JSON reader takes the last value of a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from gateway.papers.asked import FORMAT
from gateway.reports.rules import only_company
from kernel.problems import Malformed

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from gateway.organisation.tree import Tree
    from gateway.resources.table import Resource
    from kernel.scope import Principal


async def body_of(resource: Resource, request: Request, tree: Tree, who: Principal) -> bytes:
    """The body of the operation that the request asks for."""
    if resource.method == "GET":
        return orjson.dumps(asked(resource, request.query_params, request.path_params, tree, who))
    if request.scope["query_string"]:
        raise _unknown(request.scope["query_string"].decode("ascii", "replace"))
    return with_path(
        await request.body(), {name: request.path_params[name] for name in resource.in_path}
    )


def with_path(body: bytes, path: Mapping[str, str]) -> bytes:
    """The body with the path's parameters in it; they win over what the body says.

    >>> with_path(b'{"reason": "late"}', {"order": "o-1"})
    b'{"reason": "late","order":"o-1"}'
    >>> with_path(b"", {})
    b'{}'
    """
    fields = body.strip() or b"{}"
    if not path:
        return fields
    if not (fields.startswith(b"{") and fields.endswith(b"}")):
        raise Malformed([{"field": "", "problem": "the body is not a JSON object"}])
    own = fields[:-1].rstrip()
    comma = b"" if own == b"{" else b","
    return own + comma + orjson.dumps(dict(path))[1:]


def asked(
    resource: Resource,
    query: QueryParams,
    path: Mapping[str, str],
    tree: Tree,
    who: Principal,
) -> dict[str, Any]:
    """The fields of a question: texts, as they came; the service reads them by its contract."""
    fields: dict[str, Any] = {
        resource.renamed.get(name, name): value
        for name, value in query.multi_items()
        if not _implied(resource, name, value) and not (resource.paper and name == FORMAT)
    }
    fields |= {name: path[name] for name in resource.in_path}
    if resource.company and "company" not in fields:
        fields["company"] = only_company(tree.companies(who.units))
    return fields


def _implied(resource: Resource, name: str, value: str) -> bool:
    allowed = resource.implied.get(name)
    if allowed is not None and value not in allowed:
        raise Malformed([{"field": name, "problem": f"one of {', '.join(sorted(allowed))}"}])
    if name in resource.renamed.values():
        raise _unknown(name)
    return allowed is not None


def _unknown(name: str) -> Malformed:
    return Malformed([{"field": name, "problem": "there is no such parameter"}])
