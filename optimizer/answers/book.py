"""The workbook of an answer: one page that tells it, with tables and charts, and a sheet for every table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.answers.reply import Picture, Reply, Sheet
from optimizer.answers.words import amount_words
from optimizer.errors import ReportError
from optimizer.files import reason, whole
from optimizer.plan.tables import Column
from optimizer.report.book import ROW_PIXELS, Book, Placed
from optimizer.report.charts import Chart, Series, draw, drawable, money_format
from optimizer.report.styles import FONT, GREY, NAVY

FIRST = "Answer"
"""Name of the first sheet."""
MOST_SHOWN = 14
"""Rows of a table that the first page tells; all of them are on its own sheet."""
CHART_SIZE = (600, 300)
TALL = 45
"""Rows from which the first page prints upright: it is one page, and would be small on its side."""
FIRST_WIDTH = 24.0
"""Characters of the first column, at least."""
MIXED = "#,##0.0"
"""Format of a column with figures of many kinds."""
LETTERS = 110
"""Letters of a line on the first page before it is broken."""


def write_reply(reply: Reply, path: Path) -> Path:
    """Write the workbook of an answer, whole or not at all.

    Raises
    ------
    ReportError
        When it cannot be written; an earlier file stays as it was.
    """
    if path.suffix.lower() != ".xlsx":
        raise ReportError(f"{path.name} is not the name of a workbook; let it end with .xlsx")
    content = render(reply)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as file:
            file.write(content)
    except OSError as error:
        raise ReportError(reason(error, path)) from error
    return path


def render(reply: Reply) -> bytes:
    """Return the workbook as the content of an .xlsx file."""
    book = Book(reply.currency, home=FIRST)
    page = book.sheet(FIRST)
    page.hide_gridlines(2)
    placed: dict[str, tuple[Sheet, Placed]] = {}
    for name, sheet in reply.sheets.items():
        if len(sheet.frame):
            mixed = {c.name: MIXED for c in sheet.columns if not c.unit and sheet.frame[c.name].dtype == object}
            _, where = book.table_sheet(
                sheet.title,
                sheet.title,
                sheet.about,
                sheet.columns,
                sheet.frame,
                f"table_{name}",
                formats={name: form for name, form in mixed.items() if _has_numbers(sheet.frame[name])},
                charted=True,
            )
            placed[name] = sheet, where
    _tasks(book, reply)
    row = _head(book, page, reply)
    widths = {0: max(FIRST_WIDTH, *(float(len(label) + 2) for label, _ in reply.lines))}
    page.set_column(0, 0, widths[0])
    right = 0
    for name in reply.shown:
        if name in placed:
            row, edge = _shown(book, page, placed[name][0], name, row, widths)
            right = max(right, edge)
    charts = [_chart(picture, *placed[picture.table]) for picture in reply.pictures if picture.table in placed]
    last = _charts(book, page, [draw(book, chart) for chart in drawable(charts)], row)
    page.print_area(0, 0, last, max(right, 7))
    if last > TALL:
        page.set_portrait()
    page.fit_to_pages(1, 1)
    page.activate()
    return book.close()


# -- first page --------------------------------------------------------------------------------------
def _head(book: Book, page: Any, reply: Reply) -> int:
    """Write the question and the answer in lines; return the row below."""
    page.set_row(0, 28)
    page.write_string(0, 0, reply.question, book.style(bold=True, font_size=18, font_color=NAVY))
    label, words = book.style(bold=True, font_color=NAVY), book.style(font_name=FONT)
    row = 2
    for name, text in reply.lines:
        page.write_string(row, 0, name, label)
        for line in _broken(text):
            page.write_string(row, 1, line, words)
            row += 1
    if not reply.complete:
        page.write_string(row, 0, "Not all that was asked is answered: see the sheet Tasks", book.style(bold=True))
        row += 1
    return row + 1


def _has_numbers(values: pd.Series[Any]) -> bool:
    return any(isinstance(value, (int, float)) for value in values)


def _broken(text: str) -> list[str]:
    """Return a text in lines, words kept whole."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _shown(book: Book, page: Any, sheet: Sheet, name: str, row: int, widths: dict[int, float]) -> tuple[int, int]:
    """Write the first rows of a table; return the row below and the last column."""
    page.write_string(row, 0, sheet.title, book.style(bold=True, font_size=12, font_color=NAVY))
    frame = told(sheet).head(MOST_SHOWN)
    found = book.table(page, sheet.columns, frame, f"first_{name}", row=row + 1, widest=widths)
    below = found.below
    if len(sheet.frame) > MOST_SHOWN:
        words = f"and {len(sheet.frame) - MOST_SHOWN} more on the sheet {sheet.title}"
        page.write_string(below, 0, words, book.style(font_color=GREY))
        below += 1
    return below + 1, found.right - 1


