"""The command line: exit statuses, messages, JSON, quiet, Ctrl-C, and nothing lost when something fails."""

from __future__ import annotations

import json
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.main import get_command
from typer.testing import CliRunner

import optimizer
from optimizer import Scenario, read_workbook, write_workbook
from optimizer.cli import app
from optimizer.examples import EXAMPLES, example_path
from optimizer.progress_view import ProgressView
from optimizer.replies import Exit
from optimizer.scenario.schema import LEVERS, OBJECTIVES, Settings, Target, choices
from optimizer.solve.progress import Progress
from optimizer.workbook.readme import default as workbook_default
from tests.test_pipeline import workshop

HEADLINE = {
    "output_now_units_per_month",
    "output_end_units_per_month",
    "needs_met_from",
    "waiting_time_months",
    "total_cost_EUR",
    "largest_bottleneck",
}


def run(*arguments: str | Path) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a small workbook that can be solved in no time, written once."""
    return write_workbook(tmp_path_factory.mktemp("workbooks") / "workshop.xlsx", workshop()).read_bytes()


@pytest.fixture
def workbook(written: bytes, tmp_path: Path) -> Path:
    """Return the path of the small workbook."""
    path = tmp_path / "workshop.xlsx"
    path.write_bytes(written)
    return path


def slow_scenario() -> Scenario:
    """Return a scenario that takes HiGHS seconds, with a first plan long before the proof."""
    lines = [f"L{k}" for k in range(8)]
    return workshop(
        {
            "periods": "24x1",
            "weekend_share": 0.5,
            "gap": 0,
            "time_limit": 120,
            "objectives": "weighted",
            "review_months": 1,
        },
        members=[{"member": "A", "labour_cost": 1.0, "people_available": 130, "weekend_premium": 0.37}],
        lines=[
            {"line": name, "site": "works", "ladder": "S", "people_per_crew": 5 + 3 * k, "may_idle": "yes"}
            for k, name in enumerate(lines)
        ],
        shift_ladders=[
            {
                "ladder": "S",
                "step": k,
                "pattern": f"{k}-8-5",
                "added_share": 1 - 0.1 * k,
                "hiring_cost": 2.3,
                "release_cost": 1.7,
            }
            for k in (1, 2, 3)
        ],
        rates=[
            {"line": name, "item": "shell", "rate": 7 + 1.3 * k, "unit_cost": 3 - 0.07 * k, "minimum": 3}
            for k, name in enumerate(lines)
        ],
        orders=[
            {
                "customer": "A",
                "item": "shell",
                "from_month": f"2024-{m:02d}",
                "to_month": f"2024-{m:02d}",
                "per_month": 90 + 37 * (m % 5),
                "price": 5,
                "accepted_wait": 1,
            }
            for m in range(1, 13)
        ]
        + [
            {
                "customer": "A",
                "item": "shell",
                "from_month": "2025-01",
                "per_month": 190,
                "price": 5,
                "accepted_wait": 1,
            }
        ],
    )


@pytest.fixture(scope="module")
def solved(written: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """Return what `solve` tells of the small workbook, and where its report is, which must stay as it is."""
    folder = tmp_path_factory.mktemp("solved")
    (folder / "workshop.xlsx").write_bytes(written)
    report = folder / "deep" / "plan.xlsx"
    return run("solve", folder / "workshop.xlsx", "--report", report), report


def test_solve_writes_a_checked_plan(solved: tuple[Any, Path]) -> None:
    """`solve` ends with status 0, the six figures and a report that opens, with the short run beside the plan."""
    result, report = solved
    assert result.exit_code == Exit.DONE, result.output
    assert "independently checked" in result.output
    assert "Wait of an order placed" in result.output
    book = load_workbook(report, read_only=True)
    assert book.sheetnames[0] == "Briefing"
    assert "short run: Cost of everything" in {row[0] for row in book["plan run"].iter_rows(values_only=True)}


def test_solve_json_is_one_object(workbook: Path, tmp_path: Path) -> None:
    """`--json` prints exactly one JSON object with everything the design promises."""
    result = run("solve", workbook, "--report", tmp_path / "plan.xlsx", "--json")
    told = json.loads(result.stdout)
    assert told["status"] == "optimal" and told["verified"] is True
    assert set(told["headline"]) == HEADLINE
    assert set(told["size"]) == {"rows", "columns", "integers", "nonzeros"}
    assert set(told["levers"]) == {"shifts_added", "weekend_runs", "projects_started", "units_pledged"}
    assert told["objectives"]["cost"]["gap"] == 0
    assert Path(told["report"]).exists()


def test_quiet_prints_nothing(workbook: Path, tmp_path: Path) -> None:
    """`--quiet` prints nothing when all is well."""
    assert run("solve", workbook, "--report", tmp_path / "plan.xlsx", "--quiet").output == ""


def test_a_report_can_be_solved_again(solved: tuple[Any, Path]) -> None:
    """The report carries the inputs as read."""
    result = run("check", solved[1])
    assert result.exit_code == Exit.DONE, result.output


def test_input_errors_end_with_status_2(workbook: Path, tmp_path: Path) -> None:
    """A faulty workbook gets every finding with its cell, status 2, and nothing is written."""
    path = tmp_path / "bad.xlsx"
    book = load_workbook(workbook)
    book["Lines"]["B2"] = "wroks"
    book["Rates"]["E2"] = "many"
    book.save(path)
    result = run("solve", path, "--report", tmp_path / "plan.xlsx")
    assert result.exit_code == Exit.INPUT
    assert "Lines!B2" in result.output and "did you mean `works`?" in result.output
    assert "Rates!E2" in result.output
    assert not (tmp_path / "plan.xlsx").exists()
    assert "More may follow when these are mended: not all could be judged in Rates." in result.output
    told = json.loads(run("check", path, "--json").stdout)
    assert told["unjudged"] == ["Rates"]
    assert told["status"] == "input error" and {f["cell"] for f in told["findings"]} == {"B2", "E2"}


@pytest.mark.parametrize(
    "arguments",
    [("solve", "missing.xlsx"), ("solve",), ("solve", "missing.xlsx", "--gap", "7"), ("frobnicate",), ("check", ".")],
)
def test_wrong_command_lines_end_with_status_2(arguments: tuple[str, ...]) -> None:
    """Missing files, missing arguments, absurd options and unknown commands end with status 2."""
    assert run(*arguments).exit_code == Exit.INPUT


def test_the_impossible_ends_with_status_3(tmp_path: Path) -> None:
    """What no plan can hold is explained in the workbook's terms; an earlier report stays untouched."""
    target = {"target": "Ten a day", "kind": "rate", "place": "A", "item": "shell", "value": 300}
    path = write_workbook(tmp_path / "hard.xlsx", workshop(targets=[target]))
    report = tmp_path / "plan.xlsx"
    report.write_text("the report of yesterday")
    result = run("solve", path, "--report", report)
    assert result.exit_code == Exit.IMPOSSIBLE
    assert "Targets!" in result.output and "Traceback" not in result.output
    assert run("check", path).exit_code == Exit.IMPOSSIBLE
    assert report.read_text() == "the report of yesterday"


