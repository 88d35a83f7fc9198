"""The commands that ask on from a plan: why, what more, who pays, and what stays when the input changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.options import Of, Workbook
from optimizer.question import Question, asks, ready

if TYPE_CHECKING:
    from optimizer.answers.reply import Reply


@asks
def why(
    question: Question,
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
        typer.Option(help="Why is it built, or not, and what would change?", show_default="none"),
    ] = None,
) -> None:
    """Say why orders are late, needs are lost, or a project is not built: what held them back, in which months.

    The amounts add up to all that is late or lost. A project that is not built is forced in, one that is built is
    left out, and what changes is told between least and most.
    """
    case = question.case(plan)
    target = question.target([plan], "why", order or "", need or "", project or "")

    def ask(**options: Any) -> Reply:
        from optimizer.answers import why as asked

        return asked.why(case, order=order, need=need, project=project, **options)

    question.answer(ask, target)


@asks
def replan(
    question: Question,
    workbook: Workbook,
    earlier: Annotated[Path, typer.Option("--from", help="Report of the plan so far.", show_default=False)],
    as_of: Annotated[str, typer.Option(help="First month that is decided anew, say 2024-01.", show_default=False)],
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Where the report of the new plan goes.", show_default="not written")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Tell at what price each project that is decided but not open may be undone.")
    ] = False,
) -> None:
    """Plan again from a month on: what was decided stays, the past is that of the report, and each change has a reason.

    A sheet Actuals (table, key, month, value) overrides earlier months. The rest of the earlier plan stays, too, unless
    the new one is better by more than the gap. A reason is the changed input whose undoing restores the decision.
    """
    from optimizer.answers import replan as asked
    from optimizer.workbook.actuals import read_actuals

    scenario = question.scenario(workbook, None)
    before = question.plan(earlier)
    actuals = read_actuals(workbook)
    target = question.target([workbook, earlier], "replan", as_of)
    if plan is not None:
        ready(plan, [workbook, earlier], question.force)

    def ask(**options: Any) -> Reply:
        reply = asked.replan(scenario, before, as_of, actuals=actuals, undo=undo, **options)
        if plan is not None:
            asked.plan_of(reply).to_excel(plan)
        return reply

    question.answer(ask, target)


@asks
def share(
    question: Question,
    plan: Of,
) -> None:
    """Say who pays, gets and works, against its key, and what the group would gain without each national rule.

    National rules are budgets that pay at home only, hard home shares, and forbidden projects; each is left out alone.
    """
    case = question.case(plan)
    target = question.target([plan], "share")

    def ask(**options: Any) -> Reply:
        from optimizer.answers import share as asked

        return asked.share(case, **options)

    question.answer(ask, target)


@asks
def bottlenecks(
    question: Question,
    plan: Of,
    largest: Annotated[
        int, typer.Option("--largest", min=0, max=100, help="Items of which more is tried by solving again.")
    ] = 3,
) -> None:
    """Say what limits each item, in which months, and what one more unit brings, in units, months and money.

    The largest are checked: their lines make a hundredth more, and everything is decided again.
    """
    case = question.case(plan)
    target = question.target([plan], "bottlenecks")

    def ask(**options: Any) -> Reply:
        from optimizer.answers import more

        return more.bottlenecks(case, largest=largest, **options)

    question.answer(ask, target)


FOLLOWUPS: dict[Callable[..., None], str] = {
    why: "optimizer why reports/quickstart.xlsx --order Northland",
    replan: "optimizer replan next.xlsx --from reports/quickstart.xlsx --as-of 2023-08",
    bottlenecks: "optimizer bottlenecks reports/quickstart.xlsx",
    share: "optimizer share reports/quickstart.xlsx",
}
"""Command -> an example of it."""
