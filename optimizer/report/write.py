"""A plan to an Excel report, written whole or not at all."""

from __future__ import annotations

import contextlib
import shlex
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_range_abs

from optimizer.errors import ReportError
from optimizer.files import free_name, reason, whole
from optimizer.plan.plan import Plan
from optimizer.plan.tables import CHECKS, NOT_CHECKED, OBJECTIVES, Column
from optimizer.report.book import HOME, ROW_PIXELS, TITLE_ROWS, Book, Placed
from optimizer.report.briefing import write_briefing
from optimizer.report.chartdata import Numbers, write_chart_data
from optimizer.report.charts import Chart, draw, drawable
from optimizer.report.heatmap import write_heat_maps
from optimizer.report.inputs import checks_of, run_of, write_inputs, write_plan
from optimizer.report.pictures import Pictures
from optimizer.report.printing import limit_printing
from optimizer.report.views import views
from optimizer.report.words import WARNINGS, status_words

SHORT = 10
"""Rows of a table up to which its charts stand below it."""

COLUMN_PIXELS = 64
"""Width of a column that holds nothing."""

MOST_PIXELS = 1_100
"""Width of a chart with few columns or lines that can still be read."""
CHARTED = ("Waiting time", "Bottlenecks")
"""Tables of which charts show the cells; all others have theirs in the chart data."""

STAGE_UNITS = {"gap": "share"}


def write_report(plan: Plan, path: str | Path) -> Path:
    """Write the Excel report of a plan.

    Parameters
    ----------
    plan
        The plan; verified or not, the report says which.
    path
        File to write, ending with .xlsx. An earlier report is replaced only when the new one is complete.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ReportError
        When the report cannot be made or written, for whatever reason; the earlier one stays, and `kept` is where
        the plan is instead.
    """
    target = Path(path)
    content, wrong = _rendered(plan)
    if wrong:
        wrong = f"{target} could not be written: {wrong}"
    elif target.suffix.lower() != ".xlsx":
        wrong = f"{target.name} is not the name of a workbook; let it end with .xlsx"
    else:
        try:
            _put(content, target)
            return target
        except Exception as error:  # also what a file system or a program that watches it may think of
            wrong = reason(error, target)
    kept = _keep(content, target, "kept")
    raise ReportError(f"{wrong}; {_kept_words(kept, target)}", kept=kept)


def render(plan: Plan) -> bytes:
    """Return the report of a plan as the content of an .xlsx file."""
    book = Book(plan.scenario.settings.currency)
    briefing = book.sheet(HOME)
    briefing.hide_gridlines(2)
    placed: dict[str, tuple[Any, Numbers]] = {}
    for view in views(plan):
        if view.sheet == "Capacity":
            write_heat_maps(book, plan)
        if len(view.frame):
            options: dict[str, Any] = {"charted": view.sheet in CHARTED, "longest": view.longest}
            sheet, where = book.table_sheet(
                view.sheet, view.title, view.about, view.columns, view.frame, view.table, **options
            )
            placed[view.sheet] = sheet, Numbers(view.frame.reset_index(drop=True), where)
    _write_checks(book, plan)
    _write_run(book, plan)
    _write_warnings(book, plan)
    numbers = write_chart_data(book, plan)
    pictures = Pictures(book, plan, {**numbers, **{name: found for name, (_, found) in placed.items()}})
    _insert_charts(book, plan, pictures, placed)
    write_briefing(book, briefing, plan, pictures)
    write_inputs(book, plan.scenario)
    write_plan(book, plan)
    limit_printing(book)
    return book.close()


# -- charts beside tables ------------------------------------------------------------------------
def _insert_charts(book: Book, plan: Plan, pictures: Pictures, placed: dict[str, tuple[Any, Numbers]]) -> None:
    """Put the charts of each sheet to the right of its table, one below the other."""
    items = [item for item in pictures.items() if item]
    final = plan.scenario.items
    wanted = [str(item) for item in final.loc[final["kind"] == "final", "item"]]
    charts: dict[str, list[Chart | None]] = {
        "Output": [pictures.output(item) for item in items],
        "Needs and orders": [make(item) for item in wanted for make in (pictures.needs, pictures.order_book)],
        "Waiting time": [pictures.waiting(item, customers=True) for item in wanted],
        "Money": [pictures.spending()],
        "Money by fund": [pictures.funds()],
        "Bottlenecks": [pictures.utilisation()],
    }
    for name, asked in charts.items():
        if name in placed:
            where = placed[name][1].placed
            sizes = [(_width(where, chart.size[0]), chart.size[1]) for chart in drawable(asked)]
            drawn = [draw(book, chart, size) for chart, size in zip(drawable(asked), sizes, strict=True)]
            _stack(placed[name][0], where, drawn)
    if "Investment plan" in placed:
        where = placed["Investment plan"][1].placed
        gantt = pictures.gantt(where.pixels)
        _stack(placed["Investment plan"][0], where, [gantt] if gantt is not None else [])


def _width(placed: Placed, own: int) -> int:
    """Return the pixels of a chart: below a table it is as wide as the table, so that no half of a page is empty."""
    return min(max(own, placed.pixels), MOST_PIXELS) if placed.rows <= SHORT else own


