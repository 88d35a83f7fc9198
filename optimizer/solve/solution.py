"""What a search found: the solution, its objectives with proven bounds, and the stages it went through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from optimizer.solve.arrays import Floats

UNTOLD = "process that ended"
"""The stage of what a process told before it ended, and with it its stages."""
ALIKE = 1e-6
"""Share of a value by which what stages tell may differ from what is known."""


@dataclass(frozen=True)
class Stage:
    """One step of the search, for the report: seconds it took, and what was known after it.

    Steps that run side by side, or one within the other, count in full, each.
    """

    objective: str
    stage: str
    seconds: float
    value: float | None
    bound: float | None

    def within(self, objectives: Sequence[ObjectiveFound]) -> Stage:
        """Return the stage without what is not believed of its bound in the end."""
        most = next((o.bound for o in objectives if o.name == self.objective), None)
        return self if most is None or self.bound is None else replace(self, bound=min(self.bound, most))


@dataclass(frozen=True)
class ObjectiveFound:
    """An objective after the search: value of the final plan, value when found, proven bound.

    `cost` is that of the plan with the value when found, where cost is an objective of lower rank.
    """

    name: str
    value: float
    found: float
    bound: float
    without_levers: float | None = None
    cost: float | None = None


def untold(stages: Sequence[Stage], objectives: Sequence[ObjectiveFound]) -> Iterator[Stage]:
    """Yield a stage for each objective of which more was found or proven than its stages tell."""
    for known in objectives:
        mine, room = [stage for stage in stages if stage.objective == known.name], ALIKE * abs(known.found)
        values = [stage.value for stage in mine if stage.value is not None]
        bounds = [stage.bound for stage in mine if stage.bound is not None]
        if (values and min(values) > known.found + room) or (bounds and max(bounds) < known.bound - room):
            yield Stage(known.name, UNTOLD, 0.0, known.found, known.bound)


@dataclass(frozen=True)
class Solution:
    """What the search found.

    Attributes
    ----------
    without_levers
        The plan with every lever off, if that is possible.
    prices
        Rise of the first objective per unit of each row's right-hand side, integers as in the plan;
        None where that was not found.
    failures
        What failed in the solver while the best plan went on, in sentences.
    """

    x: Floats
    status: str
    objectives: tuple[ObjectiveFound, ...]
    stages: tuple[Stage, ...] = ()
    without_levers: Floats | None = None
    prices: Floats | None = None
    failures: tuple[str, ...] = ()
