"""The good plans of a scenario: each objective within a slack of the best plan, and targets kept no later.

A project is forced, or forbidden, in a search for such a plan: there is one, or it is proven that there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimizer.answers.asking import LONGEST_SHARE, Asking
from optimizer.answers.bracket import TOLERANCE
from optimizer.answers.reach import Range, Reach, patterns, pledges
from optimizer.errors import InputError
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Project
from optimizer.solve.progress import Clock, Watcher
from optimizer.study.archive import ANSWERED, IMPOSSIBLE
from optimizer.study.task import Task

MUST, MAY, NEVER, NOT_TOLD = "must", "may", "never", "not told"
LEVER_OF = {"new line": "new lines", "expansion": "expansions", "reactivation": "reactivations"}
ANY = 0.5
"""Gap at which a search for any good plan stops: what is asked of it stands in its limits."""
BEST = "best plan"
REACH_SECONDS = 120.0
"""Longest search for how far patterns and pledges go."""


def limits_of(base: Plan, slack: float) -> dict[str, float]:
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
class GoodPlans:
    """The good plans that are found, and what is proven that none can do."""

    scenario: Scenario
    asking: Asking
    base: Plan
    limits: Mapping[str, float]
    good: dict[str, Plan] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    starts: dict[str, _Dates] = field(default_factory=dict)
    patterns: dict[str, Range] = field(default_factory=dict)
    pledges: dict[str, Range] = field(default_factory=dict)
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
        by_plan = {name: built(plan) for name, plan in self.good.items()}
        tasks, asked = {}, {}
        for row in options:
            count = sum(row.project in projects for projects in by_plan.values())
            if 0 < count < len(by_plan):
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
            seen = [self._period(start) for plan in self.good.values() for start in starts(plan, row.project)]
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
                    for start in starts(self.good[words], name):
                        found.see(self._period(start))
                elif status != IMPOSSIBLE:
                    found.given_up.add(early)
                elif early:
                    found.before = period
                else:
                    found.after = period
            for plan in self.good.values():
                for name, found in self.starts.items():
                    for start in starts(plan, name):
                        found.see(self._period(start))

    def reach(self) -> None:
        """Tell how high the patterns of each line go in good plans, and how much each member pledges in them."""
        clock = Clock(min(REACH_SECONDS, LONGEST_SHARE * self.asking.left))

        def search(watcher: Watcher) -> None:
            reach = Reach(self.base, self.limits, self.good, clock)
            self.patterns, self.pledges = patterns(reach), pledges(reach)

        self.asking.search("patterns and pledges", clock, search)

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


def built(plan: Plan) -> set[str]:
    """Return the projects that a plan starts."""
    return {str(name) for name in plan.tables["starts"]["project"]}


def starts(plan: Plan, project: str) -> list[dt.date]:
    """Return the months in which a plan starts a project."""
    table = plan.tables["starts"]
    return [dt.date(m.year, m.month, m.day) for m in table.loc[table["project"] == project, "start"]]
