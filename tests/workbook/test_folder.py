"""Folders of CSV files carry what workbooks carry, both ways, with the same checks."""

from __future__ import annotations

import calendar
import csv
import os
import re
from pathlib import Path

import pytest
from hypothesis import given

from optimizer import Scenario, read_folder, read_workbook, write_folder, write_workbook
from optimizer.errors import InputError
from optimizer.replies import Exit
from optimizer.workbook import folder as folders
from optimizer.workbook.folder import folder_with_findings
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.scenario.small import small
from tests.test_cli import run
from tests.test_pipeline import workshop


@pytest.fixture(params=["quickstart", pytest.param("alliance_155mm", marks=pytest.mark.slow), "small"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Return both examples and one that uses every table."""
    return small() if request.param == "small" else read_workbook(f"data/{request.param}.xlsx")


def test_a_folder_gives_back_its_scenario(scenario: Scenario, tmp_path: Path) -> None:
    """Written to CSV files and read again, every value is the same."""
    assert read_folder(write_folder(tmp_path / "plan", scenario)) == scenario


@given(drafts())
@examples(3, 30)
def test_all_four_forms_carry_the_same(tmp_path_factory: pytest.TempPathFactory, draft: Draft) -> None:
    """Scenario, DataFrames, workbook and folder: from each to the next, nothing is lost."""
    scenario, folder = draft.scenario(), tmp_path_factory.mktemp("forms")
    frames = {name: getattr(scenario, name) for name in scenario.tables}
    assert Scenario.from_tables(scenario.settings.model_dump(), **frames) == scenario
    assert read_workbook(write_workbook(folder / "one.xlsx", scenario)) == scenario
    assert read_folder(write_folder(folder / "csv", read_workbook(folder / "one.xlsx"))) == scenario


def test_names_that_look_like_numbers_stay_names(tmp_path: Path) -> None:
    """A member called 007 and a line called 1e3 are not turned into 7 and 1000."""
    path = write_folder(tmp_path, small())
    members = path / "Members.csv"
    header, *rest = members.read_text(encoding="utf-8-sig").splitlines()
    blanks = "," * header.count(",")
    members.write_text("\n".join([header, *rest, f"007{blanks}", f"1e3{blanks}"]), encoding="utf-8")
    assert read_folder(path).members["member"].tolist()[-2:] == ["007", "1e3"]


def test_faults_are_told_by_file_and_place(tmp_path: Path) -> None:
    """Text for a number, an unknown name and an unknown file: all at once, named like cells of a workbook."""
    path = write_folder(tmp_path, read_workbook("data/quickstart.xlsx"))
    lines = (path / "Rates.csv").read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1].replace(lines[1].split(",")[0], "Nort bodies")
    (path / "Rates.csv").write_text("\n".join(lines), encoding="utf-8")
    (path / "Fundss.csv").write_text("fund\nx\n")
    (path / "Members.csv").write_text(
        (path / "Members.csv").read_text(encoding="utf-8-sig").replace("Northland,member,", "Northland,member,lots")
    )
    with pytest.raises(InputError) as caught:
        read_folder(path)
    told = str(caught.value)
    assert "Rates!A2" in told and "did you mean `North bodies`" in told
    assert "`Fundss` is not a sheet of the input; did you mean `Funds`" in told
    assert "Members!C2" in told
    assert run("check", path).exit_code == Exit.INPUT


def test_the_command_line_takes_folders(tmp_path: Path) -> None:
    """`solve` and `check` read a folder as they read a workbook."""
    path = write_folder(tmp_path / "plan", workshop())
    assert run("check", path).exit_code == Exit.DONE
    assert run("solve", path, "-o", tmp_path / "plan.xlsx", "--quiet").exit_code == Exit.DONE


def test_what_is_no_folder_of_csv_files_is_told(tmp_path: Path) -> None:
    """An empty folder, and a file that is not UTF-8."""
    with pytest.raises(InputError, match="holds no CSV files"):
        read_folder(tmp_path)
    (tmp_path / "Members.csv").write_bytes(b"member\n\xff\xfe\n")
    with pytest.raises(InputError, match=r"Members: cannot be read as a CSV file in UTF-8"):
        read_folder(tmp_path)


def test_months_as_excel_saves_them_are_read(tmp_path: Path) -> None:
    """Excel turns 2023-02 in a CSV file into Feb-23; the folder still gives the same scenario."""
    path, scenario = tmp_path / "plan", read_workbook("data/quickstart.xlsx")
    write_folder(path, scenario)
    changed = 0
    for file in path.glob("*.csv"):
        text = file.read_text(encoding="utf-8-sig")
        saved = re.sub(r"\b20(\d\d)-(\d\d)\b", lambda m: f"{calendar.month_abbr[int(m[2])]}-{m[1]}", text)
        file.write_text(saved, encoding="utf-8-sig")
        changed += saved != text
    assert changed > 2
    assert read_folder(path) == scenario


# -- files that are not read, or read otherwise than meant ---------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the small scenario as a folder."""
    return write_folder(tmp_path / "plan", small())


def findings(path: Path) -> list[str]:
    """Return severity, place and words of all that is found."""
    try:
        found = folder_with_findings(path)[1]
    except InputError as error:
        found = list(error.findings)
    return [f"{finding.severity} {finding}" for finding in found]


def in_file(path: Path, old: str, new: str) -> None:
    """Replace text of a file that must be there."""
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["Orders.CSV", "orders.csv", "ORDERS.Csv"])
def test_files_are_known_in_any_case(folder: Path, name: str) -> None:
    """Orders are read from a file in whatever case its name is written."""
    (folder / "Orders.csv").rename(folder / name)
    assert folder_with_findings(folder) == (small(), [])


def test_headers_and_settings_are_known_in_any_case(folder: Path) -> None:
    """`Per Month` is `per month`, and its numbers are numbers; so are those of `Discount Rate`."""
    in_file(folder / "Orders.csv", "per month", "Per\u00a0Month")
    in_file(folder / "Settings.csv", "discount rate", "Discount Rate")
    in_file(folder / "Settings.csv", "name,value", "Name,Value")
    assert folder_with_findings(folder) == (small(), [])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["orders.tsv"], ["error orders.tsv: is no CSV file and was not read; save it as Orders.csv"]),
        (["Orders.csv.bak"], ["error Orders.csv.bak: is no CSV file and was not read; save it as Orders.csv"]),
        (["Orders.txt", ".DS_Store"], ["error Orders.txt: is no CSV file and was not read; save it as Orders.csv"]),
        (
            ["Orders.csv", "Orders.csv.bak"],
            [
                "warning Orders.csv.bak: is no CSV file of this folder and was not read; if it holds input, save it "
                "here as a CSV file"
            ],
        ),
        (["Orders.csv", "orders.CSV"], ["error orders: is a second sheet for Orders; put all rows on one"]),
    ],
)
def test_files_that_are_not_read_are_told(folder: Path, names: list[str], expected: list[str]) -> None:
    """A file of another kind, a copy set aside and a second file of one sheet are named; system files are not."""
    content = (folder / "Orders.csv").read_bytes()
    (folder / "Orders.csv").unlink()
    for name in names:
        (folder / name).write_bytes(content)
    assert findings(folder) == expected


