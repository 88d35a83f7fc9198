"""What one run of one solver on one instance came to, as it is kept: its trace, its objectives, its end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

HOLD = 1e-6
"""Relative room of a held objective beyond its slack, for the tolerances of a solver."""

Point = tuple[float, str, float | None, float | None]
"""(seconds of search, objective, best value, proven bound)"""


@dataclass(frozen=True)
class Limits:
    """How long to search, to which gap, with how many threads (None: as many as the solver likes)."""

    seconds: float = 300.0
    gap: float = 0.01
    threads: int | None = None


@dataclass
class Searched:
    """One objective after its search.

    Attributes
    ----------
    value, bound
        When found; None where there is none.
    limit
        Where later objectives held it.
    ended
        Seconds of search when it was closed.
    plan
        Objective -> its value in the plan at that time; empty without a plan.
    verified
        True when the verifier accepted that plan, False when not, None when nobody asked.
    """

    objective: str
    value: float | None
    bound: float | None
    limit: float | None
    ended: float
    plan: dict[str, float] = field(default_factory=dict)
    verified: bool | None = None


@dataclass
class Run:
    """The outcome of one run.

    Attributes
    ----------
    objectives
        Names in order of rank.
    slack, period
        Of the scenario: share that is given back, longest period in months.
    trace
        Points at which value or bound of an objective changed. Seconds of search are without reading,
        building, handing over, verifying and reporting.
    searched
        The objectives after their search, in order.
    levers_off
        Value of the first objective with every lever off, if known.
    search
        Seconds of the whole search.
    memory
        Peak of all processes together, in MB.
    status
        In the solver's words.
    verified
        True when the verifier accepted the last plan, None when there is none.
    stages
        Of our search: objective, stage, seconds, value, bound.
    relaxation
        Objective -> optimum of its linear relaxation, where somebody asked.
    note
        What a reader must know, or why the run failed.
    """

    solver: str
    rows: int = 0
    columns: int = 0
    integers: int = 0
    objectives: list[str] = field(default_factory=list)
    slack: float = 0.0
    period: float = 1.0
    trace: list[Point] = field(default_factory=list)
    searched: list[Searched] = field(default_factory=list)
    levers_off: float | None = None
    search: float | None = None
    memory: float | None = None
    status: str = ""
    verified: bool | None = None
    stages: list[dict[str, Any]] = field(default_factory=list)
    relaxation: dict[str, float] = field(default_factory=dict)
    note: str = ""

    def tell(self, seconds: float, objective: str, value: float | None, bound: float | None) -> None:
        """Add a point to the trace, if it tells something new."""
        if not self.trace or self.trace[-1][1:] != (objective, value, bound):
            self.trace.append((seconds, objective, value, bound))

    def describe(self, scenario: Any) -> None:
        """Note what the settings of a scenario mean for the comparison."""
        self.slack, self.period = scenario.settings.slack, float(max(scenario.calendar.lengths))

    def to_json(self) -> str:
        """Return the run as text."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Run:
        """Return a run from its text."""
        fields = json.loads(text)
        fields["trace"] = [tuple(point) for point in fields["trace"]]
        fields["searched"] = [Searched(**one) for one in fields["searched"]]
        return cls(**fields)


def limit(objective: str, value: float, levers_off: float | None, slack: float) -> float:
    """Return where later objectives hold this one: its value and the share of it that may be given back.

    Of a shortfall no more than that share of what the levers gain; of speed nothing.
    """
    whole = 0.0 if objective == "speed" else abs(value)
    if objective == "shortfall" and levers_off is not None:
        whole = min(whole, max(0.0, levers_off - value))
    return value + slack * whole + HOLD * max(1.0, abs(value))


def finite(number: float | None) -> float | None:
    """Return the number, None when it is infinite or missing."""
    return number if number is not None and abs(number) < 1e20 else None
