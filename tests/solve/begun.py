"""The runs of a search that has come as far as its relaxation."""

from __future__ import annotations

import numpy as np

from optimizer.settings import RunSettings
from optimizer.solve.matrix import Matrix
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, root_of

LONG = 60.0


def begun(matrix: Matrix, engines: int, gap: float = 0.0) -> tuple[Runs, Node]:
    """Return the runs of a cost to minimise and the node of all its plans."""
    clock = Clock(LONG)
    settings = RunSettings(objectives=("cost",), gap=gap, slack=0.0, threads=1)
    record = Record(matrix.objectives[0], gap, clock, None)
    runs = Runs(Problem(matrix, settings), clock, record, engines=engines, decided=True)
    record.begin(matrix.objectives[0], -np.inf)
    runs.free()
    for engine in runs.engines:
        engine.minimise(matrix.objectives[0])
    outcome = runs.run("relaxation")
    record.prove_relaxed(outcome.bound)
    return runs, root_of(runs.units, outcome, runs.engine.basis())
