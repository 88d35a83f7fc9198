"""Numbers of a CSV file have a point between thousands; one reading is a thousandth of the other.

Source: pandas-dev/pandas#59299.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import InputError, read_folder, write_folder
from tests.public_reports.shop import shop


@pytest.mark.parametrize("number", ["24.000", "1.700", "1 234"])
def test_two_readings_are_none(number: str, tmp_path: Path) -> None:
    """In a file with semicolons, of a country that writes 1,5 for one and a half, the cell is told."""
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Needs.csv").write_text(f"recipient;item;per month\nR;shell;{number}\n")
    with pytest.raises(InputError, match="Needs!C2"):
        read_folder(folder)


@pytest.mark.parametrize(("number", "read"), [("1.234.567", 1_234_567), ("1.234,56", 1234.56), ("1234,5", 1234.5)])
def test_one_reading_is_read(number: str, read: float, tmp_path: Path) -> None:
    """Two points, or a point and a comma, can be read one way only."""
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Needs.csv").write_text(f"recipient;item;per month\nR;shell;{number}\n")
    assert read_folder(folder).needs.per_month.tolist() == [read]
