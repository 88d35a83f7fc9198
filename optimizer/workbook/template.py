"""Input workbooks from the schema: an empty template, or a scenario written out in full."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import (
    MODELS,
    REQUIRED_SHEETS,
    TABLES,
    Row,
    Settings,
    as_cell,
    extra,
    headers,
)
from optimizer.scenario.values import is_empty
from optimizer.workbook.files import save
from optimizer.workbook.readme import about_columns, about_input, bounds, default, meaning
from optimizer.workbook.validations import SPARE_ROWS, name_columns, validate

_REQUIRED = PatternFill("solid", fgColor="1F3864")
_OPTIONAL = PatternFill("solid", fgColor="8497B0")
_HEADER_FONT = Font(name="Calibri", bold=True, color="FFFFFF")
_STYLE = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
_NEEDED_INPUT = PatternFill("solid", fgColor="DDEBF7")
_FREE_INPUT = PatternFill("solid", fgColor="F5F9FD")
_LINE = Side(style="thin", color="D9D9D9")
_README_WIDTHS = (15, 28, 10, 18, 20, 26, 20, 64)
"""Letters of its columns."""
_LINE_HEIGHT = 15.0
"""Points."""
_SOURCES = ("figure", "value", "source", "link", "note")


def write_template(path: str | Path, *, example: Scenario | None = None) -> Path:
    """Write an input workbook with every sheet and header, empty or filled with an example.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        When the name does not end with .xlsx.
    """
    return _write(path, example, None, ())


def write_workbook(
    path: str | Path, scenario: Scenario, *, sources: pd.DataFrame | None = None, about: Sequence[str] = ()
) -> Path:
    """Write a scenario as a complete input workbook, values unrounded.

    Parameters
    ----------
    path
        The file to write; an earlier one is replaced only when the new one is complete.
    scenario
        What to write; read back, the workbook gives the same scenario.
    sources
        Table for the Sources sheet: where the figures come from.
    about
        Paragraphs for the top of the Read me sheet.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        When the name does not end with .xlsx.
    """
    return _write(path, scenario, sources, about)


def _write(path: str | Path, scenario: Scenario | None, sources: pd.DataFrame | None, about: Sequence[str]) -> Path:
    book = Workbook()
    name_columns(book)
    _write_readme(_first_sheet(book), scenario, about)
    _write_settings(book.create_sheet(Settings.sheet), scenario)
    for model in TABLES:
        rows = scenario.tables.get(model.table, ()) if scenario else ()
        _write_table(book.create_sheet(model.sheet), model, rows)
    _write_sources(book.create_sheet("Sources"), sources)
    return save(book, Path(path))


def _first_sheet(book: Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    sheet.title = "Read me"
    return sheet


# -- cells ---------------------------------------------------------------------------------------
def put(cell: Any, value: Any) -> None:
    """Write a value into a cell: text never as a formula, numbers with all their digits."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # else text that begins with = would become a formula
        if value[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True
    elif isinstance(value, float) and float(f"{value:.16g}") != value:
        cell._value = repr(value)  # the library would write 16 digits
    if isinstance(value, dt.date):
        cell.number_format = "yyyy-mm"


def number_format(model: type[Row], name: str) -> str:
    """Return the number format of a column: what is typed is what is shown, to the last decimal."""
    annotation = str(model.model_fields[name].annotation)
    if "date" in annotation:
        return "yyyy-mm"
    if extra(model, name, "share"):
        return "0.0###%"
    if "int" in annotation:
        return "0"
    if any(kind in annotation for kind in ("float", "Any", "bool")):
        return "General"  # of numbers, large ones get thousands by a condition
    return "@"  # text, so that a spreadsheet program makes no date of 1-8-5


def _with_thousands(sheet: Worksheet, model: type[Row], name: str, cells: str) -> None:
    """Show whole numbers of four digits and more with thousands; a format of its own would hide or add decimals."""
    if "float" not in str(model.model_fields[name].annotation) or extra(model, name, "share"):
        return
    first = cells.partition(":")[0]
    formula = f"AND(ISNUMBER({first}),ABS({first})>=1000,{first}=INT({first}))"
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=3, formatCode="#,##0"))
    sheet.conditional_formatting.add(cells, Rule(type="expression", dxf=style, formula=[formula]))


