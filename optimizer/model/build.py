"""Build the model: the families in order, one line each."""

from __future__ import annotations

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from optimizer.model import demand, funding, production, projects, shifts, stock, supply, targets, weekends
from optimizer.model.costs import CostTerm, cost_terms
from optimizer.model.index import Index, build_index
from optimizer.model.objectives import add_objectives
from optimizer.model.structure import STRUCTURE
from optimizer.scenario.scenario import Scenario
from optimizer.structure import Structure

FAMILIES = (shifts, projects, weekends, production, supply, demand, stock, funding, targets)


def build_model(scenario: Scenario) -> pyo.ConcreteModel:
    """Build the mixed-integer program of a scenario.

    Add your own variables and linear constraints, fix or bound variables, and pass it to
    `optimizer.solve(scenario, model=model)`: the plan's verdict names every difference from the model built here.
    Variables are in the units of the workbook; nothing in the model is scaled.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables `run`, `join`, `leave`, `hire`, `dismiss`, `waiting`, `weekend`, `build`, `size`,
        `effective`, `gain`, `weekend_gain`, `make`, `buy`, `use`, `lost`, `deliver`, `backlog`, `pledge`,
        `late`, `stock`, `own`, `ship`, `give`, `discard`, `pay`, `pay_capex`, `attained`, `short`; one
        objective per name in the settings, of which the first is active; and, for the pipeline, `optimizer_index`,
        `optimizer_costs` and `optimizer_structure`.
    """
    with PauseGC():
        index = build_index(scenario)
        costs = list(cost_terms(index))
        model = pyo.ConcreteModel(name=scenario.settings.title)
        model.nothing = pyo.Var(bounds=(0, 0))  # lets a row without variables be stated, and be infeasible
        for family in FAMILIES:
            family.add_variables(model, index)
        shifts.add_constraints(model, index)
        projects.add_constraints(model, index)
        weekends.add_constraints(model, index)
        production.add_constraints(model, index)
        supply.add_constraints(model, index)
        demand.add_constraints(model, index)
        stock.add_constraints(model, index)
        funding.add_constraints(model, index, costs)
        targets.add_constraints(model, index)
        add_objectives(model, index, costs)
        for constraint in model.component_objects(pyo.Constraint):
            constraint._rule = None  # a closure over the index, done with: without it the model can be pickled
        model.optimizer_index = _Held(index)
        model.optimizer_costs = _Held(costs)
        model.optimizer_structure = _Held(STRUCTURE)
    return model


class _Held:
    """Hold a plain object on a model, out of Pyomo's sight."""

    def __init__(self, value: Index | list[CostTerm] | Structure) -> None:
        self.value = value
