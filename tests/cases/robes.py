"""No small lots: of each product none or at least five are made, of two products at the most, as tables.

The data and the optimum, 1,085, are those of "Logical constraints" in the notebooks of CS 524, University of Wisconsin
(github.com/asmith28/cs524-su23). A line for each product, opened in a size of 5 at least and with its rate as minimum,
is what makes a least lot; the group lets two be opened. Weaving, infusion and assembly are hours that cannot be
stored, bought for nothing up to so many a week. A week is a month here.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

PROFIT = (50, 65, 35, 0, 50)
HOURS = {
    "weaving": (288, (12, 20, 0, 25, 15)),
    "infusion": (192, (10, 8, 16, 0, 0)),
    "assembly": (384, (20, 20, 20, 20, 20)),
}
"""Hours there are, and hours that a unit of each product takes."""
LEAST, MOST, LINES = 5, 19.2, 2
SALES = MOST * sum(PROFIT)


def robes(least: float = LEAST) -> Scenario:
    """Return the case for a least lot."""
    names = [f"p{k}" for k in range(1, len(PROFIT) + 1)]
    return Scenario.from_tables(
        {"title": "Robes", "start": "2024-01", "periods": "1x1", "objectives": "weighted", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "works"}, {"member": "buyers", "kind": "recipient"}],
        items=[
            *({"item": name} for name in names),
            *({"item": name, "kind": "material", "can_be_stored": False} for name in HOURS),
        ],
        recipes=[
            {"item": name, "input": hours, "quantity": used}
            for hours, (_, each) in HOURS.items()
            for name, used in zip(names, each, strict=True)
            if used
        ],
        sites=[{"site": "hall", "member": "works"}],
        lines=[{"line": f"{name} line", "site": "hall", "opened_by": f"make {name}"} for name in names],
        rates=[{"line": f"{name} line", "item": name, "rate": 1, "minimum": 1} for name in names],
        projects=[
            {"project": f"make {name}", "kind": "new line", "lead_months": 0, "group": "products"}
            | {"least_size": least, "most_size": MOST}
            for name in names
        ],
        groups=[{"group": "products", "at_most": LINES}],
        suppliers=[{"supplier": "hall", "item": name, "most_per_month": most} for name, (most, _) in HOURS.items()],
        needs=[
            {"recipient": "buyers", "item": name, "per_month": MOST, "price": price}
            for name, price in zip(names, PROFIT, strict=True)
        ],
    )
