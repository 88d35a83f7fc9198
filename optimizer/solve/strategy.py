"""How a plan is found: objectives in order of rank, each searched in stages, bounds proven.

For every objective the linear relaxation gives a first bound, large ones by interior point
(interior.py), and its answer is rounded to a first plan: plants, then crews, then weekends
(rounding.py). Of a huge problem the plan comes from its review blocks instead, found while the
relaxation is solved (sketch.py). If that is not close enough, plants are decided more carefully,
for they are what makes the problem hard: a dive rounds their starts, and a tree of relaxations
closes in on the best (tree.py). A plan is made from decided plants by crews, with weekends relaxed,
and then weekends: both round almost for free. Later objectives hold the earlier ones as rows and
start from their plan. What time is left goes to the whole problem. Only the bounds of the
relaxation, of the tree and of the whole problem count as proof. Small problems go to the whole
problem at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.settings import RunSettings
from optimizer.solve.cuts import rounding_cuts
from optimizer.solve.highs import Engine, Outcome
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.matrix import CHAINED, Floats, Matrix, Objective, fixed
from optimizer.solve.progress import Clock, Progress, Watcher, relative_gap
from optimizer.solve.rounding import CREWS, FINELY, PLANTS, WEEKENDS, Step, round_off, settle, split_columns
from optimizer.solve.sketch import by_sketch
from optimizer.solve.solution import HOLD_TOLERANCE, ObjectiveFound, Solution, Stage, believed
from optimizer.solve.tree import WHOLE, Node, Tree, Unit

SMALL = 2_500
"""Integer columns up to which the whole problem is searched at once."""
LARGE = 450_000
"""Nonzeros from which the relaxation is solved by interior point first. Below, simplex was as fast or faster."""
HUGE = 1_500_000
"""Nonzeros from which a plan is sought by way of longer periods; below, rounding finds a better one in time."""
SKETCH_SECONDS = 100.0
"""Least time in which such a plan is sought; in less, the plan that changes nothing is better than none."""
SLACK_ROWS = ("higher_crews_work_no_more_weekends",)
"""Constraints that the relaxation hardly ever needs, an eighth of all rows: higher crews are dearer as it is."""
PROVING = ("interior point", "relaxation", "cuts", "whole plan")
"""Stages whose own bounds hold for every plan."""
FIRST_STEPS = 8
"""Splits of the tree after its first dive until the next; then twice as many, and so on."""
PRICE_SECONDS = 2.0
"""Longest run for what one more unit would bring, after the plan is found."""
CUT_ENOUGH = 1e-5
"""Relative rise of the bound below which no more cuts are sought."""
RELAXATION_SHARE = 0.9
"""Most of the time left for an objective that its relaxation may take, once there is a plan."""
STAGE_SHARE = 0.4
"""Most of the time left for an objective that one restricted search may take."""

ROUNDING_SHARE = 0.4
"""Share of the gap that a restricted search may leave: what it finds is mostly far better than it can prove."""


@dataclass
class Search:
    """A search in progress.

    Parameters
    ----------
    matrix
        The model; its objectives in order of rank, then any tie-breaks.
    settings
        Objectives, gap, slack, time limit, threads, seed.
    clock
        When to stop.
    today
        Column -> (lower, upper) that switches every lever off; empty: the slack of the shortfall
        is a share of its value instead of what the levers gain.
    relaxed_today
        Rows that the plan without levers need not hold.
    watcher
        Called with the progress.
    sketch
        Builds the same problem with review blocks for periods, or None; asked when the problem is large.
    """

    matrix: Matrix
    settings: RunSettings
    clock: Clock
    today: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    relaxed_today: NDArray[np.int64] = field(default_factory=lambda: np.array([], dtype=np.int64))
    watcher: Watcher | None = None
    sketch: Callable[[], Matrix | None] | None = None

    def __post_init__(self) -> None:
        """Hand the model over to HiGHS."""
        matrix, settings = self.matrix, self.settings
        self._small = int(matrix.integer.sum()) <= SMALL
        self._large = not self._small and not settings.relaxed and matrix.rows.nnz >= LARGE
        alone = self._small or settings.relaxed or settings.threads == 1
        self.engines = [
            Engine(matrix, self.clock, threads=settings.threads, seed=settings.seed) for _ in range(1 if alone else 2)
        ]
        self.engine = self.engines[0]
        self.stages: dict[tuple[str, str], Stage] = {}
        self._last = ("", "")
        self.best: Floats | None = None
        self._off: Floats | None = None
        self._bound = self._relaxed_bound = -np.inf
        self._objective = matrix.objectives[0]
        self._rounding = 0.0
        self._root: Node | None = None
        self._units = [] if self._small else self._decisions()

    # -- the story ----------------------------------------------------------------------------------
    def solve(self) -> Solution:
        """Search every objective in order of rank and polish the plan.

        Raises
        ------
        ImpossibleError
            When no plan can hold every constraint.
        NoPlanError
            When time ran out, or the search was stopped, before a plan was found.
        """
        ranked = [o for o in self.matrix.objectives if o.name in self.settings.objectives]
        found: list[tuple[Objective, float, tuple[float, float], float | None]] = []
        proven: dict[str, float] = {}
        for rank, objective in enumerate(ranked):
            without_levers = self._without_levers(objective) if objective.name == "shortfall" else None
            value, bound = self._search(objective, proven.get(objective.name, -np.inf))
            found.append((objective, value, (bound, self._relaxed_bound), without_levers))
            last = rank + 1 == len(ranked)  # nothing is left that anything could be given back to
            limit = value + self._room(objective, value, without_levers, 0.0 if last else self.settings.slack)
            if not self._small and rank + 1 < len(ranked) and ranked[rank + 1].name == "speed":
                proven["speed"] = self._promises(ranked[rank + 1], limit)
            if not last or objective is not self._money():  # what is minimised next needs no row that holds it
                for engine in self.engines:
                    engine.hold(objective, limit)
        x = self._polish()
        objectives = tuple(
            ObjectiveFound(o.name, o.value(x), min(value, o.value(x)), believed(o.value(x), *bounds), without)
            for o, value, bounds, without in found
        )
        return Solution(x, self._status(objectives), objectives, tuple(self.stages.values()), self._off, self._prices())

    def _search(self, objective: Objective, proven: float) -> tuple[float, float]:
        """Search one objective, of which a bound may be proven already; return its value and bound."""
        self._objective, self._bound, self._relaxed_bound = objective, proven, proven
        for engine in self.engines:
            engine.minimise(objective)
        later = [o.name for o in self.matrix.objectives if o.name in self.settings.objectives]
        rank = later.index(objective.name)
        share = 1.0 if rank == len(later) - 1 else 0.7 if rank == 0 else 0.25
        deadline = self.clock.seconds + self.clock.left * share
        if not self._close_enough():
            sketched = self._worth_sketching(deadline)
            if not self._small and self.best is None and not sketched:
                self._as_today(deadline)
            if self._large:
                self._interior(deadline, sketched=sketched)
        if not self._close_enough():
            root = self._relaxation(deadline)
            if self.settings.relaxed:
                return self._value(), self._bound
            if not self._small:
                self._root = root = self._cut(root)
                self._improve("flows", ("build", "run", "weekend"), deadline)
                self._branch(root, deadline)
                self._improve("crews", ("build",), deadline)
            self._whole(deadline)
        if self.best is None:
            raise NoPlanError(self._no_plan())
        return self._value(), self._bound

    # -- stages ---------------------------------------------------------------------------------------
    def _as_today(self, deadline: float) -> None:
        """Take the plan that changes nothing, if it is one: better than none when time runs out."""
        if self.today and not self.settings.relaxed:
            self._take(self._restricted("as today", None, *self._today_bounds(), deadline=deadline))

    def _worth_sketching(self, deadline: float) -> bool:
        """Tell whether to seek a first plan by way of longer periods, on the core that the relaxation leaves free."""
        huge = self._large and self.matrix.rows.nnz >= HUGE and len(self.engines) > 1
        return huge and self.sketch is not None and self.best is None and self._left(deadline) > SKETCH_SECONDS

    def _interior(self, deadline: float, *, sketched: bool) -> None:
        """Solve the linear relaxation by interior point, sooner a bound, and find a plan beside it or near it."""
        self._free()
        with ThreadPoolExecutor(1) as beside:
            sketch = beside.submit(self._by_sketch, deadline) if sketched else None
            with self._timed("interior point"):
                relaxed = self.engine.relax(
                    seconds=self._left(deadline),
                    method=INTERIOR_POINT,
                    chains=self.matrix.chains(*CHAINED),
                    without=SLACK_ROWS,
                    threads=None if sketch else self.settings.threads or os.cpu_count(),
                )
            self._prove(relaxed.bound)
            self._relaxed_bound = self._bound
            if sketch is not None:
                with self._timed("sketch"):
                    step = sketch.result()
                if step is not None:
                    self._take(step.outcome)
                else:
                    self._as_today(deadline)
        if relaxed.x is not None:
            self._near(relaxed, deadline)

    def _near(self, relaxed: Outcome, deadline: float) -> None:
        """Round the answer of a relaxation to a plan."""
        if self._close_enough() or self._over(deadline):
            return
        self._free()
        with self._timed("rounding"):
            step = round_off(self.engines, (PLANTS,), Step(self.matrix.lower, self.matrix.upper, relaxed), deadline)
        if step is not None:
            self._take(self._rounded(step.outcome, deadline))

    def _by_sketch(self, deadline: float) -> Step | None:
        drawn = self.sketch() if self.sketch else None
        return by_sketch(drawn, self.engines[1], self._objective.name, deadline) if drawn else None

    def _relaxation(self, deadline: float) -> Node | None:
        """Solve the linear relaxation: the first bound, and a proof when nothing is possible."""
        self._free()
        self.engine.forget()  # from scratch, with presolve, is faster than from the last objective's basis
        share = 1.0 if self.best is None else RELAXATION_SHARE
        outcome = self._run("relaxation", seconds=share * self._left(deadline))
        if outcome.status == "optimal":
            self._prove(outcome.bound)
            self._relaxed_bound = self._bound
            if self.settings.relaxed:
                self.best = outcome.x
            return root_of(self._units, outcome, self.engine.basis())
        if outcome.status == "infeasible":
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        if "unbounded" in outcome.status:
            raise SolverError("the objective can fall for ever; look for an unlimited gain in your own constraints")
        if self.settings.relaxed:
            raise NoPlanError(self._no_plan())
        return None

    def _cut(self, root: Node | None) -> Node | None:
        """Add cuts to the relaxation as long as they raise its bound; they hold for every objective."""
        while root is not None and root.x is not None:
            cuts = rounding_cuts(self.matrix, root.x)
            for cut in cuts:
                for engine in self.engines:
                    engine.add(cut.columns, cut.values, cut.limit)
            before = self._bound
            outcome = self._run("cuts") if cuts else None
            if outcome is None or outcome.status != "optimal":
                break
            self._prove(outcome.bound)
            root = replace(root, bound=self._bound, x=outcome.x, basis=self.engine.basis())
            if self._bound - before < CUT_ENOUGH * abs(self._bound):
                break
        return root

    def _improve(self, stage: str, kept: Sequence[str], deadline: float) -> None:
        """Improve the plan so far, if there is one, with some of its decisions kept."""
        if self.best is not None and not self._close_enough():
            bounds = fixed(self.matrix.lower, self.matrix.upper, self.best, self.matrix.mask(*kept))
            self._take(self._restricted(stage, None, *bounds, deadline=deadline))

    def _branch(self, root: Node | None, deadline: float) -> None:
        """Close in on the best plants from both sides: bound parts of all plans, make plans of some."""
        if root is None:
            return
        tree = Tree(self.engines, self._units)
        tree.add(root)
        best = self._try(self._leaf(tree, root, deadline), deadline)
        steps, due = 0, 0
        plunging: Node | None = root
        while tree.best is not None and not self._over(deadline) and not self._close_enough():
            tree.cutoff = self._cutoff()
            with self._timed("plants"):
                leaf = tree.step(self._left(deadline), plunging)
            if leaf is not None:
                tree.close(leaf.bound)
                best = self._try(leaf, deadline) or best
            self._prove(min(tree.bound, self._value()))
            within_reach = best is not None and relative_gap(best.bound, self._bound) <= self.settings.gap
            if within_reach and not self._close_enough():
                best = self._try(best, deadline, careful=True) and None  # it is as good as it gets
            steps += plunging is None
            plunging = tree.fresh if plunging is not None or steps > due else None
            due = 2 * due + FIRST_STEPS if steps > due else due
        self._free()

    def _leaf(self, tree: Tree, node: Node, deadline: float) -> Node | None:
        """Return whole starts near the relaxation of a node; None where none are found."""
        if node.x is None:
            return None
        self._free()
        with self._timed("rounding"):
            step = settle(self.engines, FINELY, node.x, *tree.columns(node), self._left(deadline))
            self._free()
            if step is not None:
                return replace(node, bound=step.outcome.value, x=step.outcome.x)
            return tree.dive(node, self._left(deadline))

    def _try(self, leaf: Node | None, deadline: float, *, careful: bool = False) -> Node | None:
        """Make a plan of whole starts, unless its crews would have to round better than ever.

        Returns the starts if that is the best plan so far.
        """
        if leaf is None or leaf.bound + self._rounding / 2 >= self._value():
            return None
        before = self._value()
        starts = Outcome("optimal", leaf.x, leaf.bound, leaf.bound)
        outcome = (self._searched if careful else self._rounded)(starts, deadline)
        if outcome.x is not None:
            self._rounding = max(0.0, outcome.value - leaf.bound)
            self._take(outcome)
        return leaf if self._value() < before else None

    def _rounded(self, starts: Outcome, deadline: float) -> Outcome:
        """Give whole starts the crews and weekends near their relaxation, or search them where that fails."""
        self._free()
        for bounds in self._open_lines(starts):
            with self._timed("crews"):
                step = round_off(self.engines, (CREWS, WEEKENDS), Step(*bounds, starts), deadline)
            if step is not None:
                self._free()
                return step.outcome
        return self._searched(starts, deadline)

    def _searched(self, starts: Outcome, deadline: float) -> Outcome:
        """Give whole starts their crews, with weekends relaxed, and then their weekends."""
        for low, high in self._open_lines(starts):
            outcome = self._restricted("crews", ("run",), low, high, deadline=deadline)
            if outcome.status != "infeasible":
                break
        if outcome.x is None:
            return outcome
        low, high = fixed(low, high, outcome.x, self.matrix.mask("run"))
        near = self.matrix.integer & (low < high)
        low = np.where(near, np.maximum(low, np.floor(outcome.x + WHOLE)), low)
        high = np.where(near, np.minimum(high, np.ceil(outcome.x - WHOLE)), high)
        return self._restricted("weekends", None, low, high, deadline=deadline)

    def _open_lines(self, starts: Outcome) -> Iterator[tuple[Floats, Floats]]:
        """Return bounds that leave open the crews of lines on which whole starts split one, then of all lines."""
        assert starts.x is not None
        bounds = fixed(self.matrix.lower, self.matrix.upper, starts.x, self.matrix.mask("build", "attained"))
        whole = self.matrix.mask("run") & ~split_columns(self.matrix, starts.x)
        yield fixed(*bounds, starts.x, whole)
        yield bounds

    def _promises(self, speed: Objective, held: float) -> float:
        """Return a bound on the months before asap promises are attained, by bisection on each.

        What the relaxation cannot attain without the objective just searched passing the value at
        which it will be held, no plan can attain. Each promise is tried alone, so the months
        proven add up to a bound. Then a plan is sought that attains all of them that early.
        """
        node = self._root
        if node is None:
            return -np.inf
        tree, bound, every = Tree(self.engines, self._units), speed.constant, node
        tree.cutoff = held
        for k, unit in enumerate(self._units):
            if unit.row is not None:
                continue
            first, stop = 0, len(unit.columns)
            while first < stop:
                middle = (first + stop) // 2
                with self._timed("promises"):
                    refuted = tree.refutes(node.part(k, last=middle, must=True), self.clock.left / 10)
                node = replace(node, basis=None)  # the basis of the last try is nearer than that of the root
                first, stop = (middle + 1, stop) if refuted else (first, middle)
            bound += speed.costs[unit.columns[first:]].sum()
            if first < len(unit.columns):
                every = every.part(k, first=first, last=first, must=True)
        self._keep(tree, every, speed, held, bound)
        return float(bound)

    def _keep(self, tree: Tree, promised: Node, speed: Objective, held: float, bound: float) -> None:
        """Look for a plan that attains every promise as early as proven possible, within what will be held."""
        deadline = self.clock.seconds + 0.3 * self.clock.left
        with self._timed("promises"):
            node = tree.relax([promised], self._left(deadline))[0]
            leaf = self._leaf(tree, node, deadline) if node else None
        if leaf is None or self.best is None:
            return
        x = self._rounded(Outcome("optimal", leaf.x, leaf.bound, leaf.bound), deadline).x
        if x is not None and self._objective.value(x) <= held and speed.value(x) < speed.value(self.best):
            self.best = x
            if speed.value(x) <= bound + HOLD_TOLERANCE:
                self._pin(speed, x)

    def _pin(self, speed: Objective, x: Floats) -> None:
        """Settle the promises as a plan keeps them: no plan as fast keeps one of them earlier or later.

        Each month was proven the earliest by itself, and later objectives hold the sum. Promises
        without weight are not in the sum, so they stay open.
        """
        columns = np.flatnonzero(speed.costs)
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        lower[columns] = upper[columns] = np.round(x[columns])
        self.matrix = replace(self.matrix, lower=lower, upper=upper)
        for engine in self.engines:
            engine.matrix = self.matrix

    def _restricted(
        self, stage: str, integers: Sequence[str] | None, low: Floats, high: Floats, *, deadline: float
    ) -> Outcome:
        """Search within tighter bounds, with only some variables integer (None: all that are)."""
        self._free()
        self.engine.integrality(self.matrix.integer if integers is None else self.matrix.mask(*integers))
        self.engine.bounds(low, high)
        seconds = STAGE_SHARE * self._left(deadline)
        inside = self.best is not None and bool(np.all((self.best >= low - 1e-6) & (self.best <= high + 1e-6)))
        start = self.best if inside else None
        outcome = self._run(stage, seconds=seconds, gap=ROUNDING_SHARE * self.settings.gap, start=start)
        self._free()
        return outcome

    def _whole(self, deadline: float) -> None:
        """Search the whole problem, started from the best plan so far."""
        if self._close_enough():
            return
        self._free()
        self.engine.integrality(self.matrix.integer)
        seconds = self._left(deadline)
        outcome = self._run("whole plan", seconds=seconds, gap=self.settings.gap, start=self.best)
        if outcome.status == "infeasible" and self.best is None:
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        self._prove(outcome.bound)
        self._take(outcome)

    def _without_levers(self, objective: Objective) -> float | None:
        """Return the shortfall with every lever off and hard targets relaxed."""
        if not self.today:
            return None
        matrix, rows = self.matrix, self.relaxed_today
        self.engine.minimise(objective)
        self._free()
        self.engine.bounds(*self._today_bounds())
        self.engine.row_bounds(rows, np.full(len(rows), -np.inf), np.full(len(rows), np.inf))
        self._objective, self._bound = objective, -np.inf
        outcome = self._run("levers off")
        self.engine.row_bounds(rows, matrix.row_lower[rows], matrix.row_upper[rows])
        self.engine.bounds(matrix.lower, matrix.upper)
        if outcome.status != "optimal":
            return None
        self._off = outcome.x
        return outcome.value

    def _polish(self) -> Floats:
        """Fix every integer at its rounded value and re-solve the rest, cheapest first."""
        if self.best is None:
            raise NoPlanError(self._no_plan())
        if self.settings.relaxed:
            return self.best
        matrix, x = self.matrix, self.best
        self._free()
        self.engine.bounds(*fixed(matrix.lower, matrix.upper, x, matrix.integer))
        self.engine.minimise(self._money())
        self.engine.forget()
        self.engine.clock = Clock(60.0)  # a plan that was found is finished even when time is up
        outcome = self._rest()
        if outcome.x is None or outcome.status != "optimal":
            raise SolverError(
                "HiGHS could not confirm its plan with whole crews, weekends and plants; try another seed"
            )
        x = self._taken_back(outcome)
        return np.where(matrix.integer, np.round(x), x)

    def _taken_back(self, outcome: Outcome) -> Floats:
        """Return the plan without what it gave back of the first objective for nothing: no cost is saved by it."""
        first, money, x = self.matrix.objectives[0], self._money(), outcome.x
        assert x is not None
        if first is money or not self.settings.slack:
            return x
        self.engine.hold(money, outcome.value + HOLD_TOLERANCE * max(1.0, abs(outcome.value)))
        self.engine.minimise(first)
        again = self._rest()
        return x if again.x is None or again.status != "optimal" else again.x

    def _rest(self) -> Outcome:
        """Solve what is left when every integer is fixed: without a basis in a tenth of the time, mostly."""
        outcome = self.engine.relax(seconds=self.engine.clock.left)
        return outcome if outcome.x is not None else self.engine.run()

    def _prices(self) -> Floats | None:
        """Return what more or less in any row would change of the first objective, integers as in the plan."""
        if self.settings.relaxed or self.clock.over:
            return None
        self.engine.release()  # what was held may give way: the question is about the first objective alone
        self.engine.minimise(self.matrix.objectives[0])
        try:
            outcome = self.engine.run(seconds=PRICE_SECONDS)
        except SolverError:
            return None
        return self.engine.prices() if outcome.status == "optimal" else None

    # -- preparing --------------------------------------------------------------------------------------
    def _decisions(self) -> list[Unit]:
        """Return what the tree decides: when each unit starts, from when each asap promise is kept."""
        money = self._money().costs
        units = []
        for columns in self.matrix.chains("build", "attained"):
            lasts = self.matrix.columns[columns[0]][0] == "attained"
            row = None if lasts else max(engine.count(columns) for engine in self.engines)
            units.append(Unit(columns, row, float(1.0 + np.abs(money[columns]).mean())))
        return units

    def _free(self) -> None:
        """Let everything be decided again, and in fractions."""
        for engine in self.engines:
            engine.integrality(np.zeros_like(self.matrix.integer))
            engine.bounds(self.matrix.lower, self.matrix.upper)
            engine.at_least({unit.row: 0.0 for unit in self._units if unit.row is not None})

    def _today_bounds(self) -> tuple[Floats, Floats]:
        """Return the column bounds that switch every lever off."""
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        for column, (low, high) in self.today.items():
            lower[column], upper[column] = low, high
        return lower, upper

    def _money(self) -> Objective:
        """Return the objective in money, by which the rest is settled and the size of plants is told."""
        return next(o for o in self.matrix.objectives if o.name in ("weighted", "cost"))

    # -- keeping book -----------------------------------------------------------------------------------
    def _run(self, stage: str, **arguments: Any) -> Outcome:
        with self._timed(stage):
            try:
                outcome = self.engine.run(listener=lambda value, bound: self._tell(stage, value, bound), **arguments)
            except SolverError:
                if self.best is None:
                    raise
                outcome = Outcome("failed", None, np.inf, -np.inf)  # the plan so far is not lost
                self.engine.forget()
        value = outcome.value if outcome.x is not None else None
        self._tell(stage, value, outcome.bound)
        return outcome

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        """Tell that a stage begins, and add its time to what it took before."""
        began = self.clock.seconds
        self._tell(stage, None, None)
        yield
        key = self._objective.name, stage
        before = self.stages[key].seconds if key in self.stages else 0.0
        self._note(key, before + self.clock.seconds - began)

    def _note(self, key: tuple[str, str], seconds: float) -> None:
        """Note how far the search was when a stage ended."""
        value = None if self.best is None else self._value()
        bound = self._bound if np.isfinite(self._bound) else None
        self._last = key
        self.stages[key] = Stage(*key, seconds, value, bound)

    def _tell(self, stage: str, value: float | None, bound: float | None) -> None:
        if self.watcher is None:
            return
        proven = max(self._bound, -np.inf if bound is None else bound)
        if stage not in PROVING:
            proven = self._bound  # a bound with something fixed proves nothing about the whole
        known = [v for v in (value if stage == "whole plan" else None, self._value()) if v is not None]
        known = [v for v in known if np.isfinite(v)]
        self.watcher(
            Progress(
                stage=f"{self._objective.name}: {stage}",
                seconds=self.clock.seconds,
                left=self.clock.left,
                value=min(known) if known else None,
                bound=proven if np.isfinite(proven) else None,
            )
        )

    def _left(self, deadline: float) -> float:
        """Return the seconds until a deadline, at least 0."""
        return max(deadline - self.clock.seconds, 0.0)

    def _over(self, deadline: float) -> bool:
        return self.clock.over or self.clock.seconds >= deadline

    def _close_enough(self) -> bool:
        """Tell whether the best plan is proven as close to the bound as asked."""
        return self.best is not None and relative_gap(self._value(), self._bound) <= self.settings.gap

    def _cutoff(self) -> float:
        """Return the bound from which on a part of the plans is of no interest."""
        value = self._value()
        return value - 0.99 * self.settings.gap * abs(value) if np.isfinite(value) else np.inf

    def _take(self, outcome: Outcome) -> None:
        if outcome.x is not None and (self.best is None or outcome.value < self._objective.value(self.best)):
            self.best = outcome.x
        self._note(self._last, self.stages[self._last].seconds)

    def _prove(self, bound: float) -> None:
        self._bound = max(self._bound, bound)
        self._note(self._last, self.stages[self._last].seconds)

    def _value(self) -> float:
        """Return the value of the best plan so far, infinite without one."""
        return np.inf if self.best is None else self._objective.value(self.best)

    def _room(self, objective: Objective, value: float, without_levers: float | None, slack: float) -> float:
        """Return what later objectives may give back of this one."""
        if objective.name == "shortfall":
            gained = max(0.0, without_levers - value) if without_levers is not None else abs(value)
            room = slack * gained
        elif objective.name == "speed":
            room = 0.0
        else:
            room = slack * abs(value)
        return room + HOLD_TOLERANCE * max(1.0, abs(value))

    def _status(self, objectives: Sequence[ObjectiveFound]) -> str:
        if self.clock.stopped:
            return "interrupted"
        gaps = [relative_gap(o.found, o.bound) for o in objectives]
        if all(gap <= 1e-9 for gap in gaps):
            return "optimal"
        return "gap reached" if all(gap <= self.settings.gap + 1e-9 for gap in gaps) else "time limit"

    def _no_plan(self) -> str:
        if self.clock.stopped:
            return "the search was stopped before a plan was found"
        return (
            f"no plan was found within {self.settings.time_limit:g} seconds; allow more time "
            "(--time-limit), or plan with longer periods"
        )


def root_of(units: Sequence[Unit], outcome: Outcome, basis: Any) -> Node:
    """Return the node of all plans with its relaxation."""
    months = np.array([len(u.columns) for u in units], dtype=np.int64)
    free = np.zeros(len(months), dtype=bool)
    return Node(np.zeros_like(months), months - 1, free, outcome.bound, outcome.x, basis)
