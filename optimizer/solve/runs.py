"""Runs of HiGHS within a search: the engines, what they may decide, and a record of what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.cuts import Cut
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock
from optimizer.solve.record import WHOLE_PLAN, Record
from optimizer.solve.tree import NO_ROWS, Unit
from optimizer.structure import Variables

STAGE_SHARE = 0.4
"""Most of the time left for an objective that one restricted search may take."""
ROUNDING_SHARE = 0.2
"""Share of the gap that a restricted search may leave: what it finds is mostly far better than it can prove."""


class Runs:
    """The engines of a search, all with the same model.

    Parameters
    ----------
    problem
        What is searched.
    clock
        When to stop.
    record
        What comes of the runs.
    engines
        How many; they run side by side.
    decided
        Whether starts and targets are decided in a tree.

    Attributes
    ----------
    matrix
        That of the problem, with some columns fixed for a while.
    units
        What a tree decides: when each unit starts, from when each asap target is kept.
    idle
        Rows that did not bind in the last relaxation of all plans, of those that hardly ever do.
    cuts
        Rows of the engines beyond the model that hold for all plans.
    """

    def __init__(self, problem: Problem, clock: Clock, record: Record, *, engines: int, decided: bool) -> None:
        self.problem, self.clock, self.record = problem, clock, record
        self.matrix, settings = problem.matrix, problem.settings
        self.engines = [
            Engine(self.matrix, clock, threads=settings.threads, seed=settings.seed) for _ in range(engines)
        ]
        self.engine = self.engines[0]
        self.units = self._decisions() if decided else []
        self.idle = NO_ROWS
        self.cuts: list[Cut] = []
        self._holds: dict[str, int] = {}
        self._limits: dict[str, float] = {}

    def alone(self, engine: Engine) -> Runs:
        """Return the same runs with one engine only, to go on beside another."""
        runs = copy(self)
        runs.engines, runs.engine = [engine], engine
        return runs

    def share(self, cuts: Sequence[Cut]) -> None:
        """Note cuts of the first engine that hold for all plans, and add them to the others."""
        self.cuts += cuts
        for engine in self.engines[1:]:
            engine.add_cuts(cuts)

    def hold(self, limits: Sequence[tuple[Objective, float]]) -> None:
        """Hold these objectives at their limits, in every engine, and no others."""
        asked = {objective.name: limit for objective, limit in limits}
        self._limits = {name: limit for name, limit in asked.items() if np.isfinite(limit)}
        for objective in self.matrix.objectives:
            limit, row = asked.get(objective.name, np.inf), self._holds.get(objective.name)
            if row is not None:
                for engine in self.engines:
                    engine.limit(row, objective, limit)
            elif np.isfinite(limit):
                self._holds[objective.name] = max(engine.hold(objective, limit) for engine in self.engines)

    def holding(self) -> list[tuple[Objective, float, int]]:
        """Return the objectives that are held, their limits, and their rows in the engines."""
        named = {objective.name: objective for objective in self.matrix.objectives}
        return [(named[name], limit, self._holds[name]) for name, limit in self._limits.items()]

    def free(self, *engines: Engine) -> None:
        """Let everything be decided again, and in fractions; by all engines when none is named."""
        for engine in engines or self.engines:
            engine.integrality(np.zeros_like(self.matrix.integer))
            engine.bounds(self.matrix.lower, self.matrix.upper)
            engine.at_least({unit.row: 0.0 for unit in self.units if unit.row is not None})

    def settle_as(self, matrix: Matrix) -> None:
        """Take the bounds of columns for good from the same matrix with some of them fixed."""
        self.matrix = matrix
        for engine in self.engines:
            engine.matrix = matrix

    @contextmanager
    def within(self, lower: Floats, upper: Floats) -> Iterator[None]:
        """Let columns take no other values for a while."""
        before = self.matrix
        self.settle_as(replace(before, lower=lower, upper=upper))
        try:
            yield
        finally:
            self.settle_as(before)

    def run(self, stage: str, **arguments: Any) -> Outcome:
        """Run the first engine as it stands; a failure does not lose the plan so far."""
        record = self.record

        def listener(value: float | None, bound: float | None) -> None:
            record.tell(stage, value, bound)
            if stage == WHOLE_PLAN and bound is not None:  # others may be waiting for it
                record.prove(bound)

        with record.timed(stage):
            try:
                outcome = self.engine.run(listener=listener, **arguments)
            except SolverError:
                if record.best is None:
                    raise
                outcome = Outcome("failed", None, np.inf, -np.inf)
                self.engine.forget()
        record.tell(stage, outcome.value if outcome.x is not None else None, outcome.bound)
        return outcome

    def restricted(
        self,
        stage: str,
        integers: Sequence[Variables] | None,
        low: Floats,
        high: Floats,
        *,
        deadline: float,
        plan: Floats | None = None,
    ) -> Outcome:
        """Search within tighter bounds, with only some variables integer (None: all that are).

        It begins with the best plan so far where that lies within the bounds, else with `plan` where that does.
        """
        self.free()
        self.engine.integrality(self.matrix.integer if integers is None else self.matrix.mask(*integers))
        self.engine.bounds(low, high)
        seconds = STAGE_SHARE * self.clock.until(deadline)
        known = [x for x in (self.record.best, plan) if x is not None]
        start = next((x for x in known if np.all((x >= low - 1e-6) & (x <= high + 1e-6))), None)
        outcome = self.run(stage, seconds=seconds, gap=ROUNDING_SHARE * self.problem.settings.gap, start=start)
        self.free()
        return outcome

    def _decisions(self) -> list[Unit]:
        money = self.problem.money.costs
        units, lasting = [], self.matrix.mask(Variables.TARGETS)
        for columns in self.matrix.chains(Variables.STARTS, Variables.TARGETS):
            row = None if lasting[columns[0]] else max(engine.count(columns) for engine in self.engines)
            units.append(Unit(columns, row, float(1.0 + np.abs(money[columns]).mean())))
        return units
