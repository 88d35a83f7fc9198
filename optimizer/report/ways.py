"""The plan beside today's pattern and the short run, in which nothing is built, in figures; the need met by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.plan.figures import (
    COST,
    GAP,
    IMPOSSIBLE,
    MADE,
    MISSING,
    NOT_FOUND,
    OUTPUT,
    PROJECTS,
    WAIT_END,
    WAIT_NOW,
    figures,
    final_output,
    rates,
    units,
)
from optimizer.plan.plan import Plan
from optimizer.plan.verdict import percent
from optimizer.scenario.schema import Project

TODAY = ("base",)
"""Levers of output that lines have with today's pattern."""
REACHED = 0.99
"""Share of the closing output from which it counts as reached."""
NOT_PLANNED = "not planned"
UNITS = {OUTPUT: "units", MADE: "units", MISSING: "share", WAIT_NOW: "months", WAIT_END: "months"}
"""Figure -> unit; those not named are money."""

Told = float | str


@dataclass(frozen=True)
class Way:
    """One row of the comparison: what is told, in which unit, and for each way its value, or words in its place."""

    what: str
    unit: str
    today: Told
    short_run: Told
    plan: Told


def ways(plan: Plan) -> list[Way]:
    """Return the rows of the comparison.

    Output by today's pattern is the part of the plan's own output that it gives. The wait and what is missing without
    levers are solved beside the plan, as is the short run: the best plan without any project that is a choice.
    """
    with_plan, today = figures(plan), _today(plan)
    if MISSING not in today:
        with_plan.pop(MISSING, None)
    rows = []
    for what, value in with_plan.items():
        if what != GAP:
            ways_of_it = today.get(what, NOT_PLANNED), plan.short_run.get(what, NOT_PLANNED), value
            rows.append(Way(what, UNITS.get(what, "money"), *(_of_today(what, v, today) for v in ways_of_it)))
    return rows


def ways_note(plan: Plan) -> str:
    """Return what the comparison means, in words."""
    short, told = plan.short_run, ["Output with today's pattern: the part of the plan's own output that it gives."]
    if not short:
        told.append(
            "Short run: not planned here; `optimizer solve` plans it, as does `solve(scenario, short_run=True)`."
        )
    elif short.get(COST) == NOT_FOUND:
        told.append("Short run, nothing built: no plan of its own was found in the small part of the time it has.")
    elif short.get(COST) == IMPOSSIBLE:
        told.append("Short run, nothing built: no plan can keep what must hold.")
    else:
        gap = short.get(GAP)
        proven = (
            "no bound of it is proven" if gap is None else f"proven within {percent(float(gap))} of the best such plan"
        )
        proven = "proven the best such plan" if gap == 0 else proven
        told.append(f"Short run: a plan of its own in which nothing is built, checked like this one; {proven}.")
    if {MISSING, WAIT_NOW} & set(_today(plan)):
        told.append("What is missing, and the wait, with today's pattern: the search's word, not checked.")
    return " ".join(told)


def _today(plan: Plan) -> dict[str, float]:
    """Return what is known of going on as today."""
    final = final_output(plan)
    found = {PROJECTS: committed_money(plan)}
    if len(final):
        found |= {OUTPUT: rates(final, TODAY)[-1], MADE: float(units(final, TODAY).sum())}
    if plan.wait_without_levers is not None:
        found[WAIT_NOW] = plan.wait_without_levers
    rows = plan.tables["objectives"]
    row = rows[rows["objective"] == "shortfall"]
    if len(row) and "without_levers" in row:
        missing = float(pd.to_numeric(row["without_levers"]).iloc[0])
        found |= {MISSING: missing} if missing > 0 else {}
    return found


def _of_today(what: str, value: Told, today: Mapping[str, float]) -> Told:
    """Return a value as it is shown: what is missing as a share of what is missing today."""
    return value / today[MISSING] if what == MISSING and not isinstance(value, str) else value


def committed_money(plan: Plan) -> float:
    """Return what of it is paid for committed projects, whatever is decided."""
    committed = {row.project for row in plan.scenario.rows(Project) if row.status == "committed"}
    costs = plan.tables["costs"]
    return float(costs.loc[(costs["category"] == "capex") & costs["project"].isin(committed), "amount"].sum())


def reached(plan: Plan) -> pd.Timestamp | None:
    """Return the month from which output stays near what it is at the end; None without output."""
    final = final_output(plan)
    if not len(final):
        return None
    made = final["made"].to_numpy(dtype=float)
    below = np.flatnonzero(made < REACHED * made[-1])
    return pd.Timestamp(final.index[int(below[-1]) + 1 if len(below) else 0])


def years(plan: Plan) -> pd.DataFrame:
    """Return for each calendar year: need, units met, share met, order book at its end and how much of it is late.

    A period across two years counts in both by its months. The order book is that of the last period that ends in it.
    """
    needs, orders = plan.measures.needs, plan.measures.orders
    shares = _year_shares(plan)
    needed = _by_year(needs, ["needed"], shares)
    met = _by_year(needs.assign(met=needs["supplied"] + needs["given"]), ["met"], shares)
    found = needed.join(met, how="outer").fillna(0.0)
    found["coverage"] = found["met"] / found["needed"].where(found["needed"] > 0)
    if len(orders):
        ends = [max(shares[month]) for month in orders["month"]]
        books = orders.assign(year=ends).groupby(["year", "month"])[["backlog", "late"]].sum()
        found = found.join(books.groupby("year").last(), how="outer")
    return found.reindex(columns=["needed", "met", "coverage", "backlog", "late"]).rename_axis("year").reset_index()


def _year_shares(plan: Plan) -> Mapping[pd.Timestamp, Mapping[int, float]]:
    calendar = plan.scenario.calendar
    dates = map(pd.Timestamp, calendar.period_dates())
    return dict(zip(dates, calendar.year_shares, strict=True))


def _by_year(
    table: pd.DataFrame, columns: list[str], shares: Mapping[pd.Timestamp, Mapping[int, float]]
) -> pd.DataFrame:
    sums = table.groupby("month")[columns].sum() if len(table) else pd.DataFrame(columns=columns)
    rows = [
        {"year": year, **{name: value * share for name, value in zip(columns, values, strict=True)}}
        for month, *values in sums.itertuples()
        for year, share in shares[month].items()
    ]
    return pd.DataFrame(rows, columns=["year", *columns]).groupby("year").sum()
