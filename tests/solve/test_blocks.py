"""Block coordinate descent: plans get better block by block, and keep every row and what is held."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer import build_model
from optimizer.solve import neighbourhoods
from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.blocks import ROOM, Blocks, blocks_of
from optimizer.solve.local import LocalSearch
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.neighbourhoods import AT_LENGTH, CREWS, KEPT, RELAXATION, SETTLING, Kind, Neighbourhoods
from optimizer.solve.problem import Problem
from optimizer.solve.reserve import budgeted
from optimizer.solve.rest import HELD
from optimizer.solve.rounding import ALL, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.split import Split
from optimizer.solve.tree import WHOLE
from tests.benchmarks.instances import generate
from tests.solve.begun import LONG, begun

NO_ROWS = np.array([], dtype=np.int64)


@pytest.fixture(scope="module")
def industry() -> Matrix:
    """Return a generated industry: every family in use, eight final items."""
    names = "cost", "shortfall"
    return compile_matrix(build_model(generate(4, months=6).replace(settings={"objectives": names})), names)


@pytest.fixture
def runs(industry: Matrix, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Return the runs of the industry as if it were large."""
    monkeypatch.setattr(Problem, "large", True)
    return begun(industry, 1)[0]


def planned(runs: Runs, shortfall: Objective) -> Floats:
    """Return the relaxation of the shortfall, rounded."""
    engine = runs.engine
    engine.minimise(shortfall)
    step = round_off([engine], (ALL,), Step(runs.matrix.lower, runs.matrix.upper, engine.run()), LONG)
    runs.free()
    engine.minimise(runs.matrix.objectives[0])
    assert step is not None and step.outcome.x is not None
    return np.where(runs.matrix.integer, np.round(step.outcome.x), step.outcome.x)


def test_a_plan_gets_cheaper_sweep_by_sweep(runs: Runs) -> None:
    """Each sweep costs less, holds every row and what is held, and decides in whole numbers but for weekends."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    limit = shortfall.value(x) * 1.01
    runs.hold([(shortfall, limit)])
    blocks, decided = Blocks(runs, cost, NO_ROWS, lambda: None, timed=False), runs.matrix.of(*KEPT)
    search = Neighbourhoods(runs, cost, (runs.matrix.lower, runs.matrix.upper), timed=False)
    for _ in range(2):
        swept = blocks.improve(x, LONG, LONG)
        assert swept is not None and swept.x is not None
        assert cost.value(swept.x) == pytest.approx(swept.value) and swept.value < cost.value(x)
        assert runs.matrix.violation(swept.x) <= HELD
        assert shortfall.value(swept.x) <= limit * (1 + 1e-6)
        assert np.allclose(swept.x[decided], np.round(swept.x[decided]), atol=WHOLE)
        whole = search.whole(swept.x, LONG)
        assert whole is not None and whole.x is not None and whole.value < cost.value(x)
        assert np.allclose(whole.x[runs.matrix.integer], np.round(whole.x[runs.matrix.integer]), atol=WHOLE)
        x = whole.x
        blocks.renew()


def test_a_sweep_in_vain_promises_nothing(runs: Runs) -> None:
    """Of a best plan no block is better; another plan begins anew."""
    cost = runs.matrix.objectives[0]
    runs.engine.integrality(runs.matrix.integer & ~runs.matrix.mask("weekend"))  # a sweep has them in fractions
    x = runs.engine.run(gap=0.0).x
    runs.free()
    assert x is not None
    blocks = Blocks(runs, cost, NO_ROWS, lambda: None, timed=False)
    assert blocks.promising
    assert blocks.improve(x, LONG, LONG) is None
    assert not blocks.promising
    blocks.renew()
    assert blocks.promising


def test_what_binds_blocks_together_is_in_each(runs: Runs) -> None:
    """What pays stands beside the decisions of every block, and those of two blocks never stand in one."""
    cost, matrix = runs.matrix.objectives[0], runs.matrix
    split, found = Split(matrix, cost, NO_ROWS), blocks_of(runs, cost, NO_ROWS)
    assert len(found) > 1
    assert set(matrix.of("pay")) <= set(split.links)
    assert all(set(split.links) <= set(columns) for columns in found)
    own = [set(columns[matrix.integer[columns]]) for columns in found]
    assert sum(map(len, own)) == len(set.union(*own)) == matrix.integer.sum()


def test_a_small_problem_has_no_blocks(industry: Matrix) -> None:
    """It is searched as a whole."""
    runs, _ = begun(industry, 1)
    assert not Blocks(runs, industry.objectives[0], NO_ROWS, lambda: None).promising


def test_a_plan_found_for_another_objective_is_polished_first(runs: Runs) -> None:
    """The best for the shortfall with the same decisions costs less, and that is the first plan that is told."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    runs.hold([(shortfall, shortfall.value(x) * 1.1)])
    better = Neighbourhoods(runs, cost, (runs.matrix.lower, runs.matrix.upper), timed=False).improve(x, LONG)
    assert better is not None and better.x is not None
    assert better.value < cost.value(x)
    kept = runs.matrix.of("build", "run", "attained")
    assert np.array_equal(np.round(better.x[kept]), np.round(x[kept]))


