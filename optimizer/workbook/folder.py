"""A scenario as a folder of CSV files, one per sheet, with the headers of the workbook.

The same columns, words and checks as in Excel; findings name file, column letter and line as they
would name sheet and cell.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optimizer.errors import Finding, InputError
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import REQUIRED_SHEETS, SHEETS, TABLES, Row, Settings, as_cell, headers
from optimizer.scenario.values import is_empty
from optimizer.workbook.cells import Cell, Sheet
from optimizer.workbook.read import scenario_of

ENCODING = "utf-8-sig"
"""With the mark by which Excel knows it."""


def read_folder(path: str | Path) -> Scenario:
    """Read a folder of CSV files: `Settings.csv`, `Members.csv` and so on.

    Raises
    ------
    InputError
        When there is no such folder, a file cannot be read, or what it holds has errors.
    """
    return folder_with_findings(path)[0]


def folder_with_findings(path: str | Path) -> tuple[Scenario, list[Finding]]:
    """Read a folder of CSV files, and tell its warnings too."""
    folder = Path(path)
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise InputError([Finding(folder.name, "", "holds no CSV files; name a folder with Settings.csv and others")])
    return scenario_of([_sheet(file) for file in files])


def write_folder(path: str | Path, scenario: Scenario) -> Path:
    """Write a scenario as CSV files into a folder; read back, they give the same scenario.

    Files of sheets that the scenario does not have are left alone.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{Settings.sheet}.csv", [["name", "value"], *_settings(scenario.settings)])
    for model in TABLES:
        rows = scenario.tables.get(model.table, ())
        if rows or model.sheet in REQUIRED_SHEETS:
            names = headers(model)
            _write(
                folder / f"{model.sheet}.csv",
                [list(names.values()), *([_text(name, getattr(row, name)) for name in names] for row in rows)],
            )
    return folder


# -- out ---------------------------------------------------------------------------------------------
def _settings(settings: Settings) -> Iterator[list[str]]:
    for name, header in headers(Settings).items():
        text = _text(name, getattr(settings, name))
        if text:
            yield [header, text]


def _text(name: str, value: Any) -> str:
    value = as_cell(name, value)
    if is_empty(value):
        return ""
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    return repr(value) if isinstance(value, float) else str(value)


def _write(path: Path, lines: list[list[str]]) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding=ENCODING, newline="") as file:
        csv.writer(file).writerows(lines)
    draft.replace(path)


# -- in ----------------------------------------------------------------------------------------------
def _sheet(path: Path) -> Sheet:
    try:
        with path.open(encoding=ENCODING, newline="") as file:
            first = file.readline()
            file.seek(0)
            comma = max(",;\t", key=first.count)  # a spreadsheet writes any of these, by country and kind of file
            lines = list(csv.reader(file, delimiter=comma, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"cannot be read as a CSV file in UTF-8 ({error}); save it as such"
        raise InputError([Finding(path.name, "", message)]) from None
    model = SHEETS.get(path.stem)
    names = {header: name for name, header in headers(model).items()} if model else {}
    heads = lines[0] if lines else []
    rows = {}
    for number, line in enumerate(lines, start=1):
        cells = {}
        for place, text in enumerate(line):
            column = names.get(heads[place].strip(), "") if number > 1 and place < len(heads) else ""
            if model is Settings and line:  # one setting a line: its name says what its value is
                column = names.get(line[0].strip(), "")
            if text.strip():
                cells[place + 1] = Cell(_value(text) if model and _is_number(model, column) else text)
        if cells:
            rows[number] = cells
    return Sheet(path.stem, rows=rows)


def _is_number(model: type[Row], name: str) -> bool:
    """Tell whether a column holds numbers, or values of any kind."""
    field = model.model_fields.get(name)
    return field is not None and any(kind in str(field.annotation) for kind in ("float", "int", "Any"))


def _value(text: str) -> Any:
    """Return a number where the text is one; text otherwise, for the checks to tell."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number) or "_" in text:
        return text
    return int(number) if number.is_integer() and not {".", "e", "E"} & {*text} else number
