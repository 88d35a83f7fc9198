"""Who pays, gets, works and is paid for, against the key; and what the group would gain without each national rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.effects import EFFECTS, Changed, answered, effects, tasks_of, words_of
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.words import amount_words
from optimizer.errors import InputError
from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Fund, Project, Target
from optimizer.scenario.values import counted
from optimizer.study.planset import CASE, PlanSet
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

SHARES = MEASURES["shares"]
PRICES = [
    Column("rule", "rule", ""),
    Column("where", "where", "sheet and cell"),
    *[column for column in EFFECTS if column.name != "what"],
]


@dataclass(frozen=True)
class Rule:
    """A national rule: what it says, where it stands, and the scenario without it."""

    words: str
    where: str
    without: Scenario


def member_balance(plans: PlanSet | Mapping[str, Plan]) -> pd.DataFrame:
    """Return what every member pays and bears against its key, gets, makes and has at home, for each plan.

    Parameters
    ----------
    plans
        A `PlanSet`, or name -> plan.

    Returns
    -------
    DataFrame
        The columns of `plan.shares`, money in whole currency units, with the column `case` in front.
    """
    found = plans.plans if isinstance(plans, PlanSet) else plans
    frames = [plan.measures.shares.assign(**{CASE: name}) for name, plan in found.items()]
    columns = [CASE, *SHARES.names]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def share(
    case: Plan | Scenario,
    *,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Say who pays, gets and works, against its key, and what the group would gain without each national rule.

    National rules are budgets that may not pay in other members, home shares, and projects that are forbidden. Each is
    left out alone.

    Parameters
    ----------
    case
        A plan, or a scenario that is solved first.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`; each rule takes a solve for each objective.

    Returns
    -------
    Reply
        Tables: `balance` (one row for each member), `prices` (what leaving out a rule does to each objective, between
        least and most).

    Raises
    ------
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan for the base.
    """
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    base = case if isinstance(case, Plan) else asking.base(Task(case))
    rules = list(rules_of(base.scenario))
    changes = {rule.words: Changed(Task(rule.without), 1) for rule in rules}
    tasks = tasks_of(base, changes)
    asking.solve(tasks)
    table = effects(base, changes, asking.plans)
    where = {rule.words: rule.where for rule in rules}
    prices = table.rename(columns={"what": "rule"}).assign(where=[where[name] for name in table["what"]])
    prices = prices[[column.name for column in PRICES]]
    balance = base.measures.shares.copy()
    currency = base.scenario.settings.currency
    lines = [(str(row["member"]), _member_words(dict(row), currency)) for row in balance.to_dict("records")][:12]
    if not balance["bears"].any() and balance["cost"].any():
        lines.insert(0, ("Nobody pays", "the workbook states no funds, so costs are counted, and borne by nobody"))
    lines.append(("National rules", counted(len(rules), "rule") if rules else "none"))
    lines += [(f"Without: {rule.words}", words_of(table, rule.words)) for rule in rules[:6]]
    sheets = {
        "balance": Sheet("Balance", "What each member pays, gets, makes and has at home", SHARES.columns, balance),
        "prices": Sheet(
            "Prices of rules",
            "What leaving out a rule alone does for the group, where no earlier objective is worse; below 0 it gains",
            PRICES,
            prices,
        ),
    }
    series = {"bears": "bears", "cost": "spending at home"}
    return Reply(
        question=f"{base.scenario.settings.title}: who pays and who gets",
        currency=currency,
        lines=lines,
        sheets=sheets,
        shown=("prices",) if len(prices) else (),
        pictures=[Picture("Borne and spent at home", "member", currency, "balance", "member", series)],
        plans=asking.plans,
        complete=answered(list(tasks), asking.plans),
    )


def rules_of(scenario: Scenario) -> Iterator[Rule]:
    """Yield the national rules of a scenario: closed budgets, home shares, forbidden projects."""
    funds = scenario.rows(Fund)
    for name in dict.fromkeys(row.fund for row in funds if row.member and not row.abroad):
        index = next(k for k, row in enumerate(funds) if row.fund == name)
        rows = [row.model_dump() | ({"abroad": True} if row.fund == name else {}) for row in funds]
        yield from _rule(f"{name} pays at home only", scenario, "funds", index, "abroad", rows)
    targets = scenario.rows(Target)
    for index, target in enumerate(targets):
        if target.kind == "home share" and target.strength == "hard":
            rows = [row.model_dump() for k, row in enumerate(targets) if k != index]
            yield from _rule(f"home share {target.target}", scenario, "targets", index, "value", rows)
    projects = scenario.rows(Project)
    for index, project in enumerate(projects):
        if project.status == "forbidden":
            rows = [row.model_dump() | ({"status": "option"} if k == index else {}) for k, row in enumerate(projects)]
            yield from _rule(f"{project.project} is forbidden", scenario, "projects", index, "status", rows)


def _rule(
    words: str, scenario: Scenario, table: str, index: int, attribute: str, rows: list[dict[str, Any]]
) -> Iterator[Rule]:
    """Yield a rule with its place and the scenario without it, unless the workbook cannot be without."""
    sheet, cell = scenario.locate(table, index, attribute)
    try:
        without = scenario.replace(**{table: rows})  # type: ignore[arg-type]  # no table is called settings
    except InputError:
        return
    yield Rule(words, f"{sheet}!{cell}", without)


def _member_words(row: Mapping[Any, Any], currency: str) -> str:
    above = row["above_key"]
    key = "" if above != above else f" ({abs(above):.1%} {'above' if above > 0 else 'below'} its key)"
    return (
        f"bears {amount_words(row['bears'], currency)}{key}, gets {amount_words(row['delivered'], '')} delivered, "
        f"{amount_words(row['cost'], currency)} spent at home, jobs {row['jobs_now']:,.0f} to {row['jobs_end']:,.0f}"
    )
