"""A program states that a sheet ends at A1, though it is full; readers that believe it find nothing.

Source: pandas-dev/pandas#39001.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from optimizer import read_workbook
from tests.public_reports.shop import shop, write_bare


def test_the_stated_dimension_is_not_believed(tmp_path: Path) -> None:
    """All cells are read, whatever the sheet says about its size."""
    honest, wrong = write_bare(tmp_path / "honest.xlsx", shop()), tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(honest) as parts, zipfile.ZipFile(wrong, "w") as copy:
        for name in parts.namelist():
            xml, found = re.subn(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', parts.read(name))
            assert found == ("worksheets" in name)
            copy.writestr(name, xml)
    assert read_workbook(wrong) == shop()
