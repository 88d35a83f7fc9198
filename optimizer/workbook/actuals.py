"""The optional sheet Actuals of a workbook: what was done in months that are over, instead of what was planned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.errors import Finding, InputError
from optimizer.plan.assignment import ACTUAL, actual_rows
from optimizer.scenario.values import folded
from optimizer.workbook.cells import Sheet, read_sheets

SHEET = "Actuals"
HEADERS = ("table", "key", "month", "value")


def read_actuals(path: str | Path) -> pd.DataFrame:
    """Return the rows of the sheet Actuals: table, key, month, value; none where there is no such sheet.

    Raises
    ------
    InputError
        When it lacks a column, or a row names no table of decisions, no month or no number; all findings with cells.
    """
    path = Path(path)
    sheets = [] if path.is_dir() else [s for s in read_sheets(path) if folded(s.title) == folded(SHEET)]
    empty = pd.DataFrame(columns=list(HEADERS))
    return _rows(sheets[0]) if sheets and sheets[0].rows else empty


def _rows(sheet: Sheet) -> pd.DataFrame:
    head, *rows = sorted(sheet.rows)
    places = {folded(str(cell.value)): column for column, cell in sheet.rows[head].items()}
    missing = [name for name in HEADERS if name not in places]
    if missing:
        known = "; ".join(f"{table}: {' | '.join(keys)}" for table, (keys, _) in ACTUAL.items())
        told = f"lacks the columns {', '.join(missing)}; it wants {', '.join(HEADERS)}, with the keys {known}"
        raise InputError([Finding(sheet.title, f"row {head}", told)])
    records: list[dict[str, Any]] = []
    for row in rows:
        cells = sheet.rows[row]
        found = {name: cells[column].value for name, column in places.items() if name in HEADERS and column in cells}
        if found:
            records.append({**dict.fromkeys(HEADERS), **found, "cell": f"row {row}"})
    frame = pd.DataFrame(records, columns=[*HEADERS, "cell"])
    actual_rows(frame)  # refuses, with the cells
    return frame
