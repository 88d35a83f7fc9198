"""The commands that ask on from a plan: why, what more, who pays, and what stays when the input changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.options import Answered, AsJson, Force, Gap, Jobs, Quiet, Runs, StudyLimit
from optimizer.questions import answer, answer_path, case_of, ready
from optimizer.replies import errors_told

if TYPE_CHECKING:
    from optimizer.answers.reply import Reply

Of = Annotated[Path, typer.Argument(help="Report of a plan, or a workbook, which is solved first.", show_default=False)]


def why(
    plan: Of,
    order: Annotated[
        str | None,
        typer.Option(help="Customer, or 'customer | item': why is it late?", show_default="all that is late"),
    ] = None,
    need: Annotated[
        str | None,
        typer.Option(help="Recipient, or 'recipient | item': why is it lost?", show_default="all that is lost"),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(help="Why is it built, or not, and what would change?", show_default=False),
    ] = None,
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say why orders are late, needs are lost, or a project is not built: what held them back, in which months.

    The amounts add up to all that is late or lost. A project that is not built is forced in, one that is built is
    left out, and what changes is told between least and most.
    """
    with errors_told(as_json) as course:
        case = case_of(plan, gap, course)
        target = report or answer_path(plan, "why", order or "", need or "", project or "")
        ready(target, [plan], force)

        def ask(**options: object) -> Reply:
            from optimizer.answers import why as asked

            return asked.why(case, order=order, need=need, project=project, **options)  # type: ignore[arg-type]

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs)


FOLLOWUPS: dict[Callable[..., None], str] = {
    why: "optimizer why reports/quickstart.xlsx --order Northland",
}
"""Command -> an example of it."""
