"""Which crews can work weekends when, and how many."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizer.model.index.production import ProductionIndex
from optimizer.model.index.projects import ProjectIndex, Start
from optimizer.model.index.shifts import ShiftIndex
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import WORKING_DAYS, LineFacts, Network

WeekendRun = tuple[str, int, int]
"""(line, step, period)"""


@dataclass(frozen=True)
class WeekendIndex:
    """Index sets and coefficients of weekend runs.

    Attributes
    ----------
    WEEKENDS
        (line, step, period) in which a crew can work weekends.
    HIGHER
        The same for steps above the first.
    most
        (line, period) -> most weekends: floor(share x Saturdays).
    continuous
        Line -> first step that already staffs weekends, for lines that have one.
    RAMPED
        The same for opened lines.
    FULLY_RAMPED
        (opened line, period) -> starts with which the line is at full output all period.
    months
        (line, step) -> output of one run, in months of 1-8-5.
    """

    WEEKENDS: tuple[WeekendRun, ...]
    HIGHER: tuple[WeekendRun, ...]
    most: dict[tuple[str, int], int]
    continuous: dict[str, int]
    RAMPED: tuple[WeekendRun, ...]
    FULLY_RAMPED: dict[tuple[str, int], tuple[Start, ...]]
    months: dict[tuple[str, int], float]
    at: dict[tuple[str, int], tuple[int, ...]]


def index_weekends(
    network: Network, calendar: Calendar, projects: ProjectIndex, shifts: ShiftIndex, production: ProductionIndex
) -> WeekendIndex:
    """Work out the weekend runs of every line."""
    most: dict[tuple[str, int], int] = {}
    runs: list[WeekendRun] = []
    ramped: dict[tuple[str, int], tuple[Start, ...]] = {}
    continuous = {
        name: next(k for k, step in enumerate(line.steps, 1) if step.staffs_weekends)
        for name, line in network.lines.items()
        if any(step.staffs_weekends for step in line.steps)
    }
    lever = "weekends" in network.scenario.settings.levers
    for name, t in production.LINES if lever else ():
        line = network.lines[name]
        limit = math.floor(line.weekend_share * calendar.weekends[t] + 1e-9)
        full = _full_starts(projects, line, t)
        if limit < 1 or (name, t) not in shifts.LINE_PERIODS or (line.project and not full):
            continue
        most[name, t] = limit
        if line.project:
            ramped[name, t] = full
        runs += [(name, k, t) for k in range(1, continuous.get(name, len(line.steps) + 1))]
    efficiency = network.scenario.settings.weekend_efficiency
    exists: dict[tuple[str, int], list[int]] = {}
    for name, k, t in runs:
        exists.setdefault((name, t), []).append(k)
    return WeekendIndex(
        WEEKENDS=tuple(runs),
        HIGHER=tuple(run for run in runs if run[1] > 1),
        most=most,
        continuous=continuous,
        RAMPED=tuple((name, k, t) for name, k, t in runs if (name, t) in ramped),
        FULLY_RAMPED=ramped,
        months={
            (name, k): step.added_share * 2 * efficiency / WORKING_DAYS
            for name, line in network.lines.items()
            for k, step in enumerate(line.steps, 1)
        },
        at={key: tuple(steps) for key, steps in exists.items()},
    )


def _full_starts(projects: ProjectIndex, line: LineFacts, t: int) -> tuple[Start, ...]:
    if not line.project:
        return ()
    ready = projects.READY.get((line.project, line.unit, t), ())
    return tuple(start for share, start in ready if share >= 1 - 1e-9)
