"""The Excel report, read back."""

from __future__ import annotations

import datetime as dt
import errno
import math
import re
import shlex
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from optimizer import read_plan
from optimizer.errors import ReportError
from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import DECISIONS, columns_of
from optimizer.report import book as book_module
from optimizer.report.agenda import to_sign
from optimizer.report.briefing import figures
from optimizer.report.words import delivered_words, status_words, target_words
from optimizer.report.write import CHARTED, render, write_report
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES, Settings, Target, headers
from tests.plan.fixture_plan import SHELL, alliance_plan, scenario_of, tables_of
from tests.verify.edit import failing
from tests.verify.worlds import factory, investment

SHEETS = [
    "Briefing",
    "Decisions",
    "Investment plan",
    "Shifts and weekends",
    "Output",
    "Needs and orders",
    "Waiting time",
    "Stocks and flows",
    "Money",
    "Bottlenecks",
    "Producers",
    "Checks",
]


@pytest.fixture(scope="module")
def plan():
    """Return the small alliance's plan."""
    return alliance_plan()


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    """Return where its report is."""
    return write_report(plan, tmp_path_factory.mktemp("report") / "plan.xlsx")


@pytest.fixture(scope="module")
def book(path):
    """Return its report, read back."""
    return load_workbook(path)


@pytest.fixture(scope="module")
def other(plan, tmp_path_factory):
    """Return a report in another currency, with numbers of seventeen digits and room for 50 rows in a sheet."""
    settings = plan.scenario.settings.model_copy(update={"currency": "NOK"})
    tables = {**plan.tables, "output": plan.tables["output"].assign(made=0.1 + 0.2)}
    changed = replace(plan, tables=tables, scenario=replace(plan.scenario, settings=settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book_module, "MOST_ROWS", 50)
        return load_workbook(write_report(changed, tmp_path_factory.mktemp("other") / "plan.xlsx"))


def _frame(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=head)


def _tables(book):
    return [(sheet, table) for sheet in book for table in sheet.tables.values()]


def _small(**tables):
    scenario = scenario_of({"start": "2023-02", "periods": "3x1"}, **tables)
    return Plan(scenario=scenario, tables=tables_of(), status="optimal", gap=0.0)


# -- what is there -------------------------------------------------------------------------------
def test_what_was_given_up_is_told_with_what_it_saves(plan: Plan) -> None:
    """5,000 of 1,205,000 unit-months, for 1.2 of 2.3 billion; a hundredth of that is not worth a word."""
    told = "shortfall: 5,000 unit-months (0.4 %) more than the best found, whose plan costs 1.20 billion EUR more"
    assert plan.given_up == plan.summary()["given_up"] == [told]
    objectives = plan.tables["objectives"]
    assert plan.given_back == pytest.approx({"shortfall": 5e3 / 1.205e6})
    unpriced = replace(plan, tables={**plan.tables, "objectives": objectives.assign(found_cost=float("nan"))})
    assert unpriced.given_up == [told.partition(", whose")[0] + ", for speed and cost"]
    less = objectives.assign(given_back=objectives["given_back"] * 0.01)
    assert replace(plan, tables={**plan.tables, "objectives": less}).given_up == []


def test_each_objective_is_told_as_delivered(plan: Plan) -> None:
    """Value, bound and gap of what the plan delivers; a gap that is not nothing is not told as nothing."""
    shortfall, speed, _ = delivered_words(plan).split(". ")
    assert shortfall == "Shortfall 1,210,000 unit-months; proven bound 1,205,000, gap 0.4 %"
    assert speed == "Speed 20 months; proven bound 20, gap 0 %"
    objectives = plan.tables["objectives"]
    tiny = replace(plan, tables={**plan.tables, "objectives": objectives.assign(gap=1e-6)}, gap=1e-6)
    assert delivered_words(tiny).count("gap less than 0.01 %") == 3
    assert status_words(tiny).startswith("Proven within less than 0.01 % of the best possible")
    unknown = replace(plan, tables={**plan.tables, "objectives": objectives.assign(bound=float("-inf"))})
    assert delivered_words(unknown).count("no bound proven") == 3


def test_the_report_opens_with_the_briefing_and_has_the_sheets_of_the_design(book):
    """The sheets come in the order of the design, the first one is shown."""
    names = [name for name in book.sheetnames if name in SHEETS]
    assert names == SHEETS
    assert book.active.title == "Briefing"


def test_every_table_is_an_excel_table_with_a_unique_name_and_filters(book):
    """Names are unique however they are written, and every table can be filtered."""
    names = [table.displayName.casefold() for _, table in _tables(book)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in names)
    assert all(table.autoFilter is not None for _, table in _tables(book))


def test_headers_are_frozen_and_every_page_is_a4_landscape(book):
    """Every sheet prints as wide as one page of A4 landscape; sheets with one table freeze its header."""
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.title == "Briefing" or sheet.sheet_properties.pageSetUpPr.fitToPage
        if len(sheet.tables) == 1 and sheet.title not in ("Briefing", "Run"):
            (table,) = sheet.tables.values()
            header_row = int(re.match(r"[A-Z]+(\d+)", table.ref)[1])
            assert sheet.freeze_panes and int(re.sub(r"\D", "", sheet.freeze_panes)) == header_row + 1, sheet.title


def test_numbers_tell_their_units(book):
    """Money headers name the currency, quantities and months theirs."""
    heads = [cell.value for cell in book["Decisions"][4]]
    assert "one-off cost (EUR)" in heads
    assert "monthly cost (EUR per month)" in heads
    assert "lead time (months)" in [cell.value for cell in book["Decisions in detail"][4]]
    assert "made (units per month)" in [cell.value for cell in book["Output"][4]]


def test_months_are_real_dates(book):
    """A month is a date on the first of the month, shown as 2023-02."""
    cell = book["Output"]["B5"]
    assert cell.value == dt.datetime(2023, 2, 1)
    assert cell.number_format == "yyyy-mm"


def test_no_data_table_has_merged_cells_and_no_cell_is_a_formula_or_an_error(book):
    """Merged cells are in the figures of the briefing only; nothing is computed in the workbook."""
    for sheet in book:
        assert sheet.title == "Briefing" or not sheet.merged_cells.ranges
        for row in sheet.iter_rows():
            assert all(cell.data_type not in ("f", "e") for cell in row), sheet.title


def test_every_chart_has_a_title_and_axis_titles(path):
    """No chart goes without a title and a title on both axes."""
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 12
    for chart in charts:
        assert chart.count("<c:title>") == 3


def test_the_briefing_shows_four_charts_and_links_to_the_other_sheets(book):
    """Four charts, and a link to every sheet behind it."""
    sheet = book["Briefing"]
    assert len(sheet._charts) == 4
    targets = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert {f"'{name}'!A1" for name in SHEETS[1:]} <= targets


def test_the_briefing_prints_on_two_pages(book):
    """One page wide, with one break: what is to be signed begins the second page."""
    sheet = book["Briefing"]
    (row,) = [found.id for found in sheet.row_breaks.brk]
    assert sheet.cell(row + 1, 1).value.startswith("To be signed")
    assert 40 <= sheet.page_setup.scale <= 91


# -- words ---------------------------------------------------------------------------------------
def test_the_status_is_told_in_words(plan):
    """A gap of 0.008 is 0.8 %; a plan nobody has checked says so."""
    near = "the best possible speed, within 0.4 % of the best possible shortfall and 0.8 % of cost"
    assert status_words(plan) == f"Proven {near}; independently checked"
    unchecked = status_words(replace(plan, checks=(), status="time limit"))
    assert unchecked.endswith("(the search ended at its time limit); NOT independently checked")
    broken = replace(plan, checks=(Check("funds_hold", "payments", 3, 0.2, "Common fund in 2024"),))
    assert "FAILED for 1 of 1 rules" in status_words(broken)
    told = {(): "Proven", (0, 0, 0): "Proven the best possible; ", (math.inf,) * 3: "Not proven how far from the best "}
    told[math.inf, 0.02, 0.1] = "Proven within 2.0 % of the best possible speed and 10.0 % of cost; shortfall not"
    for gaps, words in told.items():
        table = plan.objectives.assign(gap=gaps) if gaps else plan.objectives
        assert status_words(replace(plan, tables={**plan.tables, "objectives": table})).startswith(words)


def test_rules_added_by_the_user_are_told_as_not_checked(plan):
    """The verifier does not know them, so the verdict says it."""
    told = status_words(replace(plan, unverified=("mine",)))
    assert told.startswith("By the word of the search the best possible speed, within 0.4 % of ")
    assert "of cost for the model as changed;" in told
    assert "; the rules of the scenario hold; " in told and "roven" not in told and "independently" not in told
    assert told.endswith("changes of the model that nobody checked: mine")


def test_the_six_figures_are_those_of_the_headline(plan):
    """Output now is 3,000: one full shift of Filling A, the only line that fills at the start."""
    told = {label: value for label, _, value, _ in figures(plan)}
    assert len(told) == 6
    assert told["Output now"] == "3,000 pc a month"
    # 3,000 x 2.7 x 1.3 + 4,000 x 1.9 in the last period
    assert told["Output at the end"] == "18,130 pc a month"


def test_what_is_to_be_signed_leaves_out_what_is_committed(plan):
    """Powder hall 2 was decided before the start; the plants of the first month are told, the costly ones first."""
    month, table = to_sign(plan)
    assert not table["what"].str.contains("Powder hall 2").any()
    assert set(table["decide_by"].dt.strftime("%Y-%m")) == {month}
    assert table["what"].iloc[0].startswith("Build Plant B (unit 1 of 2)")


# -- what can be read back -----------------------------------------------------------------------
def test_the_decision_tables_are_there_unrounded(book, plan):
    """Every decision table, costs and objectives come back bit by bit under their own headers."""
    for name, table in DECISIONS.items():
        found = _frame(book["plan " + name.replace("_", " ")])
        given, columns = plan.tables[name], columns_of(table, plan.tables[name])
        assert list(found.columns) == [column.header for column in columns]
        if given.empty:
            assert found.isna().all().all()
            continue
        for column in columns:
            if column.unit in ("units", "money", "weekend runs", "shifts"):
                values = pd.to_numeric(found[column.header]).astype(float)
                expected = pd.to_numeric(given[column.name]).astype(float)
                pd.testing.assert_series_equal(values, expected, check_names=False, check_exact=True)


def test_numbers_of_seventeen_digits_come_back_exactly(other):
    """0.1 + 0.2 is 0.30000000000000004, which sixteen digits do not tell."""
    assert other["plan output"]["D2"].value == 0.1 + 0.2


def test_the_run_is_there_as_names_and_values(book):
    """Status, gap, seconds, size and versions can be read back."""
    run = dict(book["plan run"].iter_rows(min_row=2, values_only=True))
    assert (run["status"], run["gap"]) == ("gap reached", 0.008)
    assert (run["seconds: build"], run["size: rows"], run["version: optimizer"]) == (0.9, 5210, "0.1.0")


def test_the_input_sheets_are_there_as_read(book, plan):
    """Sheets, headers and values are those of the input workbook, so that the report can be solved again."""
    for model in TABLES:
        rows = plan.scenario.tables.get(model.table, ())
        if rows:
            found = _frame(book[model.sheet])
            assert list(found.columns) == list(headers(model).values())
            assert len(found) == len(rows)
    settings = dict(book[Settings.sheet].iter_rows(min_row=2, values_only=True))
    assert settings["periods"] == "23x1, 13x3"
    assert settings["objectives"] == "shortfall; speed; cost"
    assert settings["levers"] == "all"
    assert book["Funds"]["G2"].number_format.endswith("%")


# -- odd input -----------------------------------------------------------------------------------
def test_text_that_looks_like_a_formula_is_written_as_text(tmp_path):
    """A member named =1+1 and a note that begins with @ stay what they are."""
    names = ["=1+1", "+49", "-x", "@home"]
    plan = _small(members=[{"member": name, "note": name} for name in names])
    sheet = load_workbook(write_report(plan, tmp_path / "plan.xlsx"))["Members"]
    for row, name in enumerate(names, start=2):
        assert (sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) == (name, "s")


def test_text_of_any_kind_comes_back(tmp_path):
    """Angle brackets, ampersands, quotes, blanks and other alphabets stay what they are."""
    names = ["<b> & 'c'", '"quoted"', "two blanks", "Łódź", "二"]
    plan = _small(members=[{"member": name, "note": "a line\nanother"} for name in names])
    sheet = load_workbook(write_report(plan, tmp_path / "plan.xlsx"))["Members"]
    assert [sheet.cell(row, 1).value for row in range(2, 7)] == names
    assert sheet.cell(2, sheet.max_column).value == "a line\nanother"


HOSTILE = ("=cmd|'/C calc'!A1", "Fuze!M7", "'q'\"&<x>", "[/HE]", "@a:b")


def test_names_in_charts_are_texts(tmp_path):
    """Names that look like formulas, cells or markup: titles and series are texts, and refer to cells of ours only."""
    plan = alliance_plan()
    names = dict(zip(plan.scenario.items["item"], HOSTILE, strict=False))
    members = dict(zip(plan.scenario.members["member"], reversed(HOSTILE), strict=False))
    renamed = {**names, **members}
    tables = {name: frame.replace(renamed) for name, frame in plan.tables.items()}
    rows = {name: plan.scenario.__getattr__(name).replace(renamed) for name in plan.scenario.tables}
    records = {name: frame.astype(object).where(frame.notna(), None).to_dict("records") for name, frame in rows.items()}
    settings = {"title": "=1+1!A1", "currency": "=E!R1", "start": "2023-02", "periods": "23x1, 13x3"}
    path = write_report(replace(plan, tables=tables, scenario=scenario_of(settings, **records)), tmp_path / "plan.xlsx")
    shown, cells = set(), set()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            root = ElementTree.fromstring(archive.read(name))  # every part is well formed
            if name.startswith("xl/charts/chart"):
                cells |= {found.text.rpartition("!")[0].strip("'") for found in root.iter() if found.tag.endswith("}f")}
                shown |= {found.text for found in root.iter() if found.tag.endswith(("}t", "}v")) and found.text}
            if name.startswith("xl/worksheets/sheet"):
                assert not [found for found in root.iter() if found.tag.endswith("}f")], name
            if name == "xl/workbook.xml":
                assert not any(hostile in archive.read(name).decode() for hostile in HOSTILE)
    assert cells <= {"Chart data", *CHARTED}
    assert any(words.startswith(f"Output of {names[SHELL]}") for words in shown)
    assert set(members.values()) & shown, "customers are series of the waiting times"


def test_charts_keep_the_numbers_they_show(path):
    """Viewers that calculate nothing draw a chart from the numbers it keeps: none lacks them."""
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert charts
    for chart in charts:
        shown = {name.strip("'") for name in re.findall(r"<c:f>(.*?)!", chart)}
        assert shown <= {"Chart data", *CHARTED}
        for kept in re.findall(r"<c:val>.*?</c:val>", chart, re.DOTALL):
            assert re.search(r"<c:v>-?[\d.]+", kept)


def test_a_plan_without_anything_is_still_a_report(tmp_path):
    """Sheets for what the plan does not contain are left out; the briefing stays."""
    plan = _small()
    names = load_workbook(write_report(plan, tmp_path / "plan.xlsx")).sheetnames
    assert names[0] == "Briefing"
    assert not {"Waiting time", "Investment plan", "Shifts and weekends", "Money", "Producers"} & set(names)
    assert {"plan starts", "plan run", "Settings"} <= set(names)


def test_what_is_asked_of_a_final_item_may_be_nothing(tmp_path):
    """A need of 0, or outside the horizon: there is nothing to draw of it, and a report all the same."""
    members = [{"member": "A"}, {"member": "R", "kind": "recipient"}]
    items = [{"item": "shell"}, {"item": "other"}]
    zero = {"item": "shell", "recipient": "R", "per_month": 0}
    for needs in ([zero], [{**zero, "per_month": 5, "from_month": "2030-01"}], []):
        scenario = scenario_of({"start": "2023-02", "periods": "2x1"}, members=members, items=items, needs=needs)
        lost = [{"recipient": "R", "item": "shell", "month": dt.date(2023, m, 1), "needed": 0} for m in (2, 3)]
        tables = tables_of(needs=lost if needs else [])
        path = write_report(Plan(scenario=scenario, tables=tables, status="optimal", gap=0.0), tmp_path / "plan.xlsx")
        assert not load_workbook(path)["Briefing"]._charts


def test_warnings_are_told_on_the_briefing_and_a_sheet(tmp_path):
    """Two warnings: their number on the first page, all their words on a sheet, and read back they are the same."""
    words = ("Lines!B2: is odd", "=a warning that looks like a formula")
    path = write_report(replace(factory(), warnings=words), tmp_path / "plan.xlsx")
    book = load_workbook(path)
    assert "; 2 warnings (sheet Warnings)" in book["Briefing"]["A4"].value
    assert [row[0] for row in book["Warnings"].iter_rows(min_row=5, values_only=True)] == list(words)
    assert read_plan(path).warnings == words


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(other):
    """With room for 50 rows, the 72 rows of deliveries stand on two sheets, 50 and 22."""
    assert other["plan deliveries"].max_row == 51
    assert other["plan deliveries (2)"].max_row == 23


def test_text_longer_than_a_cell_is_cut_and_says_so(tmp_path):
    """A name of 40,000 characters is cut to what a cell holds, with a mark at its end."""
    plan = replace(_small(), unverified=("x" * 40_000,))
    note = load_workbook(write_report(plan, tmp_path / "plan.xlsx"))["plan run"]["B4"].value
    assert len(note) == 32_767
    assert note.endswith("(cut: a cell holds no more)")


def test_what_does_not_exist_leaves_its_cell_empty(book, plan):
    """An asap promise has no shortfall: NaN is an empty cell, not an error."""
    assert plan.tables["promises"]["short"].isna().iloc[0]
    assert book["plan promises"]["F2"].value is None


def test_other_currencies_and_items_show_in_headers(other):
    """A plan in NOK names NOK."""
    assert "total (NOK)" in [cell.value for cell in other["Money"][4]]
    shown = [cell.value for row in other["Briefing"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(words.startswith("NOK ") for words in shown)


def test_sizes_show_where_one_is_chosen_and_come_back(tmp_path, book):
    """The investment plan has a column for them then, and the plan that is read back holds every rule."""
    path = write_report(investment(), tmp_path / "plan.xlsx")
    sheets = (load_workbook(path)["Investment plan"], book["Investment plan"])
    of_size, none = ([cell.value for cell in row] for sheet in sheets for row in [sheet[4]])
    assert "size (times)" in of_size and "size (times)" not in none
    wider = next(row for row in sheets[0].iter_rows(min_row=5, values_only=True) if row[0] == "wider")
    assert wider[of_size.index("size (times)")] == 2
    again = read_plan(path)
    assert again.starts["size"].tolist() == [2, 1, 1, 1]
    assert failing(again) == {}
    assert "size" not in [cell.value for cell in book["plan starts"][1]]


# -- files ---------------------------------------------------------------------------------------
def test_a_report_open_elsewhere_keeps_the_old_one_and_puts_the_new_one_beside_it(tmp_path, monkeypatch):
    """Replacing fails as it does for a file open in a spreadsheet: the old file stays, a kept one appears."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")
    real = Path.replace

    def refuse(self, target):
        if Path(target) == path:
            raise PermissionError(errno.EACCES, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ReportError, match="open in another program") as caught:
        write_report(_small(), path)
    assert path.read_bytes() == b"old"
    assert caught.value.kept == tmp_path / "plan.kept.xlsx"
    assert load_workbook(caught.value.kept).sheetnames[0] == "Briefing"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["plan.kept.xlsx", "plan.xlsx"]


def test_a_missing_folder_is_told_and_the_report_kept_elsewhere(tmp_path, monkeypatch):
    """Without a folder the report goes into the working one; where that cannot be written, among temporary files."""
    spare, here = tmp_path / "spare", tmp_path / "here"
    spare.mkdir()
    here.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(spare))
    monkeypatch.chdir(here)
    for kept in (here / "plan.kept.xlsx", here / "plan.kept 2.xlsx"):
        with pytest.raises(ReportError, match="there is no folder") as caught:
            write_report(_small(), tmp_path / "nowhere" / "plan.xlsx")
        assert caught.value.kept == kept
        assert f"optimizer verify {shlex.quote(str(kept))} --report" in str(caught.value)
    shutil.rmtree(here)
    with pytest.raises(ReportError) as caught:
        write_report(_small(), tmp_path / "nowhere" / "plan.xlsx")
    assert caught.value.kept == spare / "plan.kept.xlsx"


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    """No space left, neither here nor there: one sentence, and nothing is kept."""

    def full(content, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("optimizer.report.write._put", full)
    with pytest.raises(ReportError, match="the disk is full") as caught:
        write_report(_small(), tmp_path / "plan.xlsx")
    assert caught.value.kept is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "fault",
    [
        MemoryError(),
        pytest.param(RecursionError("too deep"), marks=pytest.mark.slow),
        pytest.param(ValueError("no such chart"), marks=pytest.mark.slow),
    ],
)
def test_a_report_that_cannot_be_rendered_leaves_the_plan(tmp_path, monkeypatch, fault):
    """Whatever the charts fail of, the plan is kept in plain tables, and read back it is the plan."""
    plan = factory()
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")

    def fails(*_):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr("optimizer.report.write.write_briefing", fails)
        with pytest.raises(ReportError, match=type(fault).__name__) as caught:
            write_report(plan, path)
    assert path.read_bytes() == b"old"
    back = read_plan(caught.value.kept)
    assert back.scenario == plan.scenario
    assert back.tables["output"]["made"].tolist() == plan.tables["output"]["made"].tolist()
    assert load_workbook(write_report(back, path)).sheetnames[0] == "Briefing"


def test_a_name_that_is_no_workbook_is_refused(tmp_path):
    """A report called plan.csv could not be opened; it is kept as a workbook."""
    with pytest.raises(ReportError, match=r"end with \.xlsx"):
        write_report(_small(), tmp_path / "plan.csv")
    assert (tmp_path / "plan.kept.xlsx").exists()


def test_the_plan_writes_itself(tmp_path):
    """plan.to_excel returns the path of the report."""
    assert _small().to_excel(tmp_path / "plan.xlsx") == tmp_path / "plan.xlsx"


def test_the_same_plan_gives_a_workbook_each_time(plan):
    """Rendering leaves the plan as it is: a second report has the same sheets."""
    before = {name: frame.copy() for name, frame in plan.tables.items()}
    render(plan)
    for name, frame in plan.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert SHELL in set(plan.tables["output"]["item"])


def test_the_briefing_tells_when_promises_are_kept(plan):
    """A promise as soon as possible is told with its month, or that it is not kept; hard and soft ones are not."""
    targets = [
        {"target": "soon", "kind": "waiting time", "item": SHELL, "value": 12, "strength": "asap"},
        {"target": "never", "kind": "waiting time", "place": "each", "item": SHELL, "value": 1, "strength": "asap"},
        {"target": "must", "kind": "rate", "item": SHELL, "value": 1},
    ]
    scenario = plan.scenario
    rows = [("soon", "", SHELL, dt.date(2023, m, 1), int(m > 3), None) for m in range(2, 6)]
    rows += [("never", c, SHELL, dt.date(2023, m, 1), int(c == "A"), None) for c in "AB" for m in range(2, 6)]
    table = pd.DataFrame(rows, columns=DECISIONS["promises"].names)
    kept = {row["target"]: Target.model_validate(row) for row in targets}
    told = replace(
        plan,
        scenario=Scenario(scenario.settings, {**scenario.tables, "targets": tuple(kept.values())}),
        tables={**plan.tables, "promises": table},
    )
    assert target_words(told) == "Targets kept: soon from 2023-04; never not within the horizon for 1 of 2"
    assert target_words(replace(plan, tables={**plan.tables, "promises": table.iloc[:0]})) == ""


def test_what_one_more_unit_saves_is_told_in_the_unit_of_the_first_objective(
    plan: Plan, book: Workbook, tmp_path: Path
) -> None:
    """The header names unit and objective; a plan that does not know it has no such column."""
    last = [cell.value for cell in book["Bottlenecks"][4]][-1]
    assert last == "what limits it"
    bottlenecks = plan.measures.bottlenecks
    worth = bottlenecks[["item", "month"]].assign(worth=2.5)
    path = write_report(replace(plan, tables={**plan.tables, "worth": worth}), tmp_path / "with.xlsx")
    sheet = load_workbook(path)["Bottlenecks"]
    assert [cell.value for cell in sheet[4]][-1] == "one more unit would save (unit-months of shortfall)"
    assert [cell.value for cell in sheet[5]][-1] == 2.5
