"""SureStep shoes (Winston and Albright, Practical Management Science, aggregate planning models) as tables.

How the book's words become the workbook's:

- 100 workers of 160 hours at 4 hours a pair: one line with a ladder of one-worker steps of 40 pairs a month at 1,500.
  To hire one costs 1,600, to let one go 2,000.
- Overtime, at most 20 hours a worker and month at 13 an hour: one weekend run of 5 pairs for 260. 2 e / 21.75 = 5 / 40,
  and 1,500 / 21.75 x 2 x (1 + premium) = 260. Overtime in whole runs of 5 pairs: the book's plan has 1,220 pairs of it.
- Material of 15 a pair is the unit cost, 3 a pair left at a month's end the holding cost. Demand must be met on time.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

DEMAND = (3000, 5000, 2000, 1000)
WORKERS = 105


def sure_step() -> Scenario:
    """Return the case."""
    months = [f"2023-{month:02}" for month in range(1, 5)]
    return Scenario.from_tables(
        {
            "title": "SureStep shoes",
            "start": "2023-01",
            "periods": "4x1",
            "review_months": 1,
            "objectives": "weighted",
            "gap": 0,
            "slack": 0,
            "weekend_share": 0.25,
            "weekend_efficiency": 5 / 40 * 21.75 / 2,
        },
        members=[
            {"member": "SureStep", "weekend_premium": 260 / (1500 / 21.75 * 2) - 1},
            {"member": "shops", "kind": "recipient"},
        ],
        items=[{"item": "pair", "holding_cost": 3}],
        sites=[{"site": "works", "member": "SureStep"}],
        lines=[{"line": "bench", "site": "works", "ladder": "workers", "shifts_now": 100, "crew_cost": 1500}],
        shift_ladders=[
            {"ladder": "workers", "step": step, "pattern": f"{step} workers", "hiring_money": 1600}
            | {"release_money": 2000}
            for step in range(1, WORKERS + 1)
        ],
        rates=[{"line": "bench", "item": "pair", "rate": 40, "unit_cost": 15}],
        stocks=[{"place": "SureStep", "item": "pair", "opening": 500}],
        needs=[
            {
                "recipient": "shops",
                "item": "pair",
                "from_month": month,
                "to_month": month,
                "per_month": need,
                "price": 1000,
            }
            for month, need in zip(months, DEMAND, strict=True)
        ],
    )
