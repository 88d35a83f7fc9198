"""Pyomo model to arrays: the matrix, its objectives, and a scaling that keeps numbers near 1.

The stock HiGHS interfaces walk every constraint twice and offer no callbacks. This hand-over walks
sums of `coefficient * variable` itself, straight into arrays, which takes less time and memory than
Pyomo's `LinearStandardFormCompiler`; any other expression it leaves to Pyomo.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.common.gc_manager import PauseGC
from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.var import VarData
from pyomo.core.expr import (
    EqualityExpression,
    InequalityExpression,
    LinearExpression,
    MonomialTermExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
)
from pyomo.repn import generate_standard_repn

from optimizer.errors import InputError
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from optimizer.solve.refused import UNREADABLE, bad_numbers, bad_objectives, bad_variables, not_handed_over, refusal
from optimizer.solve.scaling import geometric_scaling


def compile_matrix(
    model: pyo.ConcreteModel, objectives: Sequence[str], writers: Mapping[str, Callable[[], Any]] | None = None
) -> Matrix:
    """Compile a Pyomo model and its named objectives into arrays, with its `optimizer_structure` if it has one.

    Parameters
    ----------
    model, objectives
        The model, and the names of objectives in order of rank.
    writers
        Write the expression of an objective that is not on the model, which stays as it is.

    Raises
    ------
    InputError
        When the model holds what no matrix can hold, each by name: an objective that is gone or
        maximised (the search minimises every objective in turn), components that are not linear, numbers
        that are none, variables of another model.
    """
    written = {name: write for name, write in (writers or {}).items() if model.component(name) is None}
    refused = [*not_handed_over(model), *bad_objectives(model, [n for n in objectives if n not in written])]
    if refused:
        raise InputError(refused)
    with PauseGC():  # a million expressions are not worth looking through time and again
        table = _Table()
        constants: list[float] = []
        for name in objectives:
            try:
                constants.append(table.add(written[name]() if name in written else model.component(name).expr))
            except UNREADABLE as error:
                refused.append(refusal(f"the objective `{name}`", error))
        names: list[Name] = []
        bounds: list[tuple[float, float]] = []
        for component in model.component_objects(pyo.Constraint, active=True):
            name = component.name
            for key, constraint in component.items() if not component.is_reference() else ():
                if constraint.active:
                    try:
                        bounds.append(_add_constraint(table, constraint))
                        names.append((name, key))
                    except UNREADABLE as error:
                        refused.append(refusal(f"the constraint `{constraint.name}`", error))
        refused += bad_variables(model, table.variables)
        if refused:
            raise InputError(refused)
        found = _matrix(table, tuple(zip(objectives, constants, strict=True)), names, np.array(bounds).reshape(-1, 2))
        held = getattr(model, "optimizer_structure", None)
        return found if held is None else replace(found, structure=held.value)


def names_of(model: pyo.ConcreteModel) -> frozenset[str]:
    """Return the names of all variables and constraints on a model, also of those that are empty."""
    return frozenset(part.name for kind in (pyo.Var, pyo.Constraint) for part in model.component_objects(kind))


def limits(model: pyo.ConcreteModel) -> dict[Name, tuple[float, float, bool]]:
    """Return lower bound, upper bound and whether it is whole of every variable on a model, used or not."""
    return {
        (variable.name, key): (*_limits(data), not data.is_continuous())
        for variable in model.component_objects(pyo.Var)
        if not variable.is_reference()
        for key, data in variable.items()
    }


def _add_constraint(table: _Table, constraint: Any) -> tuple[float, float]:
    """Add the body of a constraint as a row and return the bounds of the row."""
    expression = constraint.expr
    kind = expression.__class__
    if kind is EqualityExpression or (kind is InequalityExpression and not expression.strict):
        left, right = expression.args
        if _varies(left) and _varies(right):
            constant = table.add(left, right)  # without an expression for their difference
            return (-constant if kind is EqualityExpression else -np.inf, -constant)
    lower, body, upper = constraint.to_bounded_expression(evaluate_bounds=True)
    constant = table.add(body)
    return (-np.inf if lower is None else lower - constant, np.inf if upper is None else upper - constant)


def _varies(expression: Any) -> bool:
    return expression.__class__ not in native_numeric_types and bool(expression.is_potentially_variable())


class _Table:
    """Linear expressions as rows over the variables met in them, whole components at a time."""

    def __init__(self) -> None:
        self.variables: list[Any] = []
        self._column_of: dict[int, int] = {}
        """By id: the hash of a variable is no faster, and its `==` is an expression."""
        self._columns, self._values, self._starts = array("i"), array("d"), array("i", [0])

    def add(self, expression: Any, less: Any = 0.0) -> float:
        """Add an expression, less another one, as a row; return its constant."""
        constant = self._walk(expression, 1.0) + self._walk(less, -1.0)
        self._starts.append(len(self._values))
        return constant

    def rows(self) -> sp.csr_array:
        """Return all rows, with every variable once in each."""
        shape = (len(self._starts) - 1, len(self.variables))
        rows = sp.csr_array((np.array(self._values), np.array(self._columns), np.array(self._starts)), shape=shape)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        return rows

    def _walk(self, expression: Any, factor: float) -> float:
        """Add the terms of `factor * expression` to the row; return its constant."""
        kind = expression.__class__
        if kind is MonomialTermExpression:
            coefficient, variable = expression.args
            if coefficient.__class__ not in native_numeric_types:  # a parameter
                coefficient = pyo.value(coefficient)
            return self._term(factor * coefficient, variable)
        if kind is VarData:
            return self._term(factor, expression)
        if kind is SumExpression or kind is LinearExpression:
            return self._walk_sum(expression.args, factor)
        if kind in native_numeric_types:
            return factor * float(expression)
        if kind is NegationExpression:
            return self._walk(expression.args[0], -factor)
        if kind is ProductExpression and expression.args[0].__class__ in native_numeric_types:
            return self._walk(expression.args[1], factor * expression.args[0])
        if expression.is_variable_type():  # one that has no index
            return self._term(factor, expression)
        return self._walk_any(expression, factor)

    def _walk_sum(self, parts: Sequence[Any], factor: float) -> float:
        """Add the terms of a sum; most are `coefficient * variable`, with a variable that was met before."""
        constant, column_of, add_column, add_value = 0.0, self._column_of, self._columns.append, self._values.append
        for part in parts:
            if part.__class__ is MonomialTermExpression:
                coefficient, variable = part.args
                column = column_of.get(id(variable))
                if column is not None and coefficient.__class__ in native_numeric_types:
                    add_column(column)
                    add_value(factor * coefficient)
                    continue
            constant += self._walk(part, factor)
        return constant

    def _walk_any(self, expression: Any, factor: float) -> float:
        found = generate_standard_repn(expression)
        if not found.is_linear():
            raise ValueError(f"{expression} is not linear in the variables; only linear expressions can be solved")
        for coefficient, variable in zip(found.linear_coefs, found.linear_vars, strict=True):
            self._term(factor * coefficient, variable)
        return factor * float(pyo.value(found.constant))

    def _term(self, coefficient: float, variable: Any) -> float:
        column = self._column_of.get(id(variable))
        if column is None:
            component = variable.parent_component()
            if component is None:
                raise ValueError("it uses a variable that was deleted from the model, or of a model that is gone")
            for other in component.values():
                self._column_of[id(other)] = len(self.variables)
                self.variables.append(other)
            column = self._column_of[id(variable)]
        self._columns.append(column)
        self._values.append(coefficient)
        return 0.0


def _matrix(table: _Table, objectives: tuple[tuple[str, float], ...], row_names: list[Name], bounds: Floats) -> Matrix:
    """Return the matrix of a table that begins with the objectives, without columns nothing uses."""
    everything = table.rows()
    used = np.unique(everything.indices)
    everything = everything[:, used]
    variables = [table.variables[j] for j in used]
    integer = np.array([not v.is_continuous() for v in variables], dtype=bool)
    limits = np.array([_limits(v) for v in variables], dtype=float).reshape(-1, 2)
    columns = _names(variables)
    constants = np.array([(constant, constant) for _, constant in objectives]).reshape(-1, 2)
    named = [*((name, None) for name, _ in objectives), *row_names]
    refused = [
        *bad_numbers(everything, np.vstack([constants, bounds]), named),
        *bad_numbers(sp.csr_array((len(columns), 1)), limits, columns),
    ]
    if refused:
        raise InputError(refused)
    costs, rows = everything[: len(objectives)].toarray(), everything[len(objectives) :]
    row_scale, column_scale = geometric_scaling(rows, integer)
    return Matrix(
        rows=rows,
        row_lower=bounds[:, 0].copy(),
        row_upper=bounds[:, 1].copy(),
        lower=limits[:, 0].copy(),
        upper=limits[:, 1].copy(),
        integer=integer,
        objectives=tuple(Objective(name, costs[k], constant) for k, (name, constant) in enumerate(objectives)),
        row_scale=row_scale,
        column_scale=column_scale,
        row_names=tuple(row_names),
        columns=columns,
        position={column: j for j, column in enumerate(columns)},
    )


def _limits(variable: Any) -> tuple[float, float]:
    if variable.fixed:
        value = np.nan if variable.value is None else variable.value
        return value, value
    lower, upper = variable.bounds
    return -np.inf if lower is None else lower, np.inf if upper is None else upper


def _names(variables: list[Any]) -> tuple[tuple[str, Any], ...]:
    """Return (component, key) of each variable; the name of a component is worked out once."""
    components = {id(v.parent_component()): v.parent_component() for v in variables}
    names = {key: component.name for key, component in components.items()}
    return tuple((names[id(v.parent_component())], v.index()) for v in variables)
