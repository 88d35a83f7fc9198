"""The annotated copy: every finding at its cell and in a list with links, and a mended copy can be solved."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer import annotate, read_workbook
from optimizer.errors import Finding, InputError
from optimizer.replies import Exit
from tests.test_cli import run

QUICKSTART = Path("data/quickstart.xlsx")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the example with three mistakes, written once: a typo, a share of 50, text for a number."""
    book = load_workbook(QUICKSTART)
    book["Lines"]["B2"] = "North forg"
    book["Funds"]["C2"] = "plenty"
    book["Members"]["E2"] = 50
    path = tmp_path_factory.mktemp("spoilt") / "faulty.xlsx"
    book.save(path)
    return path.read_bytes()


@pytest.fixture
def faulty(spoilt: bytes, tmp_path: Path) -> Path:
    """Return where the spoilt example is."""
    path = tmp_path / "faulty.xlsx"
    path.write_bytes(spoilt)
    return path


def test_findings_stand_at_their_cells(faulty: Path, tmp_path: Path) -> None:
    """Each faulty cell is red and its comment says what `check` says; sound cells stay as they are."""
    with pytest.raises(InputError) as caught:
        read_workbook(faulty)
    copy = load_workbook(annotate(faulty, caught.value.findings, tmp_path / "copy.xlsx"))
    for sheet, cell in (("Lines", "B2"), ("Funds", "C2"), ("Members", "E2")):
        marked = copy[sheet][cell]
        messages = [f.message for f in caught.value.findings if (f.sheet, f.cell) == (sheet, cell)]
        assert messages
        assert all(message in marked.comment.text for message in messages)
        assert marked.fill.fgColor.rgb.endswith("F8CBAD")
    assert copy["Lines"]["B3"].comment is None
    assert copy["Lines"]["B1"].comment is not None  # the header's own


def test_the_list_links_to_every_cell(faulty: Path, tmp_path: Path) -> None:
    """The first sheet has a row per finding, in order, with a link to its cell."""
    with pytest.raises(InputError) as caught:
        read_workbook(faulty)
    sheet = load_workbook(annotate(faulty, caught.value.findings, tmp_path / "copy.xlsx")).worksheets[0]
    assert sheet.title == "Findings"
    rows = list(sheet.iter_rows(min_row=2))
    assert [tuple(cell.value for cell in row) for row in rows] == [
        (f.severity, f.sheet, f.cell, f.message) for f in caught.value.findings
    ]
    assert all(row[2].hyperlink.location == f"'{row[1].value}'!{row[2].value}" for row in rows)


def test_a_mended_copy_is_read(faulty: Path, tmp_path: Path) -> None:
    """With the three values mended the copy, list and all, is the example again; it can be checked anew."""
    told = run("check", faulty, "--annotate")
    assert told.exit_code == Exit.INPUT
    path = tmp_path / "faulty checked.xlsx"
    assert path.name in told.output.replace("\n", "")
    book, sound = load_workbook(path), load_workbook(QUICKSTART)
    for sheet, cell in (("Lines", "B2"), ("Funds", "C2"), ("Members", "E2")):
        book[sheet][cell] = sound[sheet][cell].value
    book.save(path)
    assert read_workbook(path) == read_workbook(QUICKSTART)
    assert run("check", path, "--annotate").exit_code == Exit.DONE
    again = load_workbook(tmp_path / "faulty checked checked.xlsx")
    assert again["Findings"]["D2"].value == "Nothing was found: the workbook can be solved."


def test_a_thousand_findings_are_all_in_the_copy(faulty: Path, tmp_path: Path) -> None:
    """The terminal tells fifty; the copy has them all, also about cells that there are not."""
    findings = [Finding("Funds", f"C{row}", "too much") for row in range(2, 1002)]
    findings += [Finding("Nowhere", "A1", "no such sheet", "warning"), Finding("Funds", "", "has no rows")]
    sheet = load_workbook(annotate(faulty, findings, tmp_path / "copy.xlsx")).worksheets[0]
    assert sheet.max_row == 1 + len(findings)


def test_what_is_no_workbook_is_not_copied(tmp_path: Path) -> None:
    """A text file is refused as ever, and nothing is written beside it."""
    path = tmp_path / "text.xlsx"
    path.write_text("hello")
    assert run("check", path, "--annotate").exit_code == Exit.INPUT
    assert [found.name for found in tmp_path.iterdir()] == ["text.xlsx"]
