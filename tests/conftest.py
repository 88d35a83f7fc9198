"""What tests of several folders share: the example, read and solved once, and how much is drawn at random."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from optimizer import Plan, Scenario, read_workbook, solve
from tests.laws import profile
from tests.verify.worlds import WORLDS


def pytest_configure(config: pytest.Config) -> None:
    """Draw at length when the run asks for what is slow: before test modules are imported and say how much."""
    asked = str(config.getoption("markexpr"))
    profile.LONG = "slow" in asked.replace("not slow", "")


def pytest_collection_finish() -> None:
    """Set aside what is loaded: every search collects garbage, and need not go through all modules each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def quickstart() -> Scenario:
    """Return the example."""
    return read_workbook(Path("data/quickstart.xlsx"))


@pytest.fixture(scope="session")
def quickstart_plan(quickstart: Scenario) -> Plan:
    """Return the plan of the example."""
    return solve(quickstart)


@pytest.fixture(scope="session")
def world_report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return a function that gives the report of the plan of a small world, by its name, written once."""

    @cache
    def content(name: str) -> bytes:
        path: Path = WORLDS[name]().to_excel(tmp_path_factory.mktemp("worlds") / "plan.xlsx")
        return path.read_bytes()

    return content
