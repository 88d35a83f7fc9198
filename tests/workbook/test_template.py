"""Workbooks that are written: they read back identical, and help those who fill them in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import LEVERS, SHEETS, headers
from optimizer.workbook.read import read_with_findings, read_workbook
from optimizer.workbook.template import write_template, write_workbook
from tests.scenario.small import SETTINGS, small, tables


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the small scenario as a workbook, opened."""
    sources = pd.DataFrame({"figure": ["rate", "+cost"], "value": [5000, 1.5]})
    path = write_workbook(
        tmp_path_factory.mktemp("book") / "plan.xlsx", small(), sources=sources, about=["What this is."]
    )
    return openpyxl.load_workbook(path)


def test_a_scenario_reads_back_identical(tmp_path: Path) -> None:
    """Every table, default and list comes back as it was, without findings."""
    path = write_workbook(tmp_path / "plan.xlsx", small())
    assert read_with_findings(path) == (small(), [])


@pytest.mark.parametrize("levers", [(), LEVERS, ("weekends", "shifts")])
def test_lists_of_words_read_back(tmp_path: Path, levers: tuple[str, ...]) -> None:
    """No lever, all levers and some levers come back in their order."""
    scenario = small(levers=levers, objectives=("cost", "speed"))
    assert read_workbook(write_workbook(tmp_path / "plan.xlsx", scenario)) == scenario


def test_numbers_read_back_with_every_digit(tmp_path: Path) -> None:
    """Nothing is rounded on the way through a workbook."""
    numbers = [0.1 + 0.2, 1 / 3, 1e-17, 123456789.123456789, 999999999999999, 1e15]
    records = tables()
    records["funds"] = [{"fund": f"f{n}", "year": 2023, "amount": number} for n, number in enumerate(numbers)]
    scenario = Scenario.from_tables(SETTINGS, **records)
    found = read_workbook(write_workbook(tmp_path / "plan.xlsx", scenario))
    assert found.funds["amount"].tolist() == numbers


def test_text_stays_text(tmp_path: Path) -> None:
    """Text that looks like a formula, an error, a number or a date comes back as it was."""
    texts = ["=1+1", "+49 30", "-", "@here", "#N/A", "007", "2023-02", "a b", "ü < & > 'é'", "yes"]
    records = tables()
    records["items"] = records["items"][:3] + [{"item": text, "note": f"{text}\n{text}"} for text in texts]
    scenario = Scenario.from_tables(SETTINGS, **records)
    path = write_workbook(tmp_path / "plan.xlsx", scenario)
    assert read_workbook(path) == scenario
    cells = [openpyxl.load_workbook(path)["Items"].cell(5 + n, 1) for n in range(2)]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", texts[0]), ("s", texts[1])]


CHANGES: tuple[tuple[str, str, str, Any], ...] = (
    ("Items", "shell", "unit", "=box"),
    ("Items", "shell", "can be stored", "no"),
    ("Items", "shell", "can be stored", True),
    ("Funds", "*", "covers", ("capex", "crews")),
    ("Projects", "plant", "earliest", dt.date(2023, 5, 1)),
    ("Projects", "plant", "earliest", "2023-05"),
    ("Projects", "plant", "lead months", 2),
    ("Projects", "plant", "capex per unit", 0.30000000000000004),
)


def test_changes_of_any_type_read_back(tmp_path: Path) -> None:
    """The value of a what-if may be text, a number, a month, yes or no, or a list: each is one of its own."""
    records = tables()
    names = ("scenario", "changed_sheet", "changed_key", "changed_column", "value")
    records["scenarios"] = [dict(zip(names, (f"s{n}", *change), strict=True)) for n, change in enumerate(CHANGES)]
    scenario = Scenario.from_tables(SETTINGS, **records)
    found = read_workbook(write_workbook(tmp_path / "plan.xlsx", scenario))
    assert found == scenario
    values = [row.value for row in found.tables["scenarios"]]
    assert len(values) == len(CHANGES)
    assert [type(value) for value in values] == [type(row.value) for row in scenario.tables["scenarios"]]


