"""The order of work on plants: what is rounded, when a plunge ends, and searches beside the tree."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from optimizer.solve.plants import WAIT, _Plans, branch, early, prove
from optimizer.solve.proving import Proof
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node
from tests.laws.profile import lengths
from tests.solve.begun import LONG, begun
from tests.solve.plants import plants

PLANTS = import_module("optimizer.solve.plants")


def runs_of(seed: int, engines: int, gap: float = 0.0) -> tuple[Runs, Node]:
    """Return the runs of a puzzle of four plants and four months and the node of all its plans."""
    return begun(plants(seed, units=4, months=4).matrix, engines, gap)


def at(node: Node, bound: float) -> Node:
    """Return a node without answer at a bound."""
    return Node(node.first, node.last, node.must, bound)


@pytest.mark.parametrize("seed", range(5))
def test_an_early_plan_leaves_nothing_fixed(seed: int) -> None:
    """There is a plan, and the relaxation that is tightened next has the optimum of before."""
    runs, root = runs_of(seed, 1)
    early(runs, root, LONG)
    assert runs.record.best is not None
    assert runs.run("relaxation", basis=root.basis).value == pytest.approx(root.bound)


def test_nodes_are_rounded_as_they_come_nearer_to_the_best_starts() -> None:
    """With starts at 100 and the root at 60, rounding comes next at 80, then at 90; better starts bring it nearer."""
    runs, root = runs_of(0, 1)
    plans = _Plans(runs, LONG)
    plans._least = 100.0
    assert plans.nearer(at(root, 60.0))
    assert not plans.nearer(at(root, 79.9))
    assert plans.nearer(at(root, 80.0))
    assert not plans.nearer(at(root, 89.9))
    assert plans.nearer(at(root, 90.0))
    plans._least = 94.0
    assert not plans.nearer(at(root, 91.9))
    assert plans.nearer(at(root, 92.0))


def test_nodes_are_rounded_as_they_come_nearer_to_where_plans_are_of_no_interest() -> None:
    """A plan at 100 and a gap of 10 % close nodes from 90.1 on: after 60 comes 75.05, however dear whole starts are."""
    runs, root = runs_of(0, 1, gap=0.1)
    runs.record.best = np.zeros_like(runs.matrix.lower)
    runs.record.objective = replace(runs.record.objective, constant=100.0)
    plans = _Plans(runs, LONG)
    plans._least = 130.0
    assert plans.nearer(at(root, 60.0))
    assert not plans.nearer(at(root, 75.0))
    assert plans.nearer(at(root, 75.1))


def test_a_bound_that_is_nearly_there_gets_a_few_splits_to_itself() -> None:
    """A plan at 100 and 10 % asked for: at 89.5 splits alone are made, a few times; at 85, or without a plan, not."""
    runs, _ = runs_of(0, 1, gap=0.1)
    plans = _Plans(runs, LONG)
    runs.record.begin(replace(runs.record.objective, constant=100.0), -np.inf)
    runs.record.prove(95.0)
    assert not plans.waiting
    runs.record.begin(runs.record.objective, -np.inf)
    runs.record.best = np.zeros_like(runs.matrix.lower)
    runs.record.prove(85.0)
    assert not plans.waiting
    runs.record.prove(89.5)
    assert plans.waiting
    plans.waited = WAIT
    assert not plans.waiting


def test_without_whole_starts_every_third_split_of_a_plunge_is_rounded() -> None:
    """The third split is, and the sixth; once it gave starts at 100, the next comes halfway to them."""
    runs, root = runs_of(0, 1)
    plans = _Plans(runs, LONG)
    assert [plans.nearer(at(root, 60.0 + k)) for k in range(6)] == [False, False, True, False, False, True]
    plans._least = 105.0
    assert not plans.nearer(at(root, 84.9))
    assert plans.nearer(at(root, 85.0))


def test_a_plunge_ends_where_nothing_below_is_better_by_the_gap() -> None:
    """With a gap of 1 %, starts at 100 end a plunge at 99 and not before; without starts it goes on."""
    runs, root = runs_of(0, 1, gap=0.01)
    plans = _Plans(runs, LONG)
    assert not plans.reach(at(root, 99.5))
    plans._least = 100.0
    assert not plans.reach(at(root, 98.9))
    assert plans.reach(at(root, 99.1))


@pytest.mark.parametrize("engines", [1, 2])
@pytest.mark.parametrize("rise", [0.0, 1e-3, 0.1])
def test_a_proof_alone_makes_no_plan_but_of_whole_starts(
    engines: int, rise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing near a relaxation is rounded to whole starts: those that splits come to are the best, and proven."""
    monkeypatch.setattr(PLANTS, "_whole_near", None)
    monkeypatch.setattr(PLANTS, "RISE", rise)
    for seed in range(6):
        runs, root = runs_of(seed, engines)
        prove(runs, root, LONG)
        best = plants(seed, units=4, months=4).optimum
        assert runs.record.value == pytest.approx(best)
        assert runs.record.bound == pytest.approx(best)


@pytest.mark.parametrize("left", [0, 1])
def test_a_proof_ends_where_cuts_close_what_is_left(left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts may leave no part open, before the first split or after one."""
    runs, root = runs_of(2, 1)
    sharpened = list[float]()

    def close(proof: Proof, deadline: float) -> None:
        sharpened.append(deadline)
        while len(sharpened) > left and (part := proof._tree.best) is not None:
            proof._tree.exchange(part, None)

    monkeypatch.setattr(Proof, "sharpen", close)
    prove(runs, root, LONG)
    assert len(sharpened) == left + 1


@pytest.mark.parametrize("engines", [1, 2])
@pytest.mark.parametrize("nearer", [0.0, 0.75, 1.0])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("many", lengths(4, 12))
def test_starts_are_the_best_however_often_nodes_are_rounded(
    engines: int, nearer: float, at_once: bool, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many nodes of a plunge are rounded, and the root or not: plan and bound are what counting finds."""
    monkeypatch.setattr(PLANTS, "NEARER", nearer)
    for seed in range(many):
        runs, root = runs_of(seed, engines)
        branch(runs, root, LONG, at_once=at_once)
        best = plants(seed, units=4, months=4).optimum
        assert runs.record.value == pytest.approx(best)
        assert runs.record.bound == pytest.approx(best)


def test_the_tree_goes_on_beside_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """While crews are searched on one engine the tree splits on the other; both come together in plan and bound."""
    besides: list[int] = []
    climb = _Plans._climb

    def counted(self: _Plans, tree: object, search: object) -> list[Node]:
        before = tree.nodes  # type: ignore[attr-defined]
        whole = climb(self, tree, search)  # type: ignore[arg-type]
        besides.append(tree.nodes - before)  # type: ignore[attr-defined]
        return whole

    monkeypatch.setattr(_Plans, "_climb", counted)
    monkeypatch.setattr(PLANTS, "relative_gap", lambda value, bound: 0.0)  # everything is within reach
    for seed in range(12):
        runs, root = runs_of(seed, 2)
        branch(runs, root, LONG)
        best = plants(seed, units=4, months=4).optimum
        assert runs.record.value >= best * (1 - 1e-6)
        assert runs.record.bound <= best * (1 + 1e-6)
        assert len(runs.engines) == 2
    assert len(besides) > 2
