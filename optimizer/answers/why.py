"""Why an order is late, a need lost, a project not built: what held it back in which months, and what would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.effects import EFFECTS, Changed, answered, effects, tasks_of, words_of
from optimizer.answers.reply import Reply, Sheet
from optimizer.answers.words import amount_words, month_words
from optimizer.errors import Finding, InputError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Project
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

LATE, LOST = "late", "lost"
SMALL = 1e-6
"""Units that are none, beside all that was asked."""
NOISE = 1e-5
"""Part of what is made that is not told."""
LEFT = "what was made went to others, or waits"
"""Reason where nothing limits the item."""

WHO = Column("who", "who", "customer or recipient")
RANKED = [
    WHO,
    Column("item", "item", ""),
    Column("kind", "kind", ""),
    Column("amount", "in all", "unit-months late, or units lost"),
    Column("reason", "most of it for", ""),
    Column("share", "share", "of what is late or lost", "share"),
]
REASONS = [
    WHO,
    Column("item", "item", ""),
    Column("kind", "kind", "late (unit-months: units times the months they are late) or lost (units)"),
    Column("reason", "what held it back", "in the months in which they were late or lost"),
    Column("from_month", "from", "", "month"),
    Column("to_month", "to", "", "month"),
    Column("months", "months", "in which it did", "months"),
    Column("amount", "unit-months late, or units lost", "all rows of a customer and item add up to its lateness"),
    Column("share", "share", "of all that is late or lost of this customer and item", "share"),
    Column("made", "made a month", "of the item, by all lines in these months"),
    Column("possible", "possible a month", "that its lines could make"),
    Column("here", "delivered here a month", ""),
    Column("elsewhere", "delivered to others a month", ""),
]


NAMES = [column.name for column in EFFECTS]


def why(
    case: Plan | Scenario,
    *,
    order: str | None = None,
    need: str | None = None,
    project: str | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Say why an order is late, a need is lost, a project is or is not built.

    Parameters
    ----------
    case
        A plan, or a scenario that is solved first.
    order, need
        A customer or recipient, alone or with an item: ``"Northland"`` or ``"Northland | Filled round"``. None of
        them and no project: all that is late or lost.
    project
        It is forced in where the plan does not build it, and forbidden where it does.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`; only a project takes solves, one for each objective.

    Returns
    -------
    Reply
        Tables: `reasons`, largest first, whose amounts add up to all that is late or lost; `effects` of the project
        on each objective, between least and most.

    Raises
    ------
    InputError
        When there is no such order, need or project.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan for the base.
    """
    given = case.scenario if isinstance(case, Plan) else case
    _refuse(given, order, need, project)
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    base = case if isinstance(case, Plan) else asking.base(Task(case))
    lines: list[tuple[str, str]] = []
    sheets: dict[str, Sheet] = {}
    complete = True
    if project is None or order or need:
        table = reasons(base)
        asked = np.array([_asked(row, order, need) for row in table.to_dict("records")], dtype=bool)
        table = table[asked].reset_index(drop=True)  # of no rows, too
        lines += list(_sentences(table)) or [("Answer", "nothing of it is late or lost in this plan")]
        about = "In which months what held it back, largest first; the amounts add up to all that is late or lost"
        sheets["ranked"] = Sheet("Ranked", "Who waits or goes without, and for what most", RANKED, _ranked(table))
        sheets["reasons"] = Sheet("Reasons", about, REASONS, table)
    if project is not None:
        told, frame, complete = _of_project(base, project, asking)
        lines += told
        about = "What the change does to each objective, where nothing that comes before it is worse than in the plan"
        sheets["effects"] = Sheet("Effects", about, EFFECTS, frame)
    return Reply(
        question=f"{given.settings.title}: why?",
        currency=given.settings.currency,
        lines=lines,
        sheets=sheets,
        shown=tuple(sheets),
        plans=asking.plans,
        complete=complete,
    )


# -- late and lost -----------------------------------------------------------------------------------
def reasons(plan: Plan) -> pd.DataFrame:
    """Return what held back every order that is late and every need that is lost, largest first.

    Each unit that is late at the end of a period is counted with the months of the period, under what limited the
    item in it; each unit lost, once.
    """
    rows = [row for table in _tables(plan) for row in _grouped(plan, table)]
    frame = pd.DataFrame(rows, columns=[column.name for column in REASONS])
    whole = frame.groupby(["kind", "who", "item"], sort=False)["amount"].transform("sum") if len(frame) else 0.0
    frame["share"] = frame["amount"] / whole if len(frame) else frame["amount"]
    return frame.sort_values(["kind", "amount"], ascending=[True, False], kind="stable").reset_index(drop=True)


