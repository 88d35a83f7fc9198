"""A task of a study: a scenario, a variation of it, what to begin with and how long to search."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from typing import Any

from optimizer.errors import Finding, InputError
from optimizer.pipeline import solve
from optimizer.plan.assignment import DECIDED, Until, month_of
from optimizer.plan.plan import Plan
from optimizer.prepared import Prepared
from optimizer.restrictions import Restrictions
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import LEVERS, TABLES, WHAT_IFS, Project
from optimizer.solve.progress import Clock, Watcher

FORMAT = 1
"""Of keys and of what the folder keeps: it rises when either changes."""
THREADS = 1
"""Of the solver in each task: tasks run side by side."""
BESIDE = ("title", "note", "data_date", "reveal", "schema_version")
"""Settings that nothing hangs on."""


@dataclass(frozen=True)
class Task:
    """One solve of a study.

    Attributes
    ----------
    scenario
        What is given.
    off
        Levers that may not be pulled, beside those that the scenario has off already.
    force, forbid
        Projects that must be built, and that must not.
    hold
        Objective -> the most it may be, in its unit.
    objectives
        In order of rank, instead of those of the settings.
    start
        A plan to begin with.
    fix, until
        Tables of decisions that stay as in `start`, and the last month of those that do.
    gap, time_limit, threads, seed
        Instead of the settings; one thread where it does not say.
    """

    scenario: Scenario
    off: Sequence[str] = ()
    force: Sequence[str] = ()
    forbid: Sequence[str] = ()
    hold: Mapping[str, float] = field(default_factory=dict)
    objectives: Sequence[str] | None = None
    start: Plan | None = None
    fix: Sequence[str] = ()
    until: Until = None
    gap: float | None = None
    time_limit: float | None = None
    threads: int | None = None
    seed: int | None = None

    @cached_property
    def given(self) -> Scenario:
        """Return the scenario with the variation in it: what is solved, and what the plan is verified against.

        Raises
        ------
        InputError
            When there is no such lever, project, objective or table, or the rules do not hold with the variation.
        """
        wrong = [*_unknown("off", self.off, LEVERS)]
        known = {row.project for row in self.scenario.rows(Project)}
        wrong += [*_unknown("force", self.force, known), *_unknown("forbid", self.forbid, known)]
        both = sorted(set(self.force) & set(self.forbid))
        wrong += [Finding("force", "", f"`{name}` is forced and forbidden at once; choose one") for name in both]
        if wrong:
            raise InputError(wrong)
        self.restrictions.refuse()
        changes = {"gap": self.gap, "time_limit": self.time_limit, "seed": self.seed}
        settings: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
        settings["threads"] = self.threads or THREADS
        if self.off:
            settings["levers"] = tuple(lever for lever in self.scenario.settings.levers if lever not in self.off)
        if self.objectives is not None:
            settings["objectives"] = tuple(self.objectives)
        status = dict.fromkeys(self.force, "forced") | dict.fromkeys(self.forbid, "forbidden")
        if not status:
            return self.scenario.replace(settings=settings)
        rows = [row.model_dump() for row in self.scenario.rows(Project)]
        rows = [row | ({"status": status[row["project"]]} if row["project"] in status else {}) for row in rows]
        return self.scenario.replace(settings=settings, projects=rows)

    @property
    def restrictions(self) -> Restrictions:
        """Return what is asked beyond the scenario."""
        return Restrictions(self.start, tuple(self.fix), self.until, dict(self.hold))

    @cached_property
    def key(self) -> str:
        """Return what tells one task from another: a hash of all that its answer hangs on, and of the version.

        Notes, titles and the sheets of what-ifs do not count.
        """
        asked = self.restrictions
        whole = {
            "format": FORMAT,
            "version": version("optimizer"),
            **_canonical(self.given),
            "hold": dict(sorted(asked.hold.items())),
            "fix": sorted(asked.fix),
            "until": _until(asked.until),
            "start": None if self.start is None else _decisions(self.start),
        }
        return hashed(whole)

    def found(
        self, prepared: Prepared | None, clock: Clock | None, watcher: Watcher | None
    ) -> tuple[Plan | None, Mapping[str, Any]]:
        """Return the plan that solves it, and what else is to be told, as plain values; on a worker.

        Parameters
        ----------
        prepared
            Model of what it is a variation of; None: it is built.
        clock
            Of the search; None: it has the time of its settings.

        Raises
        ------
        As `solve`.
        """
        asked = self.restrictions
        plan = solve(
            self.given,
            prepared=prepared,
            start=self.start,
            fix=asked.fix,
            until=asked.until,
            hold=asked.hold,
            watcher=watcher,
            clock=clock,
        )
        return plan, {}

    def started(self, plan: Plan | None) -> Task:
        """Return the task with a plan to begin with where it has none of its own."""
        return replace(self, start=plan) if self.start is None and plan is not None else self


def hashed(whole: Mapping[str, Any]) -> str:
    """Return what tells plain values from others."""
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()[:40]


def _unknown(what: str, names: Sequence[str], known: Any) -> Iterator[Finding]:
    """Yield what is told of names that there are not."""
    listed = ", ".join(sorted(known)) or "none"
    for name in names:
        if name not in known:
            yield Finding(what, "", f"`{name}` is not among {listed}")


def _until(until: Until) -> Any:
    if isinstance(until, Mapping):
        return {table: str(month_of(month)) for table, month in sorted(until.items())}
    return None if until is None else str(month_of(until))


def _canonical(scenario: Scenario) -> dict[str, Any]:
    """Return settings and tables of a scenario as plain values, without what nothing hangs on."""
    tables = {
        table.table: [row.model_dump(mode="json", exclude={"note"}) for row in scenario.rows(table)]
        for table in TABLES
        if table not in WHAT_IFS
    }
    return {"settings": scenario.settings.model_dump(mode="json", exclude=set(BESIDE)), "tables": tables}


def _decisions(plan: Plan) -> dict[str, Any]:
    """Return the decisions of a plan, and the names and time that they are told in, as plain values."""
    names = [*DECIDED, "promises"]
    tables = {name: plan.tables[name].to_csv(index=False) for name in names if name in plan.tables}
    settings = plan.scenario.settings
    return {"tables": tables, "start": str(settings.start), "periods": settings.periods}
