"""Our own solve, as its users run it: workbook in, report out, every part timed."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.plain import describe
from tests.benchmarks.run import Limits, Run, memory


def solve(workbook: str, limits: Limits) -> Run:
    """Read, check, build, search, verify and report; the trace is that of the first objective."""
    run = Run("ours")
    with _timed(run, "import"):
        import optimizer

        search, known_errors = optimizer.solve, optimizer.OptimizerError  # public names are imported at first use
    with _timed(run, "read"):
        scenario = optimizer.read_workbook(workbook)
    with _timed(run, "check"):
        optimizer.check(scenario)
    run.parts["read"] -= run.parts["check"]  # reading a workbook checks it too
    began = time.perf_counter()
    watch = _watcher(run, began)
    try:
        plan = search(scenario, gap=limits.gap, time_limit=limits.seconds, threads=limits.threads, watcher=watch)
    except known_errors as error:
        run.end(time.perf_counter() - began)
        run.memory, run.note = memory(), str(error).partition(";")[0]
        describe(run, optimizer.build_model(scenario))
        return run
    run.memory = memory()
    _take(run, plan)
    with _timed(run, "report"), tempfile.TemporaryDirectory() as folder:
        plan.to_excel(Path(folder) / "report.xlsx")
    return run


def _take(run: Run, plan: Any) -> None:
    """Note what the plan tells: sizes, seconds, stages, and what was proven of every objective."""
    run.rows, run.columns, run.integers = (plan.size[name] for name in ("rows", "columns", "integers"))
    run.parts |= plan.seconds
    run.finished = plan.status in ("optimal", "gap reached")
    first = plan.objectives.iloc[0]
    ended = sum(plan.seconds[part] for part in ("build", "hand over", "search"))
    run.trace.append((ended, float(first["found"]), float(first["bound"])))
    run.stages = plan.stages.astype(object).where(plan.stages.notna(), None).to_dict("records")
    run.note = "proven: " + ", ".join(f"{row.objective} {row.gap:.2%}" for row in plan.objectives.itertuples())
    run.note += "" if plan.verified else "; NOT VERIFIED"


def _watcher(run: Run, began: float) -> Callable[[Any], None]:
    def watch(progress: Any) -> None:
        objective = progress.stage.partition(":")[0]
        run.objective = run.objective or objective
        if objective == run.objective:
            run.tell(time.perf_counter() - began, progress.value, progress.bound)

    return watch


@contextmanager
def _timed(run: Run, part: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    run.parts[part] = time.perf_counter() - began
