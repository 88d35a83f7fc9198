"""The last pass: among plans that keep every limit of the objectives, the steadiest, and then the plainest.

Objectives are held as for an objective that comes after them: at their values and the slack. There are three steps.
First, falls of output are minimised with every whole number kept. Second, plans are searched with fewer changes of
crews and weekends, and without crews and weekends that have no work. Third, pledges and gifts are reduced to what is
needed, and common cost is paid by own funds first, then by cost key. A fall of output counts only in a period in which
something that is asked for is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed
from optimizer.solve.finish import rest
from optimizer.solve.highs import FEASIBILITY, Engine
from optimizer.solve.measured import Rows
from optimizer.solve.neighbourhoods import when
from optimizer.solve.progress import Clock
from optimizer.solve.tidiness import Columns, Tidiness

FALL = 0.04
"""Share by which output may fall from period to period before it counts in full; in the last year none."""
GENTLE = 0.2
"""What a fall that is no larger weighs against one that counts in full."""
LAST_YEAR = 15.0
"""Months before the end in which every fall counts in full: three more than a year, for what it falls from."""
CHANGE, WEEKEND = 0.01, 0.001
"""What a crew that joins or leaves, and a weekend more or less than the period before, weighs against the fall of an
item's mean output."""
SPENDING = 2000.0
"""Weight of the cost of a plan against its changes in the search of crews: in a large group a weekend without work must
weigh more than the change that its end is."""
NODES, SEARCH_SHARE = 200, 0.4
"""Most nodes of the search for fewer changes, and most of the time for tidying that it may take."""
STAFF_SHARE = 0.6
"""Most of the time for tidying that the search for crews without work may take."""
CREWS, MADE, PAID = ("run", "weekend"), "make", ("pay", "pay_capex")
"""Whole numbers that are tidied, what they are there for, and what follows from them."""
ABLE = ("effective", "gain")
"""What crews and expansions are used for, up to what they could do."""
NEAR = 6.0
"""Months before and after a fall in which crews and weekends are searched, where they are not searched everywhere."""
LITTLE = 1e-4
"""What unrest must fall by for a plan to change; 1 is the mean output of an item."""
MISSED = 1e-6
"""Share of an item's mean output a month below which nothing is missed."""


