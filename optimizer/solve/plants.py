"""Which plants start when: a tree of relaxations raises the bound, and plans of whole starts are made of its nodes.

Where another process makes plans, the tree proves alone. Otherwise the relaxation is rounded to whole starts first.
Then the tree plunges: it goes on with the better part of each split until all starts are whole. Some nodes on the way
are rounded, too, which finds plans that rounding at the root does not. A plunge ends where no plan below it could be
better by more than the gap. Between plunges the tree splits the part with the least bound, which raises the bound. Once
whole starts are known, cuts raise the bounds of parts before they are split (proving.py). Whole starts get rounded
crews. When they are near the gap asked for, their crews are searched while the tree goes on.

Method: plunging, as in Achterberg, "Constraint Integer Programming" (2007), chapter 6.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from optimizer.solve.arrays import Floats
from optimizer.solve.crews import rounded, searched
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import relative_gap
from optimizer.solve.proving import Proof
from optimizer.solve.rounding import FINELY, Step, settle
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree

FIRST_STEPS = 8
"""Splits of the tree after its first plunge until the next; then twice as many, and so on."""
BESIDE = 5
"""Splits made beside a search of crews: these take about as long."""
FIRST_ROUNDING = 3
"""Splits of a plunge after which it is rounded when no whole starts are known."""
REACH = 1.5
"""Crews of the best starts are searched once the gap between these and the bound is at most so many times the gap
asked for: the bound rises meanwhile."""
NEARLY = 1.1
"""Up to this many times the gap asked for, splits alone are made for a while: better plans take longer to find."""
WAIT = 4
"""Splits for which it is so."""
LITTLE = 0.1
"""Share of the gap asked for below which what crews add to the value of whole starts is not worth a search."""
NEARER = 0.5
"""A node is rounded when its bound has come nearer to the cutoff: this share of the distance that the node rounded last
had is left (measured: see CONTRIBUTING.md)."""
RISE = 0.005
"""Share of the bound by which that of a part rises in one go where nothing but the bound is of interest."""


def early(runs: Runs, root: Node, deadline: float) -> None:
    """Record a plan of the relaxation as it is (measured: see CONTRIBUTING.md). Parameters as in `branch`."""
    starts = leaf(runs, Tree(runs.engines, runs.units), root, deadline)
    if starts is not None:
        runs.record.take(rounded(runs, starts.answer, deadline))
    runs.free()


def branch(runs: Runs, root: Node, deadline: float, *, at_once: bool = True) -> None:
    """Search the starts of an objective and record the plans and bounds that are found.

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    root
        The node of all plans with its relaxation.
    deadline
        On the clock of the search.
    at_once
        Whether the root is rounded; otherwise, where there is a plan already, a better one comes from
        the first node worth it.
    """
    record, tree, plans = runs.record, Tree(runs.engines, runs.units, runs.idle), _Plans(runs, deadline)
    tree.add(root)
    if at_once:
        plans.make(leaf(runs, tree, root, deadline))
        plans.nearer(root)
    proof = Proof(runs, tree)
    if at_once:
        proof.sharpen(deadline)
    steps, due = 0, 0
    plunging = tree.best  # the root, raised by cuts
    while tree.best is not None and not runs.clock.past(deadline) and not record.close_enough:
        plans.make(_split(runs, tree, plunging, deadline))
        if tree.fresh is not None and not plans.waiting and plans.nearer(tree.fresh):
            plans.make(_whole_near(runs, tree, tree.fresh, deadline))
        if plans.known:
            proof.sharpen(deadline)
        if not plans.waiting:
            plans.perfect(tree)
        plans.waited += plans.waiting
        steps += plunging is None
        plunging = tree.fresh if plunging is not None or steps > due else None
        if plunging is not None and plans.reach(plunging):
            plunging = None
        due = 2 * due + FIRST_STEPS if steps > due else due
    proof.drop()
    runs.free()


def prove(runs: Runs, root: Node, deadline: float) -> None:
    """Raise the bound alone, the part with the least first: plans come from elsewhere. Parameters as in `branch`."""
    record, tree = runs.record, Tree(runs.engines, runs.units, runs.idle)
    tree.add(root)
    proof = Proof(runs, tree)
    proof.sharpen(deadline)
    while tree.best is not None and not runs.clock.past(deadline) and not record.close_enough:
        tree.rise = RISE * abs(tree.bound) or np.inf
        whole = _split(runs, tree, None, deadline)
        if whole is not None:
            record.take(rounded(runs, whole.answer, deadline))
        proof.sharpen(deadline)
    proof.drop()
    runs.free()


def _split(runs: Runs, tree: Tree, node: Node | None, deadline: float) -> Node | None:
    """Split a part, by default that with the least bound; return it when its starts are all whole."""
    record = runs.record
    tree.cutoff = record.cutoff
    with record.timed("plants"):
        found = tree.step(runs.clock.until(deadline), node)
    if found is not None:
        tree.close(found.bound)
    record.prove(min(tree.bound, record.value))
    return found


def leaf(runs: Runs, tree: Tree, node: Node, deadline: float, enough: float = -np.inf) -> Node | None:
    """Return whole starts near the relaxation of a node; None where none are found. `enough` as in `settle`."""
    found = _whole_near(runs, tree, node, deadline, enough)
    if found is not None or node.x is None:
        return found
    with runs.record.timed("rounding"):
        return tree.dive(node, runs.clock.until(deadline))


def _whole_near(runs: Runs, tree: Tree, node: Node, deadline: float, enough: float = -np.inf) -> Node | None:
    """Round the starts of a node, if it is solved; None where no rounding leaves a plan."""
    if node.x is None:
        return None
    runs.free()
    with runs.record.timed("rounding"):
        answer = node.answer
        if runs.problem.large:  # the basis is far from whole starts (measured: see CONTRIBUTING.md)
            answer = replace(answer, basis=None)
        step = settle(runs.engines, FINELY, Step(*tree.columns(node), answer), deadline, enough)
        runs.free()
    return None if step is None else replace(node, bound=step.outcome.value, x=step.outcome.x, basis=step.outcome.basis)


class _Plans:
    """Plans made of whole starts."""

    def __init__(self, runs: Runs, deadline: float) -> None:
        self._runs, self._deadline = runs, deadline
        self._rounding = 0.0  # what crews and weekends add to the value of whole starts
        self._best: Outcome | None = None  # the best starts, until their crews are searched
        self._plan: Floats | None = None  # made of them by rounding
        self._least = np.inf  # value of the best whole starts
        self._splits = 0  # in plunges without any whole starts yet
        self.waited = 0  # splits while the bound is nearly where it proves the best plan
        self._rounded_at = -np.inf  # bound of the last node that was rounded

    def nearer(self, node: Node) -> bool:
        """Tell whether a node is worth rounding: much nearer to what is of no interest than the last that was."""
        if not self.known:
            self._splits += 1
            if self._splits % FIRST_ROUNDING:
                return False
        elif self._cutoff - node.bound > NEARER * (self._cutoff - self._rounded_at):
            return False
        self._rounded_at = node.bound
        return True

    @property
    def waiting(self) -> bool:
        """Tell whether the bound is so near to proving the best plan that a few splits are made for that alone."""
        record = self._runs.record
        nearly = record.best is not None and relative_gap(record.value, record.bound) <= NEARLY * record.gap
        return nearly and self.waited < WAIT

    @property
    def known(self) -> bool:
        """Tell whether there are whole starts."""
        return bool(np.isfinite(self._least))

    @property
    def _cutoff(self) -> float:
        """Return the bound from which on a node is of no interest, be it for its starts or for what is proven."""
        return min(self._least, self._runs.record.cutoff)

    def reach(self, node: Node) -> bool:
        """Tell whether no whole starts below a node can be better than the best by more than the gap."""
        return relative_gap(self._least, node.bound) <= self._runs.record.gap

    def make(self, leaf: Node | None) -> None:
        """Make a plan of whole starts, unless its crews would have to round better than ever."""
        record = self._runs.record
        if leaf is None:
            return
        best, self._least = leaf.bound < self._least, min(self._least, leaf.bound)
        if leaf.bound + (0.0 if best else self._rounding / 2) >= record.value:
            return
        before = record.value
        outcome = rounded(self._runs, leaf.answer, self._deadline)
        record.take(outcome)
        if outcome.x is not None:
            self._rounding = max(0.0, outcome.value - leaf.bound)
        if best or record.value < before:  # better starts than any, though another lane may have a better plan
            self._best, self._plan = leaf.answer, outcome.x

    def perfect(self, tree: Tree) -> None:
        """Search the crews of the best starts once these are within reach of the gap asked for.

        The tree goes on meanwhile on the other engine. Which plan comes of both does not depend on which is
        faster: either the tree proves what the search finds close enough, or it makes all of its splits.
        """
        record, best = self._runs.record, self._best
        if best is None or record.close_enough or relative_gap(best.value, record.bound) > REACH * record.gap:
            return
        if relative_gap(record.value, best.value) < LITTLE * record.gap:
            return
        self._best = None
        first, *others = self._runs.engines
        with ThreadPoolExecutor(1) as beside:
            search = beside.submit(searched, self._runs.alone(first), best, self._deadline, self._plan)
            tree.engines = others
            whole = self._climb(tree, search) if others else []
            tree.engines = self._runs.engines
            record.take(search.result())
        self._rounding = min(self._rounding, max(0.0, record.value - best.value))
        for leaf in whole:
            if not record.close_enough:
                self.make(leaf)

    def _climb(self, tree: Tree, search: Future[Outcome]) -> list[Node]:
        """Split the parts with the least bound a few times; return those whose starts are all whole."""
        runs, record = self._runs, self._runs.record
        whole: list[Node] = []
        for _ in range(BESIDE):
            proven = search.done() and relative_gap(search.result().value, record.bound) <= record.gap
            if tree.best is None or runs.clock.past(self._deadline) or record.close_enough or proven:
                break
            found = _split(runs, tree, None, self._deadline)
            whole += [found] if found else []
        return whole
