"""Reports, templates and inputs as LibreOffice opens them: no error in any cell, totals that add up, nothing lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer import read_plan, read_workbook, solve, verify, write_template
from optimizer.plan.plan import Plan
from optimizer.reread import reread

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")]
INPUT = Path("data/quickstart.xlsx")


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan of the example."""
    return solve(read_workbook(INPUT), threads=1, seed=0)


@pytest.fixture(scope="module")
def folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with report, template and input, saved again by LibreOffice in `again`, and the report as PDF."""
    folder = tmp_path_factory.mktemp("office")
    plan.to_excel(folder / "report.xlsx")
    write_template(folder / "template.xlsx")
    shutil.copy(INPUT, folder / "input.xlsx")
    files = [str(folder / f"{name}.xlsx") for name in ("report", "template", "input")]
    command = [str(OFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    subprocess.run([*command, "xlsx", "--outdir", str(folder / "again"), *files], check=True, capture_output=True)
    subprocess.run([*command, "pdf", "--outdir", str(folder), files[0]], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", ["report", "template", "input"])
def test_no_cell_shows_an_error(folder: Path, name: str) -> None:
    """LibreOffice opened the file, and no cell holds an error value."""
    book = load_workbook(folder / "again" / f"{name}.xlsx", data_only=True, read_only=True)
    wrong = [
        f"{sheet.title}!{cell.coordinate}: {cell.value}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e" or (isinstance(cell.value, str) and cell.value.startswith(("#REF", "#NAME", "Err:")))
    ]
    assert not wrong


def test_the_report_prints(folder: Path) -> None:
    """It is converted to a PDF that begins with the Briefing on one page."""
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "report.pdf").stat().st_size > 20_000


def test_totals_on_the_briefing_are_those_of_the_tables(folder: Path, plan: Plan) -> None:
    """Total cost and closing output as shown are the sums of the tables behind them, after LibreOffice saved both."""
    book = load_workbook(folder / "again" / "report.xlsx", data_only=True, read_only=True)
    costs = book["plan costs"]
    amount = [cell.value for cell in costs[1]].index("amount")
    total = sum(row[amount] for row in costs.iter_rows(min_row=2, values_only=True))
    shown = " ".join(str(cell.value) for row in book["Briefing"].iter_rows() for cell in row if cell.value is not None)
    assert f"EUR {total / 1e9:.2f} billion" in shown
    output = book["plan output"]
    head = [cell.value for cell in output[1]]
    rows = [dict(zip(head, row, strict=True)) for row in output.iter_rows(min_row=2, values_only=True)]
    finals = set(plan.scenario.items.query("kind == 'final'")["item"])
    last = max(row["month"] for row in rows)
    made = sum(row["made"] for row in rows if row["month"] == last and row["item"] in finals)
    assert f"{made / plan.scenario.calendar.lengths[-1]:,.0f} pc a month" in shown


def charts_in(path: Path) -> list[str]:
    """Return the titles of all charts in a workbook, as far as they have one."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        found = [re.findall(r"<a:t>(.*?)</a:t>", archive.read(name).decode()) for name in names]
    return sorted("|".join(sorted(filter(None, texts))) for texts in found)


def test_charts_survive(folder: Path) -> None:
    """LibreOffice shows every chart, with its title and the titles of its axes."""
    before = charts_in(folder / "report.xlsx")
    assert len(before) > 5
    assert all(len(texts.split("|")) >= 3 for texts in before)
    assert charts_in(folder / "again" / "report.xlsx") == before


def test_an_input_saved_by_libreoffice_is_the_same(folder: Path) -> None:
    """Its values, months and words read as before."""
    assert read_workbook(folder / "again" / "input.xlsx") == read_workbook(INPUT)


def test_a_report_saved_by_libreoffice_is_the_same_plan(folder: Path, plan: Plan) -> None:
    """It carries the same scenario, holds every rule, shows the same, and solved again gives the same plan."""
    back = read_plan(folder / "again" / "report.xlsx")
    assert back.scenario == plan.scenario
    assert all(check.holds for check in verify(back))
    assert reread(folder / "again" / "report.xlsx").differences == ()
    again = solve(back.scenario)
    assert again.starts.equals(plan.starts)
    assert again.objectives["value"].tolist() == plan.objectives["value"].tolist()
