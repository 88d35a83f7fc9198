"""A bound by Lagrangian decomposition: the relaxation splits by item once the rows that items share have prices.

An item, its components, and the lines and plants that make them share only some rows with other items: those of funds,
people, starts a year, and of the components they use. Each of these rows is replaced by a price. Then every block is
solved by itself, faster than the whole relaxation, and the sum is a bound at any prices. The prices of a model of
review blocks (sketch.py), which has the same rows for longer periods, are close to the best.

What others use of a component stays in the block that makes it, as a column between a least and a most value. Without
it that block would be unbounded at a price that is a little too high.

Source: Geoffrion, "Lagrangean relaxation for integer programming" (1974); what is used up is doubled as in Guignard
and Kim, "Lagrangean decomposition" (1987).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, Objective, places
from optimizer.solve.program import Program, least_of, useful
from optimizer.structure import Constraints, Variables

USED_UP = "used up"
"""What others use up, as a column of the block that makes it."""
SMALL_SHARE = 0.02
"""Share of all columns below which blocks are solved together, in one."""
LARGEST_SHARE = 0.5
"""Share of all columns in one block from which a split is of no use."""


@dataclass(frozen=True)
class Split:
    """The relaxation of a problem in blocks.

    Parameters
    ----------
    matrix
        The problem.
    objective
        What is minimised.
    slack
        Rows that are left out: without them the bound holds all the same.
    """

    matrix: Matrix
    objective: Objective
    slack: NDArray[np.int64]

    @property
    def useful(self) -> bool:
        """Tell whether the problem falls apart into blocks of which none is nearly all of it."""
        return bool(np.bincount(self._block).max() < LARGEST_SHARE * len(self._block))

    def bound(self, prices: Floats, relaxed: Callable[[Matrix], float]) -> float:
        """Return the bound that prices of the shared rows prove; -inf when they prove nothing.

        Parameters
        ----------
        prices
            Of the shared rows (`useful_prices`): rise of the objective per unit of right side.
        relaxed
            Returns a bound of the linear relaxation of a block.
        """
        lower, upper = self.matrix.row_lower[self.shared], self.matrix.row_upper[self.shared]
        costs = self.objective.costs - self._elsewhere.T @ prices
        total = self.objective.constant + least_of(np.where(self.at_home, 0.0, prices), lower, upper)
        for block in range(self._block.max() + 1):
            total += relaxed(self._part(block, costs, prices))
            if not np.isfinite(total):
                break
        return total

    def useful_prices(self, prices: Floats) -> Floats:
        """Return the prices of the shared rows from those of all rows: none of a side that a row does not have."""
        lower, upper = self.matrix.row_lower[self.shared], self.matrix.row_upper[self.shared]
        price = prices[self.shared]
        return np.where(self.at_home, price, useful(price, lower, upper))

    @property
    def at_home(self) -> NDArray[np.bool_]:
        """Tell which shared rows stay in a block, with a column for what others use up."""
        return self._home >= 0

    @cached_property
    def shared(self) -> NDArray[np.int64]:
        """Return the rows in which blocks meet."""
        return np.flatnonzero(self._first != self._last)

    # -- blocks -----------------------------------------------------------------------------------------
    @property
    def blocks(self) -> list[NDArray[np.int64]]:
        """Return the columns of each block."""
        return [np.flatnonzero(self._block == block) for block in range(self._block.max() + 1)]

    @property
    def links(self) -> NDArray[np.int64]:
        """Return what binds blocks together: amounts in shared rows alone, and those of no large block, as payments."""
        row, column = places(self.matrix.rows)
        own = np.bincount(column[(self._first == self._last)[row]], minlength=len(self._block))
        rest = len(self._components[1])  # the number of the block after the large ones
        return np.flatnonzero(~self.matrix.integer & ((own == 0) | (self._block == rest)))

    @cached_property
    def _block(self) -> NDArray[np.int64]:
        """Return the block of each column; the smallest ones are one, the rest."""
        block, large = self._components
        number = np.full(block.max() + 1, len(large))
        number[large] = np.arange(len(large))
        return np.asarray(number[block], dtype=np.int64)

    @cached_property
    def _components(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the component of each column, of those that own rows hold together, and which of them are large."""
        from scipy.sparse.csgraph import connected_components  # takes as long to load as a small search

        own = self._own
        n_rows, n_columns = own.shape
        linked = sp.csr_array(sp.bmat([[None, own], [sp.csr_array((n_columns, n_rows)), None]]))
        _, found = connected_components(linked, directed=False)
        _, block, sizes = np.unique(found[n_rows:], return_inverse=True, return_counts=True)
        return block, np.flatnonzero(sizes >= SMALL_SHARE * n_columns)

    @cached_property
    def _free(self) -> sp.csr_array:
        """Return the rows without the columns that have one value only."""
        return _kept(self.matrix.rows, (self.matrix.lower < self.matrix.upper)[self.matrix.rows.indices])

    @cached_property
    def _own(self) -> sp.csr_array:
        """Return the entries that hold blocks together: of balances, all but what is used up for other items."""
        matrix, rows = self.matrix, self._free
        balances, made = matrix.rows_of(Constraints.BALANCES), matrix.of(Variables.OUTPUT)
        of_item = [matrix.row_names[row][1][1] for row in balances]
        items = {item: number for number, item in enumerate(sorted(set(of_item)))}
        of_row, of_column = np.full(len(matrix.row_names), -1), np.full(len(matrix.columns), -1)
        of_row[balances] = [items[item] for item in of_item]
        of_column[made] = [items.get(matrix.columns[column][1][1], -2) for column in made]
        shared = np.zeros(len(matrix.row_names), dtype=bool)
        shared[matrix.rows_of(Constraints.SHARED, Constraints.SHARED_BY_PERIOD)] = True
        row, column = places(rows)
        used_up = (of_row[row] >= 0) & (of_column[column] != -1) & (of_column[column] != of_row[row])
        return _kept(rows, ~used_up & ~shared[row])

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        """Return the first block that each row stands in; rows without a free column: 0."""
        return self._extreme(np.minimum)

    @cached_property
    def _last(self) -> NDArray[np.int64]:
        return self._extreme(np.maximum)

    def _extreme(self, which: np.ufunc) -> NDArray[np.int64]:
        column = self._free.indices
        found = np.zeros(self._free.shape[0], dtype=np.int64)
        filled = np.diff(self._free.indptr) > 0
        if filled.any():
            found[filled] = which.reduceat(self._block[column], self._free.indptr[:-1][filled])
        return found

    # -- what is shared ---------------------------------------------------------------------------------
    @cached_property
    def _home(self) -> NDArray[np.int64]:
        """Return the block in which each shared row stays, with a column for what others use up; -1: in none."""
        own = self._own[self.shared]
        home = np.full(own.shape[0], -1)
        filled = np.diff(own.indptr) > 0
        home[filled] = self._block[own.indices[own.indptr[:-1][filled]]]
        return home

    @cached_property
    def _elsewhere(self) -> sp.csr_array:
        """Return the entries of shared rows that have a price: all but those at home."""
        rows = sp.csr_array(self.matrix.rows[self.shared])
        row, column = places(rows)
        return _kept(rows, self._block[column] != self._home[row])

    @cached_property
    def _range(self) -> tuple[Floats, Floats]:
        """Return least and most of what stands elsewhere in the shared rows."""
        m, rows = self.matrix, self._elsewhere
        program = Program(m.rows, m.row_lower, m.row_upper, m.lower, m.upper, self.objective.costs, 0.0)
        upper = program.implied_upper()
        row, column = places(rows)
        low, high = rows.data * m.lower[column], rows.data * upper[column]
        n = rows.shape[0]
        least, most = (np.bincount(row, end, n) for end in (np.minimum(low, high), np.maximum(low, high)))
        return least.astype(float), most.astype(float)

    # -- blocks as problems of their own ------------------------------------------------------------------
    def _part(self, block: int, costs: Floats, price: Floats) -> Matrix:
        """Return a block as a problem of its own, at the prices of what is shared."""
        matrix = self.matrix
        inside = self._block == block
        columns = np.flatnonzero(inside)
        mine = (self._first == block) & (self._last == block)
        mine[self.slack] = False
        mine &= np.diff(self._free.indptr) > 0
        home = np.flatnonzero(self._home == block)
        rows = np.concatenate([np.flatnonzero(mine), self.shared[home]])
        fixed_there = np.where(inside | (matrix.lower < matrix.upper), 0.0, matrix.lower)
        shift = np.concatenate([matrix.rows[np.flatnonzero(mine)] @ fixed_there, np.zeros(len(home))])
        others = sp.csr_array(
            (np.ones(len(home)), (np.arange(len(rows) - len(home), len(rows)), np.arange(len(home)))),
            shape=(len(rows), len(home)),
        )
        names = (
            *(matrix.columns[j] for j in columns),
            *((USED_UP, matrix.row_names[row][1]) for row in self.shared[home]),
        )
        least, most = self._range
        return Matrix(
            rows=sp.csr_array(sp.hstack([matrix.rows[rows][:, columns], others])),
            row_lower=matrix.row_lower[rows] - shift,
            row_upper=matrix.row_upper[rows] - shift,
            lower=np.concatenate([matrix.lower[columns], least[home]]),
            upper=np.concatenate([matrix.upper[columns], most[home]]),
            integer=np.zeros(len(columns) + len(home), dtype=bool),
            objectives=(Objective(self.objective.name, np.concatenate([costs[columns], price[home]]), 0.0),),
            row_scale=matrix.row_scale[rows],
            column_scale=np.concatenate([matrix.column_scale[columns], 1.0 / matrix.row_scale[self.shared[home]]]),
            row_names=tuple(matrix.row_names[row] for row in rows),
            columns=names,
            position={name: j for j, name in enumerate(names)},
            structure=matrix.structure,
        )


def _kept(rows: sp.csr_array, entries: NDArray[np.bool_]) -> sp.csr_array:
    """Return a matrix with some of its entries only."""
    counts = np.bincount(places(rows)[0][entries], minlength=rows.shape[0])
    pointers = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_array((rows.data[entries], rows.indices[entries], pointers), shape=rows.shape)
