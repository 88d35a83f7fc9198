"""How the report looks: fonts, number formats, and colours that differ in black and white too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.tables import Column

FONT = "Arial"
NAVY = "#1F3864"
GREY = "#7F7F7F"
PALE = "#EDF1F7"
LINE = "#BFBFBF"

FILLS: tuple[dict[str, Any], ...] = (
    {"fill": {"color": NAVY}},
    {"fill": {"color": "#BDD7EE"}},
    {"fill": {"color": "#ED7D31"}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#404040", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#548235"}},
    {"fill": {"color": "#FFF2CC"}},
    {"pattern": {"pattern": "dotted_grid", "fg_color": "#404040", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#B4B4B4"}},
)
"""Fills of stacked series: hatched, or of a brightness that no other one has, so that they hold apart in grey."""

STROKES: tuple[dict[str, Any], ...] = (
    {"color": "#000000", "width": 2.25, "dash_type": "solid"},
    {"color": NAVY, "width": 1.75, "dash_type": "dash"},
    {"color": "#C55A11", "width": 1.75, "dash_type": "round_dot"},
    {"color": "#548235", "width": 1.75, "dash_type": "dash_dot"},
    {"color": "#2E75B6", "width": 1.25, "dash_type": "solid"},
    {"color": GREY, "width": 1.75, "dash_type": "long_dash"},
    {"color": "#7030A0", "width": 1.25, "dash_type": "dash"},
    {"color": "#BF9000", "width": 1.25, "dash_type": "long_dash_dot"},
)
"""Strokes of lines: each has its own dashes, so that they can be told apart without colour."""

MONTH_FORMAT = "yyyy-mm"
DATE_FORMAT = "yyyy-mm-dd"


def unit_words(column: Column, currency: str) -> str:
    """Return the unit of a column as the header tells it; empty for text and dates."""
    if column.unit in ("month", "date"):
        return ""
    words = {"money": currency, "money per month": f"{currency} per month", "share": "%"}
    return words.get(column.unit, column.unit)


def header_of(column: Column, currency: str) -> str:
    """Return a header with its unit in brackets."""
    unit = unit_words(column, currency)
    return column.header if unit in ("", column.header) else f"{column.header} ({unit})"


def number_format(column: Column, values: pd.Series[Any]) -> str:
    """Return the number format of a column: as many decimals as the size of its values needs."""
    fixed = {"month": MONTH_FORMAT, "date": DATE_FORMAT, "share": "0.0%", "money": "#,##0"}
    if column.unit in fixed:
        return fixed[column.unit]
    if column.name in ("year", "unit", "step", "band"):
        return "0"
    return decimals(pd.to_numeric(values, errors="coerce").to_numpy(dtype=float))


def decimals(values: Any) -> str:
    """Return a format with decimals for small numbers and none for large or whole ones."""
    known = np.abs(values[~np.isnan(values)]) if len(values) else np.zeros(0)
    largest = float(known.max()) if len(known) else 0.0
    if largest >= 100 or bool(np.all(np.abs(known - np.round(known)) < 1e-9)):
        return "#,##0"
    return "#,##0.0" if largest >= 10 else "#,##0.00"


def lines_of(header: str, width: float) -> int:
    """Return the lines a header takes in a column, words kept whole."""
    lines, used = 1, 0.0
    for word in header.split():
        size = 1.1 * len(word)
        if used and used + 1 + size > width:
            lines, used = lines + 1, 0.0
        used += size + (1 if used else 0)
    return lines


WIDEST = 60.0
"""Most characters of a column; longer texts wrap."""


def width_of(header: str, form: str, values: Sequence[Any], widest: float = WIDEST) -> float:
    """Return the width in characters that shows every value, and the header on two or three lines."""
    words = max((len(word) for word in header.split()), default=0)
    head = max(words, -(-len(header) // 3)) + 3
    return float(min(widest, max(9, head, _longest(form, values) + 2)))


def _longest(form: str, values: Sequence[Any]) -> int:
    if form == MONTH_FORMAT:
        return 7
    if form == DATE_FORMAT:
        return 10
    if form == "@":
        return max((len(str(value)) + 1 for value in set(values)), default=0)  # texts are indented
    numbers = [abs(float(value)) for value in values if isinstance(value, (int, float)) and value == value]
    if not numbers:
        return 0
    spare = 4 if "." in form or "%" in form else 1
    return len(f"{max(numbers):,.0f}") + spare
