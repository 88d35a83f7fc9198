"""What a program exports has other headings than what it imports, so nobody can load his own file.

Source: frePPLe/frepple#67.
"""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from optimizer import Scenario
from optimizer.cli import app


def test_a_report_is_an_input(odd_report: tuple[Scenario, Path]) -> None:
    """A report is checked like any workbook, and has no findings of its own."""
    ran = CliRunner().invoke(app, ["check", str(odd_report[1])])
    assert ran.exit_code == 0
    assert "has no errors" in " ".join(ran.output.split())
