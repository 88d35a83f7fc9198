"""A workbook being written: sheets with a title, tables as Excel tables, values unrounded."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from optimizer.plan.tables import Column
from optimizer.report.rows import Plain, RowSheet, render
from optimizer.report.styles import (
    FONT,
    GREY,
    LINE,
    MONTH_FORMAT,
    NAVY,
    WIDEST,
    header_of,
    lines_of,
    number_format,
    unit_words,
    width_of,
)

MOST_ROWS = 1_048_000
"""Data rows of one sheet; longer tables go on on further sheets, `name (2)` and so on."""

MOST_TEXT = 32_767
"""Characters that a cell can hold."""

MOST_TITLE = 250
"""Characters of a title or a name in a chart."""

TITLE_ROWS = 3
"""Rows above the header of a table: title, explanation, way back."""

ROW_HEIGHT = 15.75
ROW_PIXELS = 21
"""Height of a row, in points and in pixels."""
MOST_LINES = 8
"""Lines of a text in a cell that are shown; the rest is in the cell."""

HOME = "Briefing"


class Exact(float):
    """A number that is written with all its digits, where sixteen would not be enough."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class Placed:
    """Where a table stands: charts refer to its cells by this."""

    sheet: str
    name: str
    header_row: int
    rows: int
    columns: Mapping[str, int]
    pixels: int
    """Width of the table on the screen."""

    @property
    def right(self) -> int:
        """Return the first column to the right of the table."""
        return max(self.columns.values()) + 1

    @property
    def below(self) -> int:
        """Return the first row below the table."""
        return self.header_row + self.rows + 1

    def values(self, column: str, first: int = 0, last: int | None = None) -> list[Any]:
        """Return the cells of a column, from data row `first` to before `last`."""
        stop = self.rows if last is None else last
        number = self.columns[column]
        return [self.sheet, self.header_row + 1 + first, number, self.header_row + stop, number]


