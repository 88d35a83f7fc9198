"""On how many weekends each crew works: ``weekend[l,k,t]``, integer."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare weekend: weekend runs of a crew in a period, from 0 to the most the line may work."""
    weekends = index.weekends
    most = {run: (0, weekends.most[run[0], run[2]]) for run in weekends.WEEKENDS}
    model.weekend = pyo.Var(weekends.WEEKENDS, domain=pyo.NonNegativeIntegers, bounds=most)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of weekends."""
    weekends, calendar = index.weekends, index.calendar
    ramped = {line: sum(model.build[start] for start in starts) for line, starts in weekends.FULLY_RAMPED.items()}

    def weekends_need_a_crew(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""weekend[l,k,t] <= floor(share_l w_t) (run[l,k,b] - run[l,c,b]).

        c is the first step that already staffs weekends (a continuous pattern), if the ladder has
        one; w_t are the Saturdays of the period.
        """
        b = calendar.block_of[t]
        continuous = weekends.continuous.get(line)
        crew = m.run[line, k, b] - (m.run[line, continuous, b] if continuous else 0)
        return m.weekend[line, k, t] <= weekends.most[line, t] * crew

    def higher_crews_work_no_more_weekends(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""weekend[l,k,t] <= weekend[l,k-1,t]."""
        return m.weekend[line, k, t] <= m.weekend[line, k - 1, t]

    def weekends_wait_for_full_ramp_up(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""weekend[l,k,t] <= floor(share_l w_t) sum of build with full output all period, on opened lines."""
        return m.weekend[line, k, t] <= weekends.most[line, t] * ramped[line, t]

    model.weekends_need_a_crew = pyo.Constraint(weekends.WEEKENDS, rule=weekends_need_a_crew)
    model.higher_crews_work_no_more_weekends = pyo.Constraint(weekends.HIGHER, rule=higher_crews_work_no_more_weekends)
    model.weekends_wait_for_full_ramp_up = pyo.Constraint(weekends.RAMPED, rule=weekends_wait_for_full_ramp_up)
