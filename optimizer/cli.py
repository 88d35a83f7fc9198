"""The command line: `solve`, `check`, `explain`, `verify`, `template`, `example`, and those of questions.py and
followups.py.

Exit status: 0 a checked plan is written (or the input is fine), 2 the input or the command line has
errors, 3 what is asked is impossible, 4 no plan was found in the time given, 1 anything else.
"""

from __future__ import annotations

import contextlib
import difflib
import inspect
import logging
import re
import shlex
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.text import Text

from optimizer.errors import Finding, InputError, ReportError, odd
from optimizer.examples import EXAMPLES, example_path
from optimizer.files import reason, whole
from optimizer.followups import FOLLOWUPS
from optimizer.given import changed, read, refuse_bad_target, refuse_to_replace
from optimizer.options import AsJson, Force, Quiet, Variant, Workbook, completed, list_completed
from optimizer.questions import QUESTIONS
from optimizer.replies import (
    Exit,
    err,
    errors_told,
    finding_record,
    out,
    plan_record,
    print_differences,
    print_findings,
    tell_json,
    verdict_record,
    verdict_table,
)
from optimizer.sampling import SAMPLING

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan
    from optimizer.scenario.scenario import Scenario
    from optimizer.solve.progress import Progress

MOST_LETTERS = 80
"""Letters of a what-if in the name of its report."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

OBJECTIVES = "shortfall, speed, cost, or weighted alone"
LEVERS = "shifts, weekends, expansions, reactivations, new lines, pledges, purchases, donations"
KINDS = "rate, coverage, stock, home share or waiting time"
"""What the help lists; the schema, of which the help has no need, says the same."""


def _of_setting(name: str, default: str) -> str:
    """Return where an option that is not given comes from, for the help."""
    return f"setting {name} of the workbook, else {default}"


@app.command(epilog="Example: optimizer solve quickstart.xlsx --gap 0.01 --report plan.xlsx")
def solve(
    workbook: Workbook,
    report: Annotated[
        Path | None,
        typer.Option("--report", "-o", help="Where the report goes.", show_default="reports/<workbook>.xlsx"),
    ] = None,
    scenario: Variant = None,
    gap: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Proven gap to stop at, say 0.01.", show_default=_of_setting("gap", "0.01")),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0.1, help="Longest search in seconds.", show_default=_of_setting("time limit", "300")),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Threads of the solver.", show_default=_of_setting("threads", "all cores")),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2_147_483_647, help="Random seed.", show_default=_of_setting("seed", "0")),
    ] = None,
    objectives: Annotated[
        str | None,
        typer.Option(
            help=f"Objectives in order of rank, with ';': {OBJECTIVES}.",
            show_default=_of_setting("objectives", "shortfall; speed; cost"),
            autocompletion=list_completed("shortfall, speed, cost, weighted"),
        ),
    ] = None,
    levers: Annotated[
        str | None,
        typer.Option(
            help=f"Levers that may be pulled: all, none, or a list with ';' of {LEVERS}.",
            show_default=_of_setting("levers", "all"),
            autocompletion=list_completed("all, none", LEVERS),
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start",
            help="Report of an earlier plan to begin with, of this workbook or another: "
            "where it fits, the new plan is no worse.",
            show_default="none",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find a plan for a workbook, check it independently and write an Excel report.

    Ctrl-C ends the search and writes the best plan found so far.
    """
    import optimizer
    from optimizer.progress_view import ProgressView

    with errors_told(as_json) as course:
        target = report or _default_report(workbook, scenario, levers, objectives)
        run = {
            "gap": gap,
            "time_limit": time_limit,
            "threads": threads,
            "seed": seed,
            "objectives": objectives,
            "levers": levers,
        }
        given, findings = read(workbook, scenario, {name: value for name, value in run.items() if value is not None})
        course.findings = findings
        refuse_bad_target(target, workbook)
        begin = None if start is None else _plan_of(start)
        view = ProgressView(err if as_json else out, quiet=quiet or as_json)
        view.read(given, workbook, findings)
        search = optimizer.solve  # imports Pyomo and HiGHS, before the clock runs
        clock = optimizer.Clock(given.settings.time_limit)

        def watch(progress: Progress) -> None:
            course.signals.search_begins(clock)
            view.watch(progress)

        with view:
            plan = search(given, start=begin, short_run=True, watcher=watch, clock=clock)
        plan = plan.with_warnings(odd(findings))
        if not plan.verified:
            _keep_aside(plan, target)
        with contextlib.suppress(OSError):  # then the plan is kept elsewhere
            target.parent.mkdir(parents=True, exist_ok=True)
        with view.stage("report"):
            course.written = plan.to_excel(target)
        if as_json:
            tell_json(plan_record(plan, course.written, findings))
        view.result(plan, course.written)


