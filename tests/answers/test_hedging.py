"""Decomposition by scenario: the same decisions and values as all scenarios in one program, in cases by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Decision, PlanSet, Scenario, Task, decide_under_uncertainty
from optimizer.answers import asking
from optimizer.answers.chances import Chances
from optimizer.answers.common import Common
from optimizer.answers.odds import odds_of
from optimizer.answers.piece import Piece
from optimizer.answers.pieces import Pieces
from optimizer.errors import NoPlanError, SolverError
from optimizer.study.archive import Answer, packed, unpacked
from optimizer.study.worker import answered
from tests.answers.conftest import solved_here
from tests.answers.test_risk import WAR, change, uncertain
from tests.laws.profile import examples


@pytest.fixture(scope="module")
def hedged() -> Decision:
    """Decide the case of test_risk scenario by scenario."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(asking, "solve_many", solved_here)
        return decide_under_uncertainty(uncertain(), by_scenario=True)


def test_scenario_by_scenario_the_same_is_decided(hedged: Decision) -> None:
    """P is started at once for 12 expected, planning for the base loses 8, knowing is worth nothing; its cost is 6."""
    assert hedged.complete and hedged.now["what"].tolist() == ["Expand P"]
    best, vss, evpi = hedged.best["shortfall"], hedged.vss, hedged.evpi
    assert vss is not None and evpi is not None
    assert (best.least, best.most) == pytest.approx((12, 12), abs=1e-4)
    assert (vss.least, vss.most) == pytest.approx((8, 8), abs=1e-4)
    assert (evpi.least, evpi.most) == pytest.approx((0, 0), abs=1e-4)
    assert hedged.best["cost"].least <= 6 + 1e-4 and hedged.best["cost"].most == pytest.approx(6, abs=1e-4)


def test_every_scenario_has_a_verified_plan(hedged: Decision) -> None:
    """Both plans hold every rule and start P in January."""
    for plan in hedged.scenarios.plans.values():
        assert plan.verified and [f"{start:%Y-%m}" for start in plan.starts["start"]] == ["2024-01"]


@pytest.mark.slow
def test_the_price_of_a_held_objective_proves_the_cost(hedged: Decision) -> None:
    """Without its row the cost would be 0, since whoever does nothing pays nothing: the bound comes to nearly 6."""
    assert hedged.best["cost"].least == pytest.approx(6, rel=0.02)


@pytest.mark.slow
def test_the_tail_is_bounded_by_the_odds_of_the_worst() -> None:
    """The war weighs 0.5 x 0.4 + 0.5 instead of 0.4, so 30 become 0.7 x 30 = 21, and nothing better is possible."""
    best = decide_under_uncertainty(uncertain(), risk=0.5, tail=0.1, by_scenario=True).best["shortfall"]
    assert (best.least, best.most) == pytest.approx((21, 21), abs=1e-4)


@pytest.mark.slow
def test_a_start_that_may_come_too_late_is_priced() -> None:
    """As in one program: 39, though the scenarios known from the start prove nothing of a start that they forbid."""
    slow = change("slow", "Projects", "P", "lead months", 5, probability=0.3)
    needs = [{"recipient": "R", "item": "shell", "per_month": 20}]
    best = decide_under_uncertainty(uncertain(slow).replace(needs=needs), by_scenario=True).best["shortfall"]
    assert (best.least, best.most) == pytest.approx((39, 39), abs=1e-3)


def cut() -> Scenario:
    """Return the case whose base starts P in January, which a cut of the budget forbids."""
    funds = [{"fund": "budget", "member": ["A"], "covers": ["capex"], "year": 2024, "amount": 6}]
    needs = [{"recipient": "R", "item": "shell", "per_month": 20}]
    changes = [change("cut", "Funds", "*", "amount", 0, probability=0.5)]
    return uncertain().replace(settings={"objectives": "shortfall"}, funds=funds, needs=needs, scenarios=changes)


def test_prices_close_the_gap_that_scenarios_by_themselves_leave() -> None:
    """The base starts P, the cut cannot: together 55, by themselves 0.5 x 30 + 0.5 x 60 = 45, and prices prove 55.

    What the base starts is impossible in the cut: planning for it is beyond measure.
    """
    decision = decide_under_uncertainty(cut(), by_scenario=True)
    best = decision.best["shortfall"]
    assert (best.least, best.most) == pytest.approx((55, 55), rel=0.02)
    assert decision.vss is not None and decision.vss.least == float("inf")
    assert "`cut`" in dict(decision.lines)["Worth of deciding so"]
    assert decision.later["what"].tolist() == ["Expand P"]


