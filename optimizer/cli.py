"""The command line: `solve`, `template`, `example`, and those of examining.py, questions.py, followups.py and
sampling.py.

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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from optimizer.errors import Finding, InputError, ReportError, odd
from optimizer.examining import EXAMINING
from optimizer.examples import EXAMPLES, example_path
from optimizer.files import reason, whole
from optimizer.followups import FOLLOWUPS
from optimizer.given import read, refuse_bad_target, refuse_to_replace
from optimizer.options import AsJson, Force, Quiet, Variant, Workbook, completed, list_completed
from optimizer.questions import QUESTIONS
from optimizer.replies import Exit, err, errors_told, out, plan_record, tell_json
from optimizer.sampling import SAMPLING

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan
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
"""What the help lists; the schema, of which the help has no need, says the same."""


def _of_setting(name: str, default: str) -> str:
    """Return where an option that is not given comes from, for the help."""
    return f"setting {name} of the workbook, else {default}"


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


COMMANDS: dict[Callable[..., None], str] = {
    solve: "optimizer solve quickstart.xlsx --gap 0.01 --report plan.xlsx",
    **EXAMINING,
    template: "optimizer template my_plan.xlsx",
    example: "optimizer example quickstart",
    **QUESTIONS,
    **FOLLOWUPS,
    **SAMPLING,
}
"""Command -> an example of it, in the order of the help."""
for _command, _example in COMMANDS.items():
    app.command(epilog=f"Example: {_example}")(_command)
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
