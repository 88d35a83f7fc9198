"""Plans side by side: what differs in the input, what comes of it, what is decided the same and what not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.answers.asking import Asking, require
from optimizer.answers.bracket import NOT_TOLD, Bracket, of_objective
from optimizer.answers.decided import Choice, Subject, decided
from optimizer.answers.inputs import differences
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.words import amount_words, difference_words, month_words
from optimizer.errors import Finding, InputError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.values import counted
from optimizer.study.archive import ANSWERED, Answer
from optimizer.study.planset import PlanSet, Unanswered
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

ALL = "(all)"
"""Customer that stands for all order books pooled."""
UNPROVEN = "of the plans, no bound"


def compare(
    cases: Mapping[str, Scenario | Task | Plan | Unanswered],
    *,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Lay plans side by side; the first one is the base that the others are measured by.

    Parameters
    ----------
    cases
        Name -> plan, as in a `PlanSet`, or scenario or task to be solved first. Those that are solved begin with the
        plan of the base, and are no worse than it where it fits, and get its gap.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`; where nothing is solved, they mean nothing.

    Returns
    -------
    Reply
        Tables: `headline` (figures side by side), `differences` (of each case from the base, with least and most),
        `inputs` (what differs, with sheet and cell), `decisions_same`, `decisions_different`, `waits`.

    Raises
    ------
    InputError
        When there are fewer than two cases.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan for the base.
    """
    if len(cases) < 2:
        raise InputError([Finding("", "", "to compare takes two cases or more: workbooks, or scenarios of one")])
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    plans = _solved(cases, asking)
    base = next(iter(cases))
    require(plans, base)
    return _reply(base, plans)


def _solved(cases: Mapping[str, Scenario | Task | Plan | Unanswered], asking: Asking) -> PlanSet:
    known = {
        name: Answer(ANSWERED, plan=case) if isinstance(case, Plan) else Answer(case.status, case.reason)
        for name, case in cases.items()
        if isinstance(case, Plan | Unanswered)
    }
    open_ = {
        name: case if isinstance(case, Task) else Task(case)
        for name, case in cases.items()
        if isinstance(case, Task | Scenario)
    }
    base = next(iter(cases))
    found = PlanSet(known)
    if base in open_:
        found |= asking.solve({base: open_.pop(base)})
    start = require(found, base)
    gap = start.scenario.settings.gap
    rest = {name: task if task.gap is not None else replace(task, gap=gap) for name, task in open_.items()}
    found |= asking.solve(rest, start=start)
    late = {name: Answer("not done", "there was no time left for it") for name in cases if name not in found}
    found |= PlanSet(late)
    return found.ordered(cases)


def _reply(base: str, plans: PlanSet) -> Reply:
    answered, settings = plans.plans, plans.plans[base].scenario.settings
    wide, tidy = _headline(base, answered)
    inputs = _inputs(base, answered)
    same, different = decisions([decided(plan) for plan in answered.values()])
    waits = _waits(answered)
    lines = [("Base", base), *_case_lines(base, plans, tidy)]
    lines += [("Inputs that differ", _inputs_words(inputs))]
    lines += [
        ("Decisions the same in all", decision_words(same)),
        ("Decisions that differ", decision_words(different)),
    ]
    names = [Column(f"case {k}", name, "") for k, name in enumerate(answered)]
    pictures = [_objective_picture(base, plans)] if len(tidy) else []
    if len(waits):
        series = {f"case {k}": name for k, name in enumerate(answered)}
        pictures.append(Picture("Wait of an order placed", "month", "months", "waits", "month", series, "lines"))
    decision_columns = [
        Column("decide_by", "decide by", "earliest over all cases that take it", "month"),
        Column("kind", "kind", ""),
        Column("what", "what", ""),
        Column("where", "where", ""),
    ]
    sheets = {
        "headline": Sheet(
            "Headline",
            "Figures of the plans side by side",
            [Column("figure", "figure", ""), Column("unit", "unit", ""), *names],
            wide,
        ),
        "differences": Sheet(
            "Differences",
            "What each case is above the base, between least and most: every objective is known between its proven "
            "bound and the best plan found",
            DIFFERENCES,
            tidy,
        ),
        "decisions_different": Sheet(
            "Decisions that differ",
            "In order of the date by which the first case must decide; beside each case when it decides, and how much",
            [*decision_columns, *names],
            different,
        ),
        "decisions_same": Sheet(
            "Decisions the same",
            "Taken in every case, by the same date and within a hundredth of the amount",
            [*decision_columns, names[0]],
            same,
        ),
        "inputs": Sheet("Inputs that differ", "Every value that is another one than in the base", INPUTS, inputs),
        "waits": Sheet("Waits", "Wait in months of an order placed", [WAIT_MONTH, *names], waits),
        "objectives": Sheet(
            "Objectives", "Plan found and proven bound, of the final plans", OBJECTIVES, _values(answered)
        ),
    }
    return Reply(
        question=f"{settings.title}: {counted(len(plans), 'case')} compared",
        currency=settings.currency,
        lines=lines,
        sheets=sheets,
        shown=("headline", "decisions_different"),
        pictures=pictures,
        plans=plans,
        complete=plans.complete,
    )


