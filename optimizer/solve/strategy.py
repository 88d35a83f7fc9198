"""How a plan is found: objectives in order of rank, each searched in stages, bounds proven.

For every objective the linear relaxation gives a first bound, large ones by interior point
(interior.py), and its answer is rounded to a first plan: plants, then crews, then weekends
(rounding.py, crews.py). Of a huge problem the plan comes from its review blocks instead, and beside it
the bound from the relaxation split by item (opening.py, sketch.py, split.py). If that is not close
enough, plants are decided more carefully, for they are what makes the problem hard: a tree of relaxations
(tree.py), their bounds raised by cuts of several rows (proving.py), closes in on the best (plants.py).
Later objectives hold the earlier ones as rows and start from their plan. Months until asap promises are
kept are proven one promise at a time: those impossible at whatever cost beside the first relaxation, the
others, and a plan that keeps the promises, while the relaxation of the objective that follows is solved
(promises.py, ahead.py), which begins while cuts still prove the first plan close enough. What time is
left goes to the whole problem. Only the bounds of the relaxation, whole or split, with cuts or without, of the tree and
of the whole problem count as proof. Small problems go to the whole problem at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ImpossibleError, NoPlanError, OptimizerError, SolverError, UnboundedError
from optimizer.settings import RunSettings
from optimizer.solve.ahead import Ahead
from optimizer.solve.cuts import Cut, rounding_cuts
from optimizer.solve.finish import finish
from optimizer.solve.matrix import Floats, Matrix, Objective, fixed
from optimizer.solve.measured import as_measured
from optimizer.solve.opening import Opening
from optimizer.solve.plants import branch
from optimizer.solve.progress import Clock, Watcher, relative_gap
from optimizer.solve.promises import earliest, keep, pin, possible, promised_from
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import HOLD_TOLERANCE, ObjectiveFound, Solution, believed
from optimizer.solve.tree import WHOLE, Node, root_of

SMALL = 2_500
"""Integer columns up to which the whole problem is searched at once."""
SLACK_ROWS = (
    "crews_stay",
    "higher_crews_work_no_more_weekends",
    "joining_crews_were_absent",
    "running_lines_keep_the_minimum_rate",
    "steps_are_climbed_in_order",
)
"""Constraints, two fifths of all rows, that the relaxation hardly ever needs: it is solved without them first.
The bound of the alliance was 0.003 % lower without them, and the whole relaxation found in 60 % of the time."""
CUT_ENOUGH = 1e-5
"""Relative rise of the bound below which no more cuts are sought."""
FEW = 500
"""Integer columns up to which HiGHS searches no neighbourhoods beside its tree: with 236 they took two thirds of the
time; with 1,702 plans are better for them."""
NO_NEIGHBOURHOODS = {
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
FINISHING_SHARE = 0.02
"""Of the time left, what is kept for the last step: the plan is finished even when the search has no time left."""
KEEPING_SHARE = 0.3
"""Most of the time left that the search for a plan that keeps promises as early as can be may take."""
LEVERS_OFF_SHARE = 0.1
"""Most of the time that the plan with every lever off may take in whole numbers; few are left to be decided."""
RELAXATION_SHARE = 0.9
"""Most of the time left for an objective that its relaxation may take, once there is a plan."""


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
        Column -> (lower, upper) that switches every lever off; empty: what the levers gain is not known, and the
        slack of the shortfall is a share of its value.
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
    sketch: Callable[[], Sketch | None] | None = None

    def __post_init__(self) -> None:
        """Hand the model over to HiGHS and see what the search knows of it."""
        matrix, settings = self.matrix, self.settings
        self._small = int(matrix.integer.sum()) <= SMALL
        self._record = Record(matrix.objectives[0], settings.gap, self.clock, self.watcher)
        self._held: list[tuple[Objective, float]] = []
        self._failures: list[str] = []
        self._runs = self._engines()
        self._slack_rows = matrix.rows_of(*SLACK_ROWS)
        today = self._today_bounds() if self.today else None
        self._opening = Opening(self._runs, today, self._slack_rows, self.sketch)
        self._ranked = [o for o in matrix.objectives if o.name in settings.objectives]
        self._root: Node | None = None
        self._possible: dict[int, int] = {}  # promise -> first month in which it is not impossible
        self._ahead: Ahead | None = None
        self._basis: Any = None  # of the next relaxation, when it is solved already

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
        record, ranked = self._record, self._ranked
        found: list[tuple[Objective, float, tuple[float, float], float | None]] = []
        proven: dict[str, float] = {}
        yardstick: float | None = None
        with self._surviving():
            yardstick = self._without_levers()  # before anything is held
        for rank, objective in enumerate(ranked):
            without_levers = yardstick if objective.name == "shortfall" else None
            later = ranked[rank + 1 :]  # if there is none, nothing is left that anything could be given back to
            limit = partial(_limit, objective, without_levers, self.settings.slack if later else 0.0)
            record.begin(objective, proven.get(objective.name, -np.inf))
            with self._surviving():
                self._search(objective, later, limit)
            found.append((objective, record.value, (record.bound, record.relaxed_bound), without_levers))
            if not later and objective is self._runs.money:
                continue  # what is minimised next needs no row that holds it
            held = limit(record.value)
            self._held.append((objective, held))
            with self._surviving():
                if self._root is not None and later and later[0].name == "speed":
                    proven["speed"] = self._promise(objective, held, later)
                else:
                    _hold(self._runs, [(objective, held)])
        if record.best is None:
            raise NoPlanError(self._no_plan())
        x, worth = (record.best, None) if self.settings.relaxed else self._finished(record.best)
        objectives = []
        for o, value, bounds, without_levers in found:
            least = min(value, o.value(x))
            objectives.append(ObjectiveFound(o.name, o.value(x), least, believed(least, *bounds), without_levers))
        stages = tuple(stage.within(objectives) for stage in record.stages.values())
        off = self._opening.without_levers
        without = None if off is None else off.x
        status = self._status(objectives)
        return Solution(x, status, tuple(objectives), stages, without, worth, tuple(self._failures))

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """Go on with the best plan so far when HiGHS fails in any way: with new engines, and told.

        HiGHS is native code: memory that runs out and errors of its own come as exceptions of any kind.
        """
        try:
            yield
        except (ImpossibleError, NoPlanError, UnboundedError):
            raise
        except Exception as error:
            if self._record.best is None:
                raise error if isinstance(error, OptimizerError) else SolverError(_failure(error)) from error
            self._failures.append(_failure(error))
            matrix = self._runs.matrix  # promises may be settled in it
            self._runs = self._opening.runs = self._engines()
            self._runs.settle_as(matrix)
            self._root = self._ahead = self._basis = None
            _hold(self._runs, self._held)

    def _engines(self) -> Runs:
        """Hand the model over to HiGHS."""
        matrix, settings = self.matrix, self.settings
        alone = self._small or settings.relaxed or settings.threads == 1
        return Runs(matrix, settings, self.clock, self._record, engines=1 if alone else 2, decided=not self._small)

    def _finished(self, x: Floats) -> tuple[Floats, Floats | None]:
        """Return the plan polished and what more would bring; as it was found where HiGHS fails twice at that."""
        x, worth = np.where(self.matrix.integer, np.round(x), x), None
        for _ in range(2):
            with self._surviving():
                x, worth = finish(self._runs, x)
                break
        return as_measured(self.matrix, x), worth

    def _search(self, objective: Objective, later: Sequence[Objective], limit: Callable[[float], float]) -> None:
        """Search one objective.

        Later objectives hold it at a limit that follows from its value.
        """
        runs, record = self._runs, self._record
        self._root = self._ahead = None
        for engine in runs.engines:
            engine.minimise(objective)
        first = objective is self._ranked[0]
        share = 1.0 - FINISHING_SHARE if not later else 0.7 if first else 0.25
        deadline = self.clock.seconds + self.clock.left * share
        if not record.close_enough and not self._small and not self.settings.relaxed and runs.large:
            self._opening.open(deadline)
        if not record.close_enough:
            root = self._relaxed_and_cut(deadline)
            if self.settings.relaxed:
                return
            if not self._small:
                self._root = root
                self._ahead = self._ahead_of(objective, later, limit)
                if root is not None and not record.close_enough:
                    branch(runs, root, deadline, at_once=first, ahead=self._ahead)
                self._improve("crews", ("build",), deadline)
            self._whole(deadline)
        if record.best is None:
            raise NoPlanError(self._no_plan())

    # -- stages ---------------------------------------------------------------------------------------
    def _relaxed_and_cut(self, deadline: float) -> Node | None:
        """Solve the linear relaxation and tighten it, while an engine that is free does what helps later."""
        runs = self._runs
        runs.free()
        if self._small or self.settings.relaxed:
            return self._relaxation(deadline)
        with ThreadPoolExecutor(1) as beside:
            others = beside.submit(self._prepare, deadline)
            if len(runs.engines) == 1:
                others.result()
            root, cuts = self._cut(self._relaxation(deadline))
            others.result()
        runs.cuts += cuts
        for engine in runs.engines[1:]:
            engine.add_cuts(cuts)
        if root is not None:
            runs.idle = runs.engine.idle(self._slack_rows)
        return root

    def _prepare(self, deadline: float) -> None:
        """Take the plan that changes nothing, and on an engine that is free learn how early promises are possible."""
        runs = self._runs
        self._opening.as_today(runs.engines[-1], deadline)
        busy = len(runs.engines) == 1 or runs.large
        if "speed" in self.settings.objectives and not busy and not self._possible:
            self._possible = possible(runs.alone(runs.engines[-1]), self._slack_rows, deadline)

    def _relaxation(self, deadline: float) -> Node | None:
        """Solve the linear relaxation: the first bound, and a proof when nothing is possible."""
        runs, record = self._runs, self._record
        share = 1.0 if record.best is None else RELAXATION_SHARE
        if self._basis is None:
            runs.engine.forget()  # from scratch, with presolve, is faster than from the last objective's basis
            if not self._small:
                with runs.engine.without(self._slack_rows):
                    runs.run("relaxation", seconds=share * self.clock.until(deadline))
        basis, self._basis = self._basis, None
        outcome = runs.run("relaxation", seconds=share * self.clock.until(deadline), basis=basis)
        if outcome.status == "optimal":
            record.prove_relaxed(outcome.bound)
            if self.settings.relaxed:
                record.best = outcome.x
            return root_of(runs.units, outcome, runs.engine.basis())
        if outcome.status == "infeasible":
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        if "unbounded" in outcome.status:
            words = "can fall for ever; look for an unlimited gain in your own constraints"
            raise UnboundedError(f"the objective `{self._record.objective.name}` {words}")
        if self.settings.relaxed:
            raise NoPlanError(self._no_plan())
        return None

    def _cut(self, root: Node | None) -> tuple[Node | None, list[Cut]]:
        """Add cuts to the relaxation as long as they raise its bound; they hold for every objective."""
        runs, record = self._runs, self._record
        added: list[Cut] = []
        while root is not None and root.x is not None:
            cuts = rounding_cuts(runs.matrix, root.x)
            runs.engine.add_cuts(cuts)
            added += cuts
            before = record.bound
            outcome = runs.run("cuts") if cuts else None
            if outcome is None or outcome.status != "optimal":
                break
            record.prove(outcome.bound)
            root = replace(root, bound=record.bound, x=outcome.x, basis=runs.engine.basis())
            if record.bound - before < CUT_ENOUGH * abs(record.bound):
                break
        return root, added

    def _ahead_of(
        self, objective: Objective, later: Sequence[Objective], limit: Callable[[float], float]
    ) -> Ahead | None:
        """Return the relaxation to solve while the speed of promises is what comes next; None if there is none.

        It is solved for the months that are possible at whatever cost: mostly these are proven.
        """
        if self._root is None or not self._possible or len(later) < 2 or later[0].name != "speed":
            return None
        guess = promised_from(self._root, self._possible, self._runs, later[0])
        return Ahead(self._runs, objective, limit, later[1], guess.node, self._slack_rows)

    def _promise(self, objective: Objective, held: float, later: Sequence[Objective]) -> float:
        """Prove how early promises can be kept, hold the objective just searched, and seek a plan that keeps them."""
        runs, speed, root, ahead = self._runs, later[0], self._root, self._ahead
        assert root is not None
        deadline = self.clock.seconds + KEEPING_SHARE * self.clock.left
        with runs.record.timed("promises"):
            if ahead is not None:
                ahead.begin(deadline)
            promised = earliest(runs.alone(runs.engine) if ahead else runs, root, speed, held, self._possible)
            if ahead is not None:
                ahead.hold(held)
            else:
                for engine in runs.engines:
                    engine.hold(objective, held)
            kept = keep(runs.alone(runs.engine), promised, speed, held, deadline)
            basis = ahead.basis(held) if ahead is not None else None
        if kept and promised.bound == promised_from(root, self._possible, runs, speed).bound:
            self._basis = basis
        if kept and runs.record.best is not None:
            pin(runs, speed, runs.record.best)
        return promised.bound

    def _improve(self, stage: str, kept: Sequence[str], deadline: float) -> None:
        """Improve the plan so far, if there is one, with some of its decisions kept."""
        runs, record = self._runs, self._record
        if record.best is not None and not record.close_enough:
            bounds = fixed(runs.matrix.lower, runs.matrix.upper, record.best, runs.matrix.mask(*kept))
            record.take(runs.restricted(stage, None, *bounds, deadline=deadline))

    def _whole(self, deadline: float) -> None:
        """Search the whole problem, started from the best plan so far."""
        runs, record = self._runs, self._record
        if record.close_enough:
            return
        runs.free()
        runs.engine.integrality(runs.matrix.integer)
        options = NO_NEIGHBOURHOODS if runs.matrix.integer.sum() <= FEW else {}
        seconds = self.clock.until(deadline)
        outcome = runs.run("whole plan", seconds=seconds, gap=self.settings.gap, start=record.best, **options)
        if outcome.status == "infeasible" and record.best is None:
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        record.prove(outcome.bound)
        record.take(outcome)

    def _without_levers(self) -> float | None:
        """Return the least shortfall with every lever off and hard targets relaxed, by whole crews and plants.

        Asap promises may be attained in fractions: the shortfall knows nothing of them. None where there is no
        such plan, or none was found in time.
        """
        runs, record = self._runs, self._record
        objective = next((o for o in self._ranked if o.name == "shortfall"), None)
        if objective is None or not self.today:
            return None
        whole = runs.matrix.integer & ~runs.matrix.mask("attained")
        runs.engine.minimise(objective)
        runs.free()
        runs.engine.bounds(*self._today_bounds())
        record.begin(objective)
        with runs.engine.without(self.relaxed_today):
            outcome = runs.run("levers off")
            outcome = replace(outcome, basis=runs.engine.basis())
            if outcome.x is not None and not self.settings.relaxed and _fractions(outcome.x[whole]):
                runs.engine.integrality(whole)
                outcome = runs.run("levers off", seconds=LEVERS_OFF_SHARE * self.clock.left)
        runs.free()
        if outcome.x is None:
            return None
        self._opening.without_levers = outcome
        return outcome.value

    def _today_bounds(self) -> tuple[Floats, Floats]:
        """Return the column bounds that switch every lever off."""
        lower, upper = self._runs.matrix.lower.copy(), self._runs.matrix.upper.copy()
        for column, (low, high) in self.today.items():
            lower[column], upper[column] = low, high
        return lower, upper

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
        if self.clock.limit != self.settings.time_limit:
            return (
                f"no plan was found before the clock that was handed in ran out, after {self.clock.limit:g} seconds; "
                "hand in one with more time, or plan with longer periods"
            )
        return (
            f"no plan was found within {self.settings.time_limit:g} seconds; allow more time (time_limit, "
            "on the command line --time-limit), or plan with longer periods"
        )


def _fractions(x: Floats) -> bool:
    """Tell whether any value is not whole."""
    return bool((np.abs(x - np.round(x)) > WHOLE).any())


def _hold(runs: Runs, held: Sequence[tuple[Objective, float]]) -> None:
    """Hold objectives at their limits in every engine."""
    for objective, limit in held:
        for engine in runs.engines:
            engine.hold(objective, limit)


def _failure(error: Exception) -> str:
    """Say in a sentence what failed in the solver."""
    words = str(error) or error.__class__.__name__
    kind = "" if isinstance(error, OptimizerError) or not str(error) else f"{error.__class__.__name__}: "
    return f"a run of the solver failed ({kind}{words}); the plan is the best of the others"


def _limit(objective: Objective, without_levers: float | None, slack: float, value: float) -> float:
    """Return where later objectives hold this one: its value and what they may give back.

    That is a share of the value; of a shortfall no more than the share of what the levers gain, for half a per
    cent of a large value could throw all of a small gain away. Months until promises are kept are not given back.
    """
    whole = 0.0 if objective.name == "speed" else abs(value)
    if objective.name == "shortfall" and without_levers is not None:
        whole = min(whole, max(0.0, without_levers - value))
    return value + slack * whole + HOLD_TOLERANCE * max(1.0, abs(value))
