"""A spreadsheet does not normalise text: a name typed on one system and pasted from another is two names.

Source: chung-leong/zielono#50.
"""

from __future__ import annotations

from pathlib import Path

from optimizer import read_folder, read_workbook, write_folder
from tests.public_reports.shop import shop, write_bare

COMPOSED, DECOMPOSED = "T\u00fcrkiye", "Tu\u0308rkiye"


def test_both_ways_to_write_a_letter_are_one_name(tmp_path: Path) -> None:
    """The need of the one is the need of the other, from Python, workbook and folder."""
    members = [{"member": "A"}, {"member": COMPOSED, "kind": "recipient"}]
    plain = shop(members=members, needs=[{"recipient": COMPOSED, "item": "shell", "per_month": 120}])
    mixed = shop(members=members, needs=[{"recipient": DECOMPOSED, "item": "shell", "per_month": 120}])
    assert mixed == plain
    path = write_bare(tmp_path / "shop.xlsx", plain, lambda book: book["Needs"].__setitem__("A2", DECOMPOSED))
    assert read_workbook(path) == plain
    folder = write_folder(tmp_path / "shop", plain)
    (folder / "Needs.csv").write_text(f"recipient,item,per month\n{DECOMPOSED},shell,120\n", encoding="utf-8")
    assert read_folder(folder) == plain