WAIT_MONTH = Column("month", "month", "in which the order is placed", "month")
INPUTS = [
    Column("case", "case", ""),
    Column("sheet", "sheet", ""),
    Column("cell", "cell", ""),
    Column("row", "row", ""),
    Column("column", "column", ""),
    Column("base", "base", ""),
    Column("here", "in this case", ""),
]
DIFFERENCES = [
    Column("case", "case", ""),
    Column("figure", "figure", ""),
    Column("unit", "unit", ""),
    Column("difference", "difference", "of the plans found"),
    Column("least", "least", "of the difference"),
    Column("most", "most", "of the difference"),
    Column("told", "told", "whether it is told apart from 0 at this gap"),
]
OBJECTIVES = [
    Column("case", "case", ""),
    Column("objective", "objective", ""),
    Column("unit", "unit", ""),
    Column("value", "plan found", ""),
    Column("bound", "proven bound", ""),
]


# -- figures ---------------------------------------------------------------------------------------
def figures(plan: Plan) -> dict[tuple[str, str], Any]:
    """Return the headline of a plan that has no bound: (figure, unit) -> number or month."""
    head, currency = plan.summary(), plan.scenario.settings.currency
    waits = {
        (f"wait of an order placed {name}", "months"): value
        for name, value in head["waiting_time_months"].items()
        if name == "now" or name.startswith(("after", "at the"))
    }
    return {
        ("output at the end", "units per month"): head["output_end_units_per_month"],
        ("needs met in full from", ""): head["needs_met_from"]["month"] or head["needs_met_from"]["reason"],
        **waits,
        ("cost within the horizon", currency): head[f"total_cost_{currency}"],
        ("projects started", "projects"): float(plan.measures.levers["projects_started"]),
        ("crews added", "crews"): float(plan.measures.levers["shifts_added"]),
    }


