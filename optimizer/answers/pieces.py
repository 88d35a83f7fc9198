"""The scenarios as pieces that are searched by themselves, round by round, and what each of them decides."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import of_objective
from optimizer.answers.chances import Chances
from optimizer.answers.common import AGREE, Common
from optimizer.answers.odds import BASE
from optimizer.answers.piece import Piece, named
from optimizer.errors import NoPlanError, SolverError
from optimizer.plan.assignment import DECIDED
from optimizer.plan.plan import Plan
from optimizer.scenario.values import counted
from optimizer.solve.arrays import Floats, Name
from optimizer.solve.problem import cores
from optimizer.solve.progress import Clock
from optimizer.study.planset import PlanSet, Unanswered

PIECE_SHARE = 0.15
"""Share of the whole time that a round may take at most."""
AGAIN = 3.0
"""Rounds whose time a scenario may take in which no plan was found so far."""
PIECE_GAP = 0.25
"""Share of the gap asked for at which the search of one scenario may end."""


class Pieces:
    """The scenarios, each a problem of its own.

    Parameters
    ----------
    chances, known, asking, clock, whole, jobs
        As for `Hedging`.

    Attributes
    ----------
    names, base
        Names of the scenarios; the scenario they are variations of.
    x, begin
        Scenario -> what it decides that is common to all, and what a search of it may begin with, as last seen.
    common, closed
        What is decided before the scenario is known; of it, what no scenario may do.
    cache
        Folder in which the pieces keep what they build.
    """

    def __init__(
        self,
        chances: Chances,
        known: Mapping[str, Plan | Unanswered | None],
        asking: Asking,
        clock: Clock,
        whole: float,
        jobs: int | None,
    ) -> None:
        self.chances, self.known, self.asking, self.clock = chances, known, asking, clock
        self.base = chances.odds.cases[BASE]
        self.names = list(chances.probability)
        self.seconds = max(1.0, PIECE_SHARE * whole / math.ceil(len(self.names) / (jobs or cores())))
        self.cache = ""
        self.x: dict[str, Floats] = {}
        self.begin: dict[str, tuple[list[int], list[float]]] = {}
        self.closed: tuple[Name, ...] = ()
        self.common: Common

    def open(self) -> PlanSet:
        """Search every scenario by itself, see what it decides, and return what was found.

        Raises
        ------
        NoPlanError
            When one has no plan.
        """
        found = self._by_themselves()
        self.common = Common(found.told, self.names)
        self.closed = self.common.closed
        self.see(found)
        return found

    def _by_themselves(self) -> PlanSet:
        """Return what each scenario decides where it is known from the start.

        Where no plan was found in time it is searched again, beginning with a plan for another scenario.

        Raises
        ------
        NoPlanError
            When still none is found.
        """
        other = next((plan for plan in self.known.values() if isinstance(plan, Plan)), None)
        first, tasks = self.base.settings.objectives[0], {}
        for name in dict.fromkeys([*self.names, BASE]):
            plan = self.known[name]
            if isinstance(plan, Plan):
                tasks[name] = self.piece(name, start=plan, fix=tuple(DECIDED))
            elif name in self.names:
                tasks[name] = self.piece(name, weights={first: 1.0}, start=other, rounds=AGAIN)
        found = self.round("what each scenario decides by itself", tasks)
        if set(found.told) < set(tasks):
            reason = next((str(each) for each in found.values() if isinstance(each, Unanswered)), "")
            raise NoPlanError(no_decision(0, reason))
        return found

    def piece(self, name: str, rounds: float = 1.0, **asked: object) -> Piece:
        """Return a search of a scenario that may take the time of so many rounds; `asked` as for `Piece`."""
        odds = self.chances.odds
        return Piece(
            odds.joint[name],
            reveal=odds.reveal,
            closed=self.closed,
            cache=self.cache,
            gap=PIECE_GAP * self.base.settings.gap,
            time_limit=min(rounds * self.seconds, odds.joint[name].settings.time_limit),
            **asked,  # type: ignore[arg-type]
        )

    def round(self, words: str, tasks: Mapping[str, Piece]) -> PlanSet:
        """Search pieces side by side, told in these words."""
        return self.asking.round(words, tasks, self.clock)

    def see(self, found: PlanSet) -> None:
        """Note what the scenarios decide."""
        for name, told in found.told.items():
            self.x[name], self.begin[name] = self.common.of(name, told["x"]), told["begin"]
            self.common.seen(self.x[name])

    def least(self, scenario: str, objective: str) -> float:
        """Return what is proven of an objective in a scenario that is known from the start."""
        plan = self.known[scenario]
        found = of_objective(plan, objective) if isinstance(plan, Plan) else None
        return -math.inf if found is None else found.least

    def refuse_apart(self, found: PlanSet, x: Floats) -> None:
        """Refuse plans that do not decide the same before the scenario is known.

        Raises
        ------
        SolverError
        """
        for s in self.names:
            told = found.told[s]
            size = np.maximum(np.abs(x), self.common.of(s, told["scale"]))
            wrong = np.abs(self.common.of(s, told["x"]) - x) > AGREE * size
            shut = set(self.closed)
            names = [self.common.names[k] for k in np.flatnonzero(wrong)]
            taken = zip(named(told["columns"]), told["x"], strict=True)
            names += [name for name, value in taken if name in shut and value > AGREE]
            if names:
                raise SolverError(f"the plan for `{s}` does not decide as the others: {names[0]}; try another seed")


def no_decision(tried: int, reason: str = "") -> str:
    """Say that no decision was found, after how many were tried, and why if that is known."""
    told = f"{counted(tried, 'decision')} tried{'; ' + reason if reason else ''}"
    words = f"no decision was found that all scenarios allow ({told})"
    return f"{words}; allow more time (time_limit, --time-limit), or let it be known earlier"
