"""Planning the production of fibreglass (Gueret, Prins, Sevaux, Applications of Optimization with Xpress-MP, C-5).

Six weeks; capacity, demand, and the cost of production and of storage differ from week to week. A week is a month here.
The weekly rate and production cost are rows of Rates; storage costs 0.10 at the end of each week times a factor.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

CAPACITY = (140, 100, 110, 100, 120, 100)
DEMAND = (100, 120, 100, 90, 120, 110)
PRODUCTION = (5, 8, 6, 6, 7, 6)
STORAGE = (0.20, 0.30, 0.20, 0.25, 0.30, 0.40)


def fiberglass() -> Scenario:
    """Return the case."""
    weeks = [{"from_month": f"2023-{month:02}", "to_month": f"2023-{month:02}"} for month in range(1, 7)]
    return Scenario.from_tables(
        {"title": "Fibreglass", "start": "2023-01", "periods": "6x1", "objectives": "shortfall; cost"}
        | {"weekend_share": 0, "gap": 0, "slack": 0},
        members=[{"member": "maker"}, {"member": "buyers", "kind": "recipient"}],
        items=[{"item": "fibreglass", "unit": "m3", "holding_cost": 0.10}],
        sites=[{"site": "works", "member": "maker"}],
        lines=[{"line": "furnace", "site": "works"}],
        rates=[
            {"line": "furnace", "item": "fibreglass", "rate": rate, "unit_cost": cost} | week
            for rate, cost, week in zip(CAPACITY, PRODUCTION, weeks, strict=True)
        ],
        needs=[
            {"recipient": "buyers", "item": "fibreglass", "per_month": need} | week
            for need, week in zip(DEMAND, weeks, strict=True)
        ],
        cost_changes=[
            {"cost": "holding", "item": "fibreglass", "factor": cost / 0.10} | week
            for cost, week in zip(STORAGE, weeks, strict=True)
        ],
    )
