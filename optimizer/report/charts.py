"""Native charts: every one has a title, axis titles with units, and series that differ without colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.report.book import Book
from optimizer.report.styles import FILLS, FONT, LINE, MONTH_FORMAT, STROKES

DAY_ZERO = pd.Timestamp(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar."""


AXIS_PIXELS = 88
"""Pixels that the title and the numbers of an axis take, so that neither lies on the other."""
PAGE = 0.6
"""Height of a page of A4 landscape against its width, less what a print program keeps."""
AROUND_BARS = 150
"""Pixels above and below the bars: a title, an axis, a legend."""
LEAST_BAR = 11
"""Pixels of a bar that can still be read."""


@dataclass(frozen=True)
class Series:
    """Values of one name over categories, both as cell ranges; `look` numbers its fill or stroke."""

    name: str
    categories: list[Any]
    values: list[Any]
    look: int = 0


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Attributes
    ----------
    title, x, y
        Titles of the chart and its axes; y with its unit.
    stacked
        Series drawn as stacked columns.
    beside
        Series drawn as columns side by side, instead of stacked ones.
    lines
        Series drawn as lines, in front of the columns if there are both.
    points
        Series drawn as points joined by lines over an axis of numbers; nothing else is drawn then.
    areas
        Whether stacked series are areas between points in time instead of columns.
    months
        Months on the x axis (a date axis); 0: the categories are names or years.
    y_format
        Number format of the y axis.
    y_most
        Upper end of the y axis; None: automatic.
    x_format
        Number format of the x axis under points.
    y_least, x_least
        Lower ends of the axes, that of x under points; None: automatic.
    """

    title: str
    x: str
    y: str
    stacked: Sequence[Series] = ()
    lines: Sequence[Series] = ()
    months: int = 0
    areas: bool = False
    y_format: str = "#,##0"
    y_most: float | None = None
    size: tuple[int, int] = field(default=(640, 320))
    beside: Sequence[Series] = ()
    points: Sequence[Series] = ()
    y_least: float | None = 0
    x_format: str = "#,##0"
    x_least: float | None = None


def drawable(charts: Iterable[Chart | None]) -> list[Chart]:
    """Return the charts that there is something to draw of: a need of nothing at all has no series."""
    return [
        chart
        for chart in charts
        if chart is not None and (chart.stacked or chart.beside or chart.lines or chart.points)
    ]


def draw(book: Book, chart: Chart, size: tuple[int, int] | None = None) -> Any:
    """Return a chart with at least one series, to be inserted into a sheet; `size` in pixels, else its own."""
    columns = lines = points = None
    if chart.points:
        points = book.chart({"type": "scatter", "subtype": "straight_with_markers"})
        for series in chart.points:
            points.add_series(_stroked(series) | {"marker": {"type": "automatic", "size": 7}})
    if chart.beside:
        columns = book.chart({"type": "column"})
        for series in chart.beside:
            columns.add_series(_filled(series, 60))
    if chart.stacked:
        columns = book.chart({"type": "area" if chart.areas else "column", "subtype": "stacked"})
        for series in chart.stacked:
            columns.add_series(_filled(series, 0 if chart.months else 60))
    if chart.lines:
        lines = book.chart({"type": "line"})
        for series in chart.lines:
            lines.add_series(_stroked(series))
    main = points or columns or lines
    if columns and lines:
        columns.combine(lines)
    _dress(main, chart, size or chart.size)
    return main


def _filled(series: Series, gap: int) -> dict[str, Any]:
    look = FILLS[series.look % len(FILLS)]
    border = {"none": True} if gap == 0 else {"color": "#404040", "width": 0.5}
    return {
        "name": series.name,
        "categories": series.categories,
        "values": series.values,
        "gap": gap,
        "border": border,
        **look,
    }


def _stroked(series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "categories": series.categories,
        "values": series.values,
        "line": STROKES[series.look % len(STROKES)],
        "marker": {"type": "none"},
    }


def _dress(drawn: Any, chart: Chart, size: tuple[int, int]) -> None:
    small = {"name": FONT, "size": 8}
    drawn.set_title({"name": chart.title, "name_font": {"name": FONT, "size": 11, "bold": True}, "overlay": False})
    axis: dict[str, Any] = {
        "name": chart.x,
        "name_font": {**small, "bold": False},
        "num_font": small,
        "line": {"color": "#404040"},
    }
    if chart.points:
        axis |= {"num_format": chart.x_format, "min": chart.x_least}
    if chart.months:
        axis |= {
            "date_axis": True,
            "num_format": MONTH_FORMAT,
            "major_unit": spacing(chart.months),
            "major_unit_type": "months",
            "minor_unit": 1,
            "minor_unit_type": "months",
        }
    drawn.set_x_axis(axis)
    up: dict[str, Any] = {
        "name": chart.y,
        "name_font": {**small, "bold": False},
        "num_font": small,
        "num_format": chart.y_format,
        "min": chart.y_least,
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
        "line": {"none": True},
    }
    if chart.y_most is not None:
        up["max"] = chart.y_most
    drawn.set_y_axis(up)
    drawn.set_legend({"position": "bottom", "font": small})
    left = AXIS_PIXELS / size[0]
    drawn.set_plotarea({"layout": {"x": left, "y": 0.14, "width": 0.97 - left, "height": 0.56}})
    drawn.set_size({"width": size[0], "height": size[1]})
    drawn.set_chartarea({"border": {"color": LINE}})
    drawn.show_blanks_as("gap")


def spacing(months: int) -> int:
    """Return the months between two labels of a date axis, so that at most eight are shown."""
    return next((step for step in (1, 2, 3, 6, 12, 24) if months / step <= 8), 60)


def days_apart(months: int) -> int:
    """Return the days between labels of an axis of days: the most that so many months have, so that each is right."""
    firsts = pd.date_range("2023-01-01", periods=48, freq="MS")  # with a leap year
    return max((first + pd.DateOffset(months=months) - first).days for first in firsts)


def timeline(
    book: Book,
    title: str,
    count: int,
    bars: Sequence[Series],
    ends: tuple[pd.Timestamp, pd.Timestamp],
    months: int,
    width: int,
) -> Any:
    """Return a Gantt chart of `count` bars over dates; the first series shifts the bars and is not seen.

    Its bars are as high as a page is that is `width` pixels wide.
    """
    chart = book.chart({"type": "bar", "subtype": "stacked"})
    for place, series in enumerate(bars):
        look: dict[str, Any] = _filled(series, 40)
        if place == 0:
            look |= {"fill": {"none": True}, "border": {"none": True}}
        chart.add_series(look)
    small = {"name": FONT, "size": 8}
    plain = {"name_font": {**small, "bold": False}, "num_font": small}
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "bold": True}})
    chart.set_y_axis({"name": "project", **plain})
    chart.set_x_axis(
        {
            "name": "month",
            "num_format": MONTH_FORMAT,
            "min": (ends[0] - DAY_ZERO).days,
            "max": (ends[1] - DAY_ZERO).days,
            "major_unit": days_apart(spacing(months)),
            "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
            **plain,
        }
    )
    chart.set_legend({"position": "bottom", "font": small})
    chart.set_chartarea({"border": {"color": LINE}})
    bar = max(LEAST_BAR, min(22, (int(PAGE * width) - AROUND_BARS) // max(count, 1)))
    chart.set_size({"width": width, "height": AROUND_BARS + bar * max(4, count)})
    return chart


def money_format(largest: float) -> tuple[str, str]:
    """Return number format and word for an axis of money up to an amount: thousands, millions, billions."""
    for size, form, word in (
        (2e9, "#,##0.0,,,", "billion"),
        (2e6, "#,##0,,", "million"),
        (2e3, "#,##0,", "thousand"),
    ):
        if largest >= size:
            return form, f"{word} "
    return "#,##0", ""
