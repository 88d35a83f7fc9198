"""A report read again: it shows what its plan says, and every cell, chart and sheet that says otherwise is told."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from typer.testing import CliRunner

from optimizer import read_plan, verify
from optimizer.cli import app
from optimizer.plan.plan import Plan
from optimizer.plan.tables import NOT_CHECKED, PLAN_SHEETS
from optimizer.report.write import render
from optimizer.reread import reread
from optimizer.scenario.schema import SHEETS
from tests.verify.edit import change
from tests.verify.test_columns import SEARCH_ONLY
from tests.verify.worlds import factory, investment, lanes


def whole(plan: Plan) -> Plan:
    """Return a plan with all that a solve adds to it, verified."""
    stages = [{"objective": name, "stage": "whole plan", "seconds": 0.25} for name in plan.objectives["objective"]]
    table = pd.DataFrame(stages).assign(value=plan.objectives["found"], bound=plan.objectives["bound"])
    size = {"rows": 70, "columns": 60, "integers": 20, "nonzeros": 300}
    told = replace(
        plan,
        stages=table,
        seconds={"build": 0.1, "search": 1 / 3},
        size=size,
        versions={"optimizer": "0.0.1", "pandas": "3"},
        wait_without_levers=12.3,
        short_run={"Made until the end": 1234.5, "Wait of an order placed now": "never", "Cost of everything": 9e6},
        warnings=("numbers lie far apart",),
    )
    return told.with_checks(verify(told))


def unproven() -> Plan:
    """Return a plan that was interrupted before anything was proven, of a model that somebody changed."""
    plan = factory()
    for column, value in (("bound", -float("inf")), ("gap", float("inf"))):
        plan = change(plan, "objectives", column, value)
    return replace(plan, gap=float("inf"), status="interrupted", unverified=("own", "other"))


@pytest.fixture(scope="module")
def content() -> bytes:
    """Return the report of a small plan."""
    return render(whole(factory()))


@pytest.fixture
def never(world_report: Callable[[str], bytes], tmp_path: Path) -> Path:
    """Return where the report of a plan is that was never verified."""
    path = tmp_path / "never.xlsx"
    path.write_bytes(world_report("factory"))
    return path


@pytest.fixture
def report(content: bytes, tmp_path: Path) -> Path:
    """Return where the report is."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    return path


def edited(report: Path, edit: Callable[[Workbook], Any]) -> list[str]:
    """Edit a report in a spreadsheet program; return what is told of it."""
    book = load_workbook(report)
    edit(book)
    book.save(report)
    return [str(finding) for finding in reread(report).differences]


# -- reports as written ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "make",
    [
        lambda: whole(investment()),
        pytest.param(lambda: whole(lanes()), marks=pytest.mark.slow),
        lambda: whole(unproven()),
    ],
)
def test_a_report_as_written_shows_its_plan(make: Callable[[], Plan], tmp_path: Path) -> None:
    """Nothing differs of a plan that was verified, however far it was proven."""
    found = reread(make().to_excel(tmp_path / "plan.xlsx"))
    assert found.differences == () and found.not_checked == ()


def test_a_report_of_a_plan_that_was_never_verified_shows_it(never: Path) -> None:
    """Nothing differs, and the plan read back was never verified either."""
    found = reread(never)
    assert found.differences == () and found.not_checked == ()
    assert not read_plan(never).checks


def test_a_plan_read_back_is_verified_anew(report: Path) -> None:
    """Its words are those of the plan as written; of an edited file they are not."""
    assert "independently checked" in repr(read_plan(report))
    book = load_workbook(report)
    book["plan shifts"]["C2"] = 7
    book.save(report)
    assert "not verified" in repr(read_plan(report))


def test_what_a_reader_adds_is_no_difference(report: Path) -> None:
    """Saved by another program, more digits, another width, notes on a sheet of its own: told as not checked."""
    book = load_workbook(report)
    book["Money"]["B5"].number_format = "#,##0.000"
    book["Money"].column_dimensions["B"].width = 40
    book.create_sheet("My notes")["A1"] = "Proven the best possible"
    book.save(report)
    result = CliRunner().invoke(app, ["verify", str(report)])
    assert result.exit_code == 0  # a difference would end with 1
    assert "`My notes` is none of the report's, and not checked" in " ".join(result.output.split())


# -- edits -------------------------------------------------------------------------------------------
def _wrong(cell: Cell) -> Any:
    if isinstance(cell.value, str):
        return cell.value.replace("yes", "NO") if "yes" in cell.value else f"not {cell.value}"
    if isinstance(cell.value, dt.datetime):
        return cell.value + dt.timedelta(days=31)
    return cell.value / 2 if abs(cell.value) > 1e-9 else 1  # what is left of rounding may be any


def test_no_cell_of_any_sheet_can_say_otherwise(report: Path) -> None:
    """A number halved, a date moved, a text turned round, in every sheet that is not read: each is told."""
    changed: set[str] = set()

    def spoil(book: Workbook) -> None:
        for sheet in book.worksheets:
            if sheet.title in SHEETS or sheet.title.startswith(PLAN_SHEETS):
                continue
            kinds: dict[type, list[Cell]] = {}
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        kinds.setdefault(type(cell.value), []).append(cell)
            for cells in kinds.values():
                for cell in {cells[0].coordinate: cells[0], cells[-1].coordinate: cells[-1]}.values():
                    cell.value = _wrong(cell)
                    changed.add(f"{sheet.title}!{cell.coordinate}")

    told = {words.partition(": ")[0] for words in edited(report, spoil)}
    assert len({words.partition("!")[0] for words in changed}) > 12
    assert changed <= told
    assert not [words for words in told - changed if "!" in words and "chart" not in words]


