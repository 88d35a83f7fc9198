"""Branch and bound over when each plant starts: every node a linear relaxation, solved warm.

Plants are few and costly. Which of them start, and when, decides most of the objective, while rounding crews and
weekends hardly changes it. HiGHS branches on single starts, which hardly raises the bound: a start that is forbidden
moves to the next month. Here a node states of each unit between which months it starts, and whether it must. It is
split at the month in the middle of the fractional starts of a unit. In one part the unit starts by then, in the other
one later or never. The answer of the relaxation is in neither part.

Every bound is the optimum of a linear relaxation that holds for all plans of its node. The open, closed and pruned
nodes together hold all plans, so the least of their bounds holds for every plan.

Methods: special ordered sets (Beale and Tomlin, "Special facilities in a general mathematical
programming system for non-convex problems using ordered sets of variables", 1970); look-ahead and
pseudo-costs as in Achterberg, Koch and Martin, "Branching rules revisited" (2005).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.parallel import side_by_side

WHOLE = 1e-6
"""Distance from 0 or 1 within which a start counts as decided."""
NO_ROWS = np.array([], dtype=np.int64)
LOOK_AHEAD = 6
"""Most units whose two parts are solved before one of them is chosen to split a node."""
BRIEF = 200
"""Iterations of such a try: most of the rise of the bound shows in them, and only the unit chosen is solved fully."""
LEAST_ITERATIONS = 10_000
"""Iterations that the relaxation of a node may take at least; otherwise half as many as there are rows. From the basis
of its parent it takes far fewer, but now and then the simplex method cycles for minutes."""
NEVER = 0.0
"""Share of its fractional starts at which a unit that is dropped starts."""
ROUND_UP = 0.45
"""A unit starts in a dive where the relaxation starts at least this much of it."""


@dataclass(frozen=True)
class Unit:
    """One decision in time: a unit that starts once, or a target that lasts once attained.

    Attributes
    ----------
    columns
        Binary columns in order of time.
    row
        Row of the engines that sums the columns, to say that the unit must start; None for targets.
    size
        What the decision weighs, to choose whom to try first; any unit.
    """

    columns: NDArray[np.int64]
    row: int | None
    size: float

    def starts(self, x: Floats) -> Floats:
        """Return how much of the decision falls to each month."""
        values = x[self.columns]
        return np.diff(values, prepend=0.0) if self.row is None else values


@dataclass(frozen=True)
class Node:
    """A part of all plans: unit k starts within first[k]..last[k] or never, and not never where must[k].

    Once its relaxation is solved, it holds the bound, the answer and the basis. Of a relaxation that was ended early it
    holds the bound and the basis reached. After a short trial it holds the basis reached and an estimate of the bound,
    which proves nothing. `sharp` is the number of rows with which further cuts did not raise its bound; -1 where none
    were tried.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    must: NDArray[np.bool_]
    bound: float = -np.inf
    x: Floats | None = None
    basis: Any = None
    guess: float = -np.inf
    sharp: int = -1

    @property
    def answer(self) -> Outcome:
        """Return its relaxation as the outcome of a run."""
        return Outcome("optimal", self.x, self.bound, self.bound, self.basis)

    def part(self, unit: int, *, first: int | None = None, last: int | None = None, must: bool = False) -> Node:
        """Return the part of this node in which a unit starts within closer months, or must start."""
        firsts, lasts, musts = self.first.copy(), self.last.copy(), self.must.copy()
        firsts[unit] = firsts[unit] if first is None else first
        lasts[unit] = lasts[unit] if last is None else last
        musts[unit] |= must
        return replace(self, first=firsts, last=lasts, must=musts, x=None, guess=-np.inf, sharp=-1)


def root_of(units: Sequence[Unit], outcome: Outcome, basis: Any) -> Node:
    """Return the node of all plans with its relaxation."""
    months = np.array([len(u.columns) for u in units], dtype=np.int64)
    free = np.zeros(len(months), dtype=bool)
    return Node(np.zeros_like(months), months - 1, free, outcome.bound, outcome.x, basis)


@dataclass
class Learned:
    """Pseudo-costs of a unit: how much the bound rose on average, by part of a split."""

    total: Floats = field(default_factory=lambda: np.zeros(2))
    times: Floats = field(default_factory=lambda: np.zeros(2))

    def add(self, part: int, rise: float) -> None:
        """Take in what one part of a split did to the bound."""
        self.total[part] += rise
        self.times[part] += 1

    @property
    def score(self) -> float:
        """Return the product of the mean rises of the two parts; 0 while one was never seen."""
        means = self.total / np.maximum(self.times, 1)
        return float(np.maximum(means, 1e-12).prod()) if self.times.all() else 0.0


