"""How early promises can be kept: what is called impossible is so for every plan, found by counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.dates import Dates, Guide
from optimizer.solve.matrix import Objective
from optimizer.solve.tree import NO_ROWS, Tree
from tests.laws.profile import at_length, seeds
from tests.solve.plants import Plants, plants
from tests.solve.test_plants import LONG, runs_of

SEEDS = seeds(range(24, 36), range(40))
"""In the 30th promises are refuted."""


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


def dates_of(seed: int, engines: int, held: float = np.inf) -> Dates:
    """Return the dates of a puzzle, its cost held at a limit, the speed of its promise in hand."""
    runs, _ = runs_of(seed, engines)
    cost = runs.record.objective
    speed = counted(plants(seed, units=4, months=4))
    runs.record.begin(speed)
    runs.record.best = None
    return Dates(runs, speed, Guide(cost, held), NO_ROWS, lambda: False)


@at_length
@pytest.mark.parametrize("engines", [1, 2])
@pytest.mark.parametrize("share", [1.02, np.inf])
def test_no_plan_keeps_a_promise_earlier_than_is_said_possible(engines: int, share: float) -> None:
    """At whatever cost, and within what the first objective may cost: no plan reaches a month refuted."""
    refuted = 0
    for seed in SEEDS:
        puzzle = plants(seed, units=4, months=4)
        held = puzzle.optimum * share
        dates = dates_of(seed, engines, held)
        dates.refute(LONG)
        (first,) = dates.first.values()
        assert first <= kept_from(puzzle, held)
        assert dates.bound <= kept_from(puzzle, held) + 1e-9
        refuted += first > 0
    assert refuted > 0


@at_length
def test_what_is_reached_keeps_the_promise_within_the_limit() -> None:
    """Plans found with a date fixed keep it, cost no more than is allowed, and are never better than counting finds."""
    reached = 0
    for seed in SEEDS:
        puzzle = plants(seed, units=4, months=4)
        held = puzzle.optimum * 1.05
        dates = dates_of(seed, 1, held)
        dates.refute(LONG)
        dates.reach(LONG / 20, boldly=True)
        record = dates.record
        if record.best is not None:
            assert puzzle.matrix.objectives[0].value(record.best) <= held * (1 + 1e-6)
            assert record.value >= kept_from(puzzle, held) - 1e-6
            reached += record.value <= dates.bound + 1e-6
    assert reached > len(SEEDS) / 2


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


def test_nothing_is_refuted_without_time() -> None:
    """A deadline that has passed refutes no month."""
    dates = dates_of(7, 1)
    dates.refute(-1.0)
    assert set(dates.first.values()) == {0}


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
