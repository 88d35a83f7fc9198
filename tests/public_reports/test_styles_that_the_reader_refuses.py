"""Laboratory devices and web services write workbooks with an empty fill, which a spreadsheet program opens
and the reading library refuses with a TypeError about its own classes.

Source: pandas-dev/pandas#40499.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from typer.testing import CliRunner

from optimizer.cli import app
from tests.public_reports.shop import shop, write_bare


def test_the_way_out_is_told(tmp_path: Path) -> None:
    """Status 2 and what helps, which is to save the file in a spreadsheet program; no traceback."""
    sound, odd = write_bare(tmp_path / "sound.xlsx", shop()), tmp_path / "odd.xlsx"
    with zipfile.ZipFile(sound) as parts, zipfile.ZipFile(odd, "w") as copy:
        for name in parts.namelist():
            text = parts.read(name)
            copy.writestr(name, text.replace(b"<fill>", b"<fill/><fill>", 1) if name == "xl/styles.xml" else text)
    ran = CliRunner().invoke(app, ["check", str(odd)])
    assert ran.exit_code == 2
    assert "open it in Excel" in " ".join(ran.output.split())
    assert "Traceback" not in ran.output
