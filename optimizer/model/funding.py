"""Who pays: ``pay[f,m,c,y]`` and ``pay_capex[f,p,y]``, money a fund pays in a calendar year.

Costs are resource costs: no price passes between members. Costs for which no fund is meant are
counted in the objective and need no payment; payments outside the horizon need no fund.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from optimizer.model.costs import CostTerm
from optimizer.model.index import Index
from optimizer.model.index.projects import Priced, Start


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare pay and pay_capex, in money."""
    model.pay = pyo.Var(index.funding.PAY, domain=pyo.NonNegativeReals)
    model.pay_capex = pyo.Var(index.funding.PAY_CAPEX, domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index, costs: list[CostTerm]) -> None:
    """Write the constraints of funding, all in money of a calendar year."""
    funding, projects, years = index.funding, index.projects, index.calendar.years
    spent = _by_payer_and_year(index, costs)
    starts: dict[str, list[tuple[str, Start]]] = defaultdict(list)
    for start in projects.STARTS:
        starts[start[0]] += [(variable, start) for variable in projects.priced[start[0]]]

    def costs_are_paid(m: pyo.ConcreteModel, payer: str, category: str, year: int) -> object:
        r"""sum over funds of pay[f,m,c,y] = cost of payer m in category c and year y.

        Costs of a period fall to years by its months in each.
        """
        paid = sum(m.pay[f, payer, category, year] for f in funding.FUNDED[payer, category])
        return paid == sum(c * m.component(v)[key] for c, v, key in spent[payer, category, year])

    def capex_is_paid(m: pyo.ConcreteModel, p: str, year: int) -> object:
        r"""sum over funds of pay_capex[f,p,y] = payments of project p due in year y, all units, by their size, too."""
        due = sum(_due(index, (v, p, s[2]), year) * m.component(v)[s] for v, s in starts[p])
        return sum(m.pay_capex[f, p, year] for f in funding.CAPEX_FUNDS[p]) == due

    def co_financing_is_limited(m: pyo.ConcreteModel, f: str, p: str) -> object:
        r"""sum over years of pay_capex[f,p,y] <= share_f x all payments of p from the start on."""
        total = sum(
            (sum(projects.payments[v, p, s[2]].values()) + projects.payments_after[v, p, s[2]]) * m.component(v)[s]
            for v, s in starts[p]
        )
        return sum(m.pay_capex[f, p, y] for y in years) <= funding.share[f] * total

    def funds_hold(m: pyo.ConcreteModel, f: str, year: int) -> object:
        r"""sum of payments of fund f in year y (up to y, if it carries over) <= amount (so far)."""
        span = [y for y in years if y == year or (funding.carries_over[f] and y < year)]
        paid = sum(m.pay[pay] for pay in pay_of[f] if pay[3] in span)
        paid += sum(m.pay_capex[pay] for pay in capex_of[f] if pay[2] in span)
        return paid <= funding.AMOUNTS[f, year]

    pay_of: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
    capex_of: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for pay in funding.PAY:
        pay_of[pay[0]].append(pay)
    for pay_capex in funding.PAY_CAPEX:
        capex_of[pay_capex[0]].append(pay_capex)
    payers = [(*key, y) for key in funding.FUNDED for y in years if funding.FUNDED[key]]
    shared = [(f, p) for p, funds in funding.CAPEX_FUNDS.items() for f in funds if funding.share[f] < 1 and starts[p]]
    used = [(f, y) for f, y in funding.AMOUNTS if pay_of[f] or capex_of[f]]
    model.costs_are_paid = pyo.Constraint(payers, rule=costs_are_paid)
    model.capex_is_paid = pyo.Constraint([(p, y) for p in funding.CAPEX_FUNDS for y in years], rule=capex_is_paid)
    model.co_financing_is_limited = pyo.Constraint(shared, rule=co_financing_is_limited)
    model.funds_hold = pyo.Constraint(used, rule=funds_hold)


def _due(index: Index, priced: Priced, year: int) -> float:
    payments = index.projects.payments[priced]
    return sum(money for month, money in payments.items() if index.calendar.date(month).year == year)


def _by_payer_and_year(
    index: Index, costs: list[CostTerm]
) -> dict[tuple[str, str, int], list[tuple[float, str, tuple[Any, ...]]]]:
    """Return per (payer, category, year) the cost as (money per unit, variable, key)."""
    spent = defaultdict(list)
    for term in costs:
        if (term.payer, term.category) not in index.funding.FUNDED:
            continue
        by_year: dict[int, float] = defaultdict(float)
        for t, amount in term.amounts.items():
            for year, share in index.calendar.year_shares[t].items():
                by_year[year] += amount * share
        for year, money in by_year.items():
            spent[term.payer, term.category, year].append((money, term.component, term.key))
    return spent
