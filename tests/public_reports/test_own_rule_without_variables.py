"""A rule of one's own comes down to 5 <= 3 or to 0 <= 0: dropped without a word, or a crash.

What cannot hold must never give a plan that is called optimal.

Source: Pyomo/pyomo#3976, PyPSA/linopy#517.
"""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo
import pytest

from optimizer import OptimizerError, build_model, solve
from tests.public_reports.shop import shop

Rule = Callable[[pyo.ConcreteModel], pyo.Constraint]

TRUE: tuple[Rule, ...] = (
    lambda m: pyo.Constraint(expr=pyo.Constraint.Feasible),
    lambda m: pyo.Constraint(expr=m.five <= 6),
    lambda m: pyo.Constraint([1, 2], rule=lambda m, i: pyo.Constraint.Skip),
)
FALSE: dict[str, Rule] = {
    "infeasible": lambda m: pyo.Constraint(expr=pyo.Constraint.Infeasible),
    "numbers": lambda m: pyo.Constraint(expr=m.five >= 6),
    "nothing of a variable": lambda m: pyo.Constraint(expr=0 * next(iter(m.make.values())) >= 1),
}


def with_rules(*rules: Rule) -> pyo.ConcreteModel:
    """Return the model of the shop with rules of one's own."""
    model = build_model(shop())
    model.five = pyo.Param(initialize=5, mutable=True)
    for number, rule in enumerate(rules):
        model.add_component(f"mine {number}", rule(model))
    return model


def test_what_always_holds_changes_nothing() -> None:
    """The plan is the same; the verdict names the rules that nobody verified, and none that has no rows."""
    plan = solve(shop(), model=with_rules(*TRUE))
    assert plan.unverified == ("mine 0", "mine 1")
    assert plan.losses.lost.sum() == pytest.approx(120, rel=1e-5)


@pytest.mark.parametrize("name", FALSE)
def test_what_never_holds_gives_no_plan(name: str) -> None:
    """There is no plan."""
    with pytest.raises((OptimizerError, ValueError)):
        solve(shop(), model=with_rules(FALSE[name]))
