"""Euing Gas (Winston, Operations Research: Applications and Algorithms, 9.2, piecewise linear functions) as tables.

Oil 1 becomes cheaper the more is bought: 25 cents, 20 for the second 500 gallons, 15 for the third. What it costs is
linear from step to step, so each step is a project with a fixed part and a part by size, and one of their group is
started. A fuel is blended from two oils, with a least share of oil 1; anything between that and all of it is made on
two lines together. The book buys 1,000 gallons and makes 2,500 of gas 2: 2,500 x 14 - 500 x 25 - 500 x 20 = 12,500.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

MOST = 5_000
"""Gallons of each fuel that could be sold."""
PRICES, SHARES = (12, 14), (0.5, 0.6)
"""By fuel: price, and least share of oil 1."""
THERE = {"oil 1": 500, "oil 2": 1000}
STEPS = ((500, 25), (1000, 20), (1500, 15))
"""Gallons of oil 1 up to which one more costs so much."""
SALES = MOST * sum(PRICES)


def fuel() -> Scenario:
    """Return the case."""
    fuels = {f"gas {k}": facts for k, facts in enumerate(zip(PRICES, SHARES, strict=True), 1)}
    tiers = _tiers()
    return Scenario.from_tables(
        {"title": "Euing Gas", "start": "2024-01", "periods": "1x1", "objectives": "weighted", "gap": 0}
        | {"weekend_share": 0},
        members=[{"member": "refinery"}, {"member": "buyers", "kind": "recipient"}],
        items=[*({"item": oil, "kind": "component"} for oil in THERE), *({"item": gas} for gas in fuels)],
        sites=[{"site": "works", "member": "refinery"}],
        lines=[
            *({"line": f"{gas} {blend}", "site": "works"} for gas in fuels for blend in ("rich", "lean")),
            *({"line": f"{name} line", "site": "works", "opened_by": name} for name, *_ in tiers),
        ],
        rates=[
            *({"line": f"{gas} {blend}", "item": gas, "rate": MOST} for gas in fuels for blend in ("rich", "lean")),
            *({"line": f"{name} line", "item": "oil 1", "rate": 1} for name, *_ in tiers),
        ],
        recipes=[
            row
            for gas, (_, share) in fuels.items()
            for row in (
                {"item": gas, "input": "oil 1", "line": f"{gas} rich", "quantity": 1},
                {"item": gas, "input": "oil 1", "line": f"{gas} lean", "quantity": share},
                {"item": gas, "input": "oil 2", "line": f"{gas} lean", "quantity": 1 - share},
            )
        ],
        stocks=[{"place": "refinery", "item": oil, "opening": there} for oil, there in THERE.items()],
        projects=[
            {"project": name, "kind": "new line", "lead_months": 0, "group": "oil 1", "least_size": least}
            | {"most_size": most, "capex": fixed, "capex_per_size": price}
            for name, least, most, fixed, price in tiers
        ],
        groups=[{"group": "oil 1"}],
        needs=[
            {"recipient": "buyers", "item": gas, "per_month": MOST, "price": price} for gas, (price, _) in fuels.items()
        ],
    )


def _tiers() -> list[tuple[str, float, float, float, float]]:
    """Return name, least and most size, fixed part and price by size of each step; two that meet cost alike there."""
    found, least, cost = [], 0.0, 0.0
    for most, price in STEPS:
        found.append((f"up to {most}", least, most, cost - price * least, price))
        least, cost = most, cost + price * (most - least)
    return found
