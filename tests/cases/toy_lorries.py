"""Toy lorries (Gueret, Prins, Sevaux, Applications of Optimization with Xpress-MP, C-3) as tables.

One period, one line for each item that is assembled; axles, chassis and cabins may be bought instead.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

ASSEMBLY = {
    "axle": (600, 6.80),
    "assembled chassis": (4000, 3.55),
    "assembled cabin": (3000, 3.20),
    "blue lorry": (4000, 2.20),
    "red lorry": (5000, 2.60),
}
"""Item -> capacity and cost of assembly."""

PRICES = {
    "wheel": 0.30,
    "steel bar": 1,
    "bumper": 0.2,
    "chassis": 0.8,
    "cabin": 2.75,
    "door window": 0.1,
    "windscreen": 0.29,
    "assembled chassis": 30,
    "container": 2.60,
    "tank": 3,
    "assembled cabin": 3,
    "blue motor": 1.65,
    "red motor": 1.65,
    "headlight": 0.15,
    "axle": 12.75,
}
RECIPES = {
    "axle": {"wheel": 2, "steel bar": 1},
    "assembled chassis": {"bumper": 2, "axle": 2, "chassis": 1},
    "assembled cabin": {"cabin": 1, "door window": 2, "windscreen": 1},
    "blue lorry": {"assembled chassis": 1, "container": 1, "assembled cabin": 1, "blue motor": 1, "headlight": 2},
    "red lorry": {"assembled chassis": 1, "tank": 1, "assembled cabin": 1, "red motor": 1, "headlight": 2},
}
LORRIES = ("blue lorry", "red lorry")


def toy_lorries() -> Scenario:
    """Return the case."""
    kinds = dict.fromkeys(PRICES, "material") | dict.fromkeys(ASSEMBLY, "component") | dict.fromkeys(LORRIES, "final")
    return Scenario.from_tables(
        {"title": "Toy lorries", "start": "2023-01", "periods": "1x1", "objectives": "cost", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "maker"}, {"member": "shops", "kind": "recipient"}],
        items=[{"item": item, "kind": kind} for item, kind in kinds.items()],
        sites=[{"site": "works", "member": "maker"}],
        lines=[{"line": f"{item} line", "site": "works"} for item in ASSEMBLY],
        rates=[
            {"line": f"{item} line", "item": item, "rate": rate, "unit_cost": cost}
            for item, (rate, cost) in ASSEMBLY.items()
        ],
        recipes=[
            {"item": item, "input": used, "quantity": quantity}
            for item, inputs in RECIPES.items()
            for used, quantity in inputs.items()
        ],
        suppliers=[{"supplier": "trade", "item": item, "price": price} for item, price in PRICES.items()],
        needs=[{"recipient": "shops", "item": lorry, "per_month": 3000} for lorry in LORRIES],
        targets=[{"target": "all sold", "kind": "coverage", "value": 1}],
    )
