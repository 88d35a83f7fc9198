"""A plan by way of longer periods: the same decisions, carried over whole, and rows of the plan itself held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer import build_model
from optimizer.pipeline import in_blocks, middles
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.sketch import Sketch, carried
from optimizer.structure import Variables
from tests.benchmarks.instances import generate
from tests.solve.test_rounding import worst

SCENARIO = generate(4, months=18).replace(settings={"threads": 2})
BLOCKS = in_blocks(SCENARIO)


def matrix_of(scenario: object) -> Matrix:
    """Return the matrix of a scenario."""
    return compile_matrix(build_model(scenario), ("weighted",))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    """Return the matrix month by month."""
    return matrix_of(SCENARIO)


@pytest.fixture(scope="module")
def sketch() -> Matrix:
    """Return the matrix of its review blocks."""
    return matrix_of(BLOCKS)


def drawn(sketch: Matrix) -> Sketch:
    """Return the sketch with its times."""
    assert BLOCKS is not None
    return Sketch(sketch, *middles(BLOCKS.calendar, SCENARIO.calendar))


def test_review_blocks_become_periods() -> None:
    """Eighteen months reviewed every six make three periods; reviewed every month they stay as they are."""
    assert BLOCKS is not None
    assert BLOCKS.calendar.lengths == (6, 6, 6)
    assert in_blocks(BLOCKS) is None
    assert in_blocks(SCENARIO.replace(settings={"review_months": 1})) is None
    uneven = SCENARIO.replace(settings={"periods": "8x1, 4x4", "review_months": 3})
    changed = in_blocks(uneven)
    assert changed is not None and changed.calendar.lengths == (3, 3, 6, 4, 4, 4)
    assert [b[0] for b in uneven.calendar.blocks] == [0, 3, 6, 9, 10, 11]


def test_crews_and_starts_have_the_same_names(matrix: Matrix, sketch: Matrix) -> None:
    """Every crew of the sketch is one of the plan and the other way round; every start is one of the plan."""
    keys = {name: {m.columns[j] for j in m.of("run")} for name, m in (("plan", matrix), ("sketch", sketch))}
    assert keys["plan"] == keys["sketch"]
    assert {sketch.columns[j] for j in sketch.of("build")} < {matrix.columns[j] for j in matrix.of("build")}


def test_a_sketch_becomes_a_plan(matrix: Matrix, sketch: Matrix) -> None:
    """What comes back is whole, holds every row of the plan itself, and is no better than its relaxation."""
    engine = Engine(matrix, Clock(120.0))
    engine.minimise(matrix.objectives[0])
    engine.integrality(np.zeros_like(matrix.integer))
    bound = engine.run().bound
    small = Engine(sketch, engine.clock)
    small.minimise(sketch.objectives[0])
    found = small.run(gap=0.05).x
    assert found is not None
    step = drawn(sketch).plan(found, engine, 120.0)
    assert step is not None and step.outcome.x is not None
    x = step.outcome.x
    assert np.abs(x - np.round(x))[matrix.integer].max() < 1e-9
    assert worst(matrix, x) < 1e-6
    assert step.outcome.value >= bound


def test_starts_that_the_plan_itself_forbids_are_moved(matrix: Matrix, sketch: Matrix) -> None:
    """A start in a month that the plan shuts goes to a month beside it; where all are shut nothing is carried."""
    engine = Engine(sketch, Clock(120.0))
    engine.minimise(sketch.objectives[0])
    x = engine.run(gap=0.05).x
    assert x is not None
    free = carried(drawn(sketch), matrix, x, Clock(60.0))
    assert free is not None
    started = [j for j in matrix.of("build") if free[0][j] > 0.5 and matrix.lower[j] < 0.5]
    assert started
    _, (*unit, month) = matrix.columns[started[0]]
    upper = matrix.upper.copy()
    upper[started[0]] = 0.0
    other = carried(drawn(sketch), replace(matrix, upper=upper), x, Clock(60.0))
    assert other is not None
    keys = [matrix.columns[j][1] for j in matrix.of("build") if other[0][j] > 0.5]
    (moved,) = (key[-1] for key in keys if list(key[:-1]) == unit)
    assert 0 < abs(moved - month) <= 3


def test_targets_are_kept_from_the_first_month_of_the_block(matrix: Matrix, sketch: Matrix) -> None:
    """A target that the sketch keeps from its second block on is kept from the seventh month on; never stays never."""
    chains = sketch.chains("attained")
    assert chains
    for blocks, months in ((0, 0), (1, 6), (3, 14)):  # of 18 months the last five have one column
        x = np.zeros(len(sketch.lower))
        for chain in chains:
            x[chain[blocks:]] = 1.0
        assert set(drawn(sketch).kept(x, matrix, Variables.TARGETS).values()) == {months}
