"""The command that draws scenarios from ranges, and tests a plan on fresh ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from optimizer.errors import Finding, InputError, ReportError
from optimizer.files import reason
from optimizer.options import Workbook
from optimizer.question import MOST_PRINTED, Question, asks, share_of
from optimizer.replies import out, tell_json

if TYPE_CHECKING:
    from optimizer.answers.reply import Reply
    from optimizer.scenario.sample import Sample
    from optimizer.scenario.scenario import Scenario


@asks
def sample(
    question: Question,
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
) -> None:
    """Draw scenarios from the sheet Uncertain into the Scenarios sheet of a new workbook, or test a plan on fresh ones.

    Few scenarios stand for many: those are kept that are nearest to all draws, with the probabilities of all. A plan is
    tested with its starts, crews, weekends and pledges before the month `reveal` kept, all else adapted to each draw:
    mean and tail, with their standard errors. The same seed draws the same; fresh draws are always others.
    """
    given = question.scenario(workbook, None)
    if test is not None:
        if keep is not None:
            raise InputError([Finding("", "", "--keep is for scenarios that are written; leave it out, or --test")])
        target = question.target([workbook, test], f"test of {test.stem}")
        plan, part = question.plan(test), share_of(tail, "--tail")

        def ask(**options: Any) -> Reply:
            from optimizer.answers.fresh import out_of_sample

            return out_of_sample(plan, given, n=n, seed=seed, tail=part, **options)

        question.answer(ask, target)
        return
    target = question.target([workbook], "sample")
    _write(question, given, target, n, seed, keep)


def _write(question: Question, given: Scenario, target: Path, n: int, seed: int, keep: int | None) -> None:
    """Draw scenarios, write them into a new workbook and tell them."""
    from optimizer.scenario.sample import sample as drawn
    from optimizer.workbook.template import write_workbook

    found = drawn(given, n=n, seed=seed, keep=keep)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        written = question.course.written = write_workbook(target, found.scenario)
    except OSError as error:
        raise ReportError(reason(error, target)) from error
    if question.as_json:
        record = {"status": "ok", "workbook": written, "distance": found.distance}
        tell_json(record | {"scenarios": found.draws.to_dict("records")})
    elif not question.quiet:
        _print(found, n, written)


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
