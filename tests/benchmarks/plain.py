"""The plain alternative: the same Pyomo model through Pyomo's own HiGHS interface, with its defaults.

Of ranked objectives it gets the first, which is the one that is active in the model.
"""

from __future__ import annotations

import io
import re
import time
from typing import Any

from tests.benchmarks.run import Limits, Run, memory

LINE = re.compile(r"\d%\s+(?P<bound>\S+)\s+(?P<value>\S+)\s+\S+\s+\d+\s+\d+\s+\d+\s+\S+\s+(?P<seconds>[\d.]+)s\s*$")
"""A line of HiGHS's log: share explored, best bound, best solution, gap, cuts, conflicts, iterations, time."""


def solve(workbook: str, limits: Limits) -> Run:
    """Build the model and solve it, with the log of HiGHS as the trace."""
    from pyomo.common.timing import HierarchicalTimer
    from pyomo.contrib.solver.common.factory import SolverFactory

    from optimizer import build_model, read_workbook

    run = Run("plain")
    scenario = read_workbook(workbook)
    began = time.perf_counter()
    model = build_model(scenario)
    run.parts["build"] = time.perf_counter() - began
    run.objective = describe(run, model)
    log, timer = io.StringIO(), HierarchicalTimer()
    results = SolverFactory("highs").solve(
        model,
        time_limit=limits.seconds,
        rel_gap=limits.gap,
        threads=limits.threads,
        tee=log,
        timer=timer,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
    )
    run.memory = memory()
    run.parts |= {"hand over": timer.get_total_time("set_instance"), "search": timer.get_total_time("optimize")}
    before = run.parts["build"] + run.parts["hand over"]
    for line in log.getvalue().splitlines():
        if found := LINE.search(line):
            run.tell(before + float(found["seconds"]), known(found["value"]), known(found["bound"]))
    run.trace.append((before + run.parts["search"], results.incumbent_objective, finite(results.objective_bound)))
    run.finished = results.termination_condition.name == "convergenceCriteriaSatisfied"
    run.note = first_only(scenario, "" if run.finished else results.termination_condition.name)
    return run


def first_only(scenario: Any, note: str) -> str:
    """Add to a note that only the first of several objectives was searched."""
    ranked = scenario.settings.objectives
    return "; ".join(filter(None, (note, f"first objective only: {ranked[0]}" if len(ranked) > 1 else "")))


def describe(run: Run, model: Any) -> str:
    """Note the size of the model and return the name of its active objective."""
    import pyomo.environ as pyo

    variables = list(model.component_data_objects(pyo.Var))
    run.rows = sum(1 for _ in model.component_data_objects(pyo.Constraint, active=True))
    run.columns, run.integers = len(variables), sum(not variable.is_continuous() for variable in variables)
    return str(next(model.component_objects(pyo.Objective, active=True)).name)


def known(word: str) -> float | None:
    """Return a number of a log, None where it says that there is none yet."""
    try:
        return finite(float(word))
    except ValueError:
        return None


def finite(number: float | None) -> float | None:
    """Return the number, None when it is infinite."""
    return number if number is not None and abs(number) < 1e20 else None
