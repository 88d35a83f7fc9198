"""Text of more than 32,767 characters fits into no cell and is cut or dropped without a word.

A fund of 120 members with long names was accepted, its list cut in the workbook, and the report could not be
read back.

Source: jmcnamara/XlsxWriter#372.
"""

from __future__ import annotations

import pytest

from optimizer import InputError
from tests.public_reports.shop import shop

NAMES = [f"{number:04d} " + "x" * 300 for number in range(120)]


def test_a_list_must_fit_into_a_cell() -> None:
    """The list is refused where it is given, since no workbook could hold it."""
    members = [*({"member": name} for name in NAMES), {"member": "A"}, {"member": "R", "kind": "recipient"}]
    with pytest.raises(InputError, match=r"funds!row 1, column member: member: .* longer than 32,767 characters"):
        shop(members=members, funds=[{"fund": "F", "year": 2024, "amount": 1, "member": NAMES}])


def test_a_list_that_fits_is_kept() -> None:
    """A hundred of the names fit."""
    members = [*({"member": name} for name in NAMES), {"member": "A"}, {"member": "R", "kind": "recipient"}]
    scenario = shop(members=members, funds=[{"fund": "F", "year": 2024, "amount": 1, "member": NAMES[:100]}])
    assert scenario.tables["funds"][0].member == tuple(NAMES[:100])  # type: ignore[attr-defined]
