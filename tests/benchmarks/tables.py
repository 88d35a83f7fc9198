"""The tables of a benchmark, for a terminal or as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isinf, log

import numpy as np
import rich.table
from rich.console import Console

from tests.benchmarks.run import CLOSE, MARKS, Run

Runs = Sequence[tuple[str, Run]]
"""(instance, run)"""
WIDTH = 200
"""Columns of a table that is not shown in a terminal."""
NOT_SOLVER = ("import", "read", "check", "build", "hand over", "outside the stages", "extract", "verify", "report")
"""Parts of our solve that are not HiGHS; `outside the stages` is what the search does between its runs."""


@dataclass(frozen=True)
class Table:
    """A title, headers, and rows of text."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        return f"**{self.title}**\n\n" + "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"

    def show(self) -> None:
        """Print the table to the terminal."""
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        shown = rich.table.Table(*self.head, title=self.title, title_justify="left")
        for cells in self.rows:
            shown.add_row(*cells)
        console.print(shown)


def outcome(run: Run) -> str:
    """Return in a line how close a run came and when, to be read while others still run."""
    best = run.gap_at(run.trace[-1][0]) if run.trace else None
    times = ", ".join(f"{close:.1%} after {_number(run.seconds_to(close))} s" for close in CLOSE)
    return f"gap {_gap(best)}; {times}; {run.memory:,.0f} MB{'; ' if run.note else ''}{run.note}"


def solvers(runs: Runs, seconds: float) -> Table:
    """Return how close each solver came, and when."""
    marks = [mark for mark in MARKS if mark <= seconds] or [round(seconds)]
    head = ("instance", "rows", "columns", "integers", "solver", *(f"gap at {mark} s" for mark in marks))
    head += (*(f"s to {close:.1%}" for close in CLOSE), "MB", "value", "bound", "note")
    rows = []
    for name, run in runs:
        value, bound = run.trace[-1][1:] if run.trace else (None, None)
        cells = [name, *(f"{n:,}" for n in (run.rows, run.columns, run.integers)), run.solver]
        cells += [_gap(run.gap_at(mark)) for mark in marks]
        cells += [_number(run.seconds_to(close)) for close in CLOSE]
        cells += [f"{run.memory:,.0f}", _money(value), _money(bound), run.note]
        rows.append(tuple(cells))
    title = "Solvers: gap = |value - bound| / |value| of the first objective; seconds with building and hand-over"
    return Table(title, head, rows)


def stages(runs: Runs) -> Table:
    """Return what each stage of our search took, and what was known after it."""
    rows = [
        (name, one["objective"], one["stage"], _number(one["seconds"]), _money(one["value"]), _money(one["bound"]))
        for name, run in runs
        for one in run.stages
    ]
    return Table("Our search by stage", ("instance", "objective", "stage", "seconds", "value", "bound"), rows)


def parts(runs: Runs) -> Table:
    """Return what the parts of our solve that are not HiGHS took, in seconds."""
    rows = []
    for name, run in runs:
        known = dict(run.parts)
        if "search" in known:
            known["outside the stages"] = max(0.0, known["search"] - sum(stage["seconds"] for stage in run.stages))
        whole = sum(known.get(part, 0.0) for part in NOT_SOLVER)
        rows.append((name, *(_number(known.get(part)) for part in NOT_SOLVER), _number(whole)))
    return Table("Ours without HiGHS, in seconds", ("instance", *NOT_SOLVER, "sum"), rows)


def growth(sizes: Sequence[int], runs: Runs) -> Table:
    """Return the time to the first of the gaps against the number of members, and the power it grows with."""
    head = ("solver", "members", "rows", "columns", "integers", f"s to {CLOSE[0]:.0%}", "best gap", "MB")
    rows = []
    for size, (_, run) in zip(sizes, runs, strict=True):
        seconds = run.seconds_to(CLOSE[0])
        best = run.gap_at(run.trace[-1][0]) if run.trace else None
        counts = (f"{n:,}" for n in (size, run.rows, run.columns, run.integers))
        rows.append((run.solver, *counts, _number(seconds), _gap(best), f"{run.memory:,.0f}"))
    found = []
    for solver in dict.fromkeys(run.solver for _, run in runs):
        own = [
            (size, run.seconds_to(CLOSE[0])) for size, (_, run) in zip(sizes, runs, strict=True) if run.solver == solver
        ]
        found.append(f"{solver}: {fitted([(size, seconds) for size, seconds in own if seconds])}")
    return Table(f"Growth with the number of members; {'; '.join(found)}", head, rows)


def fitted(points: Sequence[tuple[float, float]]) -> str:
    """Return the power law through (members, seconds), fitted by least squares of the logarithms."""
    if len(points) < 2:
        return "too few sizes got there to fit a power"
    power, start = np.polyfit([log(size) for size, _ in points], [log(seconds) for _, seconds in points], 1)
    return f"seconds = {exp(start):.3g} x members^{power:.2f} over {len(points)} sizes"


def _gap(value: float | None) -> str:
    if value is None:
        return "-"
    return "no plan" if isinf(value) else f"{value:.2%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if value >= 1 else f"{value:.2f}"


def _money(value: float | None) -> str:
    return "-" if value is None or value in (inf, -inf) else f"{value:.6g}"
