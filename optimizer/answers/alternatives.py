"""What else could be done as well: what every good plan does, what some do, what none does, and a few that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.differing import differing, table_of
from optimizer.answers.good import BEST, MAY, MUST, NEVER, NOT_TOLD, GoodPlans, built, limits_of, starts
from optimizer.answers.reach import Range
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.errors import Finding, InputError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Project
from optimizer.scenario.values import counted
from optimizer.study.archive import ANSWERED, IMPOSSIBLE
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task


def alternatives(
    case: Scenario | Plan,
    *,
    slack: float = 0.02,
    dates: bool = True,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Reply:
    """Tell what all good plans have in common, and give a few that differ most.

    Parameters
    ----------
    case
        What is given, or its best plan, which is not searched for then.
    slack
        Share by which each objective may be worse than in the best plan; targets are kept no later.
    dates
        Whether the earliest and the latest start of each project are proven, by halving: some solves for each.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`.

    Returns
    -------
    Reply
        Tables: `projects` (must, may, never; earliest and latest start, seen and proven), `patterns` (of each
        line the highest) and `members` (what they pledge), as seen and as proven, `alternatives` (at most five that
        differ most, each verified).

    Raises
    ------
    InputError
        When the slack is no share.
    ImpossibleError, NoPlanError, OptimizerError
        When there is no plan.
    """
    if not 0 <= slack <= 1:
        raise InputError([Finding("", "", f"a slack of {slack:g} is no share; say 0.02 for 2%")])
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    base = case if isinstance(case, Plan) else asking.base(Task(case), BEST)
    scenario = base.scenario.replace(scenarios=[])  # they are checked with every variation, and mean nothing here
    search = GoodPlans(scenario, asking, base, limits_of(base, slack))
    search.cheapest()
    search.projects()
    if dates:
        search.dates()
    search.reach()
    search.polish(differing(search.good))
    search.chosen = {name: search.chosen[name] for name in differing(search.chosen)}  # some only differed by chance
    return _reply(scenario, search, slack)


# -- the answer --------------------------------------------------------------------------------------------
PROJECT_COLUMNS = [
    Column("project", "project", ""),
    Column("kind", "kind", ""),
    Column("verdict", "in good plans", "must, may, never, or not told"),
    Column("seen", "built in", "good plans found that build it", "plans"),
    Column("earliest", "earliest start seen", "", "month"),
    Column("no_earlier", "proven not before", "no good plan starts it before", "month"),
    Column("latest", "latest start seen", "", "month"),
    Column("no_later", "proven not after", "no good plan starts it after", "month"),
]
LINE_COLUMNS = [
    Column("line", "line", ""),
    Column("least", "highest pattern, least", "over the good plans found: shifts at the most", "shifts"),
    Column("most", "highest pattern, most", "", "shifts"),
    Column("no_less", "proven not below", "in any good plan", "shifts"),
    Column("no_more", "proven not above", "in any good plan", "shifts"),
    Column("told", "told", "whether found and proven are the same"),
]
MEMBER_COLUMNS = [
    Column("member", "member", ""),
    Column("least", "pledged, least", "over the good plans found", "units"),
    Column("most", "pledged, most", "", "units"),
    Column("no_less", "proven not below", "in any good plan", "units"),
    Column("no_more", "proven not above", "in any good plan", "units"),
    Column("told", "told", "whether found and proven are the same, within 1%"),
]
MOST_DRAWN = 20
"""Lines of which a chart still tells something."""
PATTERNS = Picture(
    "Highest pattern of each line", "line", "shifts", "patterns", "line", {"least": "least", "most": "most"}
)
COST_SERIES = {"total": "cost within the horizon"}


def _project_table(search: GoodPlans) -> pd.DataFrame:
    rows = []
    for row in search.scenario.rows(Project):
        name, found = row.project, search.starts.get(row.project)
        known = [start for plan in search.good.values() for start in starts(plan, name)]
        told: dict[str, Any] = {"project": name, "kind": row.kind, "verdict": search.verdicts[name]}
        told |= {"seen": sum(name in built(plan) for plan in search.good.values())}
        told |= {"earliest": min(known, default=None), "latest": max(known, default=None)}
        told |= {"no_earlier": None, "no_later": None}
        if found is not None:
            early = [p for p in found.allowed if p > found.before]
            late = [p for p in found.allowed if p < found.after]
            told |= {"no_earlier": search._month(early[0]), "no_later": search._month(late[-1])}
        rows.append(told)
    order = [MUST, MAY, NOT_TOLD, NEVER]
    rows.sort(key=lambda told: order.index(str(told["verdict"])))
    return pd.DataFrame(rows, columns=[c.name for c in PROJECT_COLUMNS], dtype=object)


def _range_table(columns: Sequence[Column], ranges: Mapping[str, Range]) -> pd.DataFrame:
    rows = [
        {columns[0].name: name} | vars(found) | {"told": "yes" if found.told else NOT_TOLD}
        for name, found in ranges.items()
    ]
    return pd.DataFrame(rows, columns=[column.name for column in columns])


def _range_words(ranges: Mapping[str, Range], what: str) -> str:
    """Say of how many it is told how far they go, and of which it is not."""
    if not ranges:
        return f"no {what}"
    open_ = [name for name, found in ranges.items() if not found.told]
    fixed = sum(found.told and found.least == found.most for found in ranges.values())
    words = f"proven of {len(ranges) - len(open_)} of {counted(len(ranges), what)}, {fixed} the same in every good plan"
    return words + (f"; not told of {len(open_)}: {_listed(open_, 3)}" if open_ else "")


def _reply(scenario: Scenario, search: GoodPlans, slack: float) -> Reply:
    table, plans, chosen = _project_table(search), list(search.good.values()), table_of(search)
    kinds = {"cost": "money", "weighted": "money", "speed": "months", "shortfall": "unit-months"}
    columns = [
        Column("number", "plan", "0: the best plan itself"),
        Column("name", "found as", ""),
        Column("difference", "how it differs", "from the best plan"),
        *(Column(f"o {name}", name, "", kinds[name]) for name in search.limits),
        Column("total", "cost within the horizon", "", "money"),
        Column("projects", "projects", "", "projects"),
        Column("sites", "sites", "that make something", "sites"),
        Column("changes", "decisions", "", "decisions"),
        Column("largest_share", "largest share of the cost", "of one payer", "share"),
        Column("verified", "verified", ""),
    ]
    told = {
        verdict: list(table.loc[table["verdict"] == verdict, "project"]) for verdict in (MUST, MAY, NEVER, NOT_TOLD)
    }
    lines = [
        ("Good plans", f"each objective within {slack:.1%} of the best plan found, targets no later"),
        *((f"{verdict.capitalize()} be built", _listed(told[verdict])) for verdict in (MUST, MAY)),
        ("Never built", _listed(told[NEVER])),
        ("Not told", _listed(told[NOT_TOLD]) if told[NOT_TOLD] else "none: every verdict is a plan or a proof"),
        ("Highest patterns", _range_words(search.patterns, "line")),
        ("Pledges", _range_words(search.pledges, "member")),
        *((f"Plan {row['number']}", str(row["difference"])) for row in chosen.to_dict("records")[1:]),
        (
            "Solves",
            f"{counted(len(search.asking.plans), 'solve')}, {counted(len(plans), 'good plan')} found, all verified",
        ),
    ]
    complete = not told[NOT_TOLD] and all(found.told for found in (*search.patterns.values(), *search.pledges.values()))
    complete = complete and all(s in (ANSWERED, IMPOSSIBLE) for s in search.asking.plans.status.values())
    seen = f"Over the {counted(len(plans), 'good plan')} found, and proven of all; not told where the two differ"
    return Reply(
        question=f"{scenario.settings.title}: what else could be done as well",
        currency=scenario.settings.currency,
        lines=lines,
        sheets={
            "projects": Sheet(
                "Must, may, never",
                "Over all good plans: must and never are proven, may is shown by plans; starts as seen, and as proven",
                PROJECT_COLUMNS,
                table,
                ("project", "verdict", "earliest", "latest"),
            ),
            "alternatives": Sheet(
                "Plans that differ", "The good plans that differ most from each other", columns, chosen
            ),
            "patterns": Sheet("Lines", seen, LINE_COLUMNS, _range_table(LINE_COLUMNS, search.patterns)),
            "members": Sheet("Members", seen, MEMBER_COLUMNS, _range_table(MEMBER_COLUMNS, search.pledges)),
        },
        shown=("projects", "alternatives"),
        pictures=[
            Picture("Cost of the plans", "plan", scenario.settings.currency, "alternatives", "number", COST_SERIES),
            *(pattern for pattern in [PATTERNS] if len(search.patterns) <= MOST_DRAWN),
        ],
        plans=search.asking.plans,
        complete=complete,
    )


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return "; ".join(names[:most]) + more if names else "none"
