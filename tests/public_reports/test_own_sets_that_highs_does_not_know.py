"""A special ordered set is added to a model; HiGHS knows none, and it must not be dropped without a word.

Source: ERGO-Code/HiGHS#2148.
"""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from optimizer import InputError, build_model, solve
from tests.public_reports.shop import shop


def test_a_set_is_refused() -> None:
    """The set is named, with the way to write it in binaries; there is no plan that breaks it."""
    model = build_model(shop())
    model.mine = pyo.SOSConstraint(var=model.make, sos=1)
    with pytest.raises(InputError, match=r"the SOSConstraint `mine` cannot be handed over"):
        solve(shop(), model=model)
