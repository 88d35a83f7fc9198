"""The whole problem left to HiGHS: with several threads it proves what counting finds, as with one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from optimizer.settings import RunSettings
from optimizer.solve.matrix import Matrix
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.whole import search_whole
from tests.solve.puzzles import market_split


def counted(matrix: Matrix) -> float:
    """Return the least deviation of a market split over every way to share the customers."""
    shares = np.array(list(product((0.0, 1.0), repeat=int(matrix.integer.sum()))))
    rows = matrix.rows.toarray()[:, matrix.integer]
    halves = matrix.row_lower
    return float(np.abs(shares @ rows.T - halves).sum(axis=1).min())


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("rows", "columns"), [(2, 12), (3, 16)])
def test_a_market_split_is_what_counting_finds(threads: int, rows: int, columns: int) -> None:
    """Plan and bound equal the least of all ways to share, however many threads search the tree."""
    matrix, clock = market_split(rows, columns), Clock(60)
    record = Record(matrix.objectives[0], 0.0, clock, None)
    runs = Runs(Problem(matrix, RunSettings(threads=1, gap=0.0)), clock, record, engines=1, decided=False)
    runs.engine.minimise(matrix.objectives[0])
    search_whole(runs, 60, threads=threads)
    assert record.value == pytest.approx(counted(matrix))
    assert record.bound == pytest.approx(record.value)
    assert runs.engine.highs.getOptionValue("threads")[1] == 1
