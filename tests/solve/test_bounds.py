"""Every bound the stages prove holds, on random scenarios, whether or not the search is cut short."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import build_model
from optimizer.errors import ImpossibleError, NoPlanError
from optimizer.settings import RunSettings
from optimizer.solve import lexicographic, problem, tree
from optimizer.solve.highs import Engine
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock, relative_gap
from optimizer.solve.solution import Solution
from tests.laws.generate import Draft, drafts
from tests.laws.profile import at_length, examples, lengths
from tests.solve.plants import plants
from tests.solve.test_months import counted

LONG = 300.0
NEAR = 1e-6
"""Relative difference that does not count."""
KNOCK_ON = 1e-4
"""The same for values of later objectives, which may use what tolerances leave of earlier ones."""


class Proven(Lexicographic):
    """A search that keeps what it proves of each objective, before anything is corrected by the final plan."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.proven: dict[str, tuple[float, float]] = {}

    def _hold(self, rank: int) -> None:
        super()._hold(rank)
        known = self._known[rank]
        self.proven[known.objective.name] = known.found, self._incumbent.proven(rank)


class Steps(Clock):
    """A clock that ticks when it is read, so that a search is cut short at the same point on every run."""

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.readings = 0

    @property
    def seconds(self) -> float:
        """Return how often the clock was read."""
        self.readings += 1
        return float(self.readings)


