"""The whole story on one page: read, check, build, solve, extract, verify, report."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimizer.errors import ImpossibleError, OptimizerError, SolverError, odd, refuse_impossible
from optimizer.model.answers import Answers
from optimizer.model.build import build_model
from optimizer.model.index import Index
from optimizer.model.kin import kin
from optimizer.model.objectives import UNITS, objective_names, writers
from optimizer.model.own import refuse_foreign
from optimizer.model.today import hard_target_rows, today
from optimizer.plan.measures import Measures
from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import OBJECTIVES
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.checks import check
from optimizer.scenario.scenario import Scenario
from optimizer.settings import RunSettings
from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.changes import Change, broken, differences, summary
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.matrix import compile_matrix, limits
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock, Watcher, relative_gap
from optimizer.solve.sketch import Sketch
from optimizer.solve.solution import ObjectiveFound, Solution
from optimizer.verify.verify import verify

if TYPE_CHECKING:
    from pyomo.environ import ConcreteModel

WIDE = 1e6
"""Largest scaled coefficient, and the inverse of the least, that HiGHS is trusted with at its tolerance of 1e-7."""
MOST_MISSED = 5
"""Changes of a model that are told when a plan does not hold them."""
EXPLAIN_SECONDS = 60.0
"""Longest time to find out why nothing is possible."""
PACKAGES = ("optimizer", "pyomo", "highspy", "pandas", "numpy", "scipy")


def solve(
    scenario: Scenario,
    *,
    model: ConcreteModel | None = None,
    objectives: tuple[str, ...] | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int | None = None,
    relaxed: bool = False,
    watcher: Watcher | None = None,
    clock: Clock | None = None,
) -> Plan:
    """Find a plan for a scenario, check it independently, and return it.

    Parameters
    ----------
    scenario
        What is given.
    model
        A model from `build_model(scenario)`, with variables and constraints of your own or changed; it is
        not altered. Every difference from the model of the scenario stands in `Plan.unverified`.
    objectives, gap, time_limit, threads, seed
        Instead of the scenario's settings.
    relaxed
        Solve the linear relaxation: crews, weekends and plants in fractions. Such a plan is not
        verified.
    watcher
        Called with a `Progress` as the search goes on.
    clock
        Lets another thread or a signal stop the search: `clock.stop()`.

    Returns
    -------
    Plan
        With the verdicts of the verifier in `checks`.

    Raises
    ------
    InputError
        When the model was built from another scenario, or holds what cannot be handed to the solver.
    ImpossibleError
        When no plan can hold every hard target, budget and forced project, and what a model adds.
    NoPlanError
        When no plan was found in the time given.
    SolverError
        When the solver fails.
    """
    chosen = {"objectives": objectives, "gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    changes = {name: value for name, value in chosen.items() if value is not None}
    if changes:
        scenario = scenario.replace(settings=changes)
    findings = check(scenario)
    refuse_impossible(findings)
    if model is not None:
        refuse_foreign(model, scenario)
    seconds: dict[str, float] = {}
    with _timed(seconds, "build"):
        built = build_model(scenario)
    index: Index = built.optimizer_index.value
    run = _run_settings(index, relaxed=relaxed)
    with _timed(seconds, "hand over"):
        plain = _compile(built, run)
        own = None if model is None else _own(built, plain, model, run)
        matrix = plain if own is None else own.matrix
        answers = Answers(built if model is None else model, matrix.position)
        del model, built, plain  # HiGHS wants their memory; what a caller holds stays
        gc.collect()
    with _timed(seconds, "search"):
        solution = _search(index, matrix, run, clock or Clock(run.time_limit), watcher, own)
    with _timed(seconds, "extract"):
        plan = _plan(scenario, answers, matrix, solution)
        plan = replace(plan, unverified=() if own is None else summary(own.changes)).with_warnings(odd(findings))
    if not relaxed:
        with _timed(seconds, "verify"):
            plan = plan.with_checks(_verdicts(plan))
    return replace(plan, seconds=seconds)


def _run_settings(index: Index, *, relaxed: bool) -> RunSettings:
    settings = index.scenario.settings
    return RunSettings(
        objectives=objective_names(index),
        gap=settings.gap,
        slack=settings.slack,
        time_limit=settings.time_limit,
        threads=settings.threads,
        seed=settings.seed,
        relaxed=relaxed,
    )


def _compile(model: ConcreteModel, run: RunSettings, writers: Mapping[str, Callable[[], Any]] | None = None) -> Matrix:
    names = dict.fromkeys([*run.objectives, "cost"] if "weighted" not in run.objectives else run.objectives)
    return compile_matrix(model, tuple(names), writers)


@dataclass(frozen=True)
class Own:
    """A model of the caller's own: its matrix, that of the scenario, and all that is different."""

    matrix: Matrix
    plain: Matrix
    changes: tuple[Change, ...]


def _own(built: ConcreteModel, plain: Matrix, model: ConcreteModel, run: RunSettings) -> Own:
    """Return a caller's model with all that differs from the model built of the scenario."""
    missing = writers(model, built.optimizer_index.value, built.optimizer_costs.value)  # for other objectives
    matrix = _compile(model, run, missing)
    return Own(matrix, plain, differences(plain, matrix, limits(built), limits(model)))


