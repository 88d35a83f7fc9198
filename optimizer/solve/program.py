"""A linear program in arrays, as HiGHS takes it and gives it back, and the bound that prices prove.

For any prices y >= 0 of the rows A x >= b, every plan costs at least the minimum of c x - y (A x - b) over the bounds
of the columns (weak duality). That minimum is a sum over the columns. Prices have small errors. Where a column has a
bound, an error costs the error times the bound. Where it has none, rows may imply one. Where they do not, prices are
moved until the reduced cost of the column has the right sign. Where an answer is known, it tells which errors cost
most. The prices of their rows are moved to where they prove most (measured: see CONTRIBUTING.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats

DUAL_TOLERANCE = 1e-7
"""A column without any bound may have a reduced cost of the wrong sign by this much, as in HiGHS' own optima."""
MENDINGS = 3
"""Most times that prices are moved for columns without end."""
PASSES = 400
"""Most times that bounds implied by rows are worked out from each other: from month to month, of order books."""
RAISES = 10
"""Most times that prices are moved to where they prove more."""
LITTLE = 1e-6
"""Rise of the bound, relative to the value of the answer, below which they are moved no more."""
NOISE = 1e-12
"""Prices smaller than this are 0."""
FEW = 60
"""Entries of a row up to which its price is moved."""
ROUNDING_ERROR = 1e-9
"""Relative amount by which an implied bound is widened."""


@dataclass(frozen=True)
class Program:
    """A linear program in arrays: minimise costs x + offset, rows and columns between bounds."""

    rows: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    costs: Floats
    offset: float

    def bound(self, prices: Floats, answer: Floats | None = None) -> float:
        """Return the bound that some prices of the rows prove; -inf when they prove nothing.

        Parameters
        ----------
        prices
            Of the rows.
        answer
            Near the optimum, if one is known: prices are moved where it shows that they prove too little. Without
            that the prices of crews that join and leave, which cost next to nothing, can cost a large part of the
            bound.

        Source: weak duality of linear programs, e.g. Bertsimas and Tsitsiklis, "Introduction to
        Linear Optimization" (1997), section 4.3; its bound is raised by coordinate ascent.
        """
        upper = self.implied_upper()
        prices = self._mended(useful(prices, self.row_lower, self.row_upper), upper)
        proven = self._proven(prices, upper)
        if answer is None or not np.isfinite(proven):
            return proven
        for _ in range(RAISES):
            prices, before = self._raised(prices, upper, answer), proven
            proven = max(before, self._proven(prices, upper))
            if proven - before <= LITTLE * abs(float(self.costs @ answer)):
                break
        return proven

    def _proven(self, prices: Floats, upper: Floats) -> float:
        reduced = self.costs - self.rows.T @ prices
        slight = self._endless(reduced, upper) & (np.abs(reduced) <= DUAL_TOLERANCE)
        reduced = np.where(slight, 0.0, reduced)
        return self.offset + least_of(prices, self.row_lower, self.row_upper) + least_of(reduced, self.lower, upper)

    def _endless(self, reduced: Floats, upper: Floats) -> NDArray[np.bool_]:
        """Tell of which columns more and more would be worth having, without end."""
        return ((reduced > 0) & ~np.isfinite(self.lower)) | ((reduced < 0) & ~np.isfinite(upper))

    def _mended(self, prices: Floats, upper: Floats) -> Floats:
        """Return prices at which fewer columns without end are worth having, a little off those given.

        Each such column moves the price of the row in which it weighs most, just so far that it is worth nothing.
        """
        by_column = sp.csc_array(self.rows)
        for _ in range(MENDINGS):
            reduced = self.costs - self.rows.T @ prices
            columns = np.flatnonzero(self._endless(reduced, upper) & (np.diff(by_column.indptr) > 0))
            if not len(columns):
                break
            part = sp.coo_array(by_column[:, columns])
            (row, column), values = part.coords, part.data
            heaviest = np.lexsort((-np.abs(values), column))  # of every column, first
            first = heaviest[np.unique(column[heaviest], return_index=True)[1]]
            change = reduced[columns[column[first]]] / values[first]
            largest = np.argsort(np.abs(change))  # of several in a row, the last counts
            moved = prices.copy()
            moved[row[first[largest]]] += change[largest]
            prices = useful(moved, self.row_lower, self.row_upper)
        return prices

    def _raised(self, prices: Floats, upper: Floats, answer: Floats) -> Floats:
        """Return prices moved, row by row, to where they prove most, in rows of columns that prove too little.

        What a row proves is concave in its price, and changes its slope where a reduced cost is 0.
        """
        prices, rows = prices.copy(), self.rows
        reduced = self.costs - rows.T @ prices
        with np.errstate(invalid="ignore"):
            short = reduced * answer - _products(reduced, self.lower, upper)
        columns = np.flatnonzero(short > LITTLE * abs(self.costs @ answer) / np.sqrt(len(short)))
        for row in np.unique(sp.csc_array(rows)[:, columns].indices):
            entries = slice(rows.indptr[row], rows.indptr[row + 1])
            column, values = rows.indices[entries], rows.data[entries]
            if len(column) > FEW:
                continue
            steps = np.append(reduced[column] / values, [-prices[row], 0.0])
            after = _without_noise(reduced[column][:, None] - values[:, None] * steps)
            price = _without_noise(prices[row] + steps)
            proven = _products(after, self.lower[column][:, None], upper[column][:, None]).sum(axis=0)
            proven += _products(price, self.row_lower[row], self.row_upper[row])
            step = steps[np.argmax(proven)]
            prices[row] += step
            reduced[column] -= step * values
        return useful(prices, self.row_lower, self.row_upper)

    def implied_upper(self) -> Floats:
        """Return the upper bounds of the columns, where there is none the one that rows imply; infinite without any.

        A row sum a x <= b bounds a column by what is left of b when all others are at their least.

        Source: Brearley, Mitra and Williams, "Analysis of mathematical programming problems prior to
        applying the simplex algorithm" (1975).
        """
        below, above = np.isfinite(self.row_upper), np.isfinite(self.row_lower)
        rows = sp.coo_array(sp.vstack([self.rows[below], -self.rows[above]]))
        limits = np.concatenate([self.row_upper[below], -self.row_lower[above]])
        (row, column), values = rows.coords, rows.data
        upper = self.upper.copy()
        for _ in range(PASSES):
            unbounded = ~np.isfinite(upper)
            telling = (values > 0) & unbounded[column]
            of_use = (np.bincount(row, telling, len(limits)) > 0)[row]  # their rows alone, fewer each time
            row, column, values, telling = row[of_use], column[of_use], values[of_use], telling[of_use]
            least = values * np.where(values > 0, self.lower[column], upper[column])
            endless = np.bincount(row, ~np.isfinite(least), len(limits)) > 0
            others = np.bincount(row, np.where(np.isfinite(least), least, 0.0), len(limits))[row] - least
            telling &= ~endless[row]
            implied = (limits[row] - others)[telling] / values[telling]
            closer = upper.copy()
            np.minimum.at(closer, column[telling], implied + ROUNDING_ERROR * np.maximum(1.0, np.abs(implied)))
            if np.array_equal(np.isfinite(closer), np.isfinite(upper)):
                break
            upper = closer
        return upper

    def for_highs(self, integer: NDArray[np.bool_] | None = None) -> highspy.HighsLp:
        """Return the program as HiGHS takes it, some of its columns integer."""
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.rows.shape
        lp.col_cost_, lp.offset_ = self.costs, self.offset
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.rows.indptr.astype(np.int32)
        lp.a_matrix_.index_ = self.rows.indices.astype(np.int32)
        lp.a_matrix_.value_ = self.rows.data
        if integer is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[flag] for flag in integer.astype(int)]
        return lp


