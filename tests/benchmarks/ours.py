"""Our own solve, through the public call alone: what the watcher is told is the trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks.run import Limits, Run, Searched, finite, limit


def solve(workbook: Path, limits: Limits) -> Run:
    """Solve a workbook with its settings but for the limits, and note how it went."""
    import optimizer

    run = Run("ours")
    scenario = optimizer.read_workbook(workbook)
    run.describe(scenario)

    def watch(progress: Any) -> None:
        run.tell(progress.seconds, progress.stage.partition(":")[0], progress.value, progress.bound)

    try:
        plan = optimizer.solve(
            scenario, gap=limits.gap, time_limit=limits.seconds, threads=limits.threads, watcher=watch
        )
    except optimizer.OptimizerError as error:
        run.status, run.note = type(error).__name__, str(error).partition("\n")[0]
        run.objectives = list(dict.fromkeys(point[1] for point in run.trace))
        return run
    _take(run, plan)
    return run


def _take(run: Run, plan: Any) -> None:
    """Note what the plan tells: sizes, seconds, stages, and what was proven of every objective."""
    run.rows, run.columns, run.integers = (plan.size[name] for name in ("rows", "columns", "integers"))
    run.status, run.verified, run.search = plan.status, plan.verified, plan.seconds["search"]
    values = {row.objective: float(row.value) for row in plan.objectives.itertuples()}
    run.objectives = list(values)
    for row in plan.objectives.itertuples():
        known = {name: finite(getattr(row, name)) for name in ("found", "bound", "without_levers")}
        run.levers_off = known["without_levers"] if row.objective == run.objectives[0] else run.levers_off
        run.tell(run.search, row.objective, known["found"], known["bound"])
        held = limit(row.objective, float(row.found), known["without_levers"], run.slack)
        one = Searched(row.objective, known["found"], known["bound"], held, run.search, values, plan.verified)
        run.searched.append(one)
    run.stages = plan.stages.astype(object).where(plan.stages.notna(), None).to_dict("records")
    run.note = "; ".join(plan.warnings)
