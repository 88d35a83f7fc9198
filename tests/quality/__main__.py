"""Measure how steady, fair and plausible plans are: what breaks a law is red (and has a !), and the exit status is 1.

    python -m tests.quality reports/plan.xlsx
    python -m tests.quality quickstart 4-ranked 8-ranked --seeds 0 1 2 3 4 --seconds 60 --keep reports --months

A plan is a report that `optimizer solve` wrote, or an instance that is solved on the spot: a workbook, or a name
of `python -m tests.benchmarks`: quickstart, alliance, dates, 4-ranked and 8-ranked (generated groups of so many
members), 4x36-ranked (members x months). A fall has a reason only in rows of the input that change in that month
(Rates, Suppliers, Funds, Needs, Orders) or in fewer Saturdays, never in what the plan chose.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import optimizer
from optimizer.errors import OptimizerError, PlanError
from optimizer.plan.plan import Plan
from optimizer.workbook.read_plan import read_plan
from tests.benchmarks.cases import cases
from tests.benchmarks.tables import Table
from tests.quality import show
from tests.quality.found import Measured
from tests.quality.laws import measure
from tests.quality.series import Series


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked, print the tables, and return the exit status."""
    asked = _arguments(arguments)
    measured: dict[str, Mapping[str, Measured] | str] = {}
    tables: list[Table] = []
    for name, plan in _plans(asked):
        if isinstance(plan, str):
            measured[name] = plan
            continue
        found = measured[name] = measure(plan)
        months = (show.months(name, Series(plan)),) if asked.months else ()
        tables += _shown(*months, show.of_plan(name, found))
    tables += _shown(show.summary(measured))
    if asked.markdown:
        asked.markdown.parent.mkdir(parents=True, exist_ok=True)
        asked.markdown.write_text("\n".join(table.markdown() for table in tables))
    return int(any(isinstance(found, str) or any(one.broken for one in found.values()) for found in measured.values()))


def _shown(*tables: Table) -> tuple[Table, ...]:
    for table in tables:
        table.show()
    return tables


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__, formatter_class=plain)
    add = parser.add_argument
    add("plans", nargs="+", help="reports, workbooks, or names of instances")
    add("--seeds", nargs="+", type=int, default=[0], help="seeds of generated instances (default 0)")
    add("--seconds", type=float, default=60.0, help="longest search (default 60)")
    add("--keep", type=Path, metavar="FOLDER", help="write reports of what is solved, to measure them again")
    add("--markdown", type=Path, metavar="FILE", help="also write the tables to a file, as Markdown")
    add("--months", action="store_true", help="also print the output of each final item by month")
    asked = parser.parse_args(arguments)
    asked.found = []
    for word in asked.plans:
        try:
            asked.found += [Path(word)] if word.endswith(".xlsx") else cases(word, asked.seeds)
        except ValueError as error:
            parser.error(str(error))
    return asked


def _plans(asked: argparse.Namespace) -> Iterator[tuple[str, Plan | str]]:
    """Yield each plan, read or solved; in its place the reason where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        for one in asked.found:
            name = one.stem if isinstance(one, Path) else str(one)
            try:
                yield name, _plan(name, one if isinstance(one, Path) else one.workbook(Path(folder)), asked)
            except OptimizerError as error:
                yield name, str(error).partition("\n")[0]


def _plan(name: str, path: Path, asked: argparse.Namespace) -> Plan:
    try:
        return read_plan(path)
    except PlanError:  # a workbook without a plan
        print(f"{name}: up to {asked.seconds:g} s", file=sys.stderr, flush=True)
        plan = optimizer.solve(optimizer.read_workbook(path), time_limit=asked.seconds)
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
        plan.to_excel(asked.keep / f"{name}.xlsx")
    return plan


if __name__ == "__main__":
    sys.exit(main())
