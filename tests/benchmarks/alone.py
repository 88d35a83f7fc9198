"""One run in processes of its own, so that memory and crashes stay apart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from tests.benchmarks.keep import of_model
from tests.benchmarks.memory import Peak
from tests.benchmarks.run import Limits, Run

SOLVERS = ("ours", "plain", "scip")
GRACE = 900
"""Seconds a run may take beyond its limit, to read, build, hand over and verify."""
ROOT = Path(__file__).parents[2]


def measure(solver: str, workbook: Path, limits: Limits, root: Path = ROOT) -> Run:
    """Run a solver on a workbook in a new process, from the package in `root`; a crash is told in the note."""
    answer, memory, words = _alone(solver, workbook, limits, root)
    run = Run(solver, status="crashed", note=words) if answer is None else Run.from_json(answer)
    run.memory = memory
    return run


def fingerprint(workbook: Path) -> str:
    """Return a hash of the model of a workbook, rows and columns in order, with all its objectives."""
    answer, _, words = _alone("fingerprint", workbook, Limits(), ROOT)
    if answer is None:
        raise RuntimeError(f"{workbook} gives no model: {words}")
    return answer


def _alone(task: str, workbook: Path, limits: Limits, root: Path) -> tuple[str | None, float | None, str]:
    """Return the answer of a new process, its peak memory, and its last words where it gave no answer."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "words").open("w+") as words:
        answer = Path(folder) / "answer"
        asked = [task, str(workbook.resolve()), json.dumps(asdict(limits)), str(answer)]
        command = [sys.executable, "-m", "tests.benchmarks.alone", *asked]
        done = subprocess.Popen(command, cwd=root, stdout=words, stderr=words, start_new_session=True)
        said = ""
        try:
            with Peak(done.pid) as peak:
                done.wait(limits.seconds + GRACE)
        except subprocess.TimeoutExpired:
            said = f"did not end {GRACE} s after its limit"
        finally:
            with suppress(ProcessLookupError):  # what it started, too
                os.killpg(done.pid, signal.SIGKILL)
            done.wait()
        if answer.exists() and not said:
            return answer.read_text(), peak.megabytes, ""
        words.seek(0)
        last = words.read().strip().splitlines()[-1:]
        return None, peak.megabytes, said or f"ended with {done.returncode}: {' '.join(last)}"


def main() -> None:
    """Run as asked and write the answer."""
    task, workbook, limits, answer = sys.argv[1:]
    if task == "fingerprint":
        found = of_model(Path(workbook))
    else:
        solve = import_module(f"tests.benchmarks.{task}").solve
        found = solve(Path(workbook), Limits(**json.loads(limits))).to_json()
    Path(answer).write_text(found)


if __name__ == "__main__":
    main()
