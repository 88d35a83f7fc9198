"""Faults injected at every point: nothing lost, the right status, one clear sentence, never an invalid plan."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer import NoPlanError, SolverError, read_plan, solve, verify, write_workbook
from optimizer.errors import OptimizerError
from optimizer.plan.plan import Plan
from optimizer.replies import Exit
from optimizer.scenario.scenario import Scenario
from optimizer.solve import problem
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Progress
from optimizer.solve.tidy import Tidying
from tests.solve.clocks import Jumping
from tests.test_cli import run
from tests.test_pipeline import workshop

STAGES = (
    *("levers off", "as today", "relaxation", "cuts", "plants", "crews", "weekends", "dates"),
    *("whole plan", "second relaxation"),
)
"""Stages that the example goes through when it is searched like a large one."""
BEFORE_A_PLAN = STAGES[:1]
"""Those that end before there is any plan: the levers off are one in the next, without another run."""


@pytest.fixture(scope="module")
def example(quickstart: Scenario) -> Scenario:
    """Return a year and a half of the example, to be searched with one thread: it goes through every stage."""
    return quickstart.replace(settings={"periods": "3x1, 5x3", "threads": 1, "gap": 5e-3, "time_limit": 60})


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a workbook is that can be solved in no time."""
    return write_workbook(tmp_path_factory.mktemp("workbooks") / "workshop.xlsx", workshop())


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search in stages, however small the problem."""
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, -1)


def check_plan(plan: Plan) -> None:
    """Assert that a plan holds every rule and lies within its bounds."""
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert (plan.objectives["bound"] <= plan.objectives["value"] + 1e-6 * plan.objectives["value"].abs()).all()


CUTS = [
    pytest.param(stage, fault, marks=() if fault == "Ctrl-C" or stage in ("as today", "plants") else pytest.mark.slow)
    for stage in STAGES
    for fault in ("Ctrl-C", "time limit")
]
"""Where a search is cut short and how: by Ctrl-C in every stage; by time in two, in every one at length."""


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize(("stage", "fault"), CUTS)
def test_a_search_cut_short_in_any_stage_ends_well(example: Scenario, stage: str, fault: str) -> None:
    """Stopped in each stage by Ctrl-C or by time, a search returns its best plan, checked, or says there is none."""
    clock, met, known = Jumping(60), [], []

    def cut(progress: Progress) -> None:
        known.append(progress.value is not None)
        if progress.stage.endswith(f": {stage}") or (stage == "second relaxation" and "cost: relax" in progress.stage):
            met.append(stage)
            if fault == "Ctrl-C":
                clock.stop()
            else:
                clock.jumped = True

    def search() -> Plan:
        return solve(example, watcher=cut, clock=clock, gap=0.0 if stage == "whole plan" else 5e-3)

    if stage in BEFORE_A_PLAN:
        with pytest.raises(NoPlanError):
            search()
        assert not any(known)
    else:
        plan = search()
        check_plan(plan)
        assert plan.status == ("interrupted" if fault == "Ctrl-C" else "time limit")
    assert met


NOTHING = Outcome("time limit", None, np.inf, -np.inf)
FAULTS: dict[str, Exception | Outcome] = {
    "error": SolverError("HiGHS ended with `Solve error`; try another seed"),
    "nothing": NOTHING,
    "memory": MemoryError(),
    "native": RuntimeError("vector::_M_range_check"),
}


USUAL = 0.43
SHARES = [
    pytest.param(share, marks=() if share == USUAL else pytest.mark.slow)
    for share in np.linspace(0, 1, 8).round(2).tolist()
]
"""How far a search is when a run fails: one point always, all eight at length."""
USUAL_RUN = 80
"""The run that this point is, as the example goes: nothing has to be searched to count the runs."""

KINDS = [pytest.param(kind, marks=() if kind == "error" else pytest.mark.slow) for kind in FAULTS]
"""How a run fails: a message of its own always, all four at length."""


@contextlib.contextmanager
def failing_runs(which: int, fault: Exception | Outcome) -> Iterator[list[int]]:
    """Let one run of HiGHS fail, or give an outcome of its own; yield the number of runs made."""
    runs = [0]

    def failing(real: Callable[..., Outcome]) -> Callable[..., Outcome]:
        def run_or_fail(self: Engine, **arguments: Any) -> Outcome:
            runs[0] += 1
            if runs[0] != which:
                return real(self, **arguments)
            if isinstance(fault, Exception):
                raise fault
            return fault

        return run_or_fail

    with pytest.MonkeyPatch.context() as patch:
        for name in ("run", "relax"):
            patch.setattr(Engine, name, failing(getattr(Engine, name)))
        yield runs


@pytest.fixture(scope="module")
def runs_made(example: Scenario) -> int:
    """Return how often HiGHS runs for the example in stages."""
    with failing_runs(0, NOTHING) as runs, pytest.MonkeyPatch.context() as patch:
        for size in ("TINY", "SMALL"):
            patch.setattr(problem, size, -1)
        solve(example)
    return runs[0]


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("fault", KINDS)
def test_a_run_of_highs_that_fails_ends_well(
    example: Scenario, request: pytest.FixtureRequest, share: float, fault: str
) -> None:
    """A failure of HiGHS of any kind, at any point: the best plan so far, checked, or a message when there is none."""
    which, known = USUAL_RUN, []
    if share != USUAL:
        which = 1 + round(share * (request.getfixturevalue("runs_made") - 1))

    def watch(progress: Progress) -> None:
        known.append(progress.value is not None)

    with failing_runs(which, FAULTS[fault]) as runs:
        try:
            check_plan(solve(example, watcher=watch))
        except (SolverError, NoPlanError) as error:
            assert not any(known)
            assert isinstance(FAULTS[fault], Outcome) or "failed" in str(error) or "try another seed" in str(error)
    assert runs[0] >= which


def test_a_solution_outside_tolerance_is_not_reported(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flows a tenth too high in the last run: status 1, the rules that fail are named, the old report stays."""

    def spoilt(_: Any, x: Any, **__: bool) -> Any:
        return x * 1.1

    report = tmp_path / "plan.xlsx"
    report.write_text("the report of yesterday")
    monkeypatch.setattr(Tidying, "tidy", spoilt)
    told = run("solve", workbook, "--report", report)
    assert told.exit_code == Exit.FAILED
    assert "does not pass the independent check, so it is not reported" in " ".join(told.output.split())
    assert report.read_text() == "the report of yesterday"


