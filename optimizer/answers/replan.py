"""A plan made again: what was decided stays, what happened replaces what was planned, every change has a reason.

The past and what was decided in it are kept as the earlier plan, or the actuals, have them. The rest of the earlier
plan is kept, too, unless the new plan is better by more than the gap: of two plans that are not told apart, the one
without changes is the better one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import pandas as pd

from optimizer.answers.asking import Asking, require
from optimizer.answers.bracket import NOT_TOLD, TOLERANCE, Bracket, of_objective
from optimizer.answers.decided import Choice, Subject, decided
from optimizer.answers.effects import EFFECTS, Changed, answered, effects, tasks_of, words_of
from optimizer.answers.inputs import Difference, changed_rows, undone
from optimizer.answers.past import ACTUALS, NO_ACTUALS, Past, carried, past_of
from optimizer.answers.reply import Reply, Sheet
from optimizer.answers.words import amount_words, difference_words, month_words
from optimizer.errors import InputError
from optimizer.plan.assignment import COMMITMENTS, month_of
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Project
from optimizer.scenario.values import counted
from optimizer.study.archive import IMPOSSIBLE
from optimizer.study.planset import PlanSet
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

REPLAN, KEPT = "replan", "nothing changed"
MOST_INPUTS = 16
"""Changed inputs that are undone one by one."""
NO_EFFECTS = pd.DataFrame(columns=[column.name for column in EFFECTS])
SEVERAL, NONE_TRIED = "several together", "not looked into: there was no time left"

CHANGES = [
    Column("kind", "kind", ""),
    Column("decision", "decision", ""),
    Column("where", "where", ""),
    Column("was", "was", "in the earlier plan: month by which it is taken, and how much"),
    Column("now", "is", "in the new plan"),
    Column("reason", "reason", "the changed input whose undoing restores the decision in a re-solve"),
]
INPUTS = [
    Column("sheet", "sheet", ""),
    Column("cell", "cell", "in the new workbook"),
    Column("row", "row", ""),
    Column("change", "change", ""),
    Column("restores", "restores alone", "decisions that are as they were when it alone is undone"),
]
GAINS = [
    Column("objective", "objective", ""),
    Column("unit", "unit", ""),
    Column("least", "least", "what the changes bring, that is proven; below 0: less of it"),
    Column("most", "most", ""),
    Column("told", "told", "whether it is told apart from 0 at this gap"),
]


def replan(
    scenario: Scenario,
    plan: Plan,
    as_of: dt.date | str,
    *,
    actuals: pd.DataFrame | None = None,
    undo: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Plan again from a month on: what was decided before it stays.

    Parameters
    ----------
    scenario
        The input of today.
    plan
        The plan so far.
    as_of
        First month that is decided anew, say ``"2024-01"``.
    actuals
        What was done in earlier months instead of what was planned: columns table, key, month, value, such as
        ``output``, ``"L1 | shell"``, ``"2023-11"``, 900. What follows from it in the past and has no actuals is worked
        out again.
    undo
        Whether to tell at what price each project that is decided and not open yet may be undone.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`.

    Returns
    -------
    Reply
        Tables: `changes` (decision, was, is, reason), `inputs` (each change of the input, and what undoing it alone
        restores), `gains` (what the changes bring, between least and most), `undo`. The new plan is
        ``reply.plans["replan"]``, or ``reply.plans["nothing changed"]`` where `reply.changes` is empty.

    Raises
    ------
    InputError
        When the month lies outside the horizon, an actual is none, or a project was decided that is not there.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan with what was decided, and what happened, by then.
    """
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    actuals = NO_ACTUALS if actuals is None else actuals
    month = month_of(as_of)
    scenario = carried(scenario, plan, month)
    past = past_of(plan, month, actuals)
    past, past_words = _possible(past, scenario, asking)
    new = _chosen(asking.plans, REPLAN, KEPT)
    changes = changes_of(plan, new)
    inputs = changed_rows(plan.scenario, scenario)
    restored, complete = _restored(plan, scenario, past, inputs, len(actuals) > 0, month, changes, asking)
    frame = _with_reasons(changes, inputs, restored)
    gains = _gains(asking.plans)
    undoing = _undo(plan, new, scenario, past, month, asking) if undo else NO_EFFECTS
    sheets = {
        "changes": Sheet("What changed and why", "Every decision that is another one than before", CHANGES, frame),
        "inputs": Sheet(
            "Changed inputs",
            "What changed, and how much of the plan hangs on it alone",
            INPUTS,
            _inputs(inputs, restored, len(actuals)),
        ),
        "gains": Sheet("What the changes bring", "The new plan beside the earlier one kept as it is", GAINS, gains),
        "undo": Sheet(
            "Undone",
            "Each project that is decided and not open yet, undone: the fall of the cost is the most "
            "that undoing it may cost",
            EFFECTS,
            undoing,
        ),
    }
    lines = [
        ("Decided again from", month_words(month)),
        ("The past", past_words),
        ("Changed inputs", "; ".join(_input_words(inputs, actuals)) or "none"),
        ("Changed decisions", _change_words(frame)),
        ("What the plan comes to", _value_words(plan, new)),
        ("What they bring", _gain_words(gains, asking.plans)),
        *((f"Undone: {name}", words_of(undoing, name)) for name in dict.fromkeys(undoing["what"])),
    ]
    return Reply(
        question=f"{scenario.settings.title}: planned again as of {month_words(month)}",
        currency=scenario.settings.currency,
        lines=lines,
        sheets=sheets,
        shown=("changes", "gains"),
        plans=asking.plans,
        complete=complete,
    )


