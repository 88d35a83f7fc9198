"""An empty string stands where a reference may be left out; the resource is then ignored by the solver.

Source: frePPLe/frepple#35.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import read_workbook
from tests.public_reports.shop import shop, write_bare


@pytest.mark.parametrize("empty", ["", " ", "\u00a0", "\n", None])
def test_empty_text_is_an_empty_cell(empty: str | None, tmp_path: Path) -> None:
    """A line without a ladder, a recipe on every line, a fund of nobody: text without a letter is none."""
    tables = {
        "items": [{"item": "shell"}, {"item": "powder", "kind": "material"}],
        "recipes": [{"item": "shell", "input": "powder", "quantity": 2}],
        "suppliers": [{"supplier": "S", "item": "powder"}],
        "funds": [{"fund": "F", "year": 2024, "amount": 9}],
    }
    plain = shop(**tables)
    tables["recipes"][0]["line"] = empty
    tables["funds"][0] |= {"member": empty, "covers": empty, "abroad": empty}
    lines = [{"line": "L", "site": "works", "ladder": empty, "opened_by": empty, "shifts_now": empty}]
    assert shop(**tables, lines=lines) == plain
    path = write_bare(tmp_path / "shop.xlsx", plain, lambda book: book["Lines"].__setitem__("C2", empty))
    assert read_workbook(path) == plain
