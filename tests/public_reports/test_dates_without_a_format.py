"""A writer without styles leaves months as bare numbers of days: 45292 instead of January 2024.

The message was that 45292 is not a month.

Source: openpyxl/openpyxl#553, told in kz26/PyExcelerate#34.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimizer import InputError, read_workbook
from tests.public_reports.shop import shop, write_bare


def undress(book: Any) -> None:
    """Put the number of the day where the start was."""
    book["Settings"]["B2"].value = 45292
    book["Settings"]["B2"].number_format = "General"


def test_the_number_of_a_day_is_told_with_its_month(tmp_path: Path) -> None:
    """The message says which month the number stands for."""
    with pytest.raises(InputError) as caught:
        read_workbook(write_bare(tmp_path / "shop.xlsx", shop(), undress))
    assert str(caught.value.findings[0]) == (
        "Settings!B2: start: 45292 is the number of a date; format it as a date, or write it like 2024-01"
    )
