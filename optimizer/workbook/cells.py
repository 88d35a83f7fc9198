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
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import iterparse

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from optimizer.errors import Finding, InputError
from optimizer.scenario.values import is_empty

MOST_ROWS = 200_000
"""Rows with values read from one sheet."""

LAST_ROW = 1_048_576
"""Of any sheet; rows beyond it are no work of a spreadsheet program."""

MOST_BYTES = 500_000_000
"""Unpacked size of a workbook that is still read."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACRO_PATHS = ("macrosheets", "dialogsheets")


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
    cut
        Whether rows beyond `MOST_ROWS` were left unread.
    """

    title: str
    kind: str = "table"
    hidden: bool = False
    rows: Mapping[int, Mapping[int, Cell]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    unstored: tuple[str, ...] = ()
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
            _refuse_other_files(path, file)
            return _read_workbook(file, unread)
    except FileNotFoundError:
        raise _refusal(path, "there is no such file; check the path") from None
    except IsADirectoryError:
        raise _refusal(path, "is a folder; name a workbook in it") from None
    except PermissionError:
        raise _refusal(path, "may not be read; close it elsewhere, or ask for the right to read it") from None
    except InputError:
        raise
    except Exception as error:  # whatever a broken file makes the libraries raise
        advice = "is damaged; open it in Excel, let it be repaired, and save it anew"
        raise _refusal(path, f"{advice} ({type(error).__name__}: {error})") from None


def _refusal(path: Path, message: str) -> InputError:
    return InputError([Finding(path.name, "", message)])


def _refuse_other_files(path: Path, file: IO[bytes]) -> None:
    start = file.read(8)
    if not start:
        raise _refusal(path, "is empty; save the workbook again")
    if start == _OLE:
        locked = _ENCRYPTED in start + file.read()
        advice = "is protected by a password; save a copy without one"
        raise _refusal(path, advice if locked else "is an old workbook (.xls); save it as .xlsx")
    if not start.startswith(b"PK"):
        raise _refusal(path, "is not a workbook; save it as .xlsx")
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise _refusal(path, "is a workbook of another kind; save it as .xlsx")
        if not any(name.endswith("workbook.xml") for name in names):
            raise _refusal(path, "is not a workbook; save it as .xlsx")
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            advice = "delete what is not needed, also formatted empty cells"
            raise _refusal(path, f"unpacks to more than {MOST_BYTES / 1e6:,.0f} MB; {advice}")
    file.seek(0)


def _read_workbook(file: IO[bytes], unread: Unread) -> list[Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and drop-downs that the library does not know
        book = load_workbook(file, read_only=True, data_only=True)
        with zipfile.ZipFile(file) as archive:
            charts, skipped = {id(chart) for chart in book.chartsheets}, unread(book.sheetnames)
            return [_read(sheet, archive, charts, skipped) for sheet in map(book.__getitem__, book.sheetnames)]


def _read(sheet: Any, archive: zipfile.ZipFile, charts: Collection[int], skipped: Collection[str]) -> Sheet:
    if id(sheet) in charts:
        return Sheet(sheet.title, "chart")
    return Sheet(sheet.title) if sheet.title in skipped else _read_sheet(sheet, archive)


def _read_sheet(sheet: Any, archive: zipfile.ZipFile) -> Sheet:
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
    with archive.open(part) as xml:
        merged, unstored = _look_at_xml(xml)
    return Sheet(sheet.title, "table", hidden, rows, merged, unstored)


def _cell(cell: Any) -> Cell:
    return Cell(cell.value, cell.data_type == "e")


def _look_at_xml(xml: IO[bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the merged ranges and the addresses of formulas without a stored value."""
    merged: list[str] = []
    unstored: list[str] = []
    for name, element, address in _elements(xml):
        if name == "mergeCell":
            merged.append(element.get("ref", ""))
        elif name == "c" and _is_unstored(element):
            unstored.append(address)
    return tuple(merged), tuple(unstored)


def _elements(xml: IO[bytes]) -> Iterator[tuple[str, Any, str]]:
    """Yield the cells and merged ranges of a sheet with their address, forgetting each row after it."""
    row = column = 0
    for event, element in iterparse(xml, events=("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            if name == "row":
                row, column = int(element.get("r", row + 1)), 0
                if row > LAST_ROW:
                    return
            continue
        if name == "c":
            column += 1
            given = re.match(r"[A-Z]+", element.get("r", ""))
            yield name, element, f"{given[0] if given else get_column_letter(column)}{row}"
        elif name == "mergeCell":
            yield name, element, ""
        if name in ("row", "c", "mergeCell"):
            element.clear()


def _is_unstored(element: Any) -> bool:
    """Tell whether a cell holds a formula and no value; stored empty text is a value."""
    if element.get("t") == "str":
        return False
    parts = {child.tag.rpartition("}")[2]: child.text for child in element}
    return "f" in parts and not parts.get("v")