def _headline(base: str, plans: Mapping[str, Plan]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return figures x cases, and (case, figure) with the bracket of its difference from the base."""
    wide: dict[tuple[str, str], dict[str, Any]] = {}
    tidy: list[dict[str, Any]] = []
    for k, plan in enumerate(plans.values()):
        for row in plan.tables["objectives"].to_dict("records"):
            wide.setdefault((str(row["objective"]), str(row["unit"])), {})[f"case {k}"] = row["value"]
        for key, value in figures(plan).items():
            wide.setdefault(key, {})[f"case {k}"] = value
    for k, (name, plan) in enumerate(plans.items()):
        if name == base:
            continue
        for (figure, unit), values in wide.items():
            bracket = _difference(figure, plan, plans[base])
            was, now = values.get("case 0"), values.get(f"case {k}")
            if not (isinstance(was, float) and isinstance(now, float)):
                continue
            least, most = (math.nan, math.nan) if bracket is None else (bracket.least, bracket.most)
            told = UNPROVEN if bracket is None else (NOT_TOLD, "more", "less")[bracket.sign]
            found = {"case": name, "figure": figure, "unit": unit, "difference": now - was}
            tidy.append(found | {"least": least, "most": most, "told": told})
    rows = [{"figure": figure, "unit": unit, **values} for (figure, unit), values in wide.items()]
    columns = ["figure", "unit", *(f"case {k}" for k in range(len(plans)))]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame, pd.DataFrame(tidy, columns=[c.name for c in DIFFERENCES])


def _difference(figure: str, plan: Plan, base: Plan) -> Bracket | None:
    here, there = of_objective(plan, figure), of_objective(base, figure)
    return None if here is None or there is None else here - there


def _values(plans: Mapping[str, Plan]) -> pd.DataFrame:
    rows = [
        {"case": name}
        | {key: row[key] for key in ("objective", "unit", "value")}
        | {"bound": max(row["bound"], 0.0) if row["objective"] in ("shortfall", "speed") else row["bound"]}
        for name, plan in plans.items()
        for row in plan.tables["objectives"].to_dict("records")
    ]
    order = list(dict.fromkeys(row["objective"] for row in rows))
    rows.sort(key=lambda row: order.index(row["objective"]))
    return pd.DataFrame(rows, columns=[c.name for c in OBJECTIVES])


def _objective_picture(base: str, plans: PlanSet) -> Picture:
    first = plans.plans[base].tables["objectives"].iloc[0]
    series = {"value": "plan found", "bound": "proven bound"}
    title = f"{str(first['objective']).capitalize()} by case"
    return Picture(
        title, "case", str(first["unit"]), "objectives", "case", series, rows=("objective", first["objective"])
    )


# -- inputs, decisions, waits ------------------------------------------------------------------------
def _inputs(base: str, plans: Mapping[str, Plan]) -> pd.DataFrame:
    rows = [
        {"case": name, **found}
        for name, plan in plans.items()
        if name != base
        for found in differences(plans[base].scenario, plan.scenario)
    ]
    return pd.DataFrame(rows, columns=[c.name for c in INPUTS])


def decisions(found: Sequence[Mapping[Subject, Choice]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the decisions that all cases share, and those that differ, in order of when they must be taken."""
    same: list[dict[str, Any]] = []
    different: list[dict[str, Any]] = []
    for subject in dict.fromkeys(subject for choices in found for subject in choices):
        choices = [one.get(subject) for one in found]
        taken = [choice for choice in choices if choice is not None]
        row = {"decide_by": min(choice.month for choice in taken)} | vars(subject)
        row |= {f"case {k}": "no" if choice is None else str(choice) for k, choice in enumerate(choices)}
        (same if all(taken[0].same(choice) for choice in choices) else different).append(row)
    columns = ["decide_by", "kind", "what", "where"]
    frames = []
    for rows, count in ((same, 1), (different, len(found))):
        rows.sort(key=lambda row: (row["decide_by"], ORDER.index(row["kind"])))
        frames.append(pd.DataFrame(rows, columns=[*columns, *(f"case {k}" for k in range(count))], dtype=object))
    return frames[0], frames[1]


ORDER = ("project", "shift", "release", "pledge", "weekends", "gift", "purchase")
"""Kinds in the order in which those of one month are told."""


def _waits(plans: Mapping[str, Plan]) -> pd.DataFrame:
    columns = {}
    for k, plan in enumerate(plans.values()):
        table = plan.measures.placed_today
        rows = table[(table["customer"] == ALL) & (table["item"] == plan.measures.main_item)]
        columns[f"case {k}"] = rows.set_index("month")["wait"].astype(float)
    frame = pd.DataFrame(columns)
    return frame.rename_axis("month").reset_index()


# -- words -------------------------------------------------------------------------------------------
def _case_lines(base: str, plans: PlanSet, tidy: pd.DataFrame) -> list[tuple[str, str]]:
    lines = []
    for name in plans:
        found = plans[name]
        if name == base:
            continue
        if isinstance(found, Unanswered):
            lines.append((name, str(found).partition("\n")[0]))
            continue
        told = []
        for row in tidy[(tidy["case"] == name) & (tidy["told"] != UNPROVEN)].to_dict("records"):
            bracket = Bracket(row["least"], row["most"])
            words = NOT_TOLD if row["told"] == NOT_TOLD else difference_words(bracket, row["unit"])
            told.append(f"{row['figure']} {words}")
        lines.append((name, "; ".join(told) or "no objective in common with the base"))
    return lines


def _inputs_words(inputs: pd.DataFrame) -> str:
    if not len(inputs):
        return "none"
    first = inputs.iloc[0]
    where = f"{first['sheet']}!{first['cell']}" if first["cell"] else first["sheet"]
    more = f", and {len(inputs) - 1} more" if len(inputs) > 1 else ""
    return f"{where} {first['row']} {first['column']}: {first['base']}, in `{first['case']}` {first['here']}{more}"


def decision_words(rows: pd.DataFrame) -> str:
    """Return how many decisions there are, and the first of them."""
    if not len(rows):
        return "none"
    first = rows.iloc[0]
    where = f" ({first['where']})" if first["where"] else ""
    count = f"{amount_words(len(rows), '')}, the first to be taken by {month_words(first['decide_by'])}"
    return f"{count}: {first['what']}{where}"


def cases_of(scenario: Scenario, names: Sequence[str]) -> dict[str, Scenario]:
    """Return the scenario as base, and named scenarios of its Scenarios sheet.

    Raises
    ------
    InputError
        When there is no such name, or the changes break a rule.
    """
    from optimizer.scenario.variants import variant

    cases = {"base": scenario}
    for name in names:
        title = f"{scenario.settings.title}: {name}"
        cases[name] = variant(scenario, name).replace(settings={"title": title})
    return cases
