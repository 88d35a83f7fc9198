"""The model of the last pass: with columns for falls of output, for changes, and for what nobody would ask for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.neighbourhoods import when
from optimizer.solve.tidiness import Columns, Flow, Tidiness
from optimizer.structure import Variables

STAFFED = (Variables.CREWS, Variables.WEEKENDS)
"""Whole numbers that are tidied."""
FALL = 0.04
"""Share by which output may fall from period to period before it counts in full; in the last year none."""
GENTLE = 0.2
"""What a fall that is no larger weighs against one that counts in full."""
QUARTER, DROP, STEEP = 3.0, 0.09, 2.0
"""Months before, the share by which output may be below their mean, and what a fall beyond that weighs on top: falls
are spread, so that none is a tenth (measured: see CONTRIBUTING.md)."""
LATE = 2.0
"""What a fall in the last year weighs."""
LAST_YEAR = 15.0
"""Months before the end in which every fall counts in full: three more than a year, for what it falls from."""
CHANGE, WEEKEND = 0.01, 0.001
"""What a crew that joins or leaves, and a weekend more or less than the period before, weighs against the fall of an
item's mean output."""
SPENDING = 2000.0
"""Weight of the cost of a plan against its changes in the search of crews: in a large group a weekend without work must
weigh more than the change that its end is."""
AMOUNTS = (Variables.STAFF, Variables.CAPACITY, Variables.OUTPUT, Variables.FLOWS, Variables.ORDERS)
"""Continuous variables by period."""
BESIDE = "beside"
"""Name of what a frame adds to the model: it follows, too."""
NEAR = 6.0
"""Months before and after a fall in which crews and weekends are searched, where they are not searched everywhere."""
RUN_UP = 12.0
"""Months before those in which all else follows what is searched, too; before them it stays."""
LITTLE = 1e-4
"""What unrest must fall by for a plan to change; 1 is the mean output of an item."""
MISSED = 1e-6
"""Share of an item's mean output below which nothing is missed."""


