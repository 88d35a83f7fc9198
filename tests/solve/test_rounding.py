"""Rounding: whole, as near as can be, and the rows that only the rounded must hold are held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer import build_model
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import Floats, Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.rounding import (
    CREWS,
    FINELY,
    GAP,
    PLANTS,
    WEEKENDS,
    Step,
    nearest,
    round_off,
    settle,
    split_columns,
)
from tests.benchmarks.instances import generate
from tests.solve.plants import plants
from tests.solve.puzzles import worlds

WORLDS = worlds()


def relaxed(matrix: Matrix, engines: int = 1) -> tuple[list[Engine], Step]:
    """Return engines with the first objective and the answer of its relaxation."""
    made = [Engine(matrix, Clock(60.0)) for _ in range(engines)]
    for engine in made:
        engine.minimise(matrix.objectives[0])
        engine.integrality(np.zeros_like(matrix.integer))
    return made, Step(matrix.lower, matrix.upper, made[0].run())


def worst(matrix: Matrix, x: Floats) -> float:
    """Return the largest violation of a scaled row or of a bound."""
    activity = matrix.rows @ x
    rows = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper) * matrix.row_scale
    return float(max(rows.max(), (matrix.lower - x).max(), (x - matrix.upper).max()))


@pytest.mark.parametrize("threshold", [0.2, 0.5])
@pytest.mark.parametrize("seed", range(40))
def test_starts_are_as_near_as_any_within_the_budget(seed: int, threshold: float) -> None:
    """Of all starts that the rows of starts allow, none is nearer by running totals."""
    drawn = plants(seed)
    matrix = drawn.matrix
    _, step = relaxed(matrix)
    x = step.outcome.x
    assert x is not None
    found = nearest(matrix, PLANTS, x, matrix.lower, matrix.upper, threshold, Clock(60.0))
    assert found is not None
    starts = matrix.of("build")
    assert np.array_equal(found[starts], np.round(found[starts]))

    def distance(z: Floats) -> float:
        chains = matrix.chains("build")
        return sum(float(((threshold - np.cumsum(x[c])) * np.cumsum(z[c])).sum()) for c in chains)

    least = min(distance(drawn.x(starts)) for starts in drawn.all_starts)
    assert least - 1e-9 <= distance(found) <= least + GAP * abs(least) + 1e-6


@pytest.mark.parametrize("name", ["factory", "lanes", "generated"])
def test_one_kind_after_the_other_ends_in_a_plan(name: str) -> None:
    """Plants, crews, weekends: in the end everything is whole, every row is held, and nothing beats the relaxation."""
    scenario = generate(4, months=24) if name == "generated" else WORLDS[name]
    matrix = compile_matrix(build_model(scenario.replace(settings={"objectives": ["weighted"]})), ("weighted",))
    engines, step = relaxed(matrix)
    found = round_off(engines, (PLANTS, CREWS, WEEKENDS), step, 60.0)
    assert found is not None and found.outcome.x is not None
    x = found.outcome.x
    assert np.abs(x - np.round(x))[matrix.integer].max() < 1e-9
    assert worst(matrix, x) < 1e-6
    assert found.outcome.value >= step.outcome.bound - 1e-6 * abs(step.outcome.bound)


def test_a_kind_that_cannot_be_rounded_says_so() -> None:
    """A start must be whole, and a budget of half a plant with a start forced leaves none."""
    matrix = plants(0).matrix
    engines, step = relaxed(matrix)
    assert step.outcome.x is not None
    starts = matrix.of("build")
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[starts[:2]] = 1.0  # two starts of one plant
    assert settle(engines, PLANTS, Step(lower, upper, step.outcome), 60.0) is None
    assert round_off(engines, (PLANTS,), Step(lower, upper, step.outcome), 60.0) is None


def test_thresholds_side_by_side_leave_what_they_leave_in_turn() -> None:
    """Two engines find what one finds: the best that any threshold leaves alone."""
    left = 0
    for seed in range(20):
        matrix = plants(seed).matrix
        one, step = relaxed(matrix)
        two, _ = relaxed(matrix, engines=2)
        x = step.outcome.x
        assert x is not None
        every = [settle(one, replace(FINELY, thresholds=(t,)), step, 60.0) for t in FINELY.thresholds]
        best = min((found.outcome.value for found in every if found is not None), default=np.inf)
        left += bool(np.isfinite(best))
        for engines in (one, two):
            found = settle(engines, FINELY, step, 60.0)
            assert (np.inf if found is None else found.outcome.value) == pytest.approx(best)
    assert left > 10


def test_from_a_basis_the_rest_is_what_it_is_without() -> None:
    """The same roundings leave the same values, and one may go on from the basis they come back with."""
    left = 0
    for seed in range(20):
        engines, step = relaxed(plants(seed).matrix)
        solved = engines[0].run()
        warm = Step(step.lower, step.upper, replace(step.outcome, basis=engines[0].basis()))
        assert solved.value == pytest.approx(step.outcome.value, rel=1e-3)
        cold, found = (settle(engines, FINELY, s, 60.0) for s in (step, warm))
        assert (cold is None) == (found is None)
        if cold is not None and found is not None:
            left += 1
            assert found.outcome.value == pytest.approx(cold.outcome.value)
            assert cold.outcome.basis is None and found.outcome.basis is not None
            again = settle(engines, FINELY, found, 60.0)
            assert again is not None and again.outcome.value == pytest.approx(found.outcome.value)
    assert left > 10


def test_a_rounding_that_is_enough_ends_the_search_for_better_ones() -> None:
    """One engine tries thresholds in turn: with any value enough, the first that leaves a plan is taken."""
    sooner, kind = 0, replace(FINELY, thresholds=(0.9, 0.05))
    for seed in range(20):
        engines, step = relaxed(plants(seed).matrix)
        alone = [settle(engines, replace(kind, thresholds=(t,)), step, 60.0) for t in kind.thresholds]
        first = next((found.outcome.value for found in alone if found is not None), np.inf)
        best = min((found.outcome.value for found in alone if found is not None), default=np.inf)
        for enough, expected in ((np.inf, first), (best, best), (-np.inf, best)):
            found = settle(engines, kind, step, 60.0, enough)
            assert (np.inf if found is None else found.outcome.value) == pytest.approx(expected)
        sooner += first > best + 1e-6
    assert sooner > 0


def test_crews_of_a_line_stay_open_together() -> None:
    """One crew that is split opens all crews of its line and those of no other."""
    matrix = compile_matrix(build_model(generate(4, months=12)), ("weighted",))
    columns = matrix.of("run")
    x = np.round(matrix.lower)
    line = matrix.columns[columns[0]][1][0]
    assert not split_columns(matrix, x).any()
    x[columns[0]] = 0.5
    assert {matrix.columns[j][1][0] for j in np.flatnonzero(split_columns(matrix, x))} == {line}
    assert split_columns(matrix, x).sum() == sum(matrix.columns[j][1][0] == line for j in columns)
