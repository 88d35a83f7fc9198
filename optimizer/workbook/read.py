"""An input workbook to a scenario, with every finding named by sheet and cell."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter, range_boundaries

from optimizer.errors import Finding, refuse
from optimizer.plan.tables import RUN_SHEET
from optimizer.scenario.checks import judged
from optimizer.scenario.parse import Origin, closest, parse_rows
from optimizer.scenario.rules.view import Unread
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import REQUIRED_SHEETS, SCHEMA_VERSION, SHEETS, Row, Settings
from optimizer.scenario.values import folded
from optimizer.scenario.versions import brought_up
from optimizer.workbook.cells import MOST_ROWS, Sheet, read_sheets
from optimizer.workbook.grid import Grid, Reading, split

ALIKE, TYPO = 0.6, 0.75
"""How much alike, of 1, the name of an unknown sheet and that of one that is missing, or is there, must be."""

JUDGED = {"start", "periods", "accepted_wait", "weekend_share", "weekend_efficiency", "schema_version"}
"""Settings by which other sheets are judged."""

READ_ME = "Read me"
FREE_SHEETS = (READ_ME, "Sources", "Findings", "Actuals")
"""Sheets that may hold anything."""


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
    return scenario_of(read_sheets(Path(path), unread=_unread), ignore=ignore)


def scenario_of(
    sheets: Sequence[Sheet], *, ignore: Collection[str] = (), told: Sequence[Finding] = ()
) -> tuple[Scenario, list[Finding]]:
    """Return the scenario that sheets hold, and its warnings; raise InputError like `read_with_findings`.

    `told` is what was found before: it comes first among the findings.
    """
    reading = Reading([*told])
    titles = [sheet.title for sheet in sheets]
    matched = _match_sheets(sheets, {*FREE_SHEETS, *ignore, *_views(titles)}, reading)
    scenario, older = brought_up(_read_tables(matched, reading))
    reading.findings += older
    broken = {table for table, model in _tables() if model.sheet in reading.broken}
    unread = {table: records for table, records in reading.unread.items() if table not in broken}
    found, unjudged = judged(scenario, broken={*broken, *reading.unread}, unread=unread)
    findings = _in_order(reading.findings + found, titles)
    refuse(findings, unjudged)
    return scenario, findings


def _unread(titles: Sequence[str]) -> set[str]:
    """Return the sheets of which only the title matters; Read me is longer than what is filled in a small workbook."""
    return _views(titles) | {title for title in titles if folded(title) == folded(READ_ME)}


def _views(titles: Sequence[str]) -> set[str]:
    """Return the sheets of a report that hold no input; a report carries its inputs."""
    return set(titles) - set(SHEETS) if RUN_SHEET in titles else set()


def _tables() -> list[tuple[str, type[Row]]]:
    return [(model.table, model) for model in SHEETS.values()]


# -- sheets --------------------------------------------------------------------------------------
def _match_sheets(sheets: Sequence[Sheet], free: Collection[str], reading: Reading) -> dict[str, Sheet]:
    """Return the sheets of the schema that are there, by their schema names."""
    known = {folded(name): name for name in SHEETS}
    unread = {folded(name) for name in free}
    matched: dict[str, Sheet] = {}
    faulty: set[str] = set()
    unknown: list[str] = []
    for sheet in sheets:
        name = folded(sheet.title)
        if sheet.kind != "table":
            reading.warn(sheet.title, "", f"is a {sheet.kind} sheet and was not read")
        elif sheet.fault and name in known:
            reading.error(SHEETS[known[name]], sheet.title, "", sheet.fault)
            faulty.add(known[name])
        elif name in known and known[name] in matched:
            message = f"is a second sheet for {known[name]}; put all rows on one"
            reading.error(SHEETS[known[name]], sheet.title, "", message)
        elif name in known:
            matched[known[name]] = sheet
        elif name not in unread:
            unknown.append(sheet.title)
        if sheet.hidden and name in known:
            reading.warn(sheet.title, "", "is hidden but was read; show it, or delete it")
    for title in unknown:
        _tell_of_unknown_sheet(title, {*matched} | faulty, reading)
    for name in REQUIRED_SHEETS:
        if name not in matched and name not in faulty:
            message = "the sheet is missing; add it with its headers (see the template)"
            reading.error(SHEETS[name], name, "", message)
    return matched


def _tell_of_unknown_sheet(title: str, there: Collection[str], reading: Reading) -> None:
    """Tell of a sheet that is not read: an error where it may be meant for one that is, or is missing."""
    meant = [name for name in SHEETS if _is_near(title, name, TYPO if name in there else ALIKE)]
    if not meant:
        reading.warn(title, "", f"`{title}` is not a sheet of the input and was not read")
        return
    advice = f"{closest(title, meant)} If not, rename it"
    reading.findings.append(Finding(title, "", f"`{title}` is not a sheet of the input{advice}"))
    reading.broken.update(meant)


def _is_near(title: str, name: str, cutoff: float) -> bool:
    return bool(difflib.get_close_matches(folded(title), [folded(name)], cutoff=cutoff))


def _read_tables(matched: Mapping[str, Sheet], reading: Reading) -> Scenario:
    stand_in = {"start": "2000-01", "periods": "1x1", "schema_version": SCHEMA_VERSION}  # for a broken sheet
    settings = Settings.model_validate(stand_in)
    tables: dict[str, tuple[Row, ...]] = {}
    origins: dict[str, Origin] = {}
    for name, sheet in matched.items():
        model = SHEETS[name]
        if sheet.cut:  # a sheet of which only a part is there is not judged
            message = f"has more than {MOST_ROWS:,} rows; leave out what is not needed"
            reading.error(model, sheet.title, "", message)
            continue
        grid = Grid(model, sheet, reading)
        _tell_of_the_sheet(model, sheet, grid.head, reading)
        records, origin = grid.setting() if model is Settings else grid.records()
        rows, kept = _parse(model, records, origin, grid, reading)
        origins[model.table] = kept
        if rows and isinstance(rows[0], Settings):
            settings = rows[0]
        elif rows:
            tables[model.table] = rows
    return Scenario(settings, tables, origins)


def _parse(
    model: type[Row], records: list[Mapping[str, Any]], origin: Origin, grid: Grid, reading: Reading
) -> tuple[tuple[Row, ...], Origin]:
    """Return the rows that can be read, and the origin of these alone."""
    rows: list[Row] = []
    numbers: list[int] = []
    for index, record in enumerate(records):
        number = origin.numbers[index : index + 1]
        place = Origin(origin.sheet, origin.letters, number, origin.cells)
        parsed, findings = parse_rows(model, [record], place)
        if model is Settings and not parsed and (parsed := _settings_left(record, origin, findings)):
            reading.findings += [finding for finding in findings if finding.cell not in grid.told]
            findings = []
        rows += parsed
        numbers += number if parsed else ()
        if not parsed:
            reading.unread[model.table].append(Unread(record, place))
        for finding in findings:
            if finding.cell not in grid.told:
                reading.cell_error(model, finding.sheet, finding.cell, finding.message)
    return tuple(rows), Origin(origin.sheet, origin.letters, numbers, origin.cells)


def _settings_left(record: Mapping[str, Any], origin: Origin, findings: Sequence[Finding]) -> tuple[Row, ...]:
    """Return the settings without those that cannot be read, where no rule needs these; else nothing."""
    faulty = {finding.cell for finding in findings}
    left = {name: value for name, value in record.items() if origin.cells.get(name) not in faulty}
    return () if ({*record} - {*left}) & JUDGED else parse_rows(Settings, [left], origin)[0]


def _tell_of_the_sheet(model: type[Row], sheet: Sheet, head: int, reading: Reading) -> None:
    """Report what concerns the sheet whatever its columns hold."""
    last = max(sheet.rows, default=0)
    for cells in sheet.merged:
        left, top, _, _ = range_boundaries(cells)
        if (top or 0) <= last:
            message = f"the cells {cells} are merged; unmerge them and fill every row"
            reading.error(model, sheet.title, f"{get_column_letter(left or 1)}{top}", message)
    before = head
    for number in sorted(n for n in sheet.rows if n > head):
        if number > before + 1:
            one, more = f"row {before + 1} is", f"rows {before + 1} to {number - 1} are"
            blank = one if number == before + 2 else more
            reading.warn(sheet.title, f"A{before + 1}", f"{blank} blank; the rows below were read")
        before = number
    if head > 1:
        message = f"the headers stand in row {head}; the rows above were not read"
        reading.warn(sheet.title, f"A{head}", message)
    _tell_of_the_unseen(sheet, head, reading)


def _tell_of_the_unseen(sheet: Sheet, head: int, reading: Reading) -> None:
    """Report what is read and not seen, and what is seen and not read."""
    rows = [row for row in sheet.hidden_rows if row in sheet.rows and row not in sheet.totals]
    if rows:
        message = f"{_runs(rows)} hidden or filtered away but read; show or delete what is not meant"
        reading.warn(sheet.title, f"A{rows[0]}", message)
    for column in sorted(sheet.hidden_columns & {*sheet.rows.get(head, ())}):
        letter = get_column_letter(column)
        reading.warn(sheet.title, f"{letter}{head}", f"column {letter} is hidden but was read; show it, or delete it")
    for row in sorted(sheet.totals & {*sheet.rows}):
        reading.warn(sheet.title, f"A{row}", f"row {row} is the total row of a table and was not read")


def _runs(rows: Sequence[int]) -> str:
    """Return rows in words: `row 3 is`, `rows 3, 5 to 9 are`; the first ten runs of them."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    told = [f"{first}" if first == last else f"{first} to {last}" for first, last in runs[:10]]
    more = f" and {len(runs) - 10} more groups" if len(runs) > 10 else ""
    return f"row {rows[0]} is" if len(rows) == 1 else f"rows {', '.join(told)}{more} are"


# -- order ---------------------------------------------------------------------------------------
def _in_order(findings: list[Finding], titles: list[str]) -> list[Finding]:
    """Return findings by sheet in the workbook's order, then by row and column; each one once."""
    places: dict[str, int] = defaultdict(lambda: -1, {title: n for n, title in enumerate(titles)})

    def place(finding: Finding) -> tuple[int, int, int, str]:
        letters, row = split(finding.cell)
        return places[finding.sheet], row, len(letters), letters

    return sorted(dict.fromkeys(findings), key=place)
