"""How early asap promises can be kept: proven by trying months, then kept by a plan, then settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.crews import rounded
from optimizer.solve.matrix import Floats, Objective
from optimizer.solve.outcome import Outcome
from optimizer.solve.plants import leaf
from optimizer.solve.runs import Runs
from optimizer.solve.solution import HOLD_TOLERANCE
from optimizer.solve.tree import Node, Tree, root_of

REFUTING_SHARE = 0.1
"""Most of the time left that one try of a month may take."""


@dataclass(frozen=True)
class Promised:
    """How early asap promises can be kept at best.

    Attributes
    ----------
    node
        The plans that keep every promise in the first month that is not refuted.
    bound
        On the months before promises are attained, as the objective counts them.
    """

    node: Node
    bound: float


def _promises(runs: Runs) -> list[int]:
    """Return the units that are promises."""
    return [k for k, unit in enumerate(runs.units) if unit.row is None]


def possible(runs: Runs, left_out: NDArray[np.int64], deadline: float) -> dict[int, int]:
    """Return the first month in which each promise is not impossible at whatever cost, by bisection.

    Without an objective a relaxation takes a fraction of the time, and what it refutes is refuted for
    every objective.

    Parameters
    ----------
    runs
        With one engine; it comes back with its objective and all rows.
    left_out
        Rows that hardly ever bind.
    deadline
        On the clock of the search.
    """
    engine, tree = runs.engine, Tree(runs.engines, runs.units)
    everything = root_of(runs.units, Outcome("none", None, np.inf, -np.inf), None)
    engine.minimise(Objective("none", np.zeros(len(runs.matrix.lower)), 0.0))
    months, basis = {}, None
    with engine.without(left_out):
        for k in _promises(runs):
            first, stop, month = 0, len(runs.units[k].columns), 0  # many a promise can be kept at once
            while first < stop:
                engine.bounds(*tree.columns(everything.part(k, last=month, must=True)))
                if basis is None:
                    engine.forget()
                try:
                    status = engine.run(seconds=runs.clock.until(deadline), basis=basis).status
                except SolverError:
                    break
                if status not in ("infeasible", "optimal"):
                    break
                first, stop = (month + 1, stop) if status == "infeasible" else (first, month)
                basis = engine.basis() if status == "optimal" else basis
                month = (first + stop) // 2
            months[k] = first
    engine.minimise(runs.record.objective)
    runs.free()
    return months


def promised_from(root: Node, months: Mapping[int, int], runs: Runs, speed: Objective) -> Promised:
    """Return what follows when no plan keeps promises before some months."""
    bound, node = speed.constant, root
    for k, first in months.items():
        columns = runs.units[k].columns
        bound += speed.costs[columns[first:]].sum()
        if first < len(columns):
            node = node.part(k, first=first, last=first, must=True)
    return Promised(node, float(bound))


def earliest(runs: Runs, root: Node, speed: Objective, held: float, known: Mapping[int, int]) -> Promised:
    """Bound the months before asap promises are attained, each by itself.

    What the relaxation cannot attain without the objective just searched passing the value at
    which it will be held, no plan can attain. Each promise is tried alone, so the months
    proven add up to a bound.

    Parameters
    ----------
    runs
        With the objective just searched set.
    root
        The node of all plans with its relaxation.
    speed
        The objective that counts the months.
    held
        At which the objective just searched will be held.
    known
        Promise -> first month in which it is not impossible, tried first; 0 where nothing is known.
    """
    tree = Tree(runs.engines, runs.units, runs.idle)
    tree.cutoff = held
    months, basis = _earliest(runs, tree, root, {k: known.get(k, 0) for k in _promises(runs)})
    return promised_from(replace(root, basis=basis), months, runs, speed)


def _earliest(runs: Runs, tree: Tree, root: Node, known: Mapping[int, int]) -> tuple[dict[int, int], Any]:
    """Return the first month in which each promise is not refuted, and the basis of the last try that was not.

    As many months are tried at once as can be.
    """
    basis, promised = root.basis, list(known)
    spans = {k: (first, len(runs.units[k].columns)) for k, first in known.items()}
    latest = dict.fromkeys(promised, root)  # the last try that was not refuted: its basis is near the next
    while undecided := [k for k in promised if spans[k][0] < spans[k][1]]:
        each = max(1, len(tree.engines) // len(undecided))
        at_once = [(k, known[k]) for k in undecided if tree.nodes == 0]  # mostly that is all there is to try
        tries = at_once or [(k, month) for k in undecided for month in _between(*spans[k], each)]
        parts = [replace(root.part(k, last=month, must=True), basis=latest[k].basis) for k, month in tries]
        found = tree.relax(parts, REFUTING_SHARE * runs.clock.left)
        for (k, month), part in zip(tries, found, strict=True):
            first, stop = spans[k]
            if part is None or tree.refuted(part):
                spans[k] = max(first, month + 1), stop
            elif month < stop:
                spans[k], latest[k] = (first, month), part
                basis = part.basis
    return {k: first for k, (first, _) in spans.items()}, basis


def _between(first: int, stop: int, count: int) -> list[int]:
    """Return months that divide a span into equal parts."""
    return sorted({first + (stop - first) * part // (count + 1) for part in range(1, count + 1)})


def keep(runs: Runs, promised: Promised, speed: Objective, held: float, deadline: float) -> bool:
    """Look for a plan that attains every promise as early as proven possible; tell whether it is found.

    Parameters
    ----------
    runs, speed, held
        As in `earliest`.
    promised
        What came of it.
    deadline
        On the clock of the search.
    """
    record, tree = runs.record, Tree(runs.engines, runs.units, runs.idle)
    node = tree.relax([promised.node], runs.clock.until(deadline))[0]
    starts = leaf(runs, tree, node, deadline, held) if node else None
    if starts is None or record.best is None:
        return False
    x = rounded(runs, starts.answer, deadline, held).x
    record.tell("promises")
    if x is None or record.objective.value(x) > held or speed.value(x) >= speed.value(record.best):
        return False
    record.best = x
    return speed.value(x) <= promised.bound + HOLD_TOLERANCE


def pin(runs: Runs, speed: Objective, x: Floats) -> None:
    """Settle the promises as a plan keeps them: no plan as fast keeps one of them earlier or later.

    Each month was proven the earliest by itself, and later objectives hold the sum. Promises
    without weight are not in the sum, so they stay open.
    """
    runs.settle(np.flatnonzero(speed.costs), x)