def test_no_plan_in_time_ends_with_status_4(tmp_path: Path) -> None:
    """A time limit too short for any plan says so, with what to do."""
    path = write_workbook(tmp_path / "slow.xlsx", slow_scenario())
    result = run("solve", path, "--time-limit", "0.1", "--report", tmp_path / "plan.xlsx")
    if result.exit_code == Exit.NO_PLAN:
        assert "allow more time" in result.output
    else:  # a machine fast enough to find one
        assert result.exit_code == Exit.DONE


def test_bad_report_paths_are_refused_before_the_search(workbook: Path, tmp_path: Path) -> None:
    """A report that could only fail after the search is refused before it."""
    assert run("solve", workbook, "--report", workbook).exit_code == Exit.INPUT
    assert run("solve", workbook, "--report", tmp_path / "plan.csv").exit_code == Exit.INPUT
    assert read_workbook(workbook) == workshop()


def test_ctrl_c_keeps_the_best_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, pressed as soon as there is a plan, ends the search; the plan is checked and written, status 0."""
    path = write_workbook(tmp_path / "slow.xlsx", slow_scenario())
    pressed: list[float] = []

    def press_once(_: ProgressView, progress: Progress) -> None:
        if progress.value is not None and not pressed:
            pressed.append(progress.value)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ProgressView, "watch", press_once)
    result = run("solve", path, "--report", tmp_path / "plan.xlsx", "--json")
    assert result.exit_code == Exit.DONE, result.output
    told = json.loads(result.stdout)
    assert told["status"] == "interrupted" and told["verified"]
    assert "Stopping" in result.stderr
    assert told["objectives"]["weighted"]["value"] <= pressed[0] * (1 + 1e-6)


def test_verify_checks_the_plan_in_a_report(solved: tuple[Any, Path], workbook: Path, tmp_path: Path) -> None:
    """A report as written holds; with one weekend more it does not, and the rule says why; an input is no report."""
    report = Path(shutil.copy(solved[1], tmp_path))
    fine = run("verify", report)
    assert fine.exit_code == Exit.DONE
    assert "rules hold" in fine.output
    book = load_workbook(report)
    book["plan shifts"]["C2"] = 9
    book.save(report)
    wrong = run("verify", report)
    assert wrong.exit_code == Exit.FAILED
    assert "shifts_fit_the_ladder: " in wrong.output
    told = json.loads(run("verify", report, "--json").stdout)
    assert (told["status"], told["verified"]) == ("failed", False)
    assert "shifts_fit_the_ladder" in {check["rule"] for check in told["checks"] if not check["holds"]}
    assert run("verify", workbook).exit_code == Exit.INPUT


def test_template_is_written_and_not_replaced(tmp_path: Path) -> None:
    """`template` writes a workbook to fill in and does not replace one unasked."""
    path = tmp_path / "mine.xlsx"
    assert run("template", path).exit_code == Exit.DONE
    assert load_workbook(path).sheetnames[0] == "Read me"
    result = run("template", path)
    assert result.exit_code == Exit.FAILED and "--force" in result.output
    assert run("template", path, "--force").exit_code == Exit.DONE


def test_templates_are_filled_with_examples_by_name(tmp_path: Path) -> None:
    """`--example quickstart` is the example that ships; a name that there is not is told."""
    path = tmp_path / "plan.xlsx"
    assert run("template", path, "--example", "quickstart").exit_code == Exit.DONE
    assert read_workbook(path) == read_workbook("data/quickstart.xlsx")
    assert run("template", tmp_path / "other.xlsx", "--example", "quickstar").exit_code == Exit.INPUT
    assert not (tmp_path / "other.xlsx").exists()


def test_examples_are_written_as_they_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`example` writes the workbook into the working folder, to the byte, and does not replace one unasked."""
    monkeypatch.chdir(tmp_path)
    ran = run("example", "quickstart")
    assert ran.exit_code == Exit.DONE and "optimizer solve quickstart.xlsx" in ran.output
    shipped = example_path("quickstart")
    assert shipped and Path("quickstart.xlsx").read_bytes() == shipped.read_bytes()
    Path("quickstart.xlsx").write_text("mine")
    assert run("example", "quickstart").exit_code == Exit.FAILED
    assert run("example", "quickstart", "no/such/folder.xlsx").exit_code == Exit.FAILED
    assert Path("quickstart.xlsx").read_text() == "mine"
    assert run("example", "quickstart", "--force", "--quiet").output == ""
    assert Path("quickstart.xlsx").read_bytes() == shipped.read_bytes()


