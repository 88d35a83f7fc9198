"""Plans to begin with, decisions that are kept, objectives that are held, and plans evaluated elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from optimizer import Plan, Scenario, solve, variant, write_workbook
from optimizer.cli import app
from optimizer.errors import ImpossibleError, InputError
from tests.laws.generate import Draft, drafts
from tests.laws.more import WAYS
from tests.laws.profile import examples
from tests.laws.test_laws import no_worse, plan_of, values
from tests.test_pipeline import workshop


@pytest.fixture
def base(quickstart_plan: Plan) -> Plan:
    """Return the plan of the example."""
    return quickstart_plan


@given(st.sampled_from(sorted(WAYS)), drafts())
@examples(3, 100)
def test_no_plan_is_worse_than_the_one_it_began_with(way: str, draft: Draft) -> None:
    """Where the start holds in a changed scenario, a search cut short of anything but it is lexicographically no worse.

    The gap of 1 lets every objective end at its first plan.
    """
    start, changed = plan_of(draft), draft.copy()
    WAYS[way](changed)
    assume(start is not None and changed != draft)
    assert start is not None
    scenario = changed.scenario(threads=1, gap=1.0)
    there = start.evaluate(scenario, fix=("starts", "shifts", "weekends"))
    plan = solve(scenario, start=start)
    assert plan.verified
    assert no_worse(values(plan), values(there)), f"{values(plan)} is worse than {values(there)}"


def test_a_start_of_the_same_scenario_is_the_first_plan(base: Plan, quickstart: Scenario) -> None:
    """With a gap of 1 nothing better is sought, so the plan that comes back is as good as the start, and no warning."""
    plan = solve(quickstart.replace(settings={"slack": 0}), start=base, gap=1.0)
    assert values(plan)[:2] == pytest.approx(values(base)[:2], rel=1e-5)
    assert not [words for words in plan.warnings if "start" in words]


def test_a_start_that_does_not_hold_is_repaired_and_told(base: Plan, quickstart: Scenario) -> None:
    """With the budget cut the plants and shifts of the base cannot all be paid: what could be kept is told."""
    plan = solve(variant(quickstart, "Budget cut"), start=base, gap=0.45)
    assert plan.verified
    (told,) = plan.warnings
    assert "plan to start from does not hold here as it is" in told


def fixed(plan: Plan) -> pd.DataFrame:
    """Return the starts and shifts of a plan before 2024."""
    shifts = plan.shifts[pd.to_datetime(plan.shifts["month"]) < "2024"]
    return shifts.reset_index(drop=True)


def test_what_is_fixed_until_a_month_stays_and_the_rest_is_decided(base: Plan, quickstart: Scenario) -> None:
    """With a plant late, shifts until 2023-12 are those of the base, and the bounds are told as of such plans."""
    plan = solve(
        variant(quickstart, "Plant 3 months late"), start=base, fix=("starts", "shifts"), until="2023-12", gap=0.05
    )
    assert plan.verified
    pd.testing.assert_frame_equal(fixed(plan), fixed(base))
    assert "starts, shifts until 2023-12 kept as in the plan for `Quickstart alliance`" in plan.warnings[0]


def test_a_plan_evaluated_where_it_was_made_has_the_same_figures(base: Plan, quickstart: Scenario) -> None:
    """Everything it decides is possible, so every objective and every headline figure is the same."""
    again = base.evaluate(quickstart)
    assert again.verified
    assert values(again) == pytest.approx(values(base), rel=5e-6)
    for table, column in (("output", "made"), ("deliveries", "delivered"), ("payments", "paid")):
        there, here = (p.tables[table][column].sum() for p in (again, base))
        assert there == pytest.approx(here, rel=1e-5)


def test_a_plan_evaluated_elsewhere_keeps_plants_and_crews(base: Plan, quickstart: Scenario) -> None:
    """Where not everything is possible any more, starts, shifts and weekends stay and what is made follows."""
    late = base.evaluate(variant(quickstart, "Plant 3 months late"))
    assert late.verified
    changed = late.shifts[late.shifts["shifts"] != base.shifts["shifts"]]
    assert set(changed["line"]) == {"South new bodies", "South new filling"}
    assert (changed["shifts"] == 0).all()  # the plant is not open yet
    assert "was not kept: shifts of South new bodies from 2024-02" in late.warnings[1]
    assert list(late.starts["start"]) == list(base.starts["start"])
    assert values(late)[0] > values(base)[0]


def test_decisions_that_cannot_be_kept_are_impossible(base: Plan, quickstart: Scenario) -> None:
    """Crews that a smaller budget cannot pay are impossible; plants that are forbidden are told, and not kept."""
    projects = quickstart.projects.assign(status="forbidden")
    with pytest.raises(ImpossibleError, match="kept as in the plan") as error:
        solve(variant(quickstart, "Budget cut"), start=base, fix=("starts", "shifts", "weekends", "output"))
    assert error.value.conflict
    plan = solve(quickstart.replace(projects=projects), start=base, fix=("starts",), gap=1.0)
    assert any("what cannot be decided here was not kept: unit 1 of" in words for words in plan.warnings)


def test_bounds_that_forbid_what_is_kept_are_told_one_by_one() -> None:
    """Eight weekends a month cannot be kept where only half of them may be worked."""
    busy = workshop(
        {"weekend_share": 1, "accepted_wait": 0},
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 50}],
    )
    start = solve(busy)
    assert start.weekends["weekends"].sum() > 0
    with pytest.raises(ImpossibleError, match=r"weekends, L \| 1 \| 0: [45], and it can be 0 to 2"):
        solve(busy.replace(settings={"weekend_share": 0.5}), start=start, fix=("weekends",))


def test_an_objective_is_held_at_a_limit() -> None:
    """10 shells a month at 3 each, for needs of 30: with 60 of cost held, 20 shells are made in all."""
    tables: dict[str, Any] = {
        "members": [{"member": "A"}, {"member": "R", "kind": "recipient"}],
        "needs": [{"recipient": "R", "item": "shell", "per_month": 30}],
        "orders": [],
    }
    scenario = workshop({"gap": 0, "slack": 0, "objectives": "shortfall"}, **tables)
    assert solve(scenario).output["made"].sum() == pytest.approx(40, rel=1e-5)
    held = solve(scenario, hold={"cost": 60})
    assert held.output["made"].sum() == pytest.approx(20, rel=1e-5)
    assert "cost held at 60 or less" in held.warnings[0]
    with pytest.raises(ImpossibleError, match="cost held at -1 or less"):
        solve(scenario, hold={"cost": -1})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"fix": ("crews",)}, "`crews` is no table of decisions"),
        ({"fix": ("starts",)}, "needs a plan"),
        ({"until": "2024-06"}, "needs `fix`"),
        ({"hold": {"gold": 1}}, "`gold` is no objective"),
        ({"fix": ("crews",), "until": "soon", "hold": {"gold": 1}}, "(?s)crews.*needs a plan.*soon.*gold"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], told: str) -> None:
    """Before anything is built, each is told by its name and what there is instead."""
    with pytest.raises(InputError, match=told):
        solve(workshop(), **options)


def test_the_command_begins_with_a_report(tmp_path: Path) -> None:
    """`--start` takes a report of this program, and says of anything else that it holds no plan."""
    workbook, earlier = write_workbook(tmp_path / "w.xlsx", workshop()), tmp_path / "earlier.xlsx"
    solve(workshop()).to_excel(earlier)
    run = ["solve", str(workbook), "-o", str(tmp_path / "new.xlsx"), "--start"]
    assert CliRunner().invoke(app, [*run, str(earlier)]).exit_code == 0
    refused = CliRunner().invoke(app, [*run, str(workbook)])
    assert refused.exit_code == 2
    assert "holds no plan" in refused.output + refused.stderr
