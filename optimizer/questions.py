"""The commands that take many solves: each asks one question of a workbook and writes one workbook with the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.errors import Finding, InputError
from optimizer.options import Of, Variant, Workbook, completed, scenarios_listed
from optimizer.question import Question, asks, ready, share_of

if TYPE_CHECKING:
    from optimizer.answers.reply import Reply
    from optimizer.scenario.scenario import Scenario

AIMS = "cost, shortfall, date"
"""What the help lists; the frontier, of which the help has no need, says the same."""


@asks
def compare(
    question: Question,
    workbooks: Annotated[
        list[Path],
        typer.Argument(help="Workbooks, or reports of plans; the first is the base.", show_default=False),
    ],
    scenarios: Annotated[
        str | None,
        typer.Option(
            help="Scenarios of the Scenarios sheet beside the workbook itself: all, or names with ';'.",
            show_default="none",
            autocompletion=scenarios_listed,
        ),
    ] = None,
) -> None:
    """Lay plans side by side: which inputs differ, what comes of it, what to decide the same and what not, by when.

    Every what-if begins with the plan of the base and is no worse than it where it fits. A report of a plan is taken
    as it is, a workbook is solved.
    """
    from optimizer.answers.compare import cases_of
    from optimizer.scenario.variants import variant_names

    if len(workbooks) == 1 and scenarios is None:
        words = "name a second workbook, or say --scenarios all for those of its Scenarios sheet"
        raise InputError([Finding(workbooks[0].name, "", f"to compare takes two cases: {words}")])
    cases: dict[str, Any] = {_name(path, workbooks): question.case(path) for path in workbooks}
    if scenarios is not None:
        if len(workbooks) > 1:
            raise InputError([Finding("", "", "--scenarios is for one workbook; name one, or leave it out")])
        given = _scenario(next(iter(cases.values())))
        asked = variant_names(given) if scenarios.strip().casefold() == "all" else _listed(scenarios)
        if not asked:
            raise InputError([Finding("Scenarios", "", "there are none; add some, or name two workbooks")])
        plain, first = cases_of(given, asked), next(iter(cases.values()))
        cases = {"base": first} | {name: plain[name] for name in asked}
    target = question.target(workbooks, "compare", *(path.stem for path in workbooks[1:]), scenarios or "")

    def ask(**options: Any) -> Reply:
        import optimizer

        return optimizer.compare(cases, **options)

    question.answer(ask, target)


@asks
def levers(
    question: Question,
    workbook: Of,
    scenario: Variant = None,
    most: Annotated[
        int | None,
        typer.Option(min=2, help="Most solves; shares are estimates then.", show_default="all that tell something"),
    ] = None,
    within: Annotated[
        float, typer.Option(min=0, max=1, help="Part of what all give within which shares are told; 0: exactly.")
    ] = 0.01,
) -> None:
    """Tell what each lever is worth: alone, taken away, one after the other, and its share in what all of them give.

    Shares are the means over all orders in which levers may come (Shapley). Short run: weekends, shifts and what is
    there already; long run: new lines and the pledges they wait for. Hard targets are left out.
    """
    given = question.case(workbook, scenario)
    target = question.target([workbook], "levers", scenario or "")

    def ask(**options: Any) -> Reply:
        import optimizer

        return optimizer.lever_worth(given, most_solves=most, within=within, **options)

    question.answer(ask, target)


@asks
def frontier(
    question: Question,
    workbook: Of,
    scenario: Variant = None,
    of: Annotated[
        str,
        typer.Option(help=f"What is as small as can be: {AIMS}.", autocompletion=completed(AIMS)),
    ] = "cost",
    against: Annotated[
        str,
        typer.Option(help=f"What is held: {AIMS}, or wait (of an order).", autocompletion=completed(AIMS, "wait")),
    ] = "shortfall",
    points: Annotated[int, typer.Option(min=2, max=200, help="Most points, the two ends included.")] = 8,
    item: Annotated[str | None, typer.Option(help="Item that is waited for.", show_default="every item")] = None,
    place: Annotated[
        str | None,
        typer.Option(help="Customer that waits; each, or pooled.", show_default="as an empty cell of Targets"),
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="Month from which the wait is held.", show_default="the last year")
    ] = None,
) -> None:
    """Tell what one aim costs in another: proven points, knees, and what one month sooner, or one unit less, costs.

    Hard targets hold at every point. A knee is a point from which on the next unit costs at least twice as much.
    """
    given = question.case(workbook, scenario)
    target = question.target([workbook], f"{of} against {against}", scenario or "")
    wish: dict[str, Any] = {"item": item, "place": place, "begin": begin}

    def ask(**options: Any) -> Reply:
        import optimizer

        return optimizer.frontier(given, of=of, against=against, points=points, **wish, **options)

    question.answer(ask, target)


@asks
def alternatives(
    question: Question,
    workbook: Of,
    scenario: Variant = None,
    slack: Annotated[
        str, typer.Option(help="How much worse each objective may be than in the best plan, say 2% or 0.02.")
    ] = "2%",
    dates: Annotated[
        bool, typer.Option(help="Prove the earliest and the latest start of each project: some solves for each.")
    ] = True,
) -> None:
    """Tell what else could be done as well: what every good plan does, what some do, what none does, and a few of them.

    Good is a plan whose objectives are within the slack of the best plan and whose targets are kept no later. What
    must be built, and what never is, is proven; what may be is shown by a plan.
    """
    given = question.case(workbook, scenario)
    share = share_of(slack, "--slack")
    target = question.target([workbook], "alternatives", scenario or "")

    def ask(**options: Any) -> Reply:
        import optimizer

        return optimizer.alternatives(given, slack=share, dates=dates, **options)

    question.answer(ask, target)


@asks
def risk(
    question: Question,
    workbook: Workbook,
    risk: Annotated[
        str, typer.Option(help="Weight of the tail in every objective: 0 is the expected value, 1 the tail alone.")
    ] = "0",
    tail: Annotated[str, typer.Option(help="Probability of the tail: the worst 10%, say.")] = "10%",
    reveal: Annotated[
        str | None,
        typer.Option(help="Month in which it is known which scenario comes.", show_default="setting reveal"),
    ] = None,
    by_scenario: Annotated[
        bool | None,
        typer.Option(
            "--by-scenario/--together",
            help="Search scenarios one by one, here or on a cluster, or all in one program on this machine.",
            show_default="by size",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="Where the report of the plan in the likeliest scenario goes.", show_default="not written"
        ),
    ] = None,
) -> None:
    """Tell what to decide before it is known which scenario comes, what then, and what that insures against and costs.

    The Scenarios sheet says what may come and how likely it is; the workbook as it is has what is left of 1. Starts,
    crews, weekends, pledges and flows before the month of knowing are the same in all scenarios. Ctrl-C ends the search
    for all scenarios together with the best decision so far.
    """
    weight, part = share_of(risk, "--risk"), share_of(tail, "--tail")
    given = question.scenario(workbook, None)
    words = f"risk {weight:g} of {part:g}" if weight else "risk"
    target = question.target([workbook], words, reveal or "")
    if plan is not None:
        ready(plan, [workbook], question.force)

    def ask(**options: Any) -> Reply:
        from optimizer.answers import risk as asked

        options |= {"risk": weight, "tail": part, "reveal": reveal, "by_scenario": by_scenario}
        found = asked.decide_under_uncertainty(given, **options)
        if plan is not None:
            asked.plan_to_tell(found).to_excel(plan)
        return found

    question.answer(ask, target)


QUESTIONS: dict[Callable[..., None], str] = {
    compare: "optimizer compare quickstart.xlsx --scenarios all",
    levers: "optimizer levers quickstart.xlsx",
    alternatives: "optimizer alternatives quickstart.xlsx --slack 2%",
    frontier: "optimizer frontier quickstart.xlsx --of cost --against wait",
    risk: "optimizer risk quickstart.xlsx --risk 0.3 --tail 10%",
}
"""Command -> an example of it."""


def _scenario(case: Any) -> Scenario:
    found: Scenario = getattr(case, "scenario", case)
    return found


def _name(path: Path, among: Sequence[Path]) -> str:
    """Return the name of a case: that of its file, as much of the path as tells it apart."""
    return path.stem if sum(other.stem == path.stem for other in among) == 1 else str(path)


def _listed(words: str) -> list[str]:
    return [part.strip() for part in words.split(";") if part.strip()]
