"""The fewest months until promises are kept: what bisection proves and finds is what counting finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.matrix import Objective
from optimizer.solve.months import Months
from optimizer.solve.outcome import Outcome
from optimizer.solve.runs import Runs
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


def speed_of(seed: int, engines: int = 1, weight: float = 1.0) -> tuple[Runs, Objective]:
    """Return the runs of a puzzle and the speed of its promise, in hand and without a plan."""
    runs, _ = runs_of(seed, engines)
    speed = counted(plants(seed, units=4, months=4))
    speed = replace(speed, costs=weight * speed.costs, constant=weight * speed.constant)
    runs.record.begin(speed)
    runs.record.best = None
    return runs, speed


def months_of(seed: int, held: float = np.inf, weight: float = 1.0) -> Months:
    """Return the months of a puzzle, its cost held at a limit."""
    runs, speed = speed_of(seed, 1, weight)
    cost = runs.matrix.objectives[0]
    runs.hold([(cost, held)])
    return Months(runs, speed, cost, lambda: False)


@at_length
@pytest.mark.parametrize("weight", [1.0, 2.0, 0.3, 1 / 3])
@pytest.mark.parametrize("share", [1.02, np.inf])
def test_bisection_proves_what_counting_finds(weight: float, share: float) -> None:
    """At whatever cost, and within a limit: a plan of the earliest month, and the proof of it."""
    late = 0
    for seed in SEEDS:
        puzzle = plants(seed, units=4, months=4)
        held = puzzle.optimum * share
        months, earliest = months_of(seed, held, weight), weight * kept_from(puzzle, held)
        months.bisect(LONG)
        record = months._runs.record
        assert record.value == pytest.approx(earliest)
        assert earliest - 1e-3 <= record.bound <= earliest + 1e-6
        assert record.stages["speed", "dates"].bound == record.bound  # the verifier reads the proof off the stages
        if np.isfinite(held):
            assert puzzle.matrix.objectives[0].value(record.best) <= held * (1 + 1e-6)
        late += earliest > 0
    assert late > 0


def test_months_in_vain_are_left_for_fewer_and_then_tried_for_longer() -> None:
    """Without an answer half of the months that are left are tried, in the end again, with more time."""
    months = months_of(SEEDS[0])
    months._runs.record.best = plants(SEEDS[0], units=4, months=4).x((None,) * 4)
    tried = list[tuple[float, float]]()

    def none(asked: float, _: float) -> Outcome:
        tried.append((asked, months._patience))
        return Outcome("time limit", None, np.inf, -np.inf)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(months, "_any", none)
        patch.setattr(months, "_enough", lambda: len(tried) == 4)
        months.bisect(LONG)
    assert tried == [(2.0, 1.0), (1.0, 1.0), (0.0, 1.0), (2.0, 2.0)]


def test_nothing_is_proven_without_time() -> None:
    """A deadline that has passed refutes no month, and finds no plan."""
    months = months_of(7)
    months.bisect(-1.0)
    assert (months._runs.record.best, months._runs.record.bound) == (None, 0.0)
