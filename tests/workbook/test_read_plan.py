"""A report read back is the plan that was written, and what was changed in it is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from optimizer import PlanError, read_plan, verify
from optimizer.plan.plan import Plan
from tests.verify.worlds import WORLDS


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with None for whatever is missing, and no types of its own."""
    return frame.astype(object).where(frame.notna(), None).reset_index(drop=True)


@pytest.fixture(params=WORLDS)
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return plans that use every table between them."""
    return WORLDS[request.param]()


@pytest.fixture
def report(plan: Plan, tmp_path: Path) -> Path:
    """Return where the report of the plan is."""
    return plan.to_excel(tmp_path / "plan.xlsx")


def test_a_report_gives_back_its_plan(plan: Plan, report: Path) -> None:
    """Tables come back to the last digit, scenario and run with them."""
    back = read_plan(report)
    assert set(back.tables) == set(plan.tables)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(plain(back.tables[name]), plain(table), check_exact=True, obj=name)
    assert back.scenario == plan.scenario
    assert (back.status, back.gap, back.size) == (plan.status, plan.gap, plan.size)
    assert (dict(back.seconds), dict(back.versions)) == (dict(plan.seconds), dict(plan.versions))
    assert (back.unverified, back.wait_without_levers) == (plan.unverified, plan.wait_without_levers)
    assert not back.checks


def test_verdicts_are_those_of_the_plan(plan: Plan, report: Path) -> None:
    """The verifier says the same of the plan and of its report."""
    assert verify(read_plan(report)) == verify(plan)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda book: book["plan shifts"].__setitem__("C2", 7), "shifts_fit_the_ladder"),
        (lambda book: book["plan output"].__setitem__("D2", -5), "tables_are_complete"),
        (lambda book: book["plan output"].__setitem__("D2", "many"), "capacity_limits_production"),
        (lambda book: book.remove(book["plan stock"]), "material_balances"),
        (lambda book: book["plan costs"].delete_cols(5), "costs_add_up"),
    ],
)
def test_changes_in_the_file_are_found(tmp_path: Path, change: object, rule: str) -> None:
    """A number, a sheet or a column changed in the report makes the rule on its table fail."""
    path = next(iter(WORLDS.values()))().to_excel(tmp_path / "plan.xlsx")
    book = load_workbook(path)
    change(book)  # type: ignore[operator]
    book.save(path)
    assert rule in {check.rule for check in verify(read_plan(path)) if not check.holds}


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    """The message says what the file lacks and what to name instead."""
    with pytest.raises(PlanError, match=r"quickstart\.xlsx holds no plan .* name a report"):
        read_plan("data/quickstart.xlsx")


@pytest.mark.parametrize("odd", ["many", None])
def test_an_odd_size_of_the_run_does_no_harm(tmp_path: Path, odd: str | None) -> None:
    """What the run says of itself is not needed to read the plan."""
    path = next(iter(WORLDS.values()))().to_excel(tmp_path / "plan.xlsx")
    book = load_workbook(path)
    sheet = book["plan run"]
    sheet.append(["size: columns", odd])
    book.save(path)
    assert "columns" not in read_plan(path).size


def test_a_missing_objective_is_found(tmp_path: Path) -> None:
    """A report from which an objective was deleted no longer holds."""
    path = next(iter(WORLDS.values()))().to_excel(tmp_path / "plan.xlsx")
    book = load_workbook(path)
    book["plan objectives"].delete_rows(2)
    book.save(path)
    broken = {check.rule: check.worst for check in verify(read_plan(path)) if not check.holds}
    assert "the settings ask for shortfall, speed, cost" in broken["objectives_add_up"]
