"""A time limit ends the search; whether there is a solution, and which, was lost in the interface.

Source: Pyomo/pyomo#365, Pyomo/pyomo#3130, ERGO-Code/HiGHS#1028.
"""

from __future__ import annotations

import pytest

from optimizer import NoPlanError, solve
from tests.public_reports.shop import shop


def test_no_time_no_plan() -> None:
    """Without time there is an error that says how much there was."""
    with pytest.raises(NoPlanError, match=r"no plan was found in 1e-09 seconds of search; allow more time"):
        solve(shop(), time_limit=1e-9)


def test_whole_seconds_are_a_time_limit() -> None:
    """HiGHS wants a number with a point; a user writes 30."""
    assert solve(shop(), time_limit=30).status == "optimal"
