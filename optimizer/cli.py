"""The command line: `solve`, `check`, `explain`, `verify`, `template`. Only it and its replies (replies.py) print.

Exit status: 0 a checked plan is written (or the input is fine), 2 the input or the command line has
errors, 3 what is asked is impossible, 4 no plan was found in the time given, 1 anything else.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.markup import escape

from optimizer.errors import Finding, InputError, OptimizerError, ReportError
from optimizer.replies import (
    Exit,
    err,
    errors_told,
    finding_record,
    out,
    plan_record,
    print_differences,
    print_findings,
    verdict_record,
    verdict_table,
)

if TYPE_CHECKING:
    from optimizer.scenario.scenario import Scenario

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

    with errors_told(as_json):
        target = report or Path("reports") / f"{workbook.stem}.xlsx"
        given = _read(workbook, scenario)
        run = {
            "gap": gap,
            "time_limit": time_limit,
            "threads": threads,
            "seed": seed,
            "objectives": objectives,
            "levers": levers,
        }
        given = given.replace(settings={name: value for name, value in run.items() if value is not None})
        _refuse_bad_target(target, workbook)
        view = ProgressView(err if as_json else out, quiet=quiet or as_json)
        view.read(given, workbook)
        search = optimizer.solve  # imports Pyomo and HiGHS, before the clock runs
        clock = optimizer.Clock(given.settings.time_limit)
        with _ctrl_c_stops(clock), view:
            plan = search(given, watcher=view.watch, clock=clock)
        if not plan.verified:
            failed = [check for check in plan.checks if not check.holds]
            raise OptimizerError(
                "the plan found does not pass the independent check, so it is not reported: "
                + "; ".join(f"{check.rule}: {check.worst}" for check in failed[:5])
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with view.stage("report"):
            written = plan.to_excel(target)
        if as_json:
            print(json.dumps(plan_record(plan, written, optimizer.check(given)), ensure_ascii=False))
        view.result(plan, written)


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
    import optimizer
    from optimizer.errors import refuse_impossible

    with errors_told(as_json):
        try:
            given, findings = _with_findings(workbook)
        except InputError as error:
            if annotate:
                _annotated(workbook, error.findings, quiet or as_json)
            raise
        if scenario is not None:
            given = _varied(given, scenario)
            findings = optimizer.check(given)
        if annotate:
            _annotated(workbook, findings, quiet or as_json)
        refuse_impossible(findings)
        if as_json:
            print(json.dumps({"status": "ok", "findings": [finding_record(f) for f in findings]}, ensure_ascii=False))
        elif not quiet:
            print_findings(out, findings)
            out.print(f"{escape(str(workbook))} has no errors: {escape(repr(given).strip('<>'))}.")


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
        out.print(f"{escape(str(copy))}: the findings stand at their cells, and on its sheet Findings.")


@app.command(epilog="Example: optimizer verify reports/quickstart.xlsx")
def verify(
    report: Annotated[Path, typer.Argument(help="Report of a plan (.xlsx).", show_default=False)],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check the plan in a report against every rule of its workbook, and all that the report shows against the plan.

    The rules are recomputed from the input sheets and the `plan` sheets of the report alone, without model or
    solver; then the report is written again from them and compared, cell by cell and chart by chart. Status 0:
    all hold and nothing differs; 1: something does. How far the plan is from the best possible, what a unit more
    would save, and what would be without levers are the search's own word.
    """
    from optimizer.reread import reread

    with errors_told(as_json):
        found = reread(report)
        plan, checks = found.plan, found.plan.checks
        broken = [check for check in checks if not check.holds]
        right = not broken and not found.differences
        if as_json:
            told = {"status": "ok" if right else "failed", "verified": right, "report": str(report)}
            lists = {
                "unverified": list(plan.unverified),
                "checks": [verdict_record(check) for check in checks],
                "differences": [finding_record(finding) for finding in found.differences],
                "not_checked": list(found.not_checked),
            }
            print(json.dumps(told | lists, ensure_ascii=False))
        elif not quiet:
            out.print(verdict_table(checks))
            for check in broken:
                out.print(f"[bold red]{check.rule}[/]: {escape(check.worst)}")
            print_differences(out, found.differences)
            verdict = f"[bold green]all {len(checks)} rules hold[/]"
            if broken:
                verdict = f"[bold red]{len(broken)} of {len(checks)} rules do not hold[/]"
            shown = "[bold green]what it shows is what its plan says[/]"
            if found.differences:
                shown = "[bold red]it shows something else than its plan says[/]"
            out.print(f"{escape(str(report))}: {verdict}; {shown}")
            for sheet in found.not_checked:
                out.print(f"[yellow]warning[/]: the sheet `{escape(sheet)}` is none of the report's, and not checked")
            if plan.changed:
                out.print(f"[yellow]warning[/]: {escape(plan.changed)}")
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

    with errors_told(as_json):
        given, clock = _read(workbook, scenario), Clock(time_limit)
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
                print(json.dumps({"status": "ok", "possible": True}))
            elif asked:
                out.print("It is possible: written as a hard target into Targets, every plan will hold it.")
            else:
                out.print(f"{escape(str(workbook))} is possible: there is a plan.")
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
        filled = _read(_example(example), None) if example else None
        try:
            optimizer.write_template(path, example=filled)
        except OSError as error:
            raise ReportError(f"{path} cannot be written: {error.strerror or error}") from error
        if not quiet:
            out.print(f"{escape(str(path))} is written; start with its Read me sheet.")


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
    logging.getLogger("pyomo").setLevel(logging.ERROR)
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


def _read(workbook: Path, scenario: str | None) -> Any:
    given = _with_findings(workbook)[0]
    return _varied(given, scenario) if scenario is not None else given


def _varied(given: Any, scenario: str) -> Any:
    """Return a scenario with the changes of a name on its Scenarios sheet, told in its title."""
    import optimizer

    changed = optimizer.variant(given, scenario)
    return changed.replace(settings={"title": f"{given.settings.title}: {scenario}"})


def _refuse_bad_target(target: Path, workbook: Path) -> None:
    """Refuse, before the search, a report path that could only fail after it."""
    if target.suffix.lower() != ".xlsx":
        raise InputError([Finding("", "", f"the report {target} must end in .xlsx")])
    if target.exists() and workbook.exists() and target.resolve() == workbook.resolve():
        raise InputError(
            [Finding("", "", f"the report {target} would replace the input workbook; choose another name")]
        )
    if target.is_dir():
        raise InputError([Finding("", "", f"the report {target} is a folder; name a file in it")])


@contextmanager
def _ctrl_c_stops(clock: Any) -> Iterator[None]:
    """Let the first Ctrl-C end the search; a second one ends the program."""

    def on_interrupt(*_: object) -> None:
        if clock.stopped:
            raise KeyboardInterrupt
        clock.stop()
        err.print("Stopping: the best plan so far is checked and written. Ctrl-C again to give up.")

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
