"""One objective after the other searched in one process, as it is asked for: stages, bounds, dates, neighbourhoods.

For every objective the linear relaxation (relaxation.py) gives a first bound, large ones by interior point
(interior.py), and its answer is rounded to a first plan: plants, then crews, then weekends (rounding.py, crews.py).
Where review blocks make a much smaller problem, plans of these are carried over instead, and the relaxation begins from
blocks of its own, split by item (review.py); a very large one is solved by interior point, and again and again with
cuts. If that is not close enough, plants are decided more carefully: a tree of relaxations (tree.py), their bounds
raised by cuts of several rows (proving.py), closes in on the best (plants.py). Dates of targets are what the plants of
the plan allow (dates.py), then found or refuted by bisection (months.py). Neighbourhoods of the best plan are searched
for as long as there is time (local.py), and so is the whole problem (whole.py), beside the stages where there is an
engine for it. Only the bounds of the relaxation, whole or split, with cuts or without, of the tree and of the whole
problem count as proof. Small problems go to the whole problem at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from functools import partial

import numpy as np

from optimizer.errors import ImpossibleError, NoPlanError, OptimizerError, SolverError, UnboundedError
from optimizer.solve.arrays import Floats, Objective, fixed
from optimizer.solve.dates import Dates, Guide
from optimizer.solve.finish import booked, finish, prices
from optimizer.solve.local import LocalSearch
from optimizer.solve.months import Months
from optimizer.solve.opening import Opening
from optimizer.solve.outcome import Outcome
from optimizer.solve.parallel import beside
from optimizer.solve.plants import branch, early, prove
from optimizer.solve.problem import Leg, Problem, give_way
from optimizer.solve.progress import Clock, relative_gap
from optimizer.solve.record import Record
from optimizer.solve.relaxation import cut_relaxation, solve_relaxation
from optimizer.solve.review import Review
from optimizer.solve.runs import Runs
from optimizer.solve.sketch import Sketch
from optimizer.solve.tidy import Tidying
from optimizer.solve.tree import Node
from optimizer.solve.whole import search_whole
from optimizer.structure import Constraints, Variables

FAR_SHARE = 0.1
"""Share of the time for a later objective from which, once its first bound takes that, its relaxation is not solved
again (measured: see CONTRIBUTING.md)."""
NEAR = 0.1
"""Gap of a plan of the review blocks from which on the prover makes no plans of its own (measured: see
CONTRIBUTING.md); a wider one may be that of a process that failed."""
PLANS_SHARE = 0.4
"""Most of the time left that a process may search neighbourhoods of a later objective before it cuts its relaxation off
(measured: see CONTRIBUTING.md)."""
STAGES_SHARE = 0.85
"""Most of the time for an objective that stages take where one process does everything in turns."""
DATES_SHARE = 0.5
"""Share of the time for dates of targets in which one engine bisects them; then it searches the whole problem."""
VAIN_SHARE, VAIN_SHARE_OF_LARGE = 0.4, 0.25
"""Share of the time for dates after which no more is tried where nothing came of it: later objectives need it more,
those of a large problem most of all (measured: see CONTRIBUTING.md)."""
VAIN_SHARE_OF_HUGE = 0.8
"""That of a huge problem: what its review blocks give is carried over late."""


class Role(Enum):
    """What a process does of the search of an objective."""

    ALONE = "alone"
    PROVER = "prover"
    NEIGHBOURS = "neighbours"
    WHOLE = "whole"


class Search:
    """A search in one process.

    Parameters
    ----------
    problem
        What is searched.
    clock
        When to stop.
    record
        What comes of it.
    role
        What this process does of it.
    sketch
        Builds the same problem with review blocks for periods, or None; asked when the problem is huge.
    """

    def __init__(
        self,
        problem: Problem,
        clock: Clock,
        record: Record,
        role: Role = Role.ALONE,
        sketch: Callable[[], Sketch | None] | None = None,
    ) -> None:
        self._problem, self._clock, self._record, self._role = problem, clock, record, role
        self.relaxed: Floats | None = None
        self.failures: list[str] = []
        self._whole_only = role is Role.WHOLE or (role is Role.ALONE and problem.tiny)
        self._alone = role is Role.ALONE
        self._crowded = 2 < problem.threads < len(Role)  # the prover works with two engines
        self._slack_rows = problem.matrix.rows_of(Constraints.SELDOM)
        self._runs = self._engines()
        self._opening = Opening(self._runs, problem.switched_off(), self._slack_rows)
        self._review = Review(problem, clock, record, sketch, self._of_review_blocks)

    # -- what is asked -------------------------------------------------------------------------------
    def without_levers(self) -> Outcome | None:
        """Return the least shortfall with every lever off and hard targets relaxed, by whole crews and plants.

        Asap targets may be attained in fractions: the shortfall knows nothing of them. None where there is no
        such plan, or none was found in time.
        """
        objective = next((o for o in self._problem.ranked if o.name == "shortfall"), None)
        if objective is None:
            return None
        with self._surviving(Leg(0, 0, (), 0.0, None, -np.inf)):
            return self._opening.find_without_levers(objective, self._problem.relaxed_today)
        return None

    def search(self, leg: Leg) -> None:
        """Search an objective; plans and bounds are in the record.

        Raises
        ------
        ImpossibleError
            When no plan can hold every constraint.
        SolverError
            When HiGHS fails before there is a plan.
        """
        with self._surviving(leg):
            self._search(leg)

    def finish(self, x: Floats, held: tuple[float, ...], tidied: tuple[float, ...]) -> tuple[Floats, Floats | None]:
        """Return a plan polished and tidied, and what more would bring; as it was found where HiGHS fails twice.

        It is as it was found, too, where time is up. Limits of the objectives are wider for tidying.
        """
        ranked = self._problem.ranked
        last = len(ranked) - 1 if ranked[-1] is self._problem.money else len(ranked)
        leg = Leg(0, last, held[:last], 0.0, x, -np.inf)  # what is minimised next needs no row that holds it
        self._record.best = x
        self._hold(leg)
        clock = self._problem.last_step(self._clock.left)
        if self._problem.large:
            x = booked(self._problem.matrix, self._problem.money, x, clock)
            with self._surviving(leg):
                found = self._tidied(x, tidied, clock, polished=False)
                if not np.array_equal(found, x):
                    return found, prices(self._runs, self._runs.engine, x)
        for _ in range(2):
            if clock.over:
                break
            with self._surviving(leg):
                polished, worth = finish(self._runs, x, clock)
                return self._tidied(polished, tidied, clock), worth
        return np.where(self._problem.matrix.integer, np.round(x), x), None

    # -- inside ----------------------------------------------------------------------------------------
    def _of_review_blocks(self, drawn: Problem, found: Record, near: bool) -> Search:
        return Search(drawn, self._clock, found, Role.NEIGHBOURS if near else Role.ALONE)

    def _tidied(self, x: Floats, limits: tuple[float, ...], last: Clock, *, polished: bool = True) -> Floats:
        problem, settings = self._problem, self._problem.settings
        if problem.tidiness is None or self._clock.stopped:
            return x
        self._record.tell("tidying", None, None)
        held = list(zip(problem.ranked, limits, strict=True))
        seconds = problem.tidying_seconds
        tidying = Tidying(
            problem.matrix, problem.tidiness, held, problem.money, seconds, last, settings.threads, settings.seed
        )
        return tidying.tidy(x, searching=settings.slack > 0, everywhere=problem.small, polished=polished)

    @contextmanager
    def _surviving(self, leg: Leg) -> Iterator[None]:
        """Go on with the best plan so far when HiGHS fails in any way: with new engines, and told.

        HiGHS is native code: memory that runs out and errors of its own come as exceptions of any kind.
        """
        try:
            yield
        except (ImpossibleError, NoPlanError, UnboundedError):
            raise
        except Exception as error:
            if self._record.best is None:
                raise error if isinstance(error, OptimizerError) else SolverError(failure(error)) from error
            self.failures.append(failure(error))
            self._runs = self._opening.runs = self._engines()
            self._hold(leg)

    def _engines(self) -> Runs:
        """Hand the model over to HiGHS."""
        problem, settings = self._problem, self._problem.settings
        one = self._whole_only or settings.relaxed or settings.threads == 1 or self._role is Role.NEIGHBOURS
        one |= self._role is Role.PROVER and problem.threads < 3
        engines = 1 if one else 2
        if not self._alone:
            problem = replace(problem, settings=replace(settings, threads=1))
        return Runs(problem, self._clock, self._record, engines=engines, decided=not self._whole_only)

    def _hold(self, leg: Leg) -> None:
        """Hold the objectives before that of the leg, and nothing else."""
        self._runs.settle_as(self._problem.matrix)
        self._runs.hold(list(zip(self._problem.ranked, leg.held, strict=False)))

    def _search(self, leg: Leg) -> None:
        problem, runs, record = self._problem, self._runs, self._record
        objective, deadline = problem.ranked[leg.rank], self._clock.seconds + leg.seconds
        self._hold(leg)
        record.begin(objective, leg.bound)
        self.relaxed = None
        record.best = leg.start  # what was found before may not keep today's limits
        runs.free()
        for engine in runs.engines:
            engine.minimise(objective)
        if record.close_enough:
            return
        if problem.settings.relaxed:
            self._relaxation(deadline)
        elif self._whole_only:
            self._whole(deadline, relaxed=self._role is Role.WHOLE)
        elif objective.name == "speed":
            self._dates(leg, deadline)
        elif self._alone and leg.rank and len(runs.engines) > 1:
            self._beside_the_whole(leg, objective, deadline)
        else:
            self._staged(leg, objective, deadline, turns=self._alone)

    def _beside_the_whole(self, leg: Leg, objective: Objective, deadline: float) -> None:
        """Search a later objective in stages with one engine, and the whole problem with the other.

        Measured: see CONTRIBUTING.md.
        """
        both, known = self._runs, len(self._runs.cuts)
        self._runs, other = (both.alone(engine) for engine in both.engines)
        try:
            beside(partial(search_whole, other, deadline), partial(self._staged, leg, objective, deadline, turns=False))
        finally:
            self._runs = both
        other.engine.add_cuts(both.cuts[known:])  # the engines have the same rows again: they exchange bases

    def _staged(self, leg: Leg, objective: Objective, deadline: float, *, turns: bool) -> None:
        """Search an objective in stages, or the neighbourhoods of its plans.

        With `turns`, the whole problem has the last turn; otherwise another engine or process searches that meanwhile.
        """
        problem, runs, record = self._problem, self._runs, self._record
        reviewed, local = self._review.useful and not leg.rank, self._local(objective, timed=not turns)
        if self._role is Role.NEIGHBOURS:
            self._opening.as_today(runs.engine, deadline)
            if reviewed:
                self._review.search(runs, deadline)
            local.search(deadline, self._give_way)
            return
        until = self._clock.seconds + STAGES_SHARE * leg.seconds if self._alone else deadline
        far = False
        if self._alone and leg.rank and not problem.small:
            local.polish(until)
        if reviewed and self._alone:
            self._opening.as_today(runs.engine, until)
            self._review.search(runs, until)
        elif problem.large and (problem.huge or not reviewed):
            far = self._open(leg, until)
        if self._alone and problem.small:
            self._opening.as_today(runs.engine, until)
        elif not record.close_enough and not far:
            root = self._relaxed_and_cut(until)
            if root is not None and not record.close_enough:
                self.relaxed = root.x
                if reviewed and self._role is Role.PROVER and relative_gap(record.value, record.bound) <= NEAR:
                    prove(runs, root, until)
                else:
                    branch(runs, root, until, at_once=leg.rank == 0)
            self._improve("crews", (Variables.STARTS,), until)
        if turns:
            local.search(self._clock.seconds + STAGES_SHARE * self._clock.until(deadline), patient=False)
            self._whole(deadline, relaxed=not problem.small)
        else:
            if far and leg.rank and self.relaxed is not None:
                until = self._clock.seconds + PLANS_SHARE * self._clock.until(deadline)
                local.search(until, self._give_way, patient=False)
                self.relaxed = self._opening.cut(self.relaxed, deadline)
            local.search(deadline, self._give_way)

    def _open(self, leg: Leg, deadline: float) -> bool:
        """Take the first bound and plans of a large problem; tell whether its relaxation is too far to be solved again.

        Where it is huge, and where objectives are held, the simplex method may take the rest of the time for the same
        bound. Neighbourhoods of a plan find better ones sooner than the relaxation of a huge problem is rounded.
        """
        began, later, far = self._clock.seconds, leg.rank > 0, self._problem.huge
        if far and not later:
            self._review.begin(self._runs, self._slack_rows, deadline, on=False)
        self.relaxed = self._opening.open(deadline, near=later or not far)
        if self.relaxed is not None and far and not later:
            self.relaxed = self._opening.cut(self.relaxed, deadline)
        return far or (later and self._clock.seconds - began > FAR_SHARE * leg.seconds)

    def _dates(self, leg: Leg, deadline: float) -> None:
        """Find the dates of targets: by what the plants of the plan allow, by bisection, and on the whole problem."""
        problem, runs, record = self._problem, self._runs, self._record
        ranked = problem.ranked
        before = ranked[leg.rank - 1] if leg.rank else next((o for o in ranked if o is not ranked[0]), problem.money)
        if self._role is not Role.PROVER:
            runs.hold(list(zip(ranked[: max(0, leg.rank - 1)], leg.held, strict=False)))
            if record.best is None:
                self._opening.as_today(runs.engine, deadline)
            guide = Guide(before, leg.held[-1] if leg.rank else np.inf)
            dates = Dates(runs, ranked[leg.rank], guide, self._enough)
            ways: list[Callable[[float], None]] = [dates.adapt]
            if not self._alone:
                ways.append(partial(self._review.keep, runs, leg.rank, dates))
            for way in reversed(ways) if problem.huge else ways:  # measured: see CONTRIBUTING.md
                way(deadline)
            runs.free()
            self._hold(leg)
        runs.engine.minimise(ranked[leg.rank])
        vain = VAIN_SHARE_OF_HUGE if problem.huge else VAIN_SHARE_OF_LARGE if problem.large else VAIN_SHARE
        enough = self._given_up(vain * leg.seconds)
        whole = partial(search_whole, runs.alone(runs.engine), deadline, enough)
        if self._role is Role.NEIGHBOURS and not problem.small:
            whole()
            return
        months = Months(runs, ranked[leg.rank], before, enough)
        if not self._alone:
            months.bisect(deadline)
        elif len(runs.engines) > 1:
            beside(partial(months.bisect, deadline), whole)
        else:
            months.bisect(self._clock.seconds + DATES_SHARE * self._clock.until(deadline))
            whole()

    def _enough(self) -> bool:
        return self._record.close_enough

    def _given_up(self, seconds: float) -> Callable[[], bool]:
        """Return what tells that the search has come to its end, or to nothing new for so many seconds."""
        record, clock = self._record, self._clock
        return lambda: record.close_enough or clock.seconds - record.moved > seconds

    # -- stages ---------------------------------------------------------------------------------------
    def _relaxed_and_cut(self, deadline: float) -> Node | None:
        """Solve the linear relaxation and tighten it."""
        runs = self._runs
        runs.free()
        if self._alone:
            self._opening.as_today(runs.engine, deadline)
        root, first = self._relaxation(deadline), runs.record.objective is self._problem.ranked[0]
        if root is not None and first and self._alone:  # to raise its bound may take long
            early(runs, root, deadline)
        root, cuts = cut_relaxation(runs, root)
        runs.share(cuts)
        if root is not None:
            runs.idle = runs.engine.idle(self._slack_rows)
        return root

    def _improve(self, stage: str, kept: tuple[Variables, ...], deadline: float) -> None:
        """Improve the plan so far, if there is one, with some of its decisions kept."""
        runs, record = self._runs, self._record
        if record.best is not None and not record.close_enough and not self._clock.past(deadline):
            bounds = fixed(runs.matrix.lower, runs.matrix.upper, record.best, runs.matrix.mask(*kept))
            record.take(runs.restricted(stage, None, *bounds, deadline=deadline))

    def _local(self, objective: Objective, *, timed: bool) -> LocalSearch:
        """Return what searches neighbourhoods of the best plan."""
        seed = self._problem.settings.seed + (self._role is Role.PROVER)
        runs, relaxed, rough = self._runs.alone(self._runs.engine), lambda: self.relaxed, lambda: self._review.guide
        return LocalSearch(runs, objective, self._slack_rows, relaxed, rough, seed=seed, timed=timed)

    def _give_way(self) -> None:
        """Leave the cores to the prover, whose plan is better, where there are fewer than the lanes can use."""
        if self._crowded:
            give_way()
        self._crowded = False

    def _relaxation(self, deadline: float) -> Node | None:
        """Solve the linear relaxation, that of a problem in stages without its slack rows first."""
        runs = self._runs
        rows = self._slack_rows[:0] if self._whole_only else self._slack_rows
        return solve_relaxation(runs, deadline, rows, lambda: self._review.begin(runs, self._slack_rows, deadline))

    def _whole(self, deadline: float, *, relaxed: bool) -> None:
        """Search the whole problem, started from the best plan so far; first its relaxation unless `relaxed`."""
        if self._enough() or self._clock.past(deadline):
            return
        self._runs.free()
        if not relaxed:
            self._relaxation(deadline)
        if not self._enough():
            threads = self._problem.threads if self._role is Role.WHOLE and self._problem.small else 1
            search_whole(self._runs, deadline, threads=threads)


def failure(error: Exception) -> str:
    """Say in a sentence what failed in the solver."""
    words = str(error) or error.__class__.__name__
    kind = "" if isinstance(error, OptimizerError) or not str(error) else f"{error.__class__.__name__}: "
    return f"a run of the solver failed ({kind}{words}); the plan is the best of the others"