KILLED = """
import os, signal, sys
from pathlib import Path
import optimizer
from optimizer.report import write
plan = optimizer.read_plan(sys.argv[1])
real = os.fdopen
def dies(handle, mode):
    file = real(handle, mode)
    class Half:
        def write(self, content):
            file.write(content[: len(content) // 2]); file.flush(); os.kill(os.getpid(), signal.SIGKILL)
        def __getattr__(self, name): return getattr(file, name)
        def __enter__(self): return self
        def __exit__(self, *_): pass
    return Half()
os.fdopen = dies
plan.to_excel(sys.argv[1])
"""


@pytest.fixture(scope="module")
def report(workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a report of the workshop is."""
    path = tmp_path_factory.mktemp("reports") / "plan.xlsx"
    assert run("solve", workbook, "--report", path, "--quiet").exit_code == Exit.DONE
    return path


def test_a_program_killed_while_it_writes_leaves_the_old_report(report: Path) -> None:
    """Killed with half of the new report written, the old one is whole and holds its plan."""
    before = report.read_bytes()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(report)], capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert report.read_bytes() == before
    assert all(check.holds for check in verify(read_plan(report)))


@pytest.mark.slow
def test_two_solves_at_once_leave_one_whole_report(workbook: Path, tmp_path: Path) -> None:
    """Two programs write the same report: both end well, and what stands there is one of the two, whole."""
    path = tmp_path / "plan.xlsx"
    command = [sys.executable, "-m", "optimizer", "solve", str(workbook), "--report", str(path), "--quiet"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ}) for _ in range(2)]
    told = [program.communicate()[1].decode() for program in both]
    assert [program.returncode for program in both] == [0, 0], told
    assert all(check.holds for check in verify(read_plan(path)))
    assert [found.name for found in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_report_that_may_not_be_read_is_told(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No permission to read: status 2 and what to do, for input workbooks and reports alike."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "open", refuse)
    for command in ("verify", "check", "solve"):
        told = run(command, report)
        assert told.exit_code == Exit.INPUT
        assert "may not be read" in told.output


def test_every_exception_of_the_package_has_a_status() -> None:
    """No fault of ours ends in a traceback: each kind of exception is mapped to an exit status."""
    from optimizer.replies import STATUS_OF

    kinds = {OptimizerError, *OptimizerError.__subclasses__()}
    assert all(any(issubclass(kind, known) for known in STATUS_OF) for kind in kinds)
