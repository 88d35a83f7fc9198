"""What a plan decides, in a form in which the decisions of two plans can be laid side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.plan.investment import size_words
from optimizer.plan.plan import Plan
from optimizer.scenario.network import Network
from optimizer.scenario.schema import LadderStep, Line

SAME_AMOUNT = 0.01
"""Relative difference up to which two amounts are the same decision."""
NOTHING = 1e-6
LITTLE = 1e-4
"""Share of the largest amount of an item in a month below which an amount is no decision, but what a search left."""
SIZE = "size"
"""Unit of what is chosen of a project whose size is: times what its columns describe."""


@dataclass(frozen=True, order=True)
class Subject:
    """What is decided about: kind, what, where."""

    kind: str
    what: str
    where: str


@dataclass(frozen=True)
class Choice:
    """How it is decided: the month by which, and how much in all (0: it is not a matter of amounts)."""

    month: dt.date
    amount: float = 0.0
    unit: str = ""

    def same(self, other: Choice | None) -> bool:
        """Tell whether it is the same choice."""
        if other is None or self.month != other.month:
            return False
        return abs(self.amount - other.amount) <= SAME_AMOUNT * max(abs(self.amount), abs(other.amount))

    def __str__(self) -> str:
        if self.unit == SIZE:
            return f"{self.month:%Y-%m}: {SIZE} {size_words(self.amount)}"
        return f"{self.month:%Y-%m}" + (f": {self.amount:,.0f} {self.unit}" if self.unit else "")


def decided(plan: Plan) -> dict[Subject, Choice]:
    """Return what a plan decides: projects, patterns of lines, weekends, pledges, purchases and gifts.

    A pattern is decided when the first crew of it is hired; of what has an amount the whole amount counts, and the
    month in which it begins.
    """
    return dict([*_projects(plan), *_patterns(plan), *_amounts(plan)])


def _projects(plan: Plan) -> Iterator[tuple[Subject, Choice]]:
    kinds = {row.project: row for row in Network(plan.scenario).projects.values()}
    verbs = {"new line": "Build", "expansion": "Expand", "reactivation": "Reactivate"}
    for row in plan.tables["starts"].to_dict("records"):
        if row["status"] == "committed":
            continue
        project = kinds[row["project"]]
        unit = f", unit {row['unit']}" if project.units > 1 else ""
        yield (
            Subject("project", f"{verbs[project.kind]} {project.project}{unit}", project.line or ""),
            Choice(_date(row["start"]), *((row["size"], SIZE) if project.sized else ())),
        )


def _patterns(plan: Plan) -> Iterator[tuple[Subject, Choice]]:
    calendar = plan.scenario.calendar
    lines = {row.line: row for row in plan.scenario.rows(Line)}
    steps = {(row.ladder, row.step): row for row in plan.scenario.rows(LadderStep)}
    for line, rows in plan.tables["shifts"].groupby("line", sort=False):
        known = lines.get(str(line).partition(" #")[0]) or lines.get(str(line))
        if known is None or known.ladder is None:
            continue
        before = 0 if known.opened_by else known.shifts_now or 0
        months, shifts = list(rows["month"]), [int(value) for value in rows["shifts"]]
        for step in range(before + 1, max(shifts, default=0) + 1):
            first = months[next(k for k, count in enumerate(shifts) if count >= step)]
            row = steps[known.ladder, step]
            decide = max(0, calendar.month(_date(first)) - row.hiring_months)
            yield Subject("shift", f"Run {row.pattern}", str(line)), Choice(_date(calendar.date(decide)))


def _amounts(plan: Plan) -> Iterator[tuple[Subject, Choice]]:
    units = {name: row.unit for name, row in Network(plan.scenario).items.items()}
    tables: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
        ("weekends", "weekends", ("line",), "weekends", "Work weekends"),
        ("people", "shift", ("member",), "hired", "Hire people for {0}"),
        ("people", "release", ("member",), "left", "Let people of {0} go"),
        ("pledges", "pledge", ("item", "member"), "pledged", "Order more {0}"),
        ("purchases", "purchase", ("item", "supplier", "place"), "bought", "Buy {0} from {1}"),
        ("gifts", "gift", ("item", "recipient", "member"), "given", "Give {0} to {1}"),
    )
    for table, kind, keys, column, what in tables:
        if table not in plan.tables:
            continue
        frame = plan.tables[table]
        least = LITTLE * frame.groupby("item")[column].transform("max") if "item" in frame else 0.0
        for key, rows in frame[(frame[column] > NOTHING) & (frame[column] >= least)].groupby(list(keys), sort=False):
            counted = {"weekends": "weekend runs", "people": "people"}
            unit = counted.get(table) or units[str(key[0])]
            words = what.format(*key)
            choice = Choice(_date(rows["month"].min()), float(rows[column].sum()), unit)
            yield Subject(kind, words, str(key[-1])), choice


def _date(value: Any) -> dt.date:
    return dt.date(value.year, value.month, value.day)
