"""An input workbook to a scenario, with every finding named by sheet and cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter, range_boundaries

from optimizer.errors import Finding, refuse
from optimizer.plan.tables import RUN_SHEET
from optimizer.scenario.checks import check
from optimizer.scenario.parse import Origin, closest, parse_rows
from optimizer.scenario.rules.view import Unread
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import REQUIRED_SHEETS, SHEETS, Row, Settings, headers
from optimizer.workbook.cells import MOST_ROWS, Cell, Sheet, read_sheets

FREE_SHEETS = ("Read me", "Sources", "Findings")
"""Sheets that may hold anything."""

SETTINGS_HEADERS = {"name": "name", "value": "value", "meaning": "meaning", "note": "note"}


def read_workbook(path: str | Path) -> Scenario:
    """Read an input workbook.

    Parameters
    ----------
    path
        A workbook (.xlsx, .xlsm) with the sheets of `optimizer.scenario.schema`.

    Raises
    ------
    InputError
        When the file cannot be read, a value does not fit its column, or a rule across rows is
        broken; it lists all findings with sheet and cell.
    """
    return read_with_findings(path)[0]


def read_with_findings(path: str | Path, *, ignore: Collection[str] = ()) -> tuple[Scenario, list[Finding]]:
    """Read an input workbook, and tell its warnings too.

    Parameters
    ----------
    path
        A workbook (.xlsx, .xlsm) with the sheets of `optimizer.scenario.schema`, or a report, which
        carries them.
    ignore
        Names of further sheets that are none of the input, such as those of a report.

    Raises
    ------
    InputError
        When there are errors; it lists all findings, warnings too.
    """
    return scenario_of(read_sheets(Path(path), unread=_views), ignore=ignore)


def scenario_of(sheets: Sequence[Sheet], *, ignore: Collection[str] = ()) -> tuple[Scenario, list[Finding]]:
    """Return the scenario that sheets hold, and its warnings; raise InputError like `read_with_findings`."""
    reading = _Reading()
    titles = [sheet.title for sheet in sheets]
    matched = _match_sheets(sheets, {*FREE_SHEETS, *ignore, *_views(titles)}, reading)
    scenario = _read_tables(matched, reading)
    broken = {table for table, model in _tables() if model.sheet in reading.broken}
    unread = {table: records for table, records in reading.unread.items() if table not in broken}
    findings = reading.findings + check(scenario, broken={*broken, *reading.unread}, unread=unread)
    findings = _in_order(findings, titles)
    refuse(findings)
    return scenario, findings


def _views(titles: Sequence[str]) -> set[str]:
    """Return the sheets of a report that hold no input; a report carries its inputs."""
    return set(titles) - set(SHEETS) if RUN_SHEET in titles else set()


@dataclass
class _Reading:
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
        self.findings.append(Finding(sheet, cell, message))
        self.broken.add(model.sheet)

    def cell_error(self, model: type[Row], sheet: str, cell: str, message: str) -> None:
        self.findings.append(Finding(sheet, cell, message))
        _ = self.unread[model.table]

    def warn(self, sheet: str, cell: str, message: str) -> None:
        self.findings.append(Finding(sheet, cell, message, "warning"))


def _tables() -> list[tuple[str, type[Row]]]:
    return [(model.table, model) for model in SHEETS.values()]


def _folded(name: str) -> str:
    """Return a name as it is compared: case and surplus blanks do not count."""
    return " ".join(name.split()).casefold()


# -- sheets --------------------------------------------------------------------------------------
def _match_sheets(sheets: Sequence[Sheet], free: Collection[str], reading: _Reading) -> dict[str, Sheet]:
    """Return the sheets of the schema that are there, by their schema names."""
    known = {_folded(name): name for name in SHEETS}
    unread = {_folded(name) for name in free}
    matched: dict[str, Sheet] = {}
    for sheet in sheets:
        name = _folded(sheet.title)
        if sheet.kind != "table":
            reading.warn(sheet.title, "", f"is a {sheet.kind} sheet and was not read")
        elif name in known and known[name] in matched:
            message = f"is a second sheet for {known[name]}; put all rows on one"
            reading.error(SHEETS[known[name]], sheet.title, "", message)
        elif name in known:
            matched[known[name]] = sheet
        elif name not in unread:
            _tell_of_unknown_sheet(sheet.title, reading)
        if sheet.hidden and name in known:
            reading.warn(sheet.title, "", "is hidden but was read; show it, or delete it")
    for name in REQUIRED_SHEETS:
        if name not in matched:
            message = "the sheet is missing; add it with its headers (see the template)"
            reading.error(SHEETS[name], name, "", message)
    return matched


def _tell_of_unknown_sheet(title: str, reading: _Reading) -> None:
    near = closest(title, SHEETS)
    meant = [name for name in SHEETS if f"`{name}`" in near]
    advice = near if meant else "; delete it, or move free text to Sources"
    reading.findings.append(Finding(title, "", f"`{title}` is not a sheet of the input{advice}"))
    reading.broken.update(meant)


def _read_tables(matched: Mapping[str, Sheet], reading: _Reading) -> Scenario:
    settings = Settings.model_validate({"start": "2000-01", "periods": "1x1"})  # stands in for a broken sheet
    tables: dict[str, tuple[Row, ...]] = {}
    origins: dict[str, Origin] = {}
    for name, sheet in matched.items():
        model = SHEETS[name]
        _tell_of_the_sheet(model, sheet, reading)
        grid = _Grid(model, sheet, reading)
        records, origin = grid.setting() if model is Settings else grid.records()
        rows, kept = _parse(model, records, origin, grid, reading)
        origins[model.table] = kept
        if rows and isinstance(rows[0], Settings):
            settings = rows[0]
        elif rows:
            tables[model.table] = rows
    return Scenario(settings, tables, origins)


def _parse(
    model: type[Row], records: list[Mapping[str, Any]], origin: Origin, grid: _Grid, reading: _Reading
) -> tuple[tuple[Row, ...], Origin]:
    """Return the rows that can be read, and the origin of these alone."""
    rows: list[Row] = []
    numbers: list[int] = []
    for index, record in enumerate(records):
        number = origin.numbers[index : index + 1]
        place = Origin(origin.sheet, origin.letters, number, origin.cells)
        parsed, findings = parse_rows(model, [record], place)
        rows += parsed
        numbers += number if parsed else ()
        if not parsed:
            reading.unread[model.table].append(Unread(record, place))
        for finding in findings:
            if finding.cell not in grid.told:
                reading.cell_error(model, finding.sheet, finding.cell, finding.message)
    return tuple(rows), Origin(origin.sheet, origin.letters, numbers, origin.cells)


def _tell_of_the_sheet(model: type[Row], sheet: Sheet, reading: _Reading) -> None:
    """Report what concerns the sheet whatever its columns hold."""
    if sheet.cut:
        message = f"has more than {MOST_ROWS:,} rows; leave out what is not needed"
        reading.error(model, sheet.title, "", message)
    last = max(sheet.rows, default=0)
    for cells in sheet.merged:
        left, top, _, _ = range_boundaries(cells)
        if (top or 0) <= last:
            message = f"the cells {cells} are merged; unmerge them and fill every row"
            reading.error(model, sheet.title, f"{get_column_letter(left or 1)}{top}", message)
    before = 1
    for number in sorted(sheet.rows):
        if number > before + 1:
            one, more = f"row {before + 1} is", f"rows {before + 1} to {number - 1} are"
            blank = one if number == before + 2 else more
            reading.warn(sheet.title, f"A{before + 1}", f"{blank} blank; the rows below were read")
        before = max(before, number)


# -- columns and values --------------------------------------------------------------------------
class _Grid:
    """The cells of one sheet under its headers."""

    def __init__(self, model: type[Row], sheet: Sheet, reading: _Reading) -> None:
        self.model = model
        self.sheet = sheet
        self.reading = reading
        self.told: set[str] = set()
        self.columns = self._columns()
        for address in sheet.unstored:
            self._tell_of_unstored(address)

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
        known = {_folded(header): name for header, name in self._known().items()}
        columns: dict[int, str] = {}
        for number, cell in self.sheet.rows.get(1, {}).items():
            address = f"{get_column_letter(number)}1"
            name = known.get(_folded(str(cell.value)))
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
        heads = self.sheet.rows.get(1, {})
        first: dict[int, int] = {}
        for row, cells in self.sheet.rows.items():
            for number in cells:
                if number not in heads:
                    first.setdefault(number, row)
        for number, row in first.items():
            letter = get_column_letter(number)
            message = f"column {letter} has values but no header; add one, or delete them"
            self._error(f"{letter}{row}", message)

    def _tell_of_unstored(self, address: str) -> None:
        letters, row = _split(address)
        if row > 1 and letters in {get_column_letter(number) for number in self.columns}:
            message = "the formula has no stored value; open the workbook in Excel and save it"
            self._cell_error(address, message)

    def records(self) -> tuple[list[Mapping[str, Any]], Origin]:
        """Return the records of a table and where they came from."""
        numbers = [number for number in sorted(self._rows_with_values()) if number > 1]
        records = [dict(self._values(number)) for number in numbers]
        if not numbers and self.model.sheet in REQUIRED_SHEETS:
            self._error("", "has no rows; add at least one")
        letters = {name: get_column_letter(number) for number, name in self.columns.items()}
        return list(records), Origin(self.sheet.title, letters, numbers)

    def _rows_with_values(self) -> set[int]:
        unstored = {_split(address)[1] for address in self.told if address}
        return {*self.sheet.rows} | unstored

    def _values(self, number: int) -> Iterator[tuple[str, Any]]:
        """Yield attribute and value of the cells of a row that can be used."""
        cells = self.sheet.rows.get(number, {})
        for column, name in self.columns.items():
            address = f"{get_column_letter(column)}{number}"
            if column in cells and self._is_usable(name, address, cells[column]):
                yield name, cells[column].value

    def _is_usable(self, name: str, address: str, cell: Cell) -> bool:
        if cell.is_error:
            self._cell_error(address, f"holds the error {cell.value}; mend its formula, or type the value")
            return False
        value = cell.value
        if isinstance(value, str) and value != value.strip() and name not in ("note", "meaning"):
            message = f"{value!r} has blanks around it; they were left out"
            self.reading.warn(self.sheet.title, address, message)
        return True

    # -- settings ----------------------------------------------------------------------------------
    def setting(self) -> tuple[list[Mapping[str, Any]], Origin]:
        """Return the Settings sheet, one name and value per row, as one record."""
        letters = {name: get_column_letter(number) for number, name in self.columns.items()}
        known = {_folded(header): name for name, header in headers(Settings).items()}
        record: dict[str, Any] = {}
        cells: dict[str, str] = {"": ""}
        for number in sorted(self._rows_with_values() - {1}):
            values = dict(self._values(number))
            name = self._setting_name(values, known, f"{letters.get('name', 'A')}{number}")
            if name and name in cells:
                message = f"the setting `{values['name']}` is there twice; delete one"
                self._error(f"{letters['name']}{number}", message)
            elif name:
                cells[name] = f"{letters.get('value', 'B')}{number}"
                record[name] = values.get("value")
        return [record], Origin(self.sheet.title, {}, (), cells)

    def _setting_name(self, values: Mapping[str, Any], known: Mapping[str, str], cell: str) -> str:
        if "name" not in values:
            if "value" in values:
                self._error(cell, "the value has no name; write the name of a setting beside it")
            return ""
        written = str(values["name"]).strip()
        if _folded(written) not in known:
            self._error(cell, f"`{written}` is not a setting{closest(written, headers(Settings).values())}")
        return known.get(_folded(written), "")


def _unknown_column(model: type[Row], written: str, known: Collection[str]) -> str:
    near = closest(written, known)
    advice = near if "did you mean" in near else "; delete it, or put free text in a column `note`"
    return f"`{written}` is not a column of {model.sheet}{advice}"


# -- order ---------------------------------------------------------------------------------------
def _split(address: str) -> tuple[str, int]:
    """Return column letters and row number of an address; blank and 0 for none."""
    match = re.fullmatch(r"([A-Z]*)(\d+)", address)
    return (match[1], int(match[2])) if match else ("", 0)


def _in_order(findings: list[Finding], titles: list[str]) -> list[Finding]:
    """Return findings by sheet in the workbook's order, then by row and column; each one once."""
    places: dict[str, int] = defaultdict(lambda: -1, {title: n for n, title in enumerate(titles)})

    def place(finding: Finding) -> tuple[int, int, int, str]:
        letters, row = _split(finding.cell)
        return places[finding.sheet], row, len(letters), letters

    return sorted(dict.fromkeys(findings), key=place)