class Book:
    """A report while it is written.

    Parameters
    ----------
    currency
        Unit of all money, for the headers.
    home
        Name of the first sheet, to which the others lead back.
    """

    def __init__(self, currency: str, home: str = HOME) -> None:
        self.currency, self._home = currency, home
        self._file = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        }
        self.excel = xlsxwriter.Workbook(self._file, options)
        self.excel.formats[0].set_font_name(FONT)
        self.excel.formats[0].set_font_size(10)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._tables: set[str] = set()
        self.report_sheets: list[str] = []

    def close(self) -> bytes:
        """Finish the workbook and return it."""
        self.excel.close()
        assert all(sheet.complete for sheet in self.excel.worksheets() if isinstance(sheet, RowSheet))
        return self._file.getvalue()

    def style(self, **properties: Any) -> Any:
        """Return a cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 10, "valign": "top"}
            self._formats[key] = self.excel.add_format({**base, **properties})
        return self._formats[key]

    # -- sheets ----------------------------------------------------------------------------------
    def sheet(self, name: str, *, color: str = NAVY) -> Any:
        """Add a sheet that prints on A4 landscape, as wide as the page."""
        sheet = self.excel.add_worksheet(name, RowSheet)
        sheet.set_tab_color(color)
        sheet.set_default_row(ROW_HEIGHT)  # else programs choose their own, and charts overlap
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8&A&R&8page &P of &N")
        return sheet

    def titled(self, name: str, title: str, about: str) -> Any:
        """Add a sheet with a title, a sentence about it, and a link back to the first sheet."""
        sheet = self.sheet(name)
        self.report_sheets.append(name)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.style(bold=True, font_size=14, font_color=NAVY))
        sheet.write_string(1, 0, about, self.style(font_color=GREY))
        link = self.style(font_color=NAVY, underline=1, font_size=9)
        sheet.write_url(2, 0, f"internal:'{self._home}'!A1", link, self._home)
        sheet.set_row(0, 22)
        return sheet

    def table_sheet(
        self,
        name: str,
        title: str,
        about: str,
        columns: Sequence[Column],
        frame: pd.DataFrame,
        table: str,
        *,
        formats: Mapping[str, str] | None = None,
        charted: bool = False,
        longest: float = WIDEST,
    ) -> tuple[Any, Placed]:
        """Add a titled sheet with one table under frozen headers; return the sheet and where the table is.

        A table that is too long for one sheet goes on on further ones. `charted`: charts show its cells. Texts that
        are longer than `longest` wrap.
        """
        first: tuple[Any, Placed] | None = None
        for number, part in _parts(frame):
            suffix = f" ({number})" if number > 1 else ""
            sheet = self.titled(name + suffix, title + suffix, about)
            tag = f"{table}_{number}" if number > 1 else table
            options: dict[str, Any] = {"formats": formats, "whole": not charted, "longest": longest}
            placed = self.table(sheet, columns, part, tag, row=TITLE_ROWS, **options)
            sheet.freeze_panes(TITLE_ROWS + 1, 0)
            sheet.repeat_rows(TITLE_ROWS)
            first = first or (sheet, placed)
        assert first is not None
        return first

    def plain_sheet(
        self,
        name: str,
        columns: Sequence[Column],
        frame: pd.DataFrame,
        table: str,
        *,
        formats: Mapping[str, str] | None = None,
        hidden: bool = False,
    ) -> None:
        """Add a sheet that holds one table from its first row on, to be read back."""
        for number, part in _parts(frame):
            suffix, tag = (f" ({number})", f"_{number}") if number > 1 else ("", "")
            sheet = self.sheet(name + suffix, color=GREY)
            self.table(sheet, columns, part, table + tag, row=0, formats=formats, units=False, whole=True)
            for place, column in enumerate(columns):
                unit = unit_words(column, self.currency)
                note = ". ".join(words for words in (column.meaning, f"Unit: {unit}" if unit else "") if words)
                if note:
                    sheet.write_comment(0, place, note, {"x_scale": 2, "author": ""})
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            if hidden:
                sheet.hide()

    # -- tables ----------------------------------------------------------------------------------
    def table(
        self,
        sheet: Any,
        columns: Sequence[Column],
        frame: pd.DataFrame,
        name: str,
        *,
        row: int,
        column: int = 0,
        formats: Mapping[str, str] | None = None,
        units: bool = True,
        widest: dict[int, float] | None = None,
        whole: bool = False,
        longest: float = WIDEST,
    ) -> Placed:
        """Write a DataFrame as an Excel table; an empty one gets one blank row.

        `formats` overrules number formats by column; without `units` the headers are written as they
        are. `widest` holds the widths of columns that several tables share. `whole` is for the last
        table of a sheet, of which no chart keeps numbers: its rows are rendered at once, and texts of more than
        `longest` characters wrap.
        """
        assert name not in self._tables, f"two tables are called {name}"
        self._tables.add(name)
        heads = _unique([header_of(c, self.currency) if units else c.header for c in columns])
        style = self.style(bold=True, font_color="#FFFFFF", bg_color=NAVY, text_wrap=True, border=1, border_color=LINE)
        last = column + len(columns) - 1
        sheet.add_long_table(
            row,
            column,
            row + max(1, len(frame)),
            last,
            {
                "name": name,
                "style": "Table Style Light 1",
                "columns": [{"header": head, "header_format": style} for head in heads],
            },
        )
        lines = pixels = 1
        rendered: list[list[str]] = []
        below = [1] * len(frame)
        for place, (stated, head) in enumerate(zip(columns, heads, strict=True), start=column):
            values = _plain(frame[stated.name]) if len(frame) else []
            form = (formats or {}).get(stated.name) or self._format(stated, frame)
            width = width_of(head, form, values, longest)
            wraps = whole and width == longest
            looks = self._looks(form, wraps=wraps)
            if wraps:
                below = [max(n, lines_of(str(value), width)) for n, value in zip(below, values, strict=True)]
            if whole:
                rendered.append(list(render(values, row + 1, place, looks)))
            else:
                self._write_column(sheet, row + 1, place, values, looks)
            lines = max(lines, lines_of(head, width))
            if widest is not None:
                width = widest[place] = max(width, widest.get(place, 0.0))
            sheet.set_column(place, place, width)
            pixels += int(7 * width) + 5
        if whole:
            sheet.add_rows(row + 1, column, rendered, [ROW_HEIGHT + 13.5 * (min(n, MOST_LINES) - 1) for n in below])
        sheet.set_row(row, 13.5 * min(5, lines) + 4)
        places = {c.name: column + n for n, c in enumerate(columns)}
        return Placed(sheet.get_name(), name, row, len(frame), places, pixels)

    def _format(self, column: Column, frame: pd.DataFrame) -> str:
        if not len(frame):
            return "@"
        values = frame[column.name]
        if column.unit or pd.api.types.is_numeric_dtype(values):
            return number_format(column, values)
        return "@"

    def _looks(self, form: str, *, wraps: bool = False) -> dict[str, Any]:
        """Return the cell formats of a column by kind of value; long texts may wrap."""
        text = {
            "num_format": "@",
            "align": "left",
            "indent": 1,
            "valign": "top",
            **({"text_wrap": True} if wraps else {}),
        }
        return {
            "number": self.style(num_format="General" if form == "@" else form, valign="top"),
            "date": self.style(num_format=MONTH_FORMAT if form == "@" else form, align="center", valign="top"),
            "text": self.style(**text),
            "quoted": self.style(**text, quote_prefix=True),
        }

    def _write_column(self, sheet: Any, row: int, column: int, values: list[Plain], looks: Mapping[str, Any]) -> None:
        for index, value in enumerate(values, start=row):
            if isinstance(value, str):
                sheet.write_string(index, column, value, looks["quoted" if value[0] in "=+-@" else "text"])
            elif isinstance(value, dt.date):
                sheet.write_datetime(index, column, value, looks["date"])
            elif value is not None:
                sheet.write_number(index, column, exact(value), looks["number"])

    # -- charts ----------------------------------------------------------------------------------
    def chart(self, kind: Mapping[str, str]) -> Any:
        """Return a chart whose titles and names are texts, whatever they begin with; by ranges only cells are meant."""
        chart = self.excel.add_chart(kind)
        # the library takes a name such as `=A!B1` or `Fuze!M7` for a reference to a cell
        chart._process_names = lambda name, _: (None if name is None else _short(name), None)
        return chart


def exact(value: float) -> float:
    """Return a number in a form that is written with all its digits."""
    number = float(value)
    return number if float(f"{number:.16G}") == number else Exact(number)


def _plain(values: pd.Series[Any]) -> list[Plain]:
    """Return the values of a column as cells hold them."""
    if (values.dtype == np.float64 and np.isfinite(values.to_numpy()).all()) or values.dtype == np.int64:
        return list(values.to_numpy().tolist())
    dates = pd.api.types.is_datetime64_dtype(values.dtype)
    found = values.to_numpy().astype("datetime64[D]").tolist() if dates else values.to_list()
    plain = {value: _plain_value(value) for value in set(found)}  # names and months repeat
    return [plain[value] for value in found]


def _plain_value(value: Any) -> Plain:
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return _fitting(value) or None
    if isinstance(value, dt.date):  # also timestamps; NaT differs from itself
        if value != value:
            return None
        return dt.date(value.year, value.month, value.day) if value.year > 1900 else value.isoformat()[:10]
    return int(value) if isinstance(value, (int, np.integer, np.bool_)) else None


def _short(text: str) -> str:
    return text if len(text) <= MOST_TITLE else f"{text[: MOST_TITLE - 3]}..."


def _fitting(text: str) -> str:
    mark = " ... (cut: a cell holds no more)"
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - len(mark)] + mark


def _unique(heads: Sequence[str]) -> list[str]:
    """Return headers that differ also when case does not count, as Excel wants them."""
    seen: set[str] = set()
    found = []
    for head in heads:
        name, number = head, 2
        while name.casefold() in seen:
            name, number = f"{head} {number}", number + 1
        seen.add(name.casefold())
        found.append(name)
    return found


def _parts(frame: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Cut a table into pieces that fit on a sheet, numbered from 1."""
    for number, begin in enumerate(range(0, max(1, len(frame)), MOST_ROWS), start=1):
        yield number, frame.iloc[begin : begin + MOST_ROWS]
