"""Deciding before knowing: what is decided, what it is worth and what is refused, in cases worked out by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optimizer import (
    Clock,
    Decision,
    InputError,
    Progress,
    Scenario,
    StudyProgress,
    decide_under_uncertainty,
    read_plan,
    write_workbook,
)
from optimizer.answers.compare import ORDER
from optimizer.answers.risk import TOGETHER
from optimizer.answers.together import Together
from optimizer.cli import app
from optimizer.errors import NoPlanError
from optimizer.plan.decisions import KINDS
from optimizer.solve.progress import Watcher
from optimizer.solve.solution import Solution
from tests.levers.test_by_hand import scenario

EXPANSION = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6}


def change(name: str, sheet: str, key: str, column: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return a row of the Scenarios sheet."""
    row = {"scenario": name, "changed_sheet": sheet, "changed_key": key, "changed_column": column, "value": value}
    return row | more


WAR = change("war", "Needs", "*", "per month", 20, probability=0.4)


def uncertain(*changes: dict[str, Any], **more: Any) -> Scenario:
    """Return a line of 10 for a need of 10 in three months, which is known in the second, and an expansion for 6."""
    settings = {"objectives": "shortfall; cost", "reveal": "2024-02", "discount_rate": 0} | more
    rows = list(changes or (WAR,))
    return scenario(3, settings=settings, need=10, projects=[EXPANSION], scenarios=rows)


@pytest.fixture(scope="module")
def decision() -> Decision:
    """Decide the case."""
    return decide_under_uncertainty(uncertain())


@pytest.mark.slow
def test_what_is_decided_and_what_it_is_worth(decision: Decision) -> None:
    """In war 10 are lost in January, 30 whatever is done; P started then spares the 10 of February: 20 more.

    So P is started at once, for 0.4 x 30 = 12 expected; planning for the base waits: 0.4 x 50 = 20, 8 more.
    Who knew of the war would do the same, who knew of the base had nothing missing either: knowing is worth 0.
    """
    assert decision.complete
    assert decision.now["what"].tolist() == ["Expand P"] and f"{decision.now['decide_by'][0]:%Y-%m}" == "2024-01"
    best, vss, evpi = decision.best["shortfall"], decision.vss, decision.evpi
    assert vss is not None and evpi is not None
    assert (best.least, best.most) == pytest.approx((12, 12), abs=1e-4)
    assert (vss.least, vss.most) == pytest.approx((8, 8), abs=1e-4)
    assert (evpi.least, evpi.most) == pytest.approx((0, 0), abs=1e-4)
    table = decision.sheets["scenarios"].frame.set_index("scenario")
    assert table.loc["war", ["decided", "base_plan", "known"]].tolist() == pytest.approx([30, 50, 30], abs=1e-4)
    outcome = decision.outcomes.set_index("objective").loc["shortfall"]
    assert [outcome["expected"], outcome["worst"], outcome["in_tail"]] == pytest.approx([12, 30, 30], abs=1e-4)
    assert outcome["worst_in"] == "war"


def test_ctrl_c_ends_the_search_with_the_best_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search of all scenarios is told as a task; stopped at once, what it has found is verified, and told as that.

    Stopped twice it gives up.
    """
    told: list[StudyProgress] = []

    def interrupt(progress: StudyProgress) -> None:
        told.append(progress)
        if progress.tasks[-1].name == TOGETHER and progress.running:
            raise KeyboardInterrupt

    searched = Together.decide

    def begun(self: Together, clock: Clock, start: Any, watcher: Watcher | None) -> Solution:
        assert watcher is not None
        watcher(Progress("begun", 0.0, 1.0, None, None))
        until(lambda: clock.stopped)
        if twice:
            watcher(Progress("going on", 0.0, 1.0, None, None))
            until(lambda: len(told) > seen)
        return searched(self, clock, start, watcher)

    monkeypatch.setattr(Together, "decide", begun)
    twice = False
    found = decide_under_uncertainty(uncertain(), watcher=interrupt)
    assert "Interrupted" in dict(found.lines) and found.complete
    assert all(plan.verified and plan.status == "interrupted" for plan in found.scenarios.plans.values())
    assert found.best["shortfall"].most == pytest.approx(20, abs=1e-4)  # the plan for the base, with which it began
    assert found.best["shortfall"].least == pytest.approx(12, abs=1e-4)  # what the scenarios by themselves prove
    twice, seen = True, len(told) + 1
    with pytest.raises(KeyboardInterrupt):
        decide_under_uncertainty(uncertain(), watcher=interrupt)


def test_time_that_ran_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search of all scenarios finds nothing in time, the plan for the base is decided, and that is said."""

    def late(*_: Any) -> Solution:
        raise NoPlanError("no plan was found in time")

    monkeypatch.setattr(Together, "decide", late)
    found = decide_under_uncertainty(uncertain())
    assert "--time-limit" in dict(found.lines)["Time was up"]
    assert found.best["shortfall"].most == pytest.approx(20, abs=1e-4)


