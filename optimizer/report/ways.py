"""With the plan, beside today's pattern and what lines that are there give: in figures, and the need met by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.scenario.schema import Project

TODAY = ("base",)
SHORT_RUN = ("base", "added_shifts", "weekend_output")
"""Levers of output that lines without a project have."""
REACHED = 0.99
"""Share of the closing output from which it counts as reached."""


@dataclass(frozen=True)
class Way:
    """One row of the comparison: what is told, in which unit, and its value for each way; None: not known."""

    what: str
    unit: str
    today: float | None
    short_run: float | None
    plan: float | None


def ways(plan: Plan) -> list[Way]:
    """Return the rows of the comparison.

    Output by today's pattern and by the short run is the part of the plan's own output that those levers give. The wait
    and what is missing without levers are solved beside the plan; of the short run alone they are not known.
    """
    final = _final_output(plan)
    told = []
    if len(final):
        told.append(Way("Output a month, at the end", "units", *(_rate(final, part)[-1] for part in _parts())))
        told.append(Way("Made until the end", "units", *(float(_units(final, part).sum()) for part in _parts())))
    told += _missing(plan)
    waits = plan.measures.headline["waiting_time_months"]
    if "now" in waits:
        told.append(Way("Wait of an order placed now", "months", plan.wait_without_levers, None, waits["now"]))
        told.append(Way("Wait of an order placed at the end", "months", None, None, waits["at the end"]))
    committed = committed_money(plan)
    told.append(Way("Paid for projects", "money", committed, committed, project_money(plan)))
    total = float(plan.measures.headline[f"total_cost_{plan.scenario.settings.currency}"])
    return [*told, Way("Cost of everything", "money", None, None, total)]


def ways_note(plan: Plan) -> str:
    """Return what the comparison means, in words."""
    note = (
        "Output: the part of the plan's own output that today's shifts give, and lines that are there with more shifts "
        "and weekends; neither is a plan of its own."
    )
    if plan.wait_without_levers is not None or any(row.what == MISSING for row in _missing(plan)):
        note += " What is missing, and the wait, with today's pattern: the search's word, not checked."
    return note + ' "n/a": not solved; `optimizer solve --levers "shifts; weekends"` plans the short run alone.'


MISSING = "What is missing, over time"


def _missing(plan: Plan) -> list[Way]:
    """Return what is lost and late against today's pattern, as a share; nothing where that was not solved."""
    rows = plan.tables["objectives"]
    row = rows[rows["objective"] == "shortfall"]
    if not len(row) or "without_levers" not in row:
        return []
    value, today = (float(pd.to_numeric(row[name]).iloc[0]) for name in ("value", "without_levers"))
    return [Way(MISSING, "share", 1.0, None, value / today)] if today > 0 else []


def project_money(plan: Plan) -> float:
    """Return what is paid for projects within the horizon."""
    spent = plan.measures.spending
    return float(spent.loc[spent["category"] == "capex", "amount"].sum())


def committed_money(plan: Plan) -> float:
    """Return what of it is paid for committed projects, whatever is decided."""
    committed = {row.project for row in plan.scenario.rows(Project) if row.status == "committed"}
    costs = plan.tables["costs"]
    return float(costs.loc[(costs["category"] == "capex") & costs["project"].isin(committed), "amount"].sum())


def reached(plan: Plan) -> pd.Timestamp | None:
    """Return the month from which output stays near what it is at the end; None without output."""
    final = _final_output(plan)
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


def _parts() -> tuple[tuple[str, ...], ...]:
    return TODAY, SHORT_RUN, ("made",)


def _final_output(plan: Plan) -> pd.DataFrame:
    """Return the output of final items by lever for each period; units a month."""
    table = plan.measures.output_by_lever
    items = plan.scenario.items
    kept = table[table["item"].isin(items.loc[items["kind"] == "final", "item"])]
    if not len(kept):
        return kept
    return kept.groupby("month").agg({"months": "first", **dict.fromkeys([*SHORT_RUN, "made"], "sum")})


def _rate(final: pd.DataFrame, levers: tuple[str, ...]) -> list[float]:
    return [float(value) for value in final[list(levers)].sum(axis=1)]


def _units(final: pd.DataFrame, levers: tuple[str, ...]) -> pd.Series[float]:
    return final[list(levers)].sum(axis=1) * final["months"]


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
