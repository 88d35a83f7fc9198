"""Every rule of the model, recomputed from the scenario and the plan's decision tables alone.

The rules share neither code nor numbers with the model: a plan that holds them all is a plan that
does what the workbook asks, whoever made it. `RULES` is the table of contents; a constraint of the
model has a rule of its own name, or `COVERED_BY` says which rule recomputes it and why.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from optimizer.plan.plan import Check, Plan
from optimizer.verify import (
    completeness,
    demand,
    funding,
    levers,
    money,
    objectives,
    production,
    projects,
    shifts,
    stock,
    supply,
    targets,
    verdict,
    weekends,
)
from optimizer.verify.book import Book
from optimizer.verify.tally import MalformedError

Rule = Callable[[Book], Check]

RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        completeness.tables_are_complete,
        shifts.shifts_fit_the_ladder,
        shifts.crews_stay,
        shifts.people_are_there,
        shifts.people_are_hired_as_allowed,
        shifts.crews_need_an_open_line,
        shifts.opened_lines_are_staffed,
        weekends.weekends_fit_the_calendar,
        weekends.weekends_need_a_crew,
        weekends.higher_crews_work_no_more_weekends,
        weekends.weekends_wait_for_full_ramp_up,
        projects.starts_are_allowed,
        projects.units_start_at_most_once,
        projects.sizes_are_allowed,
        projects.forced_projects_start,
        projects.units_start_in_order,
        projects.groups_start_enough,
        projects.groups_start_no_more,
        projects.required_projects_start_first,
        projects.starts_per_year_are_limited,
        projects.firm_orders_come_first,
        production.capacity_limits_production,
        production.running_lines_keep_the_minimum_rate,
        production.running_crews_keep_their_minimum_rate,
        stock.material_balances,
        stock.only_waste_is_discarded,
        stock.stock_stays_within_its_shelf_life,
        stock.own_stockpiles_balance,
        stock.stocks_stay_within_limits,
        stock.stocks_fit_the_room,
        supply.suppliers_deliver_a_limited_amount,
        supply.purchases_go_where_they_may,
        supply.lanes_carry_a_limited_amount,
        supply.gifts_need_a_stockpile_and_a_way,
        demand.needs_are_met_or_lost,
        demand.order_book_balances,
        demand.pledges_stay_within_the_table,
        funding.capex_is_paid,
        funding.costs_are_paid,
        funding.payments_are_allowed,
        funding.co_financing_is_limited,
        funding.funds_hold,
        targets.output_reaches_the_target,
        targets.inputs_sustain_the_target,
        targets.coverage_reaches_the_target,
        targets.stock_reaches_the_target,
        targets.output_is_made_at_home,
        targets.money_is_spent_at_home,
        targets.waiting_time_is_kept,
        targets.attained_targets_stay_attained,
        levers.levers_are_respected,
        money.costs_add_up,
        objectives.objectives_add_up,
        verdict.given_back_stays_within_slack,
        verdict.verdict_follows_from_the_objectives,
    )
}
"""Name -> rule, in the order of the report."""

COVERED_BY: dict[str, str] = {
    # The table of shifts counts crews from the first step up, so a crew above a missing one cannot be
    # written down; joins and leaves follow from the counts, and their cost is recomputed too.
    "steps_are_climbed_in_order": "shifts_fit_the_ladder",
    "crew_changes_balance": "shifts_fit_the_ladder",
    "joining_crews_were_absent": "shifts_fit_the_ladder",
    # Who waits is no table of its own; it is recomputed, and what these people are paid shows in the costs.
    "people_wait_without_a_crew": "costs_add_up",
    # Exactly one crew is what the rule of the block in which a line opens asks for.
    "one_crew_opens_a_line": "opened_lines_are_staffed",
    # Output of crews and gains of expansions are no tables of their own; both are recomputed from
    # shifts, weekends and starts, and a variable above what these allow shows as output above capacity.
    "output_follows_the_crew": "capacity_limits_production",
    "output_follows_the_ramp_up": "capacity_limits_production",
    "expansions_multiply_what_runs": "capacity_limits_production",
    "expansions_follow_the_ramp_up": "capacity_limits_production",
    "weekend_gains_follow_the_ramp_up": "capacity_limits_production",
    "gains_follow_the_size": "capacity_limits_production",
    # One rule looks at both ends of a size.
    "sizes_reach_the_least": "sizes_are_allowed",
    "sizes_stay_below_the_most": "sizes_are_allowed",
    # Late units are recomputed from orders, pledges and deliveries; a variable below them shows as an
    # objective (shortfall or weighted) that is too small.
    "late_orders_are_counted": "objectives_add_up",
    "late_orders_go_on": "objectives_add_up",
}
"""Constraint of the model -> the rule that recomputes it under another name."""


def verify(plan: Plan) -> tuple[Check, ...]:
    """Recompute every rule for a plan and return one verdict each, in the order of `RULES`.

    Parameters
    ----------
    plan
        Any plan: its scenario and tables are read, and what it says of the run that found it.

    Returns
    -------
    tuple of Check
        A rule whose tables cannot be read fails with the reason; nothing is raised.
    """
    book = Book(plan)
    return tuple(judged(name, book) for name in RULES)


def judged(name: str, book: Book) -> Check:
    """Return the verdict of one rule; it fails when it cannot be reached."""
    try:
        return RULES[name](book)
    except MalformedError as wrong:
        return Check(name, wrong.table, 0, math.inf, f"cannot be checked: {wrong}")
    except Exception as error:  # a plan may hold anything; what cannot be checked does not hold
        return Check(name, "", 0, math.inf, f"cannot be checked: {type(error).__name__}: {error}")
