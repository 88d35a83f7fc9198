"""Shifts and weekends as heat maps: a row is a line, a column a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import Column
from optimizer.report.book import TITLE_ROWS, Book
from optimizer.report.styles import LINE, NAVY

SHEET = "Shifts and weekends"
KEYS = ("line", "member", "producer")


def write_heat_maps(book: Book, plan: Plan) -> None:
    """Write crews at work and weekend runs, line by period; without open lines nothing is written."""
    capacity = plan.measures.capacity
    if not len(capacity):
        return
    about = (
        "Crews at work (0: idle; blank: not open), and below weekend runs of all crews in the period; "
        "the darker, the more"
    )
    sheet = book.titled(SHEET, SHEET, about)
    opened = capacity[capacity["pattern"] != "not open"]
    below = _map(book, sheet, opened, "shifts", "ShiftMap", TITLE_ROWS)
    worked = capacity.groupby("line")["weekends"].transform("sum") > 0
    if worked.any():
        title = book.style(bold=True, font_color=NAVY)
        sheet.write_string(below + 1, 0, "Weekend runs in the period (all crews of a line together)", title)
        _map(book, sheet, capacity[worked], "weekends", "WeekendMap", below + 2)
    sheet.freeze_panes(TITLE_ROWS + 1, len(KEYS))
    sheet.repeat_rows(TITLE_ROWS)


def _map(book: Book, sheet: Any, capacity: pd.DataFrame, value: str, name: str, row: int) -> int:
    table = capacity.pivot_table(index=list(KEYS), columns="month", values=value, aggfunc="sum", sort=False)
    months = sorted(table.columns)
    frame = table[months].reset_index()
    lengths = capacity.drop_duplicates("month").set_index("month")["months"]
    heads = [period_words(pd.Timestamp(month), round(lengths[month])) for month in months]
    frame.columns = pd.Index([*KEYS, *heads])
    keys = [Column(key, key, "") for key in KEYS]
    columns = [*keys, *(Column(head, head, "", "shifts") for head in heads)]
    placed = book.table(sheet, columns, frame, name, row=row, formats=dict.fromkeys(heads, "0"), units=False)
    first = len(KEYS)
    _narrow(book, sheet, row, heads, first)
    sheet.conditional_format(
        row + 1,
        first,
        placed.below - 1,
        first + len(heads) - 1,
        {
            "type": "2_color_scale",
            "min_color": "#FFFFFF",
            "max_color": "#6FA0D8",
            "min_type": "num",
            "min_value": 0,
        },
    )
    return placed.below


def period_words(begin: pd.Timestamp, months: int) -> str:
    """Return a period in words: 2025-01, 2025 Q1 for a quarter of the calendar, else 2025-02 to 04."""
    if months == 1:
        return f"{begin:%Y-%m}"
    if months == 3 and begin.month % 3 == 1:
        return f"{begin.year} Q{begin.quarter}"
    last = begin + pd.DateOffset(months=months - 1)
    return f"{begin:%Y-%m} to {last:%m}" if last.year == begin.year else f"{begin:%Y-%m} to {last:%Y-%m}"


def _narrow(book: Book, sheet: Any, row: int, heads: Sequence[str], first: int) -> None:
    """Turn the months upright so that many fit on a page."""
    upright = book.style(
        bold=True,
        font_color="#FFFFFF",
        bg_color=NAVY,
        rotation=90,
        align="center",
        border=1,
        border_color=LINE,
    )
    for place, head in enumerate(heads, start=first):
        sheet.write_string(row, place, head, upright)
    sheet.set_column(first, first + len(heads) - 1, 3.7)
    sheet.set_row(row, max(58, 6 * max(map(len, heads)) + 8))