# -- tables --------------------------------------------------------------------------------------
def _write_table(sheet: Worksheet, model: type[Row], rows: Sequence[Row]) -> None:
    for number, (name, header) in enumerate(headers(model).items(), start=1):
        cell = sheet.cell(1, number, header)
        required = model.model_fields[name].is_required()
        _style_header(cell, required, _comment(model, name))
        letter = get_column_letter(number)
        dimension = sheet.column_dimensions[letter]
        _style_input(dimension, required)
        dimension.number_format = number_format(model, name)
        dimension.width = _width(header, [as_cell(name, getattr(row, name)) for row in rows])
        cells = f"{letter}2:{letter}{1 + len(rows) + SPARE_ROWS}"
        validate(sheet, model, name, cells)
        _with_thousands(sheet, model, name, cells)
    for index, row in enumerate(rows, start=2):
        _write_row(sheet, index, model, row)
    _finish(sheet, model.table, len(headers(model)), len(rows))


def _write_row(sheet: Worksheet, index: int, model: type[Row], row: Row) -> None:
    for number, name in enumerate(headers(model), start=1):
        value = as_cell(name, getattr(row, name))
        cell = sheet.cell(index, number)
        _style_input(cell, model.model_fields[name].is_required())
        cell.number_format = number_format(model, name)
        if not is_empty(value):
            put(cell, value)


