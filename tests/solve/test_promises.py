"""How early promises can be kept: what is called impossible is so for every plan, found by counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.matrix import Objective
from optimizer.solve.promises import earliest, possible
from optimizer.solve.tree import NO_ROWS, Tree
from tests.solve.plants import Plants, plants
from tests.solve.test_plants import LONG, runs_of

SEEDS = range(40)


def kept_from(puzzle: Plants, most: float = np.inf) -> int:
    """Return the first month from which any plan keeps the promise, at a cost of `most`; all months if none does."""
    columns = puzzle.matrix.of("attained")
    plans = [starts for starts in puzzle.all_starts if puzzle.cost(starts) <= most]
    return min(len(columns) - int(puzzle.x(starts)[columns].sum()) for starts in plans)


def counted(puzzle: Plants) -> Objective:
    """Return the objective that counts the months before the promise is kept."""
    columns = puzzle.matrix.of("attained")
    costs = np.zeros(len(puzzle.matrix.lower))
    costs[columns] = -1.0
    return Objective("speed", costs, float(len(columns)))


@pytest.mark.parametrize("engines", [1, 2])
def test_no_plan_keeps_a_promise_earlier_than_is_said_possible(engines: int) -> None:
    """At whatever cost, and within what the first objective may cost: each month proven is one that no plan beats."""
    refuted = 0
    for seed in SEEDS:
        puzzle = plants(seed, units=4, months=4)
        runs, root = runs_of(seed, engines)
        months = possible(runs.alone(runs.engines[-1]), NO_ROWS, LONG)
        (unit,) = months
        assert runs.units[unit].row is None
        assert months[unit] <= kept_from(puzzle)
        refuted += months[unit] > 0
        held = puzzle.optimum * 1.02
        for first in (months, {}):
            proven = earliest(runs, root, counted(puzzle), held, first)
            assert proven.bound <= kept_from(puzzle, held) + 1e-9
            assert proven.bound >= months[unit] - 1e-9
    assert refuted > 0


def test_the_engine_comes_back_as_it_was() -> None:
    """After asking what is possible the engine has its objective, all rows, and nothing decided."""
    runs, root = runs_of(7, 1)
    rows = np.arange(runs.matrix.rows.shape[0])
    possible(runs, rows, LONG)
    assert runs.engine.run().value == pytest.approx(root.bound)


def test_nothing_is_refuted_without_time() -> None:
    """A deadline that has passed refutes no month."""
    runs, _ = runs_of(7, 1)
    assert set(possible(runs, NO_ROWS, -1.0).values()) == {0}


def test_bounds_hold_without_rows_that_do_not_bind() -> None:
    """Nodes solved without idle rows: no bound lies above that with all rows, and the root's is the same."""
    for seed in SEEDS:
        runs, root = runs_of(seed, 1)
        rows = np.arange(runs.matrix.rows.shape[0])
        idle = runs.engine.idle(rows)
        assert 0 < len(idle) < len(rows)
        whole, part = Tree(runs.engines, runs.units), Tree(runs.engines, runs.units, idle)
        assert part.relax([replace(root, bound=-np.inf)], LONG)[0].bound == pytest.approx(root.bound)  # type: ignore[union-attr]
        for unit in range(len(runs.units)):
            nodes = [root.part(unit, must=True), root.part(unit, first=2)]
            for one, other in zip(whole.relax(nodes, LONG), part.relax(nodes, LONG), strict=True):
                if one is not None and one.x is not None:
                    assert other is not None
                    assert other.bound <= one.bound + 1e-6 * abs(one.bound)
