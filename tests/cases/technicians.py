"""CSL Computer (Winston, Operations Research: Applications and Algorithms, multiperiod work scheduling) as tables.

A pool of 50 technicians of 160 hours a month at 2,000, busy or not. A trainee is hired for 1,000, takes 50 hours of a
technician in the month of training and is one from the next month on; 5 % of the technicians quit every month. Nobody
is let go.
"""

from __future__ import annotations

from optimizer.scenario.scenario import Scenario

HOURS = (6000, 7000, 8000, 9500, 11000)
MOST = 70
"""Technicians that the ladder has steps for."""


def technicians() -> Scenario:
    """Return the case."""
    months = [{"from_month": f"2023-{month:02}", "to_month": f"2023-{month:02}"} for month in range(1, 6)]
    pool = {"people_available": 50, "people_hired": 100, "people_let_go": 0, "quitting": 0.05, "trainers": 50 / 160}
    pay = {"labour_cost": 2000, "waiting_pay": 2000, "training_pay": 1000, "training_months": 1}
    return Scenario.from_tables(
        {"title": "CSL Computer", "start": "2023-01", "periods": "5x1", "objectives": "cost", "gap": 0}
        | {"weekend_share": 0, "review_months": 1},
        members=[{"member": "CSL", **pool, **pay}, {"member": "shops", "kind": "recipient"}],
        items=[{"item": "repair", "unit": "h", "can_be_stored": False}],
        sites=[{"site": "service", "member": "CSL"}],
        lines=[{"line": "bench", "site": "service", "ladder": "technicians", "people_per_crew": 1, "may_idle": "yes"}],
        shift_ladders=[
            {"ladder": "technicians", "step": step, "pattern": f"{step} technicians"} for step in range(1, MOST + 1)
        ],
        rates=[{"line": "bench", "item": "repair", "rate": 160}],
        needs=[
            {"recipient": "shops", "item": "repair", "per_month": hours} | month
            for hours, month in zip(HOURS, months, strict=True)
        ],
        targets=[{"target": "all done", "kind": "coverage", "item": "repair", "value": 1}],
    )
