"""A workbook was saved as Strict Open XML; it has no sheets then, without a word why.

Source: python-excel/xlrd#92.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from optimizer import InputError, read_workbook
from tests.public_reports.shop import shop, write_bare

STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/"
    b"officeDocument/relationships",
}


def test_strict_is_read_or_called_so(tmp_path: Path) -> None:
    """Either the scenario, or one finding that names the format."""
    plain, strict = write_bare(tmp_path / "plain.xlsx", shop()), tmp_path / "strict.xlsx"
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(strict, "w") as copy:
        for name in parts.namelist():
            text = parts.read(name)
            for transitional, other in STRICT.items():
                text = text.replace(transitional, other)
            copy.writestr(name, text)
    try:
        assert read_workbook(strict) == shop()
    except InputError as error:
        (finding,) = error.findings
        assert "Strict" in finding.message
