"""Rows below the table were formatted, or hold a blank or a line break that nobody sees.

They are read as rows of missing values elsewhere.

Source: pandas-dev/pandas#41167.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl.styles import PatternFill

from optimizer.workbook.read import read_with_findings
from tests.public_reports.shop import shop, write_bare


def dress(book: object) -> None:
    """Colour cells far below and right of the needs, and leave blanks in others."""
    sheet = book["Needs"]  # type: ignore[index]
    sheet["XFD900"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["A7"], sheet["B8"], sheet["Z3"] = " ", "\n", "\u00a0"


def test_what_nobody_sees_is_no_row(tmp_path: Path) -> None:
    """The table ends where its values end, without a word."""
    scenario, findings = read_with_findings(write_bare(tmp_path / "shop.xlsx", shop(), dress))
    assert scenario == shop()
    assert findings == []