def plan_of(reply: Reply) -> Plan:
    """Return the new plan of a replan."""
    return _chosen(reply.plans, REPLAN, KEPT)


def _possible(past: Past, scenario: Scenario, asking: Asking) -> tuple[Past, str]:
    """Solve with the whole past, or where the input of today does not allow it, with the part of it that decides."""
    tried, words = [past], ["as planned, or as the actuals say"]
    for tables in ((*COMMITMENTS, "purchases", "output"), COMMITMENTS):
        if set(tables) < set(tried[-1].fix):
            tried.append(replace(past, fix=tuple(table for table in tried[-1].fix if table in tables)))
            words.append(
                f"the changed input does not allow all of it: {', '.join(tried[-1].fix)} stay, "
                "what follows from them is worked out again"
            )
    for stays, told in zip(tried, words, strict=True):
        asking.solve({REPLAN: stays.task(scenario), KEPT: stays.task(scenario, keep=True)})
        if asking.plans.status.get(REPLAN) != IMPOSSIBLE:
            return stays, told
    return past, words[0]


# -- changes and their reasons -----------------------------------------------------------------------
Change = tuple[Subject, Choice | None, Choice | None]


def changes_of(was: Plan, now: Plan) -> list[Change]:
    """Return the decisions that are not the same in two plans: subject, earlier choice, later one."""
    before, after = decided(was), decided(now)
    known = {row.project for row in now.scenario.rows(Project) if row.status == "committed"}
    return [
        (subject, before.get(subject), after.get(subject))
        for subject in sorted({*before, *after})
        if not _same(before.get(subject), after.get(subject))
        and not (subject.kind == "project" and any(subject.what.endswith(f" {name}") for name in known))
    ]


def _same(one: Choice | None, other: Choice | None) -> bool:
    return one is None and other is None if one is None or other is None else one.same(other)


def _chosen(plans: PlanSet, free: str, kept: str) -> Plan:
    """Return the plan without changes, unless the other one is better by more than the gap."""
    fixed = plans.plans.get(kept)
    if free not in plans.plans and fixed is not None:
        return fixed
    best = require(plans, free)
    if fixed is None:
        return best
    values, others = best.objective_values, fixed.objective_values
    gap = best.scenario.settings.gap
    for name, value in values.items():
        room = max(gap, TOLERANCE) * max(abs(value), 1.0)
        if name in others and others[name] > value + room:
            return best
    return fixed


def _restored(
    plan: Plan,
    scenario: Scenario,
    past: Past,
    inputs: Sequence[Difference],
    actuals: bool,
    month: dt.date,
    changes: Sequence[Change],
    asking: Asking,
) -> tuple[dict[str, set[Subject]], bool]:
    """Return changed input -> decisions that are as they were when it alone is undone, and whether all were tried."""
    if not changes:
        return {}, True
    tasks: dict[str, Task] = {}
    for difference in inputs[:MOST_INPUTS]:
        try:
            without = undone(plan.scenario, scenario, difference)
        except InputError:  # it cannot be undone alone
            continue
        tasks |= _pair(difference.name, past, without)
    if actuals:
        tasks |= _pair(ACTUALS, replace(past_of(plan, month, NO_ACTUALS), fix=past.fix), scenario)
    asking.solve(tasks)
    found = {}
    for name in [*(difference.name for difference in inputs), *([ACTUALS] if actuals else [])]:
        if _without(name) in asking.plans.plans or _kept(name) in asking.plans.plans:
            there = decided(_chosen(asking.plans, _without(name), _kept(name)))
            found[name] = {subject for subject, was, _ in changes if _same(was, there.get(subject))}
    return found, len(inputs) <= MOST_INPUTS and answered([n for n in tasks if n.startswith("without")], asking.plans)


def _pair(name: str, past: Past, scenario: Scenario) -> dict[str, Task]:
    return {_without(name): past.task(scenario), _kept(name): past.task(scenario, keep=True)}


def _without(name: str) -> str:
    return f"without {name}"


def _kept(name: str) -> str:
    return f"nothing changed, without {name}"


