"""What is minimised: shortfall, speed, cost, in this order, or their weighted sum in money."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from optimizer.model.costs import CostTerm
from optimizer.model.index import Index
from optimizer.model.index.demand import LAST_YEAR

UNITS = {"shortfall": "unit-months", "speed": "months", "cost": "money", "weighted": "money"}


def add_objectives(model: pyo.ConcreteModel, index: Index, costs: list[CostTerm]) -> None:
    """Write every objective the settings name, in order; only the first is active in Pyomo."""
    written = writers(model, index, costs)
    names = objective_names(index)
    for name in dict.fromkeys([*names, "cost"]):
        objective = pyo.Objective(expr=written[name]())
        model.add_component(name, objective)
        if name != names[0]:
            objective.deactivate()


def writers(model: pyo.ConcreteModel, index: Index, costs: list[CostTerm]) -> dict[str, Callable[[], object]]:
    """Return for each objective what writes its expression over the variables of a model.

    What is weighted begins with the cost that stands on the model: a caller may have added to it.
    """
    there = model.component("cost")
    ours = there.expr if there is not None and there.ctype is pyo.Objective else None
    spending = cache(lambda: cost(model, index, costs) if ours is None else ours)
    return {
        "shortfall": lambda: shortfall(model, index),
        "speed": lambda: speed(model, index),
        "cost": spending,
        "weighted": lambda: weighted(model, index, spending()),
    }


def objective_names(index: Index) -> tuple[str, ...]:
    """Return the objectives in order; speed is left out when no target is asap."""
    names = index.scenario.settings.objectives
    kept = tuple(name for name in names if name != "speed" or index.targets.ATTAINED)
    return kept or ("cost",)


def shortfall(model: pyo.ConcreteModel, index: Index) -> object:
    r"""Write the shortfall in unit-months.

    sum_t h_t (sum w missing + sum_s sum w late_s + soft gaps), and what follows in E months after the horizon:
    E (w missing + soft gaps at closing) + E^2/2 w lost a month in the last year + E/2 w (late at closing + late_after).

    A unit lost in tau is missing in every t >= tau: it counts T - a_tau + E months. So lost and
    late units have one dimension, and the split between them does not hang on the horizon. What is lost and
    delivered a month in the last year goes on for E months: a plan that let output fall towards the end would
    pay for it after. Of the two ways tried, the mean of the last year and its worst month, the mean left no
    larger falls and needs no further variables.
    """
    demand, targets, calendar = index.demand, index.targets, index.calendar
    closing = index.scenario.settings.end_months
    last, year = calendar.periods[-1], min(LAST_YEAR, calendar.end)
    terms = []
    for key, weight in demand.need_weight.items():
        goes_on = demand.last_year.get(key[3], 0.0) / year * closing**2 / 2
        terms.append((weight * (calendar.end - calendar.begins[key[3]] + closing + goes_on), model.lost[key]))
    for key in demand.LATE:
        months = calendar.lengths[key[2]] + (closing / 2 if key[2] == last else 0.0)
        terms.append((demand.book_weight[key[:2]] * months, model.late[key]))
    terms += [(demand.book_weight[key[:2]] * closing / 2, model.late_after[key]) for key in demand.LATE_AFTER]
    for short, weight in targets.SHORT.items():
        months = calendar.lengths[short[3]] + (closing if short in targets.LAST_SHORT else 0.0)
        terms.append((weight * months, model.short[short]))
    return _linear(terms)


def speed(model: pyo.ConcreteModel, index: Index) -> object:
    r"""Write the speed: sum over asap targets of weight x months in which they are not attained."""
    months = index.targets.ATTAINED
    return _linear([(-m, model.attained[key]) for key, m in months.items()], sum(months.values()))


def cost(model: pyo.ConcreteModel, index: Index, costs: list[CostTerm]) -> object:
    r"""Write the discounted cost of all categories, in money of the start.

    Costs of a period count with the mean of (1+r)^(-m/12) over its months. Capex: all payments of
    a start (by its size, where that is chosen), also those after the horizon, discounted, times
    min(1, max(0, T - a) / life).
    """
    discounts = index.calendar.discounts(index.scenario.settings.discount_rate)
    terms = [
        (sum(amount * discounts[t] for t, amount in term.amounts.items()), model.component(term.component)[term.key])
        for term in costs
        if term.category != "capex"
    ]
    projects = index.projects
    terms += [
        (projects.capex_counted[variable, start[0], start[2]], model.component(variable)[start])
        for start in projects.STARTS
        for variable in projects.priced[start[0]]
    ]
    return _linear(terms)


def weighted(model: pyo.ConcreteModel, index: Index, spending: object) -> object:
    r"""Write cost + price x lost + price x h_t x late (first layer), in money."""
    demand, calendar = index.demand, index.calendar
    terms = [(price, model.lost[key]) for key, price in demand.need_price.items()]
    terms += [
        (demand.book_price[key[:2]] * calendar.lengths[key[2]], model.late[key]) for key in demand.LATE if key[3] == 0
    ]
    return spending + _linear(terms)  # type: ignore[operator]


def _linear(terms: list[tuple[float, object]], constant: float = 0.0) -> object:
    kept = [(c, v) for c, v in terms if c]
    return LinearExpression(constant=constant, linear_coefs=[c for c, _ in kept], linear_vars=[v for _, v in kept])
