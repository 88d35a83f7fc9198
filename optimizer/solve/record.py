"""What is known of the objective in hand: best plan, proven bound, stages; told to whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Protocol

import numpy as np

from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock, Progress, Watcher, relative_gap
from optimizer.solve.solution import Stage

WHOLE_PLAN = "whole plan"
"""The stage in which nothing is kept: what its tree proves is proven."""
PROVING = ("interior point", "split", "relaxation", "cuts", WHOLE_PLAN)
"""Stages whose own bounds hold for every plan."""


class Outlet(Protocol):
    """Where better plans and bounds go as they are found."""

    def plan(self, x: Floats) -> None:
        """Take a plan."""

    def bound(self, bound: float, *, relaxed: bool) -> None:
        """Take a bound of the objective in hand: of its relaxation alone, or of more."""

    def guide(self, x: Floats) -> None:
        """Take the answer of the relaxation."""


class Record:
    """The state of a search.

    Parameters
    ----------
    objective
        The first one.
    gap
        Relative gap at which a plan is close enough.
    clock
        Of the search.
    watcher
        Called with the progress.
    outlet
        Called with every plan and every bound that is better than all before.
    sound
        Tells whether what is found is a plan.

    Attributes
    ----------
    best
        Best plan so far in the user's units, or None.
    bound
        Proven for the objective in hand.
    stages
        By objective and stage.
    moved
        When the objective was turned to, or its best plan or its bound became another, in seconds on the clock.
    """

    def __init__(
        self,
        objective: Objective,
        gap: float,
        clock: Clock,
        watcher: Watcher | None,
        outlet: Outlet | None = None,
        sound: Callable[[Floats], bool] = lambda x: True,
    ) -> None:
        self._sound = sound
        self.objective, self.gap, self.clock, self.watcher, self.outlet = objective, gap, clock, watcher, outlet
        self._lock = RLock()
        self.best: Floats | None = None
        self.bound = -np.inf
        self.moved = 0.0
        self.stages: dict[tuple[str, str], Stage] = {}
        self._last: tuple[str, str] | None = None
        self._now: str | None = None  # the stage told of last

    def begin(self, objective: Objective, bound: float = -np.inf) -> None:
        """Turn to an objective, of which a bound may be proven already."""
        self.objective, self.bound, self._now, self._last = objective, bound, None, None
        self.moved = self.clock.seconds

    @property
    def value(self) -> float:
        """Return the value of the best plan so far, infinite without one."""
        return np.inf if self.best is None else self.objective.value(self.best)

    @property
    def close_enough(self) -> bool:
        """Tell whether the best plan is proven as close to the bound as asked."""
        return self.best is not None and relative_gap(self.value, self.bound) <= self.gap

    @property
    def cutoff(self) -> float:
        """Return the bound from which on a part of the plans is of no interest."""
        value = self.value
        return value - 0.99 * self.gap * abs(value) if np.isfinite(value) else np.inf

    def take(self, outcome: Outcome) -> None:
        """Keep a plan if it is the best so far, and give it out; one that is not sound is given out to be told of."""
        x = outcome.x
        if x is not None and self.objective.value(x) < self.value:
            if self._sound(x):
                self.offer(x)
            if self.outlet is not None:
                self.outlet.plan(x)
        self._again()

    def offer(self, x: Floats) -> bool:
        """Keep a plan, from whatever thread, if it is the best so far; tell whether it is."""
        with self._lock:
            better = self.objective.value(x) < self.value
            if better:
                self.best, self.moved = x, self.clock.seconds
        return better

    def prove(self, bound: float, *, relaxed: bool = False) -> None:
        """Keep a bound if it is the best so far, and give it out."""
        with self._lock:
            better = bound > self.bound
            if better:
                self.bound, self.moved = bound, self.clock.seconds
        if better and self.outlet is not None:
            self.outlet.bound(bound, relaxed=relaxed)
        self._again()

    def prove_relaxed(self, bound: float) -> None:
        """Keep the bound of a relaxation."""
        self.prove(bound, relaxed=True)

    def lead(self, relaxed: Floats | None) -> None:
        """Give out an answer of the relaxation, if there is one."""
        if relaxed is not None and self.outlet is not None:
            self.outlet.guide(relaxed)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Tell that a stage begins, and add its time to what it took before."""
        began = self.clock.seconds
        self.tell(stage)
        yield
        key = self.objective.name, stage
        before = self.stages[key].seconds if key in self.stages else 0.0
        self._note(key, before + self.clock.seconds - began)

    def tell(self, stage: str, value: float | None = None, bound: float | None = None) -> None:
        """Tell the watcher of a stage, with the value and the bound that its own run has come to."""
        self._now = stage
        if self.watcher is None:
            return
        proven = max(self.bound, -np.inf if bound is None else bound)
        if stage not in PROVING:
            proven = self.bound  # a bound with something fixed proves nothing about the whole
        known = [v for v in (value if stage == WHOLE_PLAN else None, self.value) if v is not None]
        known = [v for v in known if np.isfinite(v)]
        self.watcher(
            Progress(
                stage=f"{self.objective.name}: {stage}",
                seconds=self.clock.seconds,
                left=self.clock.left,
                value=min(known) if known else None,
                bound=proven if np.isfinite(proven) else None,
            )
        )

    def _again(self) -> None:
        """Note and tell once more how far the search is, so that the last that is shown is the last that is known."""
        if self._last is not None:
            self._note(self._last, self.stages[self._last].seconds)
        if self._now is not None:
            self.tell(self._now)

    def _note(self, key: tuple[str, str], seconds: float) -> None:
        """Note how far the search was when a stage ended."""
        value = None if self.best is None else self.value
        self._last = key
        self.stages[key] = Stage(*key, seconds, value, self.bound if np.isfinite(self.bound) else None)
