"""The relaxation of a later objective beside the first: what it finds, and that the first is none the worse for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.ahead import Ahead
from optimizer.solve.matrix import Objective
from optimizer.solve.plants import branch
from optimizer.solve.runs import Runs
from optimizer.solve.tree import NO_ROWS, Node
from tests.solve.plants import plants
from tests.solve.test_plants import LONG, runs_of


def later_of(runs: Runs) -> Objective:
    """Return an objective of another kind: starts cost the more the later they are."""
    costs = np.zeros(len(runs.matrix.lower))
    for chain in runs.matrix.chains("build"):
        costs[chain] = 1.0 + np.arange(len(chain))
    return Objective("later", costs, 0.0)


def ahead_of(runs: Runs, root: Node) -> Ahead:
    """Return the relaxation ahead of a puzzle, its first objective held a tenth above its value."""
    held = runs.record.objective
    return Ahead(runs, held, lambda value: value + 0.1 * abs(value), later_of(runs), root, NO_ROWS)


@pytest.mark.parametrize("gap", [0.0, 0.5])
def test_the_first_objective_is_none_the_worse(gap: float) -> None:
    """With work ahead, taken up and given back or still going on at the end, plan and bound close the gap asked for."""
    for seed in range(24):
        runs, root = runs_of(seed, 2, gap)
        ahead = ahead_of(runs, root)
        branch(runs, root, LONG, ahead=ahead)
        best = plants(seed, units=4, months=4).optimum
        assert runs.record.bound <= best * (1 + 1e-6)
        assert best * (1 - 1e-6) <= runs.record.value <= best / (1.0 - gap) + 1e-6
        ahead.begin(LONG)
        limit = 1.1 * runs.record.value
        ahead.hold(limit)
        basis = ahead.basis(limit)
        check_held(runs, limit)
        check_basis(runs, basis)


def check_held(runs: Runs, limit: float) -> None:
    """Every engine holds the first objective at the limit: the dearest plan left costs so much at most."""
    first = runs.record.objective
    for engine in runs.engines:
        engine.minimise(replace(first, costs=-first.costs, constant=-first.constant))
        runs.free(engine)
        dearest = engine.run()
        assert dearest.x is not None
        assert first.value(dearest.x) <= limit * (1 + 1e-6)


def check_basis(runs: Runs, basis: object) -> None:
    """The first engine gets from the basis to what it finds from scratch."""
    engine = runs.engine
    engine.minimise(later_of(runs))
    there = engine.run(basis=basis)
    engine.forget()
    assert there.value == pytest.approx(engine.run().value)
