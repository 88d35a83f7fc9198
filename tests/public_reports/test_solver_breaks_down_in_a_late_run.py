"""HiGHS corrupts memory in a mixed-integer run with tight tolerances and ends with an error of its own kind.

Whatever ends a run, a plan that was found before must not be lost.

Source: FlexMeasures/flexmeasures#2527.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import SolverError, solve
from optimizer.solve.highs import Engine
from tests.public_reports.shop import shop_with_plant


def solved_with_a_broken_run(error: type[Exception], failing: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the plan of the shop with a plant when one run of HiGHS breaks down."""
    runs, run = [0], Engine.run

    def broken(engine: Engine, **options: Any) -> Any:
        runs[0] += 1
        if runs[0] == failing:
            raise error("munmap_chunk(): invalid pointer")
        return run(engine, **options)

    monkeypatch.setattr(Engine, "run", broken)
    plan = solve(shop_with_plant({"periods": "6x1"}, plant={}))
    assert runs[0] >= failing
    return plan


@pytest.mark.parametrize("failing", [4, 6])
def test_the_plan_found_before_is_kept(failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A late run breaks down, and a plan comes all the same, and is checked."""
    assert solved_with_a_broken_run(MemoryError, failing, monkeypatch).verified


def test_without_a_plan_the_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run breaks down: an error of the solver, told as that."""
    with pytest.raises(SolverError, match="munmap_chunk"):
        solved_with_a_broken_run(RuntimeError, 1, monkeypatch)
