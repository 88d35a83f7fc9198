"""Somebody put a title above the headers; the message is about units of a number, far from the cause.

Source: project-pareto/project-pareto#322.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.workbook.read import read_with_findings
from tests.public_reports.shop import shop, write_bare


def put_a_title(book: Any) -> None:
    """Move the rates down by one row and write a title above them."""
    book["Rates"].insert_rows(1)
    book["Rates"]["A1"] = "PROPRIETARY DATA: what each line can make"


def test_a_title_above_the_headers_is_told_and_no_harm(tmp_path: Path) -> None:
    """The rates are read below the title, and one warning on their sheet says so."""
    scenario, findings = read_with_findings(write_bare(tmp_path / "shop.xlsx", shop(), put_a_title))
    assert scenario == shop()
    assert [finding.sheet for finding in findings] == ["Rates"]
    assert findings[0].severity == "warning"
