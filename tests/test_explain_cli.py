"""`optimizer explain`: why a workbook or a wish is impossible, with cells, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.replies import Exit
from tests.test_cli import run

QUICKSTART = "data/quickstart.xlsx"


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a year and a half of the example is."""
    book = load_workbook(QUICKSTART)
    (periods,) = (row for row in book["Settings"].iter_rows() if row[0].value == "periods")
    periods[1].value = "6x3"
    path = tmp_path_factory.mktemp("short") / "quickstart.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def impossible(short: Path) -> Path:
    """Return where it asks for nine tenths of a need from the first month on."""
    book = load_workbook(short)
    sheet = book["Targets"]
    value = next(cell.column for cell in sheet[1] if cell.value == "value")
    sheet.cell(2, value).value = 0.9
    path = short.with_name("greedy.xlsx")
    book.save(path)
    return path


def test_an_impossible_workbook_is_explained(impossible: Path) -> None:
    """Status 3; the cell, its value and the value to put there are told, by explain and by solve."""
    for told in (run("explain", impossible), run("solve", impossible)):
        words = " ".join(told.output.split())
        assert told.exit_code == Exit.IMPOSSIBLE
        assert "Targets!G2: the hard target `A fifth for Eastland`: 90%" in words
        assert "Targets!G2: lower the hard target `A fifth for Eastland` from 90% to 33.5%" in words


@pytest.mark.slow
def test_a_wish_is_explained(short: Path) -> None:
    """A wait of 3 months from May 2023 on clashes; what can be had instead is told."""
    wish = ("--kind", "waiting time", "--value", "3", "--item", "Filled round", "--from", "2023-05")
    told = run("explain", short, *wish)
    assert told.exit_code == Exit.IMPOSSIBLE
    assert "beside `the wish`" in told.output
    assert "5 months can be had" in " ".join(told.output.split())
    granted = run("explain", short, "--target", "Need met", "--from", "2023-08")
    assert granted.exit_code == Exit.DONE
    assert "It is possible" in granted.output


def test_explanations_come_as_json_too(short: Path, impossible: Path) -> None:
    """Conflict, proposals and other ways out are lists of findings."""
    told = json.loads(run("explain", impossible, "--json").stdout)
    assert told["status"] == "infeasible"
    assert [finding["cell"] for finding in told["conflict"]] == ["G2"]
    assert [finding["cell"] for finding in told["proposals"]] == ["G2"]
    assert told["instead"]
    assert json.loads(run("explain", short, "--json").stdout) == {"status": "ok", "possible": True}


def test_wishes_that_fit_no_column_end_with_status_2() -> None:
    """A kind that there is not is told with the one meant."""
    told = run("explain", QUICKSTART, "--kind", "rates", "--value", "5")
    assert told.exit_code == Exit.INPUT
    assert "did you mean `rate`" in told.output


def test_what_is_wrong_with_a_wish_is_told_by_its_options() -> None:
    """Nobody wrote a row of Targets, so the options are named, each with its own fault."""
    wish = ("--kind", "waitingtime", "--value", "3", "--item", "Filled round", "--from", "2023-13")
    told = run("explain", QUICKSTART, *wish)
    assert told.exit_code == Exit.INPUT
    assert "--kind: 'waitingtime' is not allowed; did you mean `waiting time`?" in told.stderr
    assert "--from: '2023-13' is not a month" in told.stderr
    assert "row" not in told.stderr
    unknown = run("explain", QUICKSTART, "--kind", "rate", "--value", "3", "--item", "Filled rond")
    assert "--item: `Filled rond` is not in Items; did you mean `Filled round`?" in unknown.stderr
