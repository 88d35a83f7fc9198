"""What the README says is there: commands, options, names, files and numbers."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

from typer.main import get_command

import optimizer
from optimizer.cli import app
from optimizer.plan.plan import Plan
from optimizer.plan.tables import KEPT
from optimizer.scenario.schema import BY_TABLE, SHEETS
from optimizer.verify.verify import RULES
from tests import test_faults
from tests.cases import test_published
from tests.levers import test_by_hand
from tests.verify.test_verify import CONSTRAINTS
from tests.workbook.test_fuzz import WAYS

README = Path("README.md").read_text("utf-8")
CODE = "\n".join([*re.findall(r"`([^`\n]+)`", README), *re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)])


def figure(words: str) -> int:
    """Return the number in the row of the table that begins with some words."""
    found = re.search(rf"^\| {words}[^|]*\| ([\d,]+)", README, re.MULTILINE)
    assert found, words
    return int(found[1].replace(",", ""))


def cases_of(module: ModuleType) -> list[str]:
    """Return the names of the tests of a module."""
    return [name for name, _ in inspect.getmembers(module, inspect.isfunction) if name.startswith("test_")]


def test_commands_and_options_are_those_of_the_command_line() -> None:
    """Every command is named, and every option named is one of its command."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    named = re.findall(r"\boptimizer ([a-z]+)\b([^\n&`]*)", CODE)
    assert {command for command, _ in named} == commands.keys()
    for command, rest in named:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, command


def test_names_in_python_and_sheets_are_there() -> None:
    """What is called on `optimizer`, a plan or a scenario exists; the table of sheets names every sheet."""
    (python,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    python = re.sub(r'"[^"\n]*"', '""', python)
    called = {owner: set(re.findall(rf"\b{owner}\.(\w+)", python)) for owner in ("optimizer", "plan", "scenario")}
    assert all(called.values())
    assert called["optimizer"] <= {*optimizer.__all__}
    measures = {name for name in called["plan"] if not hasattr(Plan, name) and name not in KEPT}
    assert measures <= {*Plan.__dataclass_fields__, "waiting_time", "decisions"}
    assert called["scenario"] <= {"replace", *BY_TABLE}
    (table,) = re.findall(r"\| sheets \| what they say \|\n(.*?)\n\n", README, re.DOTALL)
    assert set(re.findall(r"[A-Z][a-z]+(?: ladders)?", table)) >= set(SHEETS)


def test_files_are_there() -> None:
    """Folders and modules that are named exist, pictures and data too; reports that commands write do not count."""
    named = re.findall(r"\b(?:optimizer|tests|data)/[\w/.]*\w|reports/\w+\.(?:png|md)|reports/example\w+\.xlsx", README)
    assert len(named) > 20
    assert [name for name in named if not Path(name).exists()] == []


def test_figures_are_those_of_the_tests() -> None:
    """Rules, constraints, faults injected, cases by hand and published optima are as many as it says."""
    assert figure("rules of the verifier") == len(RULES)
    assert f"for {len(CONSTRAINTS)} constraints of the model" in README
    in_stages = 2 * len(test_faults.STAGES) + len(test_faults.FAULTS) * len(test_faults.SHARES)
    once = {"test_a_search_cut_short_in_any_stage_ends_well", "test_a_run_of_highs_that_fails_ends_well"}
    once |= {"test_every_exception_of_the_package_has_a_status"}  # injects nothing
    assert figure("faults injected") == in_stages + len({*cases_of(test_faults)} - once)
    assert figure("levers and parts") == len({*cases_of(test_by_hand)} - {"test_every_lever_has_its_case"})
    assert figure("published optima") == len(test_published.LINEAR) + 4  # two demands, with whole workers and fractions
    assert figure("spoilt workbooks") == 600 * len(WAYS)
    assert "`OPTIMIZER_EXAMPLES=600 pytest tests/workbook/test_fuzz.py`" in README