def program_in(highs: highspy.Highs) -> Program:
    """Return the linear program that HiGHS holds."""
    lp = highs.getLp()
    shape = (lp.num_row_, lp.num_col_)
    matrix = lp.a_matrix_
    parts = (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_))
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    rows = sp.csr_array(parts, shape=shape) if by_row else sp.csr_array(sp.csc_array(parts, shape=shape))
    return Program(
        rows=rows,
        row_lower=np.array(lp.row_lower_),
        row_upper=np.array(lp.row_upper_),
        lower=np.array(lp.col_lower_),
        upper=np.array(lp.col_upper_),
        costs=np.array(lp.col_cost_),
        offset=float(lp.offset_),
    )


def _without_noise(prices: Floats) -> Floats:
    """Return prices with those that rounding alone keeps from 0 at 0."""
    return np.where(np.abs(prices) < NOISE, 0.0, prices)


def _products(prices: Floats, lower: Floats | float, upper: Floats | float) -> Floats:
    """Return the least of each price z over lower <= z <= upper; -inf without end."""
    with np.errstate(invalid="ignore"):
        return np.where(prices > 0, prices * lower, np.where(prices < 0, prices * upper, 0.0))


def useful(prices: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return prices of rows without those of sides that rows do not have."""
    useless = ((prices > 0) & ~np.isfinite(lower)) | ((prices < 0) & ~np.isfinite(upper))
    return np.where(useless, 0.0, prices)


def least_of(prices: Floats, lower: Floats, upper: Floats) -> float:
    """Return the least of prices z over lower <= z <= upper; -inf without end."""
    ends = np.where(prices > 0, lower, upper)
    return float(np.where(prices == 0, 0.0, prices * np.where(prices == 0, 0.0, ends)).sum())
