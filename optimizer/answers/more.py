"""Bottlenecks: what limits each item in which months, and what a little more of it brings when solved again."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import Bracket
from optimizer.answers.effects import EFFECTS, Changed, answered, effects, tasks_of, words_of
from optimizer.answers.reply import Reply, Sheet
from optimizer.answers.words import amount_words
from optimizer.errors import Finding, InputError
from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Rate
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

ADDED = 0.01
"""Share of what an item's lines can make by which they make more when it is tried."""
LARGEST = 3
"""Items that are tried, unless said otherwise."""
NOTHING = "nothing"
"""How what limits nothing begins."""

SPELLS = [
    Column("item", "item", ""),
    Column("limit", "what limits it", ""),
    Column("from_month", "from", "", "month"),
    Column("to_month", "to", "", "month"),
    Column("months", "months", "in which it does", "months"),
    Column("saved", "a unit more each month would save", "by prices; plants and crews as planned"),
]
PER_UNIT = [
    *EFFECTS[:3],
    Column("added", "units added", "over the horizon, at most: lines that do not run make no more"),
    Column("least", "least, per unit added", "change that is proven"),
    Column("most", "most, per unit added", "change that is proven"),
    EFFECTS[-1],
]


@dataclass(frozen=True)
class More:
    """A little more of an item: the scenario with it, and the units that its lines could then make more."""

    scenario: Scenario
    units: float


def bottlenecks(
    case: Plan | Scenario,
    *,
    largest: int = LARGEST,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Say what limits each item, in which months, and what more of it brings, the largest checked by solving again.

    Parameters
    ----------
    case
        A plan, or a scenario that is solved first.
    largest
        Items that are tried: the rates of all lines that make one are raised by a hundredth, and everything is
        decided again.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`; each item takes a solve for each objective.

    Returns
    -------
    Reply
        Tables: `limits` (item, what limits it, months, what a unit more would save), `checked` (what a hundredth more
        of an item does to each objective), `per_unit` (the same for each unit added: units, months, money).

    Raises
    ------
    InputError
        When `largest` is below 0.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan for the base.
    """
    if largest < 0:
        raise InputError([Finding("largest", "", f"{largest} items are none; say 0 or more")])
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    base = case if isinstance(case, Plan) else asking.base(Task(case))
    limits = spells(base)
    tried = {f"1% more {item}": more_of(base, item) for item in _ranked(limits)[:largest]}
    changes = {name: Changed(Task(more.scenario), 1) for name, more in tried.items()}
    tasks = tasks_of(base, changes)
    asking.solve(tasks)
    table = effects(base, changes, asking.plans)
    per_unit = table.assign(added=[tried[name].units for name in table["what"]])
    for column in ("least", "most"):
        per_unit[column] = per_unit[column] / per_unit["added"].where(per_unit["added"] > 0)
    currency = base.scenario.settings.currency
    lines = [("Largest", str(base.measures.headline["largest_bottleneck"]))]
    lines += [(name, _words(table, per_unit, name)) for name in changes]
    first = base.tables["objectives"].iloc[0]
    told = Column("saved", f"a unit more each month would save, {first['unit']}", SPELLS[-1].meaning)
    about = "What limits each item, and when; what would be saved is the word of the search, not checked"
    again = "What a hundredth more of an item does, where nothing before it is worse"
    sheets = {
        "limits": Sheet("Limits", about, [*SPELLS[:-1], told], limits),
        "per_unit": Sheet(
            "Per unit",
            "What each unit more brings, solved again with all decided anew",
            PER_UNIT,
            per_unit[[column.name for column in PER_UNIT]],
        ),
        "checked": Sheet("Checked", again, EFFECTS, table),
        "months": Sheet(
            "By month",
            "What limits each item in each month",
            MEASURES["bottlenecks"].columns,
            base.measures.bottlenecks,
        ),
    }
    return Reply(
        question=f"{base.scenario.settings.title}: what holds output back",
        currency=currency,
        lines=lines,
        sheets=sheets,
        shown=("limits", "per_unit"),
        plans=asking.plans,
        complete=answered(list(tasks), asking.plans),
    )


def spells(plan: Plan) -> pd.DataFrame:
    """Return what limits each item for how many months, what would save most first; what limits nothing is left out."""
    table = plan.measures.bottlenecks
    lengths = dict(
        zip(map(pd.Timestamp, plan.scenario.calendar.period_dates()), plan.scenario.calendar.lengths, strict=True)
    )
    rows: list[dict[str, Any]] = []
    for (item, limit), part in table[~table["limit"].str.startswith(NOTHING)].groupby(["item", "limit"], sort=False):
        months = [lengths[month] for month in part["month"]]
        saved = float((part["worth"].fillna(0.0) * months).sum())
        ends = {"from_month": part["month"].min(), "to_month": part["month"].max()}
        rows.append({"item": item, "limit": limit, **ends, "months": float(sum(months)), "saved": saved})
    frame = pd.DataFrame(rows, columns=[column.name for column in SPELLS])
    return frame.sort_values(["saved", "months"], ascending=False, kind="stable").reset_index(drop=True)


def more_of(plan: Plan, item: str) -> More:
    """Return the scenario in which every line that makes an item makes a hundredth more of it."""
    rates = plan.scenario.rows(Rate)
    rows = [row.model_dump() | ({"rate": row.rate * (1 + ADDED)} if row.item == item else {}) for row in rates]
    made = plan.tables["output"]
    units = float(made.loc[made["item"] == item, "made"].sum()) * ADDED
    return More(plan.scenario.replace(rates=rows), units)


def _ranked(limits: pd.DataFrame) -> list[str]:
    """Return the items whose lines are in full use, what would save most first."""
    return list(dict.fromkeys(limits.loc[limits["limit"] == "its lines", "item"]))


def _words(table: pd.DataFrame, per_unit: pd.DataFrame, name: str) -> str:
    told = [words_of(table, name)]
    for row in per_unit[per_unit["what"] == name].to_dict("records"):
        bracket = Bracket(row["least"], row["most"])
        if row["told"] == "less":
            told.append(f"a unit more saves {_span(-bracket)} {row['unit']} of {row['objective']}")
    return "; ".join(told)


def _span(bracket: Bracket) -> str:
    low, high = amount_words(bracket.least, ""), amount_words(bracket.most, "")
    return low if low == high else f"{low} to {high}"
