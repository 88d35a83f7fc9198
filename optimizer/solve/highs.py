"""Runs of HiGHS on a loaded model (loaded.py): options, callbacks, and what comes of them.

All values outside are in the user's units. Scaling is applied on the way in and undone on the way out. HiGHS
minimises. A run that ends for its time, or has no answer, raises nothing: its outcome says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve import pool
from optimizer.solve.arrays import Floats, Matrix, fixed
from optimizer.solve.cycling import Cycling
from optimizer.solve.interior import PERTURBATION, PRICING, SIMPLEX, relax
from optimizer.solve.loaded import BASIC, Bought, Loaded
from optimizer.solve.outcome import Outcome
from optimizer.solve.program import program_in
from optimizer.solve.progress import Clock

FEASIBILITY = 1e-7
"""Largest violation of a scaled row that HiGHS may leave."""

MIP_FEASIBILITY = 1e-9
"""The same in mixed-integer runs. With the default of 1e-6 presolve may cut off optima and prove false bounds where a
held objective leaves little room."""

PERTURBATION_WARM = 0.1
"""Multiplier of the cost perturbation in runs from a basis. A larger perturbation takes the basis farther from dual
feasible (measured: see CONTRIBUTING.md)."""

PARALLEL_RULE = 1 << 13
"""Bit of the rule of presolve that merges parallel rows and columns."""
LITTLE = 1e-3
"""What is bought of a scaled row so that it leaves the basis; far more than rows may be violated by."""
PRIMAL = 4
"""HiGHS's number of the primal simplex method."""

AGAIN: tuple[Mapping[str, Any], ...] = (
    {"presolve_rule_off": PARALLEL_RULE},
    {"presolve_rule_off": PARALLEL_RULE, "simplex_strategy": PRIMAL},
)
"""Ways to ask again after an error in a linear run."""
OTHERWISE: tuple[Mapping[str, Any], ...] = (
    {"presolve_rule_off": PARALLEL_RULE, "mip_feasibility_tolerance": 10 * MIP_FEASIBILITY},
    {"presolve": "off"},
)
"""Ways to ask again after an error in a mixed-integer run, before its proof is given up."""
RESTARTS = False
"""Whether mixed-integer runs restart at the root (measured: see CONTRIBUTING.md)."""

MEND = "try another seed, or check for extreme numbers in the workbook"
"""What to do where HiGHS fails."""

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


