"""From an answer on the bus to a file: the one way on which papers leave the house."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from gateway.papers.asked import Asked, Form
from gateway.papers.model import Paper
from gateway.papers.pages import pdf
from gateway.papers.reader import Reader
from gateway.papers.workbook import xlsx
from kernel.clock import today

if TYPE_CHECKING:
    from gateway.http.reception import Caller
    from gateway.organisation.tree import Tree
    from gateway.resources.table import Resource

MAKERS: Mapping[Form, Callable[[Paper], bytes]] = {Form.PDF: pdf, Form.XLSX: xlsx}
HOUSE = "Gerencia"
ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")
"""Laying out takes every core there is; two at once would only both be later."""


async def printed(
    resource: Resource,
    body: bytes,
    form: Form,
    caller: Caller,
    tree: Tree,
    fields: Mapping[str, Any],
) -> Response:
    """The answer of a resource as a file.

    Raises:
        TooLong: more rows than are laid out as pages.
    """
    assert resource.paper is not None
    answer = resource.operation.answer.model_validate_json(body)
    paper = resource.paper(answer, _asked(answer, caller, tree, fields))
    loop = asyncio.get_running_loop()
    content = await loop.run_in_executor(ONE_AT_A_TIME, MAKERS[form], paper)
    return Response(content, headers=_named(paper, form), media_type=form.value)


def _asked(answer: Any, caller: Caller, tree: Tree, fields: Mapping[str, Any]) -> Asked:
    company = getattr(answer, "company", None) or fields.get("company")
    return Asked(
        reader=Reader(caller.principal.locale),
        company=_company(company, caller, tree),
        person=caller.signed_in.user.name,
        today=today(),
        fields=fields,
        units={unit.id: unit.name for unit in tree.units.values()},
    )


def _company(company: str | None, caller: Caller, tree: Tree) -> str:
    if company in tree.units:
        return tree.units[company].name
    visible = tree.companies(caller.principal.units)
    return visible[0].name if len(visible) == 1 else HOUSE


def _named(paper: Paper, form: Form) -> dict[str, str]:
    name = quote(f"{paper.file}.{form.ending}")
    shown = "inline" if form is Form.PDF else "attachment"
    return {"Content-Disposition": f"{shown}; filename*=UTF-8''{name}"}
