"""A spreadsheet program rewrites the months of a CSV file in the manner of its country when it saves it.

Demand then lies in other months, or nowhere. What can be read one way only is read, all else is refused.

Source: calliope-project/calliope#84.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import InputError, read_folder, write_folder
from tests.public_reports.shop import shop


def needs(folder: Path, month: str) -> Path:
    """Write the shop as a folder, with needs from a month on."""
    write_folder(folder, shop())
    (folder / "Needs.csv").write_text(f"recipient,item,from,per month\nR,shell,{month},120\n")
    return folder


@pytest.mark.parametrize("month", ["2024-02", "2024-2", "2024-02-01", "2024-02-01 00:00:00", "Feb-24", "Feb 2024"])
def test_clear_months_are_read(month: str, tmp_path: Path) -> None:
    """February 2024, however it is written clearly."""
    (found,) = read_folder(needs(tmp_path, month)).needs.from_month
    assert f"{found:%Y-%m-%d}" == "2024-02-01"


@pytest.mark.parametrize(
    "month", ["01/02/2024", "02/01/2024", "1.2.2024", "2024\\02\\01", "24-Feb", "2024-02-30", "45323"]
)
def test_unclear_months_are_refused_with_their_cell(month: str, tmp_path: Path) -> None:
    """Day and month in an order that nobody knows, and what is no date."""
    with pytest.raises(InputError, match=r"Needs!C2: from: .* is not a month; write it like 2023-02"):
        read_folder(needs(tmp_path, month))
