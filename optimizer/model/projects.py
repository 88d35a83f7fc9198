"""Which projects start when, and what they open: new lines, reactivations, expansions.

``build[p,u,m]`` is 1 if unit u of project p is decided at the beginning of month m. ``effective``
is what a crew of an opened line gives, ``gain`` what an expansion adds to one crew's output, both
in months of 1-8-5.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare build (binary), effective and gain (months of 1-8-5)."""
    committed = index.projects.COMMITTED
    once = {start: (int(start in committed), 1) for start in index.projects.STARTS}
    model.build = pyo.Var(index.projects.STARTS, domain=pyo.Binary, bounds=once)
    model.effective = pyo.Var(list(index.capacity.EFFECTIVE), domain=pyo.NonNegativeReals)
    model.gain = pyo.Var(index.capacity.GAINS, domain=pyo.NonNegativeReals)


def add_constraints(model: pyo.ConcreteModel, index: Index) -> None:
    """Write the constraints of projects."""
    _add_starts(model, index)
    _add_links(model, index)
    _add_openings(model, index)


def _add_starts(model: pyo.ConcreteModel, index: Index) -> None:
    projects, calendar = index.projects, index.calendar

    def units_start_at_most_once(m: pyo.ConcreteModel, p: str, u: int) -> object:
        r"""sum over months of build[p,u,m] <= 1."""
        return sum(m.build[p, u, month] for month in projects.starts_of[p, u]) <= 1

    def forced_projects_start(m: pyo.ConcreteModel, p: str, u: int) -> object:
        r"""sum over months of build[p,u,m] = 1 for forced projects.

        A forced project that no month of the horizon can open makes the model infeasible.
        """
        return m.nothing + sum(m.build[p, u, month] for month in projects.starts_of.get((p, u), ())) == 1

    def units_start_in_order(m: pyo.ConcreteModel, p: str, u: int, t: int) -> object:
        r"""sum up to t of build[p,u] <= sum up to t of build[p,u-1]."""
        upto = [month for month in projects.starts_of[p, u] if month <= calendar.begins[t]]
        return sum(m.build[p, u, month] for month in upto) <= sum(m.build[p, u - 1, month] for month in upto)

    def starts_per_year_are_limited(m: pyo.ConcreteModel, member: str, year: int) -> object:
        r"""sum of build decided by a member in a calendar year <= its starts per year."""
        starts = projects.year_starts[member, year]
        return sum(m.build[start] for start in starts) <= projects.STARTS_PER_YEAR[member, year]

    model.units_start_at_most_once = pyo.Constraint(projects.UNITS_OF_CHOICE, rule=units_start_at_most_once)
    model.forced_projects_start = pyo.Constraint(projects.FORCED_UNITS, rule=forced_projects_start)
    model.units_start_in_order = pyo.Constraint(projects.UNIT_ORDER, rule=units_start_in_order)
    model.starts_per_year_are_limited = pyo.Constraint(list(projects.STARTS_PER_YEAR), rule=starts_per_year_are_limited)


def _add_links(model: pyo.ConcreteModel, index: Index) -> None:
    projects, calendar, demand = index.projects, index.calendar, index.demand

    def groups_start_enough(m: pyo.ConcreteModel, group: str) -> object:
        r"""sum over the group's projects of build (first unit) >= at least."""
        started = sum(m.build[start] for start in projects.group_starts[group])
        return m.nothing + started >= projects.GROUPS_AT_LEAST[group]

    def groups_start_no_more(m: pyo.ConcreteModel, group: str) -> object:
        r"""sum over the group's projects of build (first unit) <= at most."""
        return sum(m.build[start] for start in projects.group_starts[group]) <= projects.GROUPS_AT_MOST[group]

    def required_projects_start_first(m: pyo.ConcreteModel, p: str, q: str, t: int) -> object:
        r"""sum up to t of build[p,1] <= sum up to t of build[q,1]."""
        now = calendar.begins[t]
        return sum(m.build[p, 1, month] for month in projects.starts_of[p, 1] if month <= now) <= sum(
            m.build[q, 1, month] for month in projects.starts_of.get((q, 1), ()) if month <= now
        )

    def firm_orders_come_first(m: pyo.ConcreteModel, item: str, t: int) -> object:
        r"""sum up to t of firm quantity x build <= orders dated in the horizon + pledges, up to t.

        Units of the item. The opening order book does not count; committed projects are exempt.
        """
        pledged = sum(m.pledge[key] for key in demand.PLEDGES if key[1] == item and key[2] <= t)
        started = sum(quantity * m.build[start] for quantity, start in projects.firm_starts[item, t])
        return started <= projects.firm_orders[item, t] + pledged

    model.groups_start_enough = pyo.Constraint(list(projects.GROUPS_AT_LEAST), rule=groups_start_enough)
    model.groups_start_no_more = pyo.Constraint(
        [group for group in projects.GROUPS_AT_MOST if projects.group_starts[group]], rule=groups_start_no_more
    )
    model.required_projects_start_first = pyo.Constraint(projects.REQUIREMENTS, rule=required_projects_start_first)
    model.firm_orders_come_first = pyo.Constraint(projects.FIRM_PERIODS, rule=firm_orders_come_first)


