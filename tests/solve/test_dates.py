"""How early the plants of a plan keep promises: what counting finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.dates import Dates, Guide
from optimizer.solve.tree import Tree
from tests.laws.profile import at_length, seeds
from tests.solve.plants import plants
from tests.solve.test_months import speed_of
from tests.solve.test_plants import LONG, runs_of

SEEDS = seeds(range(24, 36), range(40))
"""Of the puzzles."""


def dates_of(seed: int, engines: int) -> Dates:
    """Return the dates of a puzzle, whatever the cost, the speed of its promise in hand."""
    runs, speed = speed_of(seed, engines)
    return Dates(runs, speed, Guide(runs.matrix.objectives[0], np.inf), lambda: False)


@at_length
def test_what_the_plants_of_a_plan_allow_is_kept() -> None:
    """A plan that keeps no promise gets the earliest month that its plants allow, and none where they allow none."""
    kept = 0
    for seed in SEEDS:
        puzzle = plants(seed, units=4, months=4)
        dates = dates_of(seed, 1)
        columns = puzzle.matrix.of("attained")
        for starts in puzzle.all_starts[:: max(1, len(puzzle.all_starts) // 3)]:
            x = puzzle.x(starts)
            earliest = len(columns) - int(x[columns].sum())
            x[columns] = 0.0
            dates.record.best = x
            dates.adapt(LONG)
            assert dates.record.value == pytest.approx(earliest)
            kept += earliest < len(columns)
    assert kept > len(SEEDS) / 2


@at_length
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
