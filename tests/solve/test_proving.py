"""Cuts raise the bounds of the parts of a tree, never beyond the optimum, and leave no row behind."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimizer.solve.matrix import Objective
from optimizer.solve.proving import Proof
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Tree
from tests.solve.begun import LONG, begun
from tests.solve.test_pairs import counted, gains, order_books

SEEDS = range(24)


def proving(seed: int, engines: int, gap: float = 0.0) -> tuple[Runs, Tree]:
    """Return the runs of order books with a plan that starts nothing, and the tree of all plans."""
    matrix, costs = order_books(seed), gains(np.random.default_rng(seed))
    runs, root = begun(replace(matrix, objectives=(Objective("cost", costs, 0.0),)), engines, gap)
    runs.record.best = np.zeros(len(costs))
    tree = Tree(runs.engines, runs.units)
    tree.add(root)
    return runs, tree


@cache
def optimum_of(seed: int) -> float:
    """Return the least cost of the order books of a seed, found by counting."""
    return counted(gains(np.random.default_rng(seed)), order_books(seed))


@pytest.mark.parametrize("engines", [1, 2])
def test_cuts_raise_the_bound_and_leave_no_row_behind(engines: int) -> None:
    """Of 24 draws many bounds rise, none beyond the optimum; the engines have the rows they had before."""
    raised = 0
    for seed in SEEDS:
        runs, tree = proving(seed, engines)
        optimum = optimum_of(seed)
        rows, relaxed = [engine.row_count for engine in runs.engines], runs.record.bound
        proof = Proof(runs, tree)
        proof.sharpen(LONG)
        proof.drop()
        assert [engine.row_count for engine in runs.engines] == rows
        assert runs.record.bound <= optimum + 1e-6
        raised += runs.record.bound > relaxed + 1e-6
    assert raised > 5


@pytest.mark.parametrize("engines", [1, 2])
def test_a_tree_with_cuts_ends_at_the_optimum(engines: int) -> None:
    """Split and raised in turn, parts never pass the optimum, and end there in fewer splits than without cuts."""
    splits = {True: 0, False: 0}
    for seed in SEEDS:
        for cutting in splits:
            runs, tree = proving(seed, engines)
            optimum = optimum_of(seed)
            proof, whole = Proof(runs, tree), None
            while whole is None and tree.best is not None:
                if cutting:
                    proof.sharpen(LONG)
                assert tree.bound <= optimum + 1e-6
                whole = tree.step(LONG) if tree.best is not None else None
                splits[cutting] += 1
            assert (whole or tree).bound == pytest.approx(optimum, abs=1e-6)
    assert splits[True] < splits[False]


def test_cuts_of_no_use_are_sought_once() -> None:
    """Where the first cuts raise nothing, the part keeps its place and no part is looked at again."""
    for seed in SEEDS:
        runs, tree = proving(seed, 1)
        proof, before = Proof(runs, tree), tree.bound
        proof.sharpen(LONG)
        if tree.bound > before + 1e-6:
            continue
        tree.step(LONG)
        parts, nodes = tree.least(9), tree.nodes
        proof.sharpen(LONG)
        assert tree.least(9) == parts
        assert tree.nodes == nodes
        return
    raise AssertionError("the cuts of every draw are of use")


def test_cutting_stops_at_the_gap_and_without_time() -> None:
    """Of draws whose bounds rise, none does for a plan that is close enough, nor once the deadline has passed."""
    rising = 0
    for seed in SEEDS:
        runs, tree = proving(seed, 1)
        before = runs.record.bound
        Proof(runs, tree).sharpen(LONG)
        if runs.record.bound <= before + 1e-6:
            continue
        rising += 1
        for gap, deadline in ((2.0, LONG), (0.0, 0.0)):
            runs, tree = proving(seed, 1, gap)
            if gap:
                assert tree.best is not None
                runs.record.best = tree.best.x
            before = runs.record.bound
            Proof(runs, tree).sharpen(deadline)
            assert runs.record.bound == before
    assert rising > 5
