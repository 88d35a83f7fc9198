"""HiGHS: owns `highspy.Highs`, hands matrices over, asks, listens, and reads answers back.

Everything outside is in the user's units; scaling is applied on the way in and undone on the way
out. HiGHS minimises; a run never raises for time or infeasibility, it says so in its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.cuts import Cut
from optimizer.solve.interior import PERTURBATION, PRICING, SIMPLEX, relax
from optimizer.solve.matrix import Floats, Matrix, Objective, fixed
from optimizer.solve.program import Program, program_in
from optimizer.solve.progress import Clock

FEASIBILITY = 1e-7
"""Largest violation of a scaled row that HiGHS may leave."""

MIP_FEASIBILITY = 1e-9
"""The same in mixed-integer runs. With the default of 1e-6 presolve was seen to cut off optima, and to
prove false bounds, where a held objective leaves little room."""

PERTURBATION_WARM = 0.1
"""Multiplier of the cost perturbation from a basis, which more would take far from dual feasible: with 10 nodes took
a half longer, of larger plans four times as long, with 1 up to a half longer."""

PARALLEL_RULE = 1 << 13
"""Bit of the rule of presolve that merges parallel rows and columns."""

RESTARTS = False
"""Whether mixed-integer runs restart at the root. On the small example restarts took four fifths of the time."""

Given = TypeVar("Given")
Answer = TypeVar("Answer")

_STATUS = highspy.HighsModelStatus
_NAMES = {
    _STATUS.kOptimal: "optimal",
    _STATUS.kInfeasible: "infeasible",
    _STATUS.kUnbounded: "unbounded",
    _STATUS.kUnboundedOrInfeasible: "infeasible or unbounded",
    _STATUS.kTimeLimit: "time limit",
    _STATUS.kInterrupt: "interrupted",
    _STATUS.kObjectiveBound: "bound reached",
    _STATUS.kObjectiveTarget: "target reached",
    _STATUS.kSolutionLimit: "node limit",
    _STATUS.kIterationLimit: "iteration limit",
    _STATUS.kModelEmpty: "optimal",
}


@dataclass(frozen=True)
class Outcome:
    """Answer of one run.

    Attributes
    ----------
    status
        ``optimal`` (within the gap asked for), ``infeasible``, ``unbounded``, ``time limit``,
        ``interrupted``, ``node limit``, ...
    x
        Best solution in the user's units, or None.
    value, bound
        Of the objective in the user's units; bound is -inf when nothing is proven.
    basis
        From which to go on when more is decided, where it was kept; None: without one.
    """

    status: str
    x: Floats | None
    value: float
    bound: float
    basis: Any = None


class Engine:
    """One model inside HiGHS, whose objective, bounds and integrality change between runs.

    Parameters
    ----------
    matrix
        The model.
    clock
        When to stop.
    threads, seed
        Of HiGHS; threads None lets HiGHS decide.

    Raises
    ------
    SolverError
        When HiGHS refuses the model.
    """

    def __init__(self, matrix: Matrix, clock: Clock, *, threads: int | None = None, seed: int = 0) -> None:
        self.matrix = matrix
        self.clock = clock
        self.seed = seed
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()
        self._objective = Objective("none", np.zeros(len(matrix.lower)), 0.0)
        self._sigma = 1.0
        self._integer = matrix.integer.copy()
        self._listener: Callable[[float | None, float | None], None] | None = None
        self._limit_over = float("inf")
        self._counts: dict[int, float] = {}
        self.highs = highspy.Highs()
        self._option("log_to_console", False)  # with output off altogether HiGHS tells no progress
        self._option("random_seed", seed)
        self._option("primal_feasibility_tolerance", FEASIBILITY)
        self._option("mip_feasibility_tolerance", MIP_FEASIBILITY)
        self._option("simplex_dual_edge_weight_strategy", PRICING)
        self._option("mip_allow_restart", RESTARTS)
        if threads:
            highspy.Highs.resetGlobalScheduler(True)
            self._option("threads", threads)
        self._pass()
        self.highs.cbMipInterrupt += self._on_interrupt
        self.highs.cbSimplexInterrupt += self._on_interrupt
        self.highs.cbMipLogging += self._on_logging

    @property
    def row_count(self) -> int:
        """Return how many rows there are, added ones too."""
        return int(self.highs.getNumRow())

    # -- changing the model ------------------------------------------------------------------------
    def minimise(self, objective: Objective) -> None:
        """Take an objective, scaled so that its typical coefficient is near 1."""
        self._objective = objective
        costs = objective.costs * self.matrix.column_scale
        sizes = np.abs(costs[costs != 0])
        self._sigma = _row_scale(self.matrix, objective)
        if len(sizes) and sizes.max() * self._sigma > 1e6:
            self._sigma = float(np.exp2(np.floor(np.log2(1e6 / sizes.max()))))
        n = len(costs)
        self.highs.changeColsCost(n, np.arange(n, dtype=np.int32), costs * self._sigma)
        self.highs.changeObjectiveOffset(objective.constant * self._sigma)

    def hold(self, objective: Objective, limit: float) -> int:
        """Add the row `objective <= limit`, scaled so that its typical coefficient is near 1, and return its number."""
        scale = _row_scale(self.matrix, objective)
        self.add(np.arange(len(objective.costs)), objective.costs * scale, (limit - objective.constant) * scale)
        return self.row_count - 1

    def limit(self, row: int, objective: Objective, limit: float) -> None:
        """Change the limit of a row added by `hold`."""
        scale = _row_scale(self.matrix, objective)
        self.highs.changeRowBounds(row, -highspy.kHighsInf, (limit - objective.constant) * scale)

    def add(self, columns: NDArray[np.int64], values: Floats, limit: float) -> None:
        """Add the row sum values x[columns] <= limit."""
        kept = np.flatnonzero(values)
        scaled = values[kept] * self.matrix.column_scale[columns[kept]]
        self.highs.addRow(-highspy.kHighsInf, limit, len(kept), columns[kept].astype(np.int32), scaled)

    def add_cuts(self, cuts: Iterable[Cut]) -> None:
        """Add cuts as rows."""
        for cut in cuts:
            self.add(cut.columns, cut.values, cut.limit)

    def drop(self, rows: Sequence[int]) -> None:
        """Take away rows that were added; rows added after them move up."""
        self.highs.deleteRows(len(rows), np.array(rows, dtype=np.int32))

    def count(self, columns: NDArray[np.int64]) -> int:
        """Add a free row that sums some columns and return its number."""
        ones = np.ones(len(columns))
        self.highs.addRow(-highspy.kHighsInf, highspy.kHighsInf, len(columns), columns.astype(np.int32), ones)
        return self.row_count - 1

    def at_least(self, counts: Mapping[int, float]) -> None:
        """Ask for the least sums of rows added by `count`; 0 asks for nothing."""
        for row, least in counts.items():
            if self._counts.get(row, 0.0) != least:
                self.highs.changeRowBounds(row, least or -highspy.kHighsInf, highspy.kHighsInf)
                self._counts[row] = least

    def integrality(self, mask: NDArray[np.bool_]) -> None:
        """Make exactly these columns integer."""
        self._integer = mask.copy()
        kinds = np.where(mask, np.uint8(1), np.uint8(0)).astype(np.uint8)
        self.highs.changeColsIntegrality(len(kinds), np.arange(len(kinds), dtype=np.int32), kinds)

    def bounds(self, lower: Floats, upper: Floats) -> None:
        """Set the bounds of all columns."""
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper)).astype(np.int32)
        if len(changed):
            scale = self.matrix.column_scale[changed]
            self.highs.changeColsBounds(len(changed), changed, lower[changed] / scale, upper[changed] / scale)
        self.lower, self.upper = lower.copy(), upper.copy()

    def row_bounds(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Set the bounds of some rows."""
        scale = self.matrix.row_scale[rows]
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower * scale, upper * scale)

    @contextmanager
    def without(self, rows: NDArray[np.int64]) -> Iterator[None]:
        """Let some rows of the model go for a while; the basis of a run meanwhile is one of the whole model, too."""
        endless = np.full(len(rows), np.inf)
        self.row_bounds(rows, -endless, endless)
        try:
            yield
        finally:
            self.row_bounds(rows, self.matrix.row_lower[rows], self.matrix.row_upper[rows])

    # -- asking -------------------------------------------------------------------------------------
    def run(
        self,
        *,
        seconds: float | None = None,
        gap: float = 0.0,
        start: Floats | None = None,
        basis: Any = None,
        cutoff: float = np.inf,
        listener: Callable[[float | None, float | None], None] | None = None,
        **options: Any,
    ) -> Outcome:
        """Solve as it stands.

        Parameters
        ----------
        seconds
            Longest run; cut to what the clock leaves.
        gap
            Relative gap at which a mixed-integer run may end.
        start
            A solution to start from (mixed-integer runs).
        basis
            To start from (linear runs).
        cutoff
            A linear run from a dual feasible basis ends when its bound reaches this.
        listener
            Called with (value, bound) in the user's units as they change.
        **options
            Further HiGHS options for this run only.
        """
        seconds = min(self.clock.left, float("inf") if seconds is None else seconds)
        if self.clock.stopped or seconds <= 0:
            return Outcome("interrupted" if self.clock.stopped else "time limit", None, np.inf, -np.inf)
        self._listener = listener
        self._limit_over = self.clock.seconds + seconds
        # HiGHS counts a mixed-integer run from its own start, a linear one from the first run of all
        self._option("time_limit", seconds if self._integer.any() else self.highs.getRunTime() + seconds)
        self._option("mip_rel_gap", gap)
        self._option("objective_bound", cutoff * self._sigma)
        if basis is not None:
            self.highs.setBasis(self._completed(basis))
        warm = self.highs.getBasis().valid
        self._option("dual_simplex_cost_perturbation_multiplier", PERTURBATION_WARM if warm else PERTURBATION)
        before = {name: self.highs.getOptionValue(name)[1] for name in options}
        for name, value in options.items():
            self._option(name, value)
        if self._integer.any():
            self.forget()  # HiGHS would complete the last solution in a problem of its own, and tell of its bounds
        if start is not None:
            self._pass_start(start)
        status = self.highs.run()
        if self.highs.getModelStatus() == _STATUS.kUnboundedOrInfeasible:  # presolve does not tell which
            self._option("presolve", "off")
            status = self.highs.run()
            self._option("presolve", "choose")
        for name, value in before.items():
            self._option(name, value)
        try:
            return self._outcome(status)
        except SolverError:
            if not self._integer.any():
                return self._again()
            left = np.array(self.highs.getSolution().col_value)  # there, though HiGHS calls it invalid
            if not left.any():
                raise
            return self._settled(left * self.matrix.column_scale)

    def relax(
        self,
        *,
        seconds: float,
        method: Mapping[str, Any] = SIMPLEX,
        chains: Sequence[NDArray[np.int64]] = (),
        threads: int | None = None,
    ) -> Outcome:
        """Solve the linear relaxation for its value, its answer and a bound, without a basis.

        Parameters
        ----------
        seconds
            Longest run; cut to what the clock leaves.
        method
            `SIMPLEX` or `INTERIOR_POINT`, which holds rows to its own accuracy only.
        chains
            Columns that follow each other in time, to enter as running totals.
        threads
            For this run; None for those of the engine. A number asks that no other engine runs meanwhile.

        Returns
        -------
        Outcome
            ``optimal`` with a bound that holds even so, -inf at worst; ``failed`` with nothing.
        """
        seconds = min(seconds, self.clock.left)
        if self.clock.stopped or seconds <= 0:
            return Outcome("failed", None, np.inf, -np.inf)
        scale = self.matrix.column_scale
        weights = [(columns, scale[columns]) for columns in chains]
        found = relax(
            program_in(self.highs),
            weights,
            method=method,
            seconds=seconds,
            threads=threads,
            stopped=lambda: self.clock.stopped,
        )
        if found is None:
            return Outcome("failed", None, np.inf, -np.inf)
        x = np.clip(found.x * scale, self.lower, self.upper)
        return Outcome("optimal", x, self._objective.value(x), found.bound / self._sigma)

    def violation(self, x: Floats) -> float:
        """Return by how much a solution violates a scaled row of the model at most."""
        matrix = self.matrix
        activity = matrix.rows @ x
        over = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper) * matrix.row_scale
        return float(max(over.max(initial=0.0), 0.0))

    def prices(self) -> Floats:
        """Return the duals of the model's rows after a linear run: rise of the objective per unit of right side."""
        duals = np.array(self.highs.getSolution().row_dual)[: len(self.matrix.row_scale)]
        return np.asarray(duals * self.matrix.row_scale / self._sigma)

    def release(self) -> None:
        """Free every row that was added since the model was handed over."""
        for row in range(len(self.matrix.row_scale), self.row_count):
            self.highs.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)

    def reached(self) -> float:
        """Return how far the objective of the last linear run had come when it ended; no bound."""
        return float(self.highs.getInfo().objective_function_value) / self._sigma

    def basis(self) -> Any:
        """Return the basis of the last linear run."""
        return self.highs.getBasis()

    def idle(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of some rows that did not bind in the last linear run."""
        basic = highspy.HighsBasisStatus.kBasic
        statuses = self.basis().row_status
        return rows[[statuses[row] == basic for row in rows]]

    def forget(self) -> None:
        """Forget basis and solution: the next run starts from scratch, with presolve."""
        self.highs.clearSolver()

    def _outcome(self, status: highspy.HighsStatus) -> Outcome:
        model_status = self.highs.getModelStatus()
        name = _NAMES.get(model_status, "failed")
        if status == highspy.HighsStatus.kError or name == "failed":
            raise SolverError(
                f"HiGHS ended with `{self.highs.modelStatusToString(model_status)}`; "
                "try another seed, or check for extreme numbers in the workbook"
            )
        if name == "interrupted" and not self.clock.stopped:
            name = "time limit"
        info = self.highs.getInfo()
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = None
        if feasible:
            x = np.array(self.highs.getSolution().col_value) * self.matrix.column_scale
        if model_status == _STATUS.kModelEmpty:
            x = np.zeros(len(self.lower))
        value = self._objective.value(x) if x is not None else np.inf
        if self._integer.any():
            bound = info.mip_dual_bound / self._sigma if np.isfinite(info.mip_dual_bound) else -np.inf
        else:
            bound = value if name == "optimal" else -np.inf
        return Outcome(name, x, value, min(bound, value))

    # -- inside --------------------------------------------------------------------------------------
    def _completed(self, basis: Any) -> Any:
        """Return a basis in which rows added since it was taken are basic."""
        added = [highspy.HighsBasisStatus.kBasic] * (self.row_count - len(basis.row_status))
        if not added:
            return basis
        completed = highspy.HighsBasis()
        completed.col_status, completed.row_status = basis.col_status, [*basis.row_status, *added]
        completed.valid, completed.alien = True, False
        return completed

    def _again(self) -> Outcome:
        """Solve a linear run that failed once more, from scratch and without the rule of presolve that fails.

        What parallel rows and columns are merged to was seen to come back from presolve with a useless
        basis, from which the simplex method broke down; without that rule the same run is optimal.
        """
        self.forget()
        self._option("presolve_rule_off", PARALLEL_RULE)
        self._option("time_limit", self.highs.getRunTime() + max(self.clock.left, 1.0))
        try:
            return self._outcome(self.highs.run())
        finally:
            self._option("presolve_rule_off", 0)

    def _settled(self, x: Floats) -> Outcome:
        """Return the plan with the whole numbers of a solution whose rest HiGHS got wrong; nothing is proven.

        Carrying a mixed-integer solution back through presolve can leave rows violated, which HiGHS
        tells as an error. A linear run with its integers fixed says whether there is such a plan.
        """
        lower, upper, integer = self.lower, self.upper, self._integer
        whole = np.clip(np.round(x), lower, upper)
        self.forget()
        self.integrality(np.zeros_like(integer))
        self._option("time_limit", self.highs.getRunTime() + max(self.clock.left, 1.0))
        self.bounds(*fixed(lower, upper, whole, integer))
        try:
            outcome = self._outcome(self.highs.run())
        finally:
            self.bounds(lower, upper)
            self.integrality(integer)
        return Outcome("time limit", outcome.x, outcome.value, -np.inf)

    def _pass(self) -> None:
        matrix, row, column = self.matrix, self.matrix.row_scale, self.matrix.column_scale
        program = Program(
            rows=sp.csr_array(sp.diags_array(row) @ matrix.rows @ sp.diags_array(column)),
            row_lower=matrix.row_lower * row,
            row_upper=matrix.row_upper * row,
            lower=matrix.lower / column,
            upper=matrix.upper / column,
            costs=np.zeros(len(column)),
            offset=0.0,
        )
        if self.highs.passModel(program.for_highs(matrix.integer)) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refuses the model; look for infinite or extreme numbers in the workbook")

    def _pass_start(self, x: Floats) -> None:
        solution = highspy.HighsSolution()
        solution.col_value = (x / self.matrix.column_scale).tolist()
        solution.value_valid = True
        self.highs.setSolution(solution)

    def _option(self, name: str, value: Any) -> None:
        if self.highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS does not accept the option {name} = {value!r}")

    def _on_interrupt(self, event: Any) -> None:
        event.interrupt(self.clock.stopped or self.clock.seconds > self._limit_over)  # False too: HiGHS remembers

    def _on_logging(self, event: Any) -> None:
        if self._listener:
            value, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            self._listener(
                value / self._sigma if abs(value) < highspy.kHighsInf else None,
                bound / self._sigma if abs(bound) < highspy.kHighsInf else None,
            )


def side_by_side(
    engines: Sequence[Engine], solve: Callable[[Engine, Given], Answer], given: Sequence[Given]
) -> list[Answer]:
    """Solve what is given on as many threads as there are engines, in turn; answers in the order given."""
    found: list[Answer] = []
    for begin in range(0, len(given), len(engines)):
        batch = given[begin : begin + len(engines)]
        if len(batch) == 1:
            found.append(solve(engines[0], batch[0]))
        else:
            with ThreadPoolExecutor(len(batch)) as threads:
                found += threads.map(solve, engines, batch)
    return found


def _row_scale(matrix: Matrix, objective: Objective) -> float:
    """Return the power of two that brings the typical coefficient of an objective near 1."""
    sizes = np.abs(objective.costs * matrix.column_scale)
    sizes = sizes[sizes > 0]
    return float(np.exp2(-np.round(np.log2(np.median(sizes))))) if len(sizes) else 1.0
