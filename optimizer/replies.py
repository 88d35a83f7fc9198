"""What the commands reply: findings, verdicts, JSON, and the exit status of what went wrong."""

from __future__ import annotations

import json
import logging
import math
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from optimizer.errors import Finding, ImpossibleError, InputError, NoPlanError, OptimizerError, PlanError, ReportError
from optimizer.signals import Signals, heeding
from optimizer.terminal import Voice, seen

out, err = Voice("stdout"), Voice("stderr")

SHOWN_FINDINGS = 50


class Exit(IntEnum):
    """Exit statuses of every command."""

    DONE = 0
    FAILED = 1
    INPUT = 2
    IMPOSSIBLE = 3
    NO_PLAN = 4


STATUS_OF = {
    InputError: (Exit.INPUT, "input error"),
    ImpossibleError: (Exit.IMPOSSIBLE, "infeasible"),
    NoPlanError: (Exit.NO_PLAN, "no plan"),
    PlanError: (Exit.INPUT, "input error"),
    OptimizerError: (Exit.FAILED, "failed"),
}


@dataclass
class Course:
    """How far a command has come, for what is told when it ends otherwise than it should.

    Attributes
    ----------
    as_json
        Whether it replies with one JSON object.
    findings
        Of the input read.
    written
        The report, once it is there.
    """

    as_json: bool
    findings: Sequence[Finding] = ()
    written: Path | None = None
    signals: Signals = field(default_factory=lambda: Signals(_stopping))


def _stopping() -> None:
    err.print("Stopping: the best plan so far is checked and written. Ctrl-C again to give up.")


@contextmanager
def errors_told(as_json: bool) -> Iterator[Course]:
    """Turn every exception into a message and the right exit status, every signal into an end that loses nothing."""
    course = Course(as_json)
    try:
        with heeding(course.signals):
            yield course
    except (typer.Exit, typer.Abort):
        raise
    except OptimizerError as error:
        code, status = next(pair for kind, pair in STATUS_OF.items() if isinstance(error, kind))
        findings = list(error.findings) if isinstance(error, InputError) else []
        if as_json:
            tell_json(_failure(course, error, status, findings))
        elif isinstance(error, InputError) and findings:
            print_findings(err, findings)
            if error.unjudged:
                sheets = ", ".join(error.unjudged)
                err.print(f"More may follow when these are mended: not all could be judged in {sheets}.")
        else:
            err.print(Text.assemble(("Error:", "bold red"), f" {error}"))
        raise typer.Exit(int(code)) from None
    except KeyboardInterrupt:
        _ended(course, "interrupted", "Given up")
        raise typer.Exit(int(Exit.FAILED)) from None
    except Exception as error:  # a fault of ours: told in a line, and what was written is not lost
        logging.getLogger("optimizer").debug("unforeseen", exc_info=True)
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
        _ended(course, "failed", f"Something unforeseen went wrong, which is a fault of this program: {told}")
        raise typer.Exit(int(Exit.FAILED)) from None


def _ended(course: Course, status: str, words: str) -> None:
    """Tell of an end that no error of the package stands for."""
    left = "nothing was written" if course.written is None else f"the report is written: {course.written}"
    if course.as_json:
        tell_json({"status": status, "verified": False, "message": f"{words}; {left}", "findings": []})
    else:
        err.print(f"{words}; {left}.")


def _failure(course: Course, error: OptimizerError, status: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what went wrong for JSON."""
    told: dict[str, Any] = {"status": status, "verified": False, "message": str(error)}
    told |= {"findings": [finding_record(f) for f in findings or course.findings]}
    if isinstance(error, InputError):
        told["unjudged"] = error.unjudged
    if isinstance(error, ImpossibleError):
        groups = {"conflict": error.conflict, "proposals": error.proposals, "instead": error.instead}
        told |= {name: [finding_record(f) for f in group] for name, group in groups.items()}
    if isinstance(error, ReportError) and error.kept:
        told["kept"] = error.kept
    return told


def tell_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object: numbers that JSON does not know are null, letters the output does not know escapes."""
    plain = _plain(record)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False)
    if not out.outlet.holds(text) or seen(text) != text:
        text = json.dumps(plain, allow_nan=False)
    out.outlet.write(text + "\n")
    out.outlet.flush()


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()  # numpy
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int)) else str(value)


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print findings, errors first; of many the first ones."""
    errors = [f for f in findings if f.severity == "error"]
    warnings = [f for f in findings if f.severity != "error"]
    for name, style, group in (("error", "bold red", errors), ("warning", "yellow", warnings)):
        if not group:
            continue
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for finding in group[:SHOWN_FINDINGS]:
            table.add_row(Text(seen(finding.where), style), finding.message)
        console.print(Text(f"{len(group)} {name}{'s' if len(group) > 1 else ''}", style))
        console.print(table)
        if len(group) > SHOWN_FINDINGS:
            console.print(f"... and {len(group) - SHOWN_FINDINGS} more")


def print_differences(console: Console, differences: Sequence[Finding]) -> None:
    """Print what a report shows otherwise than its plan says; of much the first."""
    for finding in differences[:SHOWN_FINDINGS]:
        console.print(Text.assemble((finding.where or "The report", "bold red"), f": {finding.message}"))
    if len(differences) > SHOWN_FINDINGS:
        console.print(f"... and {len(differences) - SHOWN_FINDINGS} more")


def verdict_table(checks: Sequence[Any]) -> Table:
    """Return the verdicts of the verifier as a table."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("rule", no_wrap=True)
    for header in ("rows checked", "largest violation"):
        table.add_column(header, justify="right")
    table.add_column("verdict")
    for check in checks:
        verdict = Text("holds") if check.holds else Text("broken", "bold red")
        table.add_row(check.rule, f"{check.rows:,}", f"{check.largest:.1e}" if check.largest else "0", verdict)
    return table


def verdict_record(check: Any) -> dict[str, Any]:
    """Return the verdict on a rule for JSON."""
    return {name: getattr(check, name) for name in ("rule", "holds", "rows", "largest", "worst")}


def finding_record(finding: Finding) -> dict[str, str]:
    """Return a finding for JSON."""
    return {
        "sheet": finding.sheet,
        "cell": finding.cell,
        "message": finding.message,
        "severity": finding.severity,
    }


def plan_record(plan: Any, written: Path, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what a search came to for JSON."""
    told = ("value", "bound", "gap", "unit", "found", "given_back")
    objectives = {
        row["objective"]: {name: row[name] for name in told} for row in plan.tables["objectives"].to_dict("records")
    }
    return {
        "status": plan.status,
        "verified": plan.verified,
        "unverified": list(plan.unverified),
        "objectives": objectives,
        "gap": plan.gap,
        "seconds": dict(plan.seconds),
        "size": dict(plan.size),
        "given_up": plan.given_up,
        "headline": {name: figure for name, figure in plan.summary().items() if name != "given_up"},
        "levers": dict(plan.measures.levers),
        "report": written,
        "warnings": list(plan.warnings),
        "findings": [finding_record(f) for f in findings],
    }
