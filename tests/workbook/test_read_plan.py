"""A report read back is the plan that was written, and what was changed in it is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from optimizer import PlanError, read_plan, verify
from tests.laws.profile import chosen
from tests.verify.worlds import WORLDS


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with None for whatever is missing, and no types of its own."""
    return frame.astype(object).where(frame.notna(), None).reset_index(drop=True)


@pytest.fixture
def factory_report(world_report: Callable[[str], bytes], tmp_path: Path) -> Path:
    """Return where a report is that may be changed."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(world_report("factory"))
    return path


@pytest.mark.parametrize("name", chosen(WORLDS, often={"factory", "investment"}))
def test_a_report_gives_back_its_plan(name: str, world_report: Callable[[str], bytes], tmp_path: Path) -> None:
    """Tables come back to the last digit, scenario and run with them; the verifier says the same of both."""
    plan, path = WORLDS[name](), tmp_path / "plan.xlsx"
    path.write_bytes(world_report(name))
    back = read_plan(path)
    assert set(back.tables) == set(plan.tables)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(plain(back.tables[name]), plain(table), check_exact=True, obj=name)
    assert back.scenario == plan.scenario
    assert (back.status, back.gap, back.size) == (plan.status, plan.gap, plan.size)
    assert (dict(back.seconds), dict(back.versions)) == (dict(plan.seconds), dict(plan.versions))
    assert (back.unverified, back.wait_without_levers) == (plan.unverified, plan.wait_without_levers)
    assert not back.checks
    assert verify(back) == verify(plan)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda book: book["plan shifts"].__setitem__("C2", 7), "shifts_fit_the_ladder"),
        pytest.param(
            lambda book: book["plan output"].__setitem__("D2", -5), "tables_are_complete", marks=pytest.mark.slow
        ),
        pytest.param(
            lambda book: book["plan output"].__setitem__("D2", "many"),
            "capacity_limits_production",
            marks=pytest.mark.slow,
        ),
        (lambda book: book.remove(book["plan stock"]), "material_balances"),
        (lambda book: book["plan costs"].delete_cols(5), "costs_add_up"),
    ],
)
def test_changes_in_the_file_are_found(factory_report: Path, change: object, rule: str) -> None:
    """A number, a sheet or a column changed in the report makes the rule on its table fail."""
    book = load_workbook(factory_report)
    change(book)  # type: ignore[operator]
    book.save(factory_report)
    assert rule in {check.rule for check in verify(read_plan(factory_report)) if not check.holds}


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    """The message says what the file lacks and what to name instead."""
    with pytest.raises(PlanError, match=r"quickstart\.xlsx holds no plan .* name a report"):
        read_plan("data/quickstart.xlsx")


@pytest.mark.parametrize("odd", ["many", pytest.param(None, marks=pytest.mark.slow)])
def test_an_odd_size_of_the_run_does_no_harm(factory_report: Path, odd: str | None) -> None:
    """What the run says of itself is not needed to read the plan."""
    book = load_workbook(factory_report)
    sheet = book["plan run"]
    sheet.append(["size: columns", odd])
    book.save(factory_report)
    assert "columns" not in read_plan(factory_report).size


def test_a_missing_objective_is_found(factory_report: Path) -> None:
    """A report from which an objective was deleted no longer holds."""
    book = load_workbook(factory_report)
    book["plan objectives"].delete_rows(2)
    book.save(factory_report)
    broken = {check.rule: check.worst for check in verify(read_plan(factory_report)) if not check.holds}
    assert "the settings ask for shortfall, speed, cost" in broken["objectives_add_up"]
