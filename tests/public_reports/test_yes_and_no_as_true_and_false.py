"""Yes and no are kept as TRUE and FALSE, as a spreadsheet writes them when it saves a sheet as CSV.

A cell with TRUE was read, the same cell saved as CSV refused.

Source: pandas-dev/pandas#58994.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import read_folder, read_workbook, write_folder
from tests.public_reports.shop import shop, write_bare

STORED = {"TRUE": True, "False": False, "yes": True, "NO": False}


@pytest.mark.parametrize("written", STORED)
def test_true_and_false_are_read_from_text(written: str, tmp_path: Path) -> None:
    """The word means the same in a CSV file, in a text cell and in Python."""
    stored = STORED[written]
    expected = shop(items=[{"item": "shell", "can_be_stored": stored}])
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Items.csv").write_text(f"item,can be stored\nshell,{written}\n")
    assert read_folder(folder) == expected
    assert shop(items=[{"item": "shell", "can_be_stored": written}]) == expected


@pytest.mark.parametrize("value", [True, False, "TRUE", "FALSE"])
def test_true_and_false_are_read_from_cells(value: object, tmp_path: Path) -> None:
    """Cells hold a logical value, or the word as text."""
    stored = value in (True, "TRUE")
    path = write_bare(
        tmp_path / "shop.xlsx",
        shop(items=[{"item": "shell", "can_be_stored": not stored}]),
        lambda book: book["Items"].__setitem__("F2", value),
    )
    assert read_workbook(path).items.can_be_stored.tolist() == [stored]
