"""A power system expansion problem (Bisschop, AIMMS Optimization Modeling, chapter 16) as tables.

Coal, hydro and nuclear plants are enlarged by so much as is chosen, at a price by size, and meet a base load of 24
hours and a peak of 6 on top of it; what they do not meet is imported at 200 an hour. Nuclear plants serve no peak.
What is enlarged is decided in the first month and used in the second. The capital cost counts what is there, too:
`THERE`, which no plan changes. The optima, for each of four demands and for all of them with a quarter each, are
those of the notebooks of github.com/mohsenvahidzadeh/Pyomo_Optimization_Notebooks.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

PLANTS = {"coal": (1.75, 200, 30), "hydro": (2.0, 500, 10), "nuclear": (0.0, 300, 20)}
"""GW there, capital cost of a GW, cost of a GW and hour."""
HOURS = {"base": 24, "peak": 6}
LOADS = ((8.25, 10.75), (10.0, 12.0), (7.5, 10.0), (9.0, 10.5))
"""GW at the base and at the peak, by demand."""
OPTIMA, EXPECTED = (7055, 8160, 6500, 7275), 7605
IMPORT, MOST = 200, 20
THERE = sum(there * capital for there, capital, _ in PLANTS.values())


def power(demand: int = 0) -> Scenario:
    """Return the case for one of the demands, with the others as scenarios."""
    lines = {name: there for name, (there, _, _) in PLANTS.items() if there}
    serves = [(name, mode) for name in PLANTS for mode in HOURS if (name, mode) != ("nuclear", "peak")]
    base, peak = LOADS[demand]
    others = [(f"demand {k}", load) for k, load in enumerate(LOADS, 1) if k != demand + 1]
    changed = {"changed_sheet": "Needs", "changed_column": "per month", "probability": 1 / len(LOADS)}
    return Scenario.from_tables(
        {"title": "Power", "start": "2024-01", "periods": "2x1", "objectives": "shortfall; cost", "gap": 0, "slack": 0}
        | {"weekend_share": 0, "end_months": 0, "reveal": "2024-02"},
        members=[{"member": "utility"}, {"member": "homes", "kind": "recipient"}],
        items=[{"item": mode, "unit": "GW", "can_be_stored": False} for mode in HOURS],
        sites=[{"site": "grid", "member": "utility"}],
        lines=[
            *({"line": name, "site": "grid"} for name in lines),
            *({"line": f"more {name}", "site": "grid", "opened_by": f"enlarge {name}"} for name in PLANTS),
        ],
        rates=[
            {"line": line, "item": mode, "rate": rate, "unit_cost": PLANTS[name][2] * HOURS[mode]}
            for name, mode in serves
            for line, rate in ((name, lines.get(name)), (f"more {name}", 1))
            if rate
        ],
        projects=[
            {"project": f"enlarge {name}", "kind": "new line", "lead_months": 1, "most_size": MOST}
            | {"capex_per_size": capital}
            for name, (_, capital, _) in PLANTS.items()
        ],
        suppliers=[
            {"supplier": "abroad", "item": mode, "price": IMPORT * hours, "from_month": "2024-02"}
            for mode, hours in HOURS.items()
        ],
        needs=[
            {"recipient": "homes", "item": mode, "per_month": need, "from_month": "2024-02"}
            for mode, need in (("base", base), ("peak", peak - base))
        ],
        scenarios=[
            changed | {"scenario": name, "changed_key": f"homes | {mode}", "value": need}
            for name, (low, high) in others
            for mode, need in (("base", low), ("peak", high - low))
        ],
    )
