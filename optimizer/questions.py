"""The commands that take many solves: each asks one question of a workbook and writes one workbook with the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from optimizer.errors import Finding, InputError
from optimizer.given import read, refuse_bad_target, refuse_to_replace
from optimizer.options import (
    Answered,
    AsJson,
    ClusterAddress,
    Force,
    Gap,
    Jobs,
    Quiet,
    Runs,
    StudyLimit,
    Variant,
    Workbook,
    completed,
)
from optimizer.replies import Course, Exit, err, errors_told, out, print_findings, tell_json

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from optimizer.answers.reply import Reply
    from optimizer.plan.plan import Plan
    from optimizer.scenario.scenario import Scenario

AIMS = "cost, shortfall, date"
"""What the help lists; the frontier, of which the help has no need, says the same."""
MOST_PRINTED = 12
"""Rows of a table that are printed; the workbook has all."""


def compare(
    workbooks: Annotated[
        list[Path],
        typer.Argument(help="Workbooks, or reports of plans; the first is the base.", show_default=False),
    ],
    scenarios: Annotated[
        str | None,
        typer.Option(
            help="Scenarios of the Scenarios sheet beside the workbook itself: all, or names with ';'.",
            show_default="none",
        ),
    ] = None,
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Lay plans side by side: which inputs differ, what comes of it, what to decide the same and what not, by when.

    Every what-if begins with the plan of the base and is no worse than it where it fits. A report of a plan is taken
    as it is, a workbook is solved.
    """
    with errors_told(as_json) as course:
        from optimizer.answers.compare import cases_of
        from optimizer.scenario.variants import variant_names

        if len(workbooks) == 1 and scenarios is None:
            words = "name a second workbook, or say --scenarios all for those of its Scenarios sheet"
            raise InputError([Finding(workbooks[0].name, "", f"to compare takes two cases: {words}")])
        cases: dict[str, Any] = {_name(path, workbooks): case_of(path, gap, course) for path in workbooks}
        if scenarios is not None:
            if len(workbooks) > 1:
                raise InputError([Finding("", "", "--scenarios is for one workbook; name one, or leave it out")])
            given = _scenario(next(iter(cases.values())))
            asked = variant_names(given) if scenarios.strip().casefold() == "all" else _listed(scenarios)
            if not asked:
                raise InputError([Finding("Scenarios", "", "there are none; add some, or name two workbooks")])
            plain, first = cases_of(given, asked), next(iter(cases.values()))
            cases = {"base": first} | {name: plain[name] for name in asked}
        target = report or answer_path(workbooks[0], "compare", *(path.stem for path in workbooks[1:]), scenarios or "")
        ready(target, workbooks, force)

        def ask(**options: Any) -> Reply:
            import optimizer

            return optimizer.compare(cases, **options)

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)


def levers(
    workbook: Workbook,
    scenario: Variant = None,
    most: Annotated[
        int | None,
        typer.Option(min=2, help="Most solves; shares are estimates then.", show_default="all that tell something"),
    ] = None,
    within: Annotated[
        float, typer.Option(min=0, max=1, help="Part of what all give within which shares are told; 0: exactly.")
    ] = 0.01,
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Tell what each lever is worth: alone, taken away, one after the other, and its share in what all of them give.

    Shares are the means over all orders in which levers may come (Shapley). Short run: weekends, shifts and what is
    there already; long run: new lines and the pledges they wait for. Hard targets are left out.
    """
    with errors_told(as_json) as course:
        given = given_of(workbook, scenario, gap, course)
        target = report or answer_path(workbook, "levers", scenario or "")
        ready(target, [workbook], force)

        def ask(**options: Any) -> Reply:
            import optimizer

            return optimizer.lever_worth(given, most_solves=most, within=within, **options)

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)


def frontier(
    workbook: Workbook,
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
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Tell what one aim costs in another: proven points, knees, and what one month sooner, or one unit less, costs.

    Hard targets hold at every point. A knee is a point from which on the next unit costs at least twice as much.
    """
    with errors_told(as_json) as course:
        given = given_of(workbook, scenario, gap, course)
        target = report or answer_path(workbook, f"{of} against {against}", scenario or "")
        ready(target, [workbook], force)
        wish: dict[str, Any] = {"item": item, "place": place, "begin": begin}

        def ask(**options: Any) -> Reply:
            import optimizer

            return optimizer.frontier(given, of=of, against=against, points=points, **wish, **options)

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)


