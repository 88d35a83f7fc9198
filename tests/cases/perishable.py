"""A perishable item for four months (Taha, Operations Research: An Introduction, problem 5-18, a transportation model).

What is supplied must be used within three months, its own counted: at most two month's ends after it came. Supply is
bought, at a price and up to a capacity that differ from month to month; a ton in stock costs 3 a month.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

DEMAND = (400, 300, 420, 380)
CAPACITY = (500, 600, 200, 300)
PRICE = (100, 140, 120, 150)
STORAGE = 3


def perishable(life: float | None = 2, capacity: tuple[int, ...] = CAPACITY) -> Scenario:
    """Return the case; the shelf life counts month's ends."""
    months = [{"from_month": f"2023-{month:02}", "to_month": f"2023-{month:02}"} for month in range(1, 5)]
    return Scenario.from_tables(
        {"title": "Perishable", "start": "2023-01", "periods": "4x1", "objectives": "shortfall; cost"}
        | {"weekend_share": 0, "gap": 0, "slack": 0},
        members=[{"member": "dealer"}, {"member": "buyers", "kind": "recipient"}],
        items=[{"item": "fruit", "unit": "t", "holding_cost": STORAGE, "shelf_life": life}],
        sites=[{"site": "market", "member": "dealer"}],
        lines=[{"line": "supply", "site": "market"}],
        rates=[
            {"line": "supply", "item": "fruit", "rate": rate, "unit_cost": price} | month
            for rate, price, month in zip(capacity, PRICE, months, strict=True)
        ],
        needs=[
            {"recipient": "buyers", "item": "fruit", "per_month": need} | month
            for need, month in zip(DEMAND, months, strict=True)
        ],
    )
