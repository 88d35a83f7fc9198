"""What a change does to the objectives: for each of them the least and the most, at the base's value of those before.

The first objective is free. Every later one is compared among plans that reach at least what the base reaches of the
objectives before it, so that money is never compared between plans that deliver more and less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from optimizer.answers.bracket import NOT_TOLD, TOLERANCE, Bracket, of_objective
from optimizer.answers.words import difference_words
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.study.archive import IMPOSSIBLE
from optimizer.study.planset import PlanSet, Unanswered
from optimizer.study.task import Task

EFFECTS = [
    Column("what", "what", ""),
    Column("objective", "objective", ""),
    Column("unit", "unit", ""),
    Column("least", "least change", "that is proven"),
    Column("most", "most change", "that is proven"),
    Column("told", "told", "whether it is told apart from 0 at this gap, or why it is not known"),
]


@dataclass(frozen=True)
class Changed:
    """A change of the base: the task with it, and whether it can only widen (1) or narrow (-1) what is possible."""

    task: Task
    sense: int = 0


def tasks_of(base: Plan, changes: Mapping[str, Changed]) -> dict[str, Task]:
    """Return the solves that tell what changes do: one with all objectives, and one for each objective but the first.

    All begin with the plan of the base and have its gap.
    """
    rows = base.tables["objectives"].to_dict("records")
    gap = base.scenario.settings.gap
    found = {}
    for name, change in changes.items():
        found[name] = replace(change.task, start=base, gap=gap)
        for k, row in enumerate(rows[1:], start=1):
            held = {str(r["objective"]): r["value"] + TOLERANCE * max(1.0, abs(r["value"])) for r in rows[:k]}
            found[_held(name, str(row["objective"]))] = replace(
                change.task, start=base, gap=gap, objectives=(str(row["objective"]),), hold=held
            )
    return found


def effects(base: Plan, changes: Mapping[str, Changed], plans: PlanSet) -> pd.DataFrame:
    """Return what every change does to each objective, between least and most; a fall is below 0."""
    rows = []
    for name, change in changes.items():
        for k, row in enumerate(base.tables["objectives"].to_dict("records")):
            objective = str(row["objective"])
            told: dict[str, Any] = {"what": name, "objective": objective, "unit": row["unit"]}
            there = plans[asked] if (asked := _held(name, objective) if k else name) in plans else None
            if not isinstance(there, Plan):
                rows.append(told | {"least": float("nan"), "most": float("nan"), "told": _why_not(there, k)})
                continue
            bracket = _bracket(there, objective, k, base)
            if change.sense:
                bracket = bracket.within(*((-float("inf"), 0.0) if change.sense > 0 else (0.0, float("inf"))))
            word = NOT_TOLD if not bracket.sign else "more" if bracket.sign > 0 else "less"
            room = TOLERANCE * bracket.size  # less is the solver's
            ends = {"least": bracket.least, "most": bracket.most}
            rows.append(told | {name: 0.0 if abs(end) < room else end for name, end in ends.items()} | {"told": word})
    return pd.DataFrame(rows, columns=[column.name for column in EFFECTS])


def words_of(table: pd.DataFrame, name: str) -> str:
    """Return what a change does in one sentence."""
    rows, told = table[table["what"] == name], []
    if len(rows) > 1 and rows["told"].nunique() == 1 and rows["told"].iloc[0] not in ("more", "less"):
        return f"{' and '.join(rows['objective'])}: {rows['told'].iloc[0]}"
    for row in rows.to_dict("records"):
        bracket = Bracket(row["least"], row["most"])
        known = row["told"] in ("more", "less")
        told.append(f"{row['objective']} {difference_words(bracket, row['unit']) if known else row['told']}")
    return "; ".join(told)


def _held(name: str, objective: str) -> str:
    return f"{name}: {objective} where nothing before it is worse"


def _bracket(plan: Plan, objective: str, rank: int, base: Plan) -> Bracket:
    now = of_objective(plan, objective)
    before = of_objective(base, objective)
    if rank and before is not None:  # among plans that hold what the base reached in the end
        value = base.objective_values[objective]
        before = Bracket(before.least, max(before.least, value), abs(value))
    assert now is not None and before is not None
    return now - before


def _why_not(found: Plan | Unanswered | None, rank: int) -> str:
    if found is None:
        return "no time was left"
    if isinstance(found, Unanswered) and found.status == IMPOSSIBLE:
        return "not without loss of what comes before it" if rank else "impossible"
    return str(found).partition("\n")[0]


def answered(names: Sequence[str], plans: PlanSet) -> bool:
    """Tell whether all solves have an answer; that something is impossible is one."""
    return all(name in plans and plans.status[name] in ("answered", IMPOSSIBLE) for name in names)
