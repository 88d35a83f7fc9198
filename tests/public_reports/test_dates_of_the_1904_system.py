"""A workbook made on a Mac counts its days from 1904; read as others, its months lie four years early.

Source: openpyxl/openpyxl#558, told in pyexcel/pyexcel-xlsx#25.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import CALENDAR_MAC_1904

from optimizer import read_workbook
from tests.public_reports.shop import shop, write_bare


def mac(book: Any) -> None:
    """Count days from 1904."""
    book.epoch = CALENDAR_MAC_1904


def test_months_are_those_that_are_shown(tmp_path: Path) -> None:
    """Start and window of the need are the same in both date systems."""
    need = {"recipient": "R", "item": "shell", "per_month": 120, "from_month": "2024-02", "to_month": "2024-05"}
    scenario = shop(needs=[need])
    path = write_bare(tmp_path / "shop.xlsx", scenario, mac)
    with zipfile.ZipFile(path) as parts:
        assert b"43830" in parts.read("xl/worksheets/sheet1.xml")  # January 2024 counted from 1904
    assert read_workbook(path) == scenario
