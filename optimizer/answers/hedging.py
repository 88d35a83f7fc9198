"""Decomposition by scenario: a decision for all found and proven without all scenarios in one program.

Every round searches each scenario by itself, through `solve_many`, so that what is held at once is what runs at once.

Outer bound: what is decided before the scenario is known may differ from scenario to scenario, at prices whose weighed
sum is 0; the weighed sum of what is proven of each scenario then bounds the decision for all (Lagrangian dual).
An earlier objective that is held couples the scenarios, too: its row is priced. A tail is bounded by any odds of at
most p / tail.
Inner bound: a decision is kept in every scenario, and a verified plan follows in each.

Prices move towards the mean of what the scenarios decide, by one rho for each decision, in proportion to its cost and
the same in all scenarios, and come back where the bound falls. In some rounds decisions of 0 or 1 are also drawn
towards the mean, for which the squared distance of progressive hedging is exactly linear.
Sources: Rockafellar and Wets, "Scenarios and policy aggregation in optimization under uncertainty" (1991); Caroe and
Schultz, "Dual decomposition in stochastic integer programming" (1999); Watson and Woodruff, "Progressive hedging
innovations" (2011), for rho; Polyak, "Minimization of unsmooth functionals" (1969), for its size.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory

import numpy as np

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import Bracket
from optimizer.answers.chances import Chances, Kept, Settled
from optimizer.answers.common import AGREE, TINY
from optimizer.answers.odds import BASE
from optimizer.answers.piece import PRICED
from optimizer.answers.pieces import Pieces, no_decision
from optimizer.errors import NoPlanError
from optimizer.plan.assignment import DECIDED
from optimizer.plan.plan import Plan
from optimizer.scenario.values import counted
from optimizer.solve.arrays import Floats, Name, Objective
from optimizer.solve.problem import limit
from optimizer.solve.progress import Clock, relative_gap
from optimizer.study.archive import IMPOSSIBLE
from optimizer.study.planset import PlanSet, Unanswered

FIRST_SHARE = 0.7
"""Share of the time left that an objective may take where others come after it."""
FIRST_TRIES = 3
"""Decisions of single scenarios that are tried for all before prices move, where the first is impossible."""
STALLED = 5
"""Rounds without a better bound or decision after which an objective is left."""
FIRST_STEP, FARTHER, NEARER = 0.5, 2.0, 0.25
"""First step, as a share of the one that would do if bounds rose evenly, and its factors after better and worse."""
DRAWN = 3
"""Of so many rounds, one draws decisions to their mean."""
PRICE_OF_ROW = 8.0
"""Factor by which the price of a held objective rises while it is not kept; it falls by the root."""


@dataclass(frozen=True)
class _Trial:
    """A decision kept in every scenario: objective -> scenario -> value, found, bound; the plans that follow."""

    values: Mapping[str, Mapping[str, float]]
    found: Mapping[str, Mapping[str, float]]
    bounds: Mapping[str, float]
    plans: Mapping[str, Plan]


@dataclass(frozen=True)
class _Point:
    """Prices of the decisions in each scenario, what it decides at them, and the bound that follows."""

    prices: Mapping[str, Floats]
    x: Mapping[str, Floats]
    bound: float


class Hedging:
    """The search of a decision for all scenarios, scenario by scenario.

    Parameters
    ----------
    chances
        The scenarios, and how their outcomes are weighed.
    known
        Scenario -> the plan where it is known from the start, or why there is none.
    asking, clock
        How rounds are solved, and until when.
    whole
        Seconds for the question as it was asked: what a round may take hangs on it alone, so that the same question
        finds again what a folder keeps.
    jobs
        How many scenarios are searched at once; None: as many as this machine has cores.
    """

    def __init__(
        self,
        chances: Chances,
        known: Mapping[str, Plan | Unanswered | None],
        asking: Asking,
        clock: Clock,
        whole: float,
        jobs: int | None = None,
    ) -> None:
        self._chances, self._known, self._asking, self._clock = chances, known, asking, clock
        self._pieces = Pieces(chances, known, asking, clock, whole, jobs)
        self._base, self._names = self._pieces.base, self._pieces.names
        self._gap, self._slack = self._base.settings.gap, self._base.settings.slack
        self._rounds = 0
        self._tried: set[bytes] = set()
        self._refused: Counter[str] = Counter()  # by which scenarios decisions of others were impossible
        self._weights = dict(chances.probability)
        self._best: _Trial | None = None
        self._kept: Kept | None = None
        self._most: dict[str, float] = {}
        self._outer: dict[str, float] = {}

    def decide(self) -> Settled:
        """Return the best decision that is found, with bounds.

        Raises
        ------
        NoPlanError
            When none is found in time.
        """
        with TemporaryDirectory(prefix="optimizer-") as self._pieces.cache:
            self._open()
            for rank, name in enumerate(self.objectives):
                self._search(rank, name)
                if self._best is None:
                    raise NoPlanError(no_decision(len(self._tried)))
            assert self._best is not None
            most = {name: self._most[name] for name in self.objectives}
            return Settled(
                best={name: Bracket(min(self._outer[name], most[name]), most[name], abs(most[name])) for name in most},
                values={name: dict(self._best.values[name]) for name in self.objectives},
                plans=self._best.plans,
                kept=self._kept,
                closed=self._pieces.closed,
                status=self._ended(),
            )

    def _ended(self) -> str:
        if self._asking.interrupted:
            return "interrupted"
        return "time limit" if self._clock.over else "gap reached"

    # -- the first round -------------------------------------------------------------------------------
    def _open(self) -> None:
        """See what each scenario decides by itself, and try the decision of the base for all, then those of others."""
        found = self._pieces.open()
        told = {name: found.told[name] for name in self._names}
        asked = self._base.settings.objectives
        self.objectives = tuple(n for n in asked if any(n in t["objectives"] for t in told.values())) or ("cost",)
        self._outer = {n: self._chances.measure({s: t["box"][n] for s, t in told.items()}) for n in self.objectives}
        first = self.objectives[0]
        proven = self._chances.measure({s: self._proven(s, first, t["bounds"]) for s, t in told.items()})
        self._outer[first] = max(self._outer[first], proven)
        if isinstance(self._known[BASE], Plan):
            self._kept = self._of_base(self._pieces.x[BASE], first)
        for _ in range(FIRST_TRIES):
            if self._best is None:
                self._try(self._nearest(), 0)

    def _proven(self, scenario: str, first: str, bounds: Mapping[str, float]) -> float:
        """Return the bound of the first objective of a scenario by itself: who knows decides no worse.

        There is none where a start that opens too late in it may be taken: known from the start, it may not.
        """
        odds = self._chances.odds
        if PRICED in bounds and first == self._base.settings.objectives[0]:
            return bounds[PRICED]
        return self._pieces.least(scenario, first) if odds.joint[scenario] is odds.cases[scenario] else -math.inf

    def _of_base(self, x: Floats, first: str) -> Kept | None:
        """Return what comes of the plan for the base in all scenarios; None where there was no time to tell.

        Where it is impossible as a whole, its starts alone, kept in each scenario by itself, bound what it comes to.
        """
        trial = self._try(x, 0)
        if isinstance(trial, _Trial):
            values = dict(trial.found[first])
            most = self._chances.measure(values)
            return Kept(Bracket(trial.bounds[first], most, abs(most)), values, "all of it")
        if trial is None:
            return None
        starts = {n: v for n, v in self._pieces.common.by_name(x).items() if n[0] in DECIDED["starts"]}
        found = self._keep(starts, "the starts of the plan for the base")
        if found is None:
            return None
        if isinstance(found, list):
            words = f"what the plan for the base starts before {self._month} is impossible in {_listed(found)}"
            return Kept(Bracket(math.inf, math.inf), {}, words)
        words = f"what it decides before {self._month} is impossible as a whole in {_listed(trial)}; its starts are not"
        return Kept(Bracket(self._bound(found, first), math.inf), {}, words)

    # -- rounds ----------------------------------------------------------------------------------------
    def _search(self, rank: int, name: str) -> None:
        """Search an objective, with those before it held, until it is proven as close as asked or its time is over."""
        last = rank == len(self.objectives) - 1
        clock = self._clock.part(self._clock.left * (1.0 if last else FIRST_SHARE))
        held = {n: self._limit(n) for n in self.objectives[:rank]}
        rows = {n: self._size(name) / max(self._size(n), TINY) for n in held}
        point = _Point(
            {s: np.zeros(len(self._pieces.common.names)) for s in self._names}, dict(self._pieces.x), self._outer[name]
        )
        step, idle, rounds = FIRST_STEP, 0, 0
        if rank or math.isinf(point.bound):  # else what each decides by itself is known
            bound = self._priced(name, point.prices, rows, held)
            point = replace(point, x=dict(self._pieces.x), bound=-math.inf if bound is None else bound)
            self._outer[name] = max(self._outer[name], point.bound)
        while idle < STALLED:
            before = self._outer[name], self._most.get(name, math.inf)
            self._try(self._nearest(), rank)
            close = relative_gap(self._most.get(name, math.inf), self._outer[name]) <= self._gap
            if close or clock.over or math.isinf(point.bound):
                return
            self._weigh(rank)
            rounds += 1
            if rounds % DRAWN == 0:
                bound = self._priced(name, point.prices, rows, held, self._rho(name, point))
            else:
                move = step * self._rho(name, point) * self._pieces.common.scale
                apart = self._pieces.common.apart(point.x, self._weights)
                prices = {s: point.prices[s] + move * apart[s] for s in self._names}
                bound = self._priced(name, prices, rows, held)
                better = bound is not None and bound > point.bound
                point = _Point(prices, dict(self._pieces.x), bound) if better and bound is not None else point
                step = min(1.0, step * FARTHER) if better else step * NEARER
                self._outer[name] = max(self._outer[name], point.bound)
            if bound is None:
                return
            idle = 0 if (self._outer[name], self._most.get(name, math.inf)) != before else idle + 1

    def _priced(
        self,
        name: str,
        prices: Mapping[str, Floats],
        rows: dict[str, float],
        held: Mapping[str, float],
        rho: float = 0.0,
    ) -> float | None:
        """Search every scenario at its prices; return the bound that follows where decisions are not drawn by a rho.

        The prices of the rows of held objectives move. None where not all were answered.
        """
        weights, common = self._weights, self._pieces.common
        mean, centred = common.mean(self._pieces.x, weights), common.centred(prices, weights)
        draw = np.where(common.binary, rho * common.scale * (0.5 - mean), 0.0)
        means = common.by_name(mean)
        tasks = {}
        for s in self._names:
            if weights[s] > TINY:
                of = common.by_name(centred[s] + draw)
                tasks[s] = self._pieces.piece(
                    s, weights={name: 1.0, **rows}, prices=of, means=means, begin=self._pieces.begin[s]
                )
        self._rounds += 1
        found = self._pieces.round(
            f"{name}: round {self._rounds}" + (", decisions drawn to their mean" if rho else ""), tasks
        )
        if set(found.told) < set(tasks):
            return None
        self._pieces.see(found)
        bound = sum(weights[s] * float(told["bounds"][PRICED]) for s, told in found.told.items())
        for other in held:
            bound -= rows[other] * held[other]
            value = sum(weights[s] * told["values"][other] for s, told in found.told.items())
            rows[other] *= PRICE_OF_ROW if value > held[other] else PRICE_OF_ROW**-0.5
        return bound

    def _rho(self, name: str, point: _Point) -> float:
        """Return the rho with which what the decisions lie apart would be worth what the bound lacks."""
        square = self._pieces.common.square(point.x, self._weights)
        most = self._most.get(name, math.inf)
        lacking = max(most - point.bound if math.isfinite(most) else 0.0, self._gap * abs(point.bound))
        return lacking / square if square > TINY else 0.0

    def _weigh(self, rank: int) -> None:
        """Let the scenarios count as in the best decision for an objective and those held, and half as before."""
        if self._best is not None:
            each = [self._chances.weights(self._best.values[name]) for name in self.objectives[: rank + 1]]
            now = {s: sum(weights[s] for weights in each) / len(each) for s in self._names}
            self._weights = {s: (self._weights[s] + now[s]) / 2 for s in self._names}

    # -- decisions for all -----------------------------------------------------------------------------
    def _by_distance(self) -> list[str]:
        """Return the scenarios, those first that refused decisions, then those whose own is nearest to the mean."""
        far = self._pieces.common.far(self._pieces.x, self._weights)
        return sorted(self._names, key=lambda s: (-self._refused[s], far[s]))

    def _nearest(self) -> Floats:
        """Return the decision of the first scenario by distance whose decision was not tried, if there is one."""
        ordered = [self._pieces.x[s] for s in self._by_distance()]
        return next((x for x in ordered if _same(x) not in self._tried), ordered[0])

    def _try(self, x: Floats, rank: int) -> _Trial | list[str] | None:
        """Keep a decision in every scenario, and take it where it is the best so far.

        Return what comes of it, or where it is impossible; None where it was tried before, or not all was answered.
        """
        if _same(x) in self._tried or self._clock.over:
            return None
        self._tried.add(_same(x))
        found = self._keep(self._pieces.common.by_name(x), f"decision {len(self._tried)}")
        if found is None or isinstance(found, list):
            return found
        self._pieces.refuse_apart(found, x)
        trial = _Trial(
            values={n: {s: found.told[s]["values"][n] for s in self._names} for n in self.objectives},
            found={n: {s: found.told[s]["found"][n] for s in self._names} for n in self.objectives},
            bounds={n: self._bound(found, n) for n in self.objectives},
            plans=found.plans,
        )
        self._take(trial, rank)
        return trial

    def _keep(self, keep: Mapping[Name, float], words: str) -> PlanSet | list[str] | None:
        """Return what follows in every scenario where decisions are kept, or where that is impossible.

        Those that refused decisions before are asked first. None where not all were answered.
        """
        first = self.objectives[0]
        strict = [s for s in self._names if self._refused[s]]
        found = PlanSet({})
        for names in filter(None, (strict, [s for s in self._names if s not in strict])):
            tasks = {
                s: self._pieces.piece(s, keep=keep, begin=self._pieces.begin[s], least=self._pieces.least(s, first))
                for s in names
            }
            found |= self._pieces.round(f"{words} in {counted(len(names), 'scenario')}", tasks)
            impossible = [s for s, status in found.status.items() if status == IMPOSSIBLE]
            if impossible:
                self._refused.update(impossible)
                return impossible
        return found if set(found.plans) == set(self._names) else None

    def _bound(self, found: PlanSet, name: str) -> float:
        """Return what is proven of an objective where decisions are kept."""
        told = {s: found.told[s] for s in self._names}
        return self._chances.measure({s: t["bounds"].get(name, t["box"][name]) for s, t in told.items()})

    def _take(self, trial: _Trial, rank: int) -> None:
        """Take a decision where it keeps what is held and is better."""
        name = self.objectives[rank]
        for earlier in self.objectives[:rank]:
            most = self._limit(earlier)
            if self._chances.measure(trial.values[earlier]) > most + AGREE * max(1.0, abs(most)):
                return
        value = self._chances.measure(trial.found[name])
        if value < self._most.get(name, math.inf) or self._best is None:
            self._best = trial
            self._most[name] = value
            for later in self.objectives[rank + 1 :]:
                self._most[later] = self._chances.measure(trial.found[later])

    def _limit(self, name: str) -> float:
        """Return where later objectives hold one."""
        return limit(Objective(name, np.zeros(0), 0.0), None, self._slack, self._most[name])

    @property
    def _month(self) -> str:
        return f"{self._chances.odds.reveal:%Y-%m}"

    def _size(self, name: str) -> float:
        assert self._best is not None
        return abs(self._chances.measure(self._best.found[name]))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _same(x: Floats) -> bytes:
    """Return what is the same for decisions that are."""
    return np.round(x, 6).tobytes()
