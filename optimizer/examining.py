"""The commands that examine: `check` a workbook, `verify` the plan of a report, `explain` why nothing is possible."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from optimizer.errors import Finding, InputError, ReportError
from optimizer.given import changed, read, refuse_bad_target
from optimizer.options import AsJson, Quiet, Variant, Workbook, completed
from optimizer.replies import (
    Exit,
    errors_told,
    finding_record,
    out,
    print_differences,
    print_findings,
    tell_json,
    verdict_record,
    verdict_table,
)

if TYPE_CHECKING:
    from optimizer.scenario.scenario import Scenario

KINDS = "rate, coverage, stock, home share or waiting time"
"""Kinds of targets that the help lists; the schema, of which the help has no need, says the same."""


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


EXAMINING: dict[Callable[..., None], str] = {
    check: "optimizer check my_plan.xlsx",
    verify: "optimizer verify reports/quickstart.xlsx",
    explain: "optimizer explain quickstart.xlsx --kind 'waiting time' --value 6 --from 2024-07\n\n"
    "Without a wish: why is the workbook impossible?",
}
"""Command -> an example of it."""
