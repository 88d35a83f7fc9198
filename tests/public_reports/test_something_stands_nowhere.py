"""A generator stands at a bus that does not exist; the program solves, and its output goes into the void.

Source: PyPSA/PyPSA#505.
"""

from __future__ import annotations

import pytest

from optimizer import InputError
from tests.public_reports.shop import TABLES_OF_THE_SHOP, shop

WRONG = {
    "sites": {"member": "Aa"},
    "lines": {"site": "wroks"},
    "rates": {"line": "M"},
    "needs": {"item": "Shell"},
}


@pytest.mark.parametrize("table", WRONG)
def test_a_name_that_is_nowhere_stops_the_run(table: str) -> None:
    """Every reference is to a row that exists, to the letter; the nearest name is offered."""
    (column, name), *_ = WRONG[table].items()
    with pytest.raises(InputError, match=f"row 1, column {column}: `{name}` is not in "):
        shop(**{table: [TABLES_OF_THE_SHOP[table][0] | WRONG[table]]})
