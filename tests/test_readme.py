"""What the README and the pages it leads to say is there: commands, options, names, files and numbers; and it runs."""

from __future__ import annotations

import inspect
import re
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import optimizer
from optimizer.cli import app
from optimizer.plan.plan import Plan
from optimizer.plan.tables import KEPT
from optimizer.replies import Exit
from optimizer.scenario.schema import BY_TABLE, SHEETS
from optimizer.verify.verify import RULES
from tests import test_faults
from tests.cases import test_published
from tests.levers import test_by_hand
from tests.model.test_completeness import ALL
from tests.workbook.test_fuzz import WAYS

README, PROOFS, REPORT = (
    Path(name).read_text("utf-8") for name in ("README.md", "reports/proofs.md", "reports/README.md")
)
PAGES = f"{README}\n{PROOFS}\n{REPORT}"
CODE = "\n".join([*re.findall(r"`([^`\n]+)`", PAGES), *re.findall(r"```\w*\n(.*?)```", PAGES, re.DOTALL)])
MOST_WORDS = 1_200


def blocks(language: str) -> list[str]:
    """Return the blocks of the README in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def figure(words: str) -> int:
    """Return the number in the row of the table that begins with some words."""
    found = re.search(rf"^\| {words}[^|]*\| ([\d,]+)", PROOFS, re.MULTILINE)
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
    (python,) = blocks("python")
    python = re.sub(r'"[^"\n]*"', '""', python)
    called = {owner: set(re.findall(rf"\b{owner}\.(\w+)", python)) for owner in ("optimizer", "plan", "scenario")}
    assert all(called.values())
    assert called["optimizer"] <= {*optimizer.__all__}
    measures = {name for name in called["plan"] if not hasattr(Plan, name) and name not in KEPT}
    assert measures <= {*Plan.__dataclass_fields__, "waiting_time", "decisions"}
    assert called["scenario"] <= {"replace", *BY_TABLE}
    (table,) = re.findall(r"\| sheets \| what they say \|\n(.*?)\n\n", README, re.DOTALL)
    assert set(re.findall(r"[A-Z][a-z]+(?: ladders| changes)?", table)) >= set(SHEETS)


def test_files_are_there() -> None:
    """Folders and modules that are named exist, pictures and data too; reports that commands write do not count."""
    pattern = (
        r"\b(?:optimizer|tests|data)/[\w/.]*\w|reports/\w+\.md|reports/reference/|reports/example\w+\.xlsx|[A-Z]+\.md"
    )
    named = re.findall(pattern, PAGES) + re.findall(r"\]\(([\w/]+\.png)\)", README)
    named += [f"reports/{name}" for name in re.findall(r"\]\((\w+\.png)\)", REPORT)]
    named += [f"reports/{name}" for name in re.findall(r"`(reference/\w+\.md)`", PROOFS)]
    assert len(named) > 25
    assert [name for name in named if not Path(name).exists()] == []


def test_figures_are_those_of_the_tests() -> None:
    """Rules, constraints, faults injected, cases by hand and published optima are as many as it says."""
    assert figure("rules of the verifier") == len(RULES)
    assert f"for {len(ALL)} constraints of the model" in PROOFS
    in_stages = 2 * len(test_faults.STAGES) + len(test_faults.FAULTS) * len(test_faults.SHARES)
    once = {"test_a_search_cut_short_in_any_stage_ends_well", "test_a_run_of_highs_that_fails_ends_well"}
    once |= {"test_every_exception_of_the_package_has_a_status"}  # injects nothing
    assert figure("faults injected") == in_stages + len({*cases_of(test_faults)} - once)
    assert figure("levers and parts") == len({*cases_of(test_by_hand)} - {"test_every_lever_has_its_case"})
    more = 2 * 2 + 2 + 1 + 3 + 1 + 2  # tomatoes by demand, shoes, technicians, power by demand, any lots, scenarios
    assert figure("published optima") == len(test_published.LINEAR) + more
    assert figure("spoilt workbooks") == 600 * len(WAYS)
    assert "`OPTIMIZER_EXAMPLES=600 pytest tests/workbook/test_fuzz.py`" in PROOFS


def test_it_is_read_in_ten_minutes() -> None:
    """The README has fewer words than somebody who has just come will read."""
    assert len(README.split()) < MOST_WORDS


def run(lines: Sequence[str]) -> dict[str, Any]:
    """Run commands one after the other and return what came of each."""
    return {line: CliRunner().invoke(app, shlex.split(line)[1:]) for line in lines}


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("optimizer ")]
QUESTIONS = re.findall(r"^- `(optimizer [^`]*)`", README, re.MULTILINE)
LONG = ("optimizer explain", "--levers", "--scenario")
"""What takes seconds more."""


def test_it_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder one command after the other does what it says, and the output has the lines that are shown."""
    monkeypatch.chdir(tmp_path)
    told = run([line for line in COMMANDS if not any(word in line for word in LONG)])
    assert len(told) >= 5
    assert {ran.exit_code for ran in told.values()} == {Exit.DONE}
    (shown,) = re.findall(r"```\n\$ (optimizer .*?)```", README, re.DOTALL)
    command, _, *output = shown.splitlines()
    labels = [re.split(r"  |:", line)[0] for line in output if not line.startswith(" ")]
    assert [label for label in labels if label not in told[command].output] == []


def test_every_question_is_a_command_line_that_is_understood() -> None:
    """Each question that the README lists, and the command that is only told in a sentence, parses as it stands."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    asked = [*QUESTIONS, *re.findall(r"`(optimizer \w+ [^`\n]+)`", README)]
    assert len(QUESTIONS) == 9
    for line in asked:
        _, command, *arguments = shlex.split(line)
        commands[command].make_context(command, arguments)  # raises where it is not understood


@pytest.mark.slow
def test_every_question_can_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the quickstart is solved, each question is answered as the README writes it."""
    monkeypatch.chdir(tmp_path)
    run([line for line in COMMANDS if not any(word in line for word in LONG)])
    shutil.copy("quickstart.xlsx", "next.xlsx")
    told = run(QUESTIONS)
    assert {line: ran.exit_code for line, ran in told.items()} == dict.fromkeys(QUESTIONS, Exit.DONE)
    assert len(list(Path("reports").glob("* (*).xlsx"))) >= len(QUESTIONS) - 1  # `why` prints


@pytest.mark.slow
def test_it_can_be_followed_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer does what it says, too: what-ifs, a wish that cannot be had, and the Python."""
    monkeypatch.chdir(tmp_path)
    told = run([line for line in COMMANDS if line == COMMANDS[0] or any(word in line for word in LONG)])
    assert len(told) >= 4
    expected = {line: Exit.IMPOSSIBLE if "explain" in line else Exit.DONE for line in told}
    assert {line: ran.exit_code for line, ran in told.items()} == expected
    exec(blocks("python")[0], {})
    assert Path("reports/plan.xlsx").exists()