def test_the_same_question_solves_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hedged: Decision
) -> None:
    """Every round is found again by the keys of its pieces; a question that was stopped goes on where it was."""
    kept: dict[str, Answer] = {}
    solved: list[str] = []

    def with_folder(tasks: Mapping[str, Task], **_: Any) -> PlanSet:
        for task in tasks.values():
            if task.key not in kept:
                solved.append(task.key)
                kept[task.key] = unpacked(packed(answered(task, 60.0)), task.given)
        return PlanSet({name: kept[task.key] for name, task in tasks.items()})

    monkeypatch.setattr(asking, "solve_many", with_folder)
    given = uncertain(objectives="shortfall")
    first = decide_under_uncertainty(given, by_scenario=True)
    assert solved
    solved.clear()
    assert decide_under_uncertainty(given, by_scenario=True).best == first.best
    assert not solved


def test_what_is_not_done_in_time_is_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no scenario is answered, that is told as no plan; plans that decide apart are refused."""
    told = {"x": [1.0], "columns": [["build", ["P", 1, 0]]], "whole": [1], "binary": [1], "cost": [1.0], "scale": [1.0]}
    pieces = Pieces.__new__(Pieces)
    pieces.names, pieces.closed, pieces.common = ["war"], (), Common({"war": told}, ["war"])
    found = PlanSet({"war": Answer("answered", told=told)})
    pieces.refuse_apart(found, np.array([1.0]))
    with pytest.raises(SolverError, match="does not decide as the others"):
        pieces.refuse_apart(found, np.array([0.0]))

    def nothing(tasks: Mapping[str, Task], **options: Any) -> PlanSet:
        pieces = {name for name, task in tasks.items() if isinstance(task, Piece)}
        done = solved_here({name: task for name, task in tasks.items() if name not in pieces})
        return done | PlanSet(dict.fromkeys(pieces, Answer("not done", "there was no time left for it")))

    monkeypatch.setattr(asking, "solve_many", nothing)
    with pytest.raises(NoPlanError, match="no decision was found"):
        decide_under_uncertainty(uncertain(), by_scenario=True)


ODDS = odds_of(uncertain(WAR))


@given(st.data())
@examples(30, 200)
def test_weights_are_those_of_the_measure(data: st.DataObject) -> None:
    """Together 1; the weighed sum of the values is their measure, and that of any others is no more than theirs."""
    n = data.draw(st.integers(1, 5))
    parts = data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    probability = {str(k): part / sum(parts) for k, part in enumerate(parts)}
    numbers = st.lists(st.floats(-100, 100), min_size=n, max_size=n)
    values, others = (dict(zip(probability, data.draw(numbers), strict=True)) for _ in range(2))
    risk, tail = data.draw(st.floats(0, 1)), data.draw(st.floats(0.05, 1))
    chances = Chances(ODDS, probability, risk, tail)
    weights = chances.weights(values)
    assert sum(weights.values()) == pytest.approx(1)
    assert sum(weights[s] * values[s] for s in values) == pytest.approx(chances.measure(values), abs=1e-6)
    assert sum(weights[s] * others[s] for s in others) <= chances.measure(others) + 1e-6


def test_prices_sum_to_nothing_and_amounts_follow_from_whole_decisions() -> None:
    """Prices are centred by the weights; amounts that lie apart count only where whole decisions agree."""
    names = [["build", ["P", 1, 0]], ["make", ["L", "shell", 0]]]
    told = {"columns": names, "whole": [1, 0], "binary": [1, 0], "cost": [4.0, 2.0]}
    common, weights = Common({"base": told, "war": told}, ["base", "war"]), {"base": 0.75, "war": 0.25}
    prices = common.centred({"base": np.array([1.0, 0.0]), "war": np.array([0.0, 8.0])}, weights)
    assert common.mean(prices, weights) == pytest.approx([0, 0])
    x = {"base": np.array([1.0, 3.0]), "war": np.array([0.0, 7.0])}
    for decided in x.values():
        common.seen(decided)
    assert common.scale == pytest.approx([4 / 2, 2 / 8])
    assert common.square(x, weights) == pytest.approx(2 * (0.75 * 0.25**2 + 0.25 * 0.75**2))
    alike = x | {"war": np.array([1.0, 7.0])}
    assert common.square(alike, weights) == pytest.approx(0.25 * (0.75 * 1 + 0.25 * 9))
