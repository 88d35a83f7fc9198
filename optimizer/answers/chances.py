"""How outcomes are weighed: the scenarios that may come, their probabilities, and what the worst of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.answers.bracket import Bracket
from optimizer.answers.odds import Odds
from optimizer.plan.plan import Plan
from optimizer.solve.arrays import Floats, Name
from optimizer.solve.joined import measure


@dataclass(frozen=True)
class Chances:
    """The scenarios that may come, and how outcomes are weighed.

    Attributes
    ----------
    odds
        All scenarios.
    probability
        Of those that may come and are possible; together 1.
    risk, tail
        Weight of the tail in every objective, and its probability.
    """

    odds: Odds
    probability: Mapping[str, float]
    risk: float
    tail: float

    def measure(self, values: Mapping[str, float], risk: float | None = None) -> float:
        """Return expected value and tail of values, weighed."""
        weight = self.risk if risk is None else risk
        likely = self.probability
        return measure([values[s] for s in likely], list(likely.values()), risk=weight, tail=self.tail)

    def weights(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the weights, together 1, by which the sum of values is what `measure` makes of them.

        The sum of other values by the same weights is never more than their measure, for the tail is the most that odds
        of at most p / tail can make of them.
        """
        left, found = 1.0, {}
        for name in sorted(values, key=lambda s: values[s], reverse=True):
            share = min(left, self.probability[name] / self.tail)
            found[name], left = (1 - self.risk) * self.probability[name] + self.risk * share, left - share
        return {name: found[name] for name in self.probability}


@dataclass(frozen=True)
class Kept:
    """The plan for the base in all scenarios: what is minimised of the first objective, and its value in each.

    `words` say what was kept, or why nothing of it can be; `x` is a decision for all scenarios.
    """

    best: Bracket
    values: Mapping[str, float]
    words: str
    x: Floats | None = None


@dataclass(frozen=True)
class Settled:
    """What is decided for all scenarios.

    Attributes
    ----------
    best
        Objective -> what is minimised of it, between what is proven and what is found.
    values
        Objective -> scenario -> what it comes to.
    plans
        Scenario -> the verified plan that follows in it.
    kept
        The plan for the base in all scenarios; None: not found out.
    closed
        Decisions that not every scenario knows, and that are not taken.
    status
        How the search ended, as of a `Solution`.
    """

    best: Mapping[str, Bracket]
    values: Mapping[str, Mapping[str, float]]
    plans: Mapping[str, Plan]
    kept: Kept | None
    closed: tuple[Name, ...]
    status: str
