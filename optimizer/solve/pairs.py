"""Cuts of rows in which several units start, taken one from another.

Orders of one month count in the next, so the rows that ask for firm orders share columns. A multiple of one row is
subtracted from another, so that a continuous column of both vanishes, and the sum is rounded as in cuts.py. The slack
of the subtracted row is then one more continuous column. Cuts found before are rows like any other. Columns are counted
from the nearer bound.

Method: Marchand and Wolsey, "Aggregation and mixed integer rounding to solve MIPs" (2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.cuts import TIGHT, Cut, fractional, round_row, tight_rows
from optimizer.structure import Variables

VIOLATION = 1e-5
"""Least amount by which a cut, its largest coefficient 1, must shut out the answer."""
SPREAD = 1e-5
"""Least coefficient of a cut, the largest being 1; lesser ones are left out as far as that is valid."""
DIVISORS = 10
"""Most coefficients of a row that are tried as divisors, whole and in parts."""
PARTS = (1, 2, 4, 8)
PARTNERS = 2
"""Most rows subtracted from one (measured: see CONTRIBUTING.md)."""
MOST = 80
"""Most cuts at once, those farthest from the answer first."""


@dataclass(frozen=True)
class _Row:
    """The row sum values x[columns] <= limit as the solver sees it, less so many times the room of another."""

    columns: NDArray[np.int64]
    values: Floats
    limit: float
    other: _Row | None = None
    times: float = 0.0

    def room(self, x: Floats) -> float:
        """Return what an answer leaves of the limit."""
        return self.limit - float(self.values @ x[self.columns])

    def plus(self, row: _Row, times: float) -> _Row:
        """Return this row with so many times another one added, columns that cancel left out."""
        columns = np.union1d(self.columns, row.columns)
        values, added = np.zeros(len(columns)), np.zeros(len(columns))
        values[np.searchsorted(columns, self.columns)] = self.values
        added[np.searchsorted(columns, row.columns)] = times * row.values
        total = values + added
        left = np.abs(total) > 1e-12 * (np.abs(values) + np.abs(added))
        return _Row(columns[left], total[left], self.limit + times * row.limit)


class _Answer:
    """An answer of the relaxation as the solver sees it, with the bounds of its columns."""

    def __init__(self, matrix: Matrix, x: Floats, room: float = TIGHT) -> None:
        scale = matrix.column_scale
        self.room = room
        self.x, self.whole = x / scale, matrix.integer
        self.lower = np.where(self.whole, np.ceil(matrix.lower - 1e-9), matrix.lower / scale)
        self.upper = np.where(self.whole, np.floor(matrix.upper + 1e-9), matrix.upper / scale)
        self.near = np.isfinite(self.upper) & (self.upper - self.x < self.x - self.lower)
        """Which columns are nearer to their upper bound."""
        distance = np.minimum(self.x - self.lower, self.upper - self.x)
        self.between = np.where(~self.whole & (distance > room), distance, 0.0)
        """How far continuous columns are from their bounds."""
        self.unit = np.full(len(x), -1)
        for unit, columns in enumerate(matrix.chains(Variables.STARTS, Variables.TARGETS)):
            self.unit[columns] = unit


def paired_cuts(matrix: Matrix, x: Floats, earlier: Sequence[Cut] = (), room: float = TIGHT) -> list[Cut]:
    """Return cuts that an answer of the relaxation violates, at most one of every row or two rows.

    Parameters
    ----------
    matrix
        The model; the bounds of its columns hold for all plans.
    x
        The answer, in the user's units.
    earlier
        Such cuts that hold already.
    room
        That the answer may leave of a row, scaled, and still fill it.
    """
    answer, scale = _Answer(matrix, x, room), matrix.column_scale
    filled = [cut for cut in earlier if binds(cut, x, room)]
    known = (_Row(cut.columns, cut.values * scale[cut.columns], cut.limit) for cut in filled)
    rows = [*_joint_rows(matrix, answer), *known]
    found: dict[tuple[int, float], tuple[float, _Row]] = {}
    for base in (*rows, *_pairs(rows, answer)):
        best = _best(base, answer)
        if best is not None:
            distance, cut = best
            found.setdefault((len(cut.columns), round(distance, 9)), best)  # the same cut comes of several rows
    most = sorted(found.values(), key=lambda best: -best[0])[:MOST]
    return [Cut(cut.columns, cut.values / scale[cut.columns], cut.limit) for _, cut in most]


def binds(cut: Cut, x: Floats, room: float = TIGHT) -> bool:
    """Tell whether an answer fills a cut."""
    return cut.limit - float(cut.values @ x[cut.columns]) <= room


def _joint_rows(matrix: Matrix, answer: _Answer) -> Iterator[_Row]:
    """Yield the rows of the model that the answer fills and in which several units start, one of them in part."""
    for columns, values, limit, scale in tight_rows(matrix, answer.x * matrix.column_scale, answer.room):
        units = answer.unit[columns]
        if len(np.unique(units[units >= 0])) > 1:
            yield _Row(columns, values * scale * matrix.column_scale[columns], limit * scale)


def _pairs(rows: Sequence[_Row], answer: _Answer) -> Iterator[_Row]:
    """Yield sums of two rows in which the continuous column goes that is farthest from its bounds.

    Of all rows that hold it those are taken which leave the fewest such columns.
    """
    of_column: dict[int, list[tuple[_Row, float]]] = {}
    for row in rows:
        for column, value in zip(row.columns.tolist(), row.values.tolist(), strict=True):
            of_column.setdefault(column, []).append((row, value))
    for row in rows:
        far = int(np.argmax(answer.between[row.columns]))
        column = int(row.columns[far])
        if answer.between[column] > 0.0:
            others = ((other, -row.values[far] / value) for other, value in of_column[column] if other is not row)
            sums = [replace(row.plus(other, times), other=other, times=times) for other, times in others]
            sums.sort(key=lambda total: (np.count_nonzero(answer.between[total.columns]), len(total.columns)))
            yield from sums[:PARTNERS]


def _best(row: _Row, answer: _Answer) -> tuple[float, _Row] | None:
    """Return the cut of a row that the answer violates most, by distance, and that distance."""
    x, lower, upper = (v[row.columns] for v in (answer.x, answer.lower, answer.upper))
    whole, near = answer.whole[row.columns], answer.near[row.columns]
    if not np.isfinite(lower).all():
        return None
    best: tuple[float, _Row] | None = None
    for turned in (near, near & whole) if (near & ~whole).any() else (near,):
        base, sign = np.where(turned, upper, lower), np.where(turned, -1.0, 1.0)
        away, coefficients = sign * (x - base), sign * row.values
        right = row.limit - float(row.values @ base)
        sizes = np.abs(coefficients[whole & fractional(away)])
        for divisor in _divisors(sizes):
            rounded = round_row(coefficients / divisor, right / divisor, whole)
            if rounded is not None and float(rounded[0] @ away) > rounded[1]:
                values, limit = rounded
                back = sign * values
                cut = _Row(row.columns, back, limit + float(back @ base))
                if row.other is not None and row.times < 0.0:  # its room counts as a continuous column
                    cut = cut.plus(row.other, -row.times / divisor / (1.0 - (right / divisor - limit)))
                best = _farther(best, _clean(cut, answer), answer.x)
    return best


def _divisors(sizes: Floats) -> Iterable[float]:
    """Return what a row is divided by: the coefficients of split whole columns, and parts of them."""
    different = np.unique(np.round(sizes, 10))
    different = different[different > SPREAD * different.max(initial=0.0)][:DIVISORS]
    return (float(size) / part for size in different for part in PARTS)


def _farther(best: tuple[float, _Row] | None, cut: _Row | None, x: Floats) -> tuple[float, _Row] | None:
    """Return the better of two cuts, each with its distance from the answer."""
    if cut is None or -cut.room(x) <= VIOLATION:
        return best
    distance = -cut.room(x) / float(np.linalg.norm(cut.values))
    return (distance, cut) if best is None or distance > best[0] else best


def _clean(cut: _Row, answer: _Answer) -> _Row | None:
    """Return a cut with 1 as its largest coefficient and without tiny ones; None where that leaves nothing valid.

    What the tiny ones take at least is taken from the limit.
    """
    largest = np.abs(cut.values).max(initial=0.0)
    if largest == 0.0:
        return None
    sizes = np.abs(cut.values) / largest
    tiny, kept = (sizes > 0.0) & (sizes < SPREAD), sizes >= SPREAD
    columns, values = cut.columns[tiny], cut.values[tiny] / largest
    at_least = float((values * np.where(values > 0.0, answer.lower[columns], answer.upper[columns])).sum())
    if not np.isfinite(at_least):
        return None
    return _Row(cut.columns[kept], cut.values[kept] / largest, cut.limit / largest - at_least)
