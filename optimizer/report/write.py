"""A plan to an Excel report, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range_abs

from optimizer.errors import ReportError
from optimizer.plan.plan import Plan
from optimizer.plan.tables import CHECKS, OBJECTIVES, Column
from optimizer.report.book import HOME, ROW_PIXELS, TITLE_ROWS, Book, Placed
from optimizer.report.briefing import status_words, write_briefing
from optimizer.report.chartdata import Numbers, write_chart_data
from optimizer.report.charts import Chart, draw
from optimizer.report.heatmap import write_heat_maps
from optimizer.report.inputs import checks_of, run_of, write_inputs, write_plan
from optimizer.report.pictures import Pictures
from optimizer.report.views import views

SHORT = 10
"""Rows of a table up to which its charts stand below it."""

CHART_COLUMNS = 12
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
        When the file cannot be written; the earlier report stays, and `kept` is where this one is.
    """
    target = Path(path)
    content = render(plan)
    try:
        if target.suffix.lower() != ".xlsx":
            raise ReportError(f"{target.name} is not the name of a workbook; let it end with .xlsx")
        _put(content, target)
    except (OSError, ReportError) as error:
        kept = _keep(content, target)
        where = f"; the report is kept as {kept}" if kept else ""
        raise ReportError(f"{_reason(error, target)}{where}", kept=kept) from error
    return target


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
            charted = view.sheet in CHARTED
            sheet, where = book.table_sheet(
                view.sheet, view.title, view.about, view.columns, view.frame, view.table, charted=charted
            )
            placed[view.sheet] = sheet, Numbers(view.frame.reset_index(drop=True), where)
    _write_checks(book, plan)
    _write_run(book, plan)
    numbers = write_chart_data(book, plan)
    pictures = Pictures(book, plan, {**numbers, **{name: found for name, (_, found) in placed.items()}})
    _insert_charts(book, plan, pictures, placed)
    write_briefing(book, briefing, plan, pictures)
    write_inputs(book, plan.scenario)
    write_plan(book, plan)
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
        drawn = [draw(book, chart) for chart in asked if chart is not None]
        if name in placed:
            _stack(placed[name][0], placed[name][1].placed, drawn)
    gantt = pictures.gantt()
    if gantt is not None and "Investment plan" in placed:
        _stack(placed["Investment plan"][0], placed["Investment plan"][1].placed, [gantt])


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
        areas.append((row, column, last, column + CHART_COLUMNS))
        row = last + 2
    if not below:
        # the library's print_area takes one area only
        sheet.print_area_range = ",".join(f"'{placed.sheet}'!{xl_range_abs(*area)}" for area in areas)


# -- checks --------------------------------------------------------------------------------------
def _write_checks(book: Book, plan: Plan) -> None:
    """Write the verdict of the verifier, rule by rule."""
    checks = checks_of(plan)
    if not len(checks):
        book.titled("Checks", "Checks", status_words(plan))
        return
    checks.insert(2, "holds", ["yes" if check.holds else "NO" for check in plan.checks])
    columns = (*CHECKS.columns[:2], Column("holds", "holds", ""), *CHECKS.columns[2:])
    book.table_sheet("Checks", "Checks", status_words(plan), columns, checks, "Checks", formats={"largest": "0.0E+00"})


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


# -- files ---------------------------------------------------------------------------------------
def _put(content: bytes, target: Path) -> None:
    """Write beside the target, then take its place."""
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}", suffix=".xlsx", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _keep(content: bytes, target: Path) -> Path | None:
    """Put the report beside the target, or else into the folder for temporary files."""
    name = f"{target.stem}.kept.xlsx"
    for folder in (target.parent, Path(tempfile.gettempdir())):
        try:
            _put(content, folder / name)
        except OSError:
            continue
        return folder / name
    return None


def _reason(error: Exception, target: Path) -> str:
    """Return in one clear sentence why the report could not be written."""
    if isinstance(error, ReportError):
        return str(error)
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOSPC:
        return f"{target} could not be written: the disk is full"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{target} could not be written: there is no folder {target.parent}"
    if isinstance(error, IsADirectoryError):
        return f"{target} could not be written: it is a folder"
    if isinstance(error, PermissionError):
        return f"{target} could not be written: it is open in another program, or may not be changed"
    return f"{target} could not be written: {error}"
