"""What the terminal shows while a plan is searched, and when it is found."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from optimizer.errors import Finding
from optimizer.plan.verdict import checked_words, objective_words, proof_words, search_words
from optimizer.replies import print_findings
from optimizer.scenario.schema import LEVERS, Line, Project
from optimizer.scenario.values import counted
from optimizer.solve.progress import Progress

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan
    from optimizer.scenario.scenario import Scenario


class ProgressView:
    """A table with a line per stage: seconds in all, best plan, proven bound, gap, time left.

    A stage that comes back goes on in its line. On a terminal the table is live; elsewhere it is
    printed once, at the end.
    """

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._stages: dict[str, Progress] = {}
        self._seconds: dict[str, float] = {}
        self._running = ""
        self._told = 0.0
        self._live: Live | None = None
        self._told_before: set[str] = set()

    def read(self, scenario: Scenario, workbook: Path, findings: Sequence[Finding]) -> None:
        """Tell what was read, and what is odd in it."""
        lines, projects = counted(len(scenario.rows(Line)), "line"), counted(len(scenario.rows(Project)), "project")
        months = f"{counted(scenario.calendar.end, 'month')} from {scenario.settings.start:%Y-%m}"
        self._print(Text.assemble((scenario.settings.title, "bold"), f" ({workbook}): {lines}, {projects}, {months}"))
        if set(scenario.settings.levers) != set(LEVERS):
            self._print(f"Levers allowed: {'; '.join(scenario.settings.levers) or 'none'}")
        if not self._quiet:
            print_findings(self._console, findings)
            self._told_before = {str(finding) for finding in findings}

    def __enter__(self) -> ProgressView:
        if not self._quiet and self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, get_renderable=self._table)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
            self._live = None
        elif self._stages and not self._quiet:
            self._print(self._table())

    def watch(self, progress: Progress) -> None:
        """Take the progress of the search."""
        if self._running:
            self._seconds[self._running] += progress.seconds - self._told
        self._seconds.setdefault(progress.stage, 0.0)
        self._running, self._told = progress.stage, progress.seconds
        self._stages[progress.stage] = progress

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a step after the search."""
        began = time.perf_counter()
        yield
        self._print(f"{name} written in {time.perf_counter() - began:.1f} s")

    def result(self, plan: Plan, written: Path) -> None:
        """Print the six headline figures and the report's path."""
        words = f" ({search_words(plan)}): {proof_words(plan)}"
        if not math.isfinite(plan.gap):
            words += "; allow more time (--time-limit)"
        self._print(Text.assemble(("Plan found", "bold green"), f"{words}; {checked_words(plan)}"))
        if plan.changed:
            self._print(Text.assemble(("warning", "yellow"), f": {plan.changed}"))
        for sentence in plan.given_up:
            self._print(f"Given up of {sentence} (setting slack)")
        for warning in plan.warnings:
            if warning not in self._told_before:
                self._print(Text.assemble(("warning", "yellow"), f": {warning}"))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for label, figure in [*objective_words(plan).items(), *headline_lines(plan.summary())]:
            table.add_row(label, figure)
        self._print(table)
        self._print(Text.assemble("Report: ", (str(written), "bold")))

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("stage")
        for header in ("seconds", "best plan", "proven bound", "gap", "left"):
            table.add_column(header, justify="right")
        for stage, progress in self._stages.items():
            table.add_row(
                stage,
                f"{self._seconds[stage]:.1f}",
                figure(progress.value),
                figure(progress.bound),
                "" if progress.gap is None or math.isinf(progress.gap) else f"{progress.gap:.2%}",
                f"{progress.left:.0f} s" if stage == self._running and self._live else "",
            )
        return table

    def _print(self, text: str | Text | Table) -> None:
        if not self._quiet:
            self._console.print(text)


def figure(value: float | None) -> str:
    """Return a value or a bound as the tables of a search tell it."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def headline_lines(headline: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Put the six headline figures in words: (label, figure with unit)."""
    waiting = headline["waiting_time_months"]
    longest = waiting.get("longest", {})
    beside = {
        name: f" ({who['customer']} {_months(who['wait']).removesuffix(' months')})" for name, who in longest.items()
    }
    waits = [
        f"{name} {_months(wait)}{beside.get(name, '')}"
        for name, wait in waiting.items()
        if name not in ("item", "slowest customer", "longest")
    ]
    met = headline["needs_met_from"]
    cost = next(name for name in headline if name.startswith("total_cost_"))
    return [
        ("Final items made a month, today", f"{headline['output_now_units_per_month']:,.0f} units"),
        ("Final items made a month, at the end", f"{headline['output_end_units_per_month']:,.0f} units"),
        ("Needs met in full from", str(met["month"] or met["reason"])),
        ("Wait of an order placed" + " (longest)" * bool(beside), "\n".join(waits) or "no orders are given"),
        ("Total cost within the horizon", f"{headline[cost]:,.0f} {cost.removeprefix('total_cost_')}"),
        ("Largest bottleneck", str(headline["largest_bottleneck"])),
    ]


def _months(wait: float | None) -> str:
    return "never" if wait is None else f"{wait:.1f} months"
