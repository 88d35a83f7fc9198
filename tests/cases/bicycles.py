"""Bicycles (Gueret, Prins, Sevaux, Applications of Optimization with Xpress-MP, C-1) as tables.

Overtime is a line of its own, since it may be worked by the hour: half the rate at the higher cost.
Demand is a need that must be covered in full every month.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

DEMAND = (30, 15, 15, 25, 33, 40, 45, 45, 26, 14, 25, 30)
"""Thousands a month."""


def bicycles() -> Scenario:
    """Return the case."""
    months = [f"2023-{month:02}" for month in range(1, 13)]
    return Scenario.from_tables(
        {"title": "Bicycles", "start": "2023-01", "periods": "12x1", "objectives": "cost", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "maker"}, {"member": "shops", "kind": "recipient"}],
        items=[{"item": "bicycle", "holding_cost": 5}],
        sites=[{"site": "works", "member": "maker"}],
        lines=[{"line": "regular", "site": "works"}, {"line": "overtime", "site": "works"}],
        rates=[
            {"line": "regular", "item": "bicycle", "rate": 30_000, "unit_cost": 32},
            {"line": "overtime", "item": "bicycle", "rate": 15_000, "unit_cost": 40},
        ],
        stocks=[{"place": "maker", "item": "bicycle", "opening": 2_000}],
        needs=[
            {"recipient": "shops", "item": "bicycle", "from_month": month, "to_month": month}
            | {"per_month": 1_000 * thousands}
            for month, thousands in zip(months, DEMAND, strict=True)
        ],
        targets=[{"target": "all sold", "kind": "coverage", "item": "bicycle", "value": 1}],
    )
