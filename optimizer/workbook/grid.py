"""The cells of one sheet under its headers, as records whose values can be read.

What cannot be read, or is read otherwise than it is written, is told with its cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from optimizer.errors import ERROR, Finding
from optimizer.scenario.numerals import Ambiguous, has_decimal_comma, read_numeral, read_percentage
from optimizer.scenario.parse import Origin, closest
from optimizer.scenario.rules.view import Unread
from optimizer.scenario.schema import REQUIRED_SHEETS, Row, Settings, extra, headers, is_name, is_number
from optimizer.scenario.values import as_seen, folded
from optimizer.workbook.cells import Cell, Sheet

LAST_HEAD = 20
"""Last row in which headers are looked for; above them may stand a title."""

FREE_COLUMNS = ("note", "meaning")
"""Columns that may hold anything."""

SETTINGS_HEADERS = {"name": "name", "value": "value", "meaning": "meaning", "note": "note"}


@dataclass
class Reading:
    """What was found so far.

    Attributes
    ----------
    findings
        Errors and warnings.
    broken
        Sheets (by their schema names) with errors beyond single cells.
    unread
        Table -> records with values that cannot be read; a table that is there has cells with errors.
    """

    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    unread: defaultdict[str, list[Unread]] = field(default_factory=lambda: defaultdict(list))

    def error(self, model: type[Row], sheet: str, cell: str, message: str) -> None:
        """Add an error beyond a single cell: of the sheet, other rules are not judged."""
        self.findings.append(Finding(sheet, cell, message))
        self.broken.add(model.sheet)

    def cell_error(self, model: type[Row], sheet: str, cell: str, message: str) -> None:
        """Add an error of one cell, whose row is missing from then on."""
        self.findings.append(Finding(sheet, cell, message))
        _ = self.unread[model.table]

    def warn(self, sheet: str, cell: str, message: str) -> None:
        """Add a warning."""
        self.findings.append(Finding(sheet, cell, message, "warning"))


class Grid:
    """The cells of one sheet under its headers."""

    def __init__(self, model: type[Row], sheet: Sheet, reading: Reading) -> None:
        self.model = model
        self.sheet = sheet
        self.reading = reading
        self.told: set[str] = set()
        self.head = _head(model, sheet)
        self.columns = self._columns()
        for address in sheet.unstored:
            self._tell_of_unstored(address)
        for address in sheet.zeros if sheet.doubt else ():
            self._tell_of_uncalculated(address)
        self.point = sheet.separator == "," and not self._has_decimal_commas()

    def _error(self, cell: str, message: str) -> None:
        self.reading.error(self.model, self.sheet.title, cell, message)
        self.told.add(cell)

    def _cell_error(self, cell: str, message: str) -> None:
        self.reading.cell_error(self.model, self.sheet.title, cell, message)
        self.told.add(cell)

    def _known(self) -> dict[str, str]:
        """Return header -> attribute of the columns the sheet may have."""
        if self.model is Settings:
            return {header: name for name, header in SETTINGS_HEADERS.items()}
        return {header: name for name, header in headers(self.model).items()}

    def _required(self) -> list[str]:
        if self.model is Settings:
            return ["name", "value"]
        return [name for name, column in self.model.model_fields.items() if column.is_required()]

    def _columns(self) -> dict[int, str]:
        """Return column number -> attribute, reporting headers that are unknown, doubled or missing."""
        if not self.sheet.rows and self.model.sheet not in REQUIRED_SHEETS:
            return {}
        known = {folded(header): name for header, name in self._known().items()}
        columns: dict[int, str] = {}
        for number, cell in self.sheet.rows.get(self.head, {}).items():
            address = f"{get_column_letter(number)}{self.head}"
            name = known.get(folded(str(cell.value)))
            if name is None:
                self._error(address, _unknown_column(self.model, str(cell.value).strip(), self._known()))
            elif name in columns.values():
                self._error(address, f"the column `{str(cell.value).strip()}` is there twice; delete one")
            else:
                columns[number] = name
        self._tell_of_missing_columns(set(columns.values()))
        self._tell_of_headless_columns()
        return columns

    def _tell_of_missing_columns(self, there: Collection[str]) -> None:
        known = {name: header for header, name in self._known().items()}
        for name in self._required():
            if name not in there:
                self._error("", f"the column `{known[name]}` is missing; add it in the first row")

    def _tell_of_headless_columns(self) -> None:
        heads = self.sheet.rows.get(self.head, {})
        first: dict[int, int] = {}
        for row, cells in self.sheet.rows.items():
            for number in cells if row > self.head else ():
                if number not in heads:
                    first.setdefault(number, row)
        for number, row in first.items():
            letter = get_column_letter(number)
            message = f"column {letter} has values but no header; add one, or delete them"
            self._error(f"{letter}{row}", message)

    def _tell_of_unstored(self, address: str) -> None:
        if self._is_read(address):
            message = "the formula has no stored value; open the workbook in Excel and save it"
            self._cell_error(address, message)

    def _tell_of_uncalculated(self, address: str) -> None:
        if not self._is_read(address):
            return
        message = "the formula stores no result but 0 or nothing, as programs leave it that do not calculate"
        advice = "open the workbook in a spreadsheet program and save it"
        if self.sheet.doubt == ERROR:
            self._cell_error(address, f"{message}; {advice}")
        else:
            self.reading.warn(self.sheet.title, address, f"{message}; if it is not 0, {advice}")

    def _is_read(self, address: str) -> bool:
        letters, row = split(address)
        columns = {get_column_letter(number) for number, name in self.columns.items() if name not in FREE_COLUMNS}
        return row > self.head and row not in self.sheet.totals and letters in columns

    def records(self) -> tuple[list[Mapping[str, Any]], Origin]:
        """Return the records of a table and where they came from."""
        numbers = sorted(self._rows_with_values())
        records = [dict(self._values(number)) for number in numbers]
        letters = {name: get_column_letter(number) for number, name in self.columns.items()}
        return list(records), Origin(self.sheet.title, letters, numbers)

    def _rows_with_values(self) -> set[int]:
        unstored = {split(address)[1] for address in self.told if address}
        return {row for row in {*self.sheet.rows} | unstored if row > self.head} - self.sheet.totals

    def _values(self, number: int) -> Iterator[tuple[str, Any]]:
        """Yield attribute and value of the cells of a row that can be used."""
        cells = self.sheet.rows.get(number, {})
        for column, name in self.columns.items():
            address = f"{get_column_letter(column)}{number}"
            if column not in cells or not self._is_usable(name, address, cells[column]):
                continue
            value = cells[column].value
            yield name, value if self.model is Settings else self._value(name, address, value)

    def _is_usable(self, name: str, address: str, cell: Cell) -> bool:
        if cell.is_error:
            self._cell_error(address, f"holds the error {cell.value}; mend its formula, or type the value")
            return False
        value = cell.value
        if not isinstance(value, str) or name in FREE_COLUMNS:
            return True
        if value != value.strip():
            message = f"{value!r} has blanks around it; they were left out"
            self.reading.warn(self.sheet.title, address, message)
        elif is_name(self.model, name) and as_seen(value) != unicodedata.normalize("NFC", value):
            message = f"{value!a} was read as `{as_seen(value)}`: surplus blanks and what cannot be seen were left out"
            self.reading.warn(self.sheet.title, address, message)
        return True

    # -- numbers that are text ---------------------------------------------------------------------
    def _value(self, name: str, address: str, value: Any) -> Any:
        """Return a value as its column takes it: in a CSV file numbers are text, and anywhere `50%` is a share."""
        if not isinstance(value, str) or not is_number(self.model, name):
            return value
        number: int | float | Ambiguous | None = None
        if extra(self.model, name, "share"):
            number = read_percentage(value, point=self.point)
        if number is not None and not self.sheet.separator:
            self.reading.warn(self.sheet.title, address, f"{value!r} is text, and was read as a percentage")
        if number is None and self.sheet.separator:
            number = read_numeral(value, point=self.point)
        if isinstance(number, Ambiguous):
            self._cell_error(address, number.told(f"`{value.strip()}`"))
            return None
        return value if number is None else number

    def _has_decimal_commas(self) -> bool:
        """Tell whether some number has a comma before its decimals, so that a point may stand for thousands."""
        columns = [n for n, name in self.columns.items() if self.model is Settings or is_number(self.model, name)]
        cells = (row[n].value for row in self.sheet.rows.values() for n in columns if n in row)
        return any(isinstance(value, str) and has_decimal_comma(value) for value in cells)

    # -- settings ----------------------------------------------------------------------------------
    def setting(self) -> tuple[list[Mapping[str, Any]], Origin]:
        """Return the Settings sheet, one name and value per row, as one record."""
        letters = {name: get_column_letter(number) for number, name in self.columns.items()}
        known = {folded(header): name for name, header in headers(Settings).items()}
        record: dict[str, Any] = {}
        cells: dict[str, str] = {"": ""}
        for number in sorted(self._rows_with_values()):
            values = dict(self._values(number))
            name = self._setting_name(values, known, f"{letters.get('name', 'A')}{number}")
            if name and name in cells:
                message = f"the setting `{values['name']}` is there twice; delete one"
                self._error(f"{letters['name']}{number}", message)
            elif name:
                cells[name] = f"{letters.get('value', 'B')}{number}"
                record[name] = self._value(name, cells[name], values.get("value"))
        return [record], Origin(self.sheet.title, {}, (), cells)

    def _setting_name(self, values: Mapping[str, Any], known: Mapping[str, str], cell: str) -> str:
        if "name" not in values:
            if "value" in values:
                self._error(cell, "the value has no name; write the name of a setting beside it")
            return ""
        written = str(values["name"]).strip()
        if folded(written) not in known:
            self._error(cell, f"`{written}` is not a setting{closest(written, headers(Settings).values())}")
        return known.get(folded(written), "")


def _unknown_column(model: type[Row], written: str, known: Collection[str]) -> str:
    near = closest(written, known)
    advice = near if "did you mean" in near else "; delete it, or put free text in a column `note`"
    return f"`{written}` is not a column of {model.sheet}{advice}"


def _head(model: type[Row], sheet: Sheet) -> int:
    """Return the row of the headers: the first one, unless it holds none and one below holds several."""
    known = {folded(header) for header in (SETTINGS_HEADERS if model is Settings else headers(model).values())}
    rows = [number for number in sorted(sheet.rows) if number <= LAST_HEAD]
    found = {n: len({folded(str(cell.value)) for cell in sheet.rows[n].values()} & known) for n in rows}
    best = max(found, key=lambda n: (found[n], -n), default=1)
    return best if found.get(best, 0) >= 2 and found.get(1, 0) <= 1 else 1


def split(address: str) -> tuple[str, int]:
    """Return column letters and row number of an address; blank and 0 for none."""
    match = re.fullmatch(r"([A-Z]*)(\d+)", address)
    return (match[1], int(match[2])) if match else ("", 0)
