"""The plan with every lever off, as bounds: the yardstick for what the levers gain."""

from __future__ import annotations

from typing import Any

from optimizer.model.index import Index

Bounds = dict[tuple[str, Any], tuple[float, float]]


def today(index: Index) -> Bounds:
    """Return bounds (variable, key) -> (least, most) that switch every lever off.

    Existing lines keep the pattern worked at the start, opened lines at most one shift; no
    weekends, options, pledges and gifts; nothing is bought outside that a line can make.
    """
    network, shifts = index.network, index.shifts
    bounds: Bounds = {}
    for crew in shifts.CREWS:
        line, k = network.lines[crew[0]], crew[1]
        most = int(k <= max(1, line.shifts_now)) if line.project else int(k <= line.shifts_now)
        bounds["run", crew] = (0 if line.project else most, most)
    bounds |= {(variable, key): (0, 0) for variable in ("hire", "dismiss") for key in shifts.HIRES}
    bounds |= {("weekend", run): (0, 0) for run in index.weekends.WEEKENDS}
    bounds |= {("pledge", key): (0, 0) for key in index.demand.PLEDGES}
    bounds |= {("give", key): (0, 0) for key in index.stock.GIFTS}
    for start in index.projects.STARTS:
        if network.projects[start[0]].status == "option":
            bounds["build", start] = (0, 0)
    made = {item for _, item in network.rates}
    bounds |= {("buy", key): (0, 0) for key in index.supply.BUY if key[2] in made}
    return bounds


TARGET_ROWS = {
    "rate": "output_reaches_the_target",
    "coverage": "coverage_reaches_the_target",
    "stock": "stock_reaches_the_target",
    "waiting time": "waiting_time_is_kept",
    "home share": ("output_is_made_at_home", "money_is_spent_at_home"),
}
"""Kind of target -> its constraint; a share at home is one of an item, or of money."""


def rows_let_go(index: Index) -> frozenset[tuple[str, Any]]:
    """Return the rows (constraint, key) that the yardstick does not hold: hard targets, firm orders, people who quit.

    What is committed may have been started on pledges, and without levers there are none; nor is anybody hired in the
    place of those who quit, while the pattern of today needs them.
    """
    hard = index.targets.HARD
    targets = {
        (target_row(kind, key), key) for kind, rows in index.targets.ROWS.items() for key in rows if key[0] in hard
    }
    members = index.network.members
    people = {("people_are_there", key) for key in index.shifts.LIMITED if members[key[0]].quitting}
    return frozenset(targets | people | {("firm_orders_come_first", key) for key in index.projects.FIRM_PERIODS})


def target_row(kind: str, key: tuple[str, str, str, float]) -> str:
    """Return the constraint that holds a row (target, place, item, point) of a kind of target."""
    names = TARGET_ROWS[kind]
    return names if isinstance(names, str) else names[0 if key[2] else 1]
