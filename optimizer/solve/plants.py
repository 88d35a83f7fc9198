"""Which plants start when: the tree closes in on the best from below, plans of whole starts from above.

The relaxation is rounded to whole starts first. Then the tree plunges: it goes on with the better part of
each split until all starts are whole, which finds what rounding cannot, and every node on the way also
raises the bound. Between plunges it splits the part with the least bound. Whole starts get rounded crews;
once they are within reach of the gap asked for, their crews are searched.

Method: plunging, as in Achterberg, "Constraint Integer Programming" (2007), chapter 6.
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.solve.crews import rounded, searched
from optimizer.solve.highs import Outcome
from optimizer.solve.progress import relative_gap
from optimizer.solve.rounding import FINELY, settle
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree

FIRST_STEPS = 8
"""Splits of the tree after its first plunge until the next; then twice as many, and so on."""


def branch(runs: Runs, root: Node, deadline: float) -> None:
    """Search the starts of an objective and record the plans and bounds that are found.

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    root
        The node of all plans with its relaxation.
    deadline
        On the clock of the search.
    """
    record, tree, plans = runs.record, Tree(runs.engines, runs.units), _Plans(runs, deadline)
    tree.add(root)
    plans.make(leaf(runs, tree, root, deadline))
    steps, due = 0, 0
    plunging: Node | None = root
    while tree.best is not None and not runs.clock.past(deadline) and not record.close_enough:
        tree.cutoff = record.cutoff
        with record.timed("plants"):
            found = tree.step(runs.clock.until(deadline), plunging)
        if found is not None:
            tree.close(found.bound)
            plans.make(found)
        record.prove(min(tree.bound, record.value))
        plans.perfect()
        steps += plunging is None
        plunging = tree.fresh if plunging is not None or steps > due else None
        due = 2 * due + FIRST_STEPS if steps > due else due
    runs.free()


def leaf(runs: Runs, tree: Tree, node: Node, deadline: float) -> Node | None:
    """Return whole starts near the relaxation of a node; None where none are found."""
    if node.x is None:
        return None
    runs.free()
    with runs.record.timed("rounding"):
        step = settle(runs.engines, FINELY, node.x, *tree.columns(node), runs.clock.until(deadline))
        runs.free()
        if step is None:
            return tree.dive(node, runs.clock.until(deadline))
    return replace(node, bound=step.outcome.value, x=step.outcome.x)


class _Plans:
    """Plans made of whole starts."""

    def __init__(self, runs: Runs, deadline: float) -> None:
        self._runs, self._deadline = runs, deadline
        self._rounding = 0.0  # what crews and weekends add to the value of whole starts
        self._best: Outcome | None = None  # the starts of the best plan, until their crews are searched

    def make(self, leaf: Node | None) -> None:
        """Make a plan of whole starts, unless its crews would have to round better than ever."""
        record = self._runs.record
        if leaf is None or leaf.bound + self._rounding / 2 >= record.value:
            return
        before = record.value
        starts = Outcome("optimal", leaf.x, leaf.bound, leaf.bound)
        outcome = rounded(self._runs, starts, self._deadline)
        record.take(outcome)
        if outcome.x is not None:
            self._rounding = max(0.0, outcome.value - leaf.bound)
        if record.value < before:
            self._best = starts

    def perfect(self) -> None:
        """Search the crews of the best starts once these are within reach of the gap asked for."""
        record, best = self._runs.record, self._best
        if best is None or record.close_enough or relative_gap(best.value, record.bound) > record.gap:
            return
        record.take(searched(self._runs, best, self._deadline))
        self._rounding = min(self._rounding, max(0.0, record.value - best.value))
        self._best = None