def test_folders_inside_are_told(folder: Path) -> None:
    """Files in a folder of the folder are not read, and that is said; of a thousand others, the number."""
    (folder / "old").mkdir()
    for n in range(1000):
        (folder / f"x{n:03}.txt").touch()
    told = findings(folder)
    assert any(line.startswith("warning old: is no CSV file of this folder and was not read") for line in told)
    assert "warning plan: holds 981 more files that were not read" in told
    assert len(told) == 21


def test_only_plain_files_are_read(folder: Path) -> None:
    """A pipe, a folder and a link to an endless device are told and never opened, all at once."""
    for name, make in {
        "Orders": os.mkfifo,
        "Needs": os.mkdir,
        "Funds": lambda path: path.symlink_to("/dev/zero"),
        "Groups": lambda path: path.symlink_to("/nowhere"),
    }.items():
        (folder / f"{name}.csv").unlink()
        make(folder / f"{name}.csv")
    told = [line for line in findings(folder) if "plain file" in line]
    assert told == [
        f"error {name}: is no plain file and was not read; put the file itself here"
        for name in ("Funds", "Groups", "Needs", "Orders")
    ]


def test_too_many_rows_or_bytes_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are read up to the limit of any sheet, files up to a size; both are errors."""
    monkeypatch.setattr(folders, "MOST_ROWS", 3)
    told = findings(folder)
    assert "error Rates: has more than 200,000 rows; leave out what is not needed" in told
    monkeypatch.setattr(folders, "MOST_BYTES", 50)
    assert "error Rates: has more than 0 MB; leave out what is not needed" in findings(folder)


def separated(folder: Path, comma: str) -> None:
    """Write the files of a folder anew as a country with another list separator does."""
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as old:
            lines = list(csv.reader(old))
        with file.open("w", encoding="utf-8-sig", newline="") as new:
            csv.writer(new, delimiter=comma).writerows(lines)


@pytest.mark.parametrize("comma", [";", "\t"])
@pytest.mark.parametrize(
    ("written", "read"),
    [("1.234.567", 1234567), ("1.234,5", 1234.5), ("1,5", 1.5), ("1.5", 1.5), ("0,125", 0.125), ("1234,567", 1234.567)],
)
def test_numbers_of_other_countries_are_read(folder: Path, comma: str, written: str, read: float) -> None:
    """Where values are separated by semicolons or tabs, a comma before decimals is understood."""
    separated(folder, comma)
    in_file(folder / "Rates.csv", f"{comma}9000.0{comma}", f"{comma}{written}{comma}")
    assert read_folder(folder).rates["rate"].tolist()[3] == read


@pytest.mark.parametrize(
    ("comma", "written", "told"),
    [
        (";", "24.000", "`24.000` is 24000 or 24, by the country of its writer; write 24000 or 24.0000"),
        (";", "1.700", "`1.700` is 1700 or 1.7, by the country of its writer; write 1700 or 1.7000"),
        ("\t", "1,700", "`1,700` is 1700 or 1.7, by the country of its writer; write 1700 or 1.7000"),
        (",", '"1,234"', "`1,234` is 1234 or 1.234, by the country of its writer; write 1234 or 1.2340"),
    ],
)
def test_numbers_with_two_readings_are_refused(folder: Path, comma: str, written: str, told: str) -> None:
    """What may be thousands or decimals is an error with its cell and both readings."""
    separated(folder, comma)
    in_file(folder / "Rates.csv", f"{comma}9000.0{comma}", f"{comma}{written}{comma}")
    assert findings(folder) == [f"error Rates!E5: {told}"]


def test_settings_and_what_ifs_have_no_second_reading(folder: Path) -> None:
    """Ambiguous numbers stop there, too."""
    separated(folder, ";")
    in_file(folder / "Settings.csv", "time limit;300.0", "time limit;1.300")
    in_file(folder / "Scenarios.csv", "add;6", "add;6.000")
    assert [line.partition(" is ")[0] for line in findings(folder)] == [
        "error Scenarios!F2: `6.000`",
        "error Settings!B19: `1.300`",
    ]


def test_a_decimal_point_is_one_in_files_with_commas(folder: Path) -> None:
    """In a file separated by commas 1.234 has one reading, unless another number of it has a comma for decimals."""
    in_file(folder / "Rates.csv", ",9000.0,", ",1.234,")
    assert read_folder(folder).rates["rate"].tolist()[3] == 1.234
    in_file(folder / "Rates.csv", ",8000.0,", ',"8000,5",')
    assert findings(folder) == [
        "error Rates!E5: `1.234` is 1234 or 1.234, by the country of its writer; write 1234 or 1.2340"
    ]


def test_a_line_that_names_the_separator_is_understood(folder: Path) -> None:
    """`sep=;` in the first line, as spreadsheet programs write and hide it, is no header."""
    separated(folder, ";")
    (folder / "Rates.csv").write_bytes(b"sep=;\r\n" + (folder / "Rates.csv").read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert folder_with_findings(folder) == (small(), [])
