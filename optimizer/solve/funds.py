"""Cuts from what funds can pay.

In the relaxation half a plant takes half the money, so a fund that is used up pays for fractions of many plants. The
row of a fund alone gives no cut: it holds payments, and payments are continuous. So rows are added up first. What a
fund pays for a project is what is due for its starts, less what other funds pay. Those pay their share at most. For the
payments of a fund up to a year this gives

    sum over projects of (due by then - what others may pay) starts - ... <= amount

and this row is rounded like any other (cuts.py). A rounding has a name. By this name it is made again in a problem
with other periods, where its price is about the same.

Method: aggregation of rows with variable upper bounds put in, as in Marchand and Wolsey, "Aggregation and mixed
integer rounding to solve MIPs" (2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.cuts import Cut, best_rounding, fractional, rounded

FUND_CUTS = "fund_cuts"
"""Name of these cuts as rows of a problem."""
SLIGHT = 1e-9
"""What is left of coefficients that cancel, relative to what was added up."""

Key = tuple[Any, float, tuple[Any, ...]]
"""(row in terms of starts, scale, names of the columns counted from their upper bounds)"""


@dataclass(frozen=True)
class FundRows:
    """The rows of funds in terms of starts, as sum values x <= limit, by name."""

    rows: sp.csr_array
    limits: Floats
    names: tuple[Any, ...]

    def row(self, number: np.int64 | int) -> tuple[NDArray[np.int64], Floats, float]:
        """Return columns, values and limit of a row."""
        entries = slice(self.rows.indptr[number], self.rows.indptr[number + 1])
        return self.rows.indices[entries].astype(np.int64), self.rows.data[entries], float(self.limits[number])


def fund_cuts(matrix: Matrix, funds: FundRows, x: Floats) -> dict[Key, Cut]:
    """Return the best cut of every row of a fund that has one which x violates, by name."""
    split = matrix.integer & fractional(x)
    cuts: dict[Key, Cut] = {}
    for number in np.flatnonzero(abs(funds.rows) @ split):
        columns, values, limit = funds.row(number)
        found = best_rounding(matrix, x, columns, values, limit)
        if found is not None:
            turned = tuple(matrix.columns[column] for column in found.turned)
            cuts[funds.names[number], found.scale, turned] = found.cut
    return cuts


def made_again(keys: Iterable[Key], matrix: Matrix) -> dict[Key, Cut]:
    """Return cuts of another problem as those of this one, as far as it has their rows."""
    funds = fund_rows(matrix)
    numbers = {name: number for number, name in enumerate(funds.names)}
    cuts: dict[Key, Cut] = {}
    for key in keys:
        name, scale, turned = key
        if name not in numbers:
            continue
        columns, values, limit = funds.row(numbers[name])
        ends = [matrix.position[column] for column in turned if column in matrix.position]
        back = np.isin(columns, ends) & matrix.integer[columns] & np.isfinite(matrix.upper[columns])
        cut = rounded(matrix, columns, values, limit, scale, back)
        if cut is not None:
            cuts[key] = cut
    return cuts


def with_cuts(matrix: Matrix, cuts: dict[Key, Cut]) -> Matrix:
    """Return a problem with cuts as rows of their own."""
    parts: Sequence[Cut] = tuple(cuts.values())
    counts = [len(cut.columns) for cut in parts]
    columns = np.concatenate([np.array([], dtype=np.int64), *(cut.columns for cut in parts)])
    values = np.concatenate([np.array([]), *(cut.values for cut in parts)])
    shape = (len(parts), matrix.rows.shape[1])
    rows = sp.csr_array((values, columns, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)), shape=shape)
    rows.eliminate_zeros()
    limits = np.array([cut.limit for cut in parts])
    return matrix.with_rows([(FUND_CUTS, key) for key in cuts], rows, limits)


def fund_rows(matrix: Matrix) -> FundRows:
    """Return the rows of funds in terms of starts; columns without a least value are in none.

    First with what other funds pay as it is, then with their shares instead.
    """
    rows, pays = matrix.rows, matrix.of("pay_capex")
    funds, capex, shares = (
        _limited(matrix, name) for name in ("funds_hold", "capex_is_paid", "co_financing_is_limited")
    )
    capex = capex[matrix.row_lower[capex] == matrix.row_upper[capex]]
    paid = rows[funds] @ _standing(rows, capex, pays)
    due = _sum(rows[funds], -paid, rows[capex])
    limits = matrix.row_upper[funds] - paid @ matrix.row_upper[capex]
    most = _others(due, pays, _standing(rows, shares, pays))
    net = _sum(due, most, rows[shares])
    found = sp.csr_array(sp.vstack([due, net]))
    limits = np.concatenate([limits, limits + most @ matrix.row_upper[shares]])
    names = [(kind, matrix.row_names[row][1]) for kind in ("due", "net") for row in funds]
    sound = np.flatnonzero(abs(found) @ ~np.isfinite(matrix.lower) == 0)
    return FundRows(sp.csr_array(found[sound]), limits[sound], tuple(names[number] for number in sound))


def _sum(rows: sp.csr_array, times: sp.csr_array, others: sp.csr_array) -> sp.csr_array:
    """Return rows + times others without what is left of coefficients that cancel."""
    found = sp.csr_array(rows + times @ others)
    size = sp.csr_array(abs(rows) + abs(times) @ abs(others))
    left = abs(found) - SLIGHT * size
    return sp.csr_array(found.multiply(left > 0))


def _limited(matrix: Matrix, constraint: str) -> NDArray[np.int64]:
    rows = matrix.rows_of(constraint)
    return rows[np.isfinite(matrix.row_upper[rows])]


def _standing(rows: sp.csr_array, chosen: NDArray[np.int64], columns: NDArray[np.int64]) -> sp.csr_array:
    """Return the matrix by which a row is multiplied to take some columns out of it with the chosen rows they stand in.

    All columns x chosen rows; each of the columns stands in one of these at most.
    """
    part = sp.coo_array(rows[chosen][:, columns])
    row, column = part.coords
    return sp.csr_array((1.0 / part.data, (columns[column], row)), shape=(rows.shape[1], len(chosen)))


def _others(due: sp.csr_array, pays: NDArray[np.int64], standing: sp.csr_array) -> sp.csr_array:
    """Return how often the rows of shares must be added for no payment of others to count against what is due."""
    less = sp.coo_array(sp.csr_array(due[:, pays]))
    row, column = less.coords
    of_share = sp.csr_array(standing[pays])
    shares, weight = np.full(len(pays), -1), np.zeros(len(pays))
    limited = np.diff(of_share.indptr) > 0
    shares[limited], weight[limited] = of_share.indices, of_share.data
    counts = (less.data < 0) & limited[column]
    row, column, wanted = row[counts], column[counts], -less.data[counts] * weight[column[counts]]
    most = np.zeros((due.shape[0], standing.shape[1]))
    np.maximum.at(most, (row, shares[column]), wanted)
    return sp.csr_array(most)
