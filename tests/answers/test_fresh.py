"""A plan on fresh draws: means, tails and their errors, worked out by hand; what is kept and what is impossible."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from optimizer import ImpossibleError, InputError, Plan, Scenario, Task, out_of_sample, solve, write_workbook
from optimizer.answers import asking
from optimizer.answers.fresh import mean_of, tail_of
from optimizer.cli import app
from optimizer.scenario.sample import drawn
from optimizer.study.archive import ANSWERED, NOT_DONE, Answer
from optimizer.study.planset import PlanSet
from tests.levers.test_by_hand import scenario
from tests.scenario.test_sample import EXPANSION, NEED


def given(**more: Any) -> Scenario:
    """Return a line of 10 for a need of 10 in three months that may be half or twice, and an expansion for 6."""
    settings = {"objectives": "shortfall; cost", "discount_rate": 0} | more.pop("settings", {})
    return scenario(3, settings=settings, need=10, projects=[EXPANSION], **{"uncertain": [NEED]} | more)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return the plan for the need as it is: nothing is built, nothing is missing."""
    found = solve(given())
    assert not len(found.starts) and found.objectives["value"].tolist() == pytest.approx([0, 0], abs=1e-6)
    return found


def test_what_comes_of_a_plan_is_what_the_draws_make_of_it(plan: Plan) -> None:
    """Nothing is built, whatever is drawn: of a need f times as large 10 (f - 1) are lost a month, for 3, 2, 1 months.

    So the shortfall is 60 (f - 1) where f is more than 1, and the mean and tail over the draws follow.
    """
    reply = out_of_sample(plan, given(), n=8, seed=2, tail=0.25)
    factors = drawn(given(), 8, 2, fresh=True)[:, 0]
    lost = np.maximum(0.0, 60 * (factors - 1))
    assert 0 < np.count_nonzero(lost) < 8
    table = reply.draws
    assert table["draw"].tolist() == [f"fresh {k + 1}" for k in np.argsort(lost, kind="stable")]
    assert table["shortfall"].tolist() == pytest.approx(sorted(lost), abs=1e-4)
    assert table["share"].tolist() == [(k + 1) / 8 for k in range(8)]
    assert set(table["range 0"]) == set(factors)
    figures = reply.figures.set_index("objective").loc["shortfall"]
    assert figures["planned"] == pytest.approx(0, abs=1e-6)
    assert figures["mean"] == pytest.approx(lost.mean(), abs=1e-4) and figures["least"] <= figures["mean"] + 1e-9
    assert figures["error"] == pytest.approx(lost.std(ddof=1) / 8**0.5, abs=1e-4)
    assert figures["tail"] == pytest.approx(sorted(lost)[-2:][0] / 2 + max(lost) / 2, abs=1e-4)
    assert figures["worst"] == pytest.approx(max(lost), abs=1e-4)
    assert figures["worst_in"] == f"fresh {lost.argmax() + 1}"
    assert reply.complete and dict(reply.lines)["Impossible"] == "in no draw"


def test_what_is_decided_before_it_is_known_stays_and_the_rest_adapts(plan: Plan) -> None:
    """Known in February, the expansion may be started then, which spares 10 of March, where the need is twice it."""
    settings, twice = {"reveal": "2024-02"}, NEED | {"low": 2.0}
    kept = out_of_sample(plan, given(uncertain=[twice]), n=1)
    known = out_of_sample(plan, given(settings=settings, uncertain=[twice]), n=1)
    assert kept.figures["mean"][0] == pytest.approx(60, abs=1e-4)
    assert known.figures["mean"][0] == pytest.approx(50, abs=1e-4)
    assert math.isnan(known.figures["error"][0])
    assert "up to 2024-01" in dict(known.lines)["Kept"] and "starts, hires" in dict(kept.lines)["Kept"]


