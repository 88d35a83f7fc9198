"""How early asap promises can be kept: proven by bisection, then kept by a plan, then settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.solve.crews import rounded
from optimizer.solve.highs import Outcome
from optimizer.solve.matrix import Floats, Objective
from optimizer.solve.plants import leaf
from optimizer.solve.runs import Runs
from optimizer.solve.solution import HOLD_TOLERANCE
from optimizer.solve.tree import Node, Tree

REFUTING_SHARE = 0.1
"""Most of the time left that one try of a month may take."""
KEEPING_SHARE = 0.3
"""Most of the time left that the search for a plan that keeps them may take."""


def promises(runs: Runs, root: Node | None, speed: Objective, held: float) -> float:
    """Return a bound on the months before asap promises are attained, by bisection on each.

    What the relaxation cannot attain without the objective just searched passing the value at
    which it will be held, no plan can attain. Each promise is tried alone, so the months
    proven add up to a bound. Then a plan is sought that attains all of them that early.

    Parameters
    ----------
    runs
        With the objective just searched set.
    root
        The node of all plans with its relaxation; None proves nothing.
    speed
        The objective that counts the months.
    held
        At which the objective just searched will be held.
    """
    if root is None:
        return -np.inf
    bound, every, node = speed.constant, root, root
    tree = Tree(runs.engines, runs.units)
    tree.cutoff = held
    with runs.record.timed("promises"):
        for k, unit in enumerate(runs.units):
            if unit.row is not None:
                continue
            first, node = _earliest(runs, tree, node, k)
            bound += speed.costs[unit.columns[first:]].sum()
            if first < len(unit.columns):
                every = every.part(k, first=first, last=first, must=True)
    _keep(runs, tree, every, speed, held, bound)
    return float(bound)


def _earliest(runs: Runs, tree: Tree, node: Node, unit: int) -> tuple[int, Node]:
    """Return the first month in which a promise is not refuted, and the node to go on from."""
    first, stop = 0, len(runs.units[unit].columns)
    while first < stop:
        middle = (first + stop) // 2
        refuted = tree.refutes(node.part(unit, last=middle, must=True), REFUTING_SHARE * runs.clock.left)
        node = replace(node, basis=None)  # the basis of the last try is nearer than that of the root
        first, stop = (middle + 1, stop) if refuted else (first, middle)
    return first, node


def _keep(runs: Runs, tree: Tree, promised: Node, speed: Objective, held: float, bound: float) -> None:
    """Look for a plan that attains every promise as early as proven possible, within what will be held."""
    record, clock = runs.record, runs.clock
    deadline = clock.seconds + KEEPING_SHARE * clock.left
    with record.timed("promises"):
        node = tree.relax([promised], clock.until(deadline))[0]
        starts = leaf(runs, tree, node, deadline) if node else None
    if starts is None or record.best is None:
        return
    x = rounded(runs, Outcome("optimal", starts.x, starts.bound, starts.bound), deadline).x
    if x is not None and record.objective.value(x) <= held and speed.value(x) < speed.value(record.best):
        record.best = x
        if speed.value(x) <= bound + HOLD_TOLERANCE:
            _pin(runs, speed, x)


def _pin(runs: Runs, speed: Objective, x: Floats) -> None:
    """Settle the promises as a plan keeps them: no plan as fast keeps one of them earlier or later.

    Each month was proven the earliest by itself, and later objectives hold the sum. Promises
    without weight are not in the sum, so they stay open.
    """
    runs.settle(np.flatnonzero(speed.costs), x)
