"""A table has its headers and nothing below, or nothing at all: a traceback instead of an empty table.

Source: spine-tools/Spine-Toolbox#1714.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer import InputError, read_folder, read_workbook, write_folder
from tests.public_reports.shop import shop, write_bare


@pytest.mark.parametrize("headers", [[], ["place", "item", "opening"]])
def test_an_empty_table_is_none(headers: list[str], tmp_path: Path) -> None:
    """From a workbook, a folder and a frame."""
    path = write_bare(tmp_path / "shop.xlsx", shop(), lambda book: book.create_sheet("Stocks").append(headers))
    assert read_workbook(path) == shop()
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Stocks.csv").write_text(",".join(headers))
    assert read_folder(folder) == shop()
    assert shop(stocks=pd.DataFrame(columns=headers)) == shop()


def test_a_table_that_must_have_rows_says_so(tmp_path: Path) -> None:
    """Without a single rate nothing can be made."""
    path = write_bare(tmp_path / "shop.xlsx", shop(), lambda book: book["Rates"].delete_rows(2))
    with pytest.raises(InputError, match=r"Needs!B2: `shell` is needed, but .*; add a row to Rates or Suppliers"):
        read_workbook(path)
