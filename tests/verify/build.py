"""Plan tables written as short lists: one value per period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import COSTS, DECISIONS, OBJECTIVES, columns_of
from optimizer.scenario.scenario import Scenario

Series = Mapping[Any, Sequence[float | None]]
"""Key of the rows (a name, or a tuple of names) -> a value per period, None for no row."""

UNITS = {"shortfall": "unit-months", "speed": "months"}
VALUE = {
    "shifts": "shifts",
    "weekends": "weekends",
    "output": "made",
    "stock": "closing",
    "own_stock": "closing",
    "shipments": "shipped",
    "purchases": "bought",
    "pledges": "pledged",
    "deliveries": "delivered",
    "uses": "used",
    "losses": "lost",
    "gifts": "given",
    "discards": "discarded",
}


def empty_tables() -> dict[str, pd.DataFrame]:
    """Return every result table with its columns and no rows."""
    every = (*DECISIONS.values(), COSTS, OBJECTIVES)
    return {table.name: pd.DataFrame(columns=[c.name for c in columns_of(table, pd.DataFrame())]) for table in every}


def flows(scenario: Scenario, name: str, series: Series) -> pd.DataFrame:
    """Return a table with one value column from series by key."""
    dates = scenario.calendar.period_dates()
    columns = [c for c in DECISIONS[name].names if c not in ("month", VALUE[name], "backlog")]
    records = [
        dict(zip(columns, key if isinstance(key, tuple) else (key,), strict=True)) | {"month": date, VALUE[name]: value}
        for key, values in series.items()
        for date, value in zip(dates, values, strict=True)
        if value is not None
    ]
    return pd.DataFrame(records, columns=[c for c in DECISIONS[name].names if c != "backlog"])


def deliveries(scenario: Scenario, delivered: Series, backlog: Series) -> pd.DataFrame:
    """Return the deliveries table."""
    frame = flows(scenario, "deliveries", delivered)
    return frame.assign(backlog=[value for key in delivered for value in backlog[key]])


def starts(
    scenario: Scenario, rows: Sequence[tuple[str, int, int]], sizes: Mapping[tuple[str, int], float] | None = None
) -> pd.DataFrame:
    """Return the starts table from project, unit and month of decision, with sizes where one is chosen."""
    projects = {row.project: row for row in scenario.tables["projects"]}
    records = [
        {
            "project": name,
            "unit": unit,
            "start": scenario.calendar.date(month),
            "opens": scenario.calendar.date(month + projects[name].lead_months),
            "status": projects[name].status,
        }
        | ({} if sizes is None else {"size": sizes.get((name, unit), 1.0)})
        for name, unit, month in rows
    ]
    return pd.DataFrame(records, columns=[n for n in DECISIONS["starts"].names if n != "size" or sizes is not None])


def costs(scenario: Scenario, series: Mapping[tuple[str, str, str], Sequence[float]]) -> pd.DataFrame:
    """Return the costs table from amounts by member, category and project."""
    records = [
        (*key, date, amount)
        for key, amounts in series.items()
        for date, amount in zip(scenario.calendar.period_dates(), amounts, strict=True)
    ]
    return pd.DataFrame(records, columns=COSTS.names)


def objectives(values: Mapping[str, float], *, gap: float = 0.0) -> pd.DataFrame:
    """Return the objectives table: every bound is the value less a share of it, money is in EUR."""
    records = [
        {"objective": name, "value": value, "bound": value - gap * abs(value), "gap": gap if value else 0.0}
        | {"unit": UNITS.get(name, "EUR"), "found": value, "given_back": 0.0}
        | {"found_cost": values["cost"] if "cost" in list(values)[row + 1 :] else None}
        for row, (name, value) in enumerate(values.items())
    ]
    return pd.DataFrame(records, columns=OBJECTIVES.names).astype({"found_cost": float})


def plan(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> Plan:
    """Return a plan with the tables given and the others empty; its status follows from the gaps of its objectives."""
    gap = float(tables["objectives"]["gap"].max()) if "objectives" in tables else 0.0
    return Plan(scenario, {**empty_tables(), **tables}, "gap reached" if gap else "optimal", gap)
