"""What several cases share: the report of a shop with names that programs like to take for something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import Scenario, solve
from tests.public_reports.shop import shop

ODD_NAMES = (
    "=transformer!A1 [kWh]",
    "NaN",
    "-Inf",
    "https://example.org/" + "x" * 3000,
    "a line whose name is longer than any sheet may be called",
)


@pytest.fixture(scope="package")
def odd_report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, Path]:
    """Return a scenario of odd names and the report of its plan."""
    item, recipient, site, note, line = ODD_NAMES
    scenario = shop(
        {"periods": "1x1"},
        members=[{"member": "A", "note": note}, {"member": recipient, "kind": "recipient"}],
        items=[{"item": item}],
        sites=[{"site": site, "member": "A"}],
        lines=[{"line": line, "site": site}],
        rates=[{"line": line, "item": item, "rate": 100}],
        needs=[{"recipient": recipient, "item": item, "per_month": 120}],
    )
    path = tmp_path_factory.mktemp("odd") / "plan.xlsx"
    solve(scenario).to_excel(path)
    return scenario, path
