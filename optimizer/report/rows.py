"""Rows of large tables rendered whole, many times as fast as cell by cell.

XlsxWriter takes ten microseconds for a cell, and a report at full size has a million. A column has
one look and few kinds of values, so its cells are rendered here, as XML, in one go. This leans on
the inside of `Worksheet` in two places: `_write_rows`, of which `complete` tells if that ever stops working, and the
ranges of a table, which is added with two rows and then grows: for tables that overlap, which ours never do, a second
went into looking at each of their cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

Plain = str | dt.date | float | None
"""A value as a cell holds it: text that is not empty, a date after 1900, a finite number; None for none."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_DAY_ZERO = dt.date(1899, 12, 30)
"""Day 0 of Excel, as counted from March 1900 on."""


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet that also takes rows already rendered, below all other cells."""

    def __init__(self) -> None:
        super().__init__()
        self._rendered: list[str] = []

    def add_long_table(
        self, row: int, column: int, last_row: int, last_column: int, options: Mapping[str, Any]
    ) -> None:
        """Add a table; arguments as of `add_table`."""
        self.add_table(row, column, row + 1, last_column, options)
        ranges = xl_range(row, column, row + 1, last_column), xl_range(row, column, last_row, last_column)
        table = self.tables[-1]
        for name in ("range", "a_range", "autofilter"):
            assert table[name] == ranges[0]
            table[name] = ranges[1]

    def add_rows(self, row: int, column: int, cells: Sequence[Sequence[str]], heights: Sequence[float]) -> None:
        """Take cells of columns side by side, from a row on, heights in points; no other cell may be as far down."""
        for number, (height, *line) in enumerate(zip(heights, *cells, strict=True), start=row + 1):
            self._rendered.append(f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(line)}</row>')
        self._check_dimensions(row + len(self._rendered) - 1, column + len(cells) - 1)

    @property
    def complete(self) -> bool:
        """Tell whether all rendered rows have been written."""
        return not self._rendered

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.write("".join(self._rendered))
        self._rendered.clear()


def render(values: Sequence[Plain], row: int, column: int, looks: Mapping[str, Any]) -> Iterator[str]:
    """Yield the cell of each value from a row on, in the look of its kind; empty text for no value."""
    letters = xl_col_to_name(column)
    styles = {kind: f' s="{look._get_xf_index()}"' for kind, look in looks.items()}
    known: dict[Plain, str] = {None: ""}
    for number, value in enumerate(values, start=row + 1):
        content = known.get(value)
        if content is None:
            content = known[value] = _content(value, styles)
        yield f'<c r="{letters}{number}"{content}' if content else ""


def _content(value: Plain, styles: Mapping[str, str]) -> str:
    """Return what stands in a cell after its address: style, type and value."""
    if isinstance(value, str):
        style = styles["quoted" if value[0] in "=+-@" else "text"]
        shown = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", escape(value))
        return f'{style} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
    if isinstance(value, dt.date):
        return f"{styles['date']}><v>{(value - _DAY_ZERO).days}</v></c>"
    return f"{styles['number']}><v>{repr(value).removesuffix('.0')}</v></c>"
