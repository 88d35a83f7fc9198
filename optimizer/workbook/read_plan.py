"""A report back to a plan: the scenario it carries and the tables of the plan, unrounded."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.errors import PlanError
from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import CHECKS, KEPT, PLAN_SHEETS, RUN_SHEET, SHORT_RUN, WAIT_WITHOUT_LEVERS, Column
from optimizer.scenario.schema import SHEETS
from optimizer.workbook.cells import Sheet, read_sheets
from optimizer.workbook.read import scenario_of

TEXT_COLUMNS = frozenset(column.name for table in KEPT.values() for column in table.columns if not column.unit) - {
    "band",
    "step",
    "year",
    "attained",
    "value",
    "bound",
    "found",
    "given_back",
    "without_levers",
}
"""Columns of names: an empty cell is the empty name, not a missing number."""
FRACTIONS = ("units", "money", "share", "per unit", "times", "people")
"""Units whose numbers are fractions, though a cell may hold a whole one."""


def read_plan(path: str | Path) -> Plan:
    """Read the plan that a report holds, to verify it again or to work on with it.

    Parameters
    ----------
    path
        A report written by `Plan.to_excel` or `optimizer solve`.

    Returns
    -------
    Plan
        Tables, status, gap, seconds, versions and verdicts as they were written; `verify` gives new verdicts.

    Raises
    ------
    InputError
        When the file cannot be read, or the input sheets in it have errors.
    PlanError
        When the file is not a report. Tables that were spoilt are read as they are: `verify` tells.
    """
    sheets = read_sheets(Path(path), unread=_views)
    found = {sheet.title: sheet for sheet in sheets}
    if RUN_SHEET not in found:
        raise PlanError(
            f"{Path(path).name} holds no plan (no sheet `{RUN_SHEET}`); name a report that `optimizer solve` wrote"
        )
    scenario, _ = scenario_of(sheets)
    run = dict(_pairs(found[RUN_SHEET]))
    wait = run.get(WAIT_WITHOUT_LEVERS)
    return Plan(
        scenario=scenario,
        tables=dict(_tables(found)),
        status=str(run.get("status", "")),
        gap=_number(run.get("gap")),
        seconds=_group(run, "seconds"),
        size={name: int(value) for name, value in _group(run, "size").items() if math.isfinite(value)},
        stages=_stages(found),
        checks=tuple(_checks(found)),
        unverified=_named(found[RUN_SHEET], "unverified"),
        warnings=_named(found[RUN_SHEET], "warning"),
        wait_without_levers=None if wait is None else _number(wait),
        short_run={name: _figure(value) for name, value in _group(run, SHORT_RUN, kind=str).items()},
        versions={name: str(value) for name, value in _group(run, "version", kind=str).items()},
    )


def _views(titles: Sequence[str]) -> set[str]:
    """Return the sheets that only show what others hold."""
    return {title for title in titles if title not in SHEETS and not title.startswith(PLAN_SHEETS)}


# -- tables ------------------------------------------------------------------------------------------
def _tables(sheets: Mapping[str, Sheet]) -> Iterator[tuple[str, pd.DataFrame]]:
    for table in KEPT.values():
        parts = list(_parts(sheets, table.name))
        if parts:
            frames = [_frame(part, table.columns) for part in parts]
            yield table.name, pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def _parts(sheets: Mapping[str, Sheet], name: str) -> Iterator[Sheet]:
    """Yield the sheets of a table; long ones go on on further sheets."""
    title = PLAN_SHEETS + name.replace("_", " ")
    number = 1
    while (part := sheets.get(title if number == 1 else f"{title} ({number})")) is not None:
        if part.cut:
            raise PlanError(f"the sheet `{part.title}` has more rows than are read; verify the plan from Python")
        yield part
        number += 1


def _frame(sheet: Sheet, columns: Sequence[Column]) -> pd.DataFrame:
    """Return a sheet as the table it was written from; a column that is gone is left out."""
    places = {str(cell.value): number for number, cell in sheet.rows.get(1, {}).items()}
    rows = [cells for number, cells in sorted(sheet.rows.items()) if number > 1]
    data = {}
    for column in columns:
        place = places.get(column.header)
        if place is not None:
            data[column.name] = [_value(column, cells[place].value if place in cells else None) for cells in rows]
    return pd.DataFrame(data, columns=list(data))


def _value(column: Column, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.date()
    if column.unit == "month" and isinstance(value, str):  # months before 1900, which Excel has no dates for
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    if value is None:
        return "" if column.name in TEXT_COLUMNS else math.nan
    return float(value) if column.unit in FRACTIONS and isinstance(value, int) else value


def _stages(sheets: Mapping[str, Sheet]) -> pd.DataFrame:
    sheet = sheets.get(PLAN_SHEETS + "stages")
    if sheet is None:
        return pd.DataFrame()
    return _frame(sheet, [Column(str(cell.value), str(cell.value), "") for cell in sheet.rows.get(1, {}).values()])


def _checks(sheets: Mapping[str, Sheet]) -> Iterator[Check]:
    """Yield the verdicts that the report was written with; a plan that was not verified has none."""
    sheet = sheets.get(PLAN_SHEETS + CHECKS.name)
    if sheet is None:
        return
    frame = _frame(sheet, CHECKS.columns).reindex(columns=CHECKS.names)
    for rule, table, rows, largest, worst in frame.itertuples(index=False):
        count = _number(rows)
        words = [str(words) if isinstance(words, str) else "" for words in (rule, table, worst)]
        yield Check(words[0], words[1], int(count) if math.isfinite(count) else 0, _number(largest), words[2])


# -- the run -----------------------------------------------------------------------------------------
def _pairs(sheet: Sheet) -> Iterator[tuple[str, Any]]:
    for number, cells in sorted(sheet.rows.items()):
        if number > 1 and 1 in cells:
            yield str(cells[1].value), cells[2].value if 2 in cells else None


def _named(sheet: Sheet, wanted: str) -> tuple[str, ...]:
    return tuple(str(value) for name, value in _pairs(sheet) if name == wanted)


def _group(run: Mapping[str, Any], group: str, kind: type = float) -> dict[str, Any]:
    """Return the values written as `group: name`."""
    found = {name.removeprefix(f"{group}: "): value for name, value in run.items() if name.startswith(f"{group}: ")}
    return {name: value if kind is str else _number(value) for name, value in found.items()}


def _figure(value: Any) -> float | str:
    return float(value) if isinstance(value, (int, float)) else str(value)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else math.inf
