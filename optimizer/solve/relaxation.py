"""The linear relaxation of an objective: its first bound, a proof where nothing is possible, and cuts that raise it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.errors import ImpossibleError, UnboundedError
from optimizer.solve.cuts import Cut, rounding_cuts
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, root_of

CUT_ENOUGH = 1e-5
"""Relative rise of the bound below which no more cuts are sought."""
RELAXATION_SHARE = 0.9
"""Most of the time left for an objective that its relaxation may take, once there is a plan."""


def solve_relaxation(runs: Runs, deadline: float, slack_rows: np.ndarray, begin: Callable[[], None]) -> Node | None:
    """Solve the linear relaxation; None where time is up.

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    deadline
        On the clock of the search.
    slack_rows
        Rows that hardly ever bind: it is solved without them first.
    begin
        Gives the engine a basis to begin from, where no objective is held.

    Raises
    ------
    ImpossibleError
        When no plan can hold every constraint.
    UnboundedError
        When the objective can fall for ever.
    """
    record, relaxed = runs.record, runs.problem.settings.relaxed
    share = 1.0 if record.best is None else RELAXATION_SHARE
    runs.engine.forget()  # from scratch, with presolve, is faster than from the last objective's basis
    if len(slack_rows):
        with runs.engine.without(slack_rows):
            if not runs.holding():
                begin()
            runs.run("relaxation", seconds=share * runs.clock.until(deadline))
    outcome = runs.run("relaxation", seconds=share * runs.clock.until(deadline))
    if outcome.status == "optimal":
        record.prove_relaxed(outcome.bound)
        if relaxed:
            record.take(outcome)
        else:
            record.lead(outcome.x)
        return root_of(runs.units, outcome, runs.engine.basis())
    if outcome.status == "infeasible":
        raise ImpossibleError("no plan can hold every rule of the workbook at once")
    if "unbounded" in outcome.status:
        words = "can fall for ever; look for an unlimited gain in your own constraints"
        raise UnboundedError(f"the objective `{record.objective.name}` {words}")
    return None


def cut_relaxation(runs: Runs, root: Node | None) -> tuple[Node | None, list[Cut]]:
    """Add cuts to the relaxation as long as they raise its bound; they hold for every objective."""
    record = runs.record
    added: list[Cut] = []
    while root is not None and root.x is not None:
        cuts = rounding_cuts(runs.matrix, root.x)
        runs.engine.add_cuts(cuts)
        added += cuts
        before = record.bound
        outcome = runs.run("cuts", basis=root.basis) if cuts else None
        if outcome is None or outcome.status != "optimal":
            break
        record.prove(outcome.bound)
        root = replace(root, bound=record.bound, x=outcome.x, basis=runs.engine.basis())
        if record.bound - before < CUT_ENOUGH * abs(record.bound):
            break
    if added and root is not None:
        record.lead(root.x)
    return root, added