def _add_openings(model: pyo.ConcreteModel, index: Index) -> None:
    projects, capacity, calendar = index.projects, index.capacity, index.calendar
    ready = {unit: sum(share * model.build[s] for share, s in starts) for unit, starts in projects.READY.items()}
    growing = {(p, u, t) for p, u, _, _, t in capacity.GAINS}
    opened = {unit: sum(model.build[s] for _, s in projects.READY[unit]) for unit in growing}

    def output_follows_the_crew(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""effective[l,k,t] <= phi_k h_t run[l,k,b(t)], on opened lines."""
        return m.effective[line, k, t] <= capacity.full[line, k, t] * m.run[line, k, calendar.block_of[t]]

    def output_follows_the_ramp_up(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""effective[l,k,t] <= phi_k h_t sum over starts of ready[start,t] build[start].

        By step: limiting only the line's maximum would let one shift run at full rate in ramp-up.
        """
        key = (line, k, t)
        return m.effective[key] <= capacity.full[key] * ready[capacity.EFFECTIVE[key]]

    def expansions_multiply_what_runs(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int) -> object:
        r"""gain[p,u,l,k,t] <= delta_p (effective[l,k,t] + weekend output of step k)."""
        terms = (*capacity.effective[line, k, t], *capacity.weekend_output[line, k, t])
        delta = projects.added_share[p]
        return m.gain[p, u, line, k, t] <= sum(delta * c * m.component(v)[key] for c, v, key in terms)

    def expansions_follow_the_ramp_up(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int) -> object:
        r"""gain <= delta_p (phi_k h_t sum of ready build + weekend output of step k), while ramping up.

        With the two other rows this is exact for integer builds: gain = delta_p x (the smaller of
        what the crew gives and what is ready, plus weekend output), and 0 while closed.
        """
        gain, delta = (p, u, line, k, t), projects.added_share[p]
        weekend = sum(delta * c * m.component(v)[key] for c, v, key in capacity.weekend_output[line, k, t])
        return m.gain[gain] <= capacity.gain_base[gain] * ready[p, u, t] + weekend

    def expansions_must_be_open(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int) -> object:
        r"""gain <= delta_p (phi_k h_t + most weekend output of step k) sum of open build.

        The factor is the largest value gain can take (full crew, all weekends allowed).
        """
        gain = (p, u, line, k, t)
        return m.gain[gain] <= capacity.most_gain[gain] * opened[p, u, t]

    crews, gains = list(capacity.EFFECTIVE), capacity.GAINS
    model.output_follows_the_crew = pyo.Constraint(crews, rule=output_follows_the_crew)
    model.output_follows_the_ramp_up = pyo.Constraint(crews, rule=output_follows_the_ramp_up)
    model.expansions_multiply_what_runs = pyo.Constraint(gains, rule=expansions_multiply_what_runs)
    model.expansions_follow_the_ramp_up = pyo.Constraint(capacity.RAMPING, rule=expansions_follow_the_ramp_up)
    model.expansions_must_be_open = pyo.Constraint(gains, rule=expansions_must_be_open)
