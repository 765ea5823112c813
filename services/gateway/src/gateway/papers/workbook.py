"""A paper as a workbook: a sheet for each table, with figures that can be counted on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gateway.papers.model import Cell, Figures, Kind, Paper, Parts, Table
from gateway.papers.reader import Reader

ACCENT, SOFT, MUTED = "#0C5A67", "#F1F5F6", "#5B6B74"
FORMATS: Mapping[Kind, str] = {
    Kind.TEXT: "@",
    Kind.MONEY: "#,##0.00##",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.0",
    Kind.SHARE: "0.0%",
    Kind.DAY: "yyyy-mm-dd",
}
WIDTHS: Mapping[Kind, int] = {
    Kind.TEXT: 16, Kind.MONEY: 16, Kind.COUNT: 10, Kind.NUMBER: 10, Kind.SHARE: 10, Kind.DAY: 12,
}  # fmt: skip
EXACT_DIGITS = 15
"""A workbook's numbers are binary: a longer amount is written as text, so that no digit is lost."""
LONGEST_NAME = 31
WIDE = 38


def xlsx(paper: Paper) -> bytes:
    """The paper as a workbook; a text is never read as a formula."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": paper.title, "author": paper.sender})
    writer = _Writer(book, paper)
    for number, table in enumerate(paper.tables or (Table((), ()),), start=1):
        writer.sheet(table, number)
    book.close()
    return file.getvalue()


class _Writer:
    def __init__(self, book: Workbook, paper: Paper) -> None:
        self.book, self.paper, self.reader = book, paper, Reader(paper.language)
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": ACCENT})
        self.muted = book.add_format({"font_color": MUTED})
        self.bold = book.add_format({"bold": True})
        self.header = book.add_format(
            {"bold": True, "bg_color": ACCENT, "font_color": "white", "text_wrap": True,
             "valign": "vcenter"}
        )  # fmt: skip
        self.body = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        self.total = {
            kind: book.add_format({"num_format": code, "bold": True, "bg_color": SOFT, "top": 1})
            for kind, code in FORMATS.items()
        }

    def sheet(self, table: Table, number: int) -> None:
        sheet = self.book.add_worksheet(sheet_name(table.title or self.paper.title, number))
        row = self._heading(sheet, first=number == 1)
        for place, column in enumerate(table.columns):
            wide = WIDE if column.wide else WIDTHS[column.kind]
            sheet.set_column(place, place, max(wide, len(column.label) + 2))
            sheet.write_string(row, place, column.label, self.header)
        self._rows(sheet, row + 1, table, table.rows, self.body)
        if table.columns:
            sheet.freeze_panes(row + 1, 0)
        if table.rows:
            sheet.autofilter(row, 0, row + len(table.rows), len(table.columns) - 1)
        self._rows(sheet, row + 1 + len(table.rows), table, table.totals, self.total)
        self._for_printing(sheet, row)

    def _heading(self, sheet: Worksheet, *, first: bool) -> int:
        """The title, and on the first sheet the figures; the row in which the table begins."""
        sheet.write_string(0, 0, self.paper.title, self.title)
        sheet.write_string(1, 0, " · ".join(filter(None, self._about())), self.muted)
        row = 3
        if first:
            for name, value in [*self.paper.facts, *self._figures()]:
                sheet.write_string(row, 0, name, self.muted)
                sheet.write_string(row, 1, value, self.bold)
                row += 1
        return row + (row > 3)

    def _about(self) -> Sequence[str]:
        return (self.paper.sender, self.paper.subtitle, self.paper.footer)

    def _figures(self) -> list[tuple[str, str]]:
        return [
            (one.label, one.value)
            for block in self.paper.blocks
            if isinstance(block, Figures | Parts)
            for one in block.items
        ]

    def _rows(
        self,
        sheet: Worksheet,
        first: int,
        table: Table,
        rows: Sequence[Sequence[Cell]],
        formats: Mapping[Kind, Format],
    ) -> None:
        kinds = [column.kind for column in table.columns]
        for row, cells in enumerate(rows, start=first):
            for place, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
                self._write(sheet, row, place, cell, formats[kind])

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell, style: Format) -> None:
        if cell is None:
            sheet.write_blank(row, place, None, style)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, _as_excel_day(cell), style)
        elif isinstance(cell, str):
            sheet.write_string(row, place, cell, style)
        elif isinstance(cell, Decimal) and len(cell.normalize().as_tuple().digits) > EXACT_DIGITS:
            sheet.write_string(row, place, f"{cell:f}", style)
        else:
            sheet.write_number(row, place, cell, style)

    def _for_printing(self, sheet: Worksheet, header: int) -> None:
        sheet.hide_gridlines(2)
        sheet.set_paper(1)  # letter
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header)
        sheet.set_footer(f"&L{self.paper.sender.replace('&', '&&')}&R&P / &N")


def _as_excel_day(day: date) -> Any:
    return day


def sheet_name(title: str, number: int) -> str:
    """A name that a workbook allows: short, without its signs, and each only once.

    >>> sheet_name("Antigüedad: por cliente [MXN]", 2)
    '2 Antigüedad  por cliente  MXN'
    """
    allowed = re.sub(r"[\[\]:*?/\\']", " ", title).strip()
    return f"{number} {allowed}"[:LONGEST_NAME].rstrip()
