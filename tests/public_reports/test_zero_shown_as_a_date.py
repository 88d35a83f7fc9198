"""A formula refers to an empty cell and is shown as a date: the cell holds 0, which is read as midnight.

The message was that 00:00:00 is not a month.

Source: openpyxl/openpyxl#936, told in pyexcel/pyexcel-xlsx#23.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimizer import InputError, read_workbook
from tests.public_reports.shop import column, shop, write_bare


def dated(number: float, form: str) -> Any:
    """Return an edit: a number in the column `from` of Needs, shown in a form."""

    def edit(book: Any) -> None:
        cell = book["Needs"][column(book["Needs"], "from") + "2"]
        cell.value, cell.number_format = number, form

    return edit


def test_zero_says_where_it_comes_from(tmp_path: Path) -> None:
    """The message names the cell and the formula behind it."""
    path = write_bare(tmp_path / "shop.xlsx", shop(), dated(0, "yyyy-mm"))
    with pytest.raises(InputError, match="Needs!C2: from: is 0 shown as a date, as a formula gives"):
        read_workbook(path)


def test_dates_out_of_the_calendar_are_told(tmp_path: Path) -> None:
    """Numbers that no spreadsheet shows as a date are told with their cell, before 1900 as after 9999."""
    for number in (-5, 99_999_999):
        path = write_bare(tmp_path / "shop.xlsx", shop(), dated(number, "yyyy-mm"))
        with pytest.raises(InputError, match="Needs!C2"):
            read_workbook(path)
