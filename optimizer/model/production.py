"""What lines make: ``make[l,i,t]`` counts good output of an item in a period."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare make: units of good output per line, item and period."""
    model.make = pyo.Var(index.production.MAKE, domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of production; both sides in months of 1-8-5."""
    production, capacity = index.production, index.capacity

    def work(m: pyo.ConcreteModel, line: str, t: int) -> object:
        keys = [(line, item, t) for item in production.LINES[line, t]]
        return sum((1 / production.rate[key]) * m.make[key] for key in keys)

    def capacity_limits_production(m: pyo.ConcreteModel, line: str, t: int) -> object:
        r"""sum over items of make / rate <= sum over steps of effective + weekend output + gains."""
        return work(m, line, t) <= sum(c * m.component(v)[key] for c, v, key in capacity.available[line, t])

    def running_lines_keep_the_minimum_rate(m: pyo.ConcreteModel, line: str, t: int) -> object:
        r"""sum over items of make / rate >= share (h_t run[l,1,b] - months lost by joining crews).

        Opened lines: >= share h_t (run[l,1,b] + sum of ready build - 1). Where their size is chosen, of S at most:
        >= share h_t (S run[l,1,b] + sum of ready size - S).
        """
        share = production.MINIMUM[line, t]
        terms, constant = capacity.minimum[line, t]
        return work(m, line, t) >= sum(share * c * m.component(v)[key] for c, v, key in terms) + share * constant

    def running_crews_keep_their_minimum_rate(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""sum over items of make / rate >= share sum over crews j of (h_t run[l,j,b] - months lost by joining crews).

        Opened lines, a row for each step k: >= share k h_t (run[l,k,b] + sum of ready build - 1), and as above where
        their size is chosen.
        """
        share = production.CREW_MINIMUM[line, t]
        terms, constant = capacity.crew_minimum[line, k, t]
        return work(m, line, t) >= sum(share * c * m.component(v)[key] for c, v, key in terms) + share * constant

    model.capacity_limits_production = pyo.Constraint(list(production.LINES), rule=capacity_limits_production)
    model.running_lines_keep_the_minimum_rate = pyo.Constraint(
        list(capacity.minimum), rule=running_lines_keep_the_minimum_rate
    )
    model.running_crews_keep_their_minimum_rate = pyo.Constraint(
        list(capacity.crew_minimum), rule=running_crews_keep_their_minimum_rate
    )
