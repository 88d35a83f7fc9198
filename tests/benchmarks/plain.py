"""The plain alternative: the same Pyomo model through Pyomo's own HiGHS interface, with its defaults.

Ranked objectives are searched one after the other, each held at its value and slack, the last plan as a start.
Before a plan is judged it is made tidy, so that it is not refused for its dust: whole numbers are rounded, and the rest
is worked out again at the least cost, with every objective held at what it was. That does not count as search.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from tests.benchmarks.accept import Accept
from tests.benchmarks.run import HOLD, Limits, Run, Searched, finite, limit

SHARES = (0.6, 0.2, 0.2)
"""Of the time, for the first, second and third objective; what one leaves goes on to the next."""
OFF_SECONDS = 60.0
"""Longest search for the plan with every lever off; it does not count."""
CONDITIONS = {"convergenceCriteriaSatisfied": "proven", "maxTimeLimit": "time limit"}
TIDY_SECONDS = 300.0
"""Longest time to make a plan tidy; it does not count."""
LINE = re.compile(r"\d%\s+(?P<bound>\S+)\s+(?P<value>\S+)\s+\S+\s+\d+\s+\d+\s+\d+\s+\S+\s+(?P<seconds>[\d.]+)s\s*$")
"""A line of HiGHS's log: share explored, best bound, best solution, gap, cuts, conflicts, iterations, time."""


@dataclass(frozen=True)
class Answer:
    """What one call came to: its log, seconds of the solver, value, bound, condition; the plan is in the model."""

    log: str
    seconds: float
    value: float | None
    bound: float | None
    condition: str


def solve(workbook: Path, limits: Limits) -> Run:
    """Build the model and search its objectives, with the log of HiGHS as the trace."""
    from optimizer import build_model, read_workbook
    from optimizer.model.objectives import objective_names

    scenario = read_workbook(workbook)
    model = build_model(scenario)
    run = Run("plain", objectives=list(objective_names(model.optimizer_index.value)))
    run.describe(scenario)
    describe(run, model)
    model.held = pyo.ConstraintList()
    run.levers_off = _levers_off(model, run.objectives[0], limits)
    accept = Accept(scenario, model, run)
    start: dict[int, float] = {}
    run.search = 0.0
    for number, name in enumerate(run.objectives):
        left = sum(SHARES[: number + 1]) / sum(SHARES[: len(run.objectives)]) * limits.seconds - run.search
        with active(model, name):
            answer = call(model, max(left, 0.1), limits, start)
        _trace(run, name, answer)
        run.search += answer.seconds
        run.status = "; ".join(filter(None, (run.status, f"{name}: {answer.condition}")))
        if answer.value is not None:
            start = {id(v): v.value for v in model.component_data_objects(pyo.Var)}
        if not start:
            break  # without a plan there is nothing to hold
        _close(run, model, name, answer, accept)
        _restore(model, start)
    run.verified = run.searched[-1].verified if run.searched else None
    return run


def call(model: Any, seconds: float, limits: Limits, start: dict[int, float] | None = None) -> Answer:
    """Minimise the active objective of a model from a plan: id of a variable -> value."""
    from pyomo.common.timing import HierarchicalTimer
    from pyomo.contrib.solver.common.factory import SolverFactory

    solver, log, timer = SolverFactory("highs"), io.StringIO(), HierarchicalTimer()
    solver.set_instance(model)
    if start:  # the interface has no call for it; what it wraps has
        columns = [(column, start[v]) for v, column in solver._pyomo_var_to_solver_var_map.items() if v in start]
        solver._solver_model.setSolution(len(columns), *zip(*columns, strict=True))
    results = solver.solve(
        model,
        time_limit=seconds,
        rel_gap=limits.gap,
        threads=limits.threads,
        tee=log,
        timer=timer,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
    )
    if results.incumbent_objective is not None:
        results.solution_loader.load_solution()
        for variable in model.component_data_objects(pyo.Var):
            if variable.value is None:  # no row uses it
                variable.set_value(variable.lb or 0.0)
    taken = timer.get_total_time("optimize")
    condition = results.termination_condition.name
    condition = CONDITIONS.get(condition, condition)
    return Answer(log.getvalue(), taken, results.incumbent_objective, finite(results.objective_bound), condition)


