"""A scenario as a folder of CSV files, one per sheet, with the headers of the workbook.

The same columns, words and checks as in Excel; findings name file, column letter and line as they
would name sheet and cell.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from optimizer.errors import WARNING, Finding, InputError
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import SHEETS, Settings, as_cell, headers
from optimizer.scenario.values import folded, is_empty
from optimizer.workbook.cells import MOST_ROWS, Cell, Sheet
from optimizer.workbook.read import scenario_of

ENCODING = "utf-8-sig"
"""With the mark by which Excel knows it."""

MOST_BYTES = 100_000_000
"""Size of a file that is still read."""

MOST_HEADER = 100_000
"""Characters of the first line that are looked through for what separates values."""

MOST_TOLD = 20
"""Files that were not read and are told by name."""


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
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [file for file in there if file.suffix.casefold() == ".csv"]
    if not files:
        raise InputError([Finding(folder.name, "", "holds no CSV files; name a folder with Settings.csv and others")])
    unread = [file for file in there if file.suffix.casefold() != ".csv"]
    told = _tell_of_unread(folder, unread, {folded(file.stem) for file in files})
    return scenario_of([_sheet(file) for file in files], told=told)


def write_folder(path: str | Path, scenario: Scenario) -> Path:
    """Write a scenario as CSV files into a folder; read back, they give the same scenario.

    Files of sheets that the scenario does not have are left alone.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{Settings.sheet}.csv", [["name", "value"], *_settings(scenario.settings)])
    for model, rows in scenario.sheets():
        names = headers(model)
        lines = [list(names.values()), *([_text(name, getattr(row, name)) for name in names] for row in rows)]
        _write(folder / f"{model.sheet}.csv", lines)
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
_IGNORED = (".ds_store", "thumbs.db", "desktop.ini")
"""Files that systems put into folders by themselves."""


def _tell_of_unread(folder: Path, unread: Sequence[Path], there: Collection[str]) -> list[Finding]:
    """Return what is told of files that are not read: an error where one is named like a sheet that is not there."""
    known = {folded(name): name for name in SHEETS}
    findings, others = [], []
    for path in unread:
        meant = known.get(folded(path.name.partition(".")[0]))
        if meant and folded(meant) not in there and not path.is_dir():
            findings.append(Finding(path.name, "", f"is no CSV file and was not read; save it as {meant}.csv"))
        elif path.name.casefold() not in _IGNORED:
            others.append(path.name)
    for name in others[:MOST_TOLD]:
        words = "is no CSV file of this folder and was not read"
        findings.append(Finding(name, "", f"{words}; if it holds input, save it here as a CSV file", WARNING))
    if len(others) > MOST_TOLD:
        words = f"holds {len(others) - MOST_TOLD:,} more files that were not read"
        findings.append(Finding(folder.name, "", words, WARNING))
    return findings


def _sheet(path: Path) -> Sheet:
    title = path.stem
    if folded(title) not in {folded(name) for name in SHEETS}:
        return Sheet(title)  # free text, or told by its name alone
    try:
        if not path.is_file():
            return Sheet(title, fault="is no plain file and was not read; put the file itself here")
        if path.stat().st_size > MOST_BYTES:
            return Sheet(title, fault=f"has more than {MOST_BYTES / 1e6:,.0f} MB; leave out what is not needed")
        with path.open(encoding=ENCODING, newline="") as file:
            separator = _separator(file)
            return _read_lines(title, csv.reader(file, delimiter=separator, strict=True), separator)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return Sheet(title, fault=f"cannot be read as a CSV file in UTF-8 ({error}); save it as such")


def _separator(file: TextIO) -> str:
    """Return what separates values: a spreadsheet writes any of these, by country and kind of file."""
    first = file.readline(MOST_HEADER)
    if told := re.fullmatch(r'"?sep=([,;\t])"?', first.strip(), re.IGNORECASE):
        return told[1]  # a line for spreadsheet programs, which do not show it
    file.seek(0)
    return max(",;\t", key=first.count)


def _read_lines(title: str, lines: Iterable[list[str]], separator: str) -> Sheet:
    """Return the sheet that lines hold, up to the most rows of any sheet."""
    rows: dict[int, Mapping[int, Cell]] = {}
    for number, line in enumerate(lines, start=1):
        cells = {place: Cell(text) for place, text in enumerate(line, start=1) if text.strip()}
        if cells and len(rows) == MOST_ROWS:
            return Sheet(title, rows=rows, separator=separator, cut=True)
        if cells:
            rows[number] = cells
    return Sheet(title, rows=rows, separator=separator)
