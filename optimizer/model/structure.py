"""What the variables and constraints of this formulation are to a search."""

from __future__ import annotations

from optimizer.structure import Constraints, Structure, Variables

STRUCTURE = Structure(
    variables={
        Variables.STARTS: ("build",),
        Variables.TARGETS: ("attained",),
        Variables.CREWS: ("run",),
        Variables.WEEKENDS: ("weekend",),
        Variables.ORDERS: ("pledge",),
        Variables.STAFF: ("join", "leave", "hire", "dismiss", "waiting"),
        Variables.CAPACITY: ("effective", "gain", "weekend_gain"),
        Variables.OUTPUT: ("make",),
        Variables.FLOWS: ("buy", "ship", "stock", "discard", "deliver", "backlog", "use", "lost", "own", "give"),
        Variables.PAYMENTS: ("pay", "pay_capex"),
        Variables.MISSED: ("late", "late_after", "short"),
    },
    constraints={
        Constraints.SELDOM: (
            "crews_stay",
            "higher_crews_work_no_more_weekends",
            "joining_crews_were_absent",
            "running_crews_keep_their_minimum_rate",
            "running_lines_keep_the_minimum_rate",
            "steps_are_climbed_in_order",
        ),
        Constraints.BALANCES: ("material_balances",),
        Constraints.SHARED: (
            "costs_are_paid",
            "funds_hold",
            "groups_start_enough",
            "groups_start_no_more",
            "inputs_sustain_the_target",
            "people_are_there",
            "people_wait_without_a_crew",
            "starts_per_year_are_limited",
        ),
        Constraints.SHARED_BY_PERIOD: ("money_is_spent_at_home",),
    },
)
