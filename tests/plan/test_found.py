"""What a search found becomes the table of objectives, with gaps that its verifier agrees with."""

from __future__ import annotations

import pytest

from optimizer.found import _objective_table
from optimizer.solve.solution import ObjectiveFound
from optimizer.verify.objectives import _is_gap


@pytest.mark.parametrize(
    ("value", "found", "bound", "gap"),
    [
        (100.0, 100.0, 99.0, 0.01),
        (100.00019, 100.0, 99.0, 1.00019 / 100.00019),  # as near as an objective is held, and yet another value
        (100.00019, 100.0, 100.0, 0.0),
        (100.00019, 100.0, 99.99990, 0.0),
        (101.0, 100.0, 100.0, 1 / 101),
        (0.0, 0.0, 0.0, 0.0),
        (98.0, 100.0, 97.0, 0.03),  # more slack saved cost after the search: its gap is wider
        (-102.0, -100.0, -103.0, 0.03),
        (101.0, 100.0, -50.0, 151 / 101),  # the larger value, though the gap of the other is wider
    ],
)
def test_the_gap_is_of_what_is_delivered(value: float, found: float, bound: float, gap: float) -> None:
    """(value - bound) / value, of the larger value; none where the search proved its value and the plan keeps it."""
    (stated,) = _objective_table((ObjectiveFound("cost", value, found, bound),), "EUR")["gap"]
    assert stated == pytest.approx(gap, rel=1e-9)
    assert _is_gap(stated, max(value, found) - bound, abs(max(value, found)))


def test_a_number_that_no_objective_has_is_missing_not_none() -> None:
    """Whoever computes with the columns of a single objective finds floats, as with several."""
    told = _objective_table((ObjectiveFound("weighted", 2.0, 2.0, 1.0),), "EUR")
    assert told[["without_levers", "gap_of_gain", "found_cost"]].abs().isna().all(axis=None)
