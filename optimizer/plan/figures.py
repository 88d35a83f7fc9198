"""The figures by which ways to go are compared on the first page: output, what is missing, waits, money."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan

OUTPUT, MADE = "Output a month, at the end", "Made until the end"
MISSING = "What is missing, over time"
WAIT_NOW, WAIT_END = "Wait of an order placed now", "Wait of an order placed at the end"
PROJECTS, COST = "Paid for projects", "Cost of everything"
GAP = "gap"
FIGURES = (OUTPUT, MADE, MISSING, WAIT_NOW, WAIT_END, PROJECTS, COST, GAP)
"""Units, units, unit-months, months, months, money, money, and how near the first objective is proven."""
NEVER, IMPOSSIBLE, NOT_FOUND = "never", "impossible", "no plan in time"


def figures(plan: Plan) -> dict[str, float | str]:
    """Return the figures of a plan by name, those of `FIGURES` that it has; a wait without end is `never`."""
    found: dict[str, float | str] = {}
    final = final_output(plan)
    if len(final):
        found[OUTPUT] = rates(final, ("made",))[-1]
        found[MADE] = float(units(final, ("made",)).sum())
    rows = plan.tables["objectives"]
    short = rows.loc[rows["objective"] == "shortfall", "value"]
    if len(short):
        found[MISSING] = float(pd.to_numeric(short).iloc[0])
    waits = plan.measures.waiting_headline
    for name, when in ((WAIT_NOW, "now"), (WAIT_END, "at the end")):
        if when in waits:
            found[name] = NEVER if waits[when] is None else float(waits[when])
    found[PROJECTS] = project_money(plan)
    found[COST] = float(plan.tables["costs"]["amount"].sum())
    gap = float(rows["gap"].iloc[0]) if len(rows) else np.inf
    return found | ({GAP: gap} if np.isfinite(gap) else {})


def project_money(plan: Plan) -> float:
    """Return what is paid for projects within the horizon."""
    spent = plan.measures.spending
    return float(spent.loc[spent["category"] == "capex", "amount"].sum())


def final_output(plan: Plan) -> pd.DataFrame:
    """Return the output of final items by lever for each period, with its months; units a month."""
    table = plan.measures.output_by_lever
    items = plan.scenario.items
    kept = table[table["item"].isin(items.loc[items["kind"] == "final", "item"])]
    if not len(kept):
        return kept
    sums = dict.fromkeys(["base", "added_shifts", "weekend_output", "made"], "sum")
    return kept.groupby("month").agg({"months": "first", **sums})


def rates(final: pd.DataFrame, levers: Sequence[str]) -> list[float]:
    """Return what some levers give in each period; units a month."""
    return [float(value) for value in final[list(levers)].sum(axis=1)]


def units(final: pd.DataFrame, levers: Sequence[str]) -> pd.Series[float]:
    """Return what some levers give in each period; units."""
    return final[list(levers)].sum(axis=1) * final["months"]
