"""Workbooks that are read: one fault each, with sheet, cell and words; and what is no fault."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import PatternFill

import optimizer.workbook.cells as cells
from optimizer.errors import InputError
from optimizer.scenario.schema import SHEETS
from optimizer.workbook.read import read_with_findings, read_workbook
from tests.scenario.small import small
from tests.workbook.bare import bare, copies

Fault = Callable[[Any], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook without faults, and without the comments that make it slow to open."""
    return bare(tmp_path_factory.mktemp("sound") / "plan.xlsx", "Read me")


@pytest.fixture
def faulty(sound: Path, tmp_path: Path) -> Callable[[Fault], Path]:
    """Return a function that makes a fault in a copy of the sound workbook."""
    return copies(sound, tmp_path / "plan.xlsx")


def put(sheet: str, address: str, value: Any) -> Fault:
    """Return a fault: a value in a cell."""
    return lambda book: book[sheet].__setitem__(address, value)


def headless(book: Any) -> None:
    """Move a value to a column without a header."""
    book["Items"]["L3"] = 5


def error_value(book: Any) -> None:
    """Put an error value, as a formula leaves it, where a number belongs."""
    book["Rates"]["E2"] = "#DIV/0!"


def rename(sheet: str, title: str) -> Fault:
    """Return a fault: a sheet with another name."""
    return lambda book: setattr(book[sheet], "title", title)


