"""Plans side by side: with itself nothing differs, and what differs is told with sheet, cell, month and bracket."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import optimizer
from optimizer import ImpossibleError, Scenario, Task, compare, solve
from optimizer.answers.bracket import NOT_TOLD, Bracket, of_objective
from optimizer.answers.decided import decided
from optimizer.cli import app
from tests.levers.test_by_hand import scenario


def growing(**project: Any) -> Scenario:
    """Return a line of 10 a month for a need of 20 that a project may double, and a scenario of it."""
    row = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6, **project}
    later = {"scenario": "late", "changed_sheet": "Projects", "changed_key": "P", "changed_column": "lead months"}
    change = later | {"change": "add", "value": 1}
    return scenario(3, settings={"objectives": "shortfall; cost"}, projects=[row], scenarios=[change])


def test_a_plan_beside_itself_differs_in_nothing() -> None:
    """No input, no decision, and no objective that could be told apart."""
    plan = solve(growing())
    reply = compare({"one": plan, "same": plan})
    assert reply.complete
    assert not len(reply.inputs) and not len(reply.decisions_different)
    assert len(reply.decisions_same) == 1
    proven = reply.differences.dropna(subset="least")
    assert list(proven["figure"]) == ["shortfall", "cost"] and set(proven["told"]) == {NOT_TOLD}
    assert not reply.differences["difference"].any()


def test_what_a_search_left_is_no_decision() -> None:
    """Of 1,000 rounds pledged by one member and 0.05 by another only the first is; of 0.05 and 0.05 both are."""
    plan = solve(growing())
    item, month = plan.scenario.items["item"][0], plan.tables["output"]["month"][0]

    def told(*amounts: float) -> list[str]:
        rows = [(f"member {n}", item, month, amount) for n, amount in enumerate(amounts)]
        pledges = pd.DataFrame(rows, columns=["member", "item", "month", "pledged"])
        other = replace(plan, tables={**plan.tables, "pledges": pledges})
        return [subject.where for subject in decided(other) if subject.kind == "pledge"]

    assert told(1000, 0.05) == ["member 0"]
    assert told(0.05, 0.05) == ["member 0", "member 1"]


def test_a_later_opening_is_told_by_cell_month_and_bracket() -> None:
    """Open a month later, 10 more are lost, and missing in months 2 and 3: 20 unit-months more; decided the same."""
    base = growing()
    reply = compare({"base": base, "late": optimizer.variant(base, "late"), "not at all": Task(base, forbid=["P"])})
    told = reply.inputs.to_dict("records")[0]
    assert (told["case"], told["sheet"], told["row"], told["column"]) == ("late", "Projects", "P", "lead months")
    assert (told["base"], told["here"]) == ("1", "2")
    rows = reply.differences.set_index(["case", "figure"])
    assert rows.loc[("late", "shortfall"), ["least", "most"]].tolist() == pytest.approx([20, 20], rel=1e-5)
    assert rows["told"]["late", "shortfall"] == "more" and rows["told"]["not at all", "cost"] == "less"
    decision = reply.decisions_different.iloc[0]
    assert f"{decision['decide_by']:%Y-%m}" == "2024-01" and decision["what"] == "Expand P"
    assert [decision[f"case {k}"] for k in range(3)] == ["2024-01", "2024-01", "no"]


def test_whatifs_begin_with_the_plan_of_the_base(asked: list[str]) -> None:
    """The base is solved first, and what-ifs get its plan and its gap."""
    base = growing()
    reply = compare({"base": base, "loose": base.replace(settings={"gap": 0.5})})
    assert asked == ["base", "loose"]
    plan = reply.plans["loose"]
    assert plan and plan.scenario.settings.gap == 0


def test_a_base_that_is_impossible_is_refused() -> None:
    """Without a base there is nothing to measure by; a what-if that is impossible is told beside the others."""
    base = growing()
    wanted = base.replace(targets=[{"target": "much", "kind": "rate", "item": "shell", "value": 90}])
    with pytest.raises(ImpossibleError):
        compare({"wanted": wanted, "base": base})
    reply = compare({"base": base, "wanted": wanted})
    assert not reply.complete and "impossible" in dict(reply.lines)["wanted"]


@pytest.mark.slow
def test_the_command_writes_one_workbook_of_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first sheet is the answer, and it is not written over; JSON holds the tables; one case alone is refused."""
    optimizer.write_workbook(tmp_path / "group.xlsx", growing())
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    ran = run(app, ["compare", "group.xlsx", "--scenarios", "all"])
    assert ran.exit_code == 0, ran.output
    written = Path("reports/group (compare all).xlsx")
    assert "Projects!" in ran.output and str(written) in ran.output.replace("\n", "")
    assert load_workbook(written).sheetnames[:2] == ["Answer", "Headline"]
    assert run(app, ["compare", "group.xlsx", "--scenarios", "all"]).exit_code == 1
    assert run(app, ["compare", "group.xlsx"]).exit_code == 2
    plan = solve(growing())
    plan.to_excel("a.xlsx")
    ran = run(app, ["compare", "a.xlsx", "group.xlsx", "--json", "-o", "b.xlsx"])
    told = json.loads(ran.stdout)
    assert told["status"] == "ok" and told["tasks"] == {"a": "answered", "group": "answered"}
    assert told["tables"]["decisions_different"] == []


def test_brackets_add_up() -> None:
    """Sums and differences hold whatever the figures within the brackets are; what may be 0 is not told apart."""
    a, b = Bracket(1, 2, 2), Bracket(2, 4, 4)
    assert a + b == Bracket(3, 6, 4) and a - b == Bracket(-3, 0, 4) and b.times(-1) == Bracket(-4, -2, 4)
    assert (a - b).sign == 0 and a.sign == 1 and (-a).sign == -1 and Bracket(1e-9, 2, 1).sign == 0
    assert Bracket(-1, 2, 1).within(0, 1) == Bracket(0, 1, 1)
    assert Bracket(-2e-9, -1e-9, 1).within(0, 1) == Bracket(0, 0, 1)
    plan = solve(growing())
    assert of_objective(plan, "speed") is None
    found = of_objective(plan, "shortfall")
    assert found is not None and found.least <= found.most == pytest.approx(30, rel=1e-5)
