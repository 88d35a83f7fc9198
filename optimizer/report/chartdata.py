"""The numbers behind the charts, on a sheet of their own: per month, so that long periods show as long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.plan import Plan
from optimizer.plan.tables import ITEM, MONTH, YEAR, Column
from optimizer.report.book import TITLE_ROWS, Book, Placed
from optimizer.report.styles import GREY
from optimizer.scenario.schema import CATEGORIES

SHEET = "Chart data"

LEVERS = {
    name: next(c.header for c in MEASURES["output_by_lever"].columns if c.name == name)
    for name in (
        "base",
        "added_shifts",
        "weekend_output",
        "expansions",
        "new_lines",
        "reactivations",
        "bought",
    )
}
"""Levers of output and their names in legends, in the order in which they are stacked."""


@dataclass(frozen=True)
class Numbers:
    """A table behind charts: where it stands and what it holds."""

    frame: pd.DataFrame
    placed: Placed

    def rows_of(self, **chosen: Any) -> tuple[int, int]:
        """Return the first row with the chosen values, and the first after the last one."""
        found = np.ones(len(self.frame), dtype=bool)
        for name, value in chosen.items():
            found &= (self.frame[name] == value).to_numpy()
        rows = np.flatnonzero(found)
        return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def write_chart_data(book: Book, plan: Plan) -> dict[str, Numbers]:
    """Write the tables behind the charts side by side; return them by name, empty ones left out."""
    sheet = book.titled(
        SHEET, SHEET, "The numbers behind the charts, month by month; the other sheets hold the results"
    )
    sheet.set_tab_color(GREY)
    sheet.fit_to_pages(3, 0)
    column = 0
    found: dict[str, Numbers] = {}
    for name, columns, frame in (
        ("output", *output_by_month(plan)),
        ("needs", *needs_by_month(plan)),
        ("books", *books_by_period(plan)),
        ("years", *cost_by_year(plan)),
        ("funds", *funds_by_year(plan)),
        ("timeline", *project_timeline(plan)),
    ):
        if len(frame):
            placed = book.table(sheet, columns, frame, f"Chart_{name}", row=TITLE_ROWS, column=column)
            found[name] = Numbers(frame.reset_index(drop=True), placed)
            column = placed.right + 1
    sheet.freeze_panes(TITLE_ROWS + 1, 0)
    return found


Data = tuple[Sequence[Column], pd.DataFrame]


def _per_month(plan: Plan, table: pd.DataFrame, rates: Sequence[str], amounts: Sequence[str]) -> pd.DataFrame:
    """Return a table by period as one by month: rates stay, amounts are spread evenly."""
    calendar = plan.scenario.calendar
    lengths = table["months"].to_numpy(dtype=int)
    rows = np.repeat(np.arange(len(table)), lengths)
    long = table.iloc[rows].reset_index(drop=True)
    for name in amounts:
        long[name] = long[name] / long["months"]
    step = np.concatenate([np.arange(n) for n in lengths]) if len(lengths) else np.zeros(0, dtype=int)
    begins = [calendar.month(month.date()) for month in long["month"]]
    long["month"] = [pd.Timestamp(calendar.date(m + int(s))) for m, s in zip(begins, step, strict=True)]
    kept = [name for name in long.columns if name in ("item", "month", *rates, *amounts)]
    return long[kept]


def output_by_month(plan: Plan) -> Data:
    """Return output by lever and what is asked, per item and month; levers never pulled are left out."""
    table = plan.measures.output_by_lever
    table = table[table.groupby("item")["made"].transform("sum") + table.groupby("item")["asked"].transform("sum") > 0]
    pulled = [name for name in LEVERS if float(table[name].abs().sum()) > 0]
    long = _per_month(plan, table, [*pulled, "asked"], [])
    columns = [ITEM, MONTH, *(Column(n, LEVERS[n], "", "units per month") for n in pulled)]
    return [*columns, Column("asked", "asked", "", "units per month")], long


def needs_by_month(plan: Plan) -> Data:
    """Return needs met and lost per item and month, all recipients together."""
    amounts = ["supplied", "given", "lost"]
    table = plan.measures.needs.groupby(["item", "month", "months"], as_index=False, sort=False)[amounts].sum()
    long = _per_month(plan, table, [], amounts)
    return [ITEM, MONTH, *(Column(name, name, "", "units per month") for name in amounts)], long


def books_by_period(plan: Plan) -> Data:
    """Return the order book per item at the end of each period, split into late and not late."""
    table = plan.measures.orders.groupby(["item", "month", "months"], as_index=False, sort=False)
    frame = table[["backlog", "late"]].sum()
    calendar = plan.scenario.calendar
    ends = zip(frame["month"], frame["months"], strict=True)
    frame["month"] = [pd.Timestamp(calendar.date(calendar.month(m.date()) + int(n) - 1)) for m, n in ends]
    frame["waiting"] = (frame["backlog"] - frame["late"]).clip(lower=0)
    columns = [ITEM, MONTH, Column("late", "late", "", "units"), Column("waiting", "not late", "", "units")]
    return columns, frame[[column.name for column in columns]]


def cost_by_year(plan: Plan) -> Data:
    """Return cost per calendar year by category."""
    spent = plan.measures.spending
    table = spent.pivot_table(index="year", columns="category", values="amount", aggfunc="sum", fill_value=0.0)
    found = [category for category in CATEGORIES if category in table.columns]
    frame = table.reindex(columns=found).reset_index()
    return [YEAR, *(Column(category, category, "", "money") for category in found)], frame


def funds_by_year(plan: Plan) -> Data:
    """Return what all funds pay, and what they have left, per calendar year."""
    frame = plan.measures.fund_use.groupby("year", as_index=False)[["paid", "left"]].sum()
    return [YEAR, Column("paid", "paid", "", "money"), Column("left", "left", "", "money")], frame


def project_timeline(plan: Plan) -> Data:
    """Return the bars of the Gantt chart: the decision, then days of building, ramp-up, full output."""
    table = plan.measures.projects
    end = pd.Timestamp(plan.scenario.calendar.date(plan.scenario.calendar.end))
    dates = {name: table[name].where(table[name] < end, end) for name in ("start", "opens", "full_output")}
    units = table.groupby("project")["unit"].transform("max") if len(table) else table["unit"]
    names = [
        f"{project} #{unit}" if most > 1 else project
        for project, unit, most in zip(table["project"], table["unit"], units, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "project": names,
            "decided": dates["start"],
            "build": (dates["opens"] - dates["start"]).dt.days if len(table) else [],
            "ramp_up": (dates["full_output"] - dates["opens"]).dt.days if len(table) else [],
            "full": (end - dates["full_output"]).dt.days if len(table) else [],
        }
    )
    frame = frame.iloc[::-1].reset_index(drop=True)  # bars are drawn from the bottom
    columns = [
        Column("project", "project", ""),
        Column("decided", "decided", "", "month"),
        Column("build", "build", "", "days"),
        Column("ramp_up", "ramp-up", "", "days"),
        Column("full", "full output", "", "days"),
    ]
    return columns, frame