@pytest.fixture(autouse=True)
def staged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search in stages and in the tree, however small the problem."""
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, -1)
    monkeypatch.setattr(lexicographic, "in_one_process", lambda _: True)


def matrix_of(draft: Draft) -> Matrix:
    """Return the matrix of a draft with its objectives in order of rank."""
    scenario = draft.scenario(threads=1)
    model = build_model(scenario)
    names = [name for name in scenario.settings.objectives if model.component(name) is not None]
    return compile_matrix(model, dict.fromkeys([*names, *(() if "weighted" in names else ("cost",))]))


def run_of(matrix: Matrix, **settings: Any) -> RunSettings:
    """Return settings without gap or slack, on one thread."""
    names = tuple(objective.name for objective in matrix.objectives)
    return RunSettings(**{"objectives": names, "gap": 0.0, "slack": 0.0, "time_limit": LONG, "threads": 1, **settings})


def least(matrix: Matrix, rank: int, held: list[float]) -> tuple[float, float]:
    """Return value and bound of an objective with earlier ones held, by the whole problem at once."""
    engine = Engine(matrix, Clock(LONG), threads=1)
    engine.minimise(matrix.objectives[rank])
    for objective, limit in zip(matrix.objectives, held, strict=False):
        engine.hold(objective, limit)
    outcome = engine.run()
    assert outcome.status == "optimal"
    return outcome.value, outcome.bound


def check(matrix: Matrix, search: Proven, solution: Solution | None, slack: float = 0.0) -> None:
    """Assert that no bound, corrected or not, lies above the optimum, and no value below it.

    With a plan there is something to compare, and of a search that was not cut short every objective.
    """
    held: list[float] = []
    for rank, objective in enumerate(matrix.objectives):
        if objective.name not in search.proven:
            break  # cut short before
        value, bound = search.proven[objective.name]
        optimum, surely = least(matrix, rank, held)
        assert bound <= optimum + NEAR * max(1.0, abs(optimum)), f"{objective.name}: {bound} above {optimum}"
        room = (NEAR if rank == 0 else KNOCK_ON) * max(1.0, abs(optimum))
        assert value >= surely - room, f"{objective.name}: {value} below {surely}"
        if solution is not None:
            found = solution.objectives[rank]
            assert found.bound <= optimum + NEAR * max(1.0, abs(optimum))
            assert found.value >= surely - room
            assert found.bound <= found.found + 1e-9 * max(1.0, abs(found.found))
            assert found.found <= found.value
        slack_room = slack * abs(value) if objective.name != "speed" else 0.0
        held.append(value + slack_room + matrix.room(objective, value))
    if solution is not None:
        assert len(held) > 0 if solution.status == "time limit" else len(held) == len(matrix.objectives)


def searched(matrix: Matrix, clock: Clock | None = None, **settings: Any) -> tuple[Proven, Solution | None]:
    """Search a matrix; None when no plan is possible, or when none was found in time."""
    search = Proven(Problem(matrix, run_of(matrix, **settings)), clock or Clock(LONG))
    try:
        return search, search.solve()
    except (ImpossibleError, NoPlanError):
        return search, None


def possible(matrix: Matrix) -> bool:
    """Tell whether the whole problem has a plan at all."""
    engine = Engine(matrix, Clock(LONG), threads=1)
    return engine.run().status != "infeasible"


def check_without_gap(draft: Draft) -> None:
    """Assert that a search without a gap finds a plan where there is one, proves it, and that its bounds hold."""
    matrix = matrix_of(draft)
    search, solution = searched(matrix)
    assert (solution is not None) == possible(matrix)
    if solution is not None:
        assert solution.status == "optimal"
        check(matrix, search, solution)


@pytest.mark.slow
@given(drafts(tiny=True))
@examples(25, 80)
def test_bounds_of_small_scenarios_hold(draft: Draft) -> None:
    """Of every objective of random scenarios the bound is at most the optimum, and without a gap it is the value."""
    check_without_gap(draft)


@given(drafts())
@examples(6, 30)
def test_bounds_of_larger_scenarios_hold(draft: Draft) -> None:
    """The same of scenarios with two members, several plants and more months."""
    check_without_gap(draft)


@given(drafts(tiny=True), st.sampled_from([0.02, 0.2]), st.sampled_from([0.0, 0.05]))
@examples(8, 60)
def test_bounds_hold_with_a_gap_and_slack(draft: Draft, gap: float, slack: float) -> None:
    """With room to stop early bounds hold all the same, and the gap that was asked for is reached."""
    matrix = matrix_of(draft)
    search, solution = searched(matrix, gap=gap, slack=slack)
    assert (solution is not None) == possible(matrix)
    if solution is not None:
        assert solution.status in ("optimal", "gap reached")
        check(matrix, search, solution, slack)


@pytest.mark.parametrize("huge", [False, True])
@given(drafts(tiny=True))
@examples(8, 60)
def test_bounds_by_interior_point_hold(huge: bool, draft: Draft) -> None:
    """The same where every relaxation is solved by interior point first, and its prices prove the bound.

    That of a huge problem is solved no other way.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problem, "LARGE", 0)
        if huge:
            patch.setattr(problem, "HUGE", 0)
        check_without_gap(draft)


@at_length
def test_bounds_hold_when_time_is_up() -> None:
    """Cut short after some readings of the clock a search has valid bounds, or no plan and says so."""
    ends: Counter[str] = Counter()

    @given(drafts(tiny=True), st.sampled_from([10, 60, 100, 130, 160, 200]))
    @examples(40, 100)
    def law(draft: Draft, limit: float) -> None:
        matrix = matrix_of(draft)
        search, solution = searched(matrix, Steps(limit))
        check(matrix, search, solution)
        ends[solution.status if solution is not None else "no plan"] += 1

    law()
    assert ends["time limit"] > 0
    assert ends["no plan"] > 0


@given(drafts(tiny=True), st.sampled_from([1e-9, 0.003, 0.01, 0.03]))
@examples(6, 20)
def test_bounds_hold_within_a_tiny_time_limit(draft: Draft, limit: float) -> None:
    """A limit of next to nothing gives valid bounds, or no plan; the least of all always cuts the search short."""
    matrix = matrix_of(draft)
    search, solution = searched(matrix, Clock(limit))
    check(matrix, search, solution)
    assert limit > 1e-6 or solution is None


