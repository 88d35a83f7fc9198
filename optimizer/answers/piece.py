"""One scenario of a decision for all: with prices on what is decided before it is known, or with that decision kept.

Both are searches of one scenario alone, which `solve_many` starts wherever there is room: no process ever holds more
than one scenario.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.answers.odds import decided_before
from optimizer.answers.together import box, follows
from optimizer.files import whole
from optimizer.model.kin import kin
from optimizer.model.objectives import objective_names
from optimizer.plan.assignment import DECIDED, Assignment
from optimizer.plan.plan import Plan
from optimizer.prepared import Prepared, prepare, run_settings
from optimizer.restrictions import kept_at, start_values
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock, Watcher
from optimizer.solve.solution import Solution
from optimizer.study.task import Task, hashed

PRICED = "priced"
"""Name of the objective with prices."""


@dataclass(frozen=True)
class Piece(Task):
    """A search of one scenario, as a task of a study.

    With `weights` it is minimised: sum of weight x objective + price x (decision - mean), for a bound; nothing is
    kept. Without, `keep` is what is decided before the scenario is known, and the rest follows: a verified plan. Where
    there is neither, the decisions of `start` are kept.

    Attributes
    ----------
    reveal
        Month in which the scenario is known.
    weights
        Objective -> its weight.
    prices, means
        Column -> its price, and what is taken off it first.
    keep
        Column -> its value; of columns that this scenario has not, nothing.
    closed
        Columns that stay at their least.
    begin
        Whole columns that are not 0 in a plan to begin with, and their values; None: with prices, `start` is that plan.
    least
        What is proven of the first objective of any plan for this scenario.
    cache
        Folder of this machine for what takes long to build; nothing hangs on it.
    """

    reveal: dt.date = dt.date.max
    weights: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[Name, float] = field(default_factory=dict)
    means: Mapping[Name, float] = field(default_factory=dict)
    keep: Mapping[Name, float] | None = None
    closed: Collection[Name] = ()
    begin: tuple[Sequence[int], Sequence[float]] | None = None
    least: float = -np.inf
    cache: str = ""

    @cached_property
    def key(self) -> str:
        """Return what tells one piece from another."""
        plain = {
            "reveal": str(self.reveal),
            "weights": dict(self.weights),
            "prices": _plain(self.prices),
            "means": _plain(self.means),
            "keep": None if self.keep is None else _plain(self.keep),
            "closed": sorted(map(str, self.closed)),
            "begin": self.begin,
            "least": self.least,
        }
        return hashed({"piece": plain, "task": super().key})

    def found(
        self, prepared: Prepared | None, clock: Clock | None, watcher: Watcher | None
    ) -> tuple[Plan | None, Mapping[str, Any]]:
        """Search it; tell what is decided before the scenario is known, and what every objective comes to."""
        built = self._prepared()
        given = built.varied(self.given) or built
        first = decided_before(self.given, self.reveal, given.matrix.columns)
        columns = np.array([j for j, name in enumerate(given.matrix.columns) if name in first], dtype=np.int64)
        matrix = self._shut(replace(given.matrix, groups=kin(given.index)))
        problem = Problem(matrix, run_settings(given.index, relaxed=False))
        limited = clock or Clock(problem.settings.time_limit)
        if self.weights:
            solution = self._priced(problem, columns, limited, watcher)
            return None, _told(given, solution, columns)
        solution = self._kept(problem, columns, limited, watcher)
        names, gap = problem.settings.objectives, problem.settings.gap
        return follows(given, solution.x, names, self.least, gap, solution.status), _told(given, solution, columns)

    # -- the two searches ------------------------------------------------------------------------------
    def _priced(self, problem: Problem, columns: NDArray[np.int64], clock: Clock, watcher: Watcher | None) -> Solution:
        """Search the least of the weighed objectives and the prices of what is decided before."""
        matrix, run = problem.matrix, problem.settings
        names = [matrix.columns[j] for j in columns]
        price = np.array([self.prices.get(name, 0.0) for name in names])
        mean = np.array([self.means.get(name, 0.0) for name in names])
        costs, constant = np.zeros(len(matrix.columns)), -float(price @ mean)
        costs[columns] = price
        for objective in matrix.objectives:
            weight = self.weights.get(objective.name, 0.0)
            costs, constant = costs + weight * objective.costs, constant + weight * objective.constant
        money = [o for o in matrix.objectives if o.name == ("weighted" if "weighted" in run.objectives else "cost")]
        searched = replace(matrix, objectives=(Objective(PRICED, costs, constant), *money))
        alone = replace(run, objectives=(PRICED,), slack=0.0)
        return Lexicographic(Problem(searched, alone), clock, watcher, start=self._start(matrix)).solve()

    def _kept(self, problem: Problem, columns: NDArray[np.int64], clock: Clock, watcher: Watcher | None) -> Solution:
        """Search what follows from a decision, by the objectives in their order."""
        matrix, run = problem.matrix, problem.settings
        names = [matrix.columns[j] for j in columns]
        if self.keep is None and self.start is not None:
            variables = [variable for table in DECIDED for variable in DECIDED[table]]
            values: Mapping[Name, float] = Assignment(self.start, self.given).values(matrix.columns, variables)
        else:
            values = {name: self.keep[name] for name in names if name in self.keep} if self.keep else {}
        kept = np.array([matrix.position[name] for name in values], dtype=np.int64)
        fixed = kept_at(matrix, kept, np.array(list(values.values()), dtype=float))
        money = () if "weighted" in run.objectives else ("cost",)
        searched = dict.fromkeys([*run.objectives, *money])
        by_name = {objective.name: objective for objective in fixed.objectives}
        fixed = replace(fixed, objectives=tuple(by_name[name] for name in searched))
        start = None if self.begin is None else self._start(matrix)
        if start is not None:
            start[kept] = list(values.values())
            start[~matrix.integer] = np.nan
        return Lexicographic(Problem(fixed, run), clock, watcher, start=start).solve()

    def _start(self, matrix: Matrix) -> Floats | None:
        if self.begin is None:
            return None if self.start is None else start_values(matrix, self.given, self.start)
        start = np.where(matrix.integer, 0.0, np.nan)
        start[list(self.begin[0])] = self.begin[1]
        return start

    def _shut(self, matrix: Matrix) -> Matrix:
        """Return the matrix with what not every scenario knows at its least."""
        shut = [matrix.position[name] for name in self.closed if name in matrix.position]
        upper = matrix.upper.copy()
        upper[shut] = matrix.lower[shut]
        return replace(matrix, upper=upper)

    def _prepared(self) -> Prepared:
        """Return the model of the scenario, built once on the machine of the study where there is a folder for it."""
        place = Path(self.cache) / f"{Task(self.scenario).key}.prepared"
        there = bool(self.cache) and place.parent.is_dir()
        with suppress(OSError, EOFError, pickle.PickleError):
            if there:
                return pickle.loads(place.read_bytes())  # type: ignore[no-any-return]
        found = prepare(self.scenario)
        with suppress(OSError):
            if there:
                with whole(place) as file:
                    pickle.dump(found, file, protocol=pickle.HIGHEST_PROTOCOL)
        return found


def _told(given: Prepared, solution: Solution, columns: NDArray[np.int64]) -> dict[str, Any]:
    """Return what is told of a solution, as plain values."""
    matrix, x = given.matrix, solution.x
    objectives = {objective.name: objective for objective in matrix.objectives}
    values = {name: objective.value(x) for name, objective in objectives.items()}
    binary = matrix.integer & (matrix.lower == 0) & (matrix.upper == 1)
    begin = np.flatnonzero(matrix.integer & (np.round(x) != 0))
    return {
        "status": solution.status,
        "objectives": list(objective_names(given.index)),
        "columns": [[name, list(key)] for name, key in (matrix.columns[j] for j in columns)],
        "x": np.where(matrix.integer, np.round(x), x)[columns].tolist(),
        "whole": matrix.integer[columns].tolist(),
        "binary": binary[columns].tolist(),
        "scale": np.maximum(1.0, matrix.column_scale[columns]).tolist(),
        "cost": np.abs(objectives["cost"].costs[columns]).tolist(),
        "begin": [begin.tolist(), np.round(x[begin]).tolist()],
        "values": values,
        "found": values | {o.name: o.found for o in solution.objectives},
        "bounds": {o.name: o.bound for o in solution.objectives},
        "box": {name: box(objective, matrix) for name, objective in objectives.items()},
    }


def _plain(values: Mapping[Name, float]) -> list[Any]:
    """Return values by column in one order."""
    return sorted((str(name), value) for name, value in values.items())


def named(columns: Iterable[Sequence[Any]]) -> list[Name]:
    """Return the names of columns as they were before they were told."""
    return [(name, tuple(key)) for name, key in columns]
