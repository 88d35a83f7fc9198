"""A report read again: its plan verified anew, and every sheet written again and compared with the file.

The tables of the plan are what a report stands for; all that it shows follows from them. What is shown is
therefore checked by writing the report once more from the plan that was read, without a solve, and comparing
cell by cell and chart by chart.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from optimizer.errors import Finding
from optimizer.plan.plan import Plan
from optimizer.plan.tables import PLAN_SHEETS
from optimizer.report.write import render
from optimizer.scenario.schema import SHEETS
from optimizer.verify.tally import TOLERANCE
from optimizer.verify.verify import verify
from optimizer.workbook.read_plan import read_plan as read_as_written
from optimizer.workbook.shown import Drawn, Page, Shown, pages, same_parts

RELATIVE = 1e-9
"""Difference of two numbers that are the same, as a share of them: other programs keep fifteen digits."""
NOISE = 1e-12
"""The same as a share of the largest number of the column, for what is left of large numbers."""
ROUNDING = {"Checks": "largest violation", "plan checks": "largest violation"}
"""Columns that hold rounding errors, which differ from machine to machine: any that is within the tolerance will do.
Nothing else may differ."""


@dataclass(frozen=True)
class Reread:
    """A report read again.

    Attributes
    ----------
    plan
        With new verdicts.
    differences
        What the report shows otherwise than its plan says, one finding for each cell, chart or sheet.
    not_checked
        Sheets that are none of the report's, such as notes of a user's own.
    """

    plan: Plan
    differences: tuple[Finding, ...]
    not_checked: tuple[str, ...]


def read_plan(path: str | Path) -> Plan:
    """Read the plan that a report holds, to verify it again or to work on with it.

    Parameters
    ----------
    path
        A report written by `Plan.to_excel` or `optimizer solve`.

    Returns
    -------
    Plan
        Tables, status, gap, seconds and versions as they were. A plan that was verified when it was written is
        verified anew: the verdicts are of what the file holds now.

    Raises
    ------
    InputError
        When the file cannot be read, or the input sheets in it have errors.
    PlanError
        When the file is not a report. Tables that were spoilt are read as they are: `plan.checks` tells.
    """
    plan = read_as_written(path)
    return plan.with_checks(verify(plan)) if plan.checks else plan


def reread(path: str | Path) -> Reread:
    """Read a report, verify its plan, and compare all that it shows with what the plan says.

    Raises as `read_plan`.
    """
    written = read_as_written(path)
    plan = written.with_checks(verify(written))
    try:
        expected = render(plan if written.checks else written)
    except Exception as error:  # tables may hold anything
        told = f"the report cannot be written again from its plan ({type(error).__name__}: {error})"
        return Reread(plan, (Finding("", "", told),), ())
    content = Path(path).read_bytes()
    if same_parts(content, expected):
        return Reread(plan, (), ())
    try:
        theirs = pages(content)
    except Exception as error:  # whatever a broken sheet makes the library raise
        return Reread(plan, (Finding("", "", f"what it shows cannot be read ({type(error).__name__}: {error})"),), ())
    ours = pages(expected)
    if not any(_shows(title) for title in ours.keys() & theirs.keys()):  # a plan that was kept without its report
        ours = {title: page for title, page in ours.items() if not _shows(title)}
    differences = [finding for title, page in ours.items() for finding in _of_sheet(title, page, theirs.get(title))]
    here, there = version("optimizer"), written.versions.get("optimizer")
    if differences and there != here:
        told = f"it was written by version {there} of this program and compared by {here}, which may write otherwise"
        differences.append(Finding("", "", told))
    return Reread(plan, tuple(differences), tuple(title for title in theirs if title not in ours))


def _shows(title: str) -> bool:
    """Tell whether a sheet of the report only shows what others hold."""
    return title not in SHEETS and not title.startswith(PLAN_SHEETS)


# -- sheets ------------------------------------------------------------------------------------------
def _of_sheet(title: str, ours: Page, theirs: Page | None) -> Iterator[Finding]:
    if theirs is None:
        yield Finding(title, "", "the sheet is missing")
        return
    yield from _of_cells(title, ours, theirs)
    for number, (mine, other) in enumerate(zip_longest(ours.charts, theirs.charts), start=1):
        why = _of_chart(mine, other)
        if why:
            yield Finding(title, f"chart {number}", why)
    if theirs.others > ours.others:
        yield Finding(title, "", "pictures or shapes lie on it that the report does not have")


def _of_cells(title: str, ours: Page, theirs: Page) -> Iterator[Finding]:
    largest: dict[int, float] = defaultdict(float)
    for (_, column), shown in ours.cells.items():
        if isinstance(shown.value, (int, float)):
            largest[column] = max(largest[column], abs(shown.value))
    rounding = {
        column
        for (_, column), shown in ours.cells.items()
        if title in ROUNDING and str(shown.value).startswith(ROUNDING[title])
    }
    for place in sorted(ours.cells.keys() | theirs.cells.keys() | theirs.formulas):
        mine, other = ours.cells.get(place), theirs.cells.get(place)
        if place in theirs.formulas:
            yield Finding(title, _address(place), f"holds a formula where the plan says {_told(mine)}")
        elif place[1] in rounding and _within_tolerance(mine) and _within_tolerance(other):
            continue
        elif mine is None or other is None or not _same(mine.value, other.value, largest[place[1]]):
            yield Finding(title, _address(place), f"holds {_told(other)} where the plan says {_told(mine)}")
        elif isinstance(mine.value, (int, float)) and mine.form != other.form:
            yield Finding(title, _address(place), f"has a number format that shows {_told(mine)} as something else")


def _within_tolerance(shown: Shown | None) -> bool:
    return shown is not None and isinstance(shown.value, (int, float)) and 0 <= shown.value <= TOLERANCE


def _same(mine: Any, other: Any, largest: float) -> bool:
    if isinstance(mine, (int, float)) and isinstance(other, (int, float)):
        return abs(mine - other) <= RELATIVE * abs(mine) + NOISE * largest
    return bool(mine == other)


def _told(shown: Shown | None) -> str:
    if shown is None:
        return "nothing"
    if isinstance(shown.value, dt.datetime):
        return f"{shown.value:%Y-%m-%d}"
    if isinstance(shown.value, (int, float)):
        return f"{shown.value:,.10g}"
    return f"`{shown.value}`"


def _address(place: tuple[int, int]) -> str:
    row, column = place
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


# -- charts ------------------------------------------------------------------------------------------
def _of_chart(ours: Drawn | None, theirs: Drawn | None) -> str:
    """Return what a chart shows otherwise; empty if nothing. Programs lose titles of axes; they do not make them up."""
    if ours is None:
        return "the report has no such chart"
    if theirs is None:
        return "the chart is missing"
    if ours.titles[:1] != theirs.titles[:1] or not set(theirs.titles) <= set(ours.titles):
        return f"says `{'; '.join(theirs.titles)}` where the report says `{'; '.join(ours.titles)}`"
    if not theirs.axes <= ours.axes:
        return f"has an axis with {', '.join(sorted(theirs.axes - ours.axes))}"
    for mine, other in zip_longest(ours.series, theirs.series):
        if mine is None or other is None or (mine.name, mine.cells) != (other.name, other.cells):
            return f"has the series {_series(other)} where the report has {_series(mine)}"
        if mine.kept is not None and other.kept is not None and mine.kept != other.kept:
            return f"keeps other numbers of the series `{mine.name}` than its cells hold"
    return ""


def _series(series: Any) -> str:
    return "none" if series is None else f"`{series.name}` of {', '.join(series.cells)}"