def _search(
    index: Index, matrix: Matrix, run: RunSettings, clock: Clock, watcher: Watcher | None, own: Own | None
) -> Solution:
    off = dict(_off(index, matrix))
    hard = hard_target_rows(index)
    rows = np.array([r for r, name in enumerate(matrix.row_names) if name in hard], dtype=np.int64)

    def sketch() -> Sketch | None:
        coarse = in_blocks(index.scenario)
        if coarse is None:
            return None
        found = _compile(build_model(coarse), run)
        gc.collect()  # its model, too
        return Sketch(found, *(_middles(scenario.calendar) for scenario in (coarse, index.scenario)))

    problem = Problem(replace(matrix, groups=kin(index)), run, off, rows)
    try:
        solution = Lexicographic(problem, clock, watcher, sketch).solve()
    except ImpossibleError as error:
        raise _impossible(index, matrix, own) from error
    except SolverError as error:
        if own is None or not own.changes:
            raise
        raise type(error)(f"{error}. What you changed in the model: {'; '.join(summary(own.changes))}") from error
    missed = () if own is None else broken(matrix, own.changes, solution.x, whole=not run.relaxed)
    if missed:
        words = "; ".join(missed[:MOST_MISSED])
        raise SolverError(f"the plan found does not hold what you changed in the model ({words}); try another seed")
    return solution


def _off(index: Index, matrix: Matrix) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield the bounds of columns that switch every lever off, within those that a caller may have set."""
    for name, (least, most) in today(index).items():
        if name in matrix.position:
            column = matrix.position[name]
            low, high = float(matrix.lower[column]), float(matrix.upper[column])
            yield column, (min(max(least, low), high), max(min(most, high), low))


def in_blocks(scenario: Scenario) -> Scenario | None:
    """Return the scenario with its review blocks for periods.

    None where they are its periods already, and where a date of the scenario falls between them.
    """
    calendar = scenario.calendar
    if len(calendar.blocks) == len(calendar.lengths):
        return None
    lengths = (sum(calendar.lengths[t] for t in block) for block in calendar.blocks)
    try:
        coarse = scenario.replace(settings={"periods": ", ".join(f"1x{length}" for length in lengths)})
        refuse_impossible(check(coarse))
    except OptimizerError:
        return None
    return coarse


def _middles(calendar: Calendar) -> Floats:
    """Return the middle of each period, in months from the start."""
    return np.array(calendar.begins) + np.array(calendar.lengths) / 2


def _plan(scenario: Scenario, answers: Answers, matrix: Matrix, solution: Solution) -> Plan:
    tables = answers.tables(matrix.values(solution.x))
    lost: list[str] = []
    with _unless_it_fails("what one unit more would save", lost):
        if solution.prices is not None:
            tables["worth"] = answers.worth(dict(zip(matrix.row_names, solution.prices.tolist(), strict=True)))
    wait = None
    with _unless_it_fails("the waiting time without levers", lost):
        wait = _wait_without_levers(scenario, answers, matrix, solution)
    tables["objectives"] = _objective_table(solution.objectives, scenario.settings.currency)
    gaps = tables["objectives"]["gap"]
    return Plan(
        scenario=scenario,
        tables=tables,
        status=solution.status,
        gap=float(gaps.max()),
        size=matrix.size,
        stages=pd.DataFrame([vars(stage) for stage in solution.stages]),
        wait_without_levers=wait,
        versions={name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        warnings=(*_numerical_warnings(matrix), *solution.failures, *lost),
    )


@contextmanager
def _unless_it_fails(what: str, lost: list[str]) -> Iterator[None]:
    """Do without what no plan needs when it cannot be worked out: the plan took long to find."""
    try:
        yield
    except Exception as error:
        lost.append(f"{what} could not be worked out ({type(error).__name__}: {error})")


def _verdicts(plan: Plan) -> tuple[Check, ...]:
    """Return the verdicts of the verifier; one that cannot run is a verdict, too."""
    try:
        return verify(plan)
    except Exception as error:
        return (Check("verify", "", 0, np.inf, f"the check itself failed ({type(error).__name__}: {error})"),)


def _numerical_warnings(matrix: Matrix) -> Iterator[str]:
    """Say when numbers of the workbook lie too far apart for a solver that works with sixteen digits."""
    least, largest = matrix.spread
    if least < 1 / WIDE or largest > WIDE:
        yield (
            f"the numbers of the workbook lie far apart (coefficients from {least:.0e} to {largest:.0e} after scaling; "
            f"{1 / WIDE:.0e} to {WIDE:.0e} is safe): bounds may be less sharp than they look; "
            "look for shares near zero, and for rates or yields far from those of other lines"
        )


def _wait_without_levers(scenario: Scenario, answers: Answers, matrix: Matrix, solution: Solution) -> float | None:
    """Return how long an order placed at the start waits with every lever off, in months."""
    if solution.without_levers is None:
        return None
    tables = answers.order_tables(matrix.values(solution.without_levers))
    wait = Measures(scenario, tables).waiting_headline.get("now")
    return None if wait is None else float(wait)


def _objective_table(objectives: tuple[ObjectiveFound, ...], currency: str) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for o in objectives:
        of_gain = None
        if o.without_levers is not None and o.without_levers > o.bound:
            of_gain = (o.found - o.bound) / (o.without_levers - o.bound)
        unit = currency if UNITS[o.name] == "money" else UNITS[o.name]
        gap = relative_gap(o.found, o.bound)
        rows.append((o.name, o.value, o.bound, gap, unit, o.found, o.value - o.found, o.without_levers, of_gain))
    return pd.DataFrame(rows, columns=OBJECTIVES.names)


def _impossible(index: Index, matrix: Matrix, own: Own | None) -> ImpossibleError:
    """Say what was asked that no plan can hold together, and what would make it possible."""
    from optimizer.analysis.changed import explain_changed  # here, since it is seldom needed
    from optimizer.analysis.conflicts import explain

    if own is not None and own.changes:
        return explain_changed(index, own.plain, own.matrix, own.changes, Clock(EXPLAIN_SECONDS))
    found = explain(index, matrix, Clock(EXPLAIN_SECONDS))
    return found.error(f"What is asked in `{index.scenario.settings.title}` cannot be done. ")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began