def test_draws_that_do_not_allow_it_are_counted_and_in_no_mean() -> None:
    """An expansion for 6 that half of the budgets do not pay: those draws are impossible, and all may be."""
    funds = [{"fund": "budget", "member": ["A"], "covers": ["capex"], "year": 2024, "amount": 6}]
    cut = NEED | {"changed_sheet": "Funds", "changed_column": "amount", "low": 0, "high": 1}
    half = cut | {"distribution": "event", "probability": 0.5}
    twice = given().replace(needs=[{"recipient": "R", "item": "shell", "per_month": 20}], funds=funds)
    plan = solve(twice.replace(uncertain=[half]))
    assert len(plan.starts) == 1
    reply = out_of_sample(plan, twice.replace(uncertain=[half]), n=6, seed=3)
    paid = drawn(twice.replace(uncertain=[half]), 6, 3, fresh=True)[:, 0]
    assert 0 < paid.sum() < 6
    gone = int(6 - paid.sum())
    assert reply.complete and (reply.draws["status"] == "impossible").sum() == gone
    assert reply.figures["mean"][0] == pytest.approx(plan.objectives["value"][0], abs=1e-4)
    assert dict(reply.lines)["Impossible"].startswith(f"in {gone} of 6 draws")
    with pytest.raises(ImpossibleError, match="impossible in every draw"):
        out_of_sample(plan, twice.replace(uncertain=[cut | {"high": 0}]), n=1)


def test_errors_of_mean_and_tail_are_those_of_many_samples() -> None:
    """Of 400 samples of 200 normal numbers the means and tails spread as the errors say; tails by hand.

    Of 1 to 10 the worst quarter is 10, 9 and half of 8: 23 / 2.5.
    """
    assert tail_of(range(1, 11), 0.25).mean == pytest.approx(23 / 2.5)
    assert tail_of(range(1, 11), 1.0).mean == pytest.approx(5.5)
    assert tail_of(range(1, 11), 1.0).error == pytest.approx(mean_of(range(1, 11)).error)
    assert math.isnan(tail_of(range(1, 11), 0.1).error)
    samples = np.random.default_rng(5).normal(size=(400, 200))
    for estimate in (mean_of, lambda values: tail_of(values, 0.1)):
        found = [estimate(row) for row in samples]
        spread = np.std([one.mean for one in found])
        assert spread == pytest.approx(np.mean([one.error for one in found]), rel=0.15)


def test_what_is_not_done_is_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three draws one is answered: it is the mean, the answer is not complete, and says how to go on."""

    def one(tasks: dict[str, Task], **_: Any) -> PlanSet:
        answers = dict.fromkeys(tasks, Answer(NOT_DONE))
        return PlanSet(answers | {"fresh 2": Answer(ANSWERED, plan=plan)})

    monkeypatch.setattr(asking, "solve_many", one)
    reply = out_of_sample(plan, given(), n=3)
    assert not reply.complete and "2 of 3" in dict(reply.lines)["Not answered"]
    assert reply.question.endswith("the plan on 1 of 3 fresh draws")
    assert reply.draws["draw"][0] == "fresh 2" and reply.figures["mean"][0] == pytest.approx(0, abs=1e-6)
    for wrong in ({"n": 0}, {"tail": 0}, {"reveal": "soon"}):
        with pytest.raises(InputError):
            out_of_sample(plan, given(), **wrong)


def test_the_command_tests_the_plan_of_a_report(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One workbook with the answer; a plan that breaks rules is refused, here and where plans are compared."""
    monkeypatch.chdir(tmp_path)
    write_workbook(Path("case.xlsx"), given())
    plan.to_excel(Path("plan.xlsx"))
    command = ["sample", "case.xlsx", "--n", "2", "--seed", "2", "--test", "plan.xlsx"]
    ran = CliRunner().invoke(app, [*command, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert Path(told["report"]).name == "case (test of plan).xlsx" and Path(told["report"]).exists()
    assert len(told["tables"]["draws"]) == 2
    output = plan.tables["output"].assign(made=plan.tables["output"]["made"] + 1000)
    replace(plan, tables={**plan.tables, "output": output}).to_excel(Path("wrong.xlsx"))
    ran = CliRunner().invoke(app, ["compare", "wrong.xlsx", "case.xlsx"])
    assert ran.exit_code == 2 and "its plan breaks" in " ".join(ran.output.split()), ran.output