def told(sheet: Sheet) -> pd.DataFrame:
    """Return a table with figures in words where figures of many kinds stand in one column."""
    frame = sheet.frame.copy()
    for column in sheet.columns:
        if not column.unit and frame[column.name].dtype == object:
            frame[column.name] = [amount_words(v, "") if isinstance(v, (int, float)) else v for v in frame[column.name]]
    return frame


def _charts(book: Book, page: Any, drawn: list[Any], row: int) -> int:
    """Put the charts two by two; return the last row."""
    down = CHART_SIZE[1] // ROW_PIXELS + 2
    for number, chart in enumerate(drawn):
        chart.set_size({"width": CHART_SIZE[0], "height": CHART_SIZE[1]})
        place = {"object_position": 3, "x_offset": (CHART_SIZE[0] + 15) * (number % 2)}
        page.insert_chart(row + down * (number // 2), 0, chart, place)
    return row + down * ((len(drawn) + 1) // 2)


# -- charts ------------------------------------------------------------------------------------------
def _chart(picture: Picture, sheet: Sheet, placed: Placed) -> Chart:
    """Return what a picture shows, as ranges of its table."""
    frame = sheet.frame.reset_index(drop=True)
    first, last = 0, len(frame)
    if picture.rows is not None:
        chosen = frame.index[frame[picture.rows[0]] == picture.rows[1]]
        first, last = int(chosen[0]), int(chosen[-1]) + 1
    part = frame.iloc[first:last]
    categories = placed.values(picture.along, first, last)
    series = [
        Series(legend, categories, placed.values(column, first, last), look)
        for look, (column, legend) in enumerate(picture.series.items())
    ]
    values = part[list(picture.series)].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    values = values[~np.isnan(values)]
    form, word = money_format(float(np.abs(values).max()) if len(values) else 0.0)
    drawn: dict[str, Any] = {"title": picture.title, "x": picture.x, "y": f"{word}{picture.y}", "y_format": form}
    if (values < 0).any():
        drawn["y_least"] = None
    if picture.kind == "lines":
        return Chart(**drawn, lines=series, months=len(part))
    if picture.kind == "points":
        along = pd.to_numeric(part[picture.along], errors="coerce")
        x_form, x_word = money_format(float(along.abs().max()))
        return Chart(**drawn | {"x": f"{x_word}{picture.x}"}, points=series, x_format=x_form)
    return Chart(**drawn, beside=series)


# -- tasks -------------------------------------------------------------------------------------------
def _tasks(book: Book, reply: Reply) -> None:
    """Write what became of every solve."""
    frame = reply.plans.summary()
    if len(frame):
        kinds = {"gap": "share", "seconds": "seconds"}
        columns = [Column(str(name), str(name), "", kinds.get(str(name), "")) for name in frame]
        about = "Every solve behind the answer: status, gap, seconds, values and proven bounds"
        book.table_sheet("Tasks", "Tasks", about, columns, frame, "tasks")
