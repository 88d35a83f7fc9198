"""A copy of a workbook in which every finding stands at its cell, with a sheet that lists and links them."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from optimizer.errors import ERROR, IMPOSSIBLE, WARNING, Finding
from optimizer.workbook.files import save

FINDINGS_SHEET = "Findings"
"""Sheet of an annotated copy; it is not read, so a mended copy can be solved as it is."""

_STOPS = PatternFill("solid", fgColor="F8CBAD")
_WARNS = PatternFill("solid", fgColor="FFE699")
_HEAD = PatternFill("solid", fgColor="1F3864")
_SEVERITIES = (ERROR, IMPOSSIBLE, WARNING)
_BEFORE = "\n\n----\n"
"""Stands before the comment that a cell had of its own."""
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_WIDTHS = {"severity": 12, "sheet": 18, "cell": 10, "finding": 110}
MOST_TEXT = 30_000
"""Characters of a comment, below what a program bears."""


def annotate(path: str | Path, findings: Sequence[Finding], target: str | Path) -> Path:
    """Write a copy of a workbook with the findings marked.

    Each cell with a finding is coloured (red: it stops the solve, yellow: a warning) and carries the
    finding as a comment; the first sheet lists all of them with links to their cells.

    Parameters
    ----------
    path
        The workbook that was checked; it stays as it is.
    findings
        What was found, all of them.
    target
        The copy; an earlier one is replaced only when the new one is complete.

    Returns
    -------
    Path
        The copy.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions the library leaves out
        book = load_workbook(path)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    by_cell: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.sheet in sheets and _ADDRESS.fullmatch(finding.cell):
            by_cell[finding.sheet, finding.cell].append(finding)
    for sheet in sheets.values():
        _unmark(sheet)
    for (title, address), found in by_cell.items():
        _mark(sheets[title][address], found)
    with contextlib.suppress(KeyError):
        del book[FINDINGS_SHEET]
    _list(book.create_sheet(FINDINGS_SHEET, 0), findings, sheets)
    book.active = 0
    return save(book, Path(target))


def _unmark(sheet: Worksheet) -> None:
    """Take off the marks of an earlier check, so that a mended copy can be checked again."""
    for row in sheet.iter_rows():
        for number, cell in enumerate(row, start=1):
            if cell.comment is not None and cell.comment.text.startswith(tuple(f"{word}: " for word in _SEVERITIES)):
                before = cell.comment.text.partition(_BEFORE)[2]
                cell.comment = Comment(before, "optimizer", height=140, width=320) if before else None
                cell.fill = copy(sheet.column_dimensions[get_column_letter(number)].fill)  # type: ignore[assignment]


def _mark(cell: Any, found: Sequence[Finding]) -> None:
    stops = any(finding.severity in (ERROR, IMPOSSIBLE) for finding in found)
    words = "\n\n".join(f"{finding.severity}: {finding.message}" for finding in found)
    if cell.__class__.__name__ == "MergedCell":
        return  # inside merged cells there is no place for it; the list tells
    if cell.comment is not None:
        words += f"{_BEFORE}{cell.comment.text}"
    cell.fill = _STOPS if stops else _WARNS
    cell.comment = Comment(words[:MOST_TEXT], "optimizer", height=160, width=360)


def _list(sheet: Worksheet, findings: Sequence[Finding], sheets: Mapping[str, Worksheet]) -> None:
    for number, (header, width) in enumerate(_WIDTHS.items(), start=1):
        head: Any = sheet.cell(1, number, header)
        head.fill, head.font = _HEAD, Font(name="Calibri", bold=True, color="FFFFFF")
        sheet.column_dimensions[head.column_letter].width = width
    for row, finding in enumerate(findings, start=2):
        for number, text in enumerate((finding.severity, finding.sheet, finding.cell, finding.message), start=1):
            cell: Any = sheet.cell(row, number)
            cell.value, cell.data_type = text, "s"
            cell.alignment = Alignment(wrap_text=number == 4, vertical="top")
        sheet.cell(row, 1).fill = _STOPS if finding.severity in (ERROR, IMPOSSIBLE) else _WARNS
        if finding.sheet in sheets:
            address = finding.cell if _ADDRESS.fullmatch(finding.cell) else "A1"
            link: Any = sheet.cell(row, 3 if finding.cell else 2)
            place = f"{quote_sheetname(finding.sheet)}!{address}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=place)
            link.font = Font(name="Calibri", underline="single", color="0563C1")
    if not findings:
        sheet.cell(2, 4, "Nothing was found: the workbook can be solved.")
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.print_title_rows = 0, "1:1"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:D{max(2, len(findings) + 1)}"