class Frame:
    """The model with columns for falls, for weekends more or less, and for payments beyond the cost key."""

    def __init__(self, matrix: Matrix, what: Tidiness, x: Floats) -> None:
        self._n, self._what = len(matrix.lower), what
        self._rows: list[tuple[Columns, Floats, int]] = []
        self._when: list[float] = []  # of each fall
        self._weights: list[float] = []
        falls = self._add_falls(what, x)
        weekends = self._add_weekends(what)
        shares = self._add_shares(what, x)
        self.matrix = self._joined(matrix, falls + weekends + shares)
        costs = np.zeros(len(self.matrix.lower))
        costs[self._n : self._n + falls] = self._weights
        self.falls = Objective("falls of output", costs, 0.0)
        costs = costs.copy()
        costs[what.changes] = CHANGE
        self.calm = Objective("falls of output and changes of crews", costs.copy(), 0.0)
        costs[self._n + falls : self._n + falls + weekends] = WEEKEND
        self.unrest = Objective("unrest", costs, 0.0)
        costs = np.zeros(len(self.matrix.lower))
        paid, ranks = what.foreign
        costs[paid] = ranks / max(1.0, float(x[paid].sum()))
        costs[what.small] = 1 / max(1.0, float(x[what.small].sum()))
        costs[self._n + falls + weekends :] = 1.0
        self.plain = Objective("plainness", costs, 0.0)

    def widened(self, objective: Objective) -> Objective:
        """Return an objective of the model over the columns of the frame."""
        more = np.zeros(len(self.matrix.lower) - self._n)
        return replace(objective, costs=np.concatenate([objective.costs, more]))

    def staffing(self, money: Objective, x: Floats) -> Objective:
        """Return the cost of a plan, in shares of what it is, beside its unrest, and crews that cost nothing."""
        share = SPENDING / max(1.0, abs(money.value(x[: self._n])))
        costs = self.widened(money).costs * share + self.unrest.costs
        costs[self.matrix.of(*STAFFED)] += WEEKEND
        return Objective("staffing", costs, money.constant * share)

    def extended(self, x: Floats) -> Floats:
        """Return a plan with what its falls, weekends and shares come to."""
        found = np.concatenate([x, np.zeros(len(self.matrix.lower) - self._n)])
        for columns, values, own in self._rows:
            found[own] = max(found[own], float(values @ x[columns]))
        return found

    def settled(self, x: Floats) -> NDArray[np.bool_]:
        """Return what the plainest plan keeps: what is made; where nothing is pledged or given, all but payments."""
        mask = self.matrix.mask(Variables.OUTPUT)
        if x[self._what.small].sum() <= LITTLE:
            mask[: self._n] = True
            mask[self.matrix.of(Variables.PAYMENTS)] = False
        return mask

    def free(self, x: Floats, *, everywhere: bool) -> NDArray[np.bool_]:
        """Return what may be decided otherwise: crews and weekends, near falls that are left or everywhere."""
        mask = self.matrix.mask(*STAFFED)
        if everywhere:
            return mask
        fallen = [
            month
            for k, (month, weight) in enumerate(zip(self._when, self._weights, strict=True))
            if weight >= 1.0 and x[self._n + k] > MISSED
        ]
        near = np.zeros_like(mask)
        columns = np.flatnonzero(mask)
        if fallen and len(columns):
            times = when(self.matrix, columns) * self._what.months.sum()
            distance = np.abs(times[:, None] - np.array(fallen)[None, :]).min(axis=1)
            near[columns[distance <= NEAR]] = True
        return near

    def leaving(self, x: Floats) -> NDArray[np.bool_]:
        """Return the crews that leave in the last year, from then on, with their weekends: few, and they could stay."""
        mask, crews = np.zeros_like(self.matrix.integer), set()
        for chain in self.matrix.chains(Variables.CREWS):
            leaves = np.flatnonzero((np.diff(np.round(x[chain])) < 0) & self._late(chain)[1:])
            if len(leaves):
                mask[chain[leaves[0] + 1 :]] = True
                crews.add(self.matrix.columns[chain[0]][1][:-1])
        weekends = self.matrix.of(Variables.WEEKENDS)
        if crews and len(weekends):
            theirs = np.array([self.matrix.columns[j][1][:-1] in crews for j in weekends.tolist()])
            mask[weekends[self._late(weekends) & theirs]] = True
        return mask

    def before(self, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return what is done some months before anything that is free, and earlier."""
        mask, columns, months = np.zeros_like(free), self.matrix.of(*AMOUNTS), self._what.months.sum()
        first = when(self.matrix, np.flatnonzero(free)).min() * months - RUN_UP
        mask[columns] = when(self.matrix, columns) * months < first
        return mask

    # -- inside --------------------------------------------------------------------------------------
    def _late(self, columns: Columns) -> NDArray[np.bool_]:
        """Tell which columns are decided in the last year."""
        months = self._what.months.sum()
        return np.asarray(when(self.matrix, columns) * months > months - LAST_YEAR)

    def _add_falls(self, what: Tidiness, x: Floats) -> int:
        ends = np.cumsum(what.months)
        for flow in what.flows:
            rates = np.array([x[made].sum() for made in flow.made]) / what.months
            mean = float(rates.mean())
            if mean <= 0:
                continue
            missed = np.cumsum([x[part].sum() for part in flow.missed[::-1]])[::-1]
            for t in range(1, len(rates)):
                if missed[t] <= MISSED * mean * what.months[t:].sum() or not len(flow.made[t - 1]):
                    continue
                late = ends[t] > ends[-1] - LAST_YEAR
                for share, weight in ((0.0, LATE),) if late else ((FALL, 1.0), (0.0, GENTLE)):
                    self._add_fall(flow, mean, t - 1, t, share, weight)
                quarter = int(np.searchsorted(ends, ends[t - 1] - QUARTER, side="right"))
                self._add_fall(flow, mean, quarter, t, DROP, STEEP)
        return len(self._when)

    def _add_fall(self, flow: Flow, mean: float, first: int, t: int, share: float, weight: float) -> None:
        """Add what the output of a period is below that of the periods from `first` on, less a share of it."""
        months, before = self._what.months, np.concatenate(flow.made[first:t])
        rate = np.full(len(before), (1 - share) / months[first:t].sum() / mean)
        values = np.concatenate([rate, np.full(len(flow.made[t]), -1 / months[t] / mean)])
        self._rows.append((np.concatenate([before, flow.made[t]]), values, self._n + len(self._when)))
        self._when.append(float(months[:t].sum()))
        self._weights.append(weight)

    def _add_weekends(self, what: Tidiness) -> int:
        first = self._n + len(self._when)
        count = 0
        for runs in what.weekends:
            for before, after in pairwise(runs.tolist()):
                pair = np.array([before, after], dtype=np.int64)
                for sign in (1.0, -1.0):
                    self._rows.append((pair, np.array([sign, -sign]), first + count))
                count += 1
        return count

    def _add_shares(self, what: Tidiness, x: Floats) -> int:
        first = self._rows[-1][2] + 1 if self._rows else self._n
        count = 0
        for columns, keys in what.shares:
            whole = max(1.0, float(x[columns].sum()))
            for k in range(len(columns)):
                values = (np.eye(len(columns))[k] - keys[k]) / whole
                self._rows.append((columns, values, first + count))
                count += 1
        return count

    def _joined(self, matrix: Matrix, more: int) -> Matrix:
        """Return the model with columns >= 0 and the rows `values x <= column`."""
        n = self._n + more
        wide = sp.csr_array((matrix.rows.data, matrix.rows.indices, matrix.rows.indptr), (matrix.rows.shape[0], n))
        counts = [len(columns) + 1 for columns, _, _ in self._rows]
        indices = np.concatenate([np.append(columns, own) for columns, _, own in self._rows] or [np.array([], int)])
        values = np.concatenate([np.append(given, -1.0) for _, given, _ in self._rows] or [np.array([])])
        rows = sp.csr_array((values, indices, np.cumsum([0, *counts])), (len(self._rows), n))
        ones, nothing = np.ones(more), np.zeros(more)
        names = [(BESIDE, (k,)) for k in range(more)]
        joined = replace(
            matrix,
            rows=wide,
            lower=np.concatenate([matrix.lower, nothing]),
            upper=np.concatenate([matrix.upper, np.full(more, np.inf)]),
            integer=np.concatenate([matrix.integer, nothing.astype(bool)]),
            column_scale=np.concatenate([matrix.column_scale, ones]),
            columns=(*matrix.columns, *names),
            position={**matrix.position, **{name: self._n + k for k, name in enumerate(names)}},
            known=None if matrix.known is None else matrix.known | {BESIDE},
        )
        return joined.with_rows([(BESIDE, (r,)) for r in range(len(self._rows))], rows, np.zeros(len(self._rows)))
