"""What commands are given: a workbook or a folder, a what-if and settings of it, a place for the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import Finding, InputError, OptimizerError
from optimizer.examples import EXAMPLES
from optimizer.files import reason, try_to_write

if TYPE_CHECKING:
    from optimizer.scenario.scenario import Scenario


def read_with_findings(workbook: Path) -> tuple[Any, list[Finding]]:
    """Read a workbook, or a folder of CSV files, with its warnings."""
    if not workbook.exists() and workbook.stem in EXAMPLES:
        message = f"there is no such file; `optimizer example {workbook.stem}` writes this example"
        raise InputError([Finding(workbook.name, "", message)])
    if workbook.is_dir():
        from optimizer.workbook.folder import folder_with_findings

        return folder_with_findings(workbook)
    from optimizer.workbook import read

    return read.read_with_findings(workbook)


def read(
    workbook: Path, scenario: str | None, settings: Mapping[str, Any] | None = None
) -> tuple[Scenario, list[Finding]]:
    """Read a workbook, apply a scenario of it and settings, and return what is odd in it then."""
    given, findings = read_with_findings(workbook)
    return changed(given, findings, scenario, settings)


def changed(
    given: Scenario, findings: list[Finding], scenario: str | None, settings: Mapping[str, Any] | None = None
) -> tuple[Scenario, list[Finding]]:
    """Return a scenario with changes, and its warnings: those of reading stay, those of the rules are new."""
    import optimizer

    if scenario is None and not settings:
        return given, findings
    whatif = given
    if scenario is not None:
        title = f"{given.settings.title}: {scenario}"
        whatif = optimizer.variant(given, scenario).replace(settings={"title": title})
    if settings:
        whatif = _set(whatif, settings)
    rules = set(optimizer.check(given))
    return whatif, list(dict.fromkeys([*(f for f in findings if f not in rules), *optimizer.check(whatif)]))


def _set(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Return the scenario with settings of the command line; what is wrong with one is told by its option."""
    try:
        return scenario.replace(settings=settings)
    except InputError:
        told = [finding for name, value in settings.items() for finding in _refused(scenario, name, value)]
        if not told:
            raise
    raise InputError(told)


def _refused(scenario: Scenario, name: str, value: Any) -> list[Finding]:
    """Return what is wrong with one setting of the command line."""
    try:
        scenario.replace(settings={name: value})
    except InputError as error:
        option = f"--{name.replace('_', '-')}"
        return [Finding("", "", f"{option}: {found.message}") for found in error.findings if found.severity == "error"]
    return []


def refuse_bad_target(target: Path, workbook: Path) -> None:
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


def refuse_to_replace(path: Path, force: bool) -> None:
    """Refuse to write where a file is already, unless that is wanted."""
    if path.exists() and not force:
        raise OptimizerError(f"{path} exists already; choose another name, or say --force to replace it")
