"""A question on the command line: what every question may be told, how its inputs are read, where its answer goes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import typer
from rich.table import Table
from rich.text import Text

from optimizer.errors import Finding, InputError
from optimizer.given import read, refuse_bad_target, refuse_to_replace
from optimizer.options import Answered, AsJson, ClusterAddress, Force, Gap, Jobs, Quiet, Runs, StudyLimit
from optimizer.replies import Course, Exit, err, errors_told, out, print_findings, tell_json

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from optimizer.answers.reply import Reply
    from optimizer.plan.plan import Plan
    from optimizer.scenario.scenario import Scenario

ASKED_BY = {"until": "--as-of", "reveal": "--reveal", "risk": "--risk", "tail": "--tail"}
"""Options by what the Python interface calls them, where findings name that."""
MOST_PRINTED = 12
"""Rows of a table that are printed; the workbook has all."""


@dataclass
class Question:
    """A question that is asked; its fields are the options of every question."""

    report: Answered = None
    gap: Gap = None
    time_limit: StudyLimit = None
    runs: Runs = None
    jobs: Jobs = None
    cluster: ClusterAddress = None
    force: Force = False
    quiet: Quiet = False
    as_json: AsJson = False
    course: Course = field(init=False)

    def scenario(self, workbook: Path, variant: str | None = None) -> Scenario:
        """Return the scenario of a workbook, what is odd in it told."""
        settings = {} if self.gap is None else {"gap": self.gap}
        found, self.course.findings = read(workbook, variant, settings)
        if not self.as_json:
            print_findings(out, self.course.findings)
        return found

    def case(self, path: Path, variant: str | None = None) -> Scenario | Plan:
        """Return the plan of a report, or the scenario of a workbook; refuse a plan that breaks rules."""
        from optimizer.plan.tables import RUN_SHEET

        report = variant is None and _holds(path, RUN_SHEET)
        return _checked_plan(path) if report else self.scenario(path, variant)

    def plan(self, path: Path) -> Plan:
        """Return the plan of a report; refuse what holds none, or one that breaks rules."""
        return _checked_plan(path)

    def target(self, inputs: Sequence[Path], *words: str) -> Path:
        """Return where the answer goes, before anything that takes long: each question has a name of its own."""
        told = " ".join(re.sub(r"[^\w.,+-]+", " ", part).strip() for part in words if part)
        found = self.report or Path("reports") / f"{inputs[0].stem} ({told[:80]}).xlsx"
        ready(found, inputs, self.force)
        return found

    def answer(self, ask: Callable[..., Reply], target: Path) -> None:
        """Ask, write the answer and tell it; status 1 where not all is answered."""
        from optimizer.study_view import StudyView

        view = StudyView(err if self.as_json else out, quiet=self.quiet or self.as_json)
        options: dict[str, Any] = {"time_limit": self.time_limit, "folder": self.runs, "jobs": self.jobs}
        with _executor(self.cluster, self.jobs) as executor, view:
            reply = ask(watcher=view.watch, executor=executor, **options)
        written = self.course.written = reply.to_excel(target)
        if self.as_json:
            status = "ok" if reply.complete else "incomplete"
            tell_json({"status": status} | reply.record() | {"report": written})
        elif not self.quiet:
            _print(reply, written)
        if not reply.complete:
            raise typer.Exit(int(Exit.FAILED))


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command of one that takes a question first: the options of every question come after its own."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    hints = get_type_hints(Question, include_extras=True)
    shared = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(Question)
        if f.init
    ]

    @wraps(command)
    def asked(**given: Any) -> None:
        question = Question(**{option.name: given.pop(option.name) for option in shared})
        with errors_told(question.as_json) as question.course:
            try:
                command(question, **given)
            except InputError as error:
                raise InputError([_by_option(finding) for finding in error.findings], error.unjudged) from None

    every = [*own, *shared]
    asked.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    asked.__annotations__ = {option.name: option.annotation for option in every}
    return asked


def ready(target: Path, inputs: Sequence[Path], force: bool) -> None:
    """Refuse, before anything that takes long, a place where the answer cannot go."""
    for path in inputs:
        refuse_bad_target(target, path)
    refuse_to_replace(target, force)


def share_of(words: str, option: str) -> float:
    """Return a share written as 2% or 0.02."""
    text = words.strip()
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise InputError([Finding("", "", f"{option} {words} is no share; say 2% or 0.02")]) from None


# -- inside ----------------------------------------------------------------------------------------------
def _by_option(finding: Finding) -> Finding:
    """Return a finding about an argument in Python as one about the option that gave it."""
    option = ASKED_BY.get(finding.sheet)
    return finding if option is None else replace(finding, sheet="", message=f"{option}: {finding.message}")


def _checked_plan(path: Path) -> Plan:
    """Return the plan of a report; refuse one that breaks rules."""
    import optimizer
    from optimizer.errors import PlanError
    from optimizer.scenario.values import counted
    from optimizer.workbook.read_plan import read_plan

    try:
        plan = read_plan(path)
    except PlanError as error:
        raise InputError([Finding(path.name, "", str(error).removeprefix(f"{path.name} "))]) from error
    checks = optimizer.verify(plan)
    broken = [check.rule for check in checks if not check.holds]
    if broken:
        words = f"its plan breaks {counted(len(broken), 'rule')} ({', '.join(broken[:3])}); solve its workbook again"
        raise InputError([Finding(path.name, "", words)])
    return plan.with_checks(checks)


def _holds(path: Path, sheet: str) -> bool:
    """Tell whether a file is a workbook with a sheet of a name."""
    import zipfile

    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name == "xl/workbook.xml"]
        return any(f'name="{sheet}"'.encode() in file.read(name) for name in names)


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
    left = sum(status not in ("answered", "impossible") for status in reply.plans.status.values())
    if left and not reply.complete:
        out.print(f"{left} of {len(reply.plans)} solves told nothing; the sheet Tasks says why")
    out.print(Text.assemble("Answer: ", (str(written), "bold")))


def _cell(value: Any, unit: str) -> str:
    from optimizer.answers.words import amount_words, month_words

    if unit == "month":
        return month_words(value)
    if isinstance(value, (int, float)):
        return f"{value:.1%}" if unit == "share" else "" if value != value else amount_words(float(value), "")
    return "" if value is None or value != value else str(value)
