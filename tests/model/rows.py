"""Constraints as plain data, to be compared with rows written by hand.

`row` renders one row of a Pyomo model as (terms, sense, right-hand side), `expect` puts a
hand-written row into the same form: everything variable on the left, never `>=`, and equations with
their first term positive. So a row is compared by what it says, not by how it is written.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from optimizer.model.build import build_model
from optimizer.scenario.scenario import Scenario

Terms = dict[tuple[str, Any], float]
Row = tuple[Terms, str, float]


def model_of(settings: dict[str, Any], **tables: Any) -> pyo.ConcreteModel:
    """Return the model of a scenario that starts in January 2024, unless the settings say otherwise."""
    return build_model(Scenario.from_tables({"start": "2024-01", **settings}, **tables))


def row(model: pyo.ConcreteModel, name: str, *key: Any) -> Row:
    """Return one row of a constraint by its name and index."""
    constraint = model.component(name)[key]
    repn = generate_standard_repn(constraint.body)
    assert repn.is_linear()
    terms = _terms(repn)
    low, high = pyo.value(constraint.lower), pyo.value(constraint.upper)
    if low is not None and high is not None:
        assert low == high
        return _normal(terms, "==", low - repn.constant)
    if low is not None:
        return _normal(terms, ">=", low - repn.constant)
    return _normal(terms, "<=", high - repn.constant)


def expect(terms: dict[tuple[Any, ...], float], sense: str, right: float) -> Row:
    """Return a hand-written row: {("run", "L", 1, 0): 1.0, ...}, its sense and its right-hand side."""
    return _normal({(name, tuple(key)): float(c) for (name, *key), c in terms.items()}, sense, float(right))


def objective(model: pyo.ConcreteModel, name: str) -> tuple[Terms, float]:
    """Return an objective as (terms, constant)."""
    repn = generate_standard_repn(model.component(name).expr)
    assert repn.is_linear()
    return {key: _rounded(c) for key, c in _terms(repn).items()}, _rounded(repn.constant)


def terms(written: dict[tuple[Any, ...], float]) -> Terms:
    """Return hand-written terms of an objective: {("lost", "R", "shell", 1, 0): 3.0, ...}."""
    return {(name, tuple(key)): _rounded(c) for (name, *key), c in written.items()}


def keys(model: pyo.ConcreteModel, name: str) -> set[Any]:
    """Return the index of a constraint or variable."""
    return set(model.component(name).keys())


def _terms(repn: Any) -> Terms:
    found: Terms = {}
    for variable, coefficient in zip(repn.linear_vars, repn.linear_coefs, strict=True):
        name = variable.parent_component().name
        if coefficient and name != "nothing":  # `nothing` is always 0
            found[name, variable.index()] = float(coefficient)
    return found


def _normal(terms: Terms, sense: str, right: float) -> Row:
    first = terms[min(terms, key=repr)] if terms else 1.0
    if sense == ">=" or (sense == "==" and first < 0):
        terms, right = {key: -c for key, c in terms.items()}, -right
        sense = "<=" if sense == ">=" else sense
    return {key: _rounded(c) for key, c in terms.items()}, sense, _rounded(right)


def _rounded(number: float) -> float:
    """Return a number to nine digits, so that rows compare by `==`."""
    return float(f"{number:.9g}") + 0.0 if abs(number) > 1e-9 else 0.0
