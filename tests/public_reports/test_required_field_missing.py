"""An import without a required field goes through, changes nothing, and says nothing.

Source: frePPLe/frepple#123.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import InputError, read_folder, read_workbook, write_folder
from tests.public_reports.shop import column, shop, write_bare

FIELDS = {"Rates": "1-8-5 rate per month", "Needs": "per month", "Sites": "member"}


@pytest.mark.parametrize("sheet", FIELDS)
def test_a_missing_column_is_told(sheet: str, tmp_path: Path) -> None:
    """From a workbook and from a folder, with the name of the column."""
    header = FIELDS[sheet]
    told = f"{sheet}: the column `{header}` is missing; add it in the first row"
    path = write_bare(
        tmp_path / "shop.xlsx",
        shop(),
        lambda book: book[sheet].delete_cols(book[sheet][column(book[sheet], header) + "1"].column),
    )
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    assert told in [str(finding) for finding in caught.value.findings]
    folder = write_folder(tmp_path / "shop", shop())
    text = (folder / f"{sheet}.csv").read_text("utf-8-sig")
    (folder / f"{sheet}.csv").write_text(text.replace(header, "note 2", 1))
    with pytest.raises(InputError) as caught:
        read_folder(folder)
    assert told in [str(finding) for finding in caught.value.findings]