def read_log(log: str) -> Iterator[tuple[float, float | None, float | None]]:
    """Yield seconds, value and bound of every line of HiGHS's log that tells of its search."""
    for line in log.splitlines():
        if found := LINE.search(line):
            yield float(found["seconds"]), known(found["value"]), known(found["bound"])


def describe(run: Run, model: Any) -> None:
    """Note the size of the model."""
    variables = list(model.component_data_objects(pyo.Var))
    run.rows = sum(1 for _ in model.component_data_objects(pyo.Constraint, active=True))
    run.columns, run.integers = len(variables), sum(not variable.is_continuous() for variable in variables)


def known(word: str) -> float | None:
    """Return a number of a log, None where it says that there is none yet."""
    try:
        return finite(float(word))
    except ValueError:
        return None


def _trace(run: Run, name: str, answer: Answer) -> None:
    assert run.search is not None
    for seconds, value, bound in read_log(answer.log):
        run.tell(run.search + seconds, name, value, bound)
    run.tell(run.search + answer.seconds, name, answer.value, answer.bound)


def _close(run: Run, model: Any, name: str, answer: Answer, accept: Accept) -> None:
    """Note an objective, hold it for the later ones, and have its plan verified."""
    value = float(pyo.value(model.component(name)))
    held = limit(name, value, run.levers_off, run.slack)
    tidied = _tidy(model, name, value)
    plan = {each: float(pyo.value(model.component(each))) for each in run.objectives}
    run.searched.append(Searched(name, value, answer.bound, held, run.search or 0.0, plan))
    run.searched[-1].verified = tidied and accept(run.searched)
    if not tidied:
        run.note = "; ".join(filter(None, (run.note, f"{name}: not a plan when its whole numbers are rounded")))
    model.held.add(model.component(name).expr <= held)


def _tidy(model: Any, name: str, value: float) -> bool:
    """Round the whole numbers of a plan and work out the rest at the least cost; tell whether that is possible."""
    whole = [v for v in model.component_data_objects(pyo.Var) if not v.is_continuous() and not v.fixed]
    for variable in whole:
        variable.fix(round(variable.value))
    model.as_found = pyo.Constraint(expr=model.component(name).expr <= value + HOLD * max(1.0, abs(value)))
    with active(model, "cost"):
        answer = call(model, TIDY_SECONDS, Limits())
    model.del_component("as_found")
    for variable in whole:
        variable.unfix()
    return answer.value is not None


def _restore(model: Any, values: dict[int, float]) -> None:
    for variable in model.component_data_objects(pyo.Var):
        if not variable.fixed:
            variable.set_value(values[id(variable)], skip_validation=True)


@contextmanager
def active(model: Any, name: str) -> Iterator[None]:
    """Make one objective the active one."""
    for objective in model.component_objects(pyo.Objective):
        objective.deactivate()
    model.component(name).activate()
    yield


def _levers_off(model: Any, name: str, limits: Limits) -> float | None:
    """Return the value of the first objective with every lever off and no hard target; None where none is found."""
    from optimizer.model.today import rows_let_go, today

    index = model.optimizer_index.value
    rows = [model.component(component)[key] for component, key in rows_let_go(index)]
    before = []
    for (component, key), (least, most) in today(index).items():
        variable = model.component(component)[key]
        low, high = variable.bounds
        before.append((variable, low, high))
        variable.setlb(least if low is None else max(least, low))
        variable.setub(most if high is None else min(most, high))
    for row in rows:
        row.deactivate()
    with active(model, name):
        answer = call(model, OFF_SECONDS, limits)
    for row in rows:
        row.activate()
    for variable, low, high in before:
        variable.setlb(low)
        variable.setub(high)
    for variable in model.component_data_objects(pyo.Var):
        if not variable.fixed:
            variable.set_value(None)
    return answer.value