@pytest.mark.parametrize("name", ["time", "relaxation", "unit"])
def test_the_largest_neighbourhood_holds_every_decision(runs: Runs, name: str) -> None:
    """A kind that was searched to the end again and again grows until there is nothing else to search."""
    matrix = runs.matrix
    search = Neighbourhoods(runs, matrix.objectives[0], (matrix.lower, matrix.upper), lambda: matrix.lower, timed=False)
    mask = search._mask(Kind(name, size=1.01), matrix.lower)
    assert mask.sum() >= 50
    assert np.array_equal(mask, matrix.mask(*KEPT) & (matrix.lower < matrix.upper))


def test_a_new_answer_of_the_relaxation_is_followed_at_once_and_then_at_length(runs: Runs) -> None:
    """Next the decisions are searched in which the plan differs from it, twice; then the dice say what is."""
    matrix = runs.matrix
    search = Neighbourhoods(runs, matrix.objectives[0], (matrix.lower, matrix.upper), lambda: matrix.lower, timed=False)
    search.follow()
    search.follow()  # the first answer is no longer of interest
    assert [(kind.name, kind.patience) for kind in (search._chosen(), search._chosen())] == [
        (RELAXATION, 1.0),
        (RELAXATION, AT_LENGTH),
    ]
    assert {search._chosen().name for _ in range(200)} > {RELAXATION, "time"}


