"""One run in a process of its own, so that memory and crashes stay apart."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from tests.benchmarks.run import Limits, Run

SOLVERS = ("ours", "plain", "scip")
GRACE = 900
"""Seconds a run may take beyond its limit, to read, build, hand over and report."""
ROOT = Path(__file__).parents[2]


def measure(solver: str, workbook: Path, limits: Limits) -> Run:
    """Run a solver on a workbook in a new process; a crash is told in the note."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "run.json"
        asked = [solver, str(workbook.resolve()), json.dumps(asdict(limits)), str(answer)]
        command = [sys.executable, "-m", "tests.benchmarks.alone", *asked]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=limits.seconds + GRACE, check=False
            )
        except subprocess.TimeoutExpired:
            return Run(solver, note=f"did not end {GRACE} s after its limit")
        if answer.exists():
            return from_json(answer.read_text())
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
        return Run(solver, note=f"crashed: {last[0]}")


def to_json(run: Run) -> str:
    """Return a run as text."""
    return json.dumps(asdict(run))


def from_json(text: str) -> Run:
    """Return a run from its text."""
    fields = json.loads(text)
    fields["trace"] = [tuple(point) for point in fields["trace"]]
    return Run(**fields)


def main() -> None:
    """Run as asked by `measure` and write the answer."""
    solver, workbook, limits, answer = sys.argv[1:]
    run = import_module(f"tests.benchmarks.{solver}").solve(workbook, Limits(**json.loads(limits)))
    Path(answer).write_text(to_json(run))


if __name__ == "__main__":
    main()
