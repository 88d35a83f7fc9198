"""Solutions to tables: what is noise of a solver is left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from optimizer.plan.extract import _payments


def test_payments_of_a_hundredth_of_a_cent_beside_millions_are_noise() -> None:
    """A fund that pays 0.0001 for a project that was not started pays nothing; small payments alone stay."""
    network: Any = SimpleNamespace(project_member=lambda project: "A")
    large = {"pay_capex": {("fund", "plant", 2024): 1.5e8, ("fund", "other", 2024): 1e-4}}
    assert [row[3] for row in _payments(network, large)] == ["plant"]
    small = {"pay_capex": {("fund", "plant", 2024): 1e-4, ("fund", "other", 2024): 0.0}}
    assert [row[3] for row in _payments(network, small)] == ["plant"]
