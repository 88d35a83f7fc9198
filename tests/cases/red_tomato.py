"""Red Tomato Tools (Chopra and Meindl, Supply Chain Management, aggregate planning chapter) as tables.

How the book's words become the workbook's:

- 80 workers: one line with a ladder of one-worker steps, 80 of which work at the start. A step adds
  the whole 1-8-5 rate of 40 units (20 days x 8 hours / 4 hours a unit) and costs 640 a month
  (20 x 8 x 4); hiring costs 300, release 500.
- Overtime, at most 10 hours a worker and month at 6 an hour: one weekend run. 2 e / 21.75 = 2.5 / 40
  makes it 2.5 units, 640 / 21.75 x 2 x (1 + premium) = 60 makes it cost 10 hours, and a weekend share
  of 25 % allows floor(.25 x 4 or 5) = 1 a month. Whole runs are no loss: overtime costs
  24 + 10 a unit, subcontracting 30 without limit, so no best plan has any.
- Demand: orders that may wait 0 months, at 5 for a unit late by a month. Demand that must be met in
  the end: a waiting time of 0 months that binds at the end of the horizon only.
"""

from __future__ import annotations

from typing import Any

from optimizer.scenario.scenario import Scenario

DEMAND = (1600, 3000, 3200, 3800, 2200, 2200)
OTHER_DEMAND = (1000, 3000, 3800, 4800, 2000, 1400)
WAGE = 640.0
WORKERS = 85


def red_tomato(demand: tuple[int, ...] = DEMAND) -> Scenario:
    """Return the case for six months of demand."""
    months = [f"2023-{month:02}" for month in range(1, 7)]
    orders: list[dict[str, Any]] = [
        {"customer": "Red Tomato", "item": "tool", "from_month": month, "to_month": month, "per_month": units}
        | {"accepted_wait": 0, "price": 5}
        for month, units in zip(months, demand, strict=True)
    ]
    worker = {"hiring_money": 300, "release_money": 500}
    return Scenario.from_tables(
        {
            "title": "Red Tomato Tools",
            "start": "2023-01",
            "periods": "6x1",
            "review_months": 1,
            "objectives": "weighted",
            "gap": 0,
            "slack": 0,
            "accepted_wait": 0,
            "weekend_share": 0.25,
            "weekend_efficiency": 2.5 / 40 * 21.75 / 2,
        },
        members=[{"member": "Red Tomato", "weekend_premium": 60 / (WAGE / 21.75 * 2) - 1}],
        items=[{"item": "tool", "holding_cost": 2}],
        sites=[{"site": "works", "member": "Red Tomato"}],
        lines=[
            {"line": "bench", "site": "works", "ladder": "workers", "shifts_now": 80, "may_idle": "yes"}
            | {"crew_cost": WAGE}
        ],
        shift_ladders=[
            {"ladder": "workers", "step": step, "pattern": f"{step} workers"} | worker for step in range(1, WORKERS + 1)
        ],
        rates=[{"line": "bench", "item": "tool", "rate": 40, "unit_cost": 10}],
        suppliers=[{"supplier": "subcontractor", "item": "tool", "price": 30}],
        stocks=[{"place": "Red Tomato", "item": "tool", "opening": 1000}],
        orders=orders,
        targets=[
            {"target": "closing stock", "kind": "stock", "item": "tool", "value": 500, "from_month": months[-1]},
            {
                "target": "no backlog in the end",
                "kind": "waiting time",
                "place": "Red Tomato",
                "item": "tool",
                "value": 0,
                "from_month": "2023-07",
            },
        ],
    )
