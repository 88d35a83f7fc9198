"""A workbook that is quick to open, and a way to change copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.formatting.formatting import ConditionalFormattingList

from optimizer.workbook.template import write_workbook
from tests.scenario.small import small

Change = Callable[[Workbook], object]


def bare(path: Path, *left_out: str) -> Path:
    """Write the small scenario without comments, tables, drop-downs, colours and some sheets; return where."""
    write_workbook(path, small())
    book = openpyxl.load_workbook(path)
    for name in left_out:
        del book[name]
    for sheet in book.worksheets:
        for cell in sheet[1]:
            cell.comment = None
        sheet.data_validations.dataValidation.clear()
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.tables.clear()
    book.save(path)
    return path


def copies(sound: Path, path: Path) -> Callable[[Change], Path]:
    """Return a function that writes a changed copy of a workbook to a path."""

    def make(change: Change) -> Path:
        book = openpyxl.load_workbook(sound)
        change(book)
        book.save(path)
        return path

    return make
