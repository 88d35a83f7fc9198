"""A spreadsheet program saved a table as Unicode text, which is UTF-16 with tabs, or in the code page of its country.

Elsewhere: `UTF-16 stream does not start with BOM`, and an attribute of None.

Source: spine-tools/Spine-Toolbox#1301.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer import read_folder, write_folder
from optimizer.cli import app
from tests.public_reports.shop import shop


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_the_file_and_what_helps_are_told(encoding: str, tmp_path: Path) -> None:
    """Status 2, the name of the file and the encoding that is read."""
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Items.csv").write_text("item\tnote\nshell\tgrün\n", encoding=encoding)
    ran = CliRunner().invoke(app, ["check", str(folder)])
    assert ran.exit_code == 2
    told = " ".join(ran.output.split())
    assert "Items" in told
    assert "cannot be read as a CSV file in UTF-8" in told


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_is_understood(separator: str, tmp_path: Path) -> None:
    """Commas, semicolons and tabs, as spreadsheet programs write them by country and kind of file."""
    folder = write_folder(tmp_path / "shop", shop())
    (folder / "Items.csv").write_text(f"item{separator}note\nshell{separator}grün\n", encoding="utf-8")
    assert read_folder(folder).items.note.tolist() == ["grün"]
