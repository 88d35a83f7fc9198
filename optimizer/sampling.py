"""The command that draws scenarios from ranges, and tests a plan on fresh ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from optimizer.errors import Finding, InputError, ReportError
from optimizer.files import reason
from optimizer.options import AsJson, ClusterAddress, Force, Gap, Jobs, Quiet, Runs, StudyLimit, Workbook
from optimizer.questions import MOST_PRINTED, answer, answer_path, given_of, plan_of, ready, share_of
from optimizer.replies import Course, errors_told, out, tell_json

if TYPE_CHECKING:
    from optimizer.answers.reply import Reply
    from optimizer.scenario.sample import Sample
    from optimizer.scenario.scenario import Scenario


def sample(
    workbook: Workbook,
    n: Annotated[int, typer.Option("--n", min=1, max=2000, help="Draws.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=2_147_483_647, help="What the draws hang on.")] = 0,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Scenarios that stand for all draws, with their probabilities.", show_default="all"),
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option("--test", help="Report of a plan: what comes of it in fresh draws.", show_default="none"),
    ] = None,
    tail: Annotated[str, typer.Option(help="Of a test, the probability of the tail.")] = "10%",
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", "-o", help="Where the workbook goes.", show_default="reports/<workbook> (sample).xlsx"
        ),
    ] = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Draw scenarios from the sheet Uncertain into the Scenarios sheet of a new workbook, or test a plan on fresh ones.

    Few scenarios stand for many: those are kept that are nearest to all draws, with the probabilities of all. A plan is
    tested with its starts, crews, weekends and pledges before the month `reveal` kept, all else adapted to each draw:
    mean and tail, with their standard errors. The same seed draws the same; fresh draws are always others.
    """
    with errors_told(as_json) as course:
        given = given_of(workbook, None, gap, course)
        if test is not None:
            if keep is not None:
                raise InputError([Finding("", "", "--keep is for scenarios that are written; leave it out, or --test")])
            target = report or answer_path(workbook, f"test of {test.stem}")
            ready(target, [workbook, test], force)
            plan, part = plan_of(test, gap, course), share_of(tail, "--tail")

            def ask(**options: object) -> Reply:
                from optimizer.answers.fresh import out_of_sample

                return out_of_sample(plan, given, n=n, seed=seed, tail=part, **options)  # type: ignore[arg-type]

            answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)
            return
        target = report or answer_path(workbook, "sample")
        ready(target, [workbook], force)
        _write(course, given, target, quiet, n, seed, keep)


def _write(course: Course, given: Scenario, target: Path, quiet: bool, n: int, seed: int, keep: int | None) -> None:
    """Draw scenarios, write them into a new workbook and tell them."""
    from optimizer.scenario.sample import sample as drawn
    from optimizer.workbook.template import write_workbook

    found = drawn(given, n=n, seed=seed, keep=keep)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        course.written = write_workbook(target, found.scenario)
    except OSError as error:
        raise ReportError(reason(error, target)) from error
    if course.as_json:
        record = {"status": "ok", "workbook": course.written, "distance": found.distance}
        tell_json(record | {"scenarios": found.draws.to_dict("records")})
    elif not quiet:
        _print(found, n, course.written)


def _print(found: Sample, n: int, written: Path) -> None:
    kept = len(found.draws)
    words = f"{n} scenarios drawn"
    if kept < n:
        words += f", {kept} kept: {found.distance:.0%} as far from all draws as the one that is nearest to all"
    out.print(words)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in found.draws:
        table.add_column(str(column), overflow="fold", justify="left" if column == "scenario" else "right")
    for row in found.draws.head(MOST_PRINTED).itertuples(index=False):
        name, probability, *numbers = row
        table.add_row(str(name), f"{probability:.1%}", *(f"{number:g}" for number in numbers))
    out.print(table)
    if kept > MOST_PRINTED:
        out.print(f"and {kept - MOST_PRINTED} more in the workbook")
    out.print(f"Written: {written}; they stand in its Scenarios sheet instead of what was there")


SAMPLING: dict[Callable[..., None], str] = {sample: "optimizer sample quickstart.xlsx --n 200 --seed 1 --keep 12"}
"""Command -> an example of it."""
