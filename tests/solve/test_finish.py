"""The last step where there is no time to polish a plan: crews and payments in order all the same."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.model.build import build_model
from optimizer.settings import RunSettings
from optimizer.solve import problem
from optimizer.solve.finish import booked
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.problem import MOST_CROWDED, Problem
from optimizer.solve.progress import Clock
from tests.benchmarks.instances import generate

SCENARIO = generate(4, seed=0, months=12, objectives=("shortfall", "cost"))


def test_crews_that_come_and_go_for_nothing_are_left_out() -> None:
    """What a plan does stays as it is, its rows hold, and crews change no more than it needs."""
    matrix = compile_matrix(build_model(SCENARIO), ("shortfall", "cost"))
    shortfall, cost = matrix.objectives
    engine = Engine(matrix, Clock(60.0))
    engine.minimise(shortfall)
    engine.integrality(matrix.integer)
    x = engine.run(gap=0.2).x
    assert x is not None
    churned = x.copy()
    joined, left = matrix.position["join", next(key for name, key in matrix.columns if name == "join")], 0
    left = matrix.position["leave", matrix.columns[joined][1]]
    churned[[joined, left]] += 1.0
    found = booked(matrix, cost, churned, Clock(60.0))
    assert engine.matrix.violation(found) < 1e-6
    assert cost.value(found) <= cost.value(x) + 1e-6 * abs(cost.value(x))
    assert found[joined] + found[left] < churned[joined] + churned[left] - 1.0
    same = ~matrix.mask("join", "leave", "hire", "dismiss", "waiting", "pay", "pay_capex")
    assert np.array_equal(found[same], np.where(matrix.integer, np.round(x), x)[same])
    assert booked(matrix, cost, churned, Clock(0.0)) == pytest.approx(
        np.where(matrix.integer, np.round(churned), churned)
    )


@pytest.mark.parametrize(("load", "times"), [(0.0, 1.0), (2.0, 1.0), (5.0, 2.0), (99.0, MOST_CROWDED)])
def test_more_is_kept_for_the_last_step_on_a_busy_machine(
    monkeypatch: pytest.MonkeyPatch, load: float, times: float
) -> None:
    """Two cores, two threads of ours: with three others that want a core a thread takes twice as long."""
    matrix = compile_matrix(build_model(SCENARIO), ("shortfall", "cost"))
    given = Problem(matrix, RunSettings(objectives=("shortfall", "cost"), threads=2))
    monkeypatch.setattr(problem, "cores", lambda: 2)
    monkeypatch.setattr(problem.os, "getloadavg", lambda: (0.0, 0.0, 0.0), raising=False)
    idle = given.kept_for_last(100.0)
    monkeypatch.setattr(problem.os, "getloadavg", lambda: (load, 0.0, 0.0), raising=False)
    assert given.kept_for_last(100.0) == pytest.approx(times * idle) and idle > 0
    monkeypatch.delattr(problem.os, "getloadavg")
    assert given.kept_for_last(100.0) == idle


def test_a_machine_that_does_not_tell_its_load_counts_as_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function is there but fails, as in some containers: the search goes on."""

    def fails() -> tuple[float, float, float]:
        raise OSError("load average not obtainable")

    monkeypatch.setattr(problem.os, "getloadavg", fails, raising=False)
    assert problem.crowding(2) == 1.0
