"""What differs between the input of two scenarios, value by value, with sheet and cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES, Change, Row, Settings, as_cell, headers
from optimizer.scenario.variants import key_text

BESIDE = ("title", "note", "data_date", "schema_version", "threads", "seed", "time_limit")
"""Attributes that no plan hangs on, or only its search."""
ABSENT = "(no such row)"


def differences(base: Scenario, other: Scenario) -> list[dict[str, str]]:
    """Return every value that differs: sheet, cell, row, column, value of the base, value of the other.

    The cell is that of the base; of rows that it has not, that of the other.
    """
    found = []
    for name, header in headers(Settings).items():
        was, now = getattr(base.settings, name), getattr(other.settings, name)
        if name not in BESIDE and was != now:
            sheet, cell = base.locate("settings", 0, name)
            found.append(_told(sheet, cell, header, "value", _text(name, was), _text(name, now)))
    for table in TABLES:
        if table is not Change and base.rows(table) != other.rows(table):
            found += _of_table(table, base, other)
    return found


def _of_table(table: type[Row], base: Scenario, other: Scenario) -> Iterator[dict[str, str]]:
    before, after = _keyed(base.rows(table)), _keyed(other.rows(table))
    for key in dict.fromkeys([*before, *after]):
        here = before.get(key) or after[key]
        scenario = base if key in before else other
        row = key[0] + (f" ({key[1] + 1})" if key[1] else "")
        if key not in before or key not in after:
            sheet, cell = scenario.locate(table.table, here[0], next(iter(headers(table))))
            ends = (ABSENT, "(a row)") if key not in before else ("(a row)", ABSENT)
            yield _told(sheet, cell, row, "", *ends)
            continue
        for name, header in headers(table).items():
            was, now = getattr(before[key][1], name), getattr(after[key][1], name)
            if name not in BESIDE and was != now:
                sheet, cell = base.locate(table.table, here[0], name)
                yield _told(sheet, cell, row, header, _text(name, was), _text(name, now))


def _keyed(rows: Sequence[Row]) -> dict[tuple[str, int], tuple[int, Row]]:
    """Return (key, which of those that have it) -> (number of the row, row)."""
    seen: Counter[str] = Counter()
    found = {}
    for index, row in enumerate(rows):
        key = key_text(row).rstrip(" |")
        found[key, seen[key]] = index, row
        seen[key] += 1
    return found


def _text(name: str, value: Any) -> str:
    value = as_cell(name, value)
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    return f"{value:,.10g}" if isinstance(value, (int, float)) else str(value)


def _told(sheet: str, cell: str, row: str, column: str, was: str, now: str) -> dict[str, str]:
    return {"sheet": sheet, "cell": cell, "row": row, "column": column, "base": was, "here": now}
