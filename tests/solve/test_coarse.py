"""Coarse to fine: review blocks are searched first, their plans carried over, and the relaxation begins from blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizer import pipeline, solve
from optimizer.errors import ImpossibleError
from optimizer.solve import problem, runs
from optimizer.solve.coarse import Coarse
from tests.benchmarks.instances import generate

RANKED = ("shortfall", "speed", "cost")
SCENARIO = generate(4, months=12, objectives=RANKED)


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small problem count as a large one."""
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, -1)
    monkeypatch.setattr(problem, "LARGE", 0)
    monkeypatch.setattr(runs, "LARGE", 0)
    monkeypatch.setattr(pipeline, "LARGE", 0)


def searched(threads: int, gap: float = 0.05) -> dict[str, Any]:
    """Return the objectives of a plan that is found by way of review blocks, once that is so."""
    plan = solve(SCENARIO, gap=gap, time_limit=20, threads=threads)
    assert plan.verified and not plan.warnings
    first = set(plan.stages.loc[plan.stages["objective"] == "shortfall", "stage"])
    assert {"split", "review blocks"} <= first and "interior point" not in first
    assert (plan.objectives["bound"] <= plan.objectives["value"]).all()
    return plan.objectives.set_index("objective")["value"].to_dict()


@pytest.mark.slow
def test_one_process_finds_what_is_found_without_blocks(coarse: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is short is about the same either way."""
    found = searched(threads=1)
    monkeypatch.undo()
    other = solve(SCENARIO, gap=0.05, time_limit=20, threads=1).objectives.set_index("objective")["value"]
    assert found["shortfall"] == pytest.approx(other["shortfall"], rel=0.1)


@pytest.mark.slow
def test_two_lanes_prove_and_search_blocks(coarse: None) -> None:
    """On two cores one lane searches blocks and the other proves; the plan is verified."""
    searched(threads=2, gap=0.005)  # on a busy machine the other has closed a wider gap before blocks are begun


@pytest.mark.slow
def test_blocks_that_are_impossible_leave_the_rest_of_the_search(coarse: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sketch may hold no plan where the problem does: the search goes on without it."""

    def impossible(*_: object) -> None:
        raise ImpossibleError("no plan")

    monkeypatch.setattr(Coarse, "_find", impossible)
    assert solve(SCENARIO, gap=0.1, time_limit=20, threads=1).verified


@pytest.mark.slow
def test_neighbours_of_the_rough_plan_of_a_huge_problem_are_searched(
    coarse: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are searched among review blocks, never leave a worse plan, and say whether they left another one."""
    monkeypatch.setattr(problem, "HUGE", 0)
    improve, seen = Coarse.improve, []

    def watched(coarse: Coarse, seconds: float) -> bool:
        objective, integer = coarse._problem.ranked[0], coarse._problem.matrix.integer
        (before, bound), found = coarse._known[0], improve(coarse, seconds)
        after, proven = coarse._known[0]
        seen.append(objective.value(before) - objective.value(after))
        assert found == (not np.array_equal(np.round(before[integer]), np.round(after[integer])))
        assert proven == bound
        return found

    monkeypatch.setattr(Coarse, "improve", watched)
    plan = solve(SCENARIO, gap=0.001, time_limit=20, threads=1)
    assert plan.verified and not plan.warnings
    assert seen and min(seen) >= 0.0


def test_few_blocks_are_worth_a_model_of_their_own() -> None:
    """Blocks of six months are; blocks of a month, as many as there are periods, are not, nor is a small problem."""
    assert pipeline.coarsened(SCENARIO, pipeline.LARGE) is not None
    assert pipeline.coarsened(SCENARIO, pipeline.LARGE - 1) is None
    assert pipeline.coarsened(SCENARIO.replace(settings={"review_months": 1}), pipeline.LARGE) is None
