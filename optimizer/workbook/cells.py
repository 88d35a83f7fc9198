"""A workbook file as bare cells, before any of it is understood.

Sheets are streamed, so that a million formatted but empty rows cost time and no memory. What the
stream does not tell (merged cells, formulas without a stored value) comes from a second look at
the sheet's XML.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from optimizer.errors import ERROR, WARNING, InputError
from optimizer.scenario.values import is_empty
from optimizer.workbook.package import Package, checked, refusal

MOST_ROWS = 200_000
"""Rows with values read from one sheet."""

_MACRO_PATHS = ("macrosheets", "dialogsheets")

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
"""Of any sheet; rows beyond it are no work of a spreadsheet program."""


@dataclass(frozen=True)
class Cell:
    """One value of a sheet, and whether it is an error value such as #N/A."""

    value: Any
    is_error: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Attributes
    ----------
    title
        Its name as written.
    kind
        ``table``, or ``chart`` or ``macro`` for sheets that hold no cells to read.
    hidden
        Whether a user does not see it.
    rows
        Row number -> column number -> cell; blank rows and cells are absent.
    merged
        Merged ranges, such as ``A3:A5``.
    unstored
        Addresses of formulas without a stored value.
    zeros, calculated
        Addresses of formulas that store 0 or empty text, and whether others store anything else.
    doubt
        Severity of what is told of `zeros`; empty where they are results.
    hidden_rows, hidden_columns
        Numbers of rows and columns that a user does not see.
    totals
        Rows that sum up a table of the spreadsheet program.
    separator
        What stands between the values of a CSV file, in which numbers are text; empty for a workbook.
    fault
        Why nothing of it could be read; empty where it could.
    cut
        Whether rows beyond `MOST_ROWS` were left unread.
    """

    title: str
    kind: str = "table"
    hidden: bool = False
    rows: Mapping[int, Mapping[int, Cell]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    unstored: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()
    calculated: bool = False
    doubt: str = ""
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    totals: frozenset[int] = frozenset()
    separator: str = ""
    fault: str = ""
    cut: bool = False


Unread = Callable[[Sequence[str]], Collection[str]]
"""The titles of a workbook -> those of which only the title matters."""


def read_sheets(path: Path, *, unread: Unread = lambda _: ()) -> list[Sheet]:
    """Return the sheets of a workbook in order; those in `unread` without their cells.

    Raises
    ------
    InputError
        When there is no such file, or it is no workbook, locked by a password, or damaged.
    """
    try:
        with path.open("rb") as file:
            return _read_workbook(checked(path, file), unread)
    except FileNotFoundError:
        folder = "" if path.parent == Path() else f" in {path.parent}"
        raise refusal(path, f"there is no such file{folder}; check the path") from None
    except IsADirectoryError:
        raise refusal(path, "is a folder; name a workbook in it, or read its CSV files with `read_folder`") from None
    except PermissionError:
        raise refusal(path, "may not be read; close it elsewhere, or ask for the right to read it") from None
    except InputError:
        raise
    except Exception as error:  # whatever a broken file makes the libraries raise
        advice = "is damaged; open it in Excel, let it be repaired, and save it anew"
        raise refusal(path, f"{advice} ({type(error).__name__}: {error})") from None


def _read_workbook(file: IO[bytes], unread: Unread) -> list[Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and drop-downs that the library does not know
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        with zipfile.ZipFile(file) as archive:
            package = Package(archive)
            charts, skipped = {id(chart) for chart in book.chartsheets}, unread(book.sheetnames)
            sheets = [_read(sheet, package, charts, skipped) for sheet in map(book.__getitem__, book.sheetnames)]
    doubt = _doubt(package.asks_to_calculate, any(sheet.calculated for sheet in sheets))
    return [replace(sheet, doubt=doubt) for sheet in sheets]


def _doubt(asks: bool | None, calculated: bool) -> str:
    """Return how far results of 0 are to be doubted: a program that only writes formulas stores 0 for each."""
    if asks:
        return WARNING if calculated else ERROR
    return WARNING if asks is None and not calculated else ""


def _read(sheet: Any, package: Package, charts: Collection[int], skipped: Collection[str]) -> Sheet:
    if id(sheet) in charts:
        return Sheet(sheet.title, "chart")
    return Sheet(sheet.title) if sheet.title in skipped else _read_sheet(sheet, package)


def _read_sheet(sheet: Any, package: Package) -> Sheet:
    part: str = sheet._worksheet_path
    hidden = sheet.sheet_state != "visible"
    if any(folder in part for folder in _MACRO_PATHS):
        return Sheet(sheet.title, "macro", hidden)
    sheet.reset_dimensions()  # some programs write wrong ones
    rows: dict[int, Mapping[int, Cell]] = {}
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        filled = {n: _cell(cell) for n, cell in enumerate(cells, start=1) if not is_empty(cell.value)}
        if number > LAST_ROW or (filled and len(rows) == MOST_ROWS):
            return Sheet(sheet.title, "table", hidden, rows, cut=True)
        if filled:
            rows[number] = filled
    with package.archive.open(part) as xml:
        look = _look_at_xml(xml)
    totals = package.total_rows(part)
    return Sheet(sheet.title, "table", hidden, rows, totals=totals, **look)


def _cell(cell: Any) -> Cell:
    return Cell(cell.value, cell.data_type == "e")


def _look_at_xml(xml: IO[bytes]) -> dict[str, Any]:
    """Return what the stream of values does not tell of a sheet, as attributes of `Sheet`."""
    merged: list[str] = []
    formulas: dict[str, list[str]] = {"unstored": [], "zeros": [], "calculated": []}
    rows: list[int] = []
    columns: set[int] = set()
    for name, element, address in _elements(xml):
        if name == "mergeCell":
            merged.append(element.get("ref", ""))
        elif name == "row":
            rows.append(int(address))
        elif name == "col":
            columns.update(range(int(element.get("min", 0)), min(int(element.get("max", 0)), LAST_COLUMN) + 1))
        elif kind := _formula(element):
            formulas[kind].append(address)
    return {
        "merged": tuple(merged),
        "unstored": tuple(formulas["unstored"]),
        "zeros": tuple(formulas["zeros"]),
        "calculated": bool(formulas["calculated"]),
        "hidden_rows": tuple(rows),
        "hidden_columns": frozenset(columns),
    }


def _elements(xml: IO[bytes]) -> Iterator[tuple[str, Any, str]]:
    """Yield cells, merged ranges, hidden rows and columns of a sheet, each with its address; forget rows after them."""
    row = column = 0
    for event, element in iterparse(xml, events=("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            if name == "row":
                row, column = int(element.get("r", row + 1)), 0
                if row > LAST_ROW:
                    return
                if _is_hidden(element, "ht"):
                    yield name, element, str(row)
            continue
        if name == "c":
            column += 1
            given = re.match(r"[A-Z]+", element.get("r", ""))
            yield name, element, f"{given[0] if given else get_column_letter(column)}{row}"
        elif name == "mergeCell" or (name == "col" and _is_hidden(element, "width")):
            yield name, element, ""
        if name in ("row", "c", "mergeCell"):
            element.clear()


def _is_hidden(element: Any, size: str) -> bool:
    """Tell whether a row or column is hidden, filtered away, folded away, or of no height or width."""
    return element.get("hidden") in ("1", "true") or element.get(size) in ("0", "0.0")


def _formula(element: Any) -> str:
    """Tell what a formula stores: nothing (`unstored`), 0 or empty text (`zeros`), a result; empty for other cells."""
    parts = {child.tag.rpartition("}")[2]: child.text for child in element}
    if "f" not in parts:
        return ""
    stored = parts.get("v")
    if not stored:
        return "zeros" if element.get("t") == "str" else "unstored"
    return "zeros" if re.fullmatch(r"0(\.0*)?", stored) and element.get("t") != "s" else "calculated"
