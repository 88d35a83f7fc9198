"""Sheets without rows: what may be empty in a scenario is read back from whatever is written for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from optimizer import read_folder, read_plan, read_workbook, solve, write_folder, write_workbook
from optimizer.scenario.checks import check
from optimizer.scenario.schema import TABLES, Row
from tests.laws.profile import chosen
from tests.public_reports.shop import shop
from tests.scenario.small import small
from tests.test_cli import run

BOUGHT = {"lines": [], "rates": [], "suppliers": [{"supplier": "W", "item": "shell", "price": 5}]}
CASES = {
    "bought, sites stand idle": BOUGHT,
    "bought, lines stand idle": BOUGHT | {"lines": [{"line": "L", "site": "works"}]},
    "bought, no site": BOUGHT | {"sites": []},
    "nothing but members and items": {"sites": [], "lines": [], "rates": [], "needs": []},
}
NEVER_EMPTY = ("Members", "Items")
NOTHING_IS_MADE = "Rates: has no rows: nothing is made; if something is, add its rates"


def test_the_cases_leave_out_every_sheet_that_may_be_empty() -> None:
    """The last of them holds no other table than the two without which there is nothing to plan."""
    bare = shop(**CASES["nothing but members and items"])
    assert tuple(model.sheet for model in TABLES if model.table in bare.tables) == NEVER_EMPTY


@pytest.mark.parametrize("case", chosen([*CASES][2:], often=[*CASES][3:]))
def test_a_report_is_read_verified_and_explained(case: str, tmp_path: Path) -> None:
    """The scenario comes back from the report, and every command takes the report for what it is."""
    scenario = shop({"periods": "1x1"}, **CASES[case])
    path = tmp_path / "plan.xlsx"
    solve(scenario).to_excel(path)
    again = read_plan(path)
    assert again.scenario == scenario
    assert again.verified
    for command in ("verify", "explain", "check"):
        assert run(command, path).exit_code == 0, command


@pytest.mark.parametrize("case", chosen(CASES, often=[*CASES][::3]))
def test_workbooks_and_folders_are_read(case: str, tmp_path: Path) -> None:
    """What was written is read again; that nothing is made is no fault, but is told."""
    scenario = shop({"periods": "1x1"}, **CASES[case])
    assert read_workbook(write_workbook(tmp_path / "plan.xlsx", scenario)) == scenario
    assert read_folder(write_folder(tmp_path / "plan", scenario)) == scenario
    assert NOTHING_IS_MADE in map(str, check(scenario))


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.sheet)
def test_an_empty_sheet_is_a_fault_where_its_rows_are_needed(model: type[Row]) -> None:
    """All members, items, sites or lines gone is told once; another sheet's rows are missed where they are named."""
    scenario = small()
    found = check(replace(scenario, tables={**scenario.tables, model.table: ()}))
    errors = [finding for finding in found if finding.severity == "error"]
    if model.sheet in (*NEVER_EMPTY, "Sites", "Lines"):
        assert [str(error) for error in errors] == [f"{model.sheet}: has no rows; add at least one"]
    else:
        assert all(error.sheet != model.sheet and model.sheet in error.message for error in errors)