def _stack(sheet: Any, placed: Placed, drawn: list[Any]) -> None:
    """Put charts below a short table, to the right of a long one; they print on pages of their own."""
    if not drawn:
        return
    below = placed.rows <= SHORT
    top, column = (placed.below + 1, 0) if below else (placed.header_row + 1, placed.right + 1)
    row = top
    areas = [(0, 0, placed.below - 1, placed.right - 1)]
    for chart in drawn:
        sheet.insert_chart(row, column, chart, {"object_position": 3})
        last = row + int(chart.height) // ROW_PIXELS + 1
        areas.append((row, column, last, column + int(chart.width) // COLUMN_PIXELS))
        row = last + 2
    if not below:
        # the library's print_area takes one area only
        sheet.print_area_range = ",".join(f"'{placed.sheet}'!{xl_range_abs(*area)}" for area in areas)


# -- checks --------------------------------------------------------------------------------------
def _write_checks(book: Book, plan: Plan) -> None:
    """Write the verdict of the verifier, rule by rule, and below it what no rule looks at."""
    checks, sheet = checks_of(plan), book.titled("Checks", "Checks", status_words(plan))
    if not len(checks):
        return
    checks.insert(2, "holds", ["yes" if check.holds else "NO" for check in plan.checks])
    columns = (*CHECKS.columns[:2], Column("holds", "holds", ""), *CHECKS.columns[2:])
    widths: dict[int, float] = {}
    placed = book.table(sheet, columns, checks, "Checks", row=TITLE_ROWS, formats={"largest": "0.0E+00"}, widest=widths)
    others = pd.DataFrame({"words": NOT_CHECKED})
    told = [Column("words", "not checked, the word of the search", "")]
    book.table(sheet, told, others, "Not_checked", row=placed.below + 1, widest=widths)
    sheet.freeze_panes(TITLE_ROWS + 1, 0)
    sheet.repeat_rows(TITLE_ROWS)


def _write_run(book: Book, plan: Plan) -> None:
    """Write objectives with their bounds, the stages of the search, and the run, one below the other."""
    about = "What the plan reaches, what is proven about it, and how the search went"
    sheet = book.titled("Run", "Objectives and search", about)
    stages = [Column(str(name), str(name), "", STAGE_UNITS.get(str(name), "")) for name in plan.stages]
    row = TITLE_ROWS
    widths: dict[int, float] = {}
    for name, columns, frame in (
        ("Objectives", OBJECTIVES.columns, plan.tables["objectives"].reindex(columns=OBJECTIVES.names)),
        ("Stages", stages, plan.stages),
        ("Run", [Column("name", "name", ""), Column("value", "value", "")], run_of(plan)),
    ):
        if len(frame):
            row = book.table(sheet, columns, frame, name, row=row, widest=widths).below + 2


def _write_warnings(book: Book, plan: Plan) -> None:
    """Write what is odd in the input, and what makes the plan less sure than it looks."""
    if plan.warnings:
        about = "What is odd in the input, and what makes the plan less sure than it looks"
        columns = [Column("warning", "warning", "")]
        frame = pd.DataFrame({"warning": list(plan.warnings)}, dtype=object)
        book.table_sheet(WARNINGS, WARNINGS, about, columns, frame, WARNINGS, formats={"warning": "@"})


# -- files ---------------------------------------------------------------------------------------
def keep_plan(plan: Plan, target: Path, mark: str = "kept") -> Path | None:
    """Keep a plan that cannot stand where it was meant to: beside it, else in the working folder, else a temporary one.

    Parameters
    ----------
    mark
        What the name says of it: ``plan.kept.xlsx``.

    Returns
    -------
    Path
        A file of its own, never an earlier one; without charts where the report cannot be rendered. None: there was
        no place for it.
    """
    content, _ = _rendered(plan)
    return _keep(content, target, mark)


def _rendered(plan: Plan) -> tuple[bytes, str]:
    """Return the report, and what was wrong with it; then it is the plan alone, in plain tables, or nothing."""
    wrong = ""
    for make in (render, render_plain):
        try:
            return make(plan), wrong
        except Exception as error:  # whatever it is, out of memory also: the plan took long to find
            wrong = wrong or f"its charts and tables could not be made ({type(error).__name__}: {error})"
    return b"", wrong


def render_plain(plan: Plan) -> bytes:
    """Return the plan without charts and measures, as little as `read_plan` needs to read it back."""
    book = Book(plan.scenario.settings.currency)
    write_inputs(book, plan.scenario)
    write_plan(book, plan)
    return book.close()


def _put(content: bytes, target: Path) -> None:
    with whole(target) as file:
        file.write(content)


def _keep(content: bytes, target: Path, mark: str) -> Path | None:
    for folder in (target.parent, Path(), Path(tempfile.gettempdir())) if content else ():
        with contextlib.suppress(OSError, ValueError):
            path = free_name(folder.absolute(), target.stem, mark)
            _put(content, path)
            return path
    return None


def _kept_words(kept: Path | None, target: Path) -> str:
    """Say where the plan is, and how it becomes a report."""
    if kept is None:
        return "the plan could not be kept anywhere"
    again = f"optimizer verify {shlex.quote(str(kept))} --report {shlex.quote(str(target.with_suffix('.xlsx')))}"
    return f"the plan is kept as {kept}; `{again}` makes a report of it"
