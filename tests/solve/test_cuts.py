"""Rounding cuts: they shut out the relaxation's answer and no whole one."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.model.structure import STRUCTURE
from optimizer.solve.arrays import Objective
from optimizer.solve.cuts import FRACTION, VIOLATION, round_row, rounding_cuts
from optimizer.solve.matrix import Floats, Matrix
from optimizer.solve.opening import Opening
from optimizer.solve.scaling import geometric_scaling
from optimizer.solve.tree import NO_ROWS
from tests.laws.profile import lengths
from tests.solve.begun import LONG, begun

FAR = 1e4


def matrix_of(rows: Floats, low: Floats, high: Floats, lower: Floats, upper: Floats, integer: list[bool]) -> Matrix:
    """Return a matrix of rows and bounds, without objectives."""
    sparse, whole = sp.csr_array(rows), np.array(integer)
    names = tuple(("x", j) for j in range(len(lower)))
    scales = geometric_scaling(sparse, whole)
    rows_named = tuple(("r", i) for i in range(len(low)))
    return Matrix(sparse, low, high, lower, upper, whole, (), *scales, rows_named, names, structure=STRUCTURE)


def random_row(seed: int) -> tuple[Matrix, Floats, tuple[Floats, Floats]]:
    """Draw a row over whole and continuous columns, a point that fills it, and its sides."""
    draw = np.random.default_rng(seed)
    wholes, rest = int(draw.integers(1, 4)), int(draw.integers(0, 3))
    integer = [True] * wholes + [False] * rest
    lower = np.concatenate([draw.integers(-2, 2, wholes) * 1.0, draw.choice([0.0, -1.5, 2.0], rest)])
    upper = lower + np.concatenate([draw.integers(1, 4, wholes) * 1.0, draw.choice([2.5, np.inf], rest)])
    values = draw.choice([-3.0, -1.7, -1.0, 0.4, 1.0, 2.0, 2.5, 7.0], wholes + rest)
    x = lower + draw.uniform(0.0, 1.0, wholes + rest) * np.minimum(upper - lower, 3.0)
    x[wholes:] = np.where(draw.random(rest) < 0.6, lower[wholes:], x[wholes:])
    side = float(values @ x)
    kind = draw.integers(3)
    low, high = (-np.inf, side) if kind == 0 else (side, np.inf) if kind == 1 else (side, side)
    matrix = matrix_of(values[None, :], np.array([low]), np.array([high]), lower, upper, integer)
    return matrix, x, (np.array([low]), np.array([high]))


def corners(matrix: Matrix, low: float, high: float) -> list[Floats]:
    """Return the points of the row with whole columns whole and continuous ones at their ends.

    One continuous column at a time is instead moved to where it fills the row: between these the
    row, and so a cut, is linear.
    """
    values, found = matrix.rows.toarray()[0], []
    top = np.where(np.isfinite(matrix.upper), matrix.upper, FAR)
    ends = [
        [float(v) for v in range(int(a), int(b) + 1)] if whole else [a, b]
        for a, b, whole in zip(matrix.lower, top, matrix.integer, strict=True)
    ]
    for point in itertools.product(*ends):
        x = np.array(point)
        tries = [x]
        for j in np.flatnonzero(~matrix.integer):
            for side in (low, high):
                if np.isfinite(side):
                    other = x.copy()
                    other[j] = x[j] + (side - float(values @ x)) / values[j]
                    if matrix.lower[j] <= other[j] <= top[j]:
                        tries.append(other)
        found += [y for y in tries if low - 1e-7 <= values @ y <= high + 1e-7]
    return found


@pytest.mark.parametrize("many", lengths(500, 1500))
def test_a_cut_shuts_out_the_answer_and_no_whole_point(many: int) -> None:
    """Over random rows every cut is violated by the fractional point and by no whole point of the row."""
    cuts = points = mixed = turned = 0
    for seed in range(many):
        matrix, x, (low, high) = random_row(seed)
        allowed = corners(matrix, float(low[0]), float(high[0]))
        for cut in rounding_cuts(matrix, x):
            cuts += 1
            points += len(allowed)
            mixed += bool((cut.values[~matrix.integer[cut.columns]] != 0).any())
            turned += bool((matrix.upper - x < x - matrix.lower)[matrix.integer].any())
            assert cut.values @ x[cut.columns] > cut.limit + VIOLATION / 2
            for y in allowed:
                assert cut.values @ y[cut.columns] <= cut.limit + 1e-6 * (1 + np.abs(cut.values) @ np.abs(y)), seed
    assert min(cuts, mixed, turned) > 100
    assert points > 1000


def order_book(ordered: float) -> Matrix:
    """Return the row 40 x - y <= ordered of a plant x, 0 or 1, that asks for a book of 40, with y more on order."""
    sides = np.array([-np.inf]), np.array([ordered])
    return matrix_of(np.array([[40.0, -1.0]]), *sides, np.zeros(2), np.array([1.0, np.inf]), [True, False])


def test_half_an_order_book_does_not_start_half_a_plant() -> None:
    """A plant asks for a book of 40 and 20 are ordered, with y more on order: 40 x - y <= 20.

    The relaxation starts half of it, x = 20/40 = 0.5 with y = 0. Divided by 40 the row reads
    x - y/40 <= 0.5. The fraction of the right side is 0.5, so it is rounded to
    x - (1/40) / (1 - 0.5) y = x - y/20 <= 0: none of it without orders, all of it with 20 more. Counted
    from 0, as x is no nearer to 1. At (0.5, 0) it is violated by 0.5; (0, 0) and (1, 20) fill it.
    """
    (cut,) = rounding_cuts(order_book(20.0), np.array([0.5, 0.0]))
    weight = cut.values[0]
    assert cut.columns.tolist() == [0, 1]
    assert cut.values / weight == pytest.approx([1, -1 / 20])
    assert cut.limit / weight == pytest.approx(0, abs=1e-12)


def test_columns_near_their_upper_bound_are_counted_from_it() -> None:
    """With 30 ordered x = 0.75 is started; z = 1 - x gives -40 z - y <= -10, divided by 40 -z - y/40 <= -0.25.

    The fraction of -0.25 is 0.75, and -z rounds to -z: -z - (1/40) / 0.25 y <= -1, so x <= y/10:
    none of the plant without orders, all of it with 10 more.
    """
    (cut,) = rounding_cuts(order_book(30.0), np.array([0.75, 0.0]))
    assert cut.values / cut.values[0] == pytest.approx([1, -1 / 10])
    assert cut.limit / cut.values[0] == pytest.approx(0, abs=1e-12)


def test_an_answer_is_cut_off_and_the_rest_solved_by_interior_point() -> None:
    """With 20 ordered a plant that brings 10 is half started, for -5; the cut x <= y/20 leaves 0, which is the best."""
    matrix = replace(order_book(20.0), objectives=(Objective("cost", np.array([-10.0, 1.0]), 0.0),))
    of_all, root = begun(matrix, 1)
    assert root.x is not None and of_all.record.bound == pytest.approx(-5)
    opening = Opening(of_all, None, NO_ROWS)
    assert opening.cut(root.x, of_all.clock.seconds) is root.x, "no time is left"
    cut = opening.cut(root.x, LONG)
    assert len(of_all.cuts) == 1 and cut == pytest.approx([0, 0], abs=1e-3)
    assert of_all.record.bound == pytest.approx(0, abs=1e-3) and of_all.record.bound <= 0
    assert opening.cut(cut, LONG) is cut, "nothing is left to be cut off"


@pytest.mark.parametrize("near", [0.0, FRACTION / 2, 1 - FRACTION / 2, 1e-12, -1e-12])
def test_worthless_fractions_give_no_cut(near: float) -> None:
    """A right side next to a whole number is not rounded, one well away from it is."""
    whole = np.array([True, False])
    assert round_row(np.array([1.0, -1.0]), 3 + near, whole) is None
    assert round_row(np.array([1.0, -1.0]), 3 + 0.5, whole) is not None


def test_rows_that_give_no_cut_are_left_alone() -> None:
    """No cut comes of a whole answer, of a row with room, or of a row with a column that has no lower bound."""
    row, low, high = np.array([[40.0, -1.0]]), np.array([-np.inf]), np.array([20.0])
    lower, upper = np.array([0.0, 0.0]), np.array([1.0, np.inf])
    usual = matrix_of(row, low, high, lower, upper, [True, False])
    assert len(rounding_cuts(usual, np.array([0.5, 0.0]))) == 1
    assert rounding_cuts(usual, np.array([1.0, 20.0])) == []
    assert rounding_cuts(usual, np.array([0.4, 0.0])) == []
    assert rounding_cuts(matrix_of(row, low, high, lower, upper, [False, False]), np.array([0.5, 0.0])) == []
    endless = matrix_of(row, low, high, np.array([0.0, -np.inf]), upper, [True, False])
    assert rounding_cuts(endless, np.array([0.5, 0.0])) == []


def test_the_lower_side_of_a_row_is_cut_as_well() -> None:
    """40 x - y <= 20 written as y - 40 x >= -20, or as an equation with y for the rest, gives the same cut."""
    lower, upper = np.array([0.0, 0.0]), np.array([1.0, np.inf])
    for high in (np.inf, -20.0):
        matrix = matrix_of(np.array([[-40.0, 1.0]]), np.array([-20.0]), np.array([high]), lower, upper, [True, False])
        cuts = rounding_cuts(matrix, np.array([0.5, 0.0]))
        assert any(c.values / c.values[0] == pytest.approx([1, -1 / 20]) and abs(c.limit) < 1e-9 for c in cuts)
