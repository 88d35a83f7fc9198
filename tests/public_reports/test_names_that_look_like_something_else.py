"""Cells that begin with an equals sign become formulas, NaN and Inf spoil the file, long links are dropped.

All of these are names or notes here, and stay what they are in a report.

Source: jmcnamara/XlsxWriter#461, jmcnamara/XlsxWriter#30.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from optimizer import Scenario, read_workbook
from tests.public_reports.conftest import ODD_NAMES


def test_odd_names_stay_text(odd_report: tuple[Scenario, Path]) -> None:
    """No cell of the report holds a formula or an error, and every odd name stands there as text."""
    book = load_workbook(odd_report[1], read_only=True)
    kinds = {(cell.data_type, cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert not {kind for kind, _ in kinds} & {"f", "e"}
    assert {("s", name) for name in ODD_NAMES} <= kinds


def test_odd_names_come_back(odd_report: tuple[Scenario, Path]) -> None:
    """The report holds the scenario that it was made of."""
    assert read_workbook(odd_report[1]) == odd_report[0]