def test_sheets_stand_in_filling_order(book: Any) -> None:
    """Read me first, then the tables of the schema, Sources last."""
    assert book.sheetnames == ["Read me", *SHEETS, "Sources"]


def test_every_table_has_its_headers_with_comments(book: Any) -> None:
    """Every column is there with a comment on meaning, default, unit and bounds; the header is frozen."""
    for name, model in SHEETS.items():
        if name == "Settings":
            continue
        first = book[name][1]
        assert [cell.value for cell in first] == list(headers(model).values())
        assert all(cell.comment and cell.comment.text for cell in first)
        assert book[name].freeze_panes == "A2"
        assert len(book[name].tables) == 1
    told = book["Lines"]["H1"].comment.text.split("\n")
    assert told[0] == "Most weekends it may work; empty: the setting."
    assert told[1:] == ["Default: empty.", "Allowed: at least 0 %, at most 100 %."]


def test_required_columns_are_marked(book: Any) -> None:
    """Required headers are darker than the others."""
    fills = {cell.value: cell.fill.fgColor.rgb for cell in book["Rates"][1]}
    assert fills["line"] == fills["1-8-5 rate per month"] != fills["unit cost"] == fills["note"]


def test_cells_that_take_input_are_shaded(book: Any) -> None:
    """Required cells are darker than optional ones, in filled rows and in the empty ones below; meanings are plain."""
    rates = {cell.value: cell.column_letter for cell in book["Rates"][1]}
    needed, free = rates["line"], rates["unit cost"]
    for cells in (book["Rates"][2], book["Rates"][book["Rates"].max_row]):
        shades = {cell.column_letter: cell.fill.fgColor.rgb for cell in cells}
        assert "00000000" not in shades.values()
        assert shades[needed] != shades[free]
    below = {letter: book["Rates"].column_dimensions[letter].fill.fgColor.rgb for letter in (needed, free)}
    assert below == {letter: shades[letter] for letter in (needed, free)}
    settings = {row[0].value: row for row in book["Settings"].iter_rows(min_row=2)}
    assert settings["start"][1].fill.fgColor.rgb == shades[needed]
    assert settings["gap"][1].fill.fgColor.rgb == shades[free]
    assert settings["gap"][2].fill.fgColor.rgb == "00000000"


def test_settings_are_guarded_one_by_one(book: Any) -> None:
    """Every setting that is a number or a month refuses what it cannot hold."""
    rules = {str(rule.sqref): rule for rule in book["Settings"].data_validations.dataValidation}
    at = {row[0].value: row[1].coordinate for row in book["Settings"].iter_rows(min_row=2)}
    assert (rules[at["gap"]].type, rules[at["gap"]].formula1, rules[at["gap"]].formula2) == ("decimal", "0", "1")
    assert rules[at["review months"]].type == "whole"
    assert rules[at["start"]].formula1 == f"DAY({at['start']})=1"
    assert at["title"] not in rules


def test_values_have_the_formats_of_their_kind(book: Any) -> None:
    """Shares are percentages, months yyyy-mm, years have no thousands; of what is typed no decimal is hidden."""
    assert book["Rates"]["F2"].number_format == book["Items"]["D2"].number_format == "General"
    assert book["Rates"]["D2"].number_format == "yyyy-mm"
    assert book["Shift ladders"]["D3"].number_format == "0.0###%"
    assert book["Funds"]["B2"].number_format == "0"


def test_large_whole_numbers_are_shown_with_thousands(book: Any) -> None:
    """A condition gives thousands to whole numbers alone, in filled rows and in those to come; years have none."""
    formats = {str(rule.sqref): rule.rules[0] for rule in book["Funds"].conditional_formatting}
    ((cells, rule),) = formats.items()
    assert cells.startswith("C2:C1")
    assert rule.formula == ["AND(ISNUMBER(C2),ABS(C2)>=1000,C2=INT(C2))"]
    assert rule.dxf.numFmt.formatCode == "#,##0"


