"""What a workbook does not use is not in its model: no row, no column, no coefficient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer import build_model, read_workbook
from optimizer.scenario.scenario import Scenario
from optimizer.solve.matrix import Matrix, compile_matrix

DATA = Path(__file__).parents[2] / "data"
KINDS = (
    "running_crews_keep_their_minimum_rate",
    "stocks_fit_the_room",
    "stock_stays_within_its_shelf_life",
    "people_wait_without_a_crew",
    "sizes_reach_the_least",
    "sizes_stay_below_the_most",
    "gains_follow_the_size",
)
"""Constraints of what neither example uses."""
NEUTRAL: dict[str, dict[str, Any]] = {
    "rates": {"crew_minimum": 0},
    "shift_ladders": {"hiring_money": 0, "release_money": 0},
    "items": {"room": 0, "may_be_discarded": False, "discard_cost": 1, "shelf_life": None},
    "members": {"room": 1, "training_months": 0, "hiring_cost": 0, "leaving_cost": 0, "waiting_pay": 0}
    | {"training_pay": 0, "trainers": 0, "people_let_go": 0, "quitting": 0},
    "stocks": {"age": 1},
    "projects": {"least_size": 0, "capex_per_size": 0, "fixed_cost_per_size": 0},
}
"""Columns of these kinds, with values that ask for nothing: where no item takes room, there may be any, throwing
away may cost something where it is not allowed, and stock may be of any age."""


def matrix_of(scenario: Scenario) -> Matrix:
    """Return the model of a scenario as arrays; the constraints of unused kinds have no rows."""
    model = build_model(scenario)
    assert [name for name in KINDS if len(model.component(name))] == []
    return compile_matrix(model, [name for name in scenario.settings.objectives if model.component(name) is not None])


@pytest.mark.parametrize("example", ["quickstart", pytest.param("alliance_155mm", marks=pytest.mark.slow)])
def test_what_is_not_used_is_not_in_the_model(example: str) -> None:
    """With every column of these kinds filled in with nothing, rows, columns and coefficients are those without."""
    scenario = read_workbook(DATA / f"{example}.xlsx")
    stated = {name: getattr(scenario, name).assign(**columns) for name, columns in NEUTRAL.items()}
    unchanged = [{"cost": cost, "factor": 1} for cost in ("labour", "holding", "transport")]
    without, filled = matrix_of(scenario), matrix_of(scenario.replace(cost_changes=unchanged, **stated))
    assert (filled.columns, filled.row_names) == (without.columns, without.row_names)
    for name in ("lower", "upper", "integer", "row_lower", "row_upper"):
        assert np.array_equal(getattr(filled, name), getattr(without, name)), name
    assert (filled.rows != without.rows).nnz == 0
    for ours, theirs in zip(filled.objectives, without.objectives, strict=True):
        assert np.array_equal(ours.costs, theirs.costs)


SIZES = {"quickstart": (1_204, 1_015, 5_044, 232), "alliance_155mm": (63_408, 47_685, 464_601, 14_905)}
"""Rows, columns, coefficients and whole columns of the examples: the same numbers before the kinds above were there.

But for `opened_lines_are_staffed`, `one_crew_opens_a_line` and `inputs_sustain_the_target`, which came later, for all.
Whoever changes an example or the formulation writes what it is now, having looked why.
"""


@pytest.mark.parametrize("example", ["quickstart", pytest.param("alliance_155mm", marks=pytest.mark.slow)])
def test_the_examples_are_as_large_as_they_were(example: str) -> None:
    """Kinds that the examples do not use have cost them no row, no column and no coefficient."""
    matrix = matrix_of(read_workbook(DATA / f"{example}.xlsx"))
    assert (*matrix.rows.shape, matrix.rows.nnz, matrix.integer.sum()) == SIZES[example]
