"""What is to be reached by when: the least, for each kind of instance."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.run import Limits, Run
from tests.benchmarks.trace import gap, half_of_gain, known_at


@dataclass(frozen=True)
class Goal:
    """What is to be known of an objective after so many seconds of search.

    Attributes
    ----------
    objective
        Its name; ``half`` for a plan with half of the gain of the first one.
    gap
        Largest gap; None: proven, to the gap that was asked for.
    months
        Of speed: largest difference of value and bound that is good enough, too.
    """

    objective: str
    seconds: float
    gap: float | None = None
    months: float | None = None

    def __str__(self) -> str:
        close = "proven" if self.gap is None else f"{self.gap:.1%}"
        within = "" if self.months is None else f" or within {self.months:g} months"
        what = "half of the gain" if self.objective == "half" else f"{self.objective} {close}{within}"
        return f"{what} at {self.seconds:g} s"

    def met(self, run: Run, asked: float, levers_off: float | None, best: float | None) -> bool:
        """Tell whether a run reached it, of which this gap was asked."""
        if self.objective == "half":
            enough, (value, _) = half_of_gain(levers_off, best), known_at(run, run.objectives[0], self.seconds)
            return enough is None or (value is not None and value <= enough)
        value, bound = known_at(run, self.objective, self.seconds)
        if gap(value, bound) <= (asked if self.gap is None else self.gap) + 1e-9:
            return True
        return self.months is not None and value is not None and bound is not None and value - bound <= self.months


EACH = tuple(Goal(name, 120, 0.01) for name in ("shortfall", "speed"))
GOALS: dict[str, tuple[Goal, ...]] = {
    "quickstart": tuple(Goal(name, 1) for name in ("shortfall", "speed", "cost")),
    "alliance": (*EACH, Goal("cost", 300, 0.02)),
    "dates": (Goal("speed", 60),),
    "4x60-ranked": (Goal("half", 15), Goal("shortfall", 60, 0.01), Goal("speed", 120), Goal("cost", 120, 0.03)),
    "8-ranked": (
        Goal("half", 30),
        Goal("shortfall", 300, 0.025),
        Goal("speed", 300, None, 2),
        Goal("cost", 300, 0.05),
    ),
    "16-ranked": (
        Goal("half", 60),
        Goal("shortfall", 300, 0.03),
        Goal("shortfall", 900, 0.02),
        Goal("speed", 900, None, 3),
    ),
    "full-ranked": (
        Goal("half", 100),
        Goal("shortfall", 300, 0.05),
        Goal("shortfall", 900, 0.03),
        Goal("speed", 900, None, 3),
    ),
    "full": (Goal("weighted", 120, 0.01), Goal("weighted", 600, 0.008)),
}
"""Instance, whatever its slack and seed -> goals."""


def missed(base: str, run: Run, limits: Limits, levers_off: float | None, best: float | None) -> list[Goal]:
    """Return the goals within the time limit that a run did not reach; all of them when it came to nothing."""
    within = [goal for goal in GOALS.get(base, ()) if goal.seconds <= limits.seconds]
    return [goal for goal in within if not run.objectives or not goal.met(run, limits.gap, levers_off, best)]
