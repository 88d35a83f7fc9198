"""Small edits of a plan: one number changed, one row added or dropped, one thing given otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.verify.verify import verify


def with_table(plan: Plan, name: str, table: pd.DataFrame) -> Plan:
    """Return the plan with one table replaced."""
    return replace(plan, tables={**plan.tables, name: table})


def period(plan: Plan, t: int) -> Any:
    """Return the first day of a period."""
    return plan.scenario.calendar.period_dates()[t]


def _where(plan: Plan, name: str, t: int | None, where: Mapping[str, Any]) -> pd.Series:
    table = plan.tables[name]
    found = pd.Series(True, index=table.index)
    for column, value in where.items():
        found &= table[column] == value
    if t is not None:
        found &= table["month"] == period(plan, t)
    assert found.any(), f"no row of {name} at {where}, {t}"
    return found


def change(plan: Plan, name: str, column: str, value: Any, *, t: int | None = None, **where: Any) -> Plan:
    """Return the plan with one value changed where `where` and period t say; a function changes by it."""
    table, rows = plan.tables[name].copy(), _where(plan, name, t, where)
    table[column] = table[column].astype(object)
    table.loc[rows, column] = table.loc[rows, column].map(value) if callable(value) else value
    return with_table(plan, name, table)


def drop(plan: Plan, name: str, *, t: int | None = None, **where: Any) -> Plan:
    """Return the plan without the rows that `where` and period t name."""
    return with_table(plan, name, plan.tables[name][~_where(plan, name, t, where)])


def add(plan: Plan, name: str, *, t: int | None = None, **row: Any) -> Plan:
    """Return the plan with one row more."""
    table = plan.tables[name].astype(object)
    full = {column: row.get(column) for column in table.columns}
    if t is not None:
        full["month"] = period(plan, t)
    records = [*table.to_dict("records"), full]
    return with_table(plan, name, pd.DataFrame(records, columns=table.columns))


def start(plan: Plan, project: str, unit: int, month: int) -> Plan:
    """Return the plan with a project unit decided in another month, opening accordingly."""
    calendar = plan.scenario.calendar
    lead = next(row.lead_months for row in plan.scenario.tables["projects"] if row.project == project)
    status = next(row.status for row in plan.scenario.tables["projects"] if row.project == project)
    table = plan.tables["starts"]
    mine = (table["project"] == project) & (table["unit"] == unit)
    moved = with_table(plan, "starts", table[~mine])
    dates = {"start": calendar.date(month), "opens": calendar.date(month + lead)}
    size = table.loc[mine, "size"].iloc[0] if mine.any() and "size" in table else 1.0
    return add(moved, "starts", project=project, unit=unit, status=status, size=size, **dates)


def given(plan: Plan, settings: Mapping[str, Any] | None = None, **tables: Any) -> Plan:
    """Return the plan for another scenario: tables as functions of the old DataFrames."""
    replaced = {name: function(getattr(plan.scenario, name)) for name, function in tables.items()}
    return replace(plan, scenario=plan.scenario.replace(settings=settings, **replaced))


def failing(plan: Plan) -> dict[str, str]:
    """Return the rules that do not hold, each with its worst row in words."""
    return {check.rule: check.worst for check in verify(plan) if not check.holds}
