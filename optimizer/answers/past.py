"""What stays of an earlier plan when it is made again: what was decided by then, and what happened in its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from optimizer.answers.words import month_words
from optimizer.errors import Finding, refuse
from optimizer.plan.assignment import ACTUAL, DECIDED, actual_rows
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Project
from optimizer.study.task import Task

TOLD = ("starts", "shifts", "people", "weekends", "pledges", "purchases", "gifts")
"""Tables of decisions whose changes are told; of the others only the past is kept."""
DOWNSTREAM = (
    "starts",
    "shifts",
    "weekends",
    "purchases",
    "output",
    "shipments",
    "deliveries",
    "uses",
    "gifts",
    "payments",
)
"""Tables in the order in which one follows from another: after actuals, what follows is worked out again."""
ACTUALS = "Actuals"
"""Sheet of what happened."""
NO_ACTUALS = pd.DataFrame(columns=["table", "key", "month", "value"])


@dataclass(frozen=True)
class Past:
    """What stays of an earlier plan, and until when.

    Attributes
    ----------
    plan
        The earlier plan, with actuals in the place of what was planned.
    fix
        Tables of which the past stays.
    last
        Last month of the past.
    """

    plan: Plan
    fix: tuple[str, ...]
    last: dt.date

    def task(self, scenario: Scenario, *, keep: bool = False, **more: Any) -> Task:
        """Return the task to plan on from the past; `keep`: with what the earlier plan decides for later, too."""
        fix = tuple(dict.fromkeys([*self.fix, *TOLD])) if keep else self.fix
        until = {table: self.last for table in fix if not (keep and table in TOLD)}
        return replace(Task(scenario, start=self.plan, fix=fix, until=until), **more)


def carried(scenario: Scenario, plan: Plan, month: dt.date) -> Scenario:
    """Return the scenario with what was decided before its horizon as committed.

    Raises
    ------
    InputError
        When the month lies outside the horizon, or a project was decided that is not there or cannot be committed.
    """
    wrong, rows = [], {row.project: row.model_dump() for row in scenario.rows(Project)}
    calendar = scenario.calendar
    if not 0 <= calendar.month(month) < calendar.end:
        last = calendar.date(calendar.end - 1)
        wrong.append(
            Finding("as-of", "", f"{month:%Y-%m} is not within the horizon {calendar.start:%Y-%m} to {last:%Y-%m}")
        )
    elif month not in calendar.period_dates():
        wrong.append(Finding("as-of", "", f"{month:%Y-%m} lies within a period; name the first month of one"))
    for project, starts in plan.tables["starts"].groupby("project", sort=False):
        name = str(project)
        early = starts[pd.to_datetime(starts["start"]) < pd.Timestamp(min(month, calendar.start))]
        gone = starts[pd.to_datetime(starts["start"]) < pd.Timestamp(month)]
        if len(gone) and name not in rows:
            wrong.append(
                Finding(
                    "Projects",
                    "",
                    f"`{name}` was decided in {month_words(gone['start'].min())}; write it into the workbook",
                )
            )
        elif len(early) and rows[name]["status"] in ("option", "forced"):
            if rows[name]["units"] > 1:
                wrong.append(
                    Finding(
                        "Projects",
                        "",
                        f"{len(early)} units of `{name}` were decided before the horizon; "
                        "write them as a committed project of their own",
                    )
                )
            else:
                rows[name] |= {"status": "committed", "start": pd.Timestamp(early["start"].iloc[0]).date()}
                if rows[name]["most_size"] is not None:
                    rows[name] |= dict.fromkeys(("least_size", "most_size"), float(early["size"].iloc[0]))
    refuse(wrong)
    return scenario.replace(projects=list(rows.values())) if rows else scenario


def past_of(plan: Plan, month: dt.date, actuals: pd.DataFrame) -> Past:
    """Return what stays of a plan, with actuals in the place of what was planned.

    Raises
    ------
    InputError
        When a row of the actuals is none, or is not of a month of the past.
    """
    calendar = plan.scenario.calendar
    last = calendar.date(calendar.month(month) - 1)
    rows, wrong = actual_rows(actuals), []
    tables = dict(plan.tables)
    dates = calendar.period_dates()
    for table, key, when, value in rows:
        if when >= month or when not in dates:
            cell = f"{table}, {' | '.join(map(str, key))}"
            wrong.append(Finding(ACTUALS, cell, f"{when:%Y-%m} begins no period before {month:%Y-%m}"))
            continue
        keys, column = ACTUAL[table]
        frame = tables[table]
        of = dict(zip((*keys, "month"), (*key, pd.Timestamp(when)), strict=True))
        same = pd.Series(True, index=frame.index)
        for name, part in of.items():
            same &= (pd.to_datetime(frame[name]) if name == "month" else frame[name]) == part
        if same.any():
            tables[table] = frame.assign(**{column: frame[column].astype(float).where(~same, value)})
        elif value:
            row = pd.DataFrame([of | {column: value}]).reindex(columns=frame.columns)
            tables[table] = row if not len(frame) else pd.concat([frame, row], ignore_index=True)
    refuse(wrong)
    told = {table for table, *_ in rows}
    first = min((DOWNSTREAM.index(table) for table in told if table in DOWNSTREAM), default=len(DOWNSTREAM))
    follows = set(DOWNSTREAM[first + 1 :]) - told
    return Past(replace(plan, tables=tables), tuple(t for t in DECIDED if t not in follows), last)
