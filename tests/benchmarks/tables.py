"""The tables of a benchmark, for a terminal or as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from pathlib import Path

import rich.table
from rich.console import Console

from tests.benchmarks.relaxation import weaker
from tests.benchmarks.results import Result, marks
from tests.benchmarks.run import Run
from tests.benchmarks.trace import gap, half_of_gain, known_at, seconds_to_gap, seconds_to_value

WIDTH = 220
"""Columns of a table that is not shown in a terminal."""
CLOSE = (0.01, 0.005)
"""Gaps of the first objective whose time is read."""


@dataclass(frozen=True)
class Cell:
    """Lines of text, and a mark in a word where something falls short; red in a terminal."""

    text: str
    mark: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A title, headers, and rows of cells."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]

    def markdown(self) -> str:
        """Return the table as Markdown."""
        rows = [[_markdown(cell) for cell in row] for row in self.rows]
        lines = [list(self.head), ["---" for _ in self.head], *rows]
        return f"**{self.title}**\n\n" + "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"

    def show(self) -> None:
        """Print the table to the terminal."""
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        shown = rich.table.Table(*self.head, title=self.title, title_justify="left", show_lines=True)
        for row in self.rows:
            shown.add_row(*(f"[red]{cell.text}[/red]" if cell.mark else cell.text for cell in row))
        console.print(shown)


def objectives(results: Sequence[Result], seconds: float) -> Table:
    """Return value, bound and gap of every objective at the marks."""
    times = marks(seconds)
    rows = []
    for result in results:
        for run in result.runs:
            for name in run.objectives or ["-"]:
                cells = [str(result.case), _called(result, run), name]
                found = [_mark(result, run, name, mark) for mark in times]
                refuted = Cell("refuted" if result.refuted(run, name) else "")
                rows.append((*map(Cell, cells), *found, refuted, _relaxation(run, name)))
    head = ("instance", "solver", "objective", *map(_time, times), "its bound", "relaxation")
    return Table("Value, bound and gap at seconds of search", head, rows)


def summary(results: Sequence[Result]) -> Table:
    """Return how soon each run came to what, what it took, and what it missed."""
    head = ("instance", "rows", "integers", "solver", "s to half of the gain", *(f"s to {c:.1%}" for c in CLOSE))
    head += ("s until proven", "search, s", "over", "MB", "status", "verified", "behind at", "not reached", "note")
    rows = []
    for result in results:
        for run in result.runs:
            rows.append((*_size(result, run), *_times(result, run), *_end(result, run)))
    return Table("How soon, at what expense, and what fell short", head, rows)


def stages(results: Sequence[Result]) -> Table:
    """Return what each stage of our search took, and what was known after it."""
    head = ("instance", "solver", "objective", "stage", "seconds", "value", "bound")
    rows = []
    for result in results:
        for run in result.of("ours"):
            for one in run.stages:
                numbers = (_number(one["seconds"]), _value(one["value"]), _value(one["bound"]))
                texts = (str(result.case), _called(result, run), one["objective"], one["stage"], *numbers)
                rows.append(tuple(map(Cell, texts)))
    return Table("Our search by stage", head, rows)


def line(run: Run) -> str:
    """Return in a line what a run came to, to be read while others still run."""
    found = []
    for name in run.objectives:
        value, bound = known_at(run, name, float("inf"))
        found.append(f"{name} {_value(value)} (gap {_gap(value, bound)})")
    return "; ".join(filter(None, [", ".join(found), run.status, run.note]))


def _called(result: Result, run: Run) -> str:
    alike = result.of(run.solver)
    return run.solver if len(alike) == 1 else f"{run.solver} {alike.index(run) + 1}"


def _mark(result: Result, run: Run, name: str, seconds: float) -> Cell:
    value, bound = known_at(run, name, seconds)
    short = "behind" if name in result.behind(run, seconds) else ""
    if value is None and bound is None:
        return Cell("-", short)
    return Cell(f"{_value(value)}\n{_value(bound)}\n{_gap(value, bound)}", short)


def _relaxation(run: Run, name: str) -> Cell:
    _, bound = known_at(run, name, float("inf"))
    return Cell(_value(run.relaxation.get(name)), "weaker" if weaker(run, name, bound) else "")


def _size(result: Result, run: Run) -> tuple[Cell, ...]:
    return Cell(str(result.case)), Cell(f"{run.rows:,}"), Cell(f"{run.integers:,}"), Cell(_called(result, run))


def _times(result: Result, run: Run) -> tuple[Cell, ...]:
    if not run.objectives:
        return tuple(Cell("-") for _ in range(2 + len(CLOSE)))
    first, half = run.objectives[0], half_of_gain(result.levers_off, result.best)
    proven = (f"{name} {_number(seconds_to_gap(run, name, result.limits.gap))}" for name in run.objectives)
    return (
        Cell("-" if half is None else _number(seconds_to_value(run, first, half))),
        *(Cell(_number(seconds_to_gap(run, first, close))) for close in CLOSE),
        Cell("\n".join(proven)),
    )


def _end(result: Result, run: Run) -> tuple[Cell, ...]:
    over = None if run.search is None else run.search - result.limits.seconds
    late = over is not None and over > 0.05 * result.limits.seconds + 5
    short = [
        f"{_time(mark)}: {', '.join(sorted(found))}"
        for mark in marks(result.limits.seconds)
        if (found := result.behind(run, mark))
    ]
    ours = run.solver == "ours"
    missed = result.missed(run) if ours else []
    said = {True: "yes", False: "no", None: "-"}[run.verified]
    return (
        Cell(_number(run.search)),
        Cell("-" if over is None or over <= 0 else _number(over), "over the limit" if late and ours else ""),
        Cell("-" if run.memory is None else f"{run.memory:,.0f}"),
        Cell(run.status),
        Cell(said, "not a plan" if run.verified is False and ours else ""),
        Cell("\n".join(short), "behind" if short else ""),
        Cell("\n".join(map(str, missed)), "missed" if missed else ""),
        Cell(run.note),
    )


def _markdown(cell: Cell) -> str:
    text = cell.text.replace("|", "\\|").replace("\n", "<br>")
    return f"{text} **{cell.mark}**".strip() if cell.mark else text


def _time(mark: float) -> str:
    return "end" if isinf(mark) else f"{mark:g} s"


def _gap(value: float | None, bound: float | None) -> str:
    found = gap(value, bound)
    return "no gap" if isinf(found) else f"{found:.2%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if value >= 1 else f"{value:.2f}"


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def put_section(file: Path, heading: str, lines: Sequence[str]) -> None:
    """Write a section of a Markdown file; other sections, and what stands before the first, stay."""
    before = file.read_text() if file.exists() else ""
    first, *sections = ("\n" + before).split("\n## ")
    kept = [section.strip() for section in sections if section.split("\n")[0] != heading]
    new = "\n".join([heading, "", *lines]).strip()
    file.write_text("\n\n## ".join([first.strip(), *kept, new]) + "\n")


def sections(file: Path) -> str:
    """Return the sections of a Markdown file that were put into it; nothing where there is none."""
    before = file.read_text() if file.exists() else ""
    _, *found = ("\n" + before).split("\n## ")
    return "".join(f"\n## {section}" for section in found)
