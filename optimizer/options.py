"""Arguments and options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer


def completed(*words: str) -> Callable[[], list[str]]:
    """Return what a shell offers for an argument; a sentence stands for the words it lists."""
    return lambda: listed(*words)


def list_completed(*words: str) -> Callable[[str], list[str]]:
    """Return what a shell offers for a list with `;`: what is typed so far, with each word that it lacks."""

    def offered(incomplete: str) -> list[str]:
        return _with_next(incomplete, listed(*words))

    return offered


def _with_next(incomplete: str, words: Iterable[str]) -> list[str]:
    before, mark, _ = incomplete.rpartition(";")
    named = {word.strip() for word in before.split(";")}
    head = f"{before}{mark} " if mark else ""
    return [head + word for word in words if word not in named]


def listed(*words: str) -> list[str]:
    """Return the words that sentences list."""
    return [part for word in words for part in re.split(r", | or ", word)]


def scenarios_of(context: typer.Context) -> list[str]:
    """Return the scenarios of the workbook on the command line so far; none where it cannot be read."""
    from optimizer.given import read_with_findings
    from optimizer.scenario.variants import variant_names

    several = context.params.get("workbooks") or ()
    named = [context.params.get("workbook"), *several, *context.args]  # the last where the option waits for its value
    try:
        return [*variant_names(read_with_findings(Path(next(filter(None, named))))[0])]
    except Exception:  # a shell that completes tells nothing: `check` does
        return []


def scenarios_listed(context: typer.Context, incomplete: str) -> list[str]:
    """Return what a shell offers for a list of scenarios of the workbook: all of them, or the next one."""
    return _with_next(incomplete, ["all", *scenarios_of(context)])


Workbook = Annotated[Path, typer.Argument(help="Input workbook (.xlsx), or a folder of CSV files.", show_default=False)]
Of = Annotated[Path, typer.Argument(help="Report of a plan, or a workbook.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Variant = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        help="Apply a named scenario of the Scenarios sheet.",
        show_default="none",
        autocompletion=scenarios_of,
    ),
]

# -- of questions that take many solves ----------------------------------------------------------------
StudyLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=1,
        help="Seconds for the whole study; what is not done by then is told.",
        show_default="each solve has the time of the workbook",
    ),
]
Runs = Annotated[
    Path | None,
    typer.Option(
        "--runs",
        help="Folder that keeps every solve: the same command goes on where it was stopped.",
        show_default="nothing is kept",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, max=1024, help="Most solves at once.", show_default="as cores and memory allow"),
]
ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Solve on the workers of a dask scheduler, say tcp://host:8786; needs the extra `cluster`.",
        show_default="on this machine",
    ),
]
Answered = Annotated[
    Path | None,
    typer.Option("--report", "-o", help="Where the answer goes.", show_default="reports/<workbook> (<question>).xlsx"),
]
Gap = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, help="Proven gap to stop at, the same for all.", show_default="setting gap of the workbook"
    ),
]
