"""Pyomo model to arrays: the matrix, its objectives, and a scaling that keeps numbers near 1.

Uses Pyomo's own `LinearStandardFormCompiler`, as its GurobiDirect interface does. The stock HiGHS
interfaces walk every constraint twice and offer no callbacks; this hand-over takes half the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from numpy.typing import NDArray
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

Floats = NDArray[np.float64]
SCALING_PASSES = 6


@dataclass(frozen=True)
class Objective:
    """A linear objective over the columns, in the user's units: costs x + constant."""

    name: str
    costs: Floats
    constant: float

    def value(self, x: Floats) -> float:
        """Return the value of a solution."""
        return float(self.costs @ x + self.constant)


@dataclass(frozen=True)
class Matrix:
    """A mixed-integer program in arrays, in the user's units, with the scaling to hand it over in.

    Attributes
    ----------
    rows
        Sparse matrix, rows x columns (csr).
    row_lower, row_upper, lower, upper
        Bounds of rows and columns.
    integer
        Mask of integer columns.
    objectives
        In the order of rank.
    row_scale, column_scale
        Powers of two; scaled matrix = diag(row_scale) rows diag(column_scale). Integer columns
        keep scale 1. A solver sees x / column_scale.
    row_names
        Constraint of each row: (component, key).
    columns
        Variable of each column: (component, key).
    """

    rows: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    objectives: tuple[Objective, ...]
    row_scale: Floats
    column_scale: Floats
    row_names: tuple[tuple[str, Any], ...]
    columns: tuple[tuple[str, Any], ...]
    position: Mapping[tuple[str, Any], int] = field(default_factory=dict)

    @property
    def size(self) -> dict[str, int]:
        """Return rows, columns, integers and nonzeros."""
        return {
            "rows": self.rows.shape[0],
            "columns": self.rows.shape[1],
            "integers": int(self.integer.sum()),
            "nonzeros": int(self.rows.nnz),
        }

    def of(self, *components: str) -> NDArray[np.int64]:
        """Return the columns of some variables, by component name."""
        return np.array([j for j, (name, _) in enumerate(self.columns) if name in components], dtype=np.int64)

    def values(self, x: Floats) -> dict[str, dict[Any, float]]:
        """Return a solution as component -> key -> value."""
        found: dict[str, dict[Any, float]] = {}
        for (name, key), value in zip(self.columns, x, strict=True):
            found.setdefault(name, {})[key] = float(value)
        return found


def compile_matrix(model: pyo.ConcreteModel, objectives: Sequence[str]) -> Matrix:
    """Compile a Pyomo model and its named objectives into arrays.

    Raises
    ------
    ValueError
        When an objective is maximised: the search minimises every objective in turn.
    """
    ranked = [model.component(name) for name in objectives]
    active = list(model.component_data_objects(pyo.Objective, active=True))
    if any(objective.sense != pyo.minimize for objective in ranked):
        raise ValueError("objectives are minimised; write a maximised one with the opposite sign")
    for objective in active:
        objective.deactivate()
    try:
        for objective in ranked:
            objective.activate()
        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    finally:
        for objective in ranked:
            objective.deactivate()
        for objective in active:
            objective.activate()
    return _matrix(form, objectives)


def _matrix(form: Any, objectives: Sequence[str]) -> Matrix:
    senses = np.array([bound_type for _, bound_type in form.rows])  # -1: >=, 0: ==, 1: <=
    right = np.asarray(form.rhs, dtype=float)
    variables = form.columns
    lower = np.array([-np.inf if v.lb is None else v.lb for v in variables], dtype=float)
    upper = np.array([np.inf if v.ub is None else v.ub for v in variables], dtype=float)
    for j, variable in enumerate(variables):
        if variable.fixed:
            lower[j] = upper[j] = variable.value
    integer = np.array([not v.is_continuous() for v in variables], dtype=bool)
    costs = np.asarray(form.c.toarray(), dtype=float)
    names = [objective.parent_component().name for objective in form.objectives]
    order = [names.index(name) for name in objectives]
    rows = sp.csr_array(form.A)
    row_scale, column_scale = geometric_scaling(rows, integer)
    columns = tuple((v.parent_component().name, v.index()) for v in variables)
    return Matrix(
        rows=rows,
        row_lower=np.where(senses <= 0, right, -np.inf),
        row_upper=np.where(senses >= 0, right, np.inf),
        lower=lower,
        upper=upper,
        integer=integer,
        objectives=tuple(
            Objective(name, costs[k], float(form.c_offset[k])) for name, k in zip(objectives, order, strict=True)
        ),
        row_scale=row_scale,
        column_scale=column_scale,
        row_names=tuple((c.parent_component().name, c.index()) for c, _ in form.rows),
        columns=columns,
        position={column: j for j, column in enumerate(columns)},
    )


def geometric_scaling(rows: sp.csr_array, integer: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return row and column scales (powers of two) that bring the coefficients near 1.

    Geometric means of the smallest and largest magnitude, rows and columns in turn; integer
    columns keep scale 1, so that every other unit is measured against one crew, one plant, one
    weekend. Method: Tomlin, "On scaling linear programming problems" (1975).
    """
    logs = sp.csr_array(rows, copy=True)
    logs.data = np.log2(np.abs(np.where(logs.data == 0, 1.0, logs.data)))
    by_column = sp.csc_array(logs)
    row = np.zeros(rows.shape[0])
    column = np.zeros(rows.shape[1])
    row_of = by_column.indices
    for _ in range(SCALING_PASSES):
        row = -_middle(logs.data + column[logs.indices], logs.indptr)
        column = np.where(integer, 0.0, -_middle(by_column.data + row[row_of], by_column.indptr))
    return np.exp2(np.round(row)), np.exp2(np.round(column))


def _middle(logs: Floats, pointers: NDArray[np.int64]) -> Floats:
    """Return the middle between the least and the largest of each segment; 0 where it is empty."""
    filled = np.diff(pointers) > 0
    middle = np.zeros(len(pointers) - 1)
    if filled.any():
        starts = pointers[:-1][filled]
        middle[filled] = (np.minimum.reduceat(logs, starts) + np.maximum.reduceat(logs, starts)) / 2
    return middle
