"""Sheets named after what they show are refused where a name has more than 31 characters or one of : \\ / ? * [ ].

Programs then write a file that has to be repaired on every opening.

Source: frePPLe/frepple#137, spine-tools/Spine-Toolbox#1561.
"""

from __future__ import annotations

import re
from pathlib import Path

from openpyxl import load_workbook

from optimizer import Scenario


def test_sheet_names_are_those_a_spreadsheet_takes(odd_report: tuple[Scenario, Path]) -> None:
    """At most 31 characters, none that is forbidden, no apostrophe at an end, no two alike but for case."""
    names = load_workbook(odd_report[1], read_only=True).sheetnames
    assert all(len(name) <= 31 and not re.search(r"[:\\\\/?*\[\]]|^'|'$", name) for name in names)
    assert len({name.casefold() for name in names}) == len(names)
