"""Folders of CSV files carry what workbooks carry, both ways, with the same checks."""

from __future__ import annotations

import calendar
import re
from pathlib import Path

import pytest
from hypothesis import given

from optimizer import Scenario, read_folder, read_workbook, write_folder, write_workbook
from optimizer.errors import InputError
from optimizer.replies import Exit
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.scenario.small import small
from tests.test_cli import run


@pytest.fixture(params=["quickstart", "alliance_155mm", "small"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Return both examples and one that uses every table."""
    return small() if request.param == "small" else read_workbook(f"data/{request.param}.xlsx")


def test_a_folder_gives_back_its_scenario(scenario: Scenario, tmp_path: Path) -> None:
    """Written to CSV files and read again, every value is the same."""
    assert read_folder(write_folder(tmp_path / "plan", scenario)) == scenario


@given(drafts())
@examples(4, 30)
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
    path = write_folder(tmp_path / "plan", read_workbook("data/quickstart.xlsx"))
    assert run("check", path).exit_code == Exit.DONE
    assert run("solve", path, "-o", tmp_path / "plan.xlsx", "--quiet", "--gap", "0.1").exit_code == Exit.DONE


def test_what_is_no_folder_of_csv_files_is_told(tmp_path: Path) -> None:
    """An empty folder, and a file that is not UTF-8."""
    with pytest.raises(InputError, match="holds no CSV files"):
        read_folder(tmp_path)
    (tmp_path / "Members.csv").write_bytes(b"member\n\xff\xfe\n")
    with pytest.raises(InputError, match=r"Members\.csv: cannot be read as a CSV file in UTF-8"):
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
