"""Rylon's perfumes (Winston, Operations Research: Applications and Algorithms, 3.9, production process models).

A pound of raw material takes an hour of the laboratory and gives 3 ounces of Regular Brute and, as a by-product, 4 of
Regular Chanelle; an ounce of either becomes one of the luxury perfume in more hours. Hours are an item that cannot be
stored and is bought for nothing. All that could be made is needed, at the price for which it is sold: a plan costs
`SALES`, what all of it would bring, less its profit.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

POUNDS, HOURS, PRICE = 4_000, 6_000, 3
BRUTE, CHANELLE = 3, 4
REGULAR = {"Regular Brute": (7, BRUTE * POUNDS), "Regular Chanelle": (6, CHANELLE * POUNDS)}
LUXURY = {"Luxury Brute": (18, "Regular Brute", 3), "Luxury Chanelle": (14, "Regular Chanelle", 2)}
"""Price; most ounces, or what an ounce is made of and its hours."""
FINISHING = 4
SOLD = REGULAR | {name: (price, HOURS / hours) for name, (price, _, hours) in LUXURY.items()}
SALES = sum(price * most for price, most in SOLD.values())


def perfumes() -> Scenario:
    """Return the case."""
    return Scenario.from_tables(
        {"title": "Perfumes", "start": "2023-01", "periods": "1x1", "objectives": "weighted", "gap": 0},
        members=[{"member": "Rylon"}, {"member": "buyers", "kind": "recipient"}],
        items=[
            *({"item": name, "unit": "oz"} for name in SOLD),
            {"item": "raw material", "unit": "lb", "kind": "material"},
            {"item": "laboratory", "unit": "h", "kind": "material", "can_be_stored": False},
        ],
        recipes=[
            {"item": "Regular Brute", "input": "raw material", "quantity": 1 / BRUTE},
            {"item": "Regular Brute", "input": "laboratory", "quantity": 1 / BRUTE},
            {"item": "Regular Brute", "input": "Regular Chanelle", "quantity": -CHANELLE / BRUTE},
            *({"item": name, "input": of, "quantity": 1} for name, (_, of, _) in LUXURY.items()),
            *({"item": name, "input": "laboratory", "quantity": hours} for name, (_, _, hours) in LUXURY.items()),
        ],
        sites=[{"site": "works", "member": "Rylon"}],
        lines=[{"line": name, "site": "works", "weekend_share": 0} for name in ("Regular Brute", *LUXURY)],
        rates=[
            {"line": "Regular Brute", "item": "Regular Brute", "rate": BRUTE * POUNDS},
            *({"line": n, "item": n, "rate": SOLD[n][1], "unit_cost": FINISHING} for n in LUXURY),
        ],
        suppliers=[
            {"supplier": "works", "item": "laboratory", "most_per_month": HOURS},
            {"supplier": "market", "item": "raw material", "price": PRICE, "most_per_month": POUNDS},
        ],
        needs=[
            {"recipient": "buyers", "item": name, "per_month": most, "price": price}
            for name, (price, most) in SOLD.items()
        ],
    )
