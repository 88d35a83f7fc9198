"""Cuts of rows that belong together: no plan is shut out, and they prove what single rows do not."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from optimizer.solve.arrays import Objective
from optimizer.solve.cuts import WITHIN, Cut, rounding_cuts
from optimizer.solve.matrix import Floats, Matrix
from optimizer.solve.opening import Opening
from optimizer.solve.pairs import PARTNERS, _Answer, _joint_rows, _pairs, binds, paired_cuts
from optimizer.solve.tree import NO_ROWS
from tests.solve.begun import LONG, begun
from tests.solve.test_cuts import matrix_of

MONTHS = 2
UNITS = 3


def order_books(seed: int) -> Matrix:
    """Draw plants that ask for a book of orders, of which some are dated each month and others are pledged.

    Sum of the books of plants started by a month <= orders by then + pledges by then, in each of two months; a
    pledge of each of two members a month, most of them with a limit.
    """
    draw = np.random.default_rng(seed)
    books, dated = draw.choice([20.0, 30.0, 40.0, 55.0, 90.0], UNITS), np.cumsum(draw.uniform(2.0, 30.0, MONTHS))
    columns = [("build", (f"P{u}", t)) for u in range(UNITS) for t in range(MONTHS)]
    columns += [("pledge", (f"M{m}", t)) for m in range(2) for t in range(MONTHS)]
    rows = np.zeros((MONTHS + UNITS, len(columns)))
    for j, (name, (who, month)) in enumerate(columns):
        for t in range(month, MONTHS):
            rows[t, j] = books[int(who[1])] if name == "build" else -1.0
        if name == "build":
            rows[MONTHS + int(who[1]), j] = 1.0
    upper = np.array([1.0] * UNITS * MONTHS + list(draw.choice([8.0, 15.0, 40.0, np.inf], 2 * MONTHS)))
    sides = np.full(len(rows), -np.inf), np.concatenate([dated, np.ones(UNITS)])
    whole = [name == "build" for name, _ in columns]
    return replace(matrix_of(rows, *sides, np.zeros(len(columns)), upper, whole), columns=tuple(columns))


def gains(draw: np.random.Generator) -> Floats:
    """Draw what every start gains and what every unit pledged costs."""
    return np.concatenate([-draw.uniform(1.0, 3.0, UNITS * MONTHS), draw.uniform(0.0, 0.1, 2 * MONTHS)])


def best(costs: Floats, matrix: Matrix, cuts: list[Cut], fixed: Floats | None = None) -> Floats | None:
    """Return the point of least cost, with whole columns fixed or in fractions; None where there is none."""
    rows = [matrix.rows.toarray()]
    for cut in cuts:
        row = np.zeros((1, len(costs)))
        row[0, cut.columns] = cut.values
        rows.append(row)
    limits = np.concatenate([matrix.row_upper, [cut.limit for cut in cuts]])
    bounds = [(low, None if np.isinf(high) else high) for low, high in zip(matrix.lower, matrix.upper, strict=True)]
    if fixed is not None:
        bounds[: UNITS * MONTHS] = [(value, value) for value in fixed]
    found = linprog(costs, A_ub=np.vstack(rows), b_ub=limits, bounds=bounds)
    return np.array(found.x) if found.status == 0 else None


def all_starts() -> list[Floats]:
    """Return every choice of months in which the plants start, or never."""
    month = [np.eye(MONTHS)[t] if t < MONTHS else np.zeros(MONTHS) for t in range(MONTHS + 1)]
    return [np.concatenate(choice) for choice in itertools.product(month, repeat=UNITS)]


def counted(costs: Floats, matrix: Matrix) -> float:
    """Return the least cost of all choices."""
    return float(min(costs @ y for starts in all_starts() if (y := best(costs, matrix, [], starts)) is not None))


@pytest.mark.slow
def test_cuts_shut_out_the_answer_and_no_plan() -> None:
    """Over 20 draws and three rounds every cut is violated by the answer and by no plan, whatever is pledged in it."""
    cuts = paired = repeated = 0
    for seed in range(20):
        matrix, costs = order_books(seed), gains(np.random.default_rng(seed))
        known: list[Cut] = []
        for _ in range(3):
            x = best(costs, matrix, known)
            assert x is not None
            answer = _Answer(matrix, x)
            paired += len(list(_pairs(list(_joint_rows(matrix, answer)), answer)))
            found = paired_cuts(matrix, x, known)
            repeated += bool(found and known)
            for cut in found:
                cuts += 1
                assert cut.values @ x[cut.columns] > cut.limit
                worst = np.zeros(len(costs))
                worst[cut.columns] = -cut.values
                for starts in all_starts():
                    y = best(worst, matrix, [], fixed=starts)
                    if y is not None:
                        assert cut.values @ y[cut.columns] <= cut.limit + 1e-6
            known += found
    assert cuts > 25
    assert min(paired, repeated) > 1


def test_they_prove_more_than_single_rows_and_never_too_much() -> None:
    """Of 20 draws many end nearer the optimum than with cuts of single rows, none beyond it."""
    nearer = 0
    for seed in range(20):
        matrix, costs = order_books(seed), gains(np.random.default_rng(100 + seed))
        optimum = counted(costs, matrix)
        values = []
        for paired in (False, True):
            known: list[Cut] = []
            for _ in range(8):
                x = best(costs, matrix, known)
                assert x is not None
                found = paired_cuts(matrix, x, known) if paired else rounding_cuts(matrix, x)
                known += found
                if not found:
                    break
            values.append(float(costs @ x))
        assert max(values) <= optimum + 1e-6
        nearer += values[1] > values[0] + 1e-4 * abs(optimum)
    assert nearer > 5


def test_interior_point_proves_more_with_them_too_and_only_single_rows_stay() -> None:
    """Of 20 draws some end nearer the optimum than with cuts of single rows, none beyond it by more than tolerances."""
    nearer = 0
    for seed in range(20):
        matrix, costs = order_books(seed), gains(np.random.default_rng(100 + seed))
        optimum = counted(costs, matrix)
        runs, root = begun(replace(matrix, objectives=(Objective("cost", costs, 0.0),)), 1)
        assert root.x is not None
        rows = runs.engine.row_count
        single = best(costs, matrix, rounding_cuts(matrix, root.x))
        Opening(runs, None, NO_ROWS).cut(root.x, LONG)
        assert runs.engine.row_count == rows + len(runs.cuts)
        assert runs.record.bound <= optimum + 1e-6
        assert single is not None
        nearer += runs.record.bound > float(costs @ single) + 1e-3 * abs(optimum)
    assert nearer > 3


def test_an_answer_within_fills_rows_that_it_leaves_a_little_room() -> None:
    """Of 40 x - y <= 20 half a plant leaves 4e-4, which is a cut of an answer that lies within, not of a vertex."""
    sides = np.array([-np.inf]), np.array([20.0])
    matrix = matrix_of(np.array([[40.0, -1.0]]), *sides, np.zeros(2), np.array([1.0, np.inf]), [True, False])
    matrix = replace(
        matrix, row_scale=np.ones(1), column_scale=np.ones(2), columns=(("build", ("A", 0)), ("y", ("A", 0)))
    )
    x = np.array([0.49999, 0.0])
    assert not rounding_cuts(matrix, x)
    assert len(rounding_cuts(matrix, x, WITHIN)) == 1


def test_what_a_row_leaves_room_for_comes_back() -> None:
    """Orders of two months by hand: 3 x + y <= p and 3 x + 3 y <= 0.8 + p + q of plants x, y and pledges p, q.

    At x = 0.5, y = 0.4, p = 1.9, q = 0 both are full, and p lies between its bounds. The first taken from the second
    leaves 2 y - q <= 0.8 less the room of the first; the second taken from the first the opposite.
    """
    rows = np.array([[3.0, 1.0, -1.0, 0.0], [3.0, 3.0, -1.0, -1.0]])
    sides = np.full(2, -np.inf), np.array([0.0, 0.8])
    matrix = matrix_of(rows, *sides, np.zeros(4), np.array([1.0, 1.0, 9.0, 9.0]), [True, True, False, False])
    columns = (("build", ("A", 0)), ("build", ("B", 1)), ("pledge", ("M", 0)), ("pledge", ("M", 1)))
    matrix = replace(matrix, columns=columns, row_scale=np.ones(2), column_scale=np.ones(4))
    x = np.array([0.5, 0.4, 1.9, 0.0])
    answer = _Answer(matrix, x)
    joint = list(_joint_rows(matrix, answer))
    assert len(joint) == 2
    sums = list(_pairs(joint, answer))
    assert len(sums) == 2 <= PARTNERS * len(joint)
    for total in sums:
        assert total.columns.tolist() == [1, 3]  # what was pledged first is gone, and the plant that counts as much
        assert np.abs(total.values) == pytest.approx([2.0, 1.0])
        assert total.times == -1.0
        assert total.room(x) == pytest.approx(0.0, abs=1e-9)


def test_a_cut_binds_where_it_leaves_no_room() -> None:
    """x <= 0.5 binds at 0.5 and not at 0.4."""
    cut = Cut(np.array([0]), np.array([1.0]), 0.5)
    assert binds(cut, np.array([0.5]))
    assert not binds(cut, np.array([0.4]))
