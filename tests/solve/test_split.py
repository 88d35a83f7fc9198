"""A relaxation split at prices: never above the relaxation, and the same at its own prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import build_model
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.sketch import Sketch
from optimizer.solve.split import Split
from optimizer.structure import Constraints
from tests.benchmarks.instances import generate
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.solve.test_bounds import matrix_of

NO_ROWS = np.array([], dtype=np.int64)


@pytest.fixture(scope="module")
def industry() -> Matrix:
    """Return a generated industry: every family in use, eight final items."""
    return compile_matrix(build_model(generate(4, months=12)), ("weighted",))


def split_of(matrix: Matrix, slack: np.ndarray = NO_ROWS) -> Split:
    """Return the split of a problem by its first objective."""
    return Split(matrix, matrix.objectives[0], slack)


def bound_of(split: Split, prices: np.ndarray) -> float:
    """Return the bound that prices of all rows prove."""
    return split.bound(split.useful_prices(prices), relaxed)


def relaxed(matrix: Matrix) -> float:
    """Return the least of a linear relaxation by the simplex method; -inf when there is none."""
    outcome = engine_of(matrix).run()
    return outcome.value if outcome.status == "optimal" else -np.inf


def engine_of(matrix: Matrix) -> Engine:
    """Return a problem loaded with its first objective and nothing whole."""
    engine = Engine(matrix, Clock(120.0), threads=1)
    engine.integrality(np.zeros_like(matrix.integer))
    engine.minimise(matrix.objectives[0])
    return engine


def check(matrix: Matrix, seed: int) -> None:
    """Assert that prices of the relaxation prove all of it, and no others more."""
    engine, split = engine_of(matrix), split_of(matrix)
    outcome = engine.run()
    assert outcome.status == "optimal"
    close = 1e-6 * max(1.0, abs(outcome.value))
    prices = engine.prices()
    assert bound_of(split, prices) == pytest.approx(outcome.value, abs=close)
    draw = np.random.default_rng(seed)
    for noise in (0.0, 0.1, 3.0):
        others = noise * (prices + np.abs(prices).mean() * draw.normal(size=len(prices)))
        assert bound_of(split, others) <= outcome.value + close


@given(drafts(), st.integers(0, 1000))
@examples(20, 60)
def test_no_prices_prove_more_than_the_relaxation(draft: Draft, seed: int) -> None:
    """At any prices the blocks sum to the relaxation at most, at its own prices to just that."""
    matrix = matrix_of(draft)
    assume(relaxed(matrix) > -np.inf)
    check(matrix, seed)


def test_a_generated_industry_splits_by_item(industry: Matrix) -> None:
    """The same of every family; each column is in one block, no row but the shared ones in two, no item in two."""
    check(industry, 0)
    split = split_of(industry)
    assert split.useful
    block, free = split._block, industry.lower < industry.upper
    shared = industry.names(Constraints.SHARED, Constraints.SHARED_BY_PERIOD, Constraints.BALANCES)
    for row in range(len(industry.row_names)):
        columns = industry.rows.indices[industry.rows.indptr[row] : industry.rows.indptr[row + 1]]
        together = len(set(block[columns[free[columns]]])) <= 1
        assert together == (row not in split.shared)
        assert together or industry.row_names[row][0] in shared
    made = {(industry.columns[j][1][1], block[j]) for j in industry.of("make") if free[j]}
    assert len(made) == len({item for item, _ in made}) and len({number for _, number in made}) > 3


def test_without_slack_rows_the_bound_is_lower_at_most(industry: Matrix) -> None:
    """Rows that are left out cannot raise the bound; here some of them lower it."""
    engine = engine_of(industry)
    engine.run()
    prices = engine.prices()
    kept = bound_of(split_of(industry), prices)
    left_out = [
        industry.rows_of(name) for name in ("running_lines_keep_the_minimum_rate", "capacity_limits_production")
    ]
    assert all(len(rows) for rows in left_out)
    less = bound_of(split_of(industry, np.concatenate(left_out)), prices)
    assert less < kept


def test_a_price_too_high_is_paid_for_what_others_can_use_up_at_most(industry: Matrix) -> None:
    """Ten times the prices of the relaxation still prove something: no block is unbounded."""
    engine = engine_of(industry)
    value = engine.run().value
    assert -np.inf < bound_of(split_of(industry), 10 * engine.prices()) < value


def test_a_row_that_binds_all_items_leaves_nothing_to_split(industry: Matrix) -> None:
    """A constraint of the analyst's own over all items makes one block, and the split is of no use."""
    row = next(r for r in range(len(industry.row_names)) if industry.row_names[r][0] == "capacity_limits_production")
    rows = industry.rows.tolil()
    rows[row, industry.of("make")] = 1.0
    bound = replace(industry, rows=rows.tocsr())
    assert not split_of(bound).useful
    assert bound_of(split_of(bound), np.zeros(len(bound.row_names))) <= relaxed(bound) + 1.0


def test_prices_change_in_proportion_to_time(industry: Matrix) -> None:
    """Two half-years at 10 and 40: months between their middles lie between, the others at the nearer end."""
    names = [
        ("material_balances", ("A", "shell", 0)),
        ("material_balances", ("A", "shell", 1)),
        ("funds_hold", ("F", 2024)),
    ]
    months = [("material_balances", ("A", "shell", t)) for t in range(12)]
    further = [("funds_hold", ("F", 2024)), ("material_balances", ("A", "fuze", 0)), ("funds_hold", ("G", 2024))]
    coarse = replace(industry, row_names=tuple(names))
    fine = replace(industry, row_names=(*months, *further))
    sketch = Sketch(coarse, np.array([3.0, 9.0]), np.arange(12) + 0.5)
    told = sketch.prices(np.array([10.0, 40.0, 7.0]), fine, np.arange(15))
    assert told[:12] == pytest.approx([10, 10, 10, 12.5, 17.5, 22.5, 27.5, 32.5, 37.5, 40, 40, 40])
    assert told[12:] == pytest.approx([7, 0, 0])
    assert sketch.prices(np.array([10.0, 40.0, 7.0]), fine, np.array([3]))[[3, 4, 12]] == pytest.approx([12.5, 0, 0])
