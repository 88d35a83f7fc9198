"""A workbook with macros is written anew by a library that drops them, under a name that promises macros;
the spreadsheet program then refuses to open it.

Source: pandas-dev/pandas#44868.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from typer.testing import CliRunner

from optimizer.cli import app
from tests.public_reports.shop import shop, write_bare

PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def test_the_annotated_copy_promises_no_macros(tmp_path: Path) -> None:
    """The copy is an .xlsx whose content says so, and the macros of the original stay where they are."""
    plain, given = write_bare(tmp_path / "plain.xlsx", shop()), tmp_path / "given.xlsm"
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(given, "w") as copy:
        for name in parts.namelist():
            copy.writestr(name, parts.read(name).replace(PLAIN, MACROS))
        copy.writestr("xl/vbaProject.bin", b"macros")
    before = given.read_bytes()
    assert CliRunner().invoke(app, ["check", "--annotate", str(given)]).exit_code == 0
    (copied,) = (path for path in tmp_path.iterdir() if path.stem.startswith("given") and path != given)
    assert copied.suffix == ".xlsx"
    with zipfile.ZipFile(copied) as parts:
        assert PLAIN in parts.read("[Content_Types].xml")
    assert given.read_bytes() == before
