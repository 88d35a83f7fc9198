"""What differs between the input of two scenarios, value by value, with sheet and cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES, WHAT_IFS, Row, Settings, as_cell, headers
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
        if table not in WHAT_IFS and base.rows(table) != other.rows(table):
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


# -- one change at a time --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """A row of the input, or a setting, that is not the same in two scenarios.

    Attributes
    ----------
    table
        Its name; ``settings`` for a setting.
    key
        Of the row, and which of those that have it; of a setting its name.
    sheet, cell, row, words
        Where it stands in the later scenario, and what was and is.
    """

    table: str
    key: tuple[str, int]
    sheet: str
    cell: str
    row: str
    words: str

    @property
    def name(self) -> str:
        """Return what tells it from others."""
        return f"{self.sheet} {self.row}" + (f" ({self.key[1] + 1})" if self.key[1] else "")


def changed_rows(base: Scenario, other: Scenario) -> list[Difference]:
    """Return the rows and settings that differ, each with all that differs in it, in the order of the workbook."""
    found = []
    for name, header in headers(Settings).items():
        was, now = getattr(base.settings, name), getattr(other.settings, name)
        if name not in BESIDE and was != now:
            sheet, cell = other.locate("settings", 0, name)
            words = f"{_text(name, was)} to {_text(name, now)}"
            found.append(Difference("settings", (name, 0), sheet, cell, header, words))
    for table in TABLES:
        if table in WHAT_IFS:
            continue
        before, after = _keyed(base.rows(table)), _keyed(other.rows(table))
        for key in dict.fromkeys([*after, *before]):
            if key in before and key in after and before[key][1] == after[key][1]:
                continue
            where, index = (other, after[key][0]) if key in after else (base, before[key][0])
            sheet, cell = where.locate(table.table, index, next(iter(headers(table))))
            if key in before and key in after:
                names = [n for n in headers(table) if getattr(before[key][1], n) != getattr(after[key][1], n)]
                names = [n for n in names if n not in (*BESIDE, "note")]
                if not names:
                    continue
                _, cell = other.locate(table.table, index, names[0])
                words = ", ".join(_was_is(headers(table)[n], n, before[key][1], after[key][1]) for n in names)
            else:
                words = "new row" if key in after else "row is gone"
            row = " | ".join(part for part in key[0].split(" | ") if part.strip())
            found.append(Difference(table.table, key, sheet, cell, row, words))
    return found


def _was_is(header: str, name: str, was: Row, now: Row) -> str:
    return f"{header} {_text(name, getattr(was, name))} to {_text(name, getattr(now, name))}"


def undone(base: Scenario, other: Scenario, difference: Difference) -> Scenario:
    """Return the later scenario with one difference as it was.

    Raises
    ------
    InputError
        When the rules do not hold with it alone undone.
    """
    if difference.table == "settings":
        name = difference.key[0]
        return other.replace(settings={name: getattr(base.settings, name)})
    table = next(table for table in TABLES if table.table == difference.table)
    before, after = _keyed(base.rows(table)), _keyed(other.rows(table))
    rows = {key: row for key, (_, row) in after.items() if key != difference.key or key in before}
    if difference.key in before:
        rows[difference.key] = before[difference.key][1]
    return other.replace(**{table.table: [row.model_dump() for row in rows.values()]})  # type: ignore[arg-type]
