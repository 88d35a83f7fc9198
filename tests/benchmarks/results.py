"""All runs of one instance side by side: what is known of it, what is behind, what is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from tests.benchmarks.cases import Case
from tests.benchmarks.floor import behind, refuted
from tests.benchmarks.goals import Goal, missed
from tests.benchmarks.run import Limits, Run

MARKS = (15, 30, 60, 120, 300, 600, 900, 1800)
"""Seconds of search at which every objective is read."""


def marks(seconds: float) -> list[float]:
    """Return the marks up to the limit, and the end, whenever a run came to it."""
    return [*(float(mark) for mark in MARKS if mark <= seconds), inf]


@dataclass
class Result:
    """The runs of an instance."""

    case: Case
    limits: Limits
    runs: list[Run] = field(default_factory=list)

    def of(self, solver: str) -> list[Run]:
        """Return the runs of a solver."""
        return [run for run in self.runs if run.solver == solver]

    @property
    def levers_off(self) -> float | None:
        """Return the value of the first objective with every lever off, as the first run that knows it says."""
        return next((run.levers_off for run in self.runs if run.levers_off is not None), None)

    @property
    def best(self) -> float | None:
        """Return the best value of the first objective of all plans that the verifier accepted."""
        found = [one.plan[run.objectives[0]] for run in self.runs for one in run.searched if one.verified]
        return min(found, default=None)

    def behind(self, run: Run, seconds: float) -> set[str]:
        """Return the objectives in which a run of ours is behind plain at a time."""
        if run.solver != "ours":
            return set()
        if not run.objectives:  # it came to nothing: whatever plain has is ahead
            known = [one.objective for plain in self.of("plain") for one in plain.searched if one.verified]
            return set(known[:1])
        return {name for plain in self.of("plain") for name in behind(run, plain, seconds, self.levers_off)}

    def refuted(self, run: Run, objective: str) -> bool:
        """Tell whether a plan of ours refutes the bound that plain claims for an objective."""
        numbers = [n for n, one in enumerate(run.searched) if one.objective == objective]
        return run.solver == "plain" and any(refuted(run, ours, n) for ours in self.of("ours") for n in numbers)

    def missed(self, run: Run) -> list[Goal]:
        """Return the goals that a run did not reach."""
        return missed(self.case.base, run, self.limits, self.levers_off, self.best)

    def falls_short(self, runs: Sequence[Run]) -> bool:
        """Tell whether some run misses a mark: it is behind plain, or a goal is not reached."""
        times = marks(self.limits.seconds)
        return any(self.missed(run) or any(self.behind(run, mark) for mark in times) for run in runs)