@given(drafts())
@examples(4, 15)
def test_the_same_seed_gives_the_same_plan(draft: Draft) -> None:
    """Two searches with the same seed that no limit cut short find the very same plan."""
    matrix = matrix_of(draft)
    (_, one), (_, two) = searched(matrix, seed=3), searched(matrix, seed=3)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert np.array_equal(one.x, two.x)
        assert one.objectives == two.objectives


@given(drafts())
@examples(4, 10)
def test_two_cores_find_plans_as_close_as_asked(draft: Draft) -> None:
    """Two searches on two cores may find other plans: it depends on which engine is faster at what.

    Both end alike, within the gap, and neither proves the first objective of the other impossible.
    """
    matrix, gap = matrix_of(draft), 0.02
    searches = [searched(matrix, threads=2, gap=gap) for _ in range(2)]
    solutions = [solution for _, solution in searches if solution is not None]
    assert len(solutions) in (0, 2)
    for search, solution in searches:
        check(matrix, search, solution)
    for one, two in permutations(solutions, 2):
        assert one.status in ("optimal", "gap reached")
        assert all(relative_gap(each.found, each.bound) <= gap + 1e-9 for each in one.objectives)
        first = one.objectives[0]
        assert first.found >= two.objectives[0].bound - 1e-6 * max(1.0, abs(first.found))


@given(drafts())
@examples(4, 10)
def test_two_cores_find_the_same_plan_of_one_objective_again(draft: Draft) -> None:
    """Stages on two cores come to the same plan, whichever engine is faster at what; bounds may differ."""
    matrix = matrix_of(draft)
    names = (matrix.objectives[0].name,)
    (_, one), (_, two) = (searched(matrix, threads=2, gap=0.02, objectives=names) for _ in range(2))
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert np.array_equal(one.x, two.x)


def test_engines_that_went_apart_have_the_same_rows_again() -> None:
    """What one engine found of cuts while the other searched the whole problem, both have for the next objective."""
    cuts = 0
    for seed in (27, 30):
        puzzle = plants(seed, units=4, months=4)
        matrix = replace(puzzle.matrix, objectives=(counted(puzzle), *puzzle.matrix.objectives))
        search, _ = searched(matrix, threads=2)
        runs = search._team._search._runs  # type: ignore[attr-defined]
        assert len({engine.row_count for engine in runs.engines}) == 1
        cuts += len(runs.cuts)
    assert cuts


@pytest.mark.parametrize("many", lengths(5, 60))
@pytest.mark.parametrize(("gap", "threads"), [(0.0, 1), (0.05, 1), (0.0, 2), (0.05, 2)])
def test_bounds_of_plants_hold(gap: float, threads: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over random sets of plants the bound is at most the counted optimum, and the value within the gap.

    Tries of the tree end after one iteration, as those of larger problems do before they are solved.
    """
    monkeypatch.setattr(tree, "BRIEF", 1)
    split = 0
    for seed in range(many):
        puzzle = plants(seed, units=4, months=4)
        search, solution = searched(puzzle.matrix, gap=gap, threads=threads)
        assert solution is not None
        split += any(stage.stage == "plants" for stage in solution.stages)
        value, bound = search.proven["cost"]
        best = puzzle.optimum
        assert bound <= best + NEAR * best
        assert best - NEAR * best <= value <= best * (1 + gap) / (1 - gap) + 3 * NEAR * best
    assert split > many // 5


@pytest.mark.slow
def test_bounds_of_plants_hold_when_time_is_up() -> None:
    """The same of 150 that are cut short, with or without a plan."""
    cut = 0
    for seed in range(150):
        search, solution = searched(plants(seed % 100, units=4, months=4).matrix, Steps(5 + 2 * seed))
        if solution is not None:
            cut += solution.status == "time limit"
            value, bound = search.proven["cost"]
            best = plants(seed % 100, units=4, months=4).optimum
            assert bound <= best + NEAR * best
            assert value >= best - NEAR * best
            assert solution.objectives[0].bound <= best + NEAR * best
    assert cut > 5
