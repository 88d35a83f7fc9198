"""The decision tables of a plan as arrays, over the same axes as the facts of its scenario.

A table that is missing, lacks a column or holds something unreadable raises `MalformedError` when a rule
asks for it. Rows with unknown names or months are left out here; `tables_are_complete` reports them.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import KEPT, OBJECTIVES, ONE_UNLESS_TOLD, Table
from optimizer.scenario.schema import Project
from optimizer.verify.facts import Facts
from optimizer.verify.tally import Array, BoolArray, FloatArray, IntArray, MalformedError

TABLES = KEPT
TEXT = frozenset(
    (
        *("line", "item", "place", "member", "customer", "recipient", "project", "from_place", "to_place"),
        *("supplier", "fund", "category", "target", "status", "objective"),
    )
)
MONTHS = frozenset(("month", "start", "opens"))
MAY_BE_EMPTY = frozenset(
    (
        *("attained", "short"),
        *("bound", "gap", "found", "given_back", "without_levers", "gap_of_gain", "found_cost"),
    )
)
QUANTITIES = {
    "output": ("made",),
    "stock": ("closing",),
    "own_stock": ("closing",),
    "shipments": ("shipped",),
    "purchases": ("bought",),
    "pledges": ("pledged",),
    "deliveries": ("delivered", "backlog"),
    "uses": ("used",),
    "losses": ("lost",),
    "gifts": ("given",),
    "discards": ("discarded",),
}
"""Table -> its columns of quantities of an item."""
Frame = Mapping[str, Array]


class Book:
    """A plan with its scenario's facts, tables as columns of plain arrays.

    Parameters
    ----------
    plan
        The plan to be verified; only its scenario and tables are read.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._frames: dict[str, Frame] = {}
        self._periods: dict[str, IntArray] = {}

    @cached_property
    def facts(self) -> Facts:
        """Return the scenario as arrays."""
        return Facts(self.plan.scenario)

    # -- tables ----------------------------------------------------------------------------------
    def frame(self, name: str) -> Frame:
        """Return the columns of a table: names as text, months as month numbers, the rest as numbers.

        Raises
        ------
        MalformedError
            When the table is missing, lacks a column, or a value has the wrong type.
        """
        if name not in self._frames:
            self._frames[name] = self._read(TABLES[name])
        return self._frames[name]

    def _read(self, table: Table) -> Frame:
        given = self.plan.tables.get(table.name)
        if not isinstance(given, pd.DataFrame):
            raise MalformedError(table.name, f"the table {table.name} is missing")
        if not any(row.sized for row in self.plan.scenario.rows(Project)):
            given = given.assign(
                **{name: 1.0 for at, name in ONE_UNLESS_TOLD if at == table.name and name not in given}
            )
        lacking = [name for name in table.names if name not in given.columns]
        if lacking:
            raise MalformedError(table.name, f"the table {table.name} lacks the column {', '.join(lacking)}")
        return {name: self._column(table, name, given[name]) for name in table.names}

    def _column(self, table: Table, name: str, values: pd.Series) -> Array:
        if not isinstance(values, pd.Series):
            raise MalformedError(table.name, f"the table {table.name} has the column {name} twice")
        if name in TEXT or (table.name == OBJECTIVES.name and name == "unit"):
            return self._mapped(values, _text)
        if name in MONTHS:
            months = self._mapped(values, self._month)
            wrong = [position for position, month in enumerate(months) if month is None]
            if wrong:
                raise MalformedError(table.name, f"{_where(table, name, values, wrong[0])}, which is no month")
            return months.astype(np.int64)
        return _numbers(table, name, values)

    def _mapped(self, values: pd.Series, function: Callable[[object], object]) -> Array:
        """Apply a function to the distinct values of a column only."""
        listed: list[object] = values.tolist()
        try:
            known = {value: function(value) for value in dict.fromkeys(listed)}
        except TypeError:  # values that cannot be hashed, such as lists
            listed = [str(value) for value in listed]
            known = {value: function(value) for value in dict.fromkeys(listed)}
        found = np.empty(len(listed), dtype=object)
        found[:] = [known[value] for value in listed]
        return found

    def _month(self, value: object) -> int | None:
        if not isinstance(value, dt.date) or pd.isna(value) or value.day != 1:
            return None
        return self.plan.scenario.calendar.month(value)

    # -- positions -------------------------------------------------------------------------------
    def periods(self, name: str) -> IntArray:
        """Return the period of every row of a table, -1 where its month begins no period."""
        if name not in self._periods:
            begins = [int(month) for month in self.facts.begins]
            self._periods[name] = self.codes(self.frame(name)["month"], begins)
        return self._periods[name]

    def codes(self, values: Array, known: Sequence[object]) -> IntArray:
        """Return the position of each value among the known ones, -1 where it is unknown."""
        positions = {value: position for position, value in enumerate(known)}
        return np.asarray([positions.get(value, -1) for value in values.tolist()], dtype=np.int64)

    def dense(self, name: str, value: str, **axes: Sequence[object]) -> FloatArray:
        """Return a column summed into an array: one axis per named column in order, then periods."""
        frame = self.frame(name)
        codes = [self.codes(frame[column], known) for column, known in axes.items()]
        codes.append(self.periods(name))
        shape = (*(len(known) for known in axes.values()), self.facts.count)
        return self.summed(shape, codes, frame[value])

    def summed(self, shape: tuple[int, ...], codes: Sequence[IntArray], values: Array) -> FloatArray:
        """Return values summed into an array by their positions; unknown positions are left out."""
        known: BoolArray = np.logical_and.reduce([code >= 0 for code in codes])
        found = np.zeros(shape)
        np.add.at(found, tuple(code[known] for code in codes), values[known].astype(float))
        return found

    # -- decisions -------------------------------------------------------------------------------
    @cached_property
    def starts(self) -> tuple[tuple[str, int, int], ...]:
        """Return project, unit and month of decision of every start of a known project."""
        frame = self.frame("starts")
        rows = zip(frame["project"], frame["unit"], frame["start"], strict=True)
        return tuple((p, round(u), int(m)) for p, u, m in rows if p in self.facts.network.projects)

    @cached_property
    def started(self) -> Mapping[tuple[str, int], int]:
        """Return the month of decision by project and unit (the first one given)."""
        found: dict[tuple[str, int], int] = {}
        for project, unit, month in self.starts:
            found.setdefault((project, unit), month)
        return found

    @cached_property
    def sizes(self) -> Mapping[tuple[str, int], float]:
        """Return the size of every started unit (the first one given): 1 where none is chosen."""
        frame, found = self.frame("starts"), dict[tuple[str, int], float]()
        for project, unit, size in zip(frame["project"], frame["unit"], frame["size"], strict=True):
            found.setdefault((project, round(unit)), float(size))
        return found

    @cached_property
    def line_size(self) -> FloatArray:
        """Return the size of the unit that opens each line: 1 for existing lines, L."""
        return np.asarray([self.sizes.get((line.project, line.unit), 1.0) for line in self.facts.lines], dtype=float)

    @cached_property
    def line_ready(self) -> FloatArray:
        """Return ready of the unit that opens each line, L, T: 0 if not started, 1 for existing lines."""
        facts = self.facts
        ready = np.zeros((len(facts.lines), facts.count))
        for position, line in enumerate(facts.lines):
            month = self.started.get((line.project, line.unit))
            if not line.project:
                ready[position] = 1.0
            elif month is not None:
                ready[position] = facts.ready(facts.network.projects[line.project], month)
        return ready

    @cached_property
    def shifts(self) -> FloatArray:
        """Return crews at work: L, T."""
        return np.rint(self.dense("shifts", "shifts", line=self.facts.line_names))

    @cached_property
    def people(self) -> Mapping[str, tuple[FloatArray, FloatArray]]:
        """Return by member who hires people: people hired and people who leave, by review block, B each."""
        begins = [int(month) for month in self.facts.block_begins]
        found = {
            name: (np.zeros(len(begins)), np.zeros(len(begins)))
            for name, member in self.facts.network.members.items()
            if member.hires
        }
        if not found:
            return found
        frame = self.frame("people")
        rows = zip(frame["member"], self.codes(frame["month"], begins), frame["hired"], frame["left"], strict=True)
        for member, b, hired, left in rows:
            if member in found and b >= 0:
                found[member][0][b] += hired
                found[member][1][b] += left
        return found

    @cached_property
    def opens(self) -> FloatArray:
        """Return the month from which each line is there: 0 of existing lines, infinite where nothing opens it: L."""
        facts = self.facts
        opens = np.zeros(len(facts.lines))
        for position, line in enumerate(facts.lines):
            month = self.started.get((line.project, line.unit))
            if line.project:
                lead = facts.network.projects[line.project].lead_months
                opens[position] = np.inf if month is None else month + lead
        return opens

    @cached_property
    def weekends(self) -> FloatArray:
        """Return weekends worked: L, K, T."""
        steps = [float(step) for step in range(1, self.facts.depth + 1)]
        return np.rint(self.dense("weekends", "weekends", line=self.facts.line_names, step=steps))

    @cached_property
    def made(self) -> FloatArray:
        """Return good output: L, I, T."""
        return self.dense("output", "made", line=self.facts.line_names, item=self.facts.items)

    @cached_property
    def closing(self) -> FloatArray:
        """Return producer-held closing stock: N, I, T."""
        return self.dense("stock", "closing", place=self.facts.places, item=self.facts.items)

    @cached_property
    def own(self) -> FloatArray:
        """Return closing stock of members' own stockpiles: N, I, T."""
        return self.dense("own_stock", "closing", member=self.facts.places, item=self.facts.items)

    @cached_property
    def discarded(self) -> FloatArray:
        """Return what producers throw away: N, I, T; where nothing may be, a plan needs no such table."""
        if "discards" not in self.plan.tables and not self.facts.waste.any():
            return np.zeros((len(self.facts.places), len(self.facts.items), self.facts.count))
        return self.dense("discards", "discarded", place=self.facts.places, item=self.facts.items)

    @cached_property
    def used(self) -> FloatArray:
        """Return what recipients get from stock: N, I, T."""
        return self.dense("uses", "used", recipient=self.facts.places, item=self.facts.items)

    @cached_property
    def lost(self) -> FloatArray:
        """Return needs not met: bands, T."""
        frame, facts = self.frame("losses"), self.facts
        keys = list(zip(frame["recipient"], frame["item"], frame["band"], strict=True))
        positions = {band: position for position, band in enumerate(facts.bands)}
        codes = np.asarray([positions.get((r, i, int(b)), -1) for r, i, b in keys], dtype=np.int64)
        return self.summed((len(facts.bands), facts.count), [codes, self.periods("losses")], frame["lost"])

    def by_book(self, name: str, who: str, value: str) -> FloatArray:
        """Return a column of deliveries or pledges: books, T."""
        frame, facts = self.frame(name), self.facts
        positions = {book: position for position, book in enumerate(facts.books)}
        keys = zip(frame[who], frame["item"], strict=True)
        codes = np.asarray([positions.get(key, -1) for key in keys], dtype=np.int64)
        return self.summed((len(facts.books), facts.count), [codes, self.periods(name)], frame[value])

    @cached_property
    def delivered(self) -> FloatArray:
        """Return what is delivered to orders: books, T."""
        return self.by_book("deliveries", "customer", "delivered")

    @cached_property
    def backlog(self) -> FloatArray:
        """Return the order books at the end of each period: books, T."""
        return self.by_book("deliveries", "customer", "backlog")

    @cached_property
    def pledged(self) -> FloatArray:
        """Return what is pledged: books, T."""
        return self.by_book("pledges", "member", "pledged")

    # -- sizes -----------------------------------------------------------------------------------
    @cached_property
    def quantities(self) -> FloatArray:
        """Return the largest quantity of each item in a row of any table, or in a period of the scenario: I."""
        largest = self.facts.quantities.copy()
        for name, columns in QUANTITIES.items():
            for items, values in self._readable(name, "item", *columns):
                codes = self.codes(items, self.facts.items)
                np.maximum.at(largest, codes[codes >= 0], np.abs(values[codes >= 0]))
        return largest

    def quantity(self, item: str) -> float:
        """Return the largest quantity of an item; 0 of one that is not known, or of no item."""
        at = self.facts.item.get(item)
        return 0.0 if at is None else float(self.quantities[at])

    @cached_property
    def money(self) -> float:
        """Return the largest amount of money in a row of costs or payments."""
        amounts = [*self._readable("costs", "month", "amount"), *self._readable("payments", "year", "paid")]
        return max((float(np.abs(values).max(initial=0.0)) for _, values in amounts), default=0.0)

    def _readable(self, name: str, key: str, *columns: str) -> Iterator[tuple[Array, FloatArray]]:
        """Yield the key and each column of a table; nothing of one that cannot be read, which has a rule of its own."""
        with suppress(MalformedError):
            frame = self.frame(name)
            for column in columns:
                yield frame[key], frame[column]


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return ""
    return value if isinstance(value, str) else str(value)


def _where(table: Table, name: str, values: pd.Series, position: int) -> str:
    return f"row {position + 1} of {table.name} has {values.iloc[position]!r} in the column {name}"


def _numbers(table: Table, name: str, values: pd.Series) -> FloatArray:
    if values.dtype == object or not pd.api.types.is_numeric_dtype(values.dtype):
        for position, value in enumerate(values):
            empty = value is None or value is pd.NA
            if not empty and not isinstance(value, numbers.Real):
                raise MalformedError(table.name, f"{_where(table, name, values, position)}, which is no number")
    if isinstance(values.dtype, np.dtype) and values.dtype != object:
        found = values.to_numpy(float)
    else:
        filled = values.astype(object).where(values.notna(), np.nan)
        found = pd.to_numeric(filled, errors="coerce").to_numpy(float)
    missing = ~np.isfinite(found)
    if name not in MAY_BE_EMPTY and missing.any():
        position = int(np.flatnonzero(missing)[0])
        raise MalformedError(table.name, f"{_where(table, name, values, position)}; a number is required")
    return np.asarray(found, dtype=float)
