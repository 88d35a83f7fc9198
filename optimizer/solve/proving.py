"""The bound of all plans raised by cuts of several rows until a plan is proven close enough.

They are added for that alone: later objectives keep to what is held most tightly with them in the
relaxation, and then no rounding of it leaves a plan. (Of the alliance's cost, none by thresholds from
0.1 to 0.7; without these cuts the first two did.)
"""

from __future__ import annotations

from optimizer.solve.cuts import Cut
from optimizer.solve.pairs import binds, paired_cuts
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node

ENOUGH = 5e-5
"""Relative rise of the bound below which no more cuts are sought."""


def prove(runs: Runs, root: Node, deadline: float) -> None:
    """Raise the bound as long as cuts do so and the plan so far is not proven close enough; the cuts are dropped.

    Parameters
    ----------
    runs
        With the objective set; the first engine is used.
    root
        The node of all plans with its relaxation.
    deadline
        On the clock of the search.
    """
    engine, record, first = runs.engine, runs.record, runs.engine.row_count
    x, basis = root.x, root.basis
    added: list[Cut] = []
    runs.free()
    with engine.without(runs.idle):
        while x is not None and not record.close_enough and not runs.clock.past(deadline):
            cuts = paired_cuts(runs.matrix, x, [*runs.cuts, *added])
            if not cuts:
                break
            engine.add_cuts(cuts)
            added += cuts
            seconds, most = runs.clock.until(deadline), engine.most_iterations
            outcome = runs.run("cuts", seconds=seconds, basis=basis, simplex_iteration_limit=most)
            if outcome.status != "optimal" or outcome.x is None:
                break
            rise = outcome.bound - record.bound
            record.prove(outcome.bound)
            if rise < ENOUGH * abs(record.bound):
                break
            x, basis = outcome.x, None  # the engine goes on from its own
            loose = [first + k for k, cut in enumerate(added) if not binds(cut, x)]
            engine.drop(loose)
            added = [cut for cut in added if binds(cut, x)]
    engine.drop(range(first, engine.row_count))