def _plan_of(report: Path) -> Plan:
    """Return the plan of a report as it was written: a search that begins with it looks itself at what holds."""
    from optimizer.workbook.read_plan import read_plan

    return read_plan(report)


def _default_report(workbook: Path, *whatif: str | None) -> Path:
    """Return where a report goes that no place was named for: each what-if has a name of its own."""
    told = " ".join(re.sub(r"[^\w.,+-]+", " ", words).strip() for words in whatif if words)
    return Path("reports") / f"{workbook.stem}{f' ({told[:MOST_LETTERS]})' if told else ''}.xlsx"


def _keep_aside(plan: Plan, target: Path) -> NoReturn:
    """Keep a plan that the verifier does not accept where nobody takes it for a report, and say so."""
    from optimizer.report.write import keep_plan

    failed = [check for check in plan.checks if not check.holds]
    kept = keep_plan(plan, target, "not verified")
    where = f"the plan is kept as {kept}" if kept else "the plan could not be kept anywhere"
    rules = "; ".join(f"{check.rule}: {check.worst}" for check in failed[:5])
    raise ReportError(
        f"the plan found does not pass the independent check, so it is not reported: {rules}. "
        f"For whoever looks into it, {where}",
        kept=kept,
    )


@app.command(epilog="Example: optimizer check my_plan.xlsx")
def check(
    workbook: Workbook,
    scenario: Variant = None,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Write a copy in which every finding is marked at its cell.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check a workbook: every finding at once, with sheet, cell and how to mend it."""
    from optimizer.errors import refuse_impossible

    with errors_told(as_json):
        try:
            given, findings = read(workbook, None)
        except InputError as error:
            if annotate:
                _annotated(workbook, error.findings, quiet or as_json)
            raise
        if scenario is not None:
            given, findings = changed(given, findings, scenario)
        if annotate:
            _annotated(workbook, findings, quiet or as_json)
        refuse_impossible(findings)
        if as_json:
            tell_json({"status": "ok", "findings": [finding_record(f) for f in findings]})
        elif not quiet:
            print_findings(out, findings)
            out.print(f"{workbook} has no errors: {repr(given).strip('<>')}.")


def _annotated(workbook: Path, findings: Sequence[Finding], quiet: bool) -> None:
    """Write the copy with the findings, unless there is no workbook to copy."""
    import optimizer

    if workbook.is_dir() and not quiet:
        out.print("A folder of CSV files has no cells to mark: the findings are listed here only.")
    if not zipfile.is_zipfile(workbook):
        return
    copy = workbook.with_name(f"{workbook.stem} checked.xlsx")
    try:
        optimizer.annotate(workbook, findings, copy)
    except Exception as error:  # a damaged workbook: what was found is told all the same
        raise ReportError(f"{copy} cannot be written: {error}") from error
    if not quiet:
        out.print(f"{copy}: the findings stand at their cells, and on its sheet Findings.")


@app.command(epilog="Example: optimizer verify reports/quickstart.xlsx")
def verify(
    report: Annotated[Path, typer.Argument(help="Report of a plan (.xlsx).", show_default=False)],
    again: Annotated[
        Path | None,
        typer.Option(
            "--report",
            "-o",
            help="Write its report anew, if all holds.",
            show_default="not written",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check the plan in a report against every rule of its workbook, and all that the report shows against the plan.

    The rules are recomputed from the input sheets and the `plan` sheets of the report alone, without model or
    solver; then the report is written again from them and compared, cell by cell and chart by chart. Status 0:
    all hold and nothing differs; 1: something does. What only a search of its own could tell is not checked: how near
    the plan is to the best possible, what a unit more would save, and what would be without levers.
    """
    from optimizer.plan.tables import NOT_CHECKED
    from optimizer.reread import reread

    with errors_told(as_json) as course:
        found = reread(report)
        plan, checks = found.plan, found.plan.checks
        broken = [check for check in checks if not check.holds]
        right = not broken and not found.differences
        if again is not None and right:
            refuse_bad_target(again, report)
            again.parent.mkdir(parents=True, exist_ok=True)
            course.written = plan.to_excel(again)
        if as_json:
            told = {"status": "ok" if right else "failed", "verified": right, "report": report}
            lists = {
                "unverified": list(plan.unverified),
                "checks": [verdict_record(check) for check in checks],
                "differences": [finding_record(finding) for finding in found.differences],
                "not_checked": list(found.not_checked),
                "word_of_the_search": list(NOT_CHECKED),
            }
            tell_json(told | lists | ({"written": course.written} if course.written else {}))
        elif not quiet:
            out.print(verdict_table(checks))
            for check in broken:
                out.print(Text.assemble((check.rule, "bold red"), f": {check.worst}"))
            print_differences(out, found.differences)
            good, bad = "bold green", "bold red"
            verdict = (f"all {len(checks)} rules hold", good)
            if broken:
                verdict = (f"{len(broken)} of {len(checks)} rules do not hold", bad)
            shown = ("what it shows is what its plan says", good)
            if found.differences:
                shown = ("it shows something else than its plan says", bad)
            out.print(Text.assemble(f"{report}: ", verdict, "; ", shown))
            odd_sheets = [
                f"the sheet `{sheet}` is none of the report's, and not checked" for sheet in found.not_checked
            ]
            for words in filter(None, (*odd_sheets, plan.changed)):
                out.print(Text.assemble(("warning", "yellow"), f": {words}"))
            out.print(f"Not checked, the word of the search: {'; '.join(NOT_CHECKED)}")
            if course.written:
                out.print(f"Report: {course.written}")
        if not right:
            raise typer.Exit(int(Exit.FAILED))


@app.command(
    epilog="Example: optimizer explain quickstart.xlsx --kind 'waiting time' --value 6 --from 2024-07\n\n"
    "Without a wish: why is the workbook impossible?"
)
def explain(
    workbook: Workbook,
    scenario: Variant = None,
    target: Annotated[
        str | None, typer.Option(help="Target of the workbook that is wished for.", show_default="a new one")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help=f"Kind of a new target: {KINDS}.", show_default=False, autocompletion=completed(KINDS)),
    ] = None,
    value: Annotated[float | None, typer.Option(help="Its value, say 12 (months).", show_default=False)] = None,
    item: Annotated[str | None, typer.Option(help="Item it is about.", show_default="every item")] = None,
    place: Annotated[
        str | None,
        typer.Option(
            help="Member, recipient or customer; each, or pooled.", show_default="as an empty cell of Targets"
        ),
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="Month from which it holds, say 2024-07.", show_default="the start")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Longest search in seconds.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Say why a workbook, or a single wish, is impossible, and the smallest change that would do.

    Status 0: it is possible; 3: it is not, and the conflict is told.
    """
    from optimizer.analysis import conflicts
    from optimizer.solve.progress import Clock

    with errors_told(as_json) as course:
        (given, course.findings), clock = read(workbook, scenario), Clock(time_limit)
        wished = {"kind": kind, "value": value, "item": item, "place": place, "from_month": begin}
        wished = {name: option for name, option in wished.items() if option is not None}
        name = target or "the wish"
        if wished and not target and kind is None:
            raise InputError([Finding("", "", f"a wish needs --kind ({KINDS}), or --target with the name of a target")])
        asked = bool(wished or target)
        if asked:
            given = _wish(given, {"target": name, **wished})
        found = conflicts.explain_scenario(given, clock, keep=[name] if asked else [])
        if found is None:
            if as_json:
                tell_json({"status": "ok", "possible": True})
            elif asked:
                out.print("It is possible: written as a hard target into Targets, every plan will hold it.")
            else:
                out.print(f"{workbook} is possible: there is a plan.")
            return
        raise found.error(near=conflicts.within_reach(given, name, clock) if asked else ())


def _wish(scenario: Scenario, target: dict[str, Any]) -> Scenario:
    """Return the scenario with a wish; what is wrong with it is told by the options, not by a row nobody wrote."""
    from optimizer.analysis import conflicts

    options = {column: f"--{column.removesuffix('_month')}" for column in target}
    try:
        return conflicts.wish(scenario, target)
    except InputError as error:
        told = []
        for finding in error.findings:
            column = finding.cell.partition(", column ")[2]
            words = finding.message.removeprefix(f"{column.removesuffix('_month')}: ")
            told.append(Finding("", "", f"{options[column]}: {words}") if column in options else finding)
        raise InputError(told) from None


@app.command(epilog="Example: optimizer template my_plan.xlsx")
def template(
    path: Annotated[Path, typer.Argument(help="Where the workbook goes (.xlsx).")] = Path("my_plan.xlsx"),
    example: Annotated[
        str | None,
        typer.Option(
            help=f"Fill it: {', '.join(EXAMPLES)}, or the path of a workbook.",
            show_default="empty",
            autocompletion=completed(*EXAMPLES),
        ),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write an input workbook to fill in: every sheet with headers, units, bounds and drop-downs."""
    import optimizer

    with errors_told(as_json=False):
        refuse_to_replace(path, force)
        source = example_path(example) or Path(example) if example else None
        if source is not None and not source.exists():
            words = f"`{example}` is no example ({', '.join(EXAMPLES)}), and there is no such file"
            raise InputError([Finding("", "", f"--example: {words}{_did_you_mean(str(example))}")])
        filled = read(source, None)[0] if source is not None else None
        try:
            optimizer.write_template(path, example=filled)
        except OSError as error:
            raise ReportError(f"{path} cannot be written: {error.strerror or error}") from error
        if not quiet:
            out.print(f"{path} is written; start with its Read me sheet.")


def _did_you_mean(name: str) -> str:
    """Return the example that a name is near to, as a question; nothing where there is none."""
    near = difflib.get_close_matches(name, EXAMPLES, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else ""


@app.command(epilog="Example: optimizer example quickstart")
def example(
    name: Annotated[
        str | None,
        typer.Argument(
            help=f"One of {', '.join(EXAMPLES)}; without a name they are listed.",
            show_default=False,
            autocompletion=completed(*EXAMPLES),
        ),
    ] = None,
    path: Annotated[
        Path | None, typer.Argument(help="Where the workbook goes (.xlsx).", show_default="<name>.xlsx")
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write an example workbook, complete with the sources of its figures."""
    with errors_told(as_json=False):
        if name is None:
            for known, words in EXAMPLES.items():
                out.print(f"{known}: {words}")
            return
        source = example_path(name)
        if source is None:
            words = f"there is no example `{name}`; use one of {', '.join(EXAMPLES)}{_did_you_mean(name)}"
            raise InputError([Finding("", "", words)])
        target = path or Path(f"{name}.xlsx")
        refuse_to_replace(target, force)
        try:
            with whole(target) as file:
                file.write(source.read_bytes())
        except OSError as error:
            raise ReportError(reason(error, target)) from error
        if not quiet:
            out.print(f"{target} is written; now: optimizer solve {shlex.quote(str(target))}")


for _question, _example in {**QUESTIONS, **FOLLOWUPS, **SAMPLING}.items():
    app.command(epilog=f"Example: {_example}")(_question)
for _registered in app.registered_commands:  # else the help keeps the ends of lines of the docstring
    _paragraphs = inspect.cleandoc(_registered.callback.__doc__ or "").split("\n\n")
    _registered.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in _paragraphs)


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Plan production investment across a group of members: a workbook in, a checked plan out."""
    if show_version:
        import optimizer

        out.print(optimizer.__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)  # what it says of an interrupt, too, is told by us
    app(args=list(arguments) if arguments is not None else None)
    sys.exit(Exit.DONE)