FAULTS: dict[str, tuple[Fault, str]] = {
    "required sheet missing": (
        lambda b: b.remove(b["Sites"]),
        "Sites: the sheet is missing; add it with its headers (see the template)",
    ),
    "misspelled sheet": (
        rename("Profiles", "Profils"),
        "Profils: `Profils` is not a sheet of the input; did you mean `Profiles`? If not, rename it",
    ),
    "sheet with nearly the name of another": (
        lambda b: b.create_sheet("Linez"),
        "Linez: `Linez` is not a sheet of the input; did you mean `Lines`? If not, rename it",
    ),
    "two sheets for a table": (
        lambda b: b.create_sheet(" items"),
        " items: is a second sheet for Items; put all rows on one",
    ),
    "required column missing": (
        lambda b: b["Sites"].delete_cols(2),
        "Sites: the column `member` is missing; add it in the first row",
    ),
    "misspelled column": (
        put("Items", "B1", "unt"),
        "Items!B1: `unt` is not a column of Items; did you mean `unit`?",
    ),
    "unknown column": (
        put("Items", "H1", "colour"),
        "Items!H1: `colour` is not a column of Items; delete it, or put free text in a column `note`",
    ),
    "column twice": (put("Items", "H1", "Unit"), "Items!H1: the column `Unit` is there twice; delete one"),
    "values without a header": (
        headless,
        "Items!L3: column L has values but no header; add one, or delete them",
    ),
    "text for a number": (
        put("Rates", "E2", "5,000"),
        "Rates!E2: 1-8-5 rate per month: '5,000' is 5000 or 5, by the country of its writer; write 5000 or 5.0000",
    ),
    "comma before decimals": (
        put("Rates", "F2", "0,005"),
        "Rates!F2: unit cost: '0,005' is not a number but text; write 0.005",
    ),
    "blank between thousands": (
        put("Rates", "F2", "4 800 000,5"),
        "Rates!F2: unit cost: '4 800 000,5' is not a number but text; write 4800000.5",
    ),
    "percentage where there is no share": (
        put("Rates", "F2", "50 %"),
        "Rates!F2: unit cost: '50 %' is not a number but text; write 0.5",
    ),
    "percentage with two readings": (
        put("Rates", "G2", "1,250%"),
        "Rates!G2: `1,250%` is 1250 or 1.25, by the country of its writer; write 1250 or 1.2500",
    ),
    "text that is nearly a number": (
        put("Rates", "F2", "4.8k"),
        "Rates!F2: unit cost: '4.8k' is not a number; type digits only",
    ),
    "negative rate": (
        put("Rates", "E2", -5),
        "Rates!E2: 1-8-5 rate per month: -5 must be more than 0",
    ),
    "fifty for a half": (
        put("Lines", "H2", 50),
        "Lines!H2: weekend share: 50 must be at most 100%; did you mean 50 % = 0.5?",
    ),
    "part of a whole": (
        put("Projects", "E2", 1.5),
        "Projects!E2: units: 1.5 is not a whole number; type one",
    ),
    "not in the list": (
        put("Members", "B2", "membr"),
        "Members!B2: kind: 'membr' is not allowed; did you mean `member`?",
    ),
    "neither yes nor no": (
        put("Items", "F2", "maybe"),
        "Items!F2: can be stored: 'maybe' is neither yes nor no",
    ),
    "required cell empty": (
        put("Rates", "E2", None),
        "Rates!E2: 1-8-5 rate per month: is empty; this column is required",
    ),
    "formula without a value": (
        put("Rates", "E2", "=1+1"),
        "Rates!E2: the formula has no stored value; open the workbook in Excel and save it",
    ),
    "formula without a value, optional": (
        put("Rates", "F2", "=1+1"),
        "Rates!F2: the formula has no stored value; open the workbook in Excel and save it",
    ),
    "error value": (
        error_value,
        "Rates!E2: holds the error #DIV/0!; mend its formula, or type the value",
    ),
    "text that is no month": (
        put("Rates", "D2", "Fbe 2023"),
        "Rates!D2: to: 'Fbe 2023' is not a month; write it like 2023-02",
    ),
    "month that does not exist": (
        put("Rates", "D2", "2023-13"),
        "Rates!D2: to: '2023-13' is not a month; write it like 2023-02",
    ),
    "day inside a month": (
        put("Rates", "D2", "2023-12-15"),
        "Rates!D2: to: 2023-12-15 is not the first of a month; write it like 2023-12",
    ),
    "number for a month": (
        lambda b: [put("Rates", "D2", 45000)(b), setattr(b["Rates"]["D2"], "number_format", "General")],
        "Rates!D2: to: 45000 is the number of a date; format it as a date, or write it like 2023-03",
    ),
    "a year where the program shows dates": (
        lambda b: [put("Rates", "D2", 2024)(b), setattr(b["Rates"]["D2"], "number_format", "yyyy-mm")],
        "Rates!D2: to: 2024 is a year, not a month; write it like 2024-01",
    ),
    "merged cells": (
        lambda b: b["Rates"].merge_cells("I2:I3"),
        "Rates!I2: the cells I2:I3 are merged; unmerge them and fill every row",
    ),
    "required table empty": (
        lambda b: b["Lines"].delete_rows(2, 9),
        "Lines: has no rows; add at least one",
    ),
    "unknown setting": (
        put("Settings", "A7", "discont rate"),
        "Settings!A7: `discont rate` is not a setting; did you mean `discount rate`?",
    ),
    "setting twice": (
        put("Settings", "A7", "Currency"),
        "Settings!A7: the setting `Currency` is there twice; delete one",
    ),
    "setting out of bounds": (
        put("Settings", "B7", 3),
        "Settings!B7: discount rate: 3 must be at most 100%; did you mean 3 % = 0.03?",
    ),
    "setting empty": (put("Settings", "B4", None), "Settings!B4: start: is empty; this setting is required"),
    "setting missing": (
        lambda b: b["Settings"].delete_rows(4),
        "Settings: start: is empty; this setting is required",
    ),
    "value without a name": (
        put("Settings", "A7", None),
        "Settings!A7: the value has no name; write the name of a setting beside it",
    ),
    "period plan": (
        put("Settings", "B5", "two years"),
        "Settings!B5: 'two years' is not a period plan; write it like 24x1, 4x3 (24 months, 4 quarters)",
    ),
    "unknown reference": (
        put("Sites", "B2", "Germny"),
        "Sites!B2: `Germny` is not in Members; did you mean `Germany`?",
    ),
    "duplicate": (
        put("Items", "A3", "shell"),
        "Items!A3: `shell` is there already (A2); keep one of the two\n"
        "Recipes!B2: `body` is not in Items; use one of powder, shell\n"
        "Rates!B5: `body` is not in Items; use one of powder, shell",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_cell(name: str, faulty: Callable[[Fault], Path]) -> None:
    """A fault in a workbook gives exactly the findings told."""
    fault, expected = FAULTS[name]
    with pytest.raises(InputError) as caught:
        read_workbook(faulty(fault))
    assert str(caught.value) == expected


WARNINGS: dict[str, tuple[Fault, str]] = {
    "blank row": (
        lambda b: b["Items"].insert_rows(3),
        "Items!A3: row 3 is blank; the rows below were read",
    ),
    "blank rows": (
        lambda b: b["Items"].insert_rows(3, 2),
        "Items!A3: rows 3 to 4 are blank; the rows below were read",
    ),
    "trailing space": (
        put("Items", "A2", "shell "),
        "Items!A2: 'shell ' has blanks around it; they were left out",
    ),
    "unknown sheet": (
        lambda b: b.create_sheet("Notes"),
        "Notes: `Notes` is not a sheet of the input and was not read",
    ),
    "copy of a sheet": (
        lambda b: setattr(b.copy_worksheet(b["Lines"]), "title", "Lines (2)"),
        "Lines (2): `Lines (2)` is not a sheet of the input and was not read",
    ),
    "percentage as text": (
        put("Rates", "G2", " 100%"),
        "Rates!G2: ' 100%' has blanks around it; they were left out\n"
        "Rates!G2: ' 100%' is text, and was read as a percentage",
    ),
    "percentage as text in a setting": (
        put("Settings", "B7", "3,0 %"),
        "Settings!B7: '3,0 %' is text, and was read as a percentage",
    ),
    "hidden sheet": (
        lambda b: setattr(b["Funds"], "sheet_state", "hidden"),
        "Funds: is hidden but was read; show it, or delete it",
    ),
    "chart sheet": (
        lambda b: b.create_chartsheet("Chart").add_chart(BarChart()),
        "Chart: is a chart sheet and was not read",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_an_oddity_warns_and_is_read(name: str, faulty: Callable[[Fault], Path]) -> None:
    """What is odd but clear gives a warning and the same scenario."""
    fault, expected = WARNINGS[name]
    scenario, findings = read_with_findings(faulty(fault))
    assert scenario == small()
    assert "\n".join(map(str, findings)) == expected
    assert all(finding.severity == "warning" for finding in findings)


ALL_WELL: dict[str, Fault] = {
    "words of a list in another case": put("Members", "B2", "MEMBER"),
    "names in another case": rename("Items", " ITEMS"),
    "headers in another case": put("Items", "A1", " Item "),
    "free sheet with anything": put("Sources", "Z9", "=1+"),
    "month as text": put("Rates", "D2", "2023-12"),
    "empty optional sheet": lambda b: [
        b.remove(b["Groups"]),
        b.create_sheet("Groups"),
        put("Projects", "O2", None)(b),
    ],
    "formatted empty rows": lambda b: [
        setattr(b["Items"].cell(row, 1), "fill", PatternFill("solid", fgColor="FF0000")) for row in range(5, 3000)
    ],
    "settings without meanings": lambda b: b["Settings"].delete_cols(3),
    "columns in another order": lambda b: b["Sites"].move_range("A1:C3", cols=5),
    "bracketing notes": put("Items", "K2", "  a note  "),
}


@pytest.mark.parametrize("name", ALL_WELL)
def test_what_is_allowed_has_no_findings(name: str, faulty: Callable[[Fault], Path]) -> None:
    """Freedom in names, order and format is used without a word."""
    _, findings = read_with_findings(faulty(ALL_WELL[name]))
    assert findings == []


def test_all_findings_come_at_once_in_the_order_of_the_workbook(faulty: Callable[[Fault], Path]) -> None:
    """Errors of the reader and of the checks, and warnings, are told together by sheet and row."""

    def fault(book: Any) -> None:
        book["Settings"]["B7"] = "low"
        book["Sites"]["B3"] = "Norwy"
        book["Rates"]["E4"] = "many"
        book["Rates"]["B2"] = "shel"
        book["Funds"].sheet_state = "hidden"

    with pytest.raises(InputError) as caught:
        read_workbook(faulty(fault))
    places = [finding.where for finding in caught.value.findings]
    assert places == ["Settings!B7", "Sites!B3", "Rates!B2", "Rates!E4", "Funds"]


def test_a_thousand_findings_are_counted(faulty: Callable[[Fault], Path]) -> None:
    """The first fifty errors are told, the rest counted, all kept."""

    def fault(book: Any) -> None:
        for row in range(2, 1002):
            book["Needs"].cell(row, 6, "many")

    with pytest.raises(InputError) as caught:
        read_workbook(faulty(fault))
    assert str(caught.value).endswith("\n... and 2948 more")


def test_sheets_of_a_report_can_be_left_out(faulty: Callable[[Fault], Path]) -> None:
    """Sheets named by the caller are not read and no fault."""
    path = faulty(lambda book: book.create_sheet("Briefing"))
    assert read_with_findings(path, ignore=["Briefing"])[0] == small()


def test_checks_name_cells_after_a_blank_row(faulty: Callable[[Fault], Path]) -> None:
    """Rows keep their numbers, so that rules across rows name the right cell."""
    path = faulty(lambda book: [book["Sites"].insert_rows(2), put("Sites", "B4", "Norwy")(book)])
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    assert str(caught.value) == "Sites!B4: `Norwy` is not in Members; did you mean `Norway`?"


def test_too_many_rows_are_refused(faulty: Callable[[Fault], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet is read up to a limit; rows beyond are an error, not ignored."""
    monkeypatch.setattr(cells, "MOST_ROWS", 25)

    def fault(book: Any) -> None:
        for row in range(2, 40):
            book["Funds"].cell(row, 1, f"f{row}")
            book["Funds"].cell(row, 2, 2023)
            book["Funds"].cell(row, 3, 1)

    with pytest.raises(InputError) as caught:
        read_workbook(faulty(fault))
    assert str(caught.value) == "Funds: has more than 200,000 rows; leave out what is not needed"


# -- files that are no workbooks -----------------------------------------------------------------
def archive(**parts: str) -> bytes:
    """Return a zip file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), text)
    return buffer.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "plan.xlsx: is empty; save the workbook again"),
    "csv": (b"member;kind\n", "plan.xlsx: is not a workbook; save it as .xlsx"),
    "old": (OLE + bytes(600), "plan.xlsx: is an old workbook (.xls); save it as .xlsx"),
    "password": (
        OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "plan.xlsx: is protected by a password; save a copy without one",
    ),
    "zip": (archive(a_xml="x"), "plan.xlsx: is not a workbook; save it as .xlsx"),
    "binary": (archive(xl__workbook_bin="x"), "plan.xlsx: is a binary workbook (.xlsb); save it as .xlsx"),
    "document": (archive(content_xml="x"), "plan.xlsx: is a workbook of another kind (.ods); save it as .xlsx"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_workbook_is_refused(name: str, tmp_path: Path) -> None:
    """What the file is, and what to do, is told in one line."""
    content, expected = FILES[name]
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    assert str(caught.value) == expected


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """A path to nothing or to a folder is a finding, not a traceback."""
    with pytest.raises(InputError) as caught:
        read_workbook(tmp_path / "plan.xlsx")
    assert str(caught.value) == f"plan.xlsx: there is no such file in {tmp_path}; check the path"
    with pytest.raises(InputError) as caught:
        read_workbook(tmp_path)
    told = "is a folder; name a workbook in it, or read its CSV files with `read_folder`"
    assert str(caught.value) == f"{tmp_path.name}: {told}"


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_damaged_workbook_is_told(sound: Path, tmp_path: Path, keep: float) -> None:
    """A workbook cut short is damaged, and said to be."""
    content = sound.read_bytes()
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(InputError, match=r"plan\.xlsx: is damaged; open it in Excel, let it be repaired"):
        read_workbook(path)


def test_names_are_checked_beside_cells_that_cannot_be_read(faulty: Callable[[Fault], Path]) -> None:
    """Rows with unreadable cells still name what others refer to, and their own references are checked."""

    def spoil(book: Any) -> None:
        members, sites, lines = ({c.value: c.column_letter for c in book[s][1]} for s in ("Members", "Sites", "Lines"))
        book["Members"][f"{members['cost key']}2"] = "much"
        book["Sites"][f"{sites['member']}3"] = "Norwy"
        book["Lines"][f"{lines['people per crew']}2"] = "some"
        book["Lines"][f"{lines['site']}2"] = "Nowhere"

    with pytest.raises(InputError) as raised:
        read_workbook(faulty(spoil))
    told = [str(finding) for finding in raised.value.findings]
    assert len(told) == 4
    assert "`Norwy` is not in Members; did you mean `Norway`?" in told[1]
    assert any("`Nowhere` is not in Sites" in words for words in told)


def cells_told(path: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the cells of what is told of a workbook, and the sheets that could not be judged in full."""
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    return [finding.where for finding in raised.value.findings], raised.value.unjudged


def test_rules_that_can_judge_do_beside_cells_that_cannot_be_read(faulty: Callable[[Fault], Path]) -> None:
    """Sums, steps, sources, lanes and what-ifs are judged in the first round, where no unreadable row is part of it."""

    def spoil(book: Any) -> None:
        at = {name: {cell.value: cell.column_letter for cell in book[name][1]} for name in SHEETS}
        book["Settings"]["B7"] = "low"  # the discount rate: no other sheet is judged by it
        book["Members"][f"{at['Members']['labour cost per person and month']}2"] = "x"
        book["Rates"][f"{at['Rates']['unit cost']}2"] = "x"
        book["Shift ladders"].append(["other", "x", "1-8-5"])
        book["Shift ladders"][f"{at['Shift ladders']['step']}3"] = 3
        book["Profiles"].append(["learn", 1, "x"])
        book["Profiles"][f"{at['Profiles']['share']}2"] = 0.7
        book["Suppliers"].append(["World", "nothing"])
        book["Lanes"].append(["Nowhere", "Ukraine"])
        book["Needs"].append(["Ukraine", "unmade", None, 1, None, 5])
        book["Items"].append(["unmade"])
        book["Scenarios"].append(["more", "Funds", "nobody", "amount", "set", 1])
        book["Scenarios"].append(["more", "Rates", "nothing", "unit cost", "set", 1])  # a sheet with unreadable rows

    cells, unjudged = cells_told(faulty(spoil))
    sheets = [cell.partition("!")[0] for cell in cells]
    assert {"Settings", "Members", "Rates", "Lanes", "Suppliers", "Needs"} <= {*sheets}
    assert [sheets.count(name) for name in ("Shift ladders", "Profiles", "Scenarios")] == [2, 2, 1]
    assert unjudged == ("Members", "Rates", "Shift ladders", "Profiles")


def test_more_may_follow_only_where_something_was_not_judged(faulty: Callable[[Fault], Path]) -> None:
    """Faults across rows leave no sheet unjudged; a setting that rules need leaves its sheet so."""
    assert cells_told(faulty(put("Sites", "B2", "Germny")))[1] == ()
    assert cells_told(faulty(put("Settings", "B7", "low")))[1] == ()
    assert cells_told(faulty(put("Settings", "B5", 24)))[1] == ("Settings",)


def test_a_name_that_cannot_be_read_is_not_missed(faulty: Callable[[Fault], Path]) -> None:
    """Where a name itself is an error value, nothing that refers to its column is called misspelt."""
    with pytest.raises(InputError) as raised:
        read_workbook(faulty(put("Members", "A2", "#REF!")))
    assert [(finding.sheet, finding.cell) for finding in raised.value.findings] == [("Members", "A2")]


def test_a_workbook_with_a_broken_sheet_is_told(sound: Path, tmp_path: Path) -> None:
    """A sheet whose XML ends early makes the workbook a damaged one."""
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(sound) as whole, zipfile.ZipFile(path, "w") as broken:
        for entry in whole.infolist():
            content = whole.read(entry)
            broken.writestr(entry, content[:-200] if entry.filename.endswith("sheet4.xml") else content)
    with pytest.raises(InputError, match=r"plan\.xlsx: is damaged"):
        read_workbook(path)


def test_the_file_is_free_after_reading(sound: Path, tmp_path: Path) -> None:
    """Reading holds no lock: the file can be moved at once."""
    path = Path(shutil.copy(sound, tmp_path / "plan.xlsx"))
    read_workbook(path)
    path.replace(tmp_path / "moved.xlsx")
    assert read_workbook(tmp_path / "moved.xlsx") == small()


def of_version(version: int | None, *places: str | None) -> Fault:
    """Return a workbook of a version, or of none told, with a waiting time for each of some places."""

    def fault(book: Any) -> None:
        settings, targets = book["Settings"], book["Targets"]
        row = next(row for row in settings.iter_rows() if row[0].value == "schema version")
        row[0].value, row[1].value = ("schema version", version) if version else (None, None)
        for cell in row if not version else ():
            cell.value = None
        for number, place in enumerate(places, start=2):
            for column, value in enumerate((f"w{number}", "waiting time", place, "shell", None, None, 12, "asap"), 1):
                targets.cell(number, column).value = value

    return fault


def test_an_empty_customer_of_version_1_is_pooled(faulty: Callable[[Fault], Path]) -> None:
    """The cell is told, with what to write; what is read is of today's version, so that it is told once."""
    scenario, findings = read_with_findings(faulty(of_version(1, None, "each")))
    assert [row.place for row in scenario.tables["targets"]][:2] == ["pooled", "each"]
    assert scenario.settings.schema_version == 2
    assert [(finding.where, finding.severity) for finding in findings] == [("Targets!C2", "warning")]
    assert findings[0].message == (
        "is empty, and read as `pooled` since the workbook is of version 1: write `pooled`, or set `schema version` "
        "to 2 to have the wait kept for every customer"
    )


def test_an_empty_customer_of_no_version_is_every_customer_and_told(faulty: Callable[[Fault], Path]) -> None:
    """A workbook without the row may be of before; of this version, nothing is told."""
    scenario, findings = read_with_findings(faulty(of_version(None, None, "pooled")))
    assert [row.place for row in scenario.tables["targets"]][:2] == [None, "pooled"]
    assert [finding.where for finding in findings if "every customer" in finding.message] == ["Targets!C2"]
    assert not [f for f in read_with_findings(faulty(of_version(2, None)))[1] if f.sheet == "Targets"]
