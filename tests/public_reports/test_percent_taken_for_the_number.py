"""A share is shown with the wrong unit: 20 for 20 %, or 20 % for 20.

Shares are fractions here; a number above all bounds says which fraction was meant.

Source: project-pareto/project-pareto#287.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimizer import InputError, read_folder, read_workbook, write_folder
from tests.public_reports.shop import column, shop, write_bare


def share(value: Any, form: str) -> Any:
    """Return an edit: the weekend share of the line, in a form."""

    def edit(book: Any) -> None:
        cell = book["Lines"][column(book["Lines"], "weekend share") + "2"]
        cell.value, cell.number_format = value, form

    return edit


def test_twenty_percent_is_a_fifth(tmp_path: Path) -> None:
    """A cell that shows 20 % holds 0.2."""
    scenario = read_workbook(write_bare(tmp_path / "shop.xlsx", shop(), share(0.2, "0%")))
    assert scenario.lines.weekend_share.tolist() == [0.2]


def test_twenty_is_no_share(tmp_path: Path) -> None:
    """20 is refused with the fraction that was meant; text with a percent sign is what it says."""
    with pytest.raises(
        InputError, match=r"Lines!H2: weekend share: 20 must be at most 100%; did you mean 20 % = 0.2\?"
    ):
        read_workbook(write_bare(tmp_path / "shop.xlsx", shop(), share(20, "General")))
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Lines.csv").write_text("line,site,weekend share\nL,works,20%\n")
    assert read_folder(folder).lines.weekend_share.tolist() == [0.2]
