"""A writer without a calculator stores 0 for every formula and asks to be calculated on opening.

Read without a spreadsheet program, the need is 0 and the plan proven to meet it.

Source: jmcnamara/excel-writer-xlsx#225.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from optimizer import InputError
from optimizer.workbook.read import read_with_findings
from tests.public_reports.shop import column, shop, write_bare


def test_a_stored_zero_is_not_believed(tmp_path: Path) -> None:
    """The cell is told, as a warning or an error."""
    bare = load_workbook(write_bare(tmp_path / "bare.xlsx", shop()))
    cell = column(bare["Needs"], "per month") + "2"
    with xlsxwriter.Workbook(tmp_path / "shop.xlsx", {"default_date_format": "yyyy-mm"}) as book:
        for given in bare.worksheets:
            sheet = book.add_worksheet(given.title)
            for number, row in enumerate(given.iter_rows(values_only=True)):
                sheet.write_row(number, 0, row)
            if given.title == "Needs":
                sheet.write_formula(cell, "=100+20")
    try:
        findings = read_with_findings(tmp_path / "shop.xlsx")[1]
    except InputError as error:
        findings = list(error.findings)
    if not any(finding.sheet == "Needs" and finding.cell in (cell, "") for finding in findings):
        pytest.fail("nothing was said about the formula")