def alternatives(
    workbook: Workbook,
    scenario: Variant = None,
    slack: Annotated[
        str, typer.Option(help="How much worse each objective may be than in the best plan, say 2% or 0.02.")
    ] = "2%",
    dates: Annotated[
        bool, typer.Option(help="Prove the earliest and the latest start of each project: some solves for each.")
    ] = True,
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Tell what else could be done as well: what every good plan does, what some do, what none does, and a few of them.

    Good is a plan whose objectives are within the slack of the best plan and whose targets are kept no later. What
    must be built, and what never is, is proven; what may be is shown by a plan.
    """
    with errors_told(as_json) as course:
        given = given_of(workbook, scenario, gap, course)
        share = share_of(slack, "--slack")
        target = report or answer_path(workbook, "alternatives", scenario or "")
        ready(target, [workbook], force)

        def ask(**options: Any) -> Reply:
            import optimizer

            return optimizer.alternatives(given, slack=share, dates=dates, **options)

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)


def risk(
    workbook: Workbook,
    risk: Annotated[
        str, typer.Option(help="Weight of the tail in every objective: 0 is the expected value, 1 the tail alone.")
    ] = "0",
    tail: Annotated[str, typer.Option(help="Probability of the tail: the worst 10%, say.")] = "10%",
    reveal: Annotated[
        str | None,
        typer.Option(help="Month in which it is known which scenario comes.", show_default="setting reveal"),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="Where the report of the plan in the likeliest scenario goes.", show_default="not written"
        ),
    ] = None,
    report: Answered = None,
    gap: Gap = None,
    time_limit: StudyLimit = None,
    runs: Runs = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Tell what to decide before it is known which scenario comes, what then, and what that insures against and costs.

    The Scenarios sheet says what may come and how likely it is; the workbook as it is has what is left of 1. Starts,
    crews, weekends, pledges and flows before the month of knowing are the same in all scenarios. Ctrl-C ends the search
    for all scenarios together with the best decision so far.
    """
    with errors_told(as_json) as course:
        weight, part = share_of(risk, "--risk"), share_of(tail, "--tail")
        given = given_of(workbook, None, gap, course)
        words = f"risk {weight:g} of {part:g}" if weight else "risk"
        target = report or answer_path(workbook, words, reveal or "")
        for path in (target, *([plan] if plan else [])):
            ready(path, [workbook], force)

        def ask(**options: Any) -> Reply:
            from optimizer.answers import risk as asked

            found = asked.decide_under_uncertainty(given, risk=weight, tail=part, reveal=reveal, **options)
            if plan is not None:
                asked.plan_to_tell(found).to_excel(plan)
            return found

        answer(course, ask, target, quiet, time_limit=time_limit, folder=runs, jobs=jobs, cluster=cluster)


QUESTIONS: dict[Callable[..., None], str] = {
    compare: "optimizer compare quickstart.xlsx --scenarios all",
    levers: "optimizer levers quickstart.xlsx",
    alternatives: "optimizer alternatives quickstart.xlsx --slack 2%",
    frontier: "optimizer frontier quickstart.xlsx --of cost --against wait",
    risk: "optimizer risk quickstart.xlsx --risk 0.3 --tail 10%",
}
"""Command -> an example of it."""


# -- what they share -------------------------------------------------------------------------------------
def answer(
    course: Course,
    ask: Callable[..., Reply],
    target: Path,
    quiet: bool,
    *,
    jobs: int | None,
    cluster: str | None,
    **options: Any,
) -> None:
    """Ask, write the answer and tell it; status 1 where not all is answered."""
    from optimizer.study_view import StudyView

    view = StudyView(err if course.as_json else out, quiet=quiet or course.as_json)
    with _executor(cluster, jobs) as executor, view:
        reply = ask(watcher=view.watch, jobs=jobs, executor=executor, **options)
    course.written = reply.to_excel(target)
    if course.as_json:
        tell_json({"status": "ok" if reply.complete else "incomplete"} | reply.record() | {"report": course.written})
    elif not quiet:
        _print(reply, course.written)
    if not reply.complete:
        raise typer.Exit(int(Exit.FAILED))


@contextmanager
def _executor(cluster: str | None, jobs: int | None) -> Iterator[Executor | None]:
    """Connect to a cluster where one is asked for; without, tasks are solved here."""
    if cluster is None:
        yield None
        return
    from optimizer.study.cluster import Cluster, hush

    hush()
    with Cluster(cluster, most=jobs) as executor:
        yield executor


def answer_path(workbook: Path, *words: str) -> Path:
    """Return where an answer goes that no place was named for: each question has a name of its own."""
    told = " ".join(re.sub(r"[^\w.,+-]+", " ", part).strip() for part in words if part)
    return Path("reports") / f"{workbook.stem} ({told[:80]}).xlsx"


def given_of(workbook: Path, scenario: str | None, gap: float | None, course: Course) -> Scenario:
    """Return the scenario of a workbook, what is odd in it told."""
    settings = {} if gap is None else {"gap": gap}
    found, course.findings = read(workbook, scenario, settings)
    if not course.as_json:
        print_findings(out, course.findings)
    return found


def ready(target: Path, inputs: Sequence[Path], force: bool) -> None:
    """Refuse, before anything that takes long, a place where the answer cannot go."""
    for path in inputs:
        refuse_bad_target(target, path)
    refuse_to_replace(target, force)


def case_of(path: Path, gap: float | None, course: Course) -> Scenario | Plan:
    """Return the plan of a report, or the scenario of a workbook; refuse a plan that breaks rules."""
    from optimizer.errors import PlanError
    from optimizer.plan.tables import RUN_SHEET
    from optimizer.scenario.values import counted
    from optimizer.workbook.read_plan import read_plan

    if _holds(path, RUN_SHEET):
        try:
            plan = read_plan(path)
        except PlanError as error:
            raise InputError([Finding(path.name, "", str(error))]) from error
        import optimizer

        checks = optimizer.verify(plan)
        broken = [check.rule for check in checks if not check.holds]
        if broken:
            words = (
                f"its plan breaks {counted(len(broken), 'rule')} ({', '.join(broken[:3])}); solve its workbook again"
            )
            raise InputError([Finding(path.name, "", words)])
        return plan.with_checks(checks)
    return given_of(path, None, gap, course)


def plan_of(path: Path, gap: float | None, course: Course) -> Plan:
    """Return the plan of a report; refuse what holds none, or one that breaks rules."""
    from optimizer.plan.plan import Plan

    found = case_of(path, gap, course)
    if not isinstance(found, Plan):
        raise InputError([Finding(path.name, "", "holds no plan; name a report that `optimizer solve` wrote")])
    return found


def _holds(path: Path, sheet: str) -> bool:
    """Tell whether a file is a workbook with a sheet of a name."""
    import zipfile

    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name == "xl/workbook.xml"]
        return any(f'name="{sheet}"'.encode() in file.read(name) for name in names)


