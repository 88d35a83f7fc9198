"""Investment in electricity (Louveaux and Smeers; LANDS of the GAMS model library; Birge and Louveaux, 1.3).

The library asks for a capacity of 12 in all, which the plan has anyway for all demands: 8/3 + 4 + 10/3 + 2.
Of four technologies so much capacity is built that it meets three modes of demand, within a budget of 120; how much of
each is chosen at a price by size. A unit of capacity makes a unit of any mode, at the cost of the technology times the
hours of the mode. Capacity is decided in the first month and used in the second. The demand of the first mode is 5, or
unknown when it is decided: 3, 5 or 7.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

INVESTMENT, OPERATION = (10, 7, 16, 6), (4, 4.5, 3.2, 5.5)
"""By technology: cost of a unit of capacity, and of a unit an hour."""
HOURS, DEMAND = (10, 6, 1), (5, 3, 2)
"""By mode."""
BUDGET, MOST = 120, 20
PEAKS = {"low": (3, 0.3), "high": (7, 0.3)}
"""Demand of the first mode and its probability, where it is not that of the base."""


def electricity() -> Scenario:
    """Return the case, with what the demand may be."""
    names = [f"technology {k}" for k in range(1, len(INVESTMENT) + 1)]
    modes = [f"mode {j}" for j in range(1, len(HOURS) + 1)]
    return Scenario.from_tables(
        {"title": "Electricity", "start": "2024-01", "periods": "2x1", "objectives": "shortfall; cost", "gap": 0}
        | {"slack": 0, "discount_rate": 0, "end_months": 0, "reveal": "2024-02"},
        members=[{"member": "utility"}, {"member": "homes", "kind": "recipient"}],
        items=[{"item": mode, "can_be_stored": False} for mode in modes],
        sites=[{"site": "grid", "member": "utility"}],
        lines=[{"line": name, "site": "grid", "opened_by": f"build {name}"} for name in names],
        rates=[
            {"line": name, "item": mode, "rate": 1, "unit_cost": cost * hours}
            for name, cost in zip(names, OPERATION, strict=True)
            for mode, hours in zip(modes, HOURS, strict=True)
        ],
        projects=[
            {
                "project": f"build {name}",
                "kind": "new line",
                "lead_months": 1,
                "most_size": MOST,
                "capex_per_size": cost,
            }
            for name, cost in zip(names, INVESTMENT, strict=True)
        ],
        funds=[{"fund": "budget", "year": 2024, "amount": BUDGET, "covers": "capex"}],
        needs=[
            {"recipient": "homes", "item": mode, "per_month": need, "from_month": "2024-02"}
            for mode, need in zip(modes, DEMAND, strict=True)
        ],
        scenarios=[
            {"scenario": name, "changed_sheet": "Needs", "changed_key": "homes | mode 1", "probability": probability}
            | {"changed_column": "per month", "value": peak}
            for name, (peak, probability) in PEAKS.items()
        ],
    )
