"""What limits an item and what more of it brings, in cases worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer import solve
from optimizer.answers.more import bottlenecks
from optimizer.cli import app
from tests.answers.test_why import late
from tests.levers.test_by_hand import scenario


def test_more_of_the_item_is_checked_by_a_solve() -> None:
    """A hundredth more, 0.1 a month, is missed in three months, then two, then one: 0.6 less, for 0.3 units: 2 each."""
    reply = bottlenecks(solve(scenario(3)))
    assert reply.limits["limit"].tolist() == ["its lines"] and reply.limits["months"].tolist() == [3]
    assert reply.limits["saved"].tolist() == pytest.approx([3 + 2 + 1], rel=1e-4)
    per_unit, row = reply.per_unit.iloc[0], reply.checked.iloc[0]
    assert per_unit["added"] == pytest.approx(0.3, rel=1e-4) and per_unit["most"] == pytest.approx(-2, rel=1e-3)
    assert (row["least"], row["most"]) == pytest.approx((-0.6, -0.6), rel=1e-3) and row["told"] == "less"


def test_an_order_book_that_grows_is_never_a_need_that_is_met() -> None:
    """15 are ordered a month and 10 made: nothing is late until April, and yet the lines limit from the first month."""
    plan = solve(late())
    assert plan.bottlenecks["limit"].tolist() == ["its lines"] * 4
    assert plan.measures.headline["largest_bottleneck"] == "lines for shell, in 1 of 4 months"


def test_the_command_takes_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One workbook of its own name; less than none is refused."""
    monkeypatch.chdir(tmp_path)
    solve(late()).to_excel("plan.xlsx")
    ran = CliRunner().invoke(app, ["bottlenecks", "plan.xlsx", "--largest", "0"])
    assert ran.exit_code == 0 and "lines for shell" in ran.output, ran.output
    assert Path("reports/plan (bottlenecks).xlsx").exists()