def _tables(plan: Plan) -> Iterator[pd.DataFrame]:
    """Yield orders and needs in the same columns: who, item, month, months, amount, here."""
    orders, needs = plan.measures.orders, plan.measures.needs
    common = ["item", "month", "months"]
    late = orders["late"].to_numpy(dtype=float) * orders["months"].to_numpy(dtype=float)
    yield orders[common].assign(who=orders["customer"], kind=LATE, amount=late, here=orders["delivered"])
    covered = needs["supplied"] + needs["given"]
    yield needs[common].assign(who=needs["recipient"], kind=LOST, amount=needs["lost"], here=covered)


def _grouped(plan: Plan, table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    made = plan.measures.bottlenecks.groupby(["item", "month"])[["made", "available"]].first()
    everyone = _delivered(plan)
    for (kind, who, item), rows in table.groupby(["kind", "who", "item"], sort=False):
        words = dict(zip(_months(plan), plan.measures.limiting(str(item)), strict=True))
        rows = rows.assign(reason=[_plain(words[month]) for month in rows["month"]])
        rows = rows[rows["amount"] > SMALL * max(1.0, float(rows["here"].sum()))]
        for reason, part in rows.groupby("reason", sort=False):
            months = float(part["months"].sum())
            lines = made.reindex(pd.MultiIndex.from_product([[item], part["month"]]))
            weights = part["months"].to_numpy(dtype=float) / months
            here = float(part["here"].sum()) / months
            total = sum(everyone.get((item, month), 0.0) for month in part["month"]) / months
            yield {
                "who": who,
                "item": item,
                "kind": kind,
                "reason": reason,
                "from_month": part["month"].min(),
                "to_month": _last(plan, part["month"].max()),
                "months": months,
                "amount": float(part["amount"].sum()),
                "share": 0.0,
                "made": float((lines["made"].to_numpy() * weights).sum()),
                "possible": float((lines["available"].to_numpy() * weights).sum()),
                "here": here,
                "elsewhere": max(0.0, total - here),
            }


def _months(plan: Plan) -> list[pd.Timestamp]:
    return [pd.Timestamp(date) for date in plan.scenario.calendar.period_dates()]


def _last(plan: Plan, month: pd.Timestamp) -> pd.Timestamp:
    """Return the last month of the period that begins in a month."""
    calendar = plan.scenario.calendar
    t = calendar.period_dates().index(month.date())
    return pd.Timestamp(calendar.date(calendar.ends(t) - 1))


def _delivered(plan: Plan) -> dict[tuple[Any, Any], float]:
    """Return what customers and recipients get of each item in each period, all together."""
    found: dict[tuple[Any, Any], float] = {}
    for table in _tables(plan):
        for item, month, units in zip(table["item"], table["month"], table["here"], strict=True):
            found[item, month] = found.get((item, month), 0.0) + float(units)
    return found


def _plain(words: str) -> str:
    return LEFT if words.startswith("nothing") else words


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["kind", "who", "item"]
    sums = table.groupby(keys)["amount"].sum()
    first = table.drop_duplicates(keys)
    whole = first.assign(amount=[sums[key] for key in zip(*(first[key] for key in keys), strict=True)])
    whole = whole.sort_values("amount", ascending=False, kind="stable")
    return whole[[column.name for column in RANKED]].reset_index(drop=True)


def _sentences(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each customer and item, those with the most first."""
    groups = [(key, rows) for key, rows in table.groupby(["kind", "who", "item"], sort=False)]
    for (kind, who, item), rows in sorted(groups, key=lambda group: -float(group[1]["amount"].sum()))[:8]:
        whole = float(rows["amount"].sum())
        unit = "unit-months late" if kind == LATE else "units lost"
        told = []
        for row in rows.head(3).to_dict("records"):
            span = f"{month_words(row['from_month'])} to {month_words(row['to_month'])}"
            pace = f"{amount_words(row['made'], '')} made a month of {amount_words(row['possible'], '')} possible"
            pace = pace if row["possible"] == row["possible"] else "it is bought"
            others = (
                f", {amount_words(row['elsewhere'], '')} a month to others"
                if row["elsewhere"] > NOISE * row["made"]
                else ""
            )
            told.append(
                f"{row['share']:.0%} for {row['reason']}, {row['months']:.0f} months of {span} ({pace}{others})"
            )
        more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
        yield f"{who}, {item}", f"{amount_words(whole, unit)}: {'; '.join(told)}{more}"


# -- projects ----------------------------------------------------------------------------------------
def _of_project(base: Plan, name: str, asking: Asking) -> tuple[list[tuple[str, str]], pd.DataFrame, bool]:
    row = next(row for row in base.scenario.rows(Project) if row.project == name)
    starts = base.tables["starts"]
    mine = starts[starts["project"] == name]
    units = f"{len(mine)} of {row.units} units" if row.units > 1 else "it"
    if len(mine):
        when = f"decided {month_words(mine['start'].min())}, open {month_words(mine['opens'].min())}"
        head = f"{units} is built: {when}"
    else:
        head = "it is not built"
    fixed = {"committed": "it is committed in the workbook", "forced": "the workbook forces it"}
    if row.status in fixed:
        return [(name, f"{head}: {fixed[row.status]}")], pd.DataFrame(columns=NAMES), True
    if len(mine):
        what, task = f"without {name}", Task(base.scenario, forbid=(name,))
    else:
        what, task = f"with {name}", Task(base.scenario, force=(name,))
    changes = {what: Changed(task, -1 if row.status == "option" else 0)}
    try:
        _ = task.given
    except InputError as error:  # a rule of the workbook says already why not
        told = [("Reason", f"{what}: {finding.message}") for finding in error.findings if finding.severity == "error"]
        return [(name, f"{head}{_because(row, base.scenario)}"), *told], pd.DataFrame(columns=NAMES), True
    tasks = tasks_of(base, changes)
    plans = asking.solve(tasks)
    table = effects(base, changes, plans)
    lines = [(name, f"{head}{_because(row, base.scenario)}"), (what, words_of(table, what))]
    forced = plans.get(what)
    if isinstance(forced, Plan) and not len(mine):
        there = forced.tables["starts"]
        there = there[there["project"] == name]
        built = forced.measures.projects
        capex = amount_words(built.loc[built["project"] == name, "capex"].iloc[0], base.scenario.settings.currency)
        words = f"decided {month_words(there['start'].min())}, open {month_words(there['opens'].min())}"
        lines.append(("It would be", f"{words}, for {capex} a unit"))
    elif forced is not None and not isinstance(forced, Plan):
        lines += [("Reason", line.strip()) for line in forced.reason.splitlines() if line.strip()][:6]
    return lines, table, answered(list(tasks), plans)


def _because(row: Project, scenario: Scenario) -> str:
    """Say which entry of the workbook keeps a project out, if one does."""
    from optimizer.model.index.projects import LEVER_OF_KIND

    if row.status == "forbidden":
        return ": the workbook forbids it"
    lever = LEVER_OF_KIND[row.kind]
    return "" if lever in scenario.settings.levers else f": the lever {lever} is off"


# -- what is asked -----------------------------------------------------------------------------------
def _refuse(scenario: Scenario, order: str | None, need: str | None, project: str | None) -> None:
    findings = []
    tables = (("order", order, scenario.orders, "customer"), ("need", need, scenario.needs, "recipient"))
    for option, asked, table, who in tables:
        known = [*dict.fromkeys(f"{row[who]} | {row['item']}" for row in table.to_dict("records"))]
        if option == "order":
            known += [f"{row['member']} | {row['item']}" for row in scenario.pledges.to_dict("records")]
        if asked is not None and not any(_matches(asked, *name.split(" | ", 1)) for name in known):
            listed = "; ".join(dict.fromkeys(known)) or "none"
            sheet = "Orders" if option == "order" else "Needs"
            findings.append(Finding(sheet, "", f"`{asked}` is no {option} of the workbook; these are: {listed}"))
    names = [row.project for row in scenario.rows(Project)]
    if project is not None and project not in names:
        findings.append(Finding("Projects", "", f"`{project}` is no project; these are: {'; '.join(names) or 'none'}"))
    if findings:
        raise InputError(findings)


def _matches(asked: str, who: str, item: str) -> bool:
    name, _, rest = (part.strip() for part in asked.partition("|"))
    return name == who and rest in ("", item)


def _asked(row: Mapping[Any, Any], order: str | None, need: str | None) -> bool:
    if order is None and need is None:
        return True
    wanted = order if row["kind"] == LATE else need
    return wanted is not None and _matches(wanted, row["who"], row["item"])
