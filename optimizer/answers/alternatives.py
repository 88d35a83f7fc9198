"""What else could be done as well: what every good plan does, what some do, what none does, and a few that differ.

Good is a plan whose objectives are each within a slack of the best plan found, and whose targets are kept no later.
A project is forced, or forbidden, in a search for such a plan: there is one, or it is proven that there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import TOLERANCE
from optimizer.answers.decided import decided
from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.errors import Finding, InputError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Line, Member, Project
from optimizer.scenario.values import counted
from optimizer.study.archive import ANSWERED, IMPOSSIBLE
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

MUST, MAY, NEVER, NOT_TOLD = "must", "may", "never", "not told"
LEVER_OF = {"new line": "new lines", "expansion": "expansions", "reactivation": "reactivations"}
ANY = 0.5
"""Gap at which a search for any good plan stops: what is asked of it stands in its limits."""
MOST_PLANS = 5


def alternatives(
    scenario: Scenario,
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
    scenario
        What is given.
    slack
        Share by which each objective may be worse than in the best plan found; targets are kept no later.
    dates
        Whether the earliest and the latest start of each project are proven, by halving: some solves for each.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`.

    Returns
    -------
    Reply
        Tables: `projects` (must, may, never; earliest and latest start, seen and proven), `lines` and `members` (as
        seen in the plans found), `alternatives` (at most five that differ most, each verified).

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
    base = asking.base(Task(scenario), BEST)
    search = _Search(scenario, asking, base, _limits(base, slack))
    search.cheapest()
    search.projects()
    if dates:
        search.dates()
    search.polish(differing(search.good))
    return _reply(scenario, search, slack)


BEST = "best plan"


def _limits(base: Plan, slack: float) -> dict[str, float]:
    """Return the most that each objective may be; targets may not be kept later."""
    limits = {}
    for row in base.tables["objectives"].to_dict("records"):
        value, name = float(row["value"]), str(row["objective"])
        given = 0.0 if name == "speed" else slack * abs(value)
        limits[name] = value + given + TOLERANCE * max(1.0, abs(value))
    return limits


@dataclass
class _Dates:
    """Starts of a project by number of period: those seen, and those proven to be out of reach."""

    allowed: list[int]
    least_seen: int
    most_seen: int
    before: int  # no good plan starts it in a period of this number or an earlier one
    after: int  # nor in one of this number or a later one
    given_up: set[bool] = field(default_factory=set)  # whether early, or late: a search that told nothing

    def see(self, period: int) -> None:
        """Take a start that a plan has."""
        self.least_seen, self.most_seen = min(self.least_seen, period), max(self.most_seen, period)


@dataclass
class _Search:
    """The good plans that are found, and what is proven that none can do."""

    scenario: Scenario
    asking: Asking
    base: Plan
    limits: Mapping[str, float]
    good: dict[str, Plan] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    starts: dict[str, _Dates] = field(default_factory=dict)
    chosen: dict[str, Plan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.good[BEST] = self.base

    @property
    def options(self) -> list[Project]:
        """Return the projects that may be built or not."""
        on = self.scenario.settings.levers
        return [row for row in self.scenario.rows(Project) if row.status == "option" and LEVER_OF[row.kind] in on]

    def cheapest(self) -> None:
        """Find the cheapest good plan: it often builds less."""
        self._try({"cheapest": Task(self.scenario, objectives=("cost",), hold=self.limits, start=self.base)})

    def projects(self) -> None:
        """Tell of each project whether every good plan builds it, or some, or none."""
        fixed = {"committed": MUST, "forced": MUST, "forbidden": NEVER}
        options = self.options
        for row in self.scenario.rows(Project):
            self.verdicts[row.project] = fixed.get(row.status, NEVER if row not in options else NOT_TOLD)
        built = {name: _built(plan) for name, plan in self.good.items()}
        tasks, asked = {}, {}
        for row in options:
            count = sum(row.project in projects for projects in built.values())
            if 0 < count < len(built):
                self.verdicts[row.project] = MAY
                continue
            name = f"without {row.project}" if count else f"with {row.project}"
            change: dict[str, Any] = {"forbid" if count else "force": (row.project,)}
            if count or row.units == 1:  # all units are forced at once, of which nothing follows for some
                tasks[name] = self._any(self.scenario, **change)
                asked[name] = row.project, MUST if count else NEVER
        for name, status in self._try(tasks).items():
            project, proven = asked[name]
            self.verdicts[project] = MAY if status == ANSWERED else proven if status == IMPOSSIBLE else NOT_TOLD

    def dates(self) -> None:
        """Find the earliest and the latest start of each project in any good plan, halving what is not known."""
        for row in self.options:
            seen = [self._period(start) for plan in self.good.values() for start in _starts(plan, row.project)]
            allowed = self._allowed(row)
            if row.units == 1 and seen:
                before, after = allowed[0] - 1, allowed[-1] + 1
                self.starts[row.project] = _Dates(allowed, min(seen), max(seen), before, after)
        while not self.asking.over:
            tasks, asked = {}, {}
            for name, found in self.starts.items():
                for early in (True, False):
                    period = _middle(found, early)
                    if period is not None:
                        words = f"{name} {'by' if early else 'from'} {self._month(period):%Y-%m}"
                        tasks[words], asked[words] = self._dated(name, period, early), (name, period, early)
            if not tasks:
                return
            for words, status in self._try(tasks).items():
                name, period, early = asked[words]
                found = self.starts[name]
                if status == ANSWERED:
                    for start in _starts(self.good[words], name):
                        found.see(self._period(start))
                elif status != IMPOSSIBLE:
                    found.given_up.add(early)
                elif early:
                    found.before = period
                else:
                    found.after = period
            for plan in self.good.values():
                for name, found in self.starts.items():
                    for start in _starts(plan, name):
                        found.see(self._period(start))

    def polish(self, chosen: Sequence[str]) -> None:
        """Search plans anew with their projects and patterns, for every objective: only these were asked for."""
        tasks = {
            f"{name}, for every objective": Task(
                self.scenario, hold=self.limits, start=self.good[name], fix=("starts", "shifts")
            )
            for name in chosen
            if name != BEST
        }
        found = self.asking.solve(tasks).plans
        self.chosen = {name: found.get(f"{name}, for every objective", self.good[name]) for name in chosen}

    # -- inside -----------------------------------------------------------------------------------------
    def _any(self, scenario: Scenario, **changes: Any) -> Task:
        """Return the search for any good plan of a scenario."""
        objectives = ("cost",) if "weighted" not in self.limits else ("weighted",)
        return Task(scenario, objectives=objectives, hold=self.limits, start=self.base, gap=ANY, **changes)

    def _dated(self, project: str, period: int, early: bool) -> Task:
        month = self._month(period)
        bound = {"latest": month} if early else {"earliest": month}
        rows = [
            row.model_dump() | ({"status": "forced"} | bound if row.project == project else {})
            for row in self.scenario.rows(Project)
        ]
        return self._any(self.scenario.replace(projects=rows))

    def _try(self, tasks: Mapping[str, Task]) -> dict[str, str]:
        """Solve tasks and keep the plans; return what came of each; what breaks a rule of the input is not tried."""
        told, possible = {}, {}
        for name, task in tasks.items():
            try:
                _ = task.given
                possible[name] = task
            except InputError:
                told[name] = "not done"
        found = self.asking.solve(possible)
        self.good |= found.plans
        return told | {name: found.status.get(name, "not done") for name in possible}

    def _allowed(self, row: Project) -> list[int]:
        """Return the numbers of the periods in which a project may be decided, to open within the horizon."""
        calendar = self.scenario.calendar
        months = [self._month(period) for period in calendar.periods]
        return [
            period
            for period, month in enumerate(months)
            if (calendar.begins[period] + row.lead_months < calendar.end or month <= (row.late_until or dt.date.min))
            and (row.earliest is None or month >= row.earliest)
            and (row.latest is None or month <= row.latest)
        ] or [0]

    def _period(self, month: dt.date) -> int:
        return max(period for period in self.scenario.calendar.periods if self._month(period) <= month)

    def _month(self, period: int) -> dt.date:
        return self.scenario.calendar.date(self.scenario.calendar.begins[period])


def _middle(found: _Dates, early: bool) -> int | None:
    """Return the period by which, or from which, a start is asked for next; None where all is known."""
    if early in found.given_up:
        return None
    if early:
        open_ = [p for p in found.allowed if found.before < p < found.least_seen]
        return open_[(len(open_) - 1) // 2] if open_ else None
    open_ = [p for p in found.allowed if found.most_seen < p < found.after]
    return open_[len(open_) // 2] if open_ else None


def _built(plan: Plan) -> set[str]:
    return {str(name) for name in plan.tables["starts"]["project"]}


def _starts(plan: Plan, project: str) -> list[dt.date]:
    table = plan.tables["starts"]
    return [dt.date(m.year, m.month, m.day) for m in table.loc[table["project"] == project, "start"]]


# -- plans that differ -------------------------------------------------------------------------------------
def differing(plans: Mapping[str, Plan], count: int = MOST_PLANS) -> list[str]:
    """Return the best plan and those that differ most from each other: each next one is farthest from those before."""
    told = {name: decided(plan) for name, plan in plans.items()}

    def distance(a: str, b: str) -> int:
        subjects = {*told[a], *told[b]}
        weights = ((10 if s.kind == "project" else 1, told[a].get(s), told[b].get(s)) for s in subjects)
        return sum(w for w, one, other in weights if one is None or not one.same(other))

    chosen = [BEST]
    while len(chosen) < count + 1:
        far = {name: min(distance(name, other) for other in chosen) for name in plans if name not in chosen}
        best = max(far, key=lambda name: far[name], default=None)
        if best is None or far[best] == 0:
            break
        chosen.append(best)
    return chosen


def _properties(plan: Plan) -> dict[str, float]:
    """Return what plans are told apart by."""
    network = Network(plan.scenario)
    output = plan.tables["output"]
    lines = {str(line).partition(" #")[0] for line in output.loc[output["made"] > TOLERANCE, "line"]}
    sites = {row.site for row in plan.scenario.rows(Line) if row.line in lines}
    costs = plan.tables["costs"].groupby("member")["amount"].sum()
    share = float(costs.max() / costs.sum()) if len(costs) and costs.sum() > 0 else 0.0
    return {
        "projects": float(len(_built(plan) & set(network.projects))),
        "sites": float(len(sites)),
        "changes": float(len(plan.measures.decisions)),
        "largest_share": share,
    }


NAMES = {
    "projects": "fewest projects",
    "sites": "fewest sites",
    "changes": "fewest changes",
    "largest_share": "most even over members",
}


def _alternatives(search: _Search) -> pd.DataFrame:
    facts = {name: _properties(plan) for name, plan in search.chosen.items()}
    rows = []
    for number, (name, plan) in enumerate(search.chosen.items()):
        mine = facts[name]
        others = [facts[other] for other in facts if other != name]
        best = [words for key, words in NAMES.items() if others and all(mine[key] < other[key] for other in others)]
        values = plan.tables["objectives"].set_index("objective")["value"].to_dict()
        row = {"number": number, "name": name, "difference": "; ".join([*best, _against(plan, search.base)])}
        row |= {f"o {name}": values.get(name) for name in search.limits} | mine
        rows.append(row | {"verified": "yes" if plan.verified else "NO", "total": _total(plan)})
    return pd.DataFrame(rows)


def _total(plan: Plan) -> float:
    return float(plan.tables["costs"]["amount"].sum())


def _against(plan: Plan, base: Plan) -> str:
    """Say in a few words how a plan differs from the best one."""
    if plan is base:
        return "the best plan itself"
    mine, theirs = _built(plan), _built(base)
    told = [f"without {name}" for name in sorted(theirs - mine)] + [f"with {name}" for name in sorted(mine - theirs)]
    for name in sorted(mine & theirs):
        here, there = min(_starts(plan, name)), min(_starts(base, name))
        months = (here.year - there.year) * 12 + here.month - there.month
        if months:
            told.append(f"{name} {abs(months)} months {'later' if months > 0 else 'sooner'}")
    one, other = decided(plan), decided(base)
    rest = [s for s in {*one, *other} if s.kind != "project" and (s not in one or not one[s].same(other.get(s)))]
    if rest:
        told.append(f"{counted(len(rest), 'other decision differs', 'other decisions differ')}")
    return "; ".join(told) or "the same decisions"


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
]
MEMBER_COLUMNS = [
    Column("member", "member", ""),
    Column("least", "pledged, least", "over the good plans found", "units"),
    Column("most", "pledged, most", "", "units"),
]


COST_SERIES = {"total": "cost within the horizon"}


def _project_table(search: _Search) -> pd.DataFrame:
    rows = []
    for row in search.scenario.rows(Project):
        name, found = row.project, search.starts.get(row.project)
        starts = [start for plan in search.good.values() for start in _starts(plan, name)]
        told: dict[str, Any] = {"project": name, "kind": row.kind, "verdict": search.verdicts[name]}
        told |= {"seen": sum(name in _built(plan) for plan in search.good.values())}
        told |= {"earliest": min(starts, default=None), "latest": max(starts, default=None)}
        told |= {"no_earlier": None, "no_later": None}
        if found is not None:
            early = [p for p in found.allowed if p > found.before]
            late = [p for p in found.allowed if p < found.after]
            told |= {"no_earlier": search._month(early[0]), "no_later": search._month(late[-1])}
        rows.append(told)
    order = [MUST, MAY, NOT_TOLD, NEVER]
    rows.sort(key=lambda told: order.index(str(told["verdict"])))
    return pd.DataFrame(rows, columns=[c.name for c in PROJECT_COLUMNS], dtype=object)


def _line_table(plans: Sequence[Plan]) -> pd.DataFrame:
    highest = [plan.tables["shifts"].groupby("line")["shifts"].max() for plan in plans]
    frame = pd.concat(highest, axis=1).fillna(0) if highest else pd.DataFrame()
    rows = [{"line": line, "least": float(row.min()), "most": float(row.max())} for line, row in frame.iterrows()]
    return pd.DataFrame(rows, columns=[c.name for c in LINE_COLUMNS])


def _member_table(scenario: Scenario, plans: Sequence[Plan]) -> pd.DataFrame:
    pledged = [plan.tables["pledges"].groupby("member")["pledged"].sum() for plan in plans]
    rows = []
    for member in scenario.rows(Member):
        amounts = [float(table.get(member.member, 0.0)) for table in pledged]
        if any(amounts):
            rows.append({"member": member.member, "least": min(amounts), "most": max(amounts)})
    return pd.DataFrame(rows, columns=[c.name for c in MEMBER_COLUMNS])


def _reply(scenario: Scenario, search: _Search, slack: float) -> Reply:
    table, plans, chosen = _project_table(search), list(search.good.values()), _alternatives(search)
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
        *((f"Plan {row['number']}", str(row["difference"])) for row in chosen.to_dict("records")[1:]),
        (
            "Solves",
            f"{counted(len(search.asking.plans), 'solve')}, {counted(len(plans), 'good plan')} found, all verified",
        ),
    ]
    seen = f"Over the {counted(len(plans), 'good plan')} found; others may lie outside"
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
            "lines": Sheet("Lines", seen, LINE_COLUMNS, _line_table(plans)),
            "members": Sheet("Members", seen, MEMBER_COLUMNS, _member_table(scenario, plans)),
        },
        shown=("projects", "alternatives"),
        pictures=[
            Picture("Cost of the plans", "plan", scenario.settings.currency, "alternatives", "number", COST_SERIES),
            Picture(
                "Highest pattern of each line", "line", "shifts", "lines", "line", {"least": "least", "most": "most"}
            ),
        ],
        plans=search.asking.plans,
        complete=not told[NOT_TOLD] and all(s in (ANSWERED, IMPOSSIBLE) for s in search.asking.plans.status.values()),
    )


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return "; ".join(names[:most]) + more if names else "none"
