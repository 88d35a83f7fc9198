"""People's plans are steady: crews that wait for their line, stay no longer than they must, work one weekend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.scenario.schema import LadderStep
from tests.quality.found import BROKEN, Found, Measured
from tests.quality.series import Series


@dataclass(frozen=True)
class Stay:
    """A crew that joins a line in period `first` and leaves before period `stop` (the end: it stays)."""

    line: str
    step: int
    first: int
    stop: int


def stays(series: Series) -> list[Stay]:
    """Return the stays of all crews that join within the horizon."""
    basis, found = series.basis, []
    joined: dict[tuple[str, int], int] = {}
    for change in basis.crew_changes:
        if change.joins:
            joined[change.line, change.step] = change.t
        elif (change.line, change.step) in joined:
            found.append(Stay(change.line, change.step, joined.pop((change.line, change.step)), change.t))
    return found + [Stay(line, step, t, len(basis.lengths)) for (line, step), t in joined.items()]


def ladder_step(series: Series, stay: Stay) -> LadderStep:
    """Return the step of the ladder that a crew works."""
    return series.basis.lines[stay.line].steps[stay.step - 1]


def before_opening(series: Series) -> Measured:
    """Measure the crews that are paid in periods that end before their line opens."""
    basis, found, total = series.basis, [], 0.0
    for name, facts in basis.lines.items():
        if not facts.project:
            continue
        opens = basis.opened[facts.project, facts.unit]
        paid = [t for t in series.calendar.periods if series.calendar.ends(t) <= opens and basis.shifts[name][t] > 0]
        if paid:
            months = float(sum(basis.shifts[name][t] * basis.lengths[t] for t in paid))
            total += months
            reason = f"the line opens in {series.calendar.date(opens):%Y-%m}"
            when = series.months((series.calendar.begins[paid[0]], series.calendar.ends(paid[-1])))
            found.append(Found(name, when, f"{months:g} crew-months", reason, BROKEN))
    return Measured(f"{total:g} crew-months", tuple(found))


def single_weekends(series: Series) -> Measured:
    """Measure the lines that work one weekend in a period, and none in the periods before and after."""
    found = []
    for line, runs in series.basis.sums("weekends", ("line",), "weekends").items():
        around = np.concatenate([[0], np.rint(runs), [0]])
        for t in np.flatnonzero((around[1:-1] == 1) & (around[:-2] == 0) & (around[2:] == 0)).tolist():
            when = series.months((series.calendar.begins[t], series.calendar.ends(t)))
            found.append(Found(line, when, "one weekend", "none before or after", BROKEN))
    return Measured(str(len(found)), tuple(found))


def shortest_stays(series: Series) -> Measured:
    """Measure the crews that leave as soon as their minimum stay is over; told, since it may pay."""
    calendar, found = series.calendar, []
    every = [stay for stay in stays(series) if ladder_step(series, stay).minimum_stay > 0]
    for stay in every:
        begin, least = calendar.begins[stay.first], ladder_step(series, stay).minimum_stay
        allowed = [calendar.block_begins(b) for b in range(len(calendar.blocks))]
        first = next((month for month in allowed if month >= begin + least), calendar.end)
        if first < calendar.end and stay.stop < len(calendar.begins) and calendar.begins[stay.stop] <= first:
            when = series.months((begin, calendar.begins[stay.stop]))
            size = f"{calendar.begins[stay.stop] - begin} months"
            found.append(Found(stay.line, when, size, f"crew {stay.step}; at least {least} months"))
    return Measured(f"{len(found)} of {len(every)} that join", tuple(found))
