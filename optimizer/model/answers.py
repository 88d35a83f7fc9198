"""What a solved model says beyond its columns: values no row uses, and rows no family of ours wrote."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo


def complete_values(model: pyo.ConcreteModel, values: dict[str, dict[Any, float]]) -> dict[str, dict[Any, float]]:
    """Add the variables that reached no column of the matrix: fixed ones, and unused ones at their least."""
    for variable in model.component_objects(pyo.Var):
        found = values.setdefault(variable.name, {})
        for key in variable:
            if key not in found:
                data = variable[key]
                found[key] = data.value if data.fixed else data.lb or 0.0
    return values


def own_constraints(model: pyo.ConcreteModel) -> tuple[str, ...]:
    """Return the names of active constraints a user added, which no verifier knows."""
    known = model.optimizer_constraints.value
    return tuple(c.name for c in model.component_objects(pyo.Constraint, active=True) if c.name not in known)