def _with_reasons(
    changes: Sequence[Change], inputs: Sequence[Difference], restored: Mapping[str, set[Subject]]
) -> pd.DataFrame:
    words = {difference.name: f"{difference.name}: {difference.words}" for difference in inputs}
    rows = []
    for subject, was, now in changes:
        reasons = [words.get(name, name) for name, subjects in restored.items() if subject in subjects]
        reason = " or ".join(reasons) or (SEVERAL if restored else NONE_TRIED)
        ends = {"was": str(was) if was else "no", "now": str(now) if now else "no"}
        rows.append({"kind": subject.kind, "decision": subject.what, "where": subject.where, **ends, "reason": reason})
    return pd.DataFrame(rows, columns=[column.name for column in CHANGES])


def _inputs(inputs: Sequence[Difference], restored: Mapping[str, set[Subject]], actuals: int) -> pd.DataFrame:
    rows = [
        {"sheet": d.sheet, "cell": d.cell, "row": d.row, "change": d.words, "restores": len(restored.get(d.name, ()))}
        for d in inputs
    ]
    if actuals:
        rows.append(
            {
                "sheet": ACTUALS,
                "cell": "",
                "row": "",
                "change": counted(actuals, "row"),
                "restores": len(restored.get(ACTUALS, ())),
            }
        )
    return pd.DataFrame(rows, columns=[column.name for column in INPUTS])


# -- what it brings ----------------------------------------------------------------------------------
def _gains(plans: PlanSet) -> pd.DataFrame:
    """Return what the changes bring beside the earlier plan kept as it is."""
    rows = []
    kept, best = plans.plans.get(KEPT), plans.plans.get(REPLAN)
    if kept is not None and best is not None:
        for row in best.tables["objectives"].to_dict("records"):
            now, before = (of_objective(plan, str(row["objective"])) for plan in (best, kept))
            if now is not None and before is not None:
                bracket = now - before
                word = NOT_TOLD if not bracket.sign else "less" if bracket.sign < 0 else "more"
                told = {"objective": row["objective"], "unit": row["unit"], "told": word}
                rows.append(told | {"least": bracket.least, "most": bracket.most})
    return pd.DataFrame(rows, columns=[column.name for column in GAINS])


def _undo(plan: Plan, new: Plan, scenario: Scenario, past: Past, month: dt.date, asking: Asking) -> pd.DataFrame:
    """Return what undoing each project does that is decided and not open yet."""
    starts = new.tables["starts"]
    begin, single = pd.Timestamp(month), {row.project for row in scenario.rows(Project) if row.units == 1}
    open_ = starts[
        (pd.to_datetime(starts["start"]) < begin)
        & (pd.to_datetime(starts["opens"]) > begin)
        & (starts["status"] == "option")
    ]
    changes = {}
    for name in open_["project"]:
        if name in single:
            without = past.plan.tables["starts"]
            left = replace(past.plan, tables={**past.plan.tables, "starts": without[without["project"] != name]})
            follows = tuple(t for t in past.fix if t != "payments")
            changes[str(name)] = Changed(replace(past, plan=left, fix=follows).task(scenario, forbid=(str(name),)))
    tasks = {}
    for name, task in tasks_of(new, changes).items():
        tasks[name] = replace(task, start=changes[name.partition(": ")[0]].task.start)
    asking.solve(tasks)
    return effects(new, changes, asking.plans)


# -- in words ----------------------------------------------------------------------------------------
def _input_words(inputs: Sequence[Difference], actuals: pd.DataFrame) -> list[str]:
    told = [f"{d.name}: {d.words}" for d in inputs[:3]]
    more = [f"and {len(inputs) - 3} more"] if len(inputs) > 3 else []
    return [*told, *more, *([f"{counted(len(actuals), 'row')} of actuals"] if len(actuals) else [])]


def _change_words(frame: pd.DataFrame) -> str:
    if not len(frame):
        return "none: the earlier plan stays"
    first = frame.iloc[0]
    where = f" ({first['where']})" if first["where"] else ""
    head = f"{first['decision']}{where} was {first['was']}, is {first['now']}, since {first['reason']}"
    return f"{len(frame)}: {head}" + (f"; and {len(frame) - 1} more" if len(frame) > 1 else "")


def _value_words(was: Plan, now: Plan) -> str:
    """Return the objectives of the new plan, each beside that of the plan before where it is another one."""
    before = was.objective_values
    told = []
    for row in now.tables["objectives"].to_dict("records"):
        name, words = row["objective"], amount_words(float(row["value"]), row["unit"])
        earlier = amount_words(before[name], row["unit"]) if name in before else words
        told.append(f"{name} {words}" + (f" (before: {earlier})" if earlier != words else ""))
    return "; ".join(told)


def _gain_words(gains: pd.DataFrame, plans: PlanSet) -> str:
    if not len(gains):
        return f"the earlier plan cannot be kept ({plans.status.get(KEPT, 'not tried')})"
    return "; ".join(
        f"{row['objective']} "
        + (NOT_TOLD if row["told"] == NOT_TOLD else difference_words(Bracket(row["least"], row["most"]), row["unit"]))
        for row in gains.to_dict("records")
    )
