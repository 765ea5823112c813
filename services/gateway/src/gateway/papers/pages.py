"""A paper as PDF."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import typst

from gateway.papers.model import Figures, Kind, Paper, Part, Parts, Signature, Table, Text
from gateway.papers.reader import Reader
from kernel.problems import Refusal

LEFT = frozenset({Kind.TEXT, Kind.DAY})
MOST_ROWS = 5_000
"""On paper nobody reads more; laying them out takes some seconds."""
TAGGED_ROWS = 1_000
"""Tags tell a screen reader what a cell is, and make a long table ten times as large."""


@dataclass(eq=False)
class TooLong(Refusal):
    """The paper has more rows than are laid out as pages."""

    code = "papers.too-long"
    title = "That is too much for a PDF"
    rows: int
    most: int


def pdf(paper: Paper) -> bytes:
    """The paper as PDF; its texts are never read as markup.

    Raises:
        TooLong: more rows than are laid out as pages.
    """
    rows = sum(len(table.rows) for table in paper.tables)
    if rows > MOST_ROWS:
        raise TooLong(rows, MOST_ROWS)
    made = typst.compile(
        _template(), sys_inputs=_inputs(paper), pdf_tags=rows <= TAGGED_ROWS, **_fonts()
    )
    assert isinstance(made, bytes)
    return made


def _inputs(paper: Paper) -> dict[str, str]:
    return {"paper": json.dumps(_sheet(paper), ensure_ascii=False)}


def _sheet(paper: Paper) -> dict[str, Any]:
    reader = Reader(paper.language)
    return {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "sender": paper.sender,
        "sender_lines": list(paper.sender_lines),
        "addressee": list(paper.addressee),
        "facts": [list(fact) for fact in paper.facts],
        "language": paper.language,
        "footer": paper.footer,
        "wide": paper.wide,
        "page_of": reader.say("page", page="{page}", pages="{pages}"),
        "blocks": [_BLOCKS[type(block)](block, reader) for block in paper.blocks],
    }


def _table(table: Table, reader: Reader) -> Mapping[str, Any]:
    kinds = [column.kind for column in table.columns]

    def written(rows: Any) -> list[list[str]]:
        return [
            [reader.cell(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in rows
        ]

    columns = [
        {"label": column.label, "wide": column.wide, "left": column.kind in LEFT}
        for column in table.columns
    ]
    return {
        "block": "table",
        "title": table.title,
        "columns": columns,
        "rows": written(table.rows),
        "totals": written(table.totals),
        "note": table.note,
    }


def _figures(figures: Figures, _: Reader) -> Mapping[str, Any]:
    items = [
        {"label": one.label, "value": one.value, "hint": one.hint, "tone": one.tone}
        for one in figures.items
    ]
    return {"block": "figures", "items": items}


def _parts(parts: Parts, _: Reader) -> Mapping[str, Any]:
    items = [_part(one) for one in parts.items if one.size > 0]
    return {"block": "parts", "title": parts.title, "items": items}


def _part(one: Part) -> Mapping[str, Any]:
    return {"label": one.label, "value": one.value, "size": float(one.size), "tone": one.tone}


def _text(text: Text, _: Reader) -> Mapping[str, Any]:
    paragraphs = [each.strip() for each in text.text.split("\n\n") if each.strip()]
    return {"block": "text", "title": text.title, "paragraphs": paragraphs}


def _signature(one: Signature, _: Reader) -> Mapping[str, Any]:
    return {"block": "signature", "name": one.name, "role": one.role, "closing": one.closing}


_BLOCKS: Mapping[type, Callable[[Any, Reader], Mapping[str, Any]]] = {
    Table: _table,
    Figures: _figures,
    Parts: _parts,
    Text: _text,
    Signature: _signature,
}


@cache
def _template() -> bytes:
    return (resources.files("gateway.papers") / "pages.typ").read_bytes()


@cache
def _fonts() -> dict[str, Any]:
    """Our own fonts only, so that a paper looks the same on every machine."""
    folder = str(resources.files("font_source_sans_pro") / "files")
    return {"font_paths": [folder], "ignore_system_fonts": True}
