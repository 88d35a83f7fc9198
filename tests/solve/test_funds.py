"""Cuts from funds: no plan is cut off, fractions are, and each can be made again in a problem of other periods."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import build_model
from optimizer.pipeline import in_blocks
from optimizer.scenario.scenario import Scenario
from optimizer.solve.cuts import Cut
from optimizer.solve.funds import FUND_CUTS, Key, fund_cuts, fund_rows, made_again, with_cuts
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import Floats, Matrix, Objective, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.sketch import Sketch, draw, tightened
from tests.benchmarks.instances import generate
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.solve.puzzles import worlds
from tests.solve.test_bounds import matrix_of

CLOSE = 1e-6


def engine_of(matrix: Matrix, objective: Objective, *, whole: bool) -> Engine:
    """Return a problem loaded with an objective, with its integers or without."""
    engine = Engine(matrix, Clock(60.0), threads=1)
    engine.integrality(matrix.integer & whole)
    engine.minimise(objective)
    return engine


def objectives(matrix: Matrix, seed: int) -> Iterator[Objective]:
    """Yield the first objective, and one by which starts pay more or less: its plans differ."""
    yield matrix.objectives[0]
    draw, typical = np.random.default_rng(seed), np.abs(matrix.objectives[0].costs).mean()
    costs, starts = matrix.objectives[0].costs.copy(), matrix.of("build")
    costs[starts] += 20 * typical * draw.normal(size=len(starts))
    yield Objective("drawn", costs, 0.0)


def found_in(matrix: Matrix, seed: int) -> tuple[dict[Key, Cut], list[Floats]]:
    """Return the cuts that answers of relaxations violate, and plans; check that the answers do violate them."""
    funds = fund_rows(matrix)
    cuts: dict[Key, Cut] = {}
    plans: list[Floats] = []
    for objective in objectives(matrix, seed):
        relaxed = engine_of(matrix, objective, whole=False).run()
        if relaxed.x is None:
            return {}, []
        violated = fund_cuts(matrix, funds, relaxed.x)
        assert all(cut.values @ relaxed.x[cut.columns] > cut.limit for cut in violated.values())
        cuts |= violated
        plan = engine_of(matrix, objective, whole=True).run(seconds=20.0, gap=0.05)
        plans += [plan.x] if plan.x is not None else []
    return cuts, plans


def check(matrix: Matrix, cuts: dict[Key, Cut], plans: list[Floats]) -> None:
    """Assert that every plan holds every row in terms of starts, and every cut."""
    funds = fund_rows(matrix)
    for x in plans:
        size = 1.0 + np.abs(funds.limits) + abs(funds.rows) @ np.abs(x)
        assert (funds.rows @ x - funds.limits <= CLOSE * size).all()
        rows = with_cuts(matrix, cuts)
        over = rows.rows @ x - rows.row_upper
        size = 1.0 + abs(rows.rows) @ np.abs(x)
        assert (over[len(matrix.row_names) :] <= CLOSE * size[len(matrix.row_names) :]).all()


@given(drafts(), st.integers(0, 1000))
@examples(15, 40)
def test_no_plan_is_cut_off(draft: Draft, seed: int) -> None:
    """Plans of forty scenarios hold the cuts that answers of their relaxations violate."""
    matrix = matrix_of(draft)
    check(matrix, *found_in(matrix, seed))


def industry(months: int) -> Scenario:
    """Return a generated industry whose funds hold 60 % of what they would."""
    scenario = generate(4, months=months)
    funds = [row.model_dump() for row in scenario.tables["funds"]]
    return scenario.replace(funds=[{**fund, "amount": 0.6 * fund["amount"]} for fund in funds])


@pytest.fixture(scope="module")
def two_years() -> Matrix:
    """Return the matrix of two years."""
    return compile_matrix(build_model(industry(24)), ("weighted",))


@pytest.mark.slow
def test_funds_of_an_industry_give_cuts() -> None:
    """Where funds are short there are cuts, they raise the bound, plans hold them, by month and by review block."""
    scenario = industry(48)
    blocks = in_blocks(scenario)
    assert blocks is not None
    coarse, fine = (compile_matrix(build_model(s), ("weighted",)) for s in (blocks, scenario))
    cuts, plans = found_in(coarse, 0)
    assert len(cuts) > 3 and len(plans) > 1
    check(coarse, cuts, plans)
    again = made_again(cuts, fine)
    assert set(again) <= set(cuts) and len(again) > 3
    finer = found_in(fine, 0)[1]
    assert finer
    check(fine, again, finer)
    tight = with_cuts(coarse, cuts)
    assert tight.row_names[-1][0] == FUND_CUTS
    plain, cut = (engine_of(m, m.objectives[0], whole=False).run().value for m in (coarse, tight))
    assert cut > plain * (1 + 1e-6)


@pytest.mark.slow
def test_a_sketch_is_tightened_by_cuts(two_years: Matrix) -> None:
    """Its relaxation rises, the cuts are its last rows, and the prices are those of all rows."""
    sketch, clock = Sketch(two_years, np.arange(24.0), np.arange(24.0)), Clock(60.0)
    _, relaxed = draw(two_years, "weighted", clock, 0, 60.0)
    tight = tightened(sketch, relaxed, "weighted", clock, 0, 60.0)
    assert tight.cuts and tight.relaxed.bound > relaxed.value
    assert tight.sketch.matrix.row_names[len(two_years.row_names) :] == tuple((FUND_CUTS, key) for key in tight.cuts)
    assert tight.relaxed.prices is not None and len(tight.relaxed.prices) == len(tight.sketch.matrix.row_names)
    over = tight.sketch.prices(tight.relaxed.prices, tight.sketch.matrix, np.arange(len(tight.relaxed.prices)))
    assert (over[len(two_years.row_names) :] <= 1e-6).all() and over[len(two_years.row_names) :].min() < 0


def test_a_rounding_made_again_in_the_same_problem_is_the_same(two_years: Matrix) -> None:
    """Made by its name, a cut has the same numbers."""
    relaxed = engine_of(two_years, two_years.objectives[0], whole=False).run()
    assert relaxed.x is not None
    cuts = fund_cuts(two_years, fund_rows(two_years), relaxed.x)
    assert cuts
    again = made_again(cuts, two_years)
    for key, cut in cuts.items():
        assert (again[key].columns == cut.columns).all()
        assert again[key].values == pytest.approx(cut.values)
        assert again[key].limit == pytest.approx(cut.limit)


def test_a_problem_without_funds_has_no_cuts() -> None:
    """Where nobody's money is limited there is nothing to round."""
    matrix = compile_matrix(build_model(worlds()["lanes"]), ("cost",))
    assert not fund_rows(matrix).names
    assert len(with_cuts(matrix, {}).row_names) == len(matrix.row_names)
