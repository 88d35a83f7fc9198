"""Realistic instances of any size, drawn from a seed: `generate(32)` is a full-size alliance.

Members differ in size, wages, labour markets and budgets. Final items share fuzes, propellant and
explosive and have bodies of their own; capacity of all stages is balanced today and makes well
under half of what is asked. Every family of the model is in use. Prices of lost and late units are
a small multiple of what a unit costs, so that in a good plan cost and priced shortfall are of the
same order and not every investment is worth it. Lines, projects, needs, budgets: all grow in
proportion to the number of members.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from optimizer.scenario.scenario import Scenario
from tests.benchmarks.demand import accepted_wait, add_demand
from tests.benchmarks.draft import Draft
from tests.benchmarks.industry import add_industry
from tests.benchmarks.investments import add_investments
from tests.benchmarks.money import add_money
from tests.benchmarks.supply import add_supply


def generate(
    members: int,
    *,
    seed: int = 0,
    months: int = 84,
    objectives: Sequence[str] = ("weighted",),
) -> Scenario:
    """Draw an instance.

    Parameters
    ----------
    members
        How many members take part; 32 is full size, 4 the least.
    seed
        The same seed gives the same scenario.
    months
        Length of the horizon, in single months.
    objectives
        ``weighted`` to compare solvers on one objective, or objectives in order of rank.
    """
    draft = Draft(Random(seed), members, months)
    for add in (add_industry, add_investments, add_money, add_demand, add_supply):
        add(draft)
    settings = {
        "title": f"{members} members, {months} months, seed {seed}",
        "start": draft.month(0),
        "periods": f"{months}x1",
        "discount_rate": 0.03,
        "review_months": 6,
        "weekend_share": 0.5,
        "weekend_efficiency": 0.9,
        "accepted_wait": accepted_wait(draft),
        "objectives": list(objectives),
    }
    return Scenario.from_tables(settings, **draft.tables)
