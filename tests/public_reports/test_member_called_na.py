"""A region is called NA (North America, Namibia, sodium), which readers of tables take for a missing value.

It must survive workbook, CSV folder, search and report.

Source: pandas-dev/pandas#11839.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import Scenario, read_folder, read_plan, read_workbook, solve, write_folder
from tests.public_reports.shop import shop, write_bare


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shop with customer NA and item nan."""
    return shop(
        {"periods": "1x1"},
        members=[{"member": "A"}, {"member": "NA", "kind": "recipient"}],
        items=[{"item": "nan"}],
        rates=[{"line": "L", "item": "nan", "rate": 100}],
        needs=[{"recipient": "NA", "item": "nan", "per_month": 120}],
    )


def test_na_is_a_name_in_every_input(scenario: Scenario, tmp_path: Path) -> None:
    """Workbook and folder give the names back."""
    assert read_workbook(write_bare(tmp_path / "shop.xlsx", scenario)) == scenario
    assert read_folder(write_folder(tmp_path / "shop", scenario)) == scenario


def test_na_is_a_name_in_the_report(scenario: Scenario, tmp_path: Path) -> None:
    """The plan says what NA lacks, and the report still says so."""
    plan = solve(scenario)
    assert plan.losses.recipient.tolist() == ["NA"]
    plan.to_excel(tmp_path / "plan.xlsx")
    again = read_plan(tmp_path / "plan.xlsx")
    assert again.scenario == scenario
    assert again.losses.equals(plan.losses)
