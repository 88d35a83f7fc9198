"""Cells of a page that is laid out by hand: texts and small tables over several columns of one width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.report.book import Book
from optimizer.report.styles import LINE, MONTH_FORMAT, NAVY, PALE

COLUMNS = 12
WIDTH = 13.0
"""Columns of the page, and letters in each."""
LINE_HEIGHT = 13.0
ROW_HEIGHT = 15.0
"""Points of a line of text, and of a row of one line."""

Value = str | float | pd.Timestamp | None


class Grid:
    """A page of twelve columns of one width.

    Parameters
    ----------
    book, sheet
        Where it is written.
    """

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet = book, sheet
        self._lines: dict[int, int] = {}
        sheet.set_column(0, COLUMNS - 1, WIDTH)

    def cell(self, row: int, column: int, span: int, value: Value, **style: Any) -> None:
        """Write a value over `span` columns; a text that needs more lines makes its row higher."""
        looks = self.book.style(text_wrap=isinstance(value, str), **{"valign": "vcenter", **style})
        last = column + span - 1
        if span > 1:
            self.sheet.merge_range(row, column, row, last, "", looks)
        if isinstance(value, str):
            self.sheet.write_string(row, column, value, looks)
            self._higher(row, value, span, float(style.get("font_size", 10)))
        elif value is None or value != value:
            self.sheet.write_blank(row, column, None, looks)
        elif isinstance(value, pd.Timestamp):
            self.sheet.write_datetime(row, column, value.to_pydatetime(), looks)
        else:
            self.sheet.write_number(row, column, float(value), looks)

    def heading(self, row: int, column: int, span: int, words: str) -> None:
        """Write the heading of a part of the page."""
        self.cell(row, column, span, words, bold=True, font_color=NAVY, font_size=11)

    def table(
        self,
        row: int,
        column: int,
        spans: Sequence[int],
        heads: Sequence[str],
        rows: Sequence[Sequence[Value]],
        forms: Sequence[Sequence[str] | str],
    ) -> int:
        """Write a small table; return the first row below it.

        `forms` are the number formats, one for each column, or for each row and column.
        """
        places = [column + sum(spans[:number]) for number in range(len(spans))]
        by_row = [form for form in forms if not isinstance(form, str)]
        first = by_row[0] if by_row else [str(form) for form in forms]
        head_style = {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "font_size": 9}
        for place, span, head, form in zip(places, spans, heads, first, strict=True):
            self.cell(row, place, span, head, align=_align(form), **head_style)
        for number, values in enumerate(rows, start=1):
            shown = by_row[number - 1] if by_row else first
            for place, span, value, form in zip(places, spans, values, shown, strict=True):
                style = {"num_format": form, "align": _align(form), "bottom": 1, "bottom_color": LINE, "font_size": 9}
                if number % 2 == 0:
                    style["bg_color"] = PALE
                self.cell(row + number, place, span, value, **style)
        return row + len(rows) + 1

    def height(self, first: int, last: int) -> float:
        """Return the height of the rows from `first` to before `last`, in points."""
        sizes = self.sheet.row_sizes  # in pixels
        return sum(0.75 * sizes[row][0] if row in sizes else ROW_HEIGHT for row in range(first, last))

    def _higher(self, row: int, text: str, span: int, size: float) -> None:
        letters = span * WIDTH * 10 / size * 1.05
        lines = sum(max(1, math.ceil(len(part) / letters)) for part in text.split("\n"))
        scale = max(1, math.ceil(lines * size / 10)) if size > 10 else lines
        if scale > self._lines.get(row, 1):
            self._lines[row] = scale
            self.sheet.set_row(row, LINE_HEIGHT * scale + 4)


def _align(form: str) -> str:
    """Return where values of a number format stand, and their header with them."""
    return "left" if form == "@" else "center" if form == MONTH_FORMAT else "right"
