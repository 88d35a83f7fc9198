"""The linear relaxation of every objective, those before it held where ours may hold them: the least that ours proves.

By the interior point method of HiGHS, through Pyomo's own interface: at full size the simplex method takes far longer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyomo.environ as pyo

from tests.benchmarks.alone import ROOT
from tests.benchmarks.plain import active
from tests.benchmarks.run import Run

SECONDS = 600.0
"""Longest time for one objective."""
NEAR = 1e-5
"""Relative difference within which two bounds are alike: solvers end a little off the optimum."""


def add_relaxation(run: Run, workbook: Path) -> None:
    """Note the relaxation of every objective of a run of ours, found in a process of its own."""
    asked = json.dumps([[one.objective, one.limit] for one in run.searched])
    command = [sys.executable, "-m", "tests.benchmarks.relaxation", str(workbook.resolve()), asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    run.relaxation = json.loads(done.stdout)


def relaxations(workbook: Path, limits: dict[str, float | None]) -> dict[str, float]:
    """Return the optimum of each objective's relaxation, in order of rank; what is not solved in time is left out."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    from optimizer import build_model, read_workbook

    model = build_model(read_workbook(workbook))
    pyo.TransformationFactory("core.relax_integer_vars").apply_to(model)
    model.held = pyo.ConstraintList()
    found: dict[str, float] = {}
    for name, limit in limits.items():
        with active(model, name):
            results = SolverFactory("highs").solve(
                model,
                time_limit=SECONDS,
                solver_options={"solver": "ipm"},
                load_solutions=False,
                raise_exception_on_nonoptimal_result=False,
            )
        if results.solution_status.name == "optimal":
            found[name] = results.incumbent_objective
        if limit is not None:
            model.held.add(model.component(name).expr <= limit)
    return found


def weaker(run: Run, objective: str, bound: float | None) -> bool:
    """Tell whether a bound is weaker than that of the relaxation."""
    least = run.relaxation.get(objective)
    return least is not None and (bound is None or bound < least - NEAR * max(1.0, abs(least)))


if __name__ == "__main__":
    print(json.dumps(relaxations(Path(sys.argv[1]), dict(json.loads(sys.argv[2])))))
