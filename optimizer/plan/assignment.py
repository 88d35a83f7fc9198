"""Tables to columns: what a plan decides, as values of the variables of a model, its own or another scenario's.

The way back from `extract`. Names and dates tell what is the same decision; what the plan knows nothing of has no
value. A plan of other periods, or of another horizon, still says what it can: a start falls into the period of its
month, crews are those at work when a block begins (of a new line, when it ends), amounts are spread evenly over the
months of their period.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from optimizer.errors import Finding, InputError, refuse
from optimizer.plan.plan import Plan
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import POOL, Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.values import parse_month

Name = tuple[str, Any]
"""(variable, key)."""

DECIDED: dict[str, tuple[str, ...]] = {
    "starts": ("build", "size"),
    "shifts": ("run",),
    "people": ("hire", "dismiss"),
    "weekends": ("weekend",),
    "pledges": ("pledge",),
    "output": ("make",),
    "purchases": ("buy",),
    "shipments": ("ship",),
    "deliveries": ("deliver",),
    "uses": ("use",),
    "gifts": ("give",),
    "discards": ("discard",),
    "payments": ("pay", "pay_capex"),
}
"""Decision table -> the variables it holds. The tables that are not here follow from these."""
COMMITMENTS = ("starts", "shifts", "people", "weekends", "pledges")
"""Tables of what is decided long before; the others follow month by month."""
WHOLE = ("build", "run", "weekend", "attained")
"""The whole-number variables of a model: a plan is as good as these are, for the rest follows from them."""

_AMOUNTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "weekend": ("weekends", ("line", "step"), "weekends"),
    "make": ("output", ("line", "item"), "made"),
    "deliver": ("deliveries", ("customer", "item"), "delivered"),
    "use": ("uses", ("recipient", "item"), "used"),
    "ship": ("shipments", ("from_place", "to_place", "item"), "shipped"),
    "buy": ("purchases", ("supplier", "place", "item"), "bought"),
    "pledge": ("pledges", ("member", "item"), "pledged"),
    "give": ("gifts", ("member", "recipient", "item"), "given"),
    "discard": ("discards", ("place", "item"), "discarded"),
}
"""Variable -> table, columns of its key but the month, column of its value."""


ACTUAL: dict[str, tuple[tuple[str, ...], str]] = {
    "shifts": (("line",), "shifts"),
    **{table: (keys, value) for table, keys, value in _AMOUNTS.values()},
}
"""Table whose past may be overridden by actuals -> names of its key, column of its value."""


def actual_rows(actuals: pd.DataFrame) -> list[tuple[str, tuple[Any, ...], dt.date, float]]:
    """Return rows (table, key, month, value) of actuals: columns table, key (names joined by ` | `), month, value.

    Raises
    ------
    InputError
        When a row names no such table, no key of it, no month or no number; it lists all of them.
    """
    found: list[tuple[str, tuple[Any, ...], dt.date, float]] = []
    wrong: list[Finding] = []
    for number, row in enumerate(actuals.to_dict("records"), start=1):
        cell = str(row.get("cell") or f"row {number}")
        table, told = str(row["table"]).strip(), len(wrong)
        if table not in ACTUAL:
            wrong.append(Finding("Actuals", cell, f"`{table}` is no table of what is done; use {', '.join(ACTUAL)}"))
            continue
        keys, _ = ACTUAL[table]
        parts = [part.strip() for part in str(row["key"]).split("|")]
        if len(parts) != len(keys) or not all(parts):
            wrong.append(Finding("Actuals", cell, f"`{row['key']}` is no key of {table}; write {' | '.join(keys)}"))
        try:
            month = parse_month(row["month"])
        except ValueError as error:
            wrong.append(Finding("Actuals", cell, str(error)))
        if not _is_number(row["value"]) or row["value"] < 0:
            wrong.append(Finding("Actuals", cell, f"`{row['value']}` is no amount; write a number of 0 or more"))
        if len(wrong) == told:
            key = tuple(int(part) if name == "step" else part for name, part in zip(keys, parts, strict=True))
            found.append((table, key, month, float(row["value"])))
    refuse(wrong)
    return found


def unknown_tables(names: Sequence[str]) -> list[Finding]:
    """Return a finding for every name that is no table of decisions."""
    known = ", ".join(DECIDED)
    return [
        Finding("fix", "", f"`{name}` is no table of decisions; these are: {known}")
        for name in names
        if name not in DECIDED
    ]


Until = dt.date | str | Mapping[str, dt.date | str] | None
"""Last month whose decisions count, for all tables or by table; None, or a table that is not named: all of them."""


def month_of(until: dt.date | str) -> dt.date:
    """Return the month up to which decisions count.

    Raises
    ------
    InputError
        When it is no month.
    """
    try:
        return parse_month(until)
    except ValueError as error:
        raise InputError([Finding("until", "", str(error))]) from None


@dataclass(frozen=True)
class Assignment:
    """What a plan decides, for the model of a scenario.

    Attributes
    ----------
    plan
        Any plan.
    scenario
        Whose variables are asked for: the plan's own, or another.
    until
        Last month whose decisions count, as a date or like ``2024-06``, for all tables or by table; None: all of them.
        A crew is decided on as many months before it joins as hiring it takes.
    """

    plan: Plan
    scenario: Scenario
    until: Until = None

    def value(self, variable: str, key: Any) -> float | None:
        """Return the value that a variable has in the plan; None where the plan says nothing of it."""
        reader = _READERS.get(variable)
        if reader is not None:
            return reader(self, key)
        return self._amount(variable, key[:-1], key[-1]) if variable in _AMOUNTS else None

    def values(self, columns: Iterable[Name], variables: Iterable[str]) -> dict[Name, float]:
        """Return the values of those columns, of these variables, of which the plan says something."""
        wanted = set(variables)
        asked = (column for column in columns if column[0] in wanted)
        return {column: value for column in asked if (value := self.value(*column)) is not None}

    def left_out(self, columns: Iterable[Name], variables: Iterable[str]) -> list[str]:
        """Return starts and crews of the plan, of these variables, that no column of the model stands for, in words."""
        there, found = set(columns), []
        if "build" in variables:
            found = [
                f"unit {unit} of {project} in {self._calendar.date(month):%Y-%m}"
                for (project, unit), month in self._starts.items()
                if ("build", (project, unit, month)) not in there and month < self._stop("build")
            ]
        if "run" in variables:
            for (line,), crews in self._series("shifts", ("line",), "shifts").items():
                for b in range(len(self._calendar.blocks)):
                    month = self._calendar.block_begins(b)
                    works = crews.get(self._at_work(line, b), 0.0) >= 1 and month < self._stop("run")
                    if works and ("run", (line, 1, b)) not in there:
                        found.append(f"shifts of {line} from {self._calendar.date(month):%Y-%m}")
        return found

    # -- plants, crews, targets ---------------------------------------------------------------------
    def _build(self, key: tuple[str, int, int]) -> float | None:
        project, unit, month = key
        known = self._network.projects.get(project)
        if known is None or unit > known.units or month >= self._stop("build"):
            return None
        return float(self._starts.get((project, unit)) == month)

    def _size(self, key: tuple[str, int, int]) -> float | None:
        built = self._build(key)
        return self._sizes.get(key[:2]) if built else built

    def _run(self, key: tuple[str, int, int]) -> float | None:
        line, step, block = key
        month = self._calendar.block_begins(block)
        crews = self._series("shifts", ("line",), "shifts").get((line,), {}).get(self._at_work(line, block))
        hired = month - self._hiring.get((line, step), 0)
        return None if crews is None or hired >= self._stop("run") else float(step <= round(crews))

    def _hire(self, key: tuple[str, int]) -> float | None:
        return self._moved(key, "hired", "hire")

    def _dismiss(self, key: tuple[str, int]) -> float | None:
        return self._moved(key, "left", "dismiss")

    def _moved(self, key: tuple[str, int], column: str, variable: str) -> float | None:
        """Return how many people the plan hires or lets go in the months of a block; None where it cannot know."""
        member, block = key
        months = [
            self._period(month) for month in range(self._calendar.block_begins(block), self._calendar.block_ends(block))
        ]
        known = "people" in self.plan.tables and self._knows((member,)) and None not in months
        if not known or self._calendar.block_begins(block) >= self._stop(variable):
            return None
        return self._people.get((member, column), {}).get(self._calendar.block_begins(block), 0.0)

    @cached_property
    def _people(self) -> Mapping[tuple[str, str], dict[int, float]]:
        """Return (member, hired or left) -> first month of the block of the scenario it falls into -> people."""
        found: dict[tuple[str, str], dict[int, float]] = {}
        for member, month, *counts in self._rows("people", ("member", "month", "hired", "left")):
            if not isinstance(month, dt.date) or not 0 <= self._calendar.month(month) < self._calendar.end:
                continue
            block = self._calendar.block_of[self._calendar.period_of_month[self._calendar.month(month)]]
            begins = self._calendar.block_begins(block)
            for column, count in zip(("hired", "left"), counts, strict=True):
                if _is_number(count):
                    there = found.setdefault((member, column), {})
                    there[begins] = there.get(begins, 0.0) + float(count)
        return found

    def _at_work(self, line: str, block: int) -> int | None:
        """Return the period that tells the crews of a block: its first; its last for new lines, which open inside."""
        new = line in self._network.lines and self._network.lines[line].project
        return self._period(self._calendar.block_ends(block) - 1 if new else self._calendar.block_begins(block))

    def _attained(self, key: tuple[str, str, str, int]) -> float | None:
        month = self._calendar.begins[key[-1]]
        kept = self._series("promises", ("target", "place", "item"), "attained").get(key[:-1], {})
        return kept.get(self._period(month)) if month < self._stop("attained") else None

    # -- amounts -------------------------------------------------------------------------------------
    def _amount(self, variable: str, names: tuple[Any, ...], t: int) -> float | None:
        """Return the amount of a period: the even shares of its months in those of the plan."""
        table, keys, column = _AMOUNTS[variable]
        months = range(self._calendar.begins[t], self._calendar.ends(t))
        if months.stop > self._stop(variable) or not self._knows(names):
            return None
        series, lengths = self._series(table, keys, column).get(names, {}), self._old.lengths
        shares = []
        for month in months:
            period = self._period(month)
            if period is None:
                return None
            shares.append(series.get(period, 0.0) / lengths[period])
        first = self._period(months[0])
        whole = first is not None and first == self._period(months[-1]) and lengths[first] == len(months)
        amount = series.get(first, 0.0) if whole else math.fsum(shares)  # the same period: to the last digit
        return float(math.floor(amount + 1e-9)) if variable == "weekend" else amount

    def _pay(self, key: tuple[str, str, str, int]) -> float | None:
        fund, member, category, year = key
        known = self._counts_year(year) and self._knows((fund, member))
        return self._paid.get((fund, member, category, "", year), 0.0) if known else None

    def _pay_capex(self, key: tuple[str, str, int]) -> float | None:
        fund, project, year = key
        if not self._counts_year(year) or not self._knows((fund, project)):
            return None
        return self._paid.get((fund, self._network.project_member(project), "capex", project, year), 0.0)

    def _counts_year(self, year: int) -> bool:
        """Tell whether a year lies within the horizon of the plan and before the end of what counts."""
        return year in self._old.years and self._calendar.month(dt.date(year, 12, 1)) < self._stop("pay")

    # -- time ----------------------------------------------------------------------------------------
    @property
    def _calendar(self) -> Calendar:
        return self.scenario.calendar

    @property
    def _old(self) -> Calendar:
        return self.plan.scenario.calendar

    def _stop(self, variable: str) -> float:
        """Return the first month of the scenario's calendar of which decisions of a variable do not count."""
        return self._stops.get(variable, self._stops.get("", math.inf))

    @cached_property
    def _stops(self) -> Mapping[str, float]:
        """Return variable -> first month that does not count; empty name: that of those that are not named."""
        if self.until is None:
            return {}
        if not isinstance(self.until, Mapping):
            return {"": self._calendar.month(month_of(self.until)) + 1}
        ends = {table: self._calendar.month(month_of(month)) + 1 for table, month in self.until.items()}
        return {variable: float(end) for table, end in ends.items() for variable in DECIDED[table]}

    @cached_property
    def _hiring(self) -> Mapping[tuple[str, int], int]:
        """Return (line, step) -> months from hiring a crew to its first day."""
        lines = Network(self.scenario).lines.values()
        return {(line.name, step.step): step.hiring_months for line in lines for step in line.steps}

    def _period(self, month: int) -> int | None:
        """Return the period of the plan in which a month of the scenario lies."""
        there = self._old.month(self._calendar.date(month))
        return self._old.period_of_month[there] if 0 <= there < self._old.end else None

    # -- tables --------------------------------------------------------------------------------------
    @cached_property
    def _network(self) -> Network:
        return Network(self.plan.scenario)

    @cached_property
    def _names(self) -> frozenset[str]:
        """Return every name that the plan's own scenario has."""
        network = self._network
        scenario = self.plan.scenario
        found = {POOL, *network.lines, *network.items, *network.projects}
        for table, attribute in (("members", "member"), ("suppliers", "supplier"), ("funds", "fund")):
            found |= {str(getattr(row, attribute)) for row in scenario.tables.get(table, ())}
        return frozenset(found)

    def _knows(self, names: Iterable[Any]) -> bool:
        return all(name in self._names for name in names if isinstance(name, str))

    @cached_property
    def _starts(self) -> Mapping[tuple[str, int], int]:
        """Return (project, unit) -> the month of its start, of the period that it falls into, where it can be one."""
        found = {}
        for project, unit, start, status in self._rows("starts", ("project", "unit", "start", "status")):
            if isinstance(start, dt.date) and _is_number(unit):
                month = self._calendar.month(start)
                if 0 <= month < self._calendar.end and status != "committed":  # that may be in any month
                    month = self._calendar.begins[self._calendar.period_of_month[month]]
                found[project, int(unit)] = month
        return found

    @cached_property
    def _sizes(self) -> Mapping[tuple[str, int], float]:
        """Return (project, unit) -> its size, of the starts that tell one."""
        rows = self._rows("starts", ("project", "unit", "size"))
        return {(p, int(u)): float(size) for p, u, size in rows if _is_number(u) and _is_number(size)}

    @cached_property
    def _paid(self) -> Mapping[tuple[Any, ...], float]:
        found: dict[tuple[Any, ...], float] = {}
        for *names, year, paid in self._rows("payments", ("fund", "member", "category", "project", "year", "paid")):
            if _is_number(year) and _is_number(paid):
                key = (*names, int(year))
                found[key] = found.get(key, 0.0) + float(paid)
        return found

    @cached_property
    def _read(self) -> dict[str, dict[tuple[Any, ...], dict[int | None, float]]]:
        return {}

    def _series(self, table: str, keys: tuple[str, ...], value: str) -> dict[tuple[Any, ...], dict[int | None, float]]:
        """Return key -> period of the plan -> value, of the rows that have one."""
        if table not in self._read:
            periods = {date: t for t, date in enumerate(self._old.period_dates())}
            found: dict[tuple[Any, ...], dict[int | None, float]] = {}
            for *names, month, amount in self._rows(table, (*keys, "month", value)):
                if month in periods and _is_number(amount):
                    key = tuple(int(name) if _is_number(name) else name for name in names)
                    found.setdefault(key, {})[periods[month]] = float(amount)
            self._read[table] = found
        return self._read[table]

    def _rows(self, table: str, columns: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
        """Return rows of a table as plain values; a column that is not there is empty."""
        frame = self.plan.tables.get(table)
        if frame is None:
            return []
        lists = [[_plain(value) for value in frame[name]] if name in frame else [None] * len(frame) for name in columns]
        return zip(*lists, strict=True)


_READERS: dict[str, Callable[[Assignment, Any], float | None]] = {
    "build": Assignment._build,
    "size": Assignment._size,
    "run": Assignment._run,
    "hire": Assignment._hire,
    "dismiss": Assignment._dismiss,
    "attained": Assignment._attained,
    "pay": Assignment._pay,
    "pay_capex": Assignment._pay_capex,
}


def _plain(value: Any) -> Any:
    """Return a date for a timestamp; anything else as it is."""
    if isinstance(value, pd.Timestamp | dt.datetime):
        return None if value is pd.NaT else value.date()
    return value


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number that is one."""
    try:
        return not isinstance(value, str | bool) and math.isfinite(value)
    except TypeError:
        return False
