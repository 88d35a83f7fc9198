"""Which projects start when, and what they open: new lines, reactivations, expansions.

``build[p,u,m]`` is 1 if unit u of project p is decided at the beginning of month m, ``size[p,u,m]`` how large it is,
where that is chosen: size 1 is the project as its columns describe it. ``effective``
is what a crew of an opened line gives, ``gain`` what an expansion adds to one crew's output and
``weekend_gain`` what it adds to that of its weekends, all in months of 1-8-5.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.index import Index


def add_variables(model: pyo.ConcreteModel, index: Index) -> None:
    """Declare build (binary), size, effective, gain and weekend_gain (months of 1-8-5)."""
    committed = index.projects.COMMITTED
    once = {start: (int(start in committed), 1) for start in index.projects.STARTS}
    model.build = pyo.Var(index.projects.STARTS, domain=pyo.Binary, bounds=once)
    sizes = {start: (0, most) for start, (_, most) in index.projects.SIZES.items()}
    model.size = pyo.Var(list(sizes), domain=pyo.NonNegativeReals, bounds=sizes)
    model.effective = pyo.Var(list(index.capacity.EFFECTIVE), domain=pyo.NonNegativeReals)
    model.gain = pyo.Var(list(index.capacity.GAINS), domain=pyo.NonNegativeReals)
    model.weekend_gain = pyo.Var(list(index.capacity.WEEKEND_GAINS), domain=pyo.NonNegativeReals)


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
        r"""sum of build decided by a member in a calendar year <= its starts per year.

        Those committed within the horizon count, too: they leave so many fewer, but at least none.
        """
        starts = projects.year_starts[member, year]
        return sum(m.build[start] for start in starts) <= projects.STARTS_PER_YEAR[member, year]

    def sizes_reach_the_least(m: pyo.ConcreteModel, p: str, u: int, month: int) -> object:
        r"""size[p,u,m] >= least size build[p,u,m]."""
        return m.size[p, u, month] >= projects.SIZES[p, u, month][0] * m.build[p, u, month]

    def sizes_stay_below_the_most(m: pyo.ConcreteModel, p: str, u: int, month: int) -> object:
        r"""size[p,u,m] <= most size build[p,u,m]: what is not started has none."""
        return m.size[p, u, month] <= projects.SIZES[p, u, month][1] * m.build[p, u, month]

    model.sizes_reach_the_least = pyo.Constraint(
        [start for start, (least, _) in projects.SIZES.items() if least], rule=sizes_reach_the_least
    )
    model.sizes_stay_below_the_most = pyo.Constraint(list(projects.SIZES), rule=sizes_stay_below_the_most)
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

        Units of the item. The opening order book counts, too, where the settings say so. Committed starts are asked
        like others, but not those before the horizon, nor projects whose firm orders are waived.
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
    projects, capacity, calendar, weekends = index.projects, index.capacity, index.calendar, index.weekends
    ready = {
        unit: sum(share * model.component(projects.grown[unit[0]])[s] for share, s in starts)
        for unit, starts in projects.READY.items()
    }

    def output_follows_the_crew(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""effective[l,k,t] <= phi_k h_t S run[l,k,b(t)], on opened lines; S: the most size, 1 where none is chosen."""
        key = (line, k, t)
        most = capacity.full[key] * projects.most_size[capacity.EFFECTIVE[key][0]]
        return m.effective[key] <= most * m.run[line, k, calendar.block_of[t]]

    def output_follows_the_ramp_up(m: pyo.ConcreteModel, line: str, k: int, t: int) -> object:
        r"""effective[l,k,t] <= phi_k h_t sum over starts of ready[start,t] build[start].

        By step: limiting only the line's maximum would let one shift run at full rate in ramp-up. Where the size is
        chosen, it stands for build: with the crew at work the row says phi_k h_t ready size, and the one before no
        less, since size <= S.
        """
        key = (line, k, t)
        return m.effective[key] <= capacity.full[key] * ready[capacity.EFFECTIVE[key]]

    def expansions_multiply_what_runs(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int) -> object:
        r"""gain[p,u,l,k,t] <= delta_p S_p effective[l,k,t]; S_p: the most size, 1 where none is chosen."""
        delta = projects.added_share[p] * projects.most_size[p]
        return m.gain[p, u, line, k, t] <= sum(
            delta * c * m.component(v)[key] for c, v, key in capacity.effective[line, k, t]
        )

    def expansions_follow_the_ramp_up(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int) -> object:
        r"""gain[p,u,l,k,t] <= delta_p phi_k h_t sum of ready build (or size, where it is chosen): 0 while closed."""
        gain = (p, u, line, k, t)
        return m.gain[gain] <= capacity.GAINS[gain] * ready[p, u, t]

    def gains_follow_the_size(m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int, number: int) -> object:
        r"""gain <= delta_p phi_k (e sum of size + S_p max(0, effective / phi_k - e)), for every e the crew may give.

        Only where the size of an expansion is chosen; S_p is the most it may be. A crew gives nothing, all of the
        period, or one of a few amounts while it, or its new line, ramps up, so max(0, effective / phi_k - e) is
        linear in run and join, or in build. With an effective output of phi_k e the row of e says delta_p phi_k e size,
        and no other says less since size <= S_p; of nothing and of all `expansions_multiply_what_runs` and
        `expansions_follow_the_ramp_up` say it. So it is exact without a product.
        """
        gain, (level, above) = (p, u, line, k, t), capacity.SIZED_GAINS[p, u, line, k, t, number]
        grown = level * sum(m.size[p, u, month] for month in projects.starts_of[p, u])
        most = projects.most_size[p]
        share = projects.added_share[p] * capacity.full[line, k, t] / calendar.lengths[t]
        return m.gain[gain] <= share * (grown + sum(most * c * m.component(v)[key] for c, v, key in above))

    def weekend_gains_follow_the_ramp_up(
        m: pyo.ConcreteModel, p: str, u: int, line: str, k: int, t: int, number: int
    ) -> object:
        r"""weekend_gain <= delta_p c_k (s weekend[l,k,t] + w sum of max(0, ready - s) build), for every share s.

        c_k is the output of a weekend run, w = floor(share_l w_t) the most there can be, ready the mean
        ramp-up share over the weekends of the period; s takes the value of every start, and 0. For a
        unit at share r the row of s = r says delta_p c_k r weekend, and no other says less since
        weekend <= w; while it is closed the row of s = 0 says 0. So it is exact without a product.
        """
        gain, share = (p, u, line, k, t), capacity.WEEKEND_SHARES[p, u, line, k, t, number]
        above = sum((r - share) * m.build[s] for r, s in projects.weekend_ready[p, u, t] if r > share)
        runs = share * m.weekend[line, k, t] + weekends.most[line, t] * above
        return m.weekend_gain[gain] <= capacity.WEEKEND_GAINS[gain] * runs

    crews, gains = list(capacity.EFFECTIVE), list(capacity.GAINS)
    model.output_follows_the_crew = pyo.Constraint(crews, rule=output_follows_the_crew)
    model.output_follows_the_ramp_up = pyo.Constraint(crews, rule=output_follows_the_ramp_up)
    model.expansions_multiply_what_runs = pyo.Constraint(gains, rule=expansions_multiply_what_runs)
    model.expansions_follow_the_ramp_up = pyo.Constraint(gains, rule=expansions_follow_the_ramp_up)
    model.gains_follow_the_size = pyo.Constraint(list(capacity.SIZED_GAINS), rule=gains_follow_the_size)
    model.weekend_gains_follow_the_ramp_up = pyo.Constraint(
        list(capacity.WEEKEND_SHARES), rule=weekend_gains_follow_the_ramp_up
    )