def until(told: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 20
    while not told() and time.monotonic() < end:
        time.sleep(0.01)


def test_every_scenario_has_a_verified_plan_with_the_same_starts(decision: Decision) -> None:
    """Both plans hold every rule, start P in January, and are told to cost its 6."""
    for name in ("base", "war"):
        plan = decision.scenarios.plans[name]
        assert plan.verified
        assert [f"{start:%Y-%m}" for start in plan.starts["start"]] == ["2024-01"]
        assert plan.objectives["value"].tolist()[1] == pytest.approx(6, abs=1e-4)


def test_a_start_that_may_come_too_late_is_taken_where_it_is_worth_it() -> None:
    """P spares 10 of February and 10 of March, or nothing where it takes five months: then it is paid, and useless.

    Of a need of 20 that is 0.7 x 30 + 0.3 x 60 = 39; who waits until it is known has 0.7 x 50 + 0.3 x 60 = 53, and who
    knew would do the same as who does not: 39.
    """
    slow = change("slow", "Projects", "P", "lead months", 5, probability=0.3)
    needs = [{"recipient": "R", "item": "shell", "per_month": 20}]
    decision = decide_under_uncertainty(uncertain(slow).replace(needs=needs))
    best, evpi = decision.best["shortfall"], decision.evpi
    assert (best.least, best.most) == pytest.approx((39, 39), abs=1e-4)
    assert evpi is not None and (evpi.least, evpi.most) == pytest.approx((0, 0), abs=1e-4)
    plan = decision.scenarios.plans["slow"]
    assert plan.verified and plan.objectives["value"].tolist() == pytest.approx([60, 6], abs=1e-3)
    assert [f"{start:%Y-%m} {opens:%Y-%m}" for start, opens in plan.starts[["start", "opens"]].to_numpy()] == [
        "2024-01 2024-06"
    ]
    assert decision.now["what"].tolist() == ["Expand P"] and "Not considered" not in dict(decision.lines)


def test_a_scenario_that_is_impossible_does_not_stop_the_others() -> None:
    """All of a need of 1,000 cannot be met: the scenario is named with its conflict, the others share its odds."""
    hopeless = change("hopeless", "Needs", "*", "per month", 1000, probability=0.2)
    target = {"target": "all", "kind": "coverage", "value": 0.3, "place": "R", "item": "shell", "strength": "hard"}
    given = uncertain(WAR, hopeless)
    decision = decide_under_uncertainty(given.replace(targets=[target]))
    assert decision.complete
    assert decision.scenarios.status == {"base": "answered", "war": "answered", "hopeless": "impossible"}
    assert decision.probability == pytest.approx({"base": 0.5, "war": 0.5})
    told = dict(decision.lines)["hopeless: impossible"]
    assert "all" in told


def test_insurance_is_bought_for_the_tail_alone() -> None:
    """The tail of a tenth lies in the war: it weighs 0.5 x 0.4 + 0.5 instead of 0.4, so 30 become 0.7 x 30 = 21."""
    decision = decide_under_uncertainty(uncertain(), risk=0.5, tail=0.1)
    best = decision.best["shortfall"]
    assert (best.least, best.most) == pytest.approx((21, 21), abs=1e-4)
    assert decision.vss is not None and decision.vss.most == pytest.approx(0.7 * 20, abs=1e-4)


def test_a_plan_for_the_base_that_a_cut_forbids_is_beyond_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base starts P in January, for which there is no money where the budget is cut: nobody can start it then.

    So P waits until February, in the base alone: 30 + 20 are missing there and 30 + 20 + 10 in the cut. The search of
    both begins with what is decided for the cut, which both allow.
    """
    begun: list[Any] = []
    searched = Together.decide

    def spied(self: Together, clock: Clock, start: Any, watcher: Watcher | None) -> Solution:
        begun.append(self.measured("shortfall", start))
        return searched(self, clock, start, watcher)

    monkeypatch.setattr(Together, "decide", spied)
    cut = change("cut", "Funds", "*", "amount", 0, probability=0.5)
    funds = [{"fund": "budget", "member": ["A"], "covers": ["capex"], "year": 2024, "amount": 6}]
    needs = [{"recipient": "R", "item": "shell", "per_month": 20}]
    decision = decide_under_uncertainty(uncertain().replace(funds=funds, needs=needs, scenarios=[cut]))
    assert decision.vss is not None and decision.vss.least == float("inf")
    assert "`cut`" in dict(decision.lines)["Worth of deciding so"]
    assert decision.best["shortfall"].most == pytest.approx(0.5 * 50 + 0.5 * 60, abs=1e-4)
    assert begun == pytest.approx([55], abs=1e-3)
    assert decision.now["what"].tolist() == []
    assert decision.later["what"].tolist() == ["Expand P"]


def test_every_kind_of_decision_has_its_place() -> None:
    """Decisions of one month are told by kind: people let go, too."""
    assert set(ORDER) == set(KINDS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((WAR, WAR | {"scenario": "peace", "probability": 0.7}), "add up to 1.1"),
        ((WAR, WAR | {"scenario": "peace", "probability": None}), "`peace` has no probability"),
        ((WAR, change("war", "Projects", "P", "lead months", 2, probability=0.3)), "0.4 above"),
    ],
)
def test_probabilities_that_are_none_are_told_with_their_cell(changes: Any, words: str) -> None:
    """More than 1, one missing, two of one scenario: each is found when a workbook is read."""
    with pytest.raises(InputError) as error:
        uncertain(*changes)
    assert [finding.cell for finding in error.value.findings] == ["row 2, column probability"]
    assert words in error.value.findings[0].message


def test_what_cannot_be_uncertain_is_told_at_once() -> None:
    """A month of knowing after the end, another horizon, starts and shifts that are decided already."""
    given = uncertain(
        change("later", "Settings", "periods", "value", "4x1", probability=0.1),
        change("sooner", "Projects", "P", "status", "committed", probability=0.1),
        change("sooner", "Projects", "P", "start", "2024-01"),
        reveal="2025-01",
    )
    with pytest.raises(InputError) as error:
        decide_under_uncertainty(given)
    cells = [finding.cell for finding in error.value.findings]
    assert "row 1, column value" in cells and "reveal" in str(error.value) + "".join(map(str, error.value.findings))
    with pytest.raises(InputError) as error:
        decide_under_uncertainty(
            given.replace(
                settings={"reveal": "2024-02"},
                scenarios=[
                    change("sooner", "Projects", "P", "status", "forced", probability=0.1),
                    change("crews", "Lines", "L", "shifts now", 0, probability=0.1),
                ],
                projects=[EXPANSION | {"status": "committed", "start": "2023-12"}],
            )
        )
    assert next(finding.cell for finding in error.value.findings) == "row 1, column value"
    assert len(error.value.findings) >= 2
    for wrong in ({"risk": 1.1}, {"tail": 0}, {"reveal": "soon"}, {"reveal": "2024-01"}):
        with pytest.raises(InputError):
            decide_under_uncertainty(uncertain(), **wrong)
    for lacking in (uncertain(WAR | {"probability": None}), scenario(2), uncertain(reveal=None)):
        with pytest.raises(InputError):
            decide_under_uncertainty(lacking)


def test_the_command_writes_one_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is written and told as JSON; a share that is none ends with the status of the command line."""
    monkeypatch.chdir(tmp_path)
    write_workbook(Path("case.xlsx"), uncertain())
    command = ["risk", "case.xlsx", "--risk", "0.3", "--tail", "10%", "--plan", "now.xlsx"]
    ran = CliRunner().invoke(app, [*command, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told["complete"] and Path(told["report"]).exists()
    assert [row["scenario"] for row in told["tables"]["scenarios"]] == ["base", "war"]
    assert [f"{start:%Y-%m}" for start in read_plan("now.xlsx").starts["start"]] == ["2024-01"]
    assert CliRunner().invoke(app, ["risk", "case.xlsx", "--tail", "most"]).exit_code == 2
    assert CliRunner().invoke(app, ["risk", "case.xlsx", "--reveal", "2030-01"]).exit_code == 2
