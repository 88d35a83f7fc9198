"""No lever is pulled without need: crews, weekends and builds without which as much could have been made.

A line has room for what it makes if its capacity, less that of the lever, is no less than what it uses.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property

import numpy as np

from optimizer.plan.basis import Floats
from optimizer.scenario.network import WORKING_DAYS
from tests.quality.crews import ladder_step, stays
from tests.quality.found import BROKEN, Found, Measured
from tests.quality.series import Series

ROUNDING = 1e-6


class Room:
    """What lines could make more than they do, in months of one shift on five days, by period."""

    def __init__(self, series: Series) -> None:
        self.series = series

    @cached_property
    def _columns(self) -> dict[str, dict[str, Floats]]:
        names = ["available", "used", "expansions"]
        table = self.series.plan.measures.capacity
        return {
            str(line): {name: rows[name].to_numpy(dtype=float) for name in names}
            for line, rows in table.groupby("line")
        }

    def spare(self, line: str) -> Floats:
        """Return the capacity that a line does not use."""
        found: Floats = self._columns[line]["available"] - self._columns[line]["used"]
        return found

    def expanded(self, line: str) -> Floats:
        """Return the capacity that expansions give a line."""
        return self._columns[line]["expansions"]

    def without(self, line: str, step: int, t: int) -> bool:
        """Tell whether a line has room in a period without a crew, and without those above, which need it."""
        crews = self.series.basis.lines[line].steps[step - 1 : int(self.series.basis.shifts[line][t])]
        share = sum(crew.added_share for crew in crews)
        return bool(self.spare(line)[t] >= share * self.series.basis.lengths[t] - ROUNDING)

    def weekend_run(self, line: str, runs: Floats) -> Floats:
        """Return what a weekend run of a line gives: the mean of its crews, expansions included."""
        basis = self.series.basis
        whole = np.zeros(len(runs))
        for (name, step), of_crew in basis.weekends.items():
            if name == line:
                share = basis.lines[line].steps[step - 1].added_share
                whole += share * of_crew * 2 * basis.scenario.settings.weekend_efficiency / WORKING_DAYS
        without = self._columns[line]["available"] - self.expanded(line)
        grown = np.divide(self._columns[line]["available"], without, out=np.ones(len(runs)), where=without > ROUNDING)
        found: Floats = np.divide(whole * grown, runs, out=np.full(len(runs), np.inf), where=runs > 0)
        return found


def crews_without_use(series: Series) -> Measured:
    """Measure the crews that join and without which their line had room for all that it made while they stay.

    Periods in which the crew still learns are left out.
    """
    basis, room, found = series.basis, Room(series), []
    for stay in stays(series):
        step = ladder_step(series, stay)
        begins = basis.calendar.begins
        learnt = begins[stay.first] + len(basis.network.profile(step.ramp_up))
        full = [t for t in range(stay.first, stay.stop) if begins[t] >= learnt]
        if full and all(room.without(stay.line, stay.step, t) for t in full):
            when = series.months((begins[stay.first], basis.calendar.ends(stay.stop - 1)))
            found.append(Found(stay.line, when, f"crew {stay.step}", "the line has room without it", BROKEN))
    return Measured(str(len(found)), tuple(found))


def weekends_without_use(series: Series) -> Measured:
    """Measure the weekend runs without which their line had room for all that it made in the period."""
    room, found, total, calendar = Room(series), [], 0, series.calendar
    for line, runs in series.basis.sums("weekends", ("line",), "weekends").items():
        idle = np.minimum(np.rint(runs), np.floor(room.spare(line) / room.weekend_run(line, runs) + ROUNDING))
        periods = np.flatnonzero(idle > 0).tolist()
        if periods:
            total += int(idle[periods].sum())
            when = series.months((calendar.begins[periods[0]], calendar.ends(periods[-1])))
            size = f"{idle[periods].sum():g} of {runs.sum():g} runs"
            reason = f"the line has room without, in {len(periods)} periods"
            found.append(Found(line, when, size, reason, BROKEN))
    return Measured(f"{total} runs", tuple(found))


def builds_without_use(series: Series) -> Measured:
    """Measure the projects that the plan chose and that nothing is made with."""
    basis, room, found = series.basis, Room(series), []
    for row in series.plan.measures.projects.to_dict("records"):
        opens = basis.calendar.month(row["opens"].date())
        after = [t for t in basis.calendar.periods if basis.calendar.ends(t) > opens]
        if row["status"] in ("committed", "forced") or any(_used(series, room, row, t) for t in after):
            continue
        reason = "nothing is made with it" if after else "it opens after the horizon"
        found.append(Found(row["project"], f"{row['opens']:%Y-%m}", f"unit {row['unit']}", reason, BROKEN))
    return Measured(str(len(found)), tuple(found))


def _used(series: Series, room: Room, row: Mapping[Hashable, object], t: int) -> bool:
    """Tell whether a line of a project makes something in a period that it could not without the project."""
    for line in str(row["lines"]).split("; "):
        if row["kind"] != "expansion" and any(
            made[t] > ROUNDING for (n, _), made in series.basis.made.items() if n == line
        ):
            return True
        if (
            row["kind"] == "expansion"
            and line in series.basis.lines
            and room.spare(line)[t] < room.expanded(line)[t] - ROUNDING
        ):
            return True
    return False