def test_what_is_easily_overlooked_is_told_at_the_header(book: Any) -> None:
    """Firm orders, pooled promises, ramp-ups that begin late and continuous patterns are told where they are typed."""
    told = {(name, cell.value): cell.comment.text for name in SHEETS if name != "Settings" for cell in book[name][1]}
    assert "opening order book does not" in told["Projects", "firm orders quantity"]
    assert "one may be served worse" in told["Targets", "member, recipient or customer"]
    assert "makes nothing in month 0" in told["Profiles", "month"]
    assert "no crew of the line works further weekends" in told["Shift ladders", "staffs weekends"]


def test_what_ifs_offer_sheets_and_the_columns_of_the_sheet(book: Any) -> None:
    """The drop-down of a column follows the sheet beside it, and holds what a what-if may change."""
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book["Scenarios"].data_validations.dataValidation}
    assert "Settings,Members," in rules["B2"].formula1 and "Scenarios" not in rules["B2"].formula1
    assert rules["D2"].formula1 == 'INDIRECT("columns_of_"&SUBSTITUTE($B2," ","_"))'
    for name, model in SHEETS.items():
        ((sheet, cells),) = book.defined_names[f"columns_of_{name.replace(' ', '_')}"].destinations
        offered = [cell.value for row in book[sheet][cells] for cell in row] if ":" in cells.replace("$", "") else []
        free = [header for attribute, header in headers(model).items() if attribute not in (*model.key, "note")]
        assert offered == (["value"] if name == "Settings" else free)


def test_drop_downs_offer_what_is_allowed(book: Any) -> None:
    """References, fixed lists and yes or no have drop-downs; lists of several have none that refuse."""
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book["Lines"].data_validations.dataValidation}
    assert rules["B2"].formula1 == "'Sites'!$A$2:$A$1001"
    assert rules["E2"].formula1 == '"yes,no"'
    kinds = {str(rule.sqref).split(":")[0]: rule for rule in book["Members"].data_validations.dataValidation}
    assert kinds["B2"].formula1 == '"member,recipient"'
    funds = {str(rule.sqref).split(":")[0]: rule for rule in book["Funds"].data_validations.dataValidation}
    assert not funds["D2"].showErrorMessage


def test_the_read_me_tells_every_column(book: Any) -> None:
    """The first sheet names the scenario, what was said about it, and every column of the schema."""
    lines = [[cell.value for cell in row] for row in book["Read me"].iter_rows()]
    assert lines[0][0] == "Production plan"
    assert ["What this is."] in [line[:1] for line in lines]
    told = {(line[0], line[1]) for line in lines}
    assert all((n, h) in told for n, m in SHEETS.items() for h in headers(m).values() if h != "note")


def test_sources_are_written_as_they_are(book: Any) -> None:
    """The Sources sheet holds the table given, text as text."""
    sheet = book["Sources"]
    assert [cell.value for cell in sheet[3]] == ["+cost", 1.5]
    assert sheet["A3"].data_type == "s"


def test_an_empty_template_asks_for_what_is_required(tmp_path: Path) -> None:
    """The template has every sheet and nothing but defaults; filled with an example it is a workbook."""
    path = write_template(tmp_path / "empty.xlsx")
    sheets = openpyxl.load_workbook(path)
    assert sheets.sheetnames == ["Read me", *SHEETS, "Sources"]
    assert all(sheets[name].max_row == 1 for name in SHEETS if name != "Settings")
    assert read_workbook(write_template(path, example=small())) == small()


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file takes the place of the old one only when it is complete; no draft stays behind."""
    path = write_workbook(tmp_path / "plan.xlsx", small())
    before = path.read_bytes()

    def fail(self: object, name: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(openpyxl.Workbook, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        write_workbook(path, small(title="new"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