def test_what_could_not_be_settled_in_time_is_not_searched(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A neighbourhood is left as long before the deadline as it takes to settle a plan; in time it is improved."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    search = Neighbourhoods(runs, cost, (runs.matrix.lower, runs.matrix.upper), timed=False)
    search._begin(runs.engine, x, LONG)
    asked = []
    monkeypatch.setattr(runs.engine, "run", lambda **options: asked.append(options["seconds"]))
    search.seconds = 10.0
    search.improve(x, runs.clock.seconds + 50.0)
    assert asked == [pytest.approx(50.0 - SETTLING * 10.0, abs=1.0)]


def test_a_block_has_room_for_a_plan_that_holds_rows_to_a_tolerance(runs: Runs) -> None:
    """Values off by a ten-millionth leave a block in which the plan holds every row and what is held."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    x[~runs.matrix.integer] *= 1 + 1e-7 * np.random.default_rng(0).uniform(-1, 1, int((~runs.matrix.integer).sum()))
    runs.hold([(shortfall, shortfall.value(x) * (1 - 1e-7))])
    for columns in blocks_of(runs, cost, NO_ROWS):
        part = Blocks(runs, cost, NO_ROWS, lambda: None)._part(columns, x)
        part.engine.integrality(np.zeros(len(columns), dtype=bool))
        part.engine.bounds(x[columns], x[columns])
        assert part.engine.run().status == "optimal"
        filled = part.matrix.rows @ x[columns]
        assert np.all((part.matrix.row_upper - filled) * part.matrix.row_scale > 0.9 * ROOM)
        assert np.all((filled - part.matrix.row_lower) * part.matrix.row_scale > 0.9 * ROOM)


def test_all_crews_are_searched_with_plants_as_they_are(runs: Runs) -> None:
    """That comes next, and finds crews that cost less; every start and date is as before."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    search = Neighbourhoods(runs, cost, (runs.matrix.lower, runs.matrix.upper), timed=False)
    polished = search.polished(x, LONG)
    assert polished is not None and polished.x is not None
    assert search.polished(x, LONG) is None, "it was sought before"
    search.staff()
    better = search.improve(polished.x, LONG)
    assert better is not None and better.x is not None
    assert better.value < polished.value
    kept = runs.matrix.of("build", "attained")
    assert np.array_equal(np.round(better.x[kept]), np.round(x[kept]))


@pytest.mark.parametrize("held", [False, True])
def test_crews_come_first_where_nothing_is_held(runs: Runs, held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a plan for the first objective are rounded; a plan for a later one was improved before."""
    cost, shortfall = runs.matrix.objectives
    runs.record.best, chosen, choose = planned(runs, shortfall), list[str](), Neighbourhoods._chosen

    def noted(search: Neighbourhoods) -> Kind:
        kind = choose(search)
        chosen.append(kind.name)
        return kind

    monkeypatch.setattr(Neighbourhoods, "_chosen", noted)
    if held:
        runs.hold([(shortfall, shortfall.value(runs.record.best) * 1.01)])
    search = LocalSearch(runs, cost, NO_ROWS, lambda: None, lambda: None, seed=0, timed=False)
    monkeypatch.setattr(Blocks, "_searched", lambda *_: None)
    search.search(LONG)
    assert (chosen[0] == CREWS) != held


def test_weekends_that_a_budget_pays_are_kept_once_money_is_short(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan whose weekends cannot be rounded near the answer tells that; then they are kept in blocks, too."""
    cost, shortfall = runs.matrix.objectives
    x = planned(runs, shortfall)
    runs.record.best = x
    runs.hold([(shortfall, shortfall.value(x) * 1.01)])
    kept: list[int] = []
    monkeypatch.setattr(Blocks, "keep", lambda _, columns: kept.append(int(columns.sum())))
    search = LocalSearch(runs, cost, NO_ROWS, lambda: None, lambda: None, seed=0, timed=False)
    search.search(LONG)
    assert not kept and not search._search.short
    monkeypatch.setattr(neighbourhoods, "round_off", lambda *_: None)
    search = LocalSearch(runs, cost, NO_ROWS, lambda: None, lambda: None, seed=0, timed=False)
    search.search(LONG)
    assert search._search.short and kept == [budgeted(runs.matrix).sum()]


def test_what_is_kept_stays_as_in_the_plan(runs: Runs) -> None:
    """Weekends that a budget pays are the same in blocks, and in what neighbourhoods keep, once they are to be kept."""
    cost, shortfall = runs.matrix.objectives
    x, paid = planned(runs, shortfall), budgeted(runs.matrix)
    assert paid.any() and not (paid & ~runs.matrix.mask("weekend")).any()
    runs.hold([(shortfall, shortfall.value(x) * 1.01)])
    blocks = Blocks(runs, cost, NO_ROWS, lambda: None, timed=False)
    blocks.keep(paid)
    swept = blocks.improve(x, LONG, LONG)
    assert swept is not None and swept.x is not None
    assert np.array_equal(swept.x[paid], x[paid])
    search = Neighbourhoods(runs, cost, (runs.matrix.lower, runs.matrix.upper), timed=False)
    search.keep(paid)
    found = search.whole(swept.x, LONG)
    assert found is not None and found.x is not None
    assert np.array_equal(np.round(found.x[paid]), x[paid])
