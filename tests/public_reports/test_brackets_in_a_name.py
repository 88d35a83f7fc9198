"""Names in square brackets vanish from what is printed, or end in an error about a closing tag.

Source: Textualize/rich#1549.
"""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from optimizer.cli import app
from tests.public_reports.shop import shop, write_bare


def test_names_are_printed_as_they_are(tmp_path: Path) -> None:
    """Title and item keep their brackets on the screen, and the report is written."""
    item = "Filled round [/HE]"
    scenario = shop(
        {"periods": "1x1", "title": "Plan [bold]x"},
        items=[{"item": item}],
        rates=[{"line": "L", "item": item, "rate": 100}],
        needs=[{"recipient": "R", "item": item, "per_month": 120}],
    )
    path = write_bare(tmp_path / "shop.xlsx", scenario)
    ran = CliRunner().invoke(app, ["solve", str(path), "--report", str(tmp_path / "plan.xlsx")])
    assert ran.exit_code == 0
    assert item in ran.output
    assert "Plan [bold]x" in ran.output
    assert (tmp_path / "plan.xlsx").exists()
