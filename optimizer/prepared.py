"""Models in arrays: built for one solve, a caller's own, or one for many variations of a scenario.

A variation is bounds, rows and objectives of the model of its base.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.model.answers import Answers
from optimizer.model.build import build_model
from optimizer.model.index import Index
from optimizer.model.objectives import UNITS, objective_names, writers
from optimizer.model.today import Bounds
from optimizer.model.varied import Row, variation
from optimizer.model.varied import is_variation as is_variation  # for those above who may not see the model
from optimizer.restrictions import Restrictions
from optimizer.scenario.scenario import Scenario
from optimizer.settings import RunSettings
from optimizer.solve.arrays import Matrix
from optimizer.solve.changes import Change, differences
from optimizer.solve.matrix import compile_matrix, limits, names_of

if TYPE_CHECKING:
    from pyomo.environ import ConcreteModel


@dataclass(frozen=True)
class Prepared:
    """A scenario's model in arrays.

    Attributes
    ----------
    index
        Of the scenario.
    matrix
        Of its model, with every objective there is.
    answers
        Turn solutions into tables.
    """

    index: Index
    matrix: Matrix
    answers: Answers

    @property
    def scenario(self) -> Scenario:
        """Return what it was built of."""
        return self.index.scenario

    def varied(self, scenario: Scenario) -> Prepared | None:
        """Return the model of a variation: levers off, projects forced or forbidden, other objectives and settings.

        None where the scenario is no variation in this sense; then it has to be built.
        """
        if not is_variation(self.scenario, scenario):
            return None
        found = variation(self.index, scenario)
        if found is None:
            return None
        index, bounds, rows = found
        return Prepared(index, _within(self.matrix, bounds, rows), self.answers.of(index.network))

    def with_objectives(self, names: Iterable[str]) -> Matrix:
        """Return the matrix with these objectives, in this order."""
        objectives = {objective.name: objective for objective in self.matrix.objectives}
        return replace(self.matrix, objectives=tuple(objectives[name] for name in names))


def prepare(scenario: Scenario) -> Prepared:
    """Build the model of a scenario, to solve variations of it: ``solve(variation, prepared=prepare(scenario))``.

    Variations are levers off, projects forced or forbidden, other objectives, run settings, decisions that are kept and
    objectives that are held. It can be pickled and sent to other processes, and holds no Pyomo model.
    """
    model = build_model(scenario)
    matrix = _arrays(model, tuple(UNITS))
    return Prepared(model.optimizer_index.value, matrix, Answers(model, matrix.position))


def _within(matrix: Matrix, bounds: Bounds, rows: Iterable[Row]) -> Matrix:
    """Return the matrix with narrower bounds, and rows that come to 1 at least."""
    lower, upper, row_lower = matrix.lower.copy(), matrix.upper.copy(), matrix.row_lower.copy()
    for name, (least, most) in bounds.items():
        if name in matrix.position:
            column = matrix.position[name]
            lower[column], upper[column] = least, np.minimum(most, upper[column])
    for row in rows:
        row_lower[matrix.row_position[row]] = 1.0
    return replace(matrix, lower=lower, upper=upper, row_lower=row_lower)


# -- for one solve ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Modelled:
    """What is searched: a model in arrays, whose it is, how it is searched, and what turns solutions into tables."""

    index: Index
    run: RunSettings
    matrix: Matrix
    answers: Answers
    own: Own | None = None
    varied: bool = False


def modelled(
    scenario: Scenario, model: ConcreteModel | None, asked: Restrictions, seconds: dict[str, float], *, relaxed: bool
) -> Modelled:
    """Build the model of a scenario, and hand it over, or that of a caller."""
    with timed(seconds, "build"):
        built = build_model(scenario)
    index: Index = built.optimizer_index.value
    run = run_settings(index, relaxed=relaxed)
    with timed(seconds, "hand over"):
        plain = compiled(built, run, asked.hold)
        own = None if model is None else own_model(built, plain, model, run, asked.hold)
        matrix = plain if own is None else own.matrix
        return Modelled(index, run, matrix, Answers(built if model is None else model, matrix.position), own)


def varied_model(prepared: Prepared, asked: Restrictions, relaxed: bool) -> Modelled:
    """Return a variation of a model that was built before."""
    run = run_settings(prepared.index, relaxed=relaxed)
    matrix = prepared.with_objectives(_searched(run, asked.hold))
    return Modelled(prepared.index, run, matrix, prepared.answers, varied=True)


def run_settings(index: Index, *, relaxed: bool) -> RunSettings:
    """Return how a scenario is searched."""
    settings = index.scenario.settings
    return RunSettings(
        objectives=objective_names(index),
        gap=settings.gap,
        slack=settings.slack,
        time_limit=settings.time_limit,
        threads=settings.threads,
        seed=settings.seed,
        relaxed=relaxed,
    )


def compiled(model: ConcreteModel, run: RunSettings, held: Iterable[str] = ()) -> Matrix:
    """Return the arrays of a model with the objectives that are asked for."""
    return _arrays(model, _searched(run, held))


def _arrays(model: ConcreteModel, objectives: tuple[str, ...]) -> Matrix:
    """Return the arrays of a model with some of its objectives, or others that the model could have."""
    others = writers(model, model.optimizer_index.value, model.optimizer_costs.value)
    return replace(compile_matrix(model, objectives, others), known=names_of(model))


def _searched(run: RunSettings, held: Iterable[str]) -> tuple[str, ...]:
    """Return the objectives that are searched, in order, that in money, and those that are held."""
    money = [] if "weighted" in run.objectives else ["cost"]
    return tuple(dict.fromkeys([*run.objectives, *money, *held]))


@dataclass(frozen=True)
class Own:
    """A model of the caller's own: its matrix, that of the scenario, and all that is different."""

    matrix: Matrix
    plain: Matrix
    changes: tuple[Change, ...]


def own_model(built: ConcreteModel, plain: Matrix, model: ConcreteModel, run: RunSettings, held: Iterable[str]) -> Own:
    """Return a caller's model with all that differs from the model built of the scenario."""
    known = names_of(model) | names_of(built)  # what the caller deleted may be asked for
    matrix = replace(compiled(model, run, held), known=known)
    return Own(matrix, plain, differences(plain, matrix, limits(built), limits(model)))


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note the seconds that a block takes under a name."""
    began = time.perf_counter()
    yield
    seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began
