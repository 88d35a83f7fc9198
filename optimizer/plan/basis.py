"""What every measure starts from: the decision tables as arrays by line, item and period.

Rows of a table are matched to periods by their `month`; columns that hold numbers are numbers and
never NaN; a table that is missing or empty has its columns all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.tables import KEPT, ONE_UNLESS_TOLD, Table
from optimizer.scenario.network import LineFacts, Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Lane, Rate

Floats = npt.NDArray[np.float64]
Pair = tuple[str, str]

_NUMBERS = {"units", "money", "shifts", "weekend runs", "per unit", "times", "people"}
_WHOLE = ("unit", "step", "band", "year")


@dataclass(frozen=True)
class CrewChange:
    """A crew that joins or leaves a line at the beginning of period `t`; `step` counts from 1."""

    line: str
    step: int
    t: int
    joins: bool


class Basis:
    """A scenario and the decision tables of a plan, as arrays over the periods.

    Parameters
    ----------
    scenario
        What is given.
    tables
        Decision tables and `costs` by name; missing ones count as empty.
    """

    def __init__(self, scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> None:
        self.scenario = scenario
        self.calendar = scenario.calendar
        self.network = Network(scenario)
        self._given = tables
        self._read: dict[str, pd.DataFrame] = {}
        self._sums: dict[tuple[str, ...], dict[Any, Floats]] = {}

    # -- time ------------------------------------------------------------------------------------
    @cached_property
    def lengths(self) -> Floats:
        """Return the months in each period."""
        return np.array(self.calendar.lengths, dtype=float)

    @cached_property
    def dates(self) -> pd.DatetimeIndex:
        """Return the first day of each period."""
        return self.days(np.array(self.calendar.begins, dtype=float))

    def days(self, months: npt.ArrayLike) -> pd.DatetimeIndex:
        """Return the dates of points in time in months; the fraction of a month turns into days.

        NaN turns into NaT.
        """
        x = np.asarray(months, dtype=float)
        known = ~np.isnan(x)
        whole = np.floor(np.where(known, x, 0.0) + 1e-9)
        first = np.datetime64(self.calendar.start, "M") + whole.astype(int)
        begin = first.astype("datetime64[D]")
        length = ((first + 1).astype("datetime64[D]") - begin).astype(float)
        day = begin + np.floor(np.maximum(0.0, np.where(known, x, 0.0) - whole) * length + 1e-6).astype(int)
        dates = np.where(known, day.astype("datetime64[s]"), np.datetime64("NaT"))
        return pd.DatetimeIndex(dates.astype("datetime64[s]"))

    def by_month(self, values: Floats) -> Floats:
        """Spread values per period evenly over the months of each period (last axis)."""
        spread: Floats = np.repeat(values / self.lengths, self.calendar.lengths, axis=-1)
        return spread

    def by_period(self, monthly: Floats) -> Floats:
        """Add up values per month of the horizon to values per period."""
        summed: Floats = np.add.reduceat(monthly, self.calendar.begins)
        return summed

    def months_in(self, begin: float, stop: float) -> Floats:
        """Return how many months of each period lie in [begin, stop)."""
        begins = np.array(self.calendar.begins, dtype=float)
        months: Floats = np.clip(np.minimum(begins + self.lengths, stop) - np.maximum(begins, begin), 0.0, None)
        return months

    # -- tables ----------------------------------------------------------------------------------
    def table(self, name: str) -> pd.DataFrame:
        """Return a decision table (or `costs`) with numbers as numbers and the period `t` of each row.

        Rows outside the horizon are left out, except in `starts`, whose months are `start_month`
        and `opens_month`, counted from the start of the horizon.
        """
        if name not in self._read:
            self._read[name] = self._prepare(KEPT[name])
        return self._read[name]

    def _prepare(self, table: Table) -> pd.DataFrame:
        given = self._given.get(table.name)
        frame = pd.DataFrame(columns=table.names) if given is None else given.reindex(columns=table.names)
        for at, name in ONE_UNLESS_TOLD:
            if at == table.name and (given is None or name not in given):
                frame[name] = 1.0
        for column in table.columns:
            if column.unit in _NUMBERS or column.name in _WHOLE:
                numbers = pd.to_numeric(frame[column.name], errors="coerce")
                frame[column.name] = numbers.astype(float).fillna(0.0)
            elif column.unit == "month":
                frame[column.name + "_number"] = self._month_numbers(frame[column.name])
            else:
                frame[column.name] = frame[column.name].astype(object).where(frame[column.name].notna(), "")
        if "month_number" not in frame:
            return frame
        number = frame["month_number"]
        frame = frame[(number >= 0) & (number < self.calendar.end)]
        periods = np.array(self.calendar.period_of_month, dtype=int)
        return frame.assign(t=periods[frame["month_number"].to_numpy(dtype=int)])

    def _month_numbers(self, dates: pd.Series[Any]) -> pd.Series[int]:
        found = pd.to_datetime(dates)
        start = self.calendar.start
        number = (found.dt.year - start.year) * 12 + found.dt.month - start.month
        return number.fillna(-(10**6)).astype(int)

    def sums(self, table: str, keys: Sequence[str], value: str) -> dict[Any, Floats]:
        """Return the sums of a column by key values (a tuple, or one value for one key) and period."""
        asked = (table, *keys, value)
        if asked not in self._sums:
            self._sums[asked] = self._add_up(self.table(table), keys, value)
        return self._sums[asked]

    def _add_up(self, frame: pd.DataFrame, keys: Sequence[str], value: str) -> dict[Any, Floats]:
        out: dict[Any, Floats] = {}
        if frame.empty:
            return out
        columns = [frame[key].to_list() for key in keys]
        names: Iterable[Any] = columns[0] if len(keys) == 1 else zip(*columns, strict=True)
        for name, t, amount in zip(names, frame["t"].to_list(), frame[value].to_list(), strict=True):
            if name not in out:
                out[name] = np.zeros(len(self.lengths))
            out[name][t] += amount
        return out

    # -- delays ----------------------------------------------------------------------------------
    def transit(self, start: str, stop: str, item: str) -> float:
        """Return the months over a lane: of the row that names the item, else of the row for all items."""
        return self._transits.get((start, stop, item), self._transits.get((start, stop, None), 0.0))

    @cached_property
    def _transits(self) -> Mapping[tuple[str, str, str | None], float]:
        return {(row.from_place, row.to_place, row.item): row.transit_months for row in self.scenario.rows(Lane)}

    def arrive(self, units: Floats, delay: float) -> Floats:
        """Return what arrives in each period of what leaves evenly in each period."""
        if not delay:
            return units
        arrived = np.zeros(len(units))
        for tau in np.flatnonzero(units).tolist():
            for t, share in self.calendar.arrivals(tau, delay).items():
                arrived[t] += units[tau] * share
        return arrived

    # -- projects --------------------------------------------------------------------------------
    @cached_property
    def opened(self) -> Mapping[tuple[str, int], int]:
        """Return the month in which each started unit of a project opens."""
        starts = self.table("starts")
        names = zip(starts["project"], starts["unit"], starts["opens_number"], strict=True)
        return {(str(p), int(u)): int(m) for p, u, m in names}

    @cached_property
    def sizes(self) -> Mapping[tuple[str, int], float]:
        """Return the size of each started unit of a project: 1 where none is chosen."""
        starts = self.table("starts")
        return {(str(p), int(u)): s for p, u, s in zip(starts["project"], starts["unit"], starts["size"], strict=True)}

    def ready(self, project: str, unit: int, *, on_weekends: bool = False) -> Floats:
        """Return the mean ramp-up share of a unit in each period, or on its weekends; 0 before it opens."""
        if (project, unit) not in self.opened:
            return np.zeros(len(self.lengths))
        ramp = np.array([*self.network.profile(self.network.projects[project].ramp_up), 1.0])
        age = np.arange(self.calendar.end) - self.opened[project, unit]
        share = np.where(age < 0, 0.0, ramp[np.clip(age, 0, len(ramp) - 1)])
        weights = np.array(self.calendar.saturdays if on_weekends else np.ones(self.calendar.end), dtype=float)
        ready: Floats = self.by_period(share * weights) / self.by_period(weights)
        return ready

    # -- lines -----------------------------------------------------------------------------------
    @cached_property
    def lines(self) -> Mapping[str, LineFacts]:
        """Return the lines that exist or that a started project opens."""
        known = self.network.lines
        return {n: f for n, f in known.items() if not f.project or (f.project, f.unit) in self.opened}

    @cached_property
    def shifts(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """Return the crews at work on each line in each period; a line not in the table keeps its own."""
        found = self.sums("shifts", ("line",), "shifts")
        count = np.ones(len(self.lengths))
        return {
            name: np.rint(found.get(name, facts.shifts_now * count)).astype(np.int64)
            for name, facts in self.lines.items()
        }

    @cached_property
    def weekends(self) -> Mapping[tuple[str, int], Floats]:
        """Return the weekends on which each crew (line, step) runs in each period."""
        found = self.sums("weekends", ("line", "step"), "weekends")
        return {(line, int(step)): runs for (line, step), runs in found.items()}

    @cached_property
    def crew_changes(self) -> tuple[CrewChange, ...]:
        """Return the crews that join and leave, line by line in order of time."""
        changes: list[CrewChange] = []
        for name, facts in self.lines.items():
            crews = [facts.shifts_now, *self.shifts[name].tolist()]
            for t in np.flatnonzero(np.diff(crews)).tolist():
                before, after = crews[t], crews[t + 1]
                steps = range(min(before, after) + 1, max(before, after) + 1)
                changes += [CrewChange(name, step, t, after > before) for step in steps if step <= len(facts.steps)]
        return tuple(changes)

    @cached_property
    def rates(self) -> Mapping[Pair, Floats]:
        """Return the mean 1-8-5 rate of each (line in the workbook, item) in each period."""
        rates: dict[Pair, Floats] = {}
        for row in self.scenario.rows(Rate):
            begin, stop = self.calendar.window(row.from_month, row.to_month)
            mean = row.rate * self.months_in(begin, stop) / self.lengths
            rates[row.line, row.item] = rates.get((row.line, row.item), 0.0) + mean
        return rates

    @cached_property
    def made(self) -> Mapping[Pair, Floats]:
        """Return what each (line, item) makes in each period, lines that are never opened left out."""
        found = self.sums("output", ("line", "item"), "made")
        return {key: made for key, made in found.items() if key[0] in self.lines}

    @cached_property
    def output(self) -> tuple[tuple[str, str, Floats], ...]:
        """Return line, item and what comes out of the line in each period: what it makes, and its by-products."""
        found: list[tuple[str, str, Floats]] = []
        for (line, item), made in self.made.items():
            found.append((line, item, made))
            for name, each in self.network.by_products(self.lines[line].base, item).items():
                found.append((line, name, each * self._started(line, item)))
        return tuple(found)

    def _started(self, line: str, item: str) -> Floats:
        """Return the units a line starts of an item, by the mean yield of the months with a rate."""
        rows = self.network.rates[self.lines[line].base, item]
        months = [self.months_in(*self.calendar.window(row.from_month, row.to_month)) for row in rows]
        good: Floats = np.sum([row.yield_ * count for row, count in zip(rows, months, strict=True)], axis=0)
        return ratio(self.made[line, item], np.nan_to_num(ratio(good, np.sum(months, axis=0)), nan=1.0))

    @cached_property
    def final_items(self) -> tuple[str, ...]:
        """Return the final items in the order of the Items sheet."""
        return tuple(name for name, item in self.network.items.items() if item.kind == "final")


def measure(name: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a measure table with exactly the columns that are stated for it."""
    return pd.DataFrame(dict(columns), columns=MEASURES[name].names)


def measure_rows(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a measure table from records."""
    return pd.DataFrame(list(rows), columns=MEASURES[name].names)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole; NaN where the whole is zero."""
    found: Floats = np.divide(
        part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=np.abs(whole) > 1e-12
    )
    return found