class Engine(Loaded):
    """A model inside HiGHS that is solved again and again as it changes.

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
        super().__init__(matrix)
        self.clock = clock
        self.seed = seed
        self._listener: Callable[[float | None, float | None], None] | None = None
        self._improved: Callable[[Floats], None] | None = None
        self._ended: Callable[[], bool] = lambda: False
        self._limit_over = float("inf")
        self._cycling, self._searching = Cycling(), False
        self._option("random_seed", seed)
        self._option("primal_feasibility_tolerance", FEASIBILITY)
        self._option("mip_feasibility_tolerance", MIP_FEASIBILITY)
        self._option("simplex_dual_edge_weight_strategy", PRICING)
        self._option("mip_allow_restart", RESTARTS)
        if threads:
            pool.ask_anew()
            self._option("threads", threads)
        self.highs.cbMipInterrupt += self._on_interrupt
        self.highs.cbSimplexInterrupt += self._on_simplex
        self.highs.cbMipLogging += self._on_logging
        self.highs.cbMipImprovingSolution += self._on_improving

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
        improved: Callable[[Floats], None] | None = None,
        ended: Callable[[], bool] = lambda: False,
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
        improved
            Called with every better plan of a mixed-integer run, as it is found.
        ended
            Asked now and then in a mixed-integer run; True ends it, with what it has come to.
        **options
            Further HiGHS options for this run only.
        """
        seconds = min(self.clock.left, float("inf") if seconds is None else seconds)
        if self.clock.stopped or seconds <= 0:
            return Outcome("interrupted" if self.clock.stopped else "time limit", None, np.inf, -np.inf)
        self._listener, self._improved, self._ended = listener, improved, ended
        self._limit_over, self._cycling = self.clock.seconds + seconds, Cycling()
        self._searching = bool(self._integer.any())
        # HiGHS counts a mixed-integer run from its own start, a linear one from the first run of all
        self._option("time_limit", seconds if self._searching else self.highs.getRunTime() + seconds)
        self._option("mip_rel_gap", gap)
        self._option("objective_bound", cutoff * self._sigma)
        if basis is not None:
            self.highs.setBasis(self._completed(basis))
        warm = self.highs.getBasis().valid
        self._option("dual_simplex_cost_perturbation_multiplier", PERTURBATION_WARM if warm else PERTURBATION)
        if self._searching:
            self.forget()  # HiGHS would complete the last solution in a problem of its own, and tell of its bounds
        if start is not None:
            self._pass_start(start)
        with self._options(options):
            status = pool.run(self.highs)
            if self.highs.getModelStatus() == _STATUS.kUnboundedOrInfeasible:  # presolve does not tell which
                with self._options({"presolve": "off"}):
                    status = pool.run(self.highs)
        if not self._cycling.seen:
            with suppress(SolverError):
                return self._outcome(status)
        if not self._searching:
            return self._again()
        left = np.array(self.highs.getSolution().col_value)  # there, though HiGHS calls it invalid
        found = left * self.matrix.column_scale if left.any() else None
        for otherwise in OTHERWISE:
            with suppress(SolverError):
                return self._once_more(start if found is None else found, otherwise)
        if found is None:
            raise SolverError(f"HiGHS failed whichever way it was asked; {MEND}")
        return self._settled(found)

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
            For this run; None: as they are.

        Returns
        -------
        Outcome
            ``optimal`` with a bound that holds even so, -inf at worst; ``time limit`` with a bound alone; ``failed``
            with nothing.
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
        prices = self._in_units(found.prices)
        if not found.finished:
            return Outcome("time limit", None, np.inf, found.bound / self._sigma, prices=prices)
        x = np.clip(found.x * scale, self.lower, self.upper)
        return Outcome("optimal", x, self._objective.value(x), found.bound / self._sigma, prices=prices)

    def go_on(self, columns: Sequence[Any], rows: Sequence[Any], bought: Sequence[Bought], *, seconds: float) -> None:
        """Solve a linear run from a basis that is optimal where some of the rows' right sides can be bought.

        Where time is up, the engine has come nearer. See crash.py for the method.

        Parameters
        ----------
        columns, rows
            Statuses of all columns and rows, for HiGHS.
        bought
            What can be bought there; it is basic, and is driven out.
        seconds
            Longest run; cut to what the clock leaves.
        """
        seconds = min(seconds, self.clock.left)
        if self.clock.stopped or seconds <= 0:
            return
        self._listener = self._improved = None
        self._limit_over, self._ended = self.clock.seconds + seconds, lambda: False
        self._cycling, self._searching = Cycling(), False
        self._option("time_limit", self.highs.getRunTime() + seconds)
        self._option("dual_simplex_cost_perturbation_multiplier", PERTURBATION_WARM)
        with self.lending(bought):
            basis = highspy.HighsBasis()
            basis.col_status, basis.row_status = [*columns, *[BASIC] * len(bought)], list(rows)
            basis.valid = basis.alien = True
            self.highs.setBasis(basis)
            pool.run(self.highs)
            found = self._driven_out(bought, len(columns))
        statuses = list(found.row_status)
        for each, status in zip(bought, found.col_status[len(columns) :], strict=True):
            if status == BASIC:  # its row takes its place
                statuses[each.row] = BASIC
        basis.col_status, basis.row_status = found.col_status[: len(columns)], statuses
        self.highs.setBasis(basis)

    def _driven_out(self, bought: Sequence[Bought], first: int) -> Any:
        """Return a basis without what was bought, where nothing of it is and yet it may be basic.

        It leaves where so little is bought of it that its row asks for less. Without that the basis would be far from
        dual feasible once its price is gone (measured: see CONTRIBUTING.md).
        """
        basis = self.highs.getBasis()
        left = [k for k in range(len(bought)) if basis.col_status[first + k] == BASIC]
        if left and self.highs.getModelStatus() == _STATUS.kOptimal:
            little = np.array([LITTLE if bought[k].price > 0 else -LITTLE for k in left])
            self.highs.changeColsBounds(len(left), np.array(left, dtype=np.int32) + first, little, little)
            pool.run(self.highs)
            basis = self.highs.getBasis()
        return basis

    def prices(self) -> Floats:
        """Return the duals of the model's rows after a linear run: rise of the objective per unit of right side."""
        return self._in_units(np.array(self.highs.getSolution().row_dual))

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
            raise SolverError(f"HiGHS ended with `{self.highs.modelStatusToString(model_status)}`; {MEND}")
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
    def _in_units(self, duals: Floats) -> Floats:
        """Return scaled duals as prices of the model's rows, in the user's units."""
        scale = self.matrix.row_scale
        return np.asarray(duals[: len(scale)] * scale / self._sigma)

    def _completed(self, basis: Any) -> Any:
        """Return a basis in which rows added since it was taken are basic."""
        added = [highspy.HighsBasisStatus.kBasic] * (self.row_count - len(basis.row_status))
        if not added:
            return basis
        completed = highspy.HighsBasis()
        completed.col_status, completed.row_status = basis.col_status, [*basis.row_status, *added]
        completed.valid, completed.alien = True, False
        return completed

    @contextmanager
    def _options(self, options: Mapping[str, Any]) -> Iterator[None]:
        """Set options of HiGHS for a while."""
        before = {name: self.highs.getOptionValue(name)[1] for name in options}
        for name, value in options.items():
            self._option(name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                self._option(name, value)

    def _again(self) -> Outcome:
        """Solve a linear run that failed or cycled once more, from scratch and without the rule of presolve that fails.

        After presolve has merged parallel rows and columns the basis may be useless, and the simplex method may break
        down from it. Without that rule of presolve the same run ends optimal. Where the dual simplex method breaks down
        all the same, the primal one is asked.
        """
        for otherwise in AGAIN:
            self.forget()
            self._cycling = Cycling()
            self._option("time_limit", self.highs.getRunTime() + max(self.clock.left, 1.0))
            with suppress(SolverError), self._options(otherwise):
                return self._outcome(pool.run(self.highs))
        raise SolverError(f"HiGHS failed whichever way it was asked; {MEND}")

    def _once_more(self, start: Floats | None, options: Mapping[str, Any]) -> Outcome:
        """Search a mixed-integer run that failed another way.

        A solution that is carried back through presolve may violate rows by more than a billionth, in workbooks of
        other units. HiGHS tells an error then, though it has the proof.
        """
        left = self._limit_over - self.clock.seconds
        if self.clock.stopped or left <= 0:
            raise SolverError("HiGHS failed, and there is no time to ask it again; allow more time (--time-limit)")
        self.forget()
        self._option("time_limit", left)
        if start is not None:
            self._pass_start(start)
        with self._options(options):
            return self._outcome(pool.run(self.highs))

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
            outcome = self._outcome(pool.run(self.highs))
        finally:
            self.bounds(lower, upper)
            self.integrality(integer)
        return Outcome("time limit", outcome.x, outcome.value, -np.inf)

    def _pass_start(self, x: Floats) -> None:
        solution = highspy.HighsSolution()
        solution.col_value = (x / self.matrix.column_scale).tolist()
        solution.value_valid = True
        self.highs.setSolution(solution)

    def _over(self) -> bool:
        return self.clock.stopped or self.clock.seconds > self._limit_over or self._ended()

    def _on_interrupt(self, event: Any) -> None:
        event.interrupt(self._over())  # False too: HiGHS remembers

    def _on_simplex(self, event: Any) -> None:
        cycles = not self._searching and self._cycling.asked(event)  # a search solves many programs without a step
        event.interrupt(cycles or self._over())

    def _on_improving(self, event: Any) -> None:
        if self._improved:
            self._improved(np.array(event.data_out.mip_solution) * self.matrix.column_scale)

    def _on_logging(self, event: Any) -> None:
        if self._listener:
            value, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            self._listener(
                value / self._sigma if abs(value) < highspy.kHighsInf else None,
                bound / self._sigma if abs(bound) < highspy.kHighsInf else None,
            )
