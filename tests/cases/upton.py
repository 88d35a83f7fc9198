"""Upton Corporation (Ragsdale, Spreadsheet Modeling and Decision Analysis, production and inventory) as tables.

Six months; production cost, capacity and the cost of holding, 1.5 % of the production cost, differ from month to month.
At least half the capacity must be used, and between 1,500 and 6,000 be left at the end of every month. Holding counts
on the mean of the stock at a month's beginning and end: half of this month's cost and half of the next on closing
stock, and on the opening stock a constant that no plan changes (`OPENING_COST`).
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

COST = (240, 250, 265, 285, 280, 260)
DEMAND = (1000, 4500, 6000, 5500, 3500, 4000)
CAPACITY = (4000, 3500, 4000, 4500, 4000, 3500)
OPENING, LEAST, MOST = 2750, 1500, 6000
HOLDING = tuple(0.015 * cost for cost in COST)
CLOSING = tuple((now + later) / 2 for now, later in zip(HOLDING, (*HOLDING[1:], 0.0), strict=True))
OPENING_COST = HOLDING[0] / 2 * OPENING


def upton() -> Scenario:
    """Return the case."""
    months = [{"from_month": f"2023-{month:02}", "to_month": f"2023-{month:02}"} for month in range(1, 7)]
    return Scenario.from_tables(
        {"title": "Upton", "start": "2023-01", "periods": "6x1", "objectives": "weighted", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "Upton"}, {"member": "shops", "kind": "recipient"}],
        items=[{"item": "compressor", "holding_cost": 1}],
        sites=[{"site": "works", "member": "Upton"}],
        lines=[{"line": "assembly", "site": "works"}],
        rates=[
            {"line": "assembly", "item": "compressor", "rate": most, "minimum": most / 2, "unit_cost": cost} | month
            for most, cost, month in zip(CAPACITY, COST, months, strict=True)
        ],
        stocks=[
            {"place": "Upton", "item": "compressor", "opening": OPENING, "reserve": LEAST, "storage_limit": MOST},
        ],
        needs=[
            {"recipient": "shops", "item": "compressor", "per_month": need, "price": 1e4} | month
            for need, month in zip(DEMAND, months, strict=True)
        ],
        cost_changes=[
            {"cost": "holding", "item": "compressor", "factor": factor} | month
            for factor, month in zip(CLOSING, months, strict=True)
        ],
    )
