"""Decisions before it is known what comes: ours, all in one program and scenario by scenario, beside mpi-sppy.

    python -m tests.benchmarks.uncertain --problems quickstart --markdown reports/benchmarks.md
    python -m tests.benchmarks.uncertain --problems alliance-3 --ways by-scenario --seconds 600 --gap 0.02

Problems: quickstart (its four scenarios), quickstart-12 and -48 (drawn from ranges), alliance-3 and -12 (does
the war go on, are plants late, are budgets cut). The first objective alone is compared; --ranked searches all of ours.
mpi-sppy is an extra: pip install '.[peers]'; it runs without MPI here. MB is the peak of the process and all that it
started. Value and bound are those of the first objective, seconds those of all.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from optimizer import Scenario, StudyProgress, decide_under_uncertainty, read_workbook, sample
from optimizer.errors import NoPlanError
from optimizer.solve.problem import cores
from optimizer.solve.progress import relative_gap
from tests.benchmarks.alone import ROOT
from tests.benchmarks.memory import Peak
from tests.benchmarks.tables import put_section

HEADING = "Deciding before knowing, beside mpi-sppy"
REVEAL, LAST, AFTER = "2023-11", "2024-06", "2024-07"
"""Months in which it is known what comes in the alliance, before it comes, and from which on it does."""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    problem: str
    way: str
    value: float
    bound: float
    seconds: float
    note: str = ""
    megabytes: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """Return what is shown."""
        gap = relative_gap(self.value, self.bound)
        shown = "-" if math.isinf(gap) else f"{gap:.2%}"
        memory = "" if self.megabytes is None else f"{self.megabytes:.0f}"
        figures = f"{self.value:.6g}", f"{self.bound:.6g}", shown, f"{self.seconds:.0f}", memory
        return (self.problem, self.way, *figures, self.note)


# -- problems ----------------------------------------------------------------------------------------------
def alliance(count: int) -> Scenario:
    """Return the example with 3 or 12 scenarios; a war ends in mid 2024, and all is known before.

    Its needs are split in two there, so that the base asks for what the example asks for.
    """
    given = read_workbook(ROOT / "data" / "alliance_155mm.xlsx")
    needs = [row | {"to_month": LAST} for row in given.needs.to_dict("records")]
    later = [row | {"from_month": AFTER, "to_month": None} for row in needs]
    ends = [
        change("Needs", f"{row['recipient']} | {row['item']} | {AFTER} | {row['band']}", "per month", 0.4)
        for row in needs
    ]
    late = [
        change("Projects", row["project"], "lead months", 6, "add")
        for row in given.projects.to_dict("records")
        if row["status"] == "option"
    ]
    cuts = {"": [], "cut": [change("Funds", "*", "amount", 0.8)], "half": [change("Funds", "*", "amount", 0.5)]}
    if count == 3:
        found = {"war ends": (0.25, ends), "plants late": (0.25, late)}
    else:
        found = {}
        chances = {"goes on": 0.6, "ends": 0.4}, {"in time": 0.6, "late": 0.4}, {"": 0.5, "cut": 0.3, "half": 0.2}
        for (war, p), (plants, q), (money, r) in itertools.product(*(c.items() for c in chances)):
            changes = (ends if war == "ends" else []) + (late if plants == "late" else []) + cuts[money]
            if changes:
                found[f"war {war}, plants {plants}, budget {money or 'as planned'}"] = (p * q * r, changes)
    rows = [row | {"scenario": name, "probability": p} for name, (p, changes) in found.items() for row in changes]
    return given.replace(settings={"reveal": REVEAL}, needs=[*needs, *later], scenarios=rows)


def change(sheet: str, key: str, column: str, value: float, how: str = "multiply") -> dict[str, Any]:
    """Return a row of the Scenarios sheet."""
    return {"changed_sheet": sheet, "changed_key": key, "changed_column": column, "change": how, "value": value}


def quickstart(count: int | None = None) -> Scenario:
    """Return the quickstart with its own scenarios, or with so many drawn of needs, lead times and money."""
    given = read_workbook(ROOT / "data" / "quickstart.xlsx")
    if count is None:
        return given
    ranges = [
        change("Needs", "*", "per month", 0) | {"low": 0.8, "mode": 1.0, "high": 2.0},
        change("Projects", "South plant", "lead months", 0, "add") | {"low": 0, "mode": 0, "high": 6},
        change("Funds", "*", "amount", 0) | {"low": 0.7, "mode": 1.0, "high": 1.0},
    ]
    rows = [{n: v for n, v in row.items() if n != "value"} | {"distribution": "triangular"} for row in ranges]
    return sample(given.replace(uncertain=rows, scenarios=[]), n=count, seed=1).scenario


PROBLEMS: dict[str, Callable[[], Scenario]] = {
    "quickstart": quickstart,
    "quickstart-12": lambda: quickstart(12),
    "quickstart-48": lambda: quickstart(48),
    "alliance-3": lambda: alliance(3),
    "alliance-12": lambda: alliance(12),
}


# -- ways --------------------------------------------------------------------------------------------------
def ours(scenario: Scenario, seconds: float, *, by_scenario: bool) -> tuple[float, float, float, str]:
    """Return value, bound, seconds and note of our decision."""
    told: list[str] = []

    def watch(progress: StudyProgress) -> None:
        last = progress.tasks[-1].name
        if last not in told:
            told.append(last)
            print(f"    {progress.seconds:6.0f} s: {last}", file=sys.stderr, flush=True)

    began = time.perf_counter()
    found = decide_under_uncertainty(scenario, by_scenario=by_scenario, time_limit=seconds, watcher=watch)
    taken, best = time.perf_counter() - began, next(iter(found.best.values()))
    verified = all(plan.verified for plan in found.scenarios.plans.values())
    return best.most, best.least, taken, "every plan verified" if verified else "not verified"


def peer(name: str, scenario: Scenario, seconds: float) -> tuple[float, float, float, str]:
    """Return value, bound, seconds and note of mpi-sppy."""
    from tests.benchmarks import sppy

    found = getattr(sppy, name)(scenario, seconds, scenario.settings.gap)
    return found.value, found.bound, found.seconds, found.note


WAYS: dict[str, Callable[[Scenario, float], tuple[float, float, float, str]]] = {
    "together": lambda scenario, seconds: ours(scenario, seconds, by_scenario=False),
    "by-scenario": lambda scenario, seconds: ours(scenario, seconds, by_scenario=True),
    "sppy-ef": lambda scenario, seconds: peer("extensive_form", scenario, seconds),
    "sppy-ph": lambda scenario, seconds: peer("progressive_hedging", scenario, seconds),
}
TITLES = {
    "together": "ours, one program",
    "by-scenario": "ours, by scenario",
    "sppy-ef": "mpi-sppy, extensive form",
    "sppy-ph": "mpi-sppy, progressive hedging",
}


def measured(problem: str, way: str, seconds: float, gap: float, ranked: bool) -> Row:
    """Return the line of one way on one problem; called in a process of its own, whose memory is measured."""
    scenario = PROBLEMS[problem]().replace(settings={"gap": gap})
    if not ranked:
        scenario = scenario.replace(settings={"objectives": scenario.settings.objectives[:1]})
    began = time.perf_counter()
    with Peak(os.getpid()) as peak:
        try:
            found = WAYS[way](scenario, seconds)
        except NoPlanError as error:
            found = math.inf, -math.inf, time.perf_counter() - began, str(error).partition(";")[0]
    load = os.getloadavg()[1]
    if load > cores() + 1:
        found = (*found[:3], f"{found[3]}; other programs kept the machine busy: load {load:.0f} on {cores()} cores")
    return Row(problem, TITLES[way], *found, peak.megabytes)


def main(arguments: list[str] | None = None) -> None:
    """Run what is asked and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.uncertain",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--problems", nargs="+", choices=PROBLEMS, default=["quickstart"], help="default: quickstart")
    add("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="default: all")
    add("--seconds", type=float, default=120, help="longest search (default 120)")
    add("--gap", type=float, default=0.001, help="gap at which a search may end (default 0.001)")
    add("--ranked", action="store_true", help="search all objectives of the workbook, not the first alone")
    add("--markdown", type=Path, metavar="FILE", help="also write the table to a file, as a section of its own")
    asked = parser.parse_args(arguments)
    rows = []
    for problem, way in itertools.product(asked.problems, asked.ways):
        print(f"{problem}: {TITLES[way]}, up to {asked.seconds:g} s", file=sys.stderr, flush=True)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            rows.append(alone.submit(measured, problem, way, asked.seconds, asked.gap, asked.ranked).result())
        print("  " + " | ".join(rows[-1].cells), flush=True)
    if asked.markdown:
        command = " ".join(arguments if arguments is not None else sys.argv[1:])
        put_section(
            asked.markdown,
            f"{HEADING}: {', '.join(asked.problems)}",
            [f"Printed by `python -m tests.benchmarks.uncertain {command}`.", "", *_table(rows)],
        )


def _table(rows: list[Row]) -> list[str]:
    head = ("problem", "way", "value", "bound", "gap", "s", "MB", "note")
    return [f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *(row.cells for row in rows))]


if __name__ == "__main__":
    main()
