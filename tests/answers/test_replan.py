"""A plan made again keeps what was decided and what happened, and gives a reason for every change."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import optimizer
from optimizer import InputError, Scenario, solve
from optimizer.answers.past import carried
from optimizer.answers.replan import SEVERAL, plan_of, replan
from optimizer.cli import app
from tests.levers.test_by_hand import scenario


def group(need: float = 20, capex: float = 6, lead: int = 1, **settings: object) -> Scenario:
    """Return a line of 10 a month that a project may double from the second month on."""
    row = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "capex": capex}
    row |= {"earliest": "2024-02", "lead_months": lead}
    given = {"objectives": "shortfall; cost", **settings}
    return scenario(5, settings=given, need=need, projects=[row])


def test_with_nothing_changed_it_is_the_same_plan() -> None:
    """No decision changes, and no input stands in the list."""
    plan = solve(group())
    reply = replan(group(), plan, "2024-03")
    assert not len(reply.changes) and not len(reply.inputs) and reply.complete
    assert dict(reply.lines)["What the plan comes to"] == "shortfall 90 unit-months; cost 6 EUR"
    again = plan_of(reply)
    assert again.verified
    for table in ("starts", "shifts", "output", "deliveries"):
        pd.testing.assert_frame_equal(again.tables[table], plan.tables[table], rtol=1e-5)


@pytest.mark.slow
def test_what_was_decided_stays_though_it_is_not_needed_any_more() -> None:
    """Decided in February, the project stays when the need falls in March; were February open, it would go."""
    plan = solve(group())
    kept = replan(group(need=10), plan, "2024-03", undo=True)
    assert not len(kept.changes)
    rows = kept.undo.set_index("objective")
    assert not len(rows), "it opens in March, and is open"
    plan = solve(group(lead=2))
    rows = replan(group(need=10, lead=2), plan, "2024-03", undo=True).undo.set_index("objective")
    assert rows.loc["cost", ["least", "most"]].tolist() == pytest.approx([-6, -6], rel=1e-4), "worth 6 to undo"
    open_ = replan(group(need=10), plan, "2024-02")
    assert open_.changes["was"].tolist() == ["2024-02"] and open_.changes["now"].tolist() == ["no"]


def test_a_size_that_was_chosen_stays() -> None:
    """Chosen for 20 a month, the project adds 10; 30 are needed in the end, but it was decided in February.

    Of a horizon that begins in March it is committed in its size.
    """
    row = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 1}
    row |= {"earliest": "2024-02", "latest": "2024-02", "most_size": 3, "capex_per_size": 2}
    first, later = (
        scenario(5, settings={"objectives": "shortfall; cost"}, need=need, projects=[row]) for need in (20, 30)
    )
    plan = solve(first)
    assert plan.starts["size"].tolist() == pytest.approx([1], rel=1e-4)
    again = plan_of(replan(later, plan, "2024-03"))
    assert again.verified and again.starts["size"].tolist() == pytest.approx([1], rel=1e-4)
    moved = carried(later.replace(settings={"start": "2024-03"}), plan, dt.date(2024, 3, 1)).projects.iloc[0]
    assert moved["status"] == "committed"
    assert moved["least_size"] == moved["most_size"] == plan.starts["size"].iloc[0]


def test_the_reason_is_the_input_whose_undoing_restores_the_decision() -> None:
    """The need falls and the capex rises: with the need of before the project is built at any price."""
    reply = replan(group(need=10, capex=7), solve(group()), "2024-02")
    assert reply.changes["reason"].tolist() == ["Needs R | shell | 1: per month 20 to 10"]
    assert reply.inputs["restores"].tolist() == [0, 1]
    told = "shortfall 0 unit-months (before: 90 unit-months); cost 0 EUR (before: 6 EUR)"
    assert dict(reply.lines)["What the plan comes to"] == told
    assert {"Projects", "Needs"} == set(reply.inputs["sheet"])


@pytest.mark.slow
def test_reasons_that_only_hold_together_are_told_so() -> None:
    """Of three needs of 10 any two want the project, one does not; of two of 8 that fell to 1, one more does not."""
    needs = [{"recipient": "R", "item": "shell", "band": k, "per_month": 10} for k in (1, 2, 3)]
    before = group().replace(needs=needs)
    after = before.replace(needs=[{**need, "per_month": 10 if need["band"] == 1 else 0} for need in needs])
    reply = replan(after, solve(before), "2024-02")
    assert " or " in reply.changes["reason"][0]
    before, later = (before.replace(needs=[{**need, "per_month": units} for need in needs[:2]]) for units in (8, 1))
    assert replan(later, solve(before), "2024-02").changes["reason"].tolist() == [SEVERAL]


def test_actuals_take_the_place_of_the_past() -> None:
    """Only 4 instead of 10 were made in January: 6 more are lost, and missing in all five months."""
    plan = solve(group())
    actuals = pd.DataFrame([{"table": "output", "key": "L | shell", "month": "2024-01", "value": 4}])
    again = plan_of(replan(group(), plan, "2024-02", actuals=actuals))
    assert again.output["made"][0] == pytest.approx(4, rel=1e-4)
    values = [float(p.objectives["value"][0]) for p in (plan, again)]
    assert values[1] - values[0] == pytest.approx(30, rel=1e-4)


def test_actuals_that_cannot_be_meant_are_told_by_row() -> None:
    """No such table, a key that is too short, no month, no number, and a month that is not over."""
    rows = [
        ("made", "L | shell", "2024-01", 4),
        ("output", "L", "soon", "many"),
    ]
    frame = pd.DataFrame(rows, columns=["table", "key", "month", "value"])
    with pytest.raises(InputError) as error:
        replan(group(), solve(group()), "2024-02", actuals=frame)
    assert len(error.value.findings) == 4
    late = pd.DataFrame([("output", "L | shell", "2024-03", 4)], columns=frame.columns)
    with pytest.raises(InputError, match="begins no period before"):
        replan(group(), solve(group()), "2024-02", actuals=late)
    with pytest.raises(InputError, match="not within the horizon"):
        replan(group(), solve(group()), "2030-01")


def test_crews_that_were_hired_join() -> None:
    """Hired in January to join in March, a crew stays at work when the need is gone; none joins that was not hired."""
    crew = {"ladder": "S", "added_share": 1, "hiring_months": 2, "cost_factor": 1}
    tables = {
        "lines": [{"line": "L", "site": "works", "ladder": "S", "crew_cost": 5}],
        "shift_ladders": [crew | {"step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
    }
    more, less = (scenario(5, settings={"objectives": "shortfall; cost"}, need=need, **tables) for need in (20, 10))
    fell = plan_of(replan(less, solve(more), "2024-02"))
    assert fell.shifts["shifts"].tolist() == [1, 1, 2, 1, 1]
    rose = plan_of(replan(more, solve(less), "2024-02"))
    assert rose.shifts["shifts"].tolist() == [1, 1, 1, 2, 2]


def test_a_horizon_that_begins_later_carries_what_was_decided() -> None:
    """What was started before the new horizon is committed there; a project that is not there any more is told."""
    plan = solve(group(lead=2))
    later = group(lead=2, start="2024-03", periods="5x1")
    again = plan_of(replan(later, plan, "2024-03"))
    assert again.starts["status"].tolist() == ["committed"] and f"{again.starts['opens'][0]:%Y-%m}" == "2024-04"
    with pytest.raises(InputError, match="was decided in 2024-02"):
        replan(later.replace(projects=[]), plan, "2024-03")


@pytest.mark.slow
def test_the_command_reads_actuals_and_writes_the_new_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet Actuals is read with its cells; the answer and the new plan are files of their own."""
    monkeypatch.chdir(tmp_path)
    solve(group()).to_excel("plan.xlsx")
    optimizer.write_workbook("next.xlsx", group(need=10))
    book = load_workbook("next.xlsx")
    sheet = book.create_sheet("Actuals")
    for row in (("table", "key", "month", "value"), ("output", "L | shell", "2024-01", 4)):
        sheet.append(row)
    book.save("next.xlsx")
    command = ["replan", "next.xlsx", "--from", "plan.xlsx", "--as-of", "2024-02", "--plan", "new.xlsx", "--json"]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    assert "Actuals" in [row["sheet"] for row in json.loads(ran.stdout)["tables"]["inputs"]]
    assert load_workbook("reports/next (replan 2024-02).xlsx").sheetnames[0] == "Answer"
    assert optimizer.read_plan("new.xlsx").output["made"][0] == pytest.approx(4, rel=1e-4)
    for nothing in ("reports/next (replan 2024-02).xlsx", "next.xlsx"):  # an answer, and a workbook
        ran = CliRunner().invoke(app, ["replan", "next.xlsx", "--from", nothing, "--as-of", "2024-02", "--json"])
        (told,) = json.loads(ran.stdout)["findings"]
        assert ran.exit_code == 2 and told["message"].startswith("holds no plan")
    sheet["A2"] = "made"
    book.save("next.xlsx")
    ran = CliRunner().invoke(app, [*command, "-o", "b.xlsx", "--force"])
    assert ran.exit_code == 2 and json.loads(ran.stdout)["findings"][0]["cell"] == "row 2"
