"""Whatever fails after a search, the plan is kept, and where it is is said."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optimizer
from optimizer import Plan, Scenario, read_plan, solve, write_workbook
from optimizer.plan.plan import Check
from optimizer.replies import Exit
from optimizer.solve.progress import Clock, Progress
from tests.test_cli import run
from tests.test_pipeline import workshop

Searched = Callable[..., None]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a scenario that is odd: its reserve is above what is there at the start."""
    return workshop(stocks=[{"place": "A", "item": "shell", "opening": 0, "reserve": 1}], settings={"gap": 0.5})


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    """Return its plan."""
    return solve(scenario)


@pytest.fixture(scope="module")
def written(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return its workbook, written once."""
    return write_workbook(tmp_path_factory.mktemp("workbooks") / "workshop.xlsx", scenario).read_bytes()


@pytest.fixture
def workbook(written: bytes, tmp_path: Path) -> Path:
    """Return where its workbook is."""
    path = tmp_path / "workshop.xlsx"
    path.write_bytes(written)
    return path


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> Callable[..., None]:
    """Let the search find the plan at once; what is given happens in it."""

    def let(during: Callable[[], None] = lambda: None, **changes: Any) -> None:
        def search(_: Scenario, *, watcher: Callable[[Progress], None], clock: Clock, **asked: Any) -> Plan:
            assert asked == {"start": None, "short_run": True}
            watcher(Progress("cost: whole plan", 0.1, 9.9, 45.0, None))
            during()
            return replace(plan, **({"status": "interrupted"} if clock.stopped else {}), **changes)

        monkeypatch.setattr(optimizer, "solve", search)

    return let


def words(told: Any) -> str:
    """Return what was said, lines joined."""
    return " ".join(told.output.split())


# -- the report cannot be written ------------------------------------------------------------------
def test_a_report_whose_place_is_gone_is_kept_and_can_be_written_later(
    workbook: Path, found: Searched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder becomes a file during the search: status 1, where the plan is, and the command that makes a report."""
    monkeypatch.chdir(tmp_path)
    found(lambda: Path("deep").write_text("a file"))
    told = json.loads(run("solve", workbook, "--report", "deep/plan.xlsx", "--json").stdout)
    kept = tmp_path / "plan.kept.xlsx"
    assert (told["status"], Path(told["kept"])) == ("failed", kept)
    assert f"optimizer verify {kept} --report deep/plan.xlsx" in told["message"]
    again = run("verify", kept, "--report", tmp_path / "there" / "plan.xlsx")
    assert again.exit_code == Exit.DONE, again.output
    assert run("verify", tmp_path / "there" / "plan.xlsx").exit_code == Exit.DONE


def test_a_full_disk_after_the_search_keeps_the_plan_elsewhere(
    workbook: Path, found: Searched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No space in the folder of the report: the plan goes into the working folder, and the old report stays."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "plan.xlsx").write_bytes(b"old")
    monkeypatch.chdir(tmp_path)
    real = os.open

    def full(path: Any, *rest: Any, **named: Any) -> int:
        if Path(path).parent.name == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *rest, **named)

    found(lambda: monkeypatch.setattr(os, "open", full))
    told = run("solve", workbook, "--report", tmp_path / "full" / "plan.xlsx")
    assert told.exit_code == Exit.FAILED
    assert "the disk is full" in words(told)
    assert (tmp_path / "plan.kept.xlsx").exists()
    assert (tmp_path / "full" / "plan.xlsx").read_bytes() == b"old"


def test_a_plan_kept_without_its_report_becomes_one(
    workbook: Path, found: Searched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory ends while charts are made: plain tables are kept, hold every rule, and make the report later."""
    found()
    with monkeypatch.context() as patch:
        patch.setattr("optimizer.report.write.write_briefing", lambda *_: (_ for _ in ()).throw(MemoryError()))
        told = run("solve", workbook, "--report", tmp_path / "plan.xlsx")
    assert told.exit_code == Exit.FAILED and "MemoryError" in told.output
    report = tmp_path / "plan.xlsx"
    assert not report.exists()
    assert run("verify", tmp_path / "plan.kept.xlsx", "--report", report).exit_code == Exit.DONE
    assert run("verify", report).exit_code == Exit.DONE


def test_what_cannot_be_written_is_refused_before_the_search(workbook: Path, tmp_path: Path) -> None:
    """Below a file, too long a name, a folder, a pipe, the input under another name: status 2, and nothing is left."""
    (tmp_path / "file").touch()
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "link.xlsx").symlink_to(workbook)
    os.mkfifo(tmp_path / "pipe.xlsx")
    before = sorted(tmp_path.iterdir())
    for name in ("file/plan.xlsx", f"{'x' * 260}.xlsx", "folder.xlsx", "link.xlsx", "pipe.xlsx"):
        told = run("solve", workbook, "--report", tmp_path / name)
        assert told.exit_code == Exit.INPUT, told.output
    assert sorted(tmp_path.iterdir()) == before


# -- the plan is not accepted ----------------------------------------------------------------------
def test_a_plan_that_is_not_accepted_is_kept_aside(workbook: Path, found: Searched, tmp_path: Path) -> None:
    """Status 1, the rule, and a file that says it in its name and on its first page; the old report stays."""
    report = tmp_path / "plan.xlsx"
    report.write_bytes(b"old")
    found(checks=(Check("costs_add_up", "costs", 3, 0.02, "line L in 2024"),))
    told = run("solve", workbook, "--report", report)
    assert told.exit_code == Exit.FAILED
    assert "costs_add_up: line L in 2024" in words(told)
    assert report.read_bytes() == b"old"
    kept = read_plan(tmp_path / "plan.not verified.xlsx")
    assert kept.tables["output"]["made"].tolist() == kept.output["made"].tolist() != []


def test_a_check_that_fails_itself_does_not_cost_the_plan(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier out of memory is a verdict; what only adds to the plan is done without, and it is told."""

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("optimizer.found.verify", fails)
    monkeypatch.setattr("optimizer.found._wait_without_levers", fails)
    unsure = solve(scenario)
    assert not unsure.verified
    assert "MemoryError" in unsure.checks[0].worst
    assert any("waiting time without levers could not be worked out" in warning for warning in unsure.warnings)


# -- signals ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_signal_while_the_report_is_written_lets_it_be_finished(
    workbook: Path, found: Searched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Once: status 0 and the report. Twice: given up, with the old report whole and no draft."""
    from optimizer.report import write

    report, real, presses = tmp_path / "plan.xlsx", write.write_briefing, [1]

    def press(*arguments: Any) -> None:
        for _ in range(presses[0]):
            signal.raise_signal(number)
        real(*arguments)

    monkeypatch.setattr(write, "write_briefing", press)
    found()
    once = run("solve", workbook, "--report", report)
    assert once.exit_code == Exit.DONE and "Stopping" in once.output
    before, presses[0] = report.read_bytes(), 2
    twice = run("solve", workbook, "--report", report)
    assert twice.exit_code == Exit.FAILED and "Given up; nothing was written" in twice.output
    assert report.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.xlsx", "workshop.xlsx"]


@pytest.mark.parametrize("command", ["solve", "check", "verify", "explain"])
def test_ctrl_c_while_reading_stops_at_once(command: str, workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One word, status 1, and one JSON object where it is asked for."""

    def pressed(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    for place in ("optimizer.workbook.read.read_sheets", "optimizer.workbook.read_plan.read_sheets"):
        monkeypatch.setattr(place, pressed)
    told = run(command, workbook)
    assert (told.exit_code, told.output) == (Exit.FAILED, "Given up; nothing was written.\n")
    assert json.loads(run(command, workbook, "--json").stdout)["status"] == "interrupted"


def test_commands_run_in_any_thread(workbook: Path, tmp_path: Path, found: Searched) -> None:
    """Outside the main thread there are no signals; a search and its report go as ever."""
    found()
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(run("solve", workbook, "-o", tmp_path / "plan.xlsx")))
    thread.start()
    thread.join()
    assert told[0].exit_code == Exit.DONE, told[0].output


# -- what is told ----------------------------------------------------------------------------------
def test_the_unforeseen_is_told_in_a_line(workbook: Path, tmp_path: Path, found: Searched) -> None:
    """A fault of ours in the search: status 1, a line instead of a traceback, and JSON where asked."""

    def fault() -> None:
        raise RuntimeError("nobody thought of it")

    found(fault)
    told = run("solve", workbook, "-o", tmp_path / "plan.xlsx")
    assert told.exit_code == Exit.FAILED
    assert "RuntimeError: nobody thought of it" in words(told) and "nothing was written" in words(told)
    assert "Traceback" not in told.output
    assert json.loads(run("solve", workbook, "-o", tmp_path / "plan.xlsx", "--json").stdout)["status"] == "failed"


def test_bounds_that_are_not_known_are_null_in_json(
    workbook: Path, plan: Plan, found: Searched, tmp_path: Path
) -> None:
    """A search without a proof: null for gap and bounds, never Infinity."""
    objectives = plan.objectives.assign(bound=float("-inf"), gap=float("inf"))
    found(gap=float("inf"), tables={**plan.tables, "objectives": objectives})
    told = run("solve", workbook, "-o", tmp_path / "plan.xlsx", "--json")
    record = json.loads(told.stdout, parse_constant=pytest.fail)
    assert record["gap"] is None
    assert all(row["bound"] is None for row in record["objectives"].values())


def test_warnings_are_told_everywhere(workbook: Path, tmp_path: Path, found: Searched) -> None:
    """Those of reading and those of the rules: on the screen, in JSON, in the report; by solve and check."""
    from openpyxl import load_workbook

    book = load_workbook(workbook)
    book["Lines"].sheet_state = "hidden"
    book.save(workbook)
    checked = json.loads(run("check", workbook, "--json").stdout)["findings"]
    assert len(checked) >= 1 and {finding["severity"] for finding in checked} == {"warning"}
    found()
    report = tmp_path / "plan.xlsx"
    screen, told = words(run("check", workbook)), words(run("solve", workbook, "-o", report))
    for finding in checked:
        assert " ".join(finding["message"].split()) in screen
        assert " ".join(finding["message"].split()) in told
    for run_as in ((), ("--levers", "none")):
        record = json.loads(run("solve", workbook, "-o", report, "--json", *run_as).stdout)
        assert [finding for finding in record["findings"] if finding in checked] == record["findings"] != []
        assert len(record["findings"]) == len(checked)
        kept = read_plan(report).warnings
        for finding in checked:
            assert any(finding["message"] in warning for warning in kept)
            assert any(finding["message"] in warning for warning in record["warnings"])


@pytest.mark.slow
def test_what_ifs_without_a_place_leave_the_report_of_the_workbook(
    workbook: Path, tmp_path: Path, found: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default place tells the what-if: levers and objectives do not write over the plan of the workbook itself."""
    monkeypatch.chdir(tmp_path)
    found()
    for options in ((), ("--levers", "none"), ("--objectives", "cost"), ("--levers", "weekends; pledges")):
        assert run("solve", workbook, *options).exit_code == Exit.DONE
    names = {path.name for path in (tmp_path / "reports").iterdir()}
    assert names == {f"workshop{told}.xlsx" for told in ("", " (none)", " (cost)", " (weekends pledges)")}
