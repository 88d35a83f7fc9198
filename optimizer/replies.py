"""What the commands reply: findings, verdicts, JSON, and the exit status of what went wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from optimizer.errors import Finding, ImpossibleError, InputError, NoPlanError, OptimizerError, PlanError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

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


@contextmanager
def errors_told(as_json: bool) -> Iterator[None]:
    """Turn every exception into a message and the right exit status."""
    try:
        yield
    except OptimizerError as error:
        code, status = next(pair for kind, pair in STATUS_OF.items() if isinstance(error, kind))
        findings = list(error.findings) if isinstance(error, InputError) else []
        if as_json:
            told = {"status": status, "verified": False, "message": str(error)}
            told |= {"findings": [finding_record(f) for f in findings]}
            if isinstance(error, ImpossibleError):
                groups = {"conflict": error.conflict, "proposals": error.proposals, "instead": error.instead}
                told |= {name: [finding_record(f) for f in group] for name, group in groups.items()}
            print(json.dumps(told, ensure_ascii=False))
        elif findings:
            print_findings(err, findings)
        else:
            err.print(f"[bold red]Error:[/] {escape(str(error))}")
        raise typer.Exit(int(code)) from None
    except KeyboardInterrupt:
        err.print("Given up: nothing was written.")
        raise typer.Exit(int(Exit.FAILED)) from None


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
            table.add_row(f"[{style}]{escape(finding.where)}[/]", escape(finding.message))
        console.print(f"[{style}]{len(group)} {name}{'s' if len(group) > 1 else ''}[/]")
        console.print(table)
        if len(group) > SHOWN_FINDINGS:
            console.print(f"... and {len(group) - SHOWN_FINDINGS} more")


def print_differences(console: Console, differences: Sequence[Finding]) -> None:
    """Print what a report shows otherwise than its plan says; of much the first."""
    for finding in differences[:SHOWN_FINDINGS]:
        console.print(f"[bold red]{escape(finding.where or 'The report')}[/]: {escape(finding.message)}")
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
        verdict = "holds" if check.holds else "[bold red]broken[/]"
        table.add_row(check.rule, f"{check.rows:,}", f"{check.largest:.1e}" if check.largest else "0", verdict)
    return table


def verdict_record(check: Any) -> dict[str, Any]:
    """Return the verdict on a rule for JSON."""
    largest = check.largest if math.isfinite(check.largest) else None
    return {"rule": check.rule, "holds": check.holds, "rows": check.rows, "largest": largest, "worst": check.worst}


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
    objectives = {
        row.objective: {"value": row.value, "bound": row.bound, "gap": row.gap} for row in plan.objectives.itertuples()
    }
    return {
        "status": plan.status,
        "verified": plan.verified,
        "unverified": list(plan.unverified),
        "objectives": objectives,
        "gap": plan.gap,
        "seconds": dict(plan.seconds),
        "size": dict(plan.size),
        "headline": plan.summary(),
        "levers": dict(plan.measures.levers),
        "report": str(written),
        "warnings": list(plan.warnings),
        "findings": [finding_record(f) for f in findings],
    }
