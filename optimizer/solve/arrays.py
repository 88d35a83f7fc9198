"""A mixed-integer program in arrays: its matrix, objectives, scaling, and the names of its rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.structure import Constraints, Structure, Variables

Floats = NDArray[np.float64]
Name = tuple[str, Any]
"""(component, key) of a constraint or variable."""
HOLD_TOLERANCE = 1e-6
"""Relative room a held objective gets beyond its slack, for the solver's tolerances."""
CHAINED = (Variables.STARTS, Variables.ORDERS)
"""Happen once and last: rows hold their running totals."""


@dataclass(frozen=True)
class Objective:
    """A linear objective over the columns, in the user's units: costs x + constant."""

    name: str
    costs: Floats
    constant: float

    def value(self, x: Floats) -> float:
        """Return the value of a solution.

        Not by a product of BLAS: asked for several times a second, its idle threads would keep a third of a core busy.
        """
        return float((self.costs * x).sum() + self.constant)


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
    groups
        Kind (item, member) -> (component, first part of the key) -> what such columns belong to.
    known
        Names of all variables and constraints of the model, also of those without any column or row; None: any name is
        taken. To ask for another one raises ValueError: a variable by a new name would switch a strategy off unseen.
    structure
        What variables and constraints are, so that they can be asked for without their names.
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
    groups: Mapping[str, Mapping[tuple[str, Any], str]] = field(default_factory=dict)
    known: frozenset[str] | None = None
    structure: Structure = field(default_factory=Structure)

    @property
    def size(self) -> dict[str, int]:
        """Return rows, columns, integers and nonzeros."""
        return {
            "rows": self.rows.shape[0],
            "columns": self.rows.shape[1],
            "integers": int(self.integer.sum()),
            "nonzeros": int(self.rows.nnz),
        }

    @property
    def spread(self) -> tuple[float, float]:
        """Return the least and the largest coefficient as the solver sees them, apart from zeros; 1 and 1 if none."""
        sizes = np.abs((sp.diags_array(self.row_scale) @ self.rows @ sp.diags_array(self.column_scale)).data)
        sizes = sizes[sizes > 0]
        return (float(sizes.min()), float(sizes.max())) if len(sizes) else (1.0, 1.0)

    def names(self, *asked: Variables | Constraints | str) -> set[str]:
        """Return the names of some variables or constraints, by kind or by name.

        Raises
        ------
        ValueError
            When the model knows no such name.
        """
        names = {name for one in asked for name in ((one,) if isinstance(one, str) else self.structure.names(one))}
        unknown = [] if self.known is None else sorted(names - self.known)
        if unknown:
            raise ValueError(f"the model has no variable or constraint {', '.join(unknown)}")
        return names

    def of(self, *variables: Variables | str) -> NDArray[np.int64]:
        """Return the columns of some variables, by kind or by name."""
        nothing = np.array([], dtype=np.int64)
        names = self.names(*variables)
        return np.sort(np.concatenate([nothing, *(self._by_component.get(name, nothing) for name in names)]))

    def labels_of(self, columns: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return by kind what some columns belong to, as numbers, -1 to nothing; one kind is what they decide on."""
        labels = {"unit": [self.columns[j][1][0] for j in columns]}
        for kind, of in self.groups.items():
            labels[kind] = [of.get((self.columns[j][0], self.columns[j][1][0])) for j in columns]
        found = {}
        for kind, named in labels.items():
            numbers = {name: number for number, name in enumerate(dict.fromkeys(n for n in named if n is not None))}
            found[kind] = np.array([numbers.get(name, -1) for name in named], dtype=np.int64)
        return found

    def mask(self, *variables: Variables | str) -> NDArray[np.bool_]:
        """Return which columns are those of some variables."""
        mask = np.zeros_like(self.integer)
        mask[self.of(*variables)] = True
        return mask

    def rows_of(self, *constraints: Constraints | str) -> NDArray[np.int64]:
        """Return the rows of some constraints, by kind or by name."""
        names = self.names(*constraints)
        return np.flatnonzero([name in names for name, _ in self.row_names])

    def chains(self, *variables: Variables | str) -> list[NDArray[np.int64]]:
        """Return the columns of some variables, those that differ in time alone together and in its order.

        Time is the last part of their keys.
        """
        found: dict[Any, list[tuple[int, int]]] = {}
        for column in self.of(*variables):
            name, (*rest, time) = self.columns[column]
            found.setdefault((name, *rest), []).append((time, int(column)))
        return [np.array([column for _, column in sorted(chain)]) for chain in found.values()]

    @cached_property
    def row_position(self) -> Mapping[tuple[str, Any], int]:
        """Return the row of each constraint, by component name and key."""
        return {name: row for row, name in enumerate(self.row_names)}

    @cached_property
    def _by_component(self) -> Mapping[str, NDArray[np.int64]]:
        found: dict[str, list[int]] = {}
        for j, (name, _) in enumerate(self.columns):
            found.setdefault(name, []).append(j)
        return {name: np.array(columns, dtype=np.int64) for name, columns in found.items()}

    def objective_scale(self, objective: Objective) -> float:
        """Return the power of two that brings the typical coefficient of an objective near 1, as a solver sees it."""
        sizes = np.abs(objective.costs * self.column_scale)
        sizes = sizes[sizes > 0]
        return float(np.exp2(-np.round(np.log2(np.median(sizes))))) if len(sizes) else 1.0

    def room(self, objective: Objective, value: float) -> float:
        """Return the room that a held objective gets for the solver's tolerances: relative, in whatever unit.

        Near 0 it is a share of what a typical column of the scaled problem adds, and no more than a share of 1.
        """
        return HOLD_TOLERANCE * max(min(1.0, 0.1 / self.objective_scale(objective)), abs(value))

    def violation(self, x: Floats) -> float:
        """Return by how much values of the columns violate a scaled row at most."""
        activity = self.rows @ x
        over = np.maximum(self.row_lower - activity, activity - self.row_upper) * self.row_scale
        return float(max(over.max(initial=0.0), 0.0))

    def rows_with(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows that some columns stand in."""
        return np.flatnonzero(np.diff(self.rows[:, columns].indptr))

    def part(self, columns: NDArray[np.int64], rows: NDArray[np.int64], rest: Floats, objective: Objective) -> Matrix:
        """Return the problem of some columns and rows alone, where all other columns have the values of `rest`.

        `rest` is 0 in the columns of the part; the objective counts all columns.
        """
        taken = self.rows[rows] @ rest
        names = tuple(self.columns[column] for column in columns)
        return Matrix(
            rows=sp.csr_array(self.rows[rows][:, columns]),
            row_lower=self.row_lower[rows] - taken,
            row_upper=self.row_upper[rows] - taken,
            lower=self.lower[columns],
            upper=self.upper[columns],
            integer=self.integer[columns],
            objectives=(Objective(objective.name, objective.costs[columns], 0.0),),
            row_scale=self.row_scale[rows],
            column_scale=self.column_scale[columns],
            row_names=tuple(self.row_names[row] for row in rows),
            columns=names,
            position={name: number for number, name in enumerate(names)},
            groups=self.groups,
            known=self.known,
            structure=self.structure,
        )

    def with_rows(self, names: Sequence[tuple[str, Any]], rows: sp.csr_array, upper: Floats) -> Matrix:
        """Return the same with more rows, of whole columns mostly: rows x <= upper."""
        n = len(names)
        return replace(
            self,
            rows=sp.csr_array(sp.vstack([self.rows, rows])),
            row_lower=np.concatenate([self.row_lower, np.full(n, -np.inf)]),
            row_upper=np.concatenate([self.row_upper, upper]),
            row_scale=np.concatenate([self.row_scale, np.ones(n)]),
            row_names=(*self.row_names, *names),
        )

    def values(self, x: Floats) -> dict[str, dict[Any, float]]:
        """Return a solution as component -> key -> value."""
        found: dict[str, dict[Any, float]] = {}
        for (name, key), value in zip(self.columns, x.tolist(), strict=True):
            found.setdefault(name, {})[key] = value
        return found


def places(rows: sp.csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column of every entry of a matrix."""
    return np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), rows.indices


def fixed(lower: Floats, upper: Floats, x: Floats, mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return bounds of the columns with the masked ones fixed at their rounded values."""
    return np.where(mask, np.round(x), lower), np.where(mask, np.round(x), upper)