def _scenario(case: Any) -> Scenario:
    found: Scenario = getattr(case, "scenario", case)
    return found


def _name(path: Path, among: Sequence[Path]) -> str:
    """Return the name of a case: that of its file, as much of the path as tells it apart."""
    return path.stem if sum(other.stem == path.stem for other in among) == 1 else str(path)


def share_of(words: str, option: str) -> float:
    """Return a share written as 2% or 0.02."""
    text = words.strip()
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise InputError([Finding("", "", f"{option} {words} is no share; say 2% or 0.02")]) from None


def _listed(words: str) -> list[str]:
    return [part.strip() for part in words.split(";") if part.strip()]


def _print(reply: Reply, written: Path) -> None:
    from optimizer.answers.book import told

    out.print(Text(reply.question, "bold"))
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for label, words in reply.lines:
        grid.add_row(Text(label, "bold"), words)
    out.print(grid)
    for name in reply.shown[:1]:
        sheet = reply.sheets[name]
        frame = told(sheet).head(MOST_PRINTED)
        table = Table(box=None, padding=(0, 2, 0, 0), title=sheet.title, title_justify="left")
        for column in sheet.printed:
            table.add_column(column.header, overflow="fold")
        for row in frame.to_dict("records"):
            table.add_row(*(_cell(row[column.name], column.unit) for column in sheet.printed))
        out.print(table)
        if len(sheet.frame) > MOST_PRINTED:
            out.print(f"and {len(sheet.frame) - MOST_PRINTED} more in the workbook")
    left = sum(status != "answered" for status in reply.plans.status.values())
    if left and not reply.complete:
        out.print(f"{left} of {len(reply.plans)} solves have no plan; the sheet Tasks says why")
    out.print(Text.assemble("Answer: ", (str(written), "bold")))


def _cell(value: Any, unit: str) -> str:
    from optimizer.answers.words import amount_words, month_words

    if unit == "month":
        return month_words(value)
    if isinstance(value, (int, float)):
        return f"{value:.1%}" if unit == "share" else "" if value != value else amount_words(float(value), "")
    return "" if value is None or value != value else str(value)
