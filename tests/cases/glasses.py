"""Production of drinking glasses (Gueret, Prins, Sevaux, Applications of Optimization with Xpress-MP, C-2) as tables.

Six kinds of glasses for twelve weeks, in batches of 1000; a week is a month here. What is in stock shares 1000 trays.
Workers have 390 hours a week and machines 850: hours are items that cannot be stored and are bought for nothing, up to
that many a week. Ten batches of each that must be left in the end take 330 trays, the most that the best plan has.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

DEMAND = {
    "V1": (20, 22, 18, 35, 17, 19, 23, 20, 29, 30, 28, 32),
    "V2": (17, 19, 23, 20, 11, 10, 12, 34, 21, 23, 30, 12),
    "V3": (18, 35, 17, 10, 9, 21, 23, 15, 10, 0, 13, 17),
    "V4": (31, 45, 24, 38, 41, 20, 19, 37, 28, 12, 30, 37),
    "V5": (23, 20, 23, 15, 10, 22, 18, 30, 28, 7, 15, 10),
    "V6": (22, 18, 20, 19, 18, 35, 0, 28, 12, 30, 21, 23),
}
GLASSES = {
    "V1": (100, 25, 50, 3, 2, 4),
    "V2": (80, 28, 20, 3, 1, 5),
    "V3": (110, 25, 0, 3, 4, 5),
    "V4": (90, 27, 15, 2, 8, 6),
    "V5": (200, 10, 0, 4, 11, 4),
    "V6": (140, 20, 10, 4, 9, 9),
}
"""Cost of production and of storage, initial stock, hours of workers and of machines, trays."""
HOURS = {"workers' hours": 390, "machine hours": 850}
FINAL, TRAYS = 10, 1000


def glasses(trays: float = TRAYS) -> Scenario:
    """Return the case for a number of trays."""
    weeks = [f"2023-{month:02}" for month in range(1, 13)]
    return Scenario.from_tables(
        {"title": "Drinking glasses", "start": "2023-01", "periods": "12x1", "objectives": "weighted", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "maker", "room": trays}, {"member": "shops", "kind": "recipient"}],
        items=[
            *({"item": name, "holding_cost": row[1], "room": row[5]} for name, row in GLASSES.items()),
            *({"item": name, "kind": "material", "can_be_stored": False} for name in HOURS),
        ],
        recipes=[
            {"item": name, "input": hours, "quantity": quantity}
            for name, row in GLASSES.items()
            for hours, quantity in zip(HOURS, row[3:5], strict=True)
        ],
        sites=[{"site": "works", "member": "maker"}],
        lines=[{"line": name, "site": "works"} for name in GLASSES],
        rates=[{"line": name, "item": name, "rate": 1000, "unit_cost": row[0]} for name, row in GLASSES.items()],
        suppliers=[{"supplier": "works", "item": name, "most_per_month": most} for name, most in HOURS.items()],
        stocks=[{"place": "maker", "item": name, "opening": row[2]} for name, row in GLASSES.items()],
        needs=[
            {"recipient": "shops", "item": name, "per_month": need, "price": 1e4, "from_month": week, "to_month": week}
            for name, needs in DEMAND.items()
            for need, week in zip(needs, weeks, strict=True)
        ],
        targets=[
            {"target": f"closing {name}", "kind": "stock", "item": name, "value": FINAL, "from_month": weeks[-1]}
            for name in GLASSES
        ],
    )
