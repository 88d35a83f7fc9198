"""A second alternative: SCIP, with its defaults, on the MPS file of the same model.

SCIP is optional (``pip install pyscipopt``). Of ranked objectives it gets the first.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.plain import describe, known
from tests.benchmarks.run import Limits, Run, finite


def solve(workbook: Path, limits: Limits) -> Run:
    """Build the model, write it as MPS, and let SCIP solve it."""
    run = Run("scip")
    try:
        import pyscipopt
    except ImportError:
        run.note = "SCIP is not installed: pip install pyscipopt"
        return run
    from optimizer import build_model, read_workbook
    from optimizer.model.objectives import objective_names

    scenario = read_workbook(workbook)
    model = build_model(scenario)
    name = objective_names(model.optimizer_index.value)[0]
    run.objectives = [name]
    run.describe(scenario)
    describe(run, model)
    scip = pyscipopt.Model()
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder) / "model.mps", Path(folder) / "log"
        write_mps(model, name, path)
        scip.setLogfile(str(log))
        scip.readProblem(str(path))
        _search(scip, limits)
        scip.setLogfile(None)
        _read_log(run, log.read_text())
    run.search, run.status = scip.getSolvingTime(), scip.getStatus()
    run.tell(run.search, name, scip.getObjVal() if scip.getNSols() else None, finite(scip.getDualbound()))
    run.note = "first objective only"
    return run


def write_mps(model: Any, objective: str, path: Path) -> None:
    """Write a Pyomo model with one of its objectives, in the user's units."""
    import highspy

    from optimizer.solve.matrix import compile_matrix
    from optimizer.solve.program import Program

    m = compile_matrix(model, (objective,))
    (ranked,) = m.objectives
    program = Program(m.rows, m.row_lower, m.row_upper, m.lower, m.upper, ranked.costs, ranked.constant)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(program.for_highs(m.integer))
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS cannot write {path}")


def _search(scip: Any, limits: Limits) -> None:
    scip.setParam("limits/time", limits.seconds)
    scip.setParam("limits/gap", limits.gap)
    scip.setParam("timing/clocktype", 2)  # seconds on the wall, not of the processor
    scip.optimize()


def _read_log(run: Run, log: str) -> None:
    """Read the lines of SCIP's log: time in the first cell; bound, value, gap and completion in the last."""
    for line in log.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 8 and cells[0].endswith("s"):
            seconds = known(cells[0].lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ*+ ").rstrip("s"))
            if seconds is not None:
                run.tell(seconds, run.objectives[0], known(cells[-3]), known(cells[-4]))
