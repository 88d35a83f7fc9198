"""A scenario's model built once and handed over, for many variations of it: each is bounds, rows and objectives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.model.answers import Answers
from optimizer.model.build import build_model
from optimizer.model.index import Index
from optimizer.model.objectives import UNITS, writers
from optimizer.model.today import Bounds
from optimizer.model.varied import Row, variation
from optimizer.model.varied import is_variation as is_variation  # for those above who may not see the model
from optimizer.scenario.scenario import Scenario
from optimizer.solve.arrays import Matrix
from optimizer.solve.matrix import compile_matrix


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
    index: Index = model.optimizer_index.value
    missing = writers(model, index, model.optimizer_costs.value)
    matrix = compile_matrix(model, tuple(UNITS), missing)
    return Prepared(index, matrix, Answers(model, matrix.position))


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
