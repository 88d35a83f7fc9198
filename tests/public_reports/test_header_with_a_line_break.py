"""Headers hold line breaks, so that columns may be narrow; the file is spoilt, or the column not found.

Source: jmcnamara/XlsxWriter#287.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer import read_folder, read_workbook, write_folder
from tests.public_reports.shop import shop, write_bare


def fold(book: Any) -> None:
    """Break the headers of the rates at each blank, and write them in capitals."""
    for cell in book["Rates"][1]:
        cell.value = f" {cell.value.upper()} ".replace(" ", "\n")


def test_headers_are_read_in_any_shape(tmp_path: Path) -> None:
    """Blanks, breaks and case of a header do not count in a workbook, breaks do not in a folder."""
    assert read_workbook(write_bare(tmp_path / "shop.xlsx", shop(), fold)) == shop()
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Needs.csv").write_text('recipient,item,"per\nmonth"\nR,shell,120\n')
    assert read_folder(folder) == shop()
