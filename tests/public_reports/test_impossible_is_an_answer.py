"""A problem without a solution raises the error of an interface, and its termination cannot be looked at.

Source: Pyomo/pyomo#2920.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer import ImpossibleError, solve
from optimizer.cli import app
from tests.public_reports.shop import shop, write_bare

PROMISE = [{"target": "all of it", "kind": "coverage", "item": "shell", "value": 1}]


def test_python_is_told_what_clashes() -> None:
    """An error of its own kind names the promise and what would do."""
    with pytest.raises(ImpossibleError, match="lower the hard target `all of it` from 100% to 83"):
        solve(shop(targets=PROMISE))


def test_the_command_line_ends_with_three(tmp_path: Path) -> None:
    """Status 3, and no report."""
    report = tmp_path / "plan.xlsx"
    path = write_bare(tmp_path / "shop.xlsx", shop(targets=PROMISE))
    ran = CliRunner().invoke(app, ["solve", str(path), "--report", str(report)])
    assert ran.exit_code == 3
    assert not report.exists()
