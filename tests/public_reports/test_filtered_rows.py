"""Rows are filtered away in the spreadsheet; the program reads them, and the user believes that it does not.

Source: pandas-dev/pandas#42562.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.workbook.read import read_with_findings
from tests.public_reports.shop import shop, write_bare


def hide(book: Any) -> None:
    """Hide the row of a need and the column of its weight."""
    book["Needs"].row_dimensions[2].hidden = True
    book["Needs"].column_dimensions["G"].hidden = True


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    """They are read, as hidden sheets are, and told."""
    scenario, findings = read_with_findings(write_bare(tmp_path / "shop.xlsx", shop(), hide))
    assert scenario == shop()
    told = [finding for finding in findings if finding.sheet == "Needs" and "hidden" in finding.message]
    assert told
    assert all(finding.severity == "warning" for finding in told)