def test_examples_are_listed_and_there() -> None:
    """Without a name `example` lists them; each is in the package or beside it; another name is told."""
    assert [line.partition(":")[0] for line in run("example").output.splitlines()] == [*EXAMPLES]
    assert all(example_path(name) for name in EXAMPLES)
    assert "optimizer example quickstart" in " ".join(run("solve", "nowhere/quickstart.xlsx").output.split())
    ran = run("example", "quickstar")
    assert ran.exit_code == Exit.INPUT and "alliance_155mm" in ran.output


def completed(*words: str) -> list[str]:
    """Return what bash is offered after some words."""
    env = {"_OPTIMIZER_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(["optimizer", *words])}
    env["COMP_CWORD"] = str(len(words))
    return CliRunner().invoke(app, [], prog_name="optimizer", env=env).output.split("\n")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("",), {"solve", "check", "example"}),
        (("solve", "--t"), {"--time-limit", "--threads"}),
        (("example", ""), {*EXAMPLES}),
        (("template", "--example", "q"), {"quickstart"}),
        (("explain", "x.xlsx", "--kind", ""), {"rate", "waiting time"}),
        (("solve", "x.xlsx", "--levers", ""), {"all", "none", "new lines"}),
        (("solve", "x.xlsx", "--levers", "'shifts; new lines; p"), {"shifts; new lines; pledges"}),
        (("solve", "data/quickstart.xlsx", "--scenario", "'Need"), {"Need doubled"}),
        (("solve", "missing.xlsx", "--scenario", ""), {""}),
        (("compare", "data/quickstart.xlsx", "--scenarios", "'"), {"all", "Need doubled"}),
    ],
)
def test_shells_complete_commands_options_and_values(words: tuple[str, ...], offered: set[str]) -> None:
    """Commands, options, values of a fixed list and scenarios of the workbook are offered where they are typed."""
    there = set(completed(*words))
    assert offered <= there and (offered != {""} or there == offered)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("solve", "--levers", "shift"), "--levers: `shift` is not one of all, none, shifts, "),
        (("solve", "--objectives", "money"), "--objectives: `money` is not one of shortfall, "),
        (("explain", "--kind", "wait"), "--kind: 'wait' is not allowed; use one of coverage, "),
        (("risk", "--tail", "200%"), "--tail: 2 is no probability of a tail"),
        (("alternatives", "--slack", "lots"), "--slack lots is no share; say 2% or 0.02"),
    ],
)
def test_what_is_wrong_with_an_option_is_told_by_its_name(
    arguments: tuple[str, ...], told: str, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a cell of the workbook, which holds something else, nor by the name that it has in Python; status 2."""
    monkeypatch.chdir(tmp_path)
    command, *options = arguments
    result = run(command, workbook, *options)
    assert result.exit_code == Exit.INPUT
    shown = " ".join(result.output.split())
    assert told in shown and "Settings!" not in shown


@pytest.mark.parametrize("arguments", [("template", "new.xlsx", "--example", "alliance"), ("example", "alliance")])
def test_an_example_with_nearly_the_right_name_is_offered(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`alliance` is taken for neither an example nor a file; the names of all examples and the nearest are told."""
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == Exit.INPUT
    shown = " ".join(result.output.split())
    assert "(quickstart, alliance_155mm)" in shown or "use one of quickstart, alliance_155mm" in shown
    assert "did you mean `alliance_155mm`?" in shown and list(tmp_path.iterdir()) == []


def test_paragraphs_of_the_help_fill_the_terminal() -> None:
    """Sentences wrap where the terminal ends, whatever the lines of the docstring are."""
    for command in get_command(app).commands.values():  # type: ignore[attr-defined]
        assert command.help and all("\n" not in part for part in command.help.split("\n\n")), command.name


def test_help_says_every_default_and_every_choice() -> None:
    """What an option may hold and what it is when left out is in the help, as the schema says it."""
    help_of = {command: told_by(command) for command in get_command(app).commands}  # type: ignore[attr-defined]
    for name in ("gap", "time limit", "threads", "seed", "objectives", "levers"):
        default = workbook_default(Settings, name.replace(" ", "_"))
        told = {"empty": "all cores", "1 %": "0.01"}.get(default, default)
        assert f"setting {name} of the workbook, else {told})" in help_of["solve"]
    assert all(word in help_of["solve"] for word in (*LEVERS, *OBJECTIVES))
    assert all(kind in help_of["explain"] for kind in choices(Target, "kind"))
    assert all(name in help_of[command] for name in EXAMPLES for command in ("example", "template"))
    silent = [
        (command, parameter.name)
        for command, group in get_command(app).commands.items()  # type: ignore[attr-defined]
        for parameter in group.params
        if not parameter.required and not getattr(parameter, "is_flag", False) and not parameter.show_default
    ]
    assert silent == [("explain", "kind"), ("explain", "value"), ("example", "name")]  # without them: told in words


def told_by(command: str) -> str:
    """Return the help of a command without the lines of its tables."""
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).output
    return " ".join(re.sub("[\u2500-\u257f]", " ", shown).split())


def test_the_version_is_told() -> None:
    """`--version` prints the version alone."""
    assert run("--version").output == f"{optimizer.__version__}\n"


def test_levers_off_on_the_command_line(workbook: Path, tmp_path: Path) -> None:
    """`--levers none` plans with what is there today."""
    told = json.loads(run("solve", workbook, "--levers", "none", "--report", tmp_path / "p.xlsx", "--json").stdout)
    assert told["levers"] == {"shifts_added": 0, "weekend_runs": 0, "projects_started": 0, "units_pledged": 0.0}


def test_every_command_has_help_with_an_example() -> None:
    """Each command explains itself with an example."""
    for command in get_command(app).commands:  # type: ignore[attr-defined]
        result = run(command, "--help")
        assert result.exit_code == Exit.DONE and f"optimizer {command}" in result.output


@pytest.mark.parametrize("command", ["check", "solve"])
def test_an_empty_name_is_no_scenario(command: str, workbook: Path) -> None:
    """A script whose name of a what-if is empty is told so, rather than given the plan without it."""
    ran = run(command, workbook, "--scenario", "")
    assert ran.exit_code == Exit.INPUT
    assert "`` is not a scenario" in " ".join(ran.output.split())
