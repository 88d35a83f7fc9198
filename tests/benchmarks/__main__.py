"""Measure the search beside the plain call, with the settings that a template is filled with.

    python -m tests.benchmarks --instances quickstart dates 4x60-ranked --seeds 0 1 --markdown reports/benchmarks.md

ours: `optimizer.solve`. plain: the same Pyomo model through Pyomo's own HiGHS interface with its
defaults, ranked objectives one after the other, each held at its value and slack, the last plan as a start, time
shared 60/20/20; its plans count when our verifier accepts them. scip: SCIP, first objective only. Seconds are
those of the search, without reading, building, verifying and reporting. Every run is a process of its own and is
kept by what it depends on (model, solver, limits; ours also by the source of the package), so the same
command goes on where it was ended. A value of ours that is lexicographically behind plain is red, in Markdown it
says `behind`.

Instances: quickstart, alliance, dates (a small group with dates to keep), full (32 generated members,
one weighted objective), full-ranked, 16-ranked, 8-ranked, 4x60-ranked (members x months). With a slack, a
gap or a seed of its own: alliance:slack=0.1, full:gap=0.005, dates:seed=3.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import keep, tables
from tests.benchmarks.alone import ROOT, SOLVERS, fingerprint, measure
from tests.benchmarks.busy import busy
from tests.benchmarks.cases import cases
from tests.benchmarks.relaxation import add_relaxation
from tests.benchmarks.results import Result
from tests.benchmarks.run import Limits, Run

INSTANCES = ("quickstart:gap=0", "alliance:slack=0.005", "dates", "4x60-ranked", "8-ranked")


def main(arguments: list[str] | None = None) -> None:
    """Run what is asked and print the tables."""
    asked = _arguments(arguments)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, busy(asked.busy):
        for case in asked.cases:
            results.append(
                Result(case, Limits(asked.seconds, asked.gap if case.gap is None else case.gap, asked.threads))
            )
            _measure(results[-1], case.workbook(Path(folder)), asked)
    _print(results, asked)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__, formatter_class=plain)
    add = parser.add_argument
    add("--instances", nargs="+", default=list(INSTANCES), help=f"default: {' '.join(INSTANCES)}")
    add("--seeds", nargs="+", type=int, default=[0], help="seeds of generated instances (default 0)")
    add("--solvers", nargs="+", choices=SOLVERS, default=["plain", "ours"], help="default: plain ours")
    add("--seconds", type=float, default=Limits.seconds, help=f"longest search (default {Limits.seconds:g})")
    add("--gap", type=float, default=Limits.gap, help=f"gap at which a solver may stop (default {Limits.gap:g})")
    add("--threads", type=int, help="threads of each solver (default: its own choice)")
    add("--busy", type=int, default=0, metavar="N", help="keep N other processes busy meanwhile")
    add("--repeat", type=int, default=0, metavar="N", help="run ours up to N more times where a mark is missed")
    add("--keep", type=Path, default=ROOT / ".benchmarks", metavar="FOLDER", help="where runs are kept (.benchmarks)")
    add("--again", action="store_true", help="make runs again that are kept")
    add("--relaxation", action="store_true", help="also solve the linear relaxation of every objective of ours")
    add("--stages", action="store_true", help="also print the stages of our search")
    add("--markdown", type=Path, metavar="FILE", help="also write the tables to a file, as Markdown")
    asked = parser.parse_args(arguments)
    try:
        asked.cases = [case for word in asked.instances for case in cases(word, asked.seeds)]
    except ValueError as error:
        parser.error(str(error))
    return asked


def _measure(result: Result, workbook: Path, asked: argparse.Namespace) -> None:
    """Run each solver once, and ours again where it falls short."""
    kept, told = keep.Keep(asked.keep), [asdict(result.limits), asked.busy]
    book, code = keep.of_workbook(workbook), keep.of_code()
    for solver in sorted(asked.solvers, key="ours".__eq__):  # ours last: it is compared with the others
        name = keep.key(solver, book, code, *told)
        if solver != "ours":
            name = keep.key(solver, _model(kept, workbook, keep.key(book, code)), *told)
        _run(result, solver, workbook, kept, name, asked)
    for number in range(asked.repeat if "ours" in asked.solvers else 0):
        if not result.falls_short(result.of("ours")[-1:]):
            break
        _run(result, "ours", workbook, kept, keep.key("ours", book, code, *told, number), asked)


def _model(kept: keep.Keep, workbook: Path, name: str) -> str:
    """Return what tells the model of a workbook from others, without building it twice."""
    found = kept.text(name)
    if found is None:
        found = fingerprint(workbook)
        kept.put_text(name, found)
    return found


def _run(result: Result, solver: str, workbook: Path, kept: keep.Keep, name: str, asked: argparse.Namespace) -> None:
    run: Run | None = None if asked.again else kept.find(name)
    _say(f"{result.case}: {solver}, " + ("kept" if run else f"up to {result.limits.seconds:g} s"))
    if run is None:
        run = measure(solver, workbook, result.limits)
        if run.status != "crashed":  # what crashed is run again
            kept.put(name, run)
    if asked.relaxation and solver == "ours" and run.searched and not run.relaxation:
        add_relaxation(run, workbook)
        kept.put(name, run)
    result.runs.append(run)
    _say(f"  {tables.line(run)}")


PREFACE = """# Speed beside the plain call of HiGHS

Printed by `python -m tests.benchmarks`, after `pip install '.[benchmark]'`. *ours* is `optimizer.solve`; *plain* is the
same Pyomo model through Pyomo's own HiGHS interface with its defaults, ranked objectives one after the other, with the
settings that a template is filled with. Cells hold value, bound and gap; what is worse than plain says **behind**.
"""
"""What stands above the tables in a file."""


def _print(results: list[Result], asked: argparse.Namespace) -> None:
    found = [tables.objectives(results, asked.seconds), tables.summary(results)]
    if asked.stages:
        found.append(tables.stages(results))
    for table in found:
        table.show()
    if asked.markdown:
        asked.markdown.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join([PREFACE, *(table.markdown() for table in found)])
        asked.markdown.write_text(text + tables.sections(asked.markdown))  # those of others stay


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
