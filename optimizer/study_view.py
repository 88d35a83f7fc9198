"""What the terminal shows while many solves are under way."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table

from optimizer.progress_view import figure

if TYPE_CHECKING:
    from optimizer.study.progress import StudyProgress

RUNNING = ("running", "elsewhere")


class StudyView:
    """How many solves are done, running and left, and stage, best plan and bound of those that run.

    On a terminal it is live; elsewhere one line tells how it went, at the end.
    """

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console, self._quiet = console, quiet
        self._progress: StudyProgress | None = None
        self._live: Live | None = None

    def __enter__(self) -> StudyView:
        if not self._quiet and self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, get_renderable=self._table, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
            self._live = None
        found = self._progress
        if found is not None and not self._quiet:
            self._console.print(f"{found.done} of {len(found.tasks)} solves done in {found.seconds:.0f} s")

    def watch(self, progress: StudyProgress) -> None:
        """Take the progress of the study."""
        self._progress = progress

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0))
        found = self._progress
        if found is None:
            return table
        left = "" if found.left is None else f", about {found.left:.0f} s left"
        table.add_column(f"{found.done} done, {found.running} running, {found.waiting} waiting{left}")
        for header in ("stage", "best plan", "proven bound", "seconds"):
            table.add_column(header, justify="right")
        for task in found.tasks:
            if task.status in RUNNING:
                search = task.search
                cells = ("", "", "") if search is None else (search.stage, figure(search.value), figure(search.bound))
                table.add_row(task.name, *cells, f"{task.seconds:.0f}")
        return table
