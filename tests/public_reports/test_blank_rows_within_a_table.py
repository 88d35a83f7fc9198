"""A table has rows without a value, columns of unequal length, and rows that are altogether blank.

Some readers take blanks for further records, some stop at the first.

Source: spine-tools/Spine-Toolbox#2749.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.workbook.read import read_with_findings
from tests.public_reports.shop import shop, write_bare


def stretch(book: Any) -> None:
    """Put two blank rows between the members, one of them holding a space."""
    sheet = book["Members"]
    sheet.insert_rows(3, 2)
    sheet["B4"] = " "


def test_rows_below_a_blank_are_read_and_told(tmp_path: Path) -> None:
    """Nothing is lost, nothing added, and a warning names the blank rows."""
    scenario, findings = read_with_findings(write_bare(tmp_path / "shop.xlsx", shop(), stretch))
    assert scenario == shop()
    assert [str(finding) for finding in findings] == ["Members!A3: rows 3 to 4 are blank; the rows below were read"]
