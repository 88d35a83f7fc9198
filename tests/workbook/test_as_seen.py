"""Workbooks of which a person sees something else than their cells hold: it is read as seen, or told."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from optimizer.errors import InputError
from optimizer.workbook.package import MOST_SHEETS
from optimizer.workbook.read import read_with_findings, read_workbook
from optimizer.workbook.template import write_template
from tests.scenario.small import small
from tests.workbook.bare import bare, copies

Change = Callable[[Any], object]
Edit = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small scenario as a workbook without comments, tables and drop-downs."""
    return bare(tmp_path_factory.mktemp("seen") / "plan.xlsx", "Read me", "Sources")


@pytest.fixture
def changed(sound: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """Return a function that changes a copy of the workbook."""
    return copies(sound, tmp_path / "plan.xlsx")


def repacked(path: Path, edits: Mapping[str, Edit], names: Mapping[str, str] | None = None) -> Path:
    """Return a copy of a workbook with parts edited, and some under other names."""
    target = path.with_name("repacked.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = edits.get(name, bytes)(old.read(name))
            new.writestr((names or {}).get(name, name), content)
    return target


def part_of(path: Path, title: str) -> str:
    """Return the part of a sheet."""
    book = openpyxl.load_workbook(path, read_only=True)
    return str(book[title]._worksheet_path)


def told(path: Path) -> list[tuple[str, str, str]]:
    """Return severity, place and words of all that is found."""
    try:
        findings = read_with_findings(path)[1]
    except InputError as error:
        findings = list(error.findings)
    return [(finding.severity, finding.where, finding.message) for finding in findings]


# -- formulas that nobody calculated -----------------------------------------------------------------
def formula(address: str, stored: str, kind: str = "") -> Edit:
    """Return an edit that makes a cell a formula with a stored result."""
    new = f'<c r="{address}"{kind}><f>1+1</f><v>{stored}</v></c>'.encode()
    return lambda xml: re.sub(rb'<c r="%s"[^>]*?(/>|>.*?</c>)' % address.encode(), new, xml, count=1)


def book_says(calculation: bytes) -> Edit:
    """Return an edit of what the workbook says about its calculation."""
    return lambda xml: re.sub(rb"<calcPr[^>]*/>", calculation, xml)


ASKS, SILENT = b'<calcPr calcId="124519" fullCalcOnLoad="1"/>', b""
EXCEL = b'<calcPr calcId="191029"/>'


@pytest.mark.parametrize(
    ("calculation", "results", "severity"),
    [
        (ASKS, {"F4": "0"}, "error"),
        (ASKS, {"F4": "0", "F3": "0.0"}, "error"),
        (ASKS, {"F4": "0", "F3": "12"}, "warning"),
        (b'<calcPr calcCompleted="0"/>', {"F4": "0"}, "error"),
        (SILENT, {"F4": "0"}, "warning"),
        (EXCEL, {"F4": "0"}, ""),
        (SILENT, {"F4": "0", "F3": "12"}, ""),
        (ASKS, {"F4": "7"}, ""),
    ],
)
def test_results_of_0_are_doubted_where_nobody_calculated(
    sound: Path, tmp_path: Path, calculation: bytes, results: Mapping[str, str], severity: str
) -> None:
    """A workbook that waits to be calculated and stores 0 everywhere stops; one saved by a calculator is believed."""

    def edit(xml: bytes) -> bytes:
        for address, stored in results.items():
            xml = formula(address, stored)(xml)
        return xml

    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())
    path = repacked(copy, {part_of(copy, "Rates"): edit, "xl/workbook.xml": book_says(calculation)})
    found = [(kind, where) for kind, where, words in told(path) if "spreadsheet program and save it" in words]
    doubted = [address for address, stored in results.items() if not float(stored)]
    assert found == [(severity, f"Rates!{address}") for address in sorted(doubted) if severity]


def test_a_note_may_be_a_formula_of_nothing(sound: Path, tmp_path: Path) -> None:
    """Columns that may hold anything are not doubted."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())
    edits = {part_of(copy, "Rates"): formula("J2", "", ' t="str"'), "xl/workbook.xml": book_says(ASKS)}
    assert told(repacked(copy, edits)) == []


# -- rows and columns that are not seen ----------------------------------------------------------------
def hide_rows(*numbers: int) -> Change:
    """Return a change that hides rows of Rates, as a filter does."""
    return lambda book: [setattr(book["Rates"].row_dimensions[n], "hidden", True) for n in numbers]


UNSEEN: dict[str, tuple[Change, str]] = {
    "a filtered row": (
        hide_rows(3),
        "Rates!A3: row 3 is hidden or filtered away but read; show or delete what is not meant",
    ),
    "several filtered rows": (
        hide_rows(2, 3, 5),
        "Rates!A2: rows 2 to 3, 5 are hidden or filtered away but read; show or delete what is not meant",
    ),
    "a group of rows folded away": (
        lambda b: b["Rates"].row_dimensions.group(4, 5, hidden=True),
        "Rates!A4: rows 4 to 5 are hidden or filtered away but read; show or delete what is not meant",
    ),
    "a hidden column": (
        lambda b: setattr(b["Rates"].column_dimensions["F"], "hidden", True),
        "Rates!F1: column F is hidden but was read; show it, or delete it",
    ),
    "columns folded away": (
        lambda b: b["Rates"].column_dimensions.group("F", "G", hidden=True),
        "Rates!F1: column F is hidden but was read; show it, or delete it\n"
        "Rates!G1: column G is hidden but was read; show it, or delete it",
    ),
    "a title above the headers": (
        lambda b: [b["Rates"].insert_rows(1, 2), b["Rates"].__setitem__("A1", "What lines make")],
        "Rates!A3: the headers stand in row 3; the rows above were not read",
    ),
    "a title above the settings": (
        lambda b: [b["Settings"].insert_rows(1), b["Settings"].__setitem__("A1", "Settings of 2023")],
        "Settings!A2: the headers stand in row 2; the rows above were not read",
    ),
    "an empty row above the headers": (
        lambda b: b["Members"].insert_rows(1),
        "Members!A2: the headers stand in row 2; the rows above were not read",
    ),
    "a no-break space": (
        lambda b: b["Sites"].__setitem__("B2", "Ger\u200bmany"),
        "Sites!B2: 'Ger\\u200bmany' was read as `Germany`: surplus blanks and what cannot be seen were left out",
    ),
    "a header with a no-break space": (lambda b: b["Rates"].__setitem__("F1", "unit\u00a0 cost\u200b"), ""),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_is_not_seen_is_read_and_told(name: str, changed: Callable[[Change], Path]) -> None:
    """Hidden rows and columns, titles and unseen characters change nothing of the scenario, and are told."""
    change, expected = UNSEEN[name]
    scenario, findings = read_with_findings(changed(change))
    assert scenario == small()
    assert "\n".join(map(str, findings)) == expected
    assert all(finding.severity == "warning" for finding in findings)


def test_hidden_rows_without_values_are_no_news(changed: Callable[[Change], Path]) -> None:
    """What is empty may be hidden."""
    assert told(changed(hide_rows(8, 9))) == []


@pytest.mark.parametrize("sheet", ["Members", "Funds", "Needs", "Settings"])
def test_total_rows_of_tables_are_left_out_and_told(sheet: str, changed: Callable[[Change], Path]) -> None:
    """A table that ends with a total row has a row less; what it says is no member and no fund."""

    def total(book: Any) -> None:
        last = book[sheet].max_row + 1
        book[sheet].cell(last, 1, "Total")
        table = Table(displayName="numbers", ref=f"A1:C{last}", totalsRowCount=1)
        table._initialise_columns()
        for column, cell in zip(table.tableColumns, book[sheet][1], strict=False):
            column.name = cell.value
        book[sheet].add_table(table)

    path = changed(total)
    last = openpyxl.load_workbook(path)[sheet].max_row
    scenario, findings = read_with_findings(path)
    assert scenario == small()
    assert list(map(str, findings)) == [f"{sheet}!A{last}: row {last} is the total row of a table and was not read"]


# -- kinds and names of files inside ---------------------------------------------------------------------
def test_parts_in_another_case_are_read(sound: Path, tmp_path: Path) -> None:
    """Sheets are found whatever the case of the files inside, as spreadsheet programs find them."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(copy) as archive:
        names = {n: n.replace("/sheet", "/Sheet") for n in archive.namelist() if "worksheets/sheet" in n}
    assert read_with_findings(repacked(copy, {}, names)) == (small(), [])


def test_the_book_may_have_another_name_inside(sound: Path, tmp_path: Path) -> None:
    """Some programs write `workbook2.xml`; what it is called is told by the file itself."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())

    def rename(content: bytes) -> bytes:
        return content.replace(b"xl/workbook.xml", b"xl/workbook2.xml")

    names = {"xl/workbook.xml": "xl/workbook2.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook2.xml.rels"}
    path = repacked(copy, {"[Content_Types].xml": rename, "_rels/.rels": rename}, names)
    assert read_with_findings(path) == (small(), [])


def test_a_strict_workbook_is_told_as_one(sound: Path, tmp_path: Path) -> None:
    """Strict Open XML is one finding, with the kind to save it as."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())

    def strict(content: bytes) -> bytes:
        new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        return content.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", new)

    with pytest.raises(InputError) as caught:
        read_workbook(repacked(copy, {"xl/workbook.xml": strict}))
    assert str(caught.value).startswith("repacked.xlsx: is a Strict Open XML workbook, which is not read; save it as")
    assert len(caught.value.findings) == 1


# -- what unpacks to too much ---------------------------------------------------------------------------
def many_sheets(count: int, part: str) -> dict[str, Edit]:
    """Return edits that add sheets, all of one part."""

    def book(xml: bytes) -> bytes:
        new = "".join(f'<sheet name="s{n}" sheetId="{100 + n}" r:id="x{n}"/>' for n in range(count))
        space = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        return xml.replace(b"</sheets>", new.encode().replace(b"<sheet ", b"<sheet " + space) + b"</sheets>")

    def relations(xml: bytes) -> bytes:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        new = "".join(f'<Relationship Id="x{n}" Type="{kind}" Target="/{part}"/>' for n in range(count))
        return xml.replace(b"</Relationships>", new.encode() + b"</Relationships>")

    return {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations}


@pytest.mark.parametrize(
    ("count", "words"), [(3, "several of its sheets are one and the same part"), (2000, f"more than {MOST_SHEETS:,}")]
)
def test_sheets_that_share_a_part_are_refused(sound: Path, tmp_path: Path, count: int, words: str) -> None:
    """A small file whose sheets all name one part is refused before any of them is read."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())
    with pytest.raises(InputError, match=words) as caught:
        read_workbook(repacked(copy, many_sheets(count, part_of(copy, "Rates"))))
    assert len(caught.value.findings) == 1


@pytest.mark.parametrize(
    ("part", "piece", "times"),
    [
        ("xl/sharedStrings.xml", b"<si><t>a</t></si>", 1_100_000),
        ("xl/sharedStrings.xml", b"a" * 1_000_000, 65),
        ("xl/styles.xml", b'<xf numFmtId="0"/>', 500_000),
        ("xl/workbook.xml", b"<x/>", 500_000),
    ],
)
def test_parts_held_in_memory_have_limits(sound: Path, tmp_path: Path, part: str, piece: bytes, times: int) -> None:
    """Texts, styles and the book's own part are counted before they are unpacked as a whole."""
    copy = tmp_path / "plan.xlsx"
    copy.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(copy, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if part not in archive.namelist():
            archive.writestr(part, b"")
    with pytest.raises(InputError, match=f"its part {part} unpacks to more than is read"):
        read_workbook(repacked(copy, {part: lambda xml: xml + piece * times}))


# -- what a spreadsheet program makes of what is typed --------------------------------------------------
def test_columns_of_text_are_formatted_as_text(tmp_path: Path) -> None:
    """In a template and in a filled workbook, 1-8-5 typed as a pattern stays what it is."""
    empty = openpyxl.load_workbook(write_template(tmp_path / "empty.xlsx"))
    filled = openpyxl.load_workbook(write_template(tmp_path / "filled.xlsx", example=small()))
    ladders = {cell.value: cell.column_letter for cell in empty["Shift ladders"][1]}
    for header in ("ladder", "pattern", "ramp-up", "note"):
        assert empty["Shift ladders"].column_dimensions[ladders[header]].number_format == "@"
        assert filled["Shift ladders"][f"{ladders[header]}3"].number_format == "@"
    assert empty["Shift ladders"].column_dimensions[ladders["step"]].number_format == "0"
    settings = {row[0].value: row[1].number_format for row in empty["Settings"].iter_rows(min_row=2)}
    assert settings["periods"] == settings["title"] == "@"
    assert settings["start"] == "yyyy-mm"
    scenarios = {cell.value: cell.column_letter for cell in empty["Scenarios"][1]}
    assert empty["Scenarios"].column_dimensions[scenarios["value"]].number_format == "General"


def test_a_date_for_a_pattern_is_told_as_what_it_became(changed: Callable[[Change], Path]) -> None:
    """The message says that the program made a date of it, and how to type it again."""
    path = changed(lambda book: book["Shift ladders"].__setitem__("C2", dt.datetime(2005, 8, 1)))
    assert told(path) == [
        (
            "error",
            "Shift ladders!C2",
            "pattern: 2005-08-01 is a date; a spreadsheet program makes one of what looks like it, such as 1-8-5: "
            "format the cell as text, then type it again",
        )
    ]
