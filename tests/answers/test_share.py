"""Who pays and gets, and what national rules cost the group, in cases worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optimizer import Scenario, member_balance, solve
from optimizer.answers.share import rules_of, share
from optimizer.cli import app
from tests.levers.test_by_hand import scenario


def national(**tables: Any) -> Scenario:
    """Return two members, A with the line that a project of 6 doubles; B has the money and pays at home only."""
    row = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6}
    members = [{"member": "A", "cost_key": 1}, {"member": "B", "cost_key": 3}, {"member": "R", "kind": "recipient"}]
    given = {"objectives": "shortfall; cost"}
    base: dict[str, Any] = {
        "members": members,
        "projects": [row],
        "lines": [{"line": "L", "site": "works", "people_per_crew": 7}],
        "funds": [  # A has one, too: costs that no fund covers are only counted
            {"fund": "B budget", "year": 2024, "amount": 10, "member": "B", "covers": "capex"},
            {"fund": "A budget", "year": 2024, "amount": 1, "member": "A", "covers": "capex"},
        ],
    }
    return scenario(3, settings=given, **(base | tables))


def test_a_budget_that_is_closed_to_others_has_a_price() -> None:
    """With B's money the line doubles: 10 fewer lost in two months, missing 10 + 20, so 30 unit-months less."""
    reply = share(solve(national()))
    rows = reply.prices.set_index(["rule", "objective"])
    found = rows.loc[("B budget pays at home only", "shortfall"), ["least", "most"]].tolist()
    assert found == pytest.approx([-30, -30], rel=1e-5)
    assert rows["told"]["A budget pays at home only", "shortfall"] == "not told apart at this gap"
    assert reply.complete and rows["where"].iloc[0].casefold().startswith("funds!")


def test_forbidden_projects_and_home_shares_are_rules() -> None:
    """Each is found with its place; what is no rule of a nation is not."""
    project = {"project": "P", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1, "capex": 6}
    home = {"target": "at home", "kind": "home share", "place": "A", "value": 0.5}
    given = national(projects=[project | {"status": "forbidden"}], targets=[home])
    assert [rule.words for rule in rules_of(given)] == [
        "B budget pays at home only",
        "A budget pays at home only",
        "home share at home",
        "P is forbidden",
    ]


def test_the_balance_adds_up() -> None:
    """A common fund pays 6: by the key of 1 to 3, A bears 1.5 and B 4.5; all is spent at A, where 7 people work."""
    common = national(funds=[{"fund": "common", "year": 2024, "amount": 6, "covers": "capex"}])
    table = member_balance({"one": solve(common)}).set_index("member")
    assert table["bears"].tolist() == pytest.approx([1.5, 4.5]) and table["above_key"].abs().max() < 1e-9
    assert table["cost"].tolist() == pytest.approx([6, 0], abs=1e-6)
    assert table["jobs_now"].tolist() == [7, 0] == table["jobs_end"].tolist()


def test_the_command_tells_members_and_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One workbook of its own name, from a report."""
    monkeypatch.chdir(tmp_path)
    solve(national()).to_excel("plan.xlsx")
    ran = CliRunner().invoke(app, ["share", "plan.xlsx"])
    assert ran.exit_code == 0, ran.output
    assert "B budget pays at home only" in " ".join(ran.output.split())
    assert Path("reports/plan (share).xlsx").exists()