class Tree:
    """The parts of all plans that are open, for one objective.

    Parameters
    ----------
    engines
        Each with the model, everything continuous, the objective set and earlier ones held. Nodes
        are solved side by side, one per engine.
    units
        The decisions.
    idle
        Rows of the model that did not bind at the root. Nodes are solved without them (measured: see CONTRIBUTING.md).
        Their bounds still hold, for they are relaxed further. Their answers may violate these rows a little.

    Attributes
    ----------
    cutoff
        Parts whose bound reaches this are closed.
    rise
        By how much the bound of a part may rise above that of the tree before its relaxation is ended early: it is
        solved on once the part is the one with the least bound (measured: see CONTRIBUTING.md).
    nodes
        Relaxations solved.
    """

    def __init__(self, engines: Sequence[Engine], units: Sequence[Unit], idle: NDArray[np.int64] = NO_ROWS) -> None:
        self.engines, self.units, self._idle = engines, units, idle
        self.lower, self.upper = engines[0].matrix.lower, engines[0].matrix.upper
        self.cutoff = self.rise = np.inf
        self.nodes = 0
        self._open: list[tuple[float, int, Node]] = []
        self._done = np.inf
        self._fresh: list[Node] = []
        self._number = count()
        self._learned = [Learned() for _ in units]
        nothing = np.array([], dtype=np.int64)
        lengths = [len(u.columns) for u in units]
        self._columns = np.concatenate([nothing, *(u.columns for u in units)])
        self._months = np.array(lengths, dtype=np.int64)
        self._unit = np.repeat(np.arange(len(units)), lengths)
        self._time = np.concatenate([nothing, *(np.arange(n) for n in lengths)])
        self._lasting = np.array([u.row is None for u in units], dtype=bool)[self._unit]

    # -- the parts -------------------------------------------------------------------------------------
    def add(self, node: Node) -> None:
        """Open a part of all plans."""
        heapq.heappush(self._open, (node.bound, next(self._number), node))

    def close(self, bound: float) -> None:
        """Note that a part is done and nothing in it is better than its bound."""
        self._done = min(self._done, bound)

    @property
    def best(self) -> Node | None:
        """Return the open part with the least bound."""
        return self._open[0][2] if self._open else None

    def least(self, count: int) -> list[Node]:
        """Return open parts with the least bounds, at most so many, the least first."""
        return [node for _, _, node in heapq.nsmallest(count, self._open)]

    def exchange(self, node: Node, found: Node | None) -> None:
        """Put an open part as it was found since in its place, or close it; None when it holds no plan."""
        self._remove(node)
        if found is not None and not self.refuted(found):
            self.add(found)
            self._fresh = [found if part is node else part for part in self._fresh]
            return
        if found is not None:
            self.close(found.bound)
        self._fresh = [part for part in self._fresh if part is not node]

    @property
    def bound(self) -> float:
        """Return the proven bound: the least over all parts, done and open."""
        return min(self._done, self._open[0][0]) if self._open else self._done

    def columns(self, node: Node) -> tuple[Floats, Floats]:
        """Return the column bounds of a part."""
        low, high = self.lower.copy(), self.upper.copy()
        early = self._time < node.first[self._unit]
        late = self._time > node.last[self._unit]
        shut = self._columns[early | (late & ~self._lasting)]
        high[shut] = low[shut]
        must, first, last = node.must[self._unit], node.first[self._unit], node.last[self._unit]
        reached = self._lasting & must & (self._time >= last)
        settled = must & (first == last) & (self._time == first)
        low[self._columns[reached | settled]] = 1.0
        return low, high

    # -- searching -------------------------------------------------------------------------------------
    def step(self, seconds: float, node: Node | None = None) -> Node | None:
        """Split an open part, by default that with the least bound; return it instead when its starts are all whole."""
        if node is None:
            node = self._open[0][2]
        self._remove(node)
        self._fresh = []
        if node.bound >= self.cutoff:
            self.close(node.bound)
            return None
        if node.x is None:
            parts = [part for part in self.relax([node], seconds) if part is not None]
        elif undecided := self.undecided(node):
            parts = self._split(node, undecided, seconds)
        else:
            return node
        for part in parts:
            if part.bound >= self.cutoff or (node.x is None and part.x is None and part.bound <= node.bound):
                self.close(part.bound)  # no interest in it, or it could not be solved a second time
            else:
                self.add(part)
                self._fresh.append(part)
        return None

    @property
    def fresh(self) -> Node | None:
        """Return the better open part of the last split: going on from there soon leads to whole starts."""
        return min(self._fresh, key=_bound, default=None)

    def undecided(self, node: Node) -> list[int]:
        """Return the units whose starts are not whole in the node's relaxation."""
        assert node.x is not None
        values = node.x[self._columns]
        split = np.abs(values - np.round(values)) > 10 * WHOLE  # wider than in _parts, so that a split is found
        return np.unique(self._unit[split]).tolist()  # type: ignore[no-any-return]

    def dive(self, node: Node, seconds: float) -> Node | None:
        """Round the starts of a node, the clearest third at a time, until all are whole; None if that fails.

        Method: diving, as in Berthold, "Primal heuristics for mixed integer programs" (2006).
        """
        share = 3
        if node.x is None:
            return None
        while undecided := self.undecided(node):
            clear = sorted(undecided, key=lambda k: -abs(self._sum(node, k) - ROUND_UP))
            rounded = node
            for unit in clear[: max(1, len(clear) // share)]:
                rounded = self._rounded(rounded, node, unit)
            found = self.relax([rounded], seconds)[0]
            failed = found is None or found.x is None
            if failed and share < len(clear):
                share = min(2 * share, len(clear))  # rounding so many at once was too bold
                continue
            if failed:  # what cannot start in the middle month may start in the last one, or not at all
                found = self._first_possible(
                    [self._rounded(node, node, clear[0], at) for at in (1 - WHOLE, NEVER)], seconds
                )
                failed = found is None
            if failed:  # the two halves of a split leave nothing out, so one of them goes on
                halves = self.relax(self._parts(node, clear[0]), seconds)
                found = min((half for half in halves if half and half.x is not None), key=_bound, default=None)
            if found is None or found.x is None:
                return None
            node = found
        return node

    def refuted(self, part: Node | None) -> bool:
        """Tell whether the relaxation of a part, as `relax` left it, has no answer below the cutoff."""
        return part is None or part.bound >= self.cutoff

    # -- inside ----------------------------------------------------------------------------------------
    def _remove(self, node: Node) -> None:
        left = [entry for entry in self._open if entry[2] is not node]
        if len(left) == len(self._open):
            raise ValueError("only an open part can be split or exchanged")
        self._open = left
        heapq.heapify(self._open)

    def _starts(self, node: Node, unit: int) -> Floats:
        assert node.x is not None
        return self.units[unit].starts(node.x)

    def _sum(self, node: Node, unit: int) -> float:
        return float(self._starts(node, unit).sum())

    def _first_possible(self, parts: Sequence[Node], seconds: float) -> Node | None:
        """Return the first of some parts whose relaxation has an answer."""
        for part in parts:
            found = self.relax([part], seconds)[0]
            if found is not None and found.x is not None:
                return found
        return None

    def _rounded(self, node: Node, relaxed: Node, unit: int, at: float = 0.5) -> Node:
        """Return the part in which a unit starts when so much of its fractional starts is reached, or never.

        A target counts as attained from the month in which it is so in full.
        """
        reached, never = np.cumsum(self._starts(relaxed, unit)), int(self._months[unit])
        if self.units[unit].row is None:
            whole = int(np.searchsorted(reached, 1 - WHOLE))
            return node.part(unit, first=whole, last=whole if node.must[unit] else None, must=bool(node.must[unit]))
        if (at == NEVER or self._sum(relaxed, unit) < ROUND_UP) and not node.must[unit]:
            return node.part(unit, first=never)
        month = int(np.searchsorted(reached, reached[-1] * at))
        return node.part(unit, first=month, last=month, must=True)

    def _parts(self, node: Node, unit: int) -> list[Node]:
        """Split a node in two by the month a unit starts; neither part holds the answer of its relaxation.

        In one part the unit starts by that month, in the other one later or never. Where the relaxation starts nothing
        for a while in between, the month in the middle raises the bounds of both parts.
        """
        reached = np.cumsum(self._starts(node, unit))
        between = np.flatnonzero((reached > WHOLE) & (reached < 1 - WHOLE))
        half = reached[between[np.argmin(np.abs(reached[between] - 0.5))]]
        flat = between[np.abs(reached[between] - half) <= WHOLE]
        month = int(flat[len(flat) // 2])
        return [node.part(unit, last=month, must=True), node.part(unit, first=month + 1)]

    def _split(self, node: Node, undecided: list[int], seconds: float) -> list[Node]:
        """Return the parts of a node split by the unit that promises to raise the bound the most.

        Units of which nothing is known yet are tried briefly, the weightiest first.
        """
        splits = {unit: self._parts(node, unit) for unit in undecided}
        unknown = [unit for unit in undecided if not self._learned[unit].score]
        unknown.sort(key=lambda unit: -self._weight(node, unit))
        tried = unknown[: LOOK_AHEAD if self.nodes <= 1 else LOOK_AHEAD // 3]
        solved = self.relax([part for unit in tried for part in splits[unit]], seconds, BRIEF)
        kept: dict[int, list[Node | None]] = {}
        for unit, *parts in zip(tried, solved[::2], solved[1::2], strict=True):
            self._learn(node, unit, parts)
            kept[unit] = parts
            if any(self.refuted(part) for part in parts):  # one part is done with: nothing beats that
                return [part for part in self._solved(parts, seconds) if part is not None]
        unit = max(undecided, key=lambda u: self._learned[u].score)
        parts = self._solved(kept.get(unit, splits[unit]), seconds)
        if unit not in kept:
            self._learn(node, unit, parts)
        return [part for part in parts if part is not None]

    def _solved(self, parts: Sequence[Node | None], seconds: float) -> list[Node | None]:
        """Return the parts of a split, those solved to the end that were only tried."""
        begun = {k: part for k, part in enumerate(parts) if part and part.x is None and not self.refuted(part)}
        found = dict(zip(begun, self.relax(list(begun.values()), seconds), strict=True))
        return [found.get(k, part) for k, part in enumerate(parts)]

    def _weight(self, node: Node, unit: int) -> float:
        starts = self._starts(node, unit)
        return self.units[unit].size * float((starts * (1 - starts)).sum())

    def _learn(self, node: Node, unit: int, parts: Sequence[Node | None]) -> None:
        for half, part in enumerate(parts):
            if part is not None and (part.x is not None or part.guess > node.bound):
                self._learned[unit].add(half, max(part.bound, part.guess) - node.bound)

    def relax(self, nodes: Sequence[Node], seconds: float, iterations: int | None = None) -> list[Node | None]:
        """Solve the relaxations of some nodes side by side; None for those without any plan.

        With so many iterations at most, those that want more come back with the basis reached and a guess.
        """
        self.nodes += len(nodes)
        with ExitStack() as left_out:
            for engine in self.engines[: len(nodes)]:
                left_out.enter_context(engine.without(self._idle))
            return side_by_side(
                self.engines, lambda engine, node: self._relaxed(engine, node, seconds, iterations), nodes
            )

    def _relaxed(self, engine: Engine, node: Node, seconds: float, iterations: int | None) -> Node | None:
        """Solve the relaxation of a node from its parent's basis, until it passes the cutoff or has risen enough.

        The basis stays dual feasible when bounds change, so the dual simplex method goes on from it
        and its objective only rises: a part is closed as soon as that reaches the cutoff.
        """
        engine.bounds(*self.columns(node))
        engine.at_least({u.row: float(m) for u, m in zip(self.units, node.must, strict=True) if u.row is not None})
        try:
            most = iterations or max(LEAST_ITERATIONS, engine.row_count // 2)
            least = self._open[0][0] if self._open else node.bound
            until = min(self.cutoff, max(least, node.bound) + self.rise)
            outcome = engine.run(seconds=seconds, basis=node.basis, cutoff=until, simplex_iteration_limit=most)
        except SolverError:
            engine.forget()
            return node
        if outcome.status == "infeasible":
            return None
        if outcome.status == "bound reached":
            return replace(node, bound=max(node.bound, until), basis=engine.basis())
        if outcome.status == "iteration limit" and iterations:
            return replace(node, basis=engine.basis(), guess=engine.reached())
        if outcome.status != "optimal":
            return node
        return replace(node, bound=max(node.bound, outcome.bound), x=outcome.x, basis=engine.basis())


def _bound(node: Node) -> float:
    return node.bound
