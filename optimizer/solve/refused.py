"""What a caller's own model holds that no matrix can hold: refused by name, never left out in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.errors import MODEL, Finding

if TYPE_CHECKING:
    from pyomo.environ import ConcreteModel

MOST_WORDS = 300
"""Letters of an expression that are told."""
UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError)
"""What Pyomo raises on expressions that say nothing linear: strict inequalities, bounds that vary, no value."""
HANDED_OVER = (
    *("Block", "Constraint", "Objective", "Var", "Param", "Expression", "Set", "RangeSet", "ContinuousSet"),
    *("Suffix", "BooleanVar", "ExternalFunction", "BuildAction", "BuildCheck", "Port"),
)
"""Types of Pyomo component that a matrix holds, or that ask for nothing by themselves."""
ENDLESS = 1e20
"""What HiGHS takes to be infinite."""
BINARIES = "write it with binary variables of your own, say x[i] <= most * y[i] and a limit on the sum of y"
GDP = "TransformationFactory('gdp.bigm').apply_to(model), or 'gdp.hull', makes it linear"
INSTEAD = {
    "SOSConstraint": f"{BINARIES}; for a Piecewise choose a pw_repn with binaries, say 'INC' or 'MC'",
    "LogicalConstraint": "TransformationFactory('core.logical_to_linear').apply_to(model) makes it linear (with sympy)",
    "Disjunction": GDP,
    "Disjunct": GDP,
    "Complementarity": f"TransformationFactory('mpec.simple_disjunction').apply_to(model) first, then {GDP}",
    "PiecewiseLinearFunction": "TransformationFactory('contrib.piecewise.incremental').apply_to(model) makes it linear",
    "DerivativeVar": "TransformationFactory('dae.finite_difference').apply_to(model) makes it linear",
    "Integral": "TransformationFactory('dae.finite_difference').apply_to(model) makes it linear",
    "Arc": "TransformationFactory('network.expand_arcs').apply_to(model) makes it linear",
}
"""Type of component that no matrix holds -> what to do instead."""


def refusal(what: str, why: Exception | str) -> Finding:
    """Return the finding that something cannot be handed over to the solver."""
    words = " ".join(str(why).split())
    return Finding(MODEL, "", f"{what} cannot be handed over: {words[:MOST_WORDS]}")


def shown(name: str, key: Any) -> str:
    """Return constraint or variable as Pyomo writes it: ``build[plant,0,3]``."""
    if key is None:
        return name
    return f"{name}[{','.join(str(part) for part in key) if isinstance(key, tuple) else key}]"


def not_handed_over(model: ConcreteModel) -> Iterator[Finding]:
    """Yield every active component of a type that no matrix holds."""
    for block in model.block_data_objects(active=True):
        for component in block.component_objects(descend_into=False):
            kind = component.ctype.__name__
            if kind not in HANDED_OVER and not component.is_reference() and _is_active(component):
                yield refusal(f"the {kind} `{component.name}`", INSTEAD.get(kind, "write it as linear constraints"))


def _is_active(component: Any) -> bool:
    return component.active and any(getattr(data, "active", True) for data in component.values())


def bad_objectives(model: ConcreteModel, names: Sequence[str]) -> Iterator[Finding]:
    """Yield objectives that are gone or maximised."""
    for name in names:
        objective = model.component(name)
        if objective is None or objective.ctype.__name__ != "Objective":
            yield refusal(f"the objective `{name}`", "there is no objective of this name on the model")
        elif not objective.is_minimizing():
            yield refusal(f"the objective `{name}`", "objectives are minimised; write it with the opposite sign")


def bad_variables(model: ConcreteModel, variables: Sequence[Any]) -> Iterator[Finding]:
    """Yield variables of another model, those fixed at nothing, and those of domains with gaps."""
    components = {id(component): component for component in (v.parent_component() for v in variables)}
    foreign = [component for component in components.values() if component.model() is not model]
    for component in foreign:
        words = "it is not on this model; constraints must use the variables of the model they stand on"
        yield refusal(f"the variable `{component.name}`", words)
    for variable in variables:
        if variable.fixed and variable.value is None:
            yield refusal(f"the variable `{variable.name}`", "it is fixed without a value")
        elif not (variable.is_continuous() or variable.is_integer()):
            yield refusal(f"the variable `{variable.name}`", f"its domain has gaps; {BINARIES}")


def bad_numbers(rows: sp.csr_array, bounds: NDArray[np.float64], names: Sequence[tuple[str, Any]]) -> Iterator[Finding]:
    """Yield rows with a coefficient that is not finite, or a bound or constant that is no number.

    Parameters
    ----------
    rows, bounds
        The rows, and lower and upper bound of each; a bound that is infinite on its own side is no limit.
    names
        (component, key) of the rows.
    """
    owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    impossible = np.isnan(bounds).any(axis=1) | (bounds[:, 0] >= ENDLESS) | (bounds[:, 1] <= -ENDLESS)
    for row in np.union1d(owners[~np.isfinite(rows.data)], np.flatnonzero(impossible)):
        yield refusal(f"`{shown(*names[row])}`", "it holds numbers that are infinite, or none")
