"""Why orders are late and projects are not built, in cases worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer import InputError, Scenario, solve
from optimizer.answers.effects import NOT_TOLD
from optimizer.answers.why import reasons, why
from optimizer.cli import app
from tests.answers.test_compare import growing
from tests.levers.test_by_hand import scenario


def late() -> Scenario:
    """Return a line of 10 a month, and two customers that order 10 and 5 a month and accept a wait of a month."""
    ordered = {"item": "shell", "from_month": "2024-01", "accepted_wait": 1}
    orders = [{"customer": "A", "per_month": 10, **ordered}, {"customer": "B", "per_month": 5, **ordered}]
    members = [{"member": name} for name in "AB"] + [{"member": "R", "kind": "recipient"}]
    return scenario(4, need=0, members=members, orders=orders)


def test_why_late_adds_up_to_the_lateness() -> None:
    """Due by the end of the months are 0, 15, 30, 45 and made 10, 20, 30, 40: 5 are late for the last month."""
    plan = solve(late())
    table = reasons(plan)
    whole = plan.orders["late"] * plan.orders["months"]
    assert whole.sum() == pytest.approx(5, rel=1e-5)
    assert table["amount"].sum() == pytest.approx(whole.sum(), rel=1e-9)
    assert set(table["reason"]) == {"lines for shell"}
    assert table[["made", "possible"]].to_numpy() == pytest.approx(10)
    assert f"{table['from_month'].min():%Y-%m}" == "2024-04"


def test_lost_needs_are_counted_once_and_followed_to_what_lacks() -> None:
    """10 of 20 a month are lost in three months: 30 units, for the lines; an input that lacks is named instead."""
    table = reasons(solve(scenario(3)))
    assert table["amount"].tolist() == pytest.approx([30]) and table["kind"].tolist() == ["lost"]
    items = [{"item": "shell", "kind": "final"}, {"item": "body", "kind": "component"}]
    lines = [{"line": name, "site": "works"} for name in "LM"]
    rates = [{"line": "L", "item": "shell", "rate": 30}, {"line": "M", "item": "body", "rate": 4}]
    recipes = [{"item": "shell", "input": "body", "quantity": 1}]
    table = reasons(solve(scenario(3, items=items, lines=lines, rates=rates, recipes=recipes)))
    assert table["reason"].tolist() == ["lines for body"] and table["amount"].tolist() == pytest.approx([48])


def test_nothing_late_or_lost_is_said_in_words() -> None:
    """A need of 10 that a line of 10 meets, and no orders: there is nothing to say why of."""
    reply = why(solve(scenario(3, need=10)))
    assert reply.lines == [("Answer", "nothing of it is late or lost in this plan")]
    assert not len(reply.reasons) and not len(reply.ranked)


def test_a_project_that_is_not_built_is_forced_in() -> None:
    """The need of 10 is met without it: nothing is gained, and the cost of 6 comes on top."""
    base = growing()
    plan = solve(base.replace(needs=[{"recipient": "R", "item": "shell", "per_month": 10}]))
    assert not len(plan.starts)
    rows = why(plan, project="P").effects.set_index("objective")
    assert rows["told"]["shortfall"] == NOT_TOLD and rows["told"]["cost"] == "more"
    assert rows.loc["cost", ["least", "most"]].tolist() == pytest.approx([6, 6], rel=1e-5)


def test_a_project_that_could_not_open_is_told_by_the_rule() -> None:
    """Its lead time is as long as the horizon: nothing has to be solved to say so."""
    reply = why(solve(growing(lead_months=3)), project="P")
    assert "cannot open within the horizon" in dict(reply.lines)["Reason"] and not len(reply.effects)


def test_a_project_that_is_built_is_left_out() -> None:
    """Without it 10 more are lost in two months, missing 10 + 20: 30 unit-months; at no cost could that be undone."""
    reply = why(solve(growing()), project="P")
    rows = reply.effects.set_index("objective")
    assert rows.loc["shortfall", ["least", "most"]].tolist() == pytest.approx([30, 30], rel=1e-5)
    assert rows["told"]["cost"] == "not without loss of what comes before it"
    assert reply.complete and "decided 2024-01, open 2024-02" in dict(reply.lines)["P"]


def test_what_there_is_not_is_told_with_what_there_is() -> None:
    """All at once, with the sheets that list them."""
    with pytest.raises(InputError) as error:
        why(solve(late()), order="C", need="R", project="P")
    assert [finding.sheet for finding in error.value.findings] == ["Orders", "Needs", "Projects"]
    assert "A | shell; B | shell" in str(error.value)


def test_the_command_takes_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reasons are printed, and written to a workbook of their own name; a wrong name ends with status 2."""
    monkeypatch.chdir(tmp_path)
    solve(late()).to_excel("plan.xlsx")
    ran = CliRunner().invoke(app, ["why", "plan.xlsx", "--json"])
    assert ran.exit_code == 0, ran.output
    assert sum(row["amount"] for row in json.loads(ran.stdout)["tables"]["reasons"]) == pytest.approx(5, rel=1e-5)
    assert Path("reports/plan (why).xlsx").exists()
    assert CliRunner().invoke(app, ["why", "plan.xlsx", "--order", "C"]).exit_code == 2
