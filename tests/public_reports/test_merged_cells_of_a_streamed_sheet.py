"""Somebody merged the cells of a customer with two items; read as a stream, the second row has no customer
and the stream does not tell of merged cells.

Source: openpyxl/openpyxl#540, told in gristlabs/grist-core#285.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import InputError, read_workbook
from tests.public_reports.shop import shop, write_bare


def test_merged_cells_are_told(tmp_path: Path) -> None:
    """The range is named, with what to do."""
    scenario = shop(
        items=[{"item": "shell"}, {"item": "fuze"}],
        rates=[{"line": "L", "item": item, "rate": 100} for item in ("shell", "fuze")],
        needs=[{"recipient": "R", "item": item, "per_month": 120} for item in ("shell", "fuze")],
    )
    path = write_bare(tmp_path / "shop.xlsx", scenario, lambda book: book["Needs"].merge_cells("A2:A3"))
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    told = "Needs!A2: the cells A2:A3 are merged; unmerge them and fill every row"
    assert told in [str(finding) for finding in caught.value.findings]