EDITS: dict[str, Callable[[Workbook], Any]] = {
    "Briefing!A3: holds `Proven the best": lambda book: book["Briefing"].__setitem__("A3", "Proven the best possible"),
    "Checks!C5: holds `NO` where the plan says `yes`": lambda book: book["Checks"].__setitem__("C5", "NO"),
    "Money!Z9: holds `all paid` where the plan says nothing": lambda book: book["Money"].__setitem__("Z9", "all paid"),
    "Money!B5: holds nothing where the plan says ": lambda book: book["Money"].__setitem__("B5", None),
    "Money!C5: holds a formula": lambda book: book["Money"].__setitem__("C5", "=1+1"),
    "Money!D5: has a number format": lambda book: setattr(book["Money"]["D5"], "number_format", "#,##0,"),
    "Output!D5: has a number format": lambda book: setattr(book["Output"]["D5"], "number_format", '"many"'),
    "Run: the sheet is missing": lambda book: book.remove(book["Run"]),
    "Capacity!A40: holds ": lambda book: book["Capacity"].__setitem__("A40", "another line"),
    "plan shifts!F2: holds `more`": lambda book: book["plan shifts"].__setitem__("F2", "more"),
}


def test_edits_are_told_with_their_cell(report: Path) -> None:
    """Verdicts, notes in a sheet of the report, formulas, formats, cells and sheets lost and added."""
    told = edited(report, lambda book: [edit(book) for edit in EDITS.values()])
    assert [words for words in EDITS if not any(found.startswith(words) for found in told)] == []


CHARTS = (
    (r"<a:t>Output of", "<a:t>Nothing made of", "says `Nothing made of"),
    (r"<c:f>'Waiting time'!\$E\$", "<c:f>'Waiting time'!$D$", "has the series"),
    (r"(<c:val>.*?<c:v>)\d[^<]*", r"\g<1>9e9", "keeps other numbers"),
    (r'<c:orientation val="minMax"/>', '<c:orientation val="maxMin"/>', "has an axis with orientation maxMin"),
    (r"<c:v>late</c:v>", "<c:v>early</c:v>", "has the series `early`"),
)


def test_charts_cannot_say_otherwise(content: bytes, tmp_path: Path) -> None:
    """Titles, names, cells, kept numbers and axes of charts are those of the report, and nothing lies over words."""
    path, left = tmp_path / "plan.xlsx", list(CHARTS)
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/charts/"):
                edit = next((edit for edit in left if re.search(edit[0], data.decode())), None)
                if edit is not None:
                    left.remove(edit)
                    data = re.sub(edit[0], edit[1], data.decode()).encode()
            if name == "xl/drawings/drawing1.xml":
                data = data.replace(b"</xdr:wsDr>", b"<xdr:twoCellAnchor><xdr:sp/></xdr:twoCellAnchor></xdr:wsDr>")
            target.writestr(name, data)
    assert not left
    told = [finding.message for finding in reread(path).differences]
    assert [words for _, _, words in CHARTS if not any(words in message for message in told)] == []
    assert any("shapes lie on it" in message for message in told)


@pytest.mark.slow
def test_what_only_the_search_can_tell_is_told_as_not_checked(report: Path) -> None:
    """What a unit more saves, and waits without levers, changed everywhere alike: no rule can tell, and all say so."""
    plan = read_plan(report)
    worth = pd.DataFrame({"item": "shell", "month": plan.scenario.calendar.period_dates(), "worth": 2.0})
    claimed = replace(plan, tables={**plan.tables, "worth": worth}, wait_without_levers=99.0)
    claimed.with_checks(verify(claimed)).to_excel(report)
    result = CliRunner().invoke(app, ["verify", str(report)])
    assert result.exit_code == 0
    told = json.loads(CliRunner().invoke(app, ["verify", str(report), "--json"]).stdout)["word_of_the_search"]
    assert told == list(NOT_CHECKED)
    book = load_workbook(report, read_only=True)
    below = [str(cell) for (cell, *_) in book["Checks"].iter_rows(values_only=True) if cell][-len(NOT_CHECKED) - 1 :]
    assert below == ["not checked, the word of the search", *NOT_CHECKED]
    assert "is the word of the search, not checked" in book["Bottlenecks"]["A2"].value
    assert all(words in " ".join(result.output.split()) for words in NOT_CHECKED)
    above = {("worth", "worth"), ("objectives", "found_cost")}
    assert SEARCH_ONLY.keys() == above  # a column more that no rule looks at is to be told, too


@pytest.mark.slow
def test_verify_ends_with_status_1_and_the_cell(report: Path) -> None:
    """The command says cell, value and what the plan says; JSON has the same."""
    book = load_workbook(report)
    book["Checks"]["C5"] = "NO"
    book.save(report)
    result = CliRunner().invoke(app, ["verify", str(report)])
    assert result.exit_code == 1
    assert "Checks!C5: holds `NO` where the plan says `yes`" in result.output
    told = json.loads(CliRunner().invoke(app, ["verify", str(report), "--json"]).stdout)
    assert (told["status"], told["verified"]) == ("failed", False)
    assert {f"{found['sheet']}!{found['cell']}" for found in told["differences"] if found["cell"]} == {"Checks!C5"}
    assert all(check["holds"] for check in told["checks"])
