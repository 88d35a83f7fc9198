"""The title of a chart begins with an equals sign, or holds brackets: it is taken for a reference and vanishes.

Source: jmcnamara/XlsxWriter#98, jmcnamara/rust_xlsxwriter#173.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from optimizer import Scenario
from tests.public_reports.conftest import ODD_NAMES


def test_references_of_charts_are_to_cells(odd_report: tuple[Scenario, Path]) -> None:
    """No chart refers to an item's name; the name stands as text in some title or series."""
    with zipfile.ZipFile(odd_report[1]) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/")]
    references = [reference for chart in charts for reference in re.findall(r"<c:f>(.*?)</c:f>", chart)]
    assert references
    assert all(re.fullmatch(r"('[^']+'|\w+)!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", reference) for reference in references)
    assert any(ODD_NAMES[0] in text for chart in charts for text in re.findall(r"<(?:a:t|c:v)>(.*?)<", chart))
