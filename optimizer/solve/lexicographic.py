"""Objectives in order of rank: each searched with those before it held at their values and a slack, then polished.

Tiny problems are searched in this process by HiGHS alone; others in lanes (lanes.py), or in turns where there are
too few threads for them. Each objective gets a share of the time, and what it does not need is left to those after it.
Time that is left at the end goes to the objective with the widest gap: a better bound always counts, a better plan
moves the limit of its objective only where those after it can be searched again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Thread, get_ident
from typing import Protocol

import numpy as np

from optimizer.errors import ImpossibleError, NoPlanError, OptimizerError, SolverError
from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.begin import Begin
from optimizer.solve.incumbent import Incumbent
from optimizer.solve.lanes import Lanes
from optimizer.solve.measured import as_measured
from optimizer.solve.messages import Finish
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import Leg, Problem, limit
from optimizer.solve.progress import Clock, Progress, Watcher, ended, relative_gap
from optimizer.solve.record import Record
from optimizer.solve.search import Search
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import ObjectiveFound, Solution, Stage, untold

FIRST, DATES, LATER = 0.5, 0.2, 0.3
"""Shares of the time: of the first objective, of the dates of targets, of each other."""
DATES_OF_SMALL = 0.6
"""That of dates in a small problem, where more time proves them (measured: see CONTRIBUTING.md)."""
AGAIN = 0.4
"""Share of the time left that an objective gets when it is taken up again while others come after it."""
WORTH = 0.1
"""Part of the gap asked for by which a plan must be better to move the limit of an objective."""
LEAST_LEFT = 5.0
"""Seconds below which no objective is taken up again."""


@dataclass
class _Ranked:
    """What is known of an objective: value of the plan found for it, that plan, and where later ones hold it."""

    objective: Objective
    found: float = np.inf
    plan: Floats | None = None
    limit: float = np.inf
    rested: bool = False


class _Team(Protocol):
    """Those who search a leg."""

    @property
    def failures(self) -> list[str]: ...
    def begin_without_levers(self) -> None: ...
    def without_levers(self) -> Outcome | None: ...
    def search(self, leg: Leg) -> None: ...
    def finish(self, x: Floats, held: tuple[float, ...], tidied: tuple[float, ...]) -> tuple[Floats, Floats | None]: ...
    def stages(self) -> tuple[Stage, ...]: ...
    def close(self) -> None: ...


class Lexicographic:
    """A search of ranked objectives.

    Parameters
    ----------
    problem
        What is searched.
    clock
        When to stop.
    watcher
        Called with the progress, from this thread alone.
    sketch
        Builds the same problem with review blocks for periods, or None; asked when the problem is huge.
    start
        Values of the columns in a plan to begin with, NaN where it says nothing; None: from nothing.
    """

    def __init__(
        self,
        problem: Problem,
        clock: Clock,
        watcher: Watcher | None = None,
        sketch: Callable[[], Sketch | None] | None = None,
        start: Floats | None = None,
    ) -> None:
        self._problem, self._clock, self._watcher = problem, clock, watcher
        self._incumbent = Incumbent(problem)
        self._given = None if start is None else Begin(problem, clock, start)
        self._known = [_Ranked(objective) for objective in problem.ranked]
        self._number = 0
        self._without: Outcome | None = None
        self._stage = "start"
        self._team: _Team = _Alone(self, sketch) if in_one_process(problem) else _Together(self, sketch)

    def solve(self) -> Solution:
        """Search every objective in order of rank and polish the plan.

        Raises
        ------
        ImpossibleError
            When no plan can hold every constraint.
        NoPlanError
            When time ran out, or the search was stopped, before a plan was found.
        SolverError
            When HiGHS fails before there is a plan.
        """
        try:
            yardstick = any(objective.name == "shortfall" for objective in self._problem.ranked)
            if yardstick:
                self._team.begin_without_levers()
            for rank in range(len(self._known)):
                self._find(rank, self._share(rank) * self._left())
                if yardstick and rank == 0:
                    self._without = self._team.without_levers()
                self._hold(rank)
            self._again()
            best = self._known[-1].plan
            assert best is not None
            held = tuple(known.limit for known in self._known)
            tidied = tuple(self._limit(rank, known.found, tidied=True) for rank, known in enumerate(self._known))
            if self._problem.settings.relaxed:
                return self._solution(best, None)
            x, worth = self._team.finish(best, held, tidied)
            return self._solution(as_measured(self._problem.matrix, x), worth)
        finally:
            self._team.close()

    # -- legs ------------------------------------------------------------------------------------------
    def _search(self, rank: int, seconds: float) -> None:
        """Search an objective from the best plan there is, and hold it."""
        self._find(rank, seconds)
        self._hold(rank)

    def _find(self, rank: int, seconds: float) -> None:
        """Search an objective from the best plan there is."""
        known, before = self._known[rank], self._known[rank - 1].plan if rank else None
        start = known.plan
        if before is not None and (start is None or known.objective.value(before) < known.objective.value(start)):
            start = before
        if start is not None and not self._problem.settings.relaxed:
            start = as_measured(self._problem.matrix, start)  # targets may be kept that nobody asked for so far
        self._number += 1
        held = tuple(self._held(place, rank) for place in range(rank))
        leg = Leg(self._number, rank, held, seconds, start, self._incumbent.proven_within(rank, held))
        self._incumbent.begin(leg)
        if known.plan is None:
            leg = self._from_given(leg)
        if not self._incumbent.close_enough:
            self._team.search(leg)
        best = self._incumbent.best
        if best is None:
            if self._team.failures and not self._clock.over:
                raise SolverError(self._team.failures[0].partition("; the")[0] + "; try another seed")
            raise NoPlanError(self._no_plan())
        known.plan, known.found = best, self._incumbent.value

    def _from_given(self, leg: Leg) -> Leg:
        """Return a leg that starts from the plan that was handed in, where that is better than its start."""
        x = None if self._given is None else self._given.plan(leg)
        if x is None or not self._incumbent.offer(x):
            return leg
        return replace(leg, start=x, seconds=min(leg.seconds, self._left()))

    def _hold(self, rank: int) -> None:
        known = self._known[rank]
        known.limit = self._limit(rank, known.found)
        for place, earlier in enumerate(self._known[:rank]):  # what dates took of the slack
            if known.plan is not None and (value := earlier.objective.value(known.plan)) > earlier.limit:
                room = self._problem.matrix.room(earlier.objective, value)
                earlier.limit = min(value + room, self._held(place, rank))  # room is not given twice

    def _again(self) -> None:
        """Take up objectives whose gap is wider than asked for, the widest first, for as long as there is time."""
        last = len(self._known) - 1
        while self._left() > LEAST_LEFT and not self._clock.stopped:
            open_ = [r for r, known in enumerate(self._known) if self._wide(r) and not known.rested]
            if not open_:
                return
            rank = max(open_, key=self._gap)
            known = self._known[rank]
            before, gap, seconds = known.found, self._gap(rank), self._left() * (1.0 if rank == last else AGAIN)
            began, chain = self._clock.seconds, [replace(k) for k in self._known]
            self._search(rank, seconds)
            self._number += 1
            better = before - known.found > WORTH * self._problem.settings.gap * abs(before)
            if rank < last and better and self._left() > LEAST_LEFT:
                for later in range(rank + 1, last + 1):
                    self._take_over(chain[-1].plan, later)
                    self._search(later, self._share(later) * self._left())
            elif rank < last:
                self._known = chain  # what was proven stays
            early = self._clock.seconds - began < 0.9 * seconds
            self._known[rank].rested = early and not better and self._gap(rank) >= 0.999 * gap

    def _take_over(self, plan: Floats | None, rank: int) -> None:
        """Start an objective from the plan so far where that keeps the limits of today, else from the one before it."""
        held = [(known.objective, self._held(place, rank)) for place, known in enumerate(self._known[:rank])]
        keeps = plan is not None and all(o.value(plan) <= limit for o, limit in held)
        self._known[rank].plan = plan if keeps else None

    def _share(self, rank: int) -> float:
        """Return the share of the time left that an objective may take."""
        dates = DATES_OF_SMALL if self._problem.small else DATES
        weights = [dates if known.objective.name == "speed" else LATER for known in self._known]
        weights[0] = FIRST
        return weights[rank] / sum(weights[rank:])

    def _left(self) -> float:
        """Return the seconds left, without those for the last step."""
        if not np.isfinite(self._clock.left):
            return np.inf
        kept = 0.0 if self._problem.tiny else self._problem.kept_for_last(self._clock.left)
        return max(0.0, self._clock.left - kept)

    def _held(self, place: int, rank: int) -> float:
        """Return where an objective is held while one after it is searched.

        Dates may use all of the slack, also what is left to tidying else (measured: see CONTRIBUTING.md).
        """
        earlier = self._known[place]
        if self._known[rank].objective.name != "speed":
            return earlier.limit
        return max(earlier.limit, self._limit(place, earlier.found, tidied=True))

    # -- values ----------------------------------------------------------------------------------------
    def _limit(self, rank: int, value: float, *, tidied: bool = False) -> float:
        """Return where later objectives hold one, or tidying: the last within the gap asked for, plans are alike."""
        settings, last = self._problem.settings, rank == len(self._known) - 1
        slack = min(settings.slack, settings.gap) if last else settings.slack if tidied else self._problem.slack
        without = None if self._without is None else self._without.value
        objective = self._known[rank].objective
        return limit(objective, without, slack, value) + self._problem.matrix.room(objective, value)

    def _gap(self, rank: int) -> float:
        return relative_gap(self._known[rank].found, self._incumbent.proven(rank))

    def _wide(self, rank: int) -> bool:
        return self._gap(rank) > self._problem.settings.gap

    def _solution(self, x: Floats, worth: Floats | None) -> Solution:
        found = []
        for rank, known in enumerate(self._known):
            value = known.objective.value(x)
            without = self._without.value if self._without is not None and known.objective.name == "shortfall" else None
            least = known.found if self._beyond(x, rank) else min(known.found, value)  # what is beyond was not searched
            proven = min(self._incumbent.proven(rank), least, value)
            later = [k.objective for k in self._known[rank + 1 :] if k.objective.name == "cost"]
            cost = later[0].value(known.plan) if later and known.plan is not None else None
            found.append(ObjectiveFound(known.objective.name, value, least, proven, without, cost))
        given = () if self._given is None else self._given.notes
        notes = (*self._team.failures, *self._incumbent.notes, *given)
        off = None if self._without is None else self._without.x
        stages = tuple(stage.within(found) for stage in self._team.stages())
        stages += tuple(untold(stages, found))
        return Solution(x, self._status(found), tuple(found), stages, off, worth, notes)

    def _beyond(self, x: Floats, rank: int) -> bool:
        """Tell whether a plan gives more of earlier objectives back than the search of one could."""
        limits = [(known.objective, self._held(place, rank)) for place, known in enumerate(self._known[:rank])]
        return any(o.value(x) > limit + self._problem.matrix.room(o, limit) for o, limit in limits)

    def _status(self, objectives: list[ObjectiveFound]) -> str:
        if self._clock.stopped:
            return "interrupted"
        return ended((relative_gap(o.found, o.bound) for o in objectives), self._problem.settings.gap)

    def _no_plan(self) -> str:
        if self._clock.stopped:
            return "the search was stopped before a plan was found"
        limit, clock = self._problem.settings.time_limit, self._clock.limit
        if clock != limit:
            return (
                f"no plan was found before the clock that was handed in ran out, after {clock:g} seconds; "
                "hand in one with more time, or plan with longer periods"
            )
        return (
            f"no plan was found in {limit:g} seconds of search; allow more time (time_limit, on the command line "
            "--time-limit), or plan with longer periods"
        )

    # -- telling ---------------------------------------------------------------------------------------
    def tell(self, stage: str | None) -> None:
        """Tell the watcher what is being done and what is known; None: still the same."""
        self._stage = stage or self._stage
        if self._watcher is None:
            return
        value, bound = self._incumbent.value, self._incumbent.bound
        self._watcher(
            Progress(
                stage=f"{self._incumbent.objective.name}: {self._stage}",
                seconds=self._clock.seconds,
                left=self._clock.left,
                value=value if np.isfinite(value) else None,
                bound=bound if np.isfinite(bound) else None,
            )
        )


def in_one_process(problem: Problem) -> bool:
    """Tell whether a problem is searched in this process alone.

    With two cores the two engines of the stages prove most. Lanes beside them would take time from both. Where the
    problem is large, one lane searches plans and the other proves: neighbourhoods need all the time that there is.
    """
    lanes = problem.small or problem.large
    return problem.tiny or problem.settings.relaxed or problem.threads < (2 if lanes else 3)


class _Alone:
    """A team of one: this process does everything in turns."""

    def __init__(self, story: Lexicographic, sketch: Callable[[], Sketch | None] | None) -> None:
        problem, self._story = story._problem, story
        self._incumbent, self._clock = story._incumbent, story._clock
        self._record = Record(problem.ranked[0], problem.settings.gap, story._clock, self._tell, self, problem.sound)
        self._search = Search(problem, story._clock, self._record, sketch=sketch)
        self._off: Outcome | None = None
        self._thread = get_ident()  # its engines run side by side

    @property
    def failures(self) -> list[str]:
        return self._search.failures

    def begin_without_levers(self) -> None:
        self._off = self._search.without_levers()

    def without_levers(self) -> Outcome | None:
        return self._off

    def search(self, leg: Leg) -> None:
        self._search.search(leg)

    def finish(self, x: Floats, held: tuple[float, ...], tidied: tuple[float, ...]) -> tuple[Floats, Floats | None]:
        return self._search.finish(x, held, tidied)

    def stages(self) -> tuple[Stage, ...]:
        return tuple(self._record.stages.values())

    def close(self) -> None:
        pass

    # -- what the record gives out
    def plan(self, x: Floats) -> None:
        self._incumbent.offer(x)

    def bound(self, bound: float, *, relaxed: bool) -> None:
        self._incumbent.prove(bound, "relaxation" if relaxed else "search")

    def guide(self, x: Floats) -> None:
        pass

    def _tell(self, progress: Progress) -> None:
        if get_ident() == self._thread:  # the watcher is called from one thread alone
            self._story.tell(progress.stage.partition(": ")[2])


class _Together:
    """A team of lanes."""

    def __init__(self, story: Lexicographic, sketch: Callable[[], Sketch | None] | None) -> None:
        problem = story._problem
        self._problem, self._incumbent, self._clock = problem, story._incumbent, story._clock
        self._lanes = Lanes(problem, story._clock, self._incumbent, story.tell)
        if problem.coarse:  # its model is built here, while the lanes load theirs
            Thread(target=self._draw, args=(sketch,), daemon=True).start()

    @property
    def failures(self) -> list[str]:
        return self._lanes.failures

    def begin_without_levers(self) -> None:
        self._lanes.begin_without_levers()

    def without_levers(self) -> Outcome | None:
        return self._lanes.without_levers()

    def search(self, leg: Leg) -> None:
        self._lanes.search(leg, lambda: self._incumbent.close_enough)
        if self._lanes.impossible:
            raise ImpossibleError(self._lanes.impossible)

    def finish(self, x: Floats, held: tuple[float, ...], tidied: tuple[float, ...]) -> tuple[Floats, Floats | None]:
        found = self._lanes.finish(Finish(x, held, tidied), self._problem.last_step(self._clock.left))
        return found or (np.where(self._problem.matrix.integer, np.round(x), x), None)

    def stages(self) -> tuple[Stage, ...]:
        return tuple(self._lanes.stages.values())

    def close(self) -> None:
        self._lanes.close()

    def _draw(self, sketch: Callable[[], Sketch | None] | None) -> None:
        drawn = None
        try:
            with suppress(OptimizerError):
                drawn = sketch() if sketch else None
        finally:
            self._lanes.drawn(drawn)  # lanes wait for it
