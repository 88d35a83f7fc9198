"""The exceptions of the package, and the findings they carry.

::

    OptimizerError            anything this package raises on purpose
    |-- InputError            the workbook or scenario has errors: `.findings` lists all of them
    |-- PlanError             a report cannot be read back as a plan, or a plan does not fit its scenario
    |-- ImpossibleError       what is asked cannot be done: hard targets, budgets, forced projects clash
    |-- NoPlanError           no plan was found in the time given
    |-- SolverError           the solver failed or returned a plan outside its tolerances
    |   `-- UnboundedError    an objective can fall for ever: a caller's own gain has no limit
    `-- ReportError           the report could not be written; `.kept` is where the plan was put instead
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MODEL = "model"
"""What findings about a model that a caller handed in give as their sheet."""
ERROR, IMPOSSIBLE, WARNING = "error", "impossible", "warning"
"""Severities: the input is wrong; it is right but no plan could do it; it is odd."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong (or odd) in the input: where it is, what it is, how to mend it.

    Parameters
    ----------
    sheet
        Name of the sheet, or of the table in Python.
    cell
        Cell address such as ``D7``; for tables in Python ``row 3, column amount``; empty when
        the finding is about the whole sheet.
    message
        The value found, the rule, and how to mend it, in one or two sentences.
    severity
        ``error`` and ``impossible`` stop the solve, ``warning`` does not; ``advice`` is no fault at all.
    """

    sheet: str
    cell: str
    message: str
    severity: str = "error"

    @property
    def where(self) -> str:
        """Return the place as a spreadsheet writes it: ``Lines!D7``."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


def odd(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the warnings among findings in words, each one once."""
    return tuple(dict.fromkeys(str(finding) for finding in findings if finding.severity == WARNING))


class OptimizerError(Exception):
    """Base class of every exception this package raises on purpose."""


class InputError(OptimizerError):
    """The input has errors; `findings` lists all of them, errors and warnings.

    `unjudged` are the sheets of which something could not be read: when that is mended, more may be found there.
    """

    def __init__(self, findings: Sequence[Finding], unjudged: Sequence[str] = ()) -> None:
        self.findings, self.unjudged = tuple(findings), tuple(unjudged)
        errors = [f for f in self.findings if f.severity == "error"]
        shown = [str(f) for f in errors[:50]]
        if len(errors) > len(shown):
            shown.append(f"... and {len(errors) - len(shown)} more")
        super().__init__("\n".join(shown))


class PlanError(OptimizerError):
    """A report cannot be read back as a plan, or a plan does not fit its scenario."""


class ImpossibleError(OptimizerError):
    """What is asked cannot be done; the message names the statements that clash.

    `conflict` holds them one by one, `proposals` the values to change so that it can be done, and
    `instead` other ways out.
    """

    def __init__(
        self,
        message: str,
        *,
        conflict: Sequence[Finding] = (),
        proposals: Sequence[Finding] = (),
        instead: Sequence[Finding] = (),
    ) -> None:
        self.conflict, self.proposals, self.instead = tuple(conflict), tuple(proposals), tuple(instead)
        super().__init__(message)


class NoPlanError(OptimizerError):
    """The search ended without a plan, for lack of time or because it was interrupted."""


class SolverError(OptimizerError):
    """The solver failed, or returned a plan outside its tolerances."""


class UnboundedError(SolverError):
    """An objective can fall for ever: something that a caller added to the model gains without limit."""


class ReportError(OptimizerError):
    """The report could not be written; `kept` is where the plan was put instead, if anywhere."""

    def __init__(self, message: str, *, kept: Path | None = None) -> None:
        self.kept = kept
        super().__init__(message)


def refuse(findings: Sequence[Finding], unjudged: Sequence[str] = ()) -> None:
    """Raise InputError with all findings, and the sheets not judged in full, when there are errors among them."""
    if any(finding.severity == ERROR for finding in findings):
        raise InputError(findings, unjudged)


def refuse_impossible(findings: Sequence[Finding]) -> None:
    """Raise ImpossibleError when what is asked is beyond any plan."""
    beyond = [finding for finding in findings if finding.severity == IMPOSSIBLE]
    if beyond:
        raise ImpossibleError("No plan could ever do this:\n" + "\n".join(f"  {f}" for f in beyond), conflict=beyond)