def _style_header(cell: Any, required: bool, comment: str) -> None:
    cell.fill = _REQUIRED if required else _OPTIONAL
    cell.font = _HEADER_FONT
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if comment:
        cell.comment = Comment(comment, "optimizer", height=100 + len(comment) // 3, width=320)


def _style_input(cells: Any, required: bool) -> None:
    """Show that a cell, or a whole column, takes input."""
    cells.fill = _NEEDED_INPUT if required else _FREE_INPUT
    cells.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def _comment(model: type[Row], name: str) -> str:
    """Return what a header's comment says: meaning, unit, default, bounds."""
    column = model.model_fields[name]
    needed = "Required." if column.is_required() else f"Default: {default(model, name)}."
    lines = [meaning(model, name), needed]
    if unit := extra(model, name, "unit"):
        lines.append(f"Unit: {unit}.")
    if limits := bounds(model, name):
        lines.append(f"Allowed: {limits}.")
    if other := extra(model, name, "refers_to"):
        lines.append(f"Refers to {other}.")
    return "\n".join(lines)


def _width(header: str, values: Sequence[Any]) -> float:
    longest = max((len(str(value)) for value in values[:500] if not isinstance(value, tuple)), default=0)
    words = max(len(word) for word in header.split())
    return min(48, max(10, words + 4, len(header) / 2 + 3, longest + 2))


def _finish(sheet: Worksheet, name: str, columns: int, rows: int) -> None:
    """Freeze the header, make an Excel table of the range, and lay the sheet out for printing."""
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 45
    sheet.print_title_rows = "1:1"
    _fit_to_pages(sheet)
    table = Table(displayName=f"{name}_table", ref=f"A1:{get_column_letter(columns)}{1 + max(rows, 1)}")
    table.tableStyleInfo = _STYLE
    sheet.add_table(table)


def _fit_to_pages(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


# -- the other sheets ----------------------------------------------------------------------------
def _write_settings(sheet: Worksheet, scenario: Scenario | None) -> None:
    for number, header in enumerate(("name", "value", "meaning", "note"), start=1):
        _style_header(sheet.cell(1, number, header), number < 3, "")
    settings = headers(Settings)
    for index, (name, header) in enumerate(settings.items(), start=2):
        value = getattr(scenario.settings, name) if scenario else _preset(name)
        if name == "note" and is_empty(value):
            continue
        put(sheet.cell(index, 1), header)
        put(sheet.cell(index, 3), _comment(Settings, name).replace("\n", " "))
        sheet.cell(index, 3).alignment = Alignment(wrap_text=True, vertical="top")
        _make_room(sheet, index, [(str(sheet.cell(index, 3).value), 90)])
        _write_setting(sheet.cell(index, 2), name, value)
        validate(sheet, Settings, name, f"B{index}")
    for letter, width in zip("ABCD", (26, 30, 90, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    _finish(sheet, Settings.table, 4, len(settings) - 1)


def _preset(name: str) -> Any:
    column = Settings.model_fields[name]
    return None if column.is_required() else column.default


def _write_setting(cell: Any, name: str, value: Any) -> None:
    _style_input(cell, Settings.model_fields[name].is_required())
    cell.alignment = Alignment(horizontal="left")
    cell.number_format = number_format(Settings, name)
    if not is_empty(value):
        put(cell, as_cell(name, value))


def _write_readme(sheet: Worksheet, scenario: Scenario | None, about: Sequence[str]) -> None:
    title = scenario.settings.title if scenario else "Input workbook"
    put(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = Font(name="Calibri", bold=True, size=16)
    row = 2
    paragraphs = [line for text in about for line in textwrap.wrap(text, 140) or [""]]
    for heading, lines in (("", paragraphs), *about_input()):
        row = _write_lines(sheet, row + 1, heading, [(line,) for line in lines])
    row = _write_lines(sheet, row + 1, "Sheets, in the order in which they are best filled in", _sheets())
    _write_lines(sheet, row + 1, "Columns", about_columns(), header=True)
    for letter, width in zip("ABCDEFGH", _README_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    _fit_to_pages(sheet)


def _sheets() -> list[tuple[str, ...]]:
    needed = {True: "required", False: "optional"}
    listed = [(model.sheet, needed[model.sheet in REQUIRED_SHEETS], model.meaning) for model in MODELS]
    return [*listed, ("Sources", "free", "Where the figures come from. Not read.")]


def _write_lines(
    sheet: Worksheet, row: int, heading: str, lines: Sequence[Sequence[str]], *, header: bool = False
) -> int:
    """Write a heading and lines under it from a row on; return the row after them."""
    if heading:
        sheet.cell(row, 1, heading).font = Font(name="Calibri", bold=True, size=12)
        row += 1
    for number, line in enumerate(lines):
        for column, text in enumerate(line, start=1):
            put(sheet.cell(row, column), text)
            if header and number == 0:
                _style_header(sheet.cell(row, column), True, "")
            elif header:
                sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        if header:
            _make_room(sheet, row, zip(line, _README_WIDTHS, strict=True))
        row += 1
    return row


def _make_room(sheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need, each in a column of so many letters: not every program does."""
    lines = max(len(textwrap.wrap(text, int(1.1 * width))) for text, width in texts)
    if lines > 1:
        sheet.row_dimensions[row].height = _LINE_HEIGHT * lines


def _write_sources(sheet: Worksheet, sources: pd.DataFrame | None) -> None:
    table = pd.DataFrame(columns=list(_SOURCES)) if sources is None else sources
    for number, header in enumerate(map(str, table.columns), start=1):
        _style_header(sheet.cell(1, number, header), False, "")
        width = _width(header, list(table.iloc[:, number - 1]))
        sheet.column_dimensions[get_column_letter(number)].width = width
    records: list[Mapping[Any, Any]] = table.to_dict("records")  # type: ignore[assignment]
    for index, record in enumerate(records, start=2):
        for number, value in enumerate(record.values(), start=1):
            if not is_empty(value):
                put(sheet.cell(index, number), value)
    if len(table.columns):
        _finish(sheet, "sources", len(table.columns), len(table))
