"""A workbook is written under a name that ends with .xls, and the spreadsheet program warns of it or refuses it.

Reports asked for the right ending; input workbooks were written under any.

Source: jmcnamara/XlsxWriter#1084.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer import InputError, write_template, write_workbook
from optimizer.cli import app
from tests.public_reports.shop import shop


@pytest.mark.parametrize("name", ["shop.xls", "shop"])
def test_a_name_that_belies_the_content_is_refused(name: str, tmp_path: Path) -> None:
    """Nothing is written, and the ending is told."""
    for write in (lambda path: write_workbook(path, shop()), write_template):
        with pytest.raises(InputError, match=r"let it end with \.xlsx"):
            write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_command_line_tells_it_too(tmp_path: Path) -> None:
    """Status 2."""
    ran = CliRunner().invoke(app, ["template", str(tmp_path / "shop.xls")])
    assert ran.exit_code == 2
    assert "let it end with .xlsx" in " ".join(ran.output.split())