class Tidying:
    """The last pass over one plan.

    Parameters
    ----------
    matrix
        The model.
    what
        What is tidied.
    held
        Objectives and where they are held.
    money
        The objective by which the rest is settled.
    clock
        When to stop searching crews and weekends.
    last
        When to stop the linear programs beside that: on a busy machine a plan is tidied later, not left as it is.
    """

    def __init__(
        self,
        matrix: Matrix,
        what: Tidiness,
        held: Sequence[tuple[Objective, float]],
        money: Objective,
        clock: Clock,
        last: Clock,
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self._plain, self._what, self._held, self._money = matrix, what, held, money
        self._clock, self._last, self._threads, self._seed = clock, last, threads, seed

    def tidy(self, x: Floats, *, searching: bool, everywhere: bool) -> Floats:
        """Return the plan tidied, or as it is where nothing is found or HiGHS fails.

        Parameters
        ----------
        searching
            Whether other crews and weekends are searched; without slack there is no room for any.
        everywhere
            Whether that is over the whole horizon, or near falls of output alone.
        """
        frame = _Frame(self._plain, self._what, x)
        engine = Engine(frame.matrix, self._last, threads=self._threads, seed=self._seed)
        for objective, limit in self._held:
            engine.hold(frame.widened(objective), limit)
        try:
            start = frame.extended(x)
            best = self._steadier(engine, frame, start)
            best = self._fewer_changes(engine, frame, best, everywhere=everywhere) if searching else best
            best = self._cheapest(engine, frame, best, moved=best is not start)
            best = self._restaffed(engine, frame, best) if searching else best
            best = self._without_idle_weekends(engine, frame, best)
            return self._plainest(engine, frame, best)[: len(x)]
        except SolverError:
            return x

    # -- inside --------------------------------------------------------------------------------------
    def _restaffed(self, engine: Engine, frame: _Frame, x: Floats) -> Floats:
        """Find cheaper and steadier crews and weekends for what is made: none without work."""
        matrix, staffing = frame.matrix, frame.staffing(self._money, x)
        crews, made = matrix.mask(*CREWS), matrix.mask(MADE)
        low, high = fixed(matrix.lower, matrix.upper, x, matrix.integer & ~crews)
        low, high = np.where(made, (1 - MISSED) * x, low), np.where(made, (1 + MISSED) * x, high)
        engine.minimise(staffing)
        engine.integrality(matrix.integer & crews)
        engine.bounds(low, high)
        seconds = STAFF_SHARE * self._clock.left
        outcome = engine.run(seconds=seconds, gap=LITTLE, start=x, mip_max_nodes=NODES)
        if outcome.x is None or outcome.value > staffing.value(x) - LITTLE:
            return x
        with suppress(SolverError):
            return self._kept(engine, frame, outcome.x)
        return x

    def _without_idle_weekends(self, engine: Engine, frame: _Frame, x: Floats) -> Floats:
        """Take away weekends for whose work there is room without them, higher crews first."""
        matrix = frame.matrix
        runs = sorted(matrix.of(CREWS[1]).tolist(), key=lambda j: -matrix.columns[j][1][1])
        rows = Rows(matrix, x, adapting=matrix.mask(*PAID))
        for j in matrix.of(*ABLE).tolist():  # what crews could do, not only what they do
            rows.move(j, rows.x[j] + max(0.0, min(matrix.upper[j] - rows.x[j], rows.room(j, 1.0))))
        for j in runs:
            idle = min(rows.x[j] - matrix.lower[j], np.floor(rows.room(j, -1.0, FEASIBILITY) + FEASIBILITY))
            if idle >= 1:
                rows.move(j, rows.x[j] - idle)
        if np.array_equal(rows.x[runs], x[runs]):
            return x
        engine.minimise(frame.widened(self._money))
        with suppress(SolverError):
            return self._kept(engine, frame, rows.x, matrix.mask(MADE))
        return x

    def _steadier(self, engine: Engine, frame: _Frame, x: Floats) -> Floats:
        """Make falls of output small with every whole number kept."""
        if not frame.falls.costs.any():
            return x
        engine.minimise(frame.unrest)
        return self._better(frame, x, self._kept(engine, frame, x))

    def _fewer_changes(self, engine: Engine, frame: _Frame, x: Floats, *, everywhere: bool) -> Floats:
        """Search crews and weekends that come and go less, and let output fall less."""
        free = frame.free(x, everywhere=everywhere)
        if self._clock.over or not free.any():
            return x
        engine.minimise(frame.unrest)
        engine.integrality(free & frame.matrix.integer)
        engine.bounds(*fixed(frame.matrix.lower, frame.matrix.upper, x, frame.matrix.integer & ~free))
        outcome = engine.run(seconds=SEARCH_SHARE * self._clock.left, gap=FALL, start=x, mip_max_nodes=NODES)
        if outcome.x is None or self._better(frame, x, outcome.x) is x:
            return x
        with suppress(SolverError):
            return self._kept(engine, frame, outcome.x)
        return x

    def _better(self, frame: _Frame, x: Floats, other: Floats) -> Floats:
        """Return another plan if it is steadier by more than rounding, else the plan itself."""
        return other if frame.unrest.value(other) < frame.unrest.value(x) - LITTLE else x

    def _kept(self, engine: Engine, frame: _Frame, x: Floats, also: NDArray[np.bool_] | None = None) -> Floats:
        """Solve the rest with every whole number kept, and what else is masked.

        Raises
        ------
        SolverError
            When that fails.
        """
        integer = frame.matrix.integer
        engine.integrality(np.zeros_like(integer))
        low, high = fixed(frame.matrix.lower, frame.matrix.upper, x, integer)
        if also is not None:
            low, high = np.where(also, x, low), np.where(also, x, high)
        engine.bounds(low, high)
        outcome = rest(engine)
        if outcome.x is None or outcome.status != "optimal":
            raise SolverError("a plan could not be tidied")
        return np.where(integer, np.round(outcome.x), outcome.x)

    def _cheapest(self, engine: Engine, frame: _Frame, x: Floats, *, moved: bool) -> Floats:
        """Settle what is open by money, then by the other objectives, as in any finished plan."""
        engine.hold(frame.calm, frame.calm.value(x) + frame.matrix.room(frame.calm, frame.calm.value(x)))
        order = [frame.widened(self._money), *(frame.widened(o) for o, _ in self._held if o is not self._money)]
        for objective in order:
            if moved and objective.costs[~frame.matrix.integer].any():
                engine.minimise(objective)
                x = self._kept(engine, frame, x)
            value = objective.value(x)
            engine.hold(objective, value + frame.matrix.room(objective, value))
        return x

    def _plainest(self, engine: Engine, frame: _Frame, x: Floats) -> Floats:
        """Pledge and give no more than is needed, and pay by own funds first, then by cost key."""
        if frame.plain.value(x) <= LITTLE:
            return x
        engine.minimise(frame.plain)
        with suppress(SolverError):
            return self._kept(engine, frame, x, frame.settled(x))
        return x


class _Frame:
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
        """Return the cost of a plan, in shares of what it is, beside its unrest."""
        share = SPENDING / max(1.0, abs(money.value(x[: self._n])))
        costs = self.widened(money).costs * share + self.unrest.costs
        return Objective("staffing", costs, money.constant * share)

    def extended(self, x: Floats) -> Floats:
        """Return a plan with what its falls, weekends and shares come to."""
        found = np.concatenate([x, np.zeros(len(self.matrix.lower) - self._n)])
        for columns, values, own in self._rows:
            found[own] = max(found[own], float(values @ x[columns]))
        return found

    def settled(self, x: Floats) -> NDArray[np.bool_]:
        """Return what the plainest plan keeps: all but payments, where nothing is pledged or given."""
        mask = np.zeros(len(x), dtype=bool)
        if x[self._what.small].sum() <= LITTLE:
            mask[: self._n] = True
            mask[self.matrix.of("pay", "pay_capex")] = False
        return mask

    def free(self, x: Floats, *, everywhere: bool) -> NDArray[np.bool_]:
        """Return what may be decided otherwise: crews and weekends, near falls that are left or everywhere."""
        mask = self.matrix.mask(*CREWS)
        if everywhere:
            return mask
        fallen = [
            month
            for k, (month, weight) in enumerate(zip(self._when, self._weights, strict=True))
            if weight == 1.0 and x[self._n + k] > MISSED
        ]
        near = np.zeros_like(mask)
        columns = np.flatnonzero(mask)
        if fallen and len(columns):
            times = when(self.matrix, columns) * self._what.months.sum()
            distance = np.abs(times[:, None] - np.array(fallen)[None, :]).min(axis=1)
            near[columns[distance <= NEAR]] = True
        return near

    # -- inside --------------------------------------------------------------------------------------
    def _add_falls(self, what: Tidiness, x: Floats) -> int:
        ends = np.cumsum(what.months)
        for flow in what.flows:
            rates = np.array([x[made].sum() for made in flow.made]) / what.months
            mean = float(rates.mean())
            if mean <= 0:
                continue
            for t in range(1, len(rates)):
                missed = sum(float(x[part].sum()) for part in flow.missed[t : t + 1]) / what.months[t]
                if missed <= MISSED * mean or not len(flow.made[t - 1]):
                    continue
                columns = np.concatenate([flow.made[t - 1], flow.made[t]])
                before = np.full(len(flow.made[t - 1]), 1 / what.months[t - 1] / mean)
                after = np.full(len(flow.made[t]), -1 / what.months[t] / mean)
                late = ends[t] > ends[-1] - LAST_YEAR
                for share, weight in ((0.0, 1.0),) if late else ((FALL, 1.0), (0.0, GENTLE)):
                    values = np.concatenate([(1 - share) * before, after])
                    self._rows.append((columns, values, self._n + len(self._when)))
                    self._when.append(float(ends[t - 1]))
                    self._weights.append(weight)
        return len(self._when)

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
        names = [("beside", (k,)) for k in range(more)]
        joined = replace(
            matrix,
            rows=wide,
            lower=np.concatenate([matrix.lower, nothing]),
            upper=np.concatenate([matrix.upper, np.full(more, np.inf)]),
            integer=np.concatenate([matrix.integer, nothing.astype(bool)]),
            column_scale=np.concatenate([matrix.column_scale, ones]),
            columns=(*matrix.columns, *names),
            position={**matrix.position, **{name: self._n + k for k, name in enumerate(names)}},
        )
        return joined.with_rows([("beside", (r,)) for r in range(len(self._rows))], rows, np.zeros(len(self._rows)))
