"""The command line: `solve`, `check`, `explain`, `verify`, `template`. Only it and its replies (replies.py) print.

Exit status: 0 a checked plan is written (or the input is fine), 2 the input or the command line has
errors, 3 what is asked is impossible, 4 no plan was found in the time given, 1 anything else.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.text import Text

from optimizer.errors import Finding, InputError, OptimizerError, ReportError, odd
from optimizer.files import reason, try_to_write
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

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan
    from optimizer.scenario.scenario import Scenario
    from optimizer.solve.progress import Progress

MOST_LETTERS = 80
"""Letters of a what-if in the name of its report."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Plan production investment across a group of members: a workbook in, a checked plan out.",
)

Workbook = Annotated[Path, typer.Argument(help="Input workbook (.xlsx), or a folder of CSV files.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Variant = Annotated[
    str | None, typer.Option("--scenario", help="Apply a named scenario of the Scenarios sheet.", show_default=False)
]


@app.command(epilog="Example: optimizer solve data/quickstart.xlsx --gap 0.01 --report reports/plan.xlsx")
def solve(
    workbook: Workbook,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", "-o", help="Where the report goes; default reports/<workbook>.xlsx.", show_default=False
        ),
    ] = None,
    scenario: Variant = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Proven gap to stop at, say 0.01.", show_default=False)
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, help="Longest search in seconds.", show_default=False)
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="Threads of the solver.", show_default=False)
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2_147_483_647, help="Random seed.", show_default=False)] = None,
    objectives: Annotated[
        str | None, typer.Option(help="Objectives in order of rank, say 'shortfall; cost'.", show_default=False)
    ] = None,
    levers: Annotated[
        str | None, typer.Option(help="Levers that may be pulled: all, none, or a list with ';'.", show_default=False)
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
        given, findings = _read(workbook, scenario, {name: value for name, value in run.items() if value is not None})
        course.findings = findings
        _refuse_bad_target(target, workbook)
        view = ProgressView(err if as_json else out, quiet=quiet or as_json)
        view.read(given, workbook, findings)
        search = optimizer.solve  # imports Pyomo and HiGHS, before the clock runs
        clock = optimizer.Clock(given.settings.time_limit)

        def watch(progress: Progress) -> None:
            course.signals.search_begins(clock)
            view.watch(progress)

        with view:
            plan = search(given, watcher=watch, clock=clock)
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


@app.command(epilog="Example: optimizer check data/quickstart.xlsx")
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
            given, findings = _read(workbook, None)
        except InputError as error:
            if annotate:
                _annotated(workbook, error.findings, quiet or as_json)
            raise
        if scenario is not None:
            given, findings = _changed(given, findings, scenario)
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
            show_default=False,
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
            _refuse_bad_target(again, report)
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
    epilog="Example: optimizer explain data/quickstart.xlsx --kind 'waiting time' --value 6 --from 2024-07\n\n"
    "Without a wish: why is the workbook impossible?"
)
def explain(
    workbook: Workbook,
    scenario: Variant = None,
    target: Annotated[
        str | None, typer.Option(help="Target of the workbook that is wished for.", show_default=False)
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of a new target, say 'rate'.", show_default=False)] = None,
    value: Annotated[float | None, typer.Option(help="Its value, say 12 (months).", show_default=False)] = None,
    item: Annotated[str | None, typer.Option(help="Item it is about.", show_default=False)] = None,
    place: Annotated[str | None, typer.Option(help="Member, recipient or customer.", show_default=False)] = None,
    begin: Annotated[str | None, typer.Option("--from", help="Month from which it holds.", show_default=False)] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Longest search in seconds.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Say why a workbook, or a single wish, is impossible, and the smallest change that would do.

    Status 0: it is possible; 3: it is not, and the conflict is told.
    """
    from optimizer.analysis import conflicts
    from optimizer.solve.progress import Clock

    with errors_told(as_json) as course:
        (given, course.findings), clock = _read(workbook, scenario), Clock(time_limit)
        wished = {"kind": kind, "value": value, "item": item, "place": place, "from_month": begin}
        wished = {name: option for name, option in wished.items() if option is not None}
        name = target or "the wish"
        if wished and not target and kind is None:
            kinds = "rate, coverage, stock, home share or waiting time"
            raise InputError([Finding("", "", f"a wish needs --kind ({kinds}), or --target with the name of a target")])
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
            told.append(Finding("", "", f"{options[column]}: {finding.message}") if column in options else finding)
        raise InputError(told) from None


@app.command(epilog="Example: optimizer template my_plan.xlsx")
def template(
    path: Annotated[Path, typer.Argument(help="Where the workbook goes (.xlsx).", show_default=False)],
    example: Annotated[
        str | None,
        typer.Option(help="Fill it: quickstart, alliance_155mm, or the path of a workbook.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write an input workbook to fill in: every sheet with headers, units, bounds and drop-downs."""
    import optimizer

    with errors_told(as_json=False):
        if path.exists() and not force:
            raise OptimizerError(f"{path} exists already; choose another name, or say --force to replace it")
        filled = _read(_example(example), None)[0] if example else None
        try:
            optimizer.write_template(path, example=filled)
        except OSError as error:
            raise ReportError(f"{path} cannot be written: {error.strerror or error}") from error
        if not quiet:
            out.print(f"{path} is written; start with its Read me sheet.")


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show_version:
        import optimizer

        out.print(optimizer.__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)  # what it says of an interrupt, too, is told by us
    app(args=list(arguments) if arguments is not None else None)
    sys.exit(Exit.DONE)


def _example(name: str) -> Path:
    """Return the workbook of an example by name, from the folder `data` here or beside the package; else the path."""
    for folder in (Path("data"), Path(__file__).parent.parent / "data"):
        if (folder / f"{name}.xlsx").is_file():
            return folder / f"{name}.xlsx"
    return Path(name)


def _with_findings(workbook: Path) -> tuple[Any, list[Finding]]:
    """Read a workbook, or a folder of CSV files, with its warnings."""
    if workbook.is_dir():
        from optimizer.workbook.folder import folder_with_findings

        return folder_with_findings(workbook)
    from optimizer.workbook.read import read_with_findings

    return read_with_findings(workbook)


def _read(
    workbook: Path, scenario: str | None, settings: Mapping[str, Any] | None = None
) -> tuple[Scenario, list[Finding]]:
    """Read a workbook, apply a scenario of it and settings, and return what is odd in it then."""
    given, findings = _with_findings(workbook)
    return _changed(given, findings, scenario, settings)


def _changed(
    given: Scenario, findings: list[Finding], scenario: str | None, settings: Mapping[str, Any] | None = None
) -> tuple[Scenario, list[Finding]]:
    """Return a scenario with changes, and its warnings: those of reading stay, those of the rules are new."""
    import optimizer

    if scenario is None and not settings:
        return given, findings
    changed = given
    if scenario is not None:
        title = f"{given.settings.title}: {scenario}"
        changed = optimizer.variant(given, scenario).replace(settings={"title": title})
    if settings:
        changed = changed.replace(settings=settings)
    rules = set(optimizer.check(given))
    return changed, list(dict.fromkeys([*(f for f in findings if f not in rules), *optimizer.check(changed)]))


def _refuse_bad_target(target: Path, workbook: Path) -> None:
    """Refuse, before anything that takes long, a report path that could only fail after it."""
    wrong = ""
    if target.suffix.lower() != ".xlsx":
        wrong = f"the report {target} must end in .xlsx"
    else:
        try:
            if target.exists() and workbook.exists() and target.samefile(workbook):
                wrong = f"the report {target} would replace the file that is read; choose another name"
            else:
                try_to_write(target)
        except (OSError, ValueError) as error:
            wrong = f"the report {reason(error, target)}; choose another place with --report"
    if wrong:
        raise InputError([Finding("", "", wrong)])
