"""Run the benchmark: ``python -m tests.benchmarks --instances quickstart full --solvers ours plain``.

Every run is a process of its own. Instances: ``quickstart``, ``alliance``, ``full`` (32 generated
members), ``full-ranked`` (the same with ranked objectives), ``8`` or ``8x24`` (members x months).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import tables
from tests.benchmarks.alone import SOLVERS, measure
from tests.benchmarks.cases import Case
from tests.benchmarks.run import Limits, Run

SIZES = (4, 8, 16, 32, 64)


def main() -> None:
    """Run what is asked and print the tables."""
    asked = _arguments()
    limits = Limits(asked.seconds, asked.gap, asked.threads)
    names = [str(size) for size in asked.sizes] if asked.growth else asked.instances
    runs: list[tuple[str, Run]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            workbook = Case(name, asked.seed).workbook(Path(folder))
            for solver in asked.solvers:
                print(f"{name}: {solver}, up to {limits.seconds:g} s", file=sys.stderr, flush=True)
                runs.append((name, measure(solver, workbook, limits)))
                print(f"  {tables.outcome(runs[-1][1])}", file=sys.stderr, flush=True)
                _save(runs, asked.save)
    _print(runs, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("--instances", nargs="+", default=["quickstart", "alliance", "full"], help="instances to run")
    add("--solvers", nargs="+", choices=SOLVERS, default=["ours", "plain"], help="ours; plain HiGHS; SCIP")
    add("--seconds", type=float, default=300.0, help="longest search of each run (default 300)")
    add("--gap", type=float, default=1e-4, help="gap at which every solver may stop (default 0.0001)")
    add("--threads", type=int, help="threads of each solver (default: its own choice)")
    add("--seed", type=int, default=0, help="seed of the generated instances (default 0)")
    add("--growth", action="store_true", help="instead of --instances: generated ones of growing size")
    add("--sizes", nargs="+", type=int, default=list(SIZES), help="members of --growth (default 4 8 16 32 64)")
    add("--markdown", action="store_true", help="print Markdown")
    add("--save", type=Path, help="also write every run with its trace to this file, as JSON")
    return parser.parse_args()


def _save(runs: list[tuple[str, Run]], path: Path | None) -> None:
    if path:
        path.write_text(json.dumps([{"instance": name, **asdict(run)} for name, run in runs], indent=1))


def _print(runs: list[tuple[str, Run]], asked: argparse.Namespace) -> None:
    ours = [(name, run) for name, run in runs if run.solver == "ours"]
    found = [tables.solvers(runs, asked.seconds)]
    if asked.growth:
        found.append(tables.growth([int(name) for name, _ in runs], runs))
    if ours:
        found += [tables.stages(ours), tables.parts(ours)]
    for table in found:
        if asked.markdown:
            print(table.markdown())
        else:
            table.show()


if __name__ == "__main__":
    main()
