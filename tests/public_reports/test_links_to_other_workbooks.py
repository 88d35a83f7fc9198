"""Sheets hold links to workbooks that are not there any more: a warning on opening, and numbers that are errors.

Source: project-pareto/project-pareto#316.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook.defined_name import DefinedName

from optimizer import InputError, read_workbook
from tests.public_reports.shop import column, shop, write_bare


def break_links(book: Any) -> None:
    """Leave names that refer to nothing, an error where a rate was, and a link without a value beside it."""
    book.defined_names["old"] = DefinedName("old", attr_text="[1]Sheet1!$A$1")
    book.defined_names["Rates"] = DefinedName("Rates", attr_text="#REF!$A$1")
    sheet = book["Rates"]
    sheet[column(sheet, "1-8-5 rate per month") + "2"] = "#REF!"
    sheet[column(sheet, "unit cost") + "2"] = "=[1]Sheet1!$B$2"


def test_broken_links_are_told_with_their_cells(tmp_path: Path) -> None:
    """Both cells are told, each with what to do; names of ranges are nobody's business."""
    with pytest.raises(InputError) as caught:
        read_workbook(write_bare(tmp_path / "shop.xlsx", shop(), break_links))
    assert [(finding.sheet, finding.cell) for finding in caught.value.findings] == [("Rates", "E2"), ("Rates", "F2")]
    assert "holds the error #REF!" in caught.value.findings[0].message
    assert "has no stored value" in caught.value.findings[1].message
