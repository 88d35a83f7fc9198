"""The example plans: today's state is reproduced, and every lever of the quickstart is used and matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import Plan, Scenario, read_workbook, solve
from optimizer.scenario.schema import LEVERS
from tests.laws.profile import chosen

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def plan(quickstart_plan: Plan) -> Plan:
    """Return the plan of the quickstart."""
    return quickstart_plan


def test_the_quickstart_is_solved_to_optimality(plan: Plan) -> None:
    """Every objective is proven, and the plan passes the independent check."""
    assert plan.status == "optimal" and plan.gap == 0
    assert plan.verified


def test_an_order_placed_today_waits_28_months_without_levers(plan: Plan) -> None:
    """Filling makes 8,000 a month, 6,000 go to Eastland: the book of 56,100 takes 56,100 / 2,000 = 28.05 months."""
    assert plan.wait_without_levers == pytest.approx(28.05)
    assert plan.summary()["waiting_time_months"]["now"] < 28


def test_every_lever_of_the_quickstart_is_used(plan: Plan) -> None:
    """Crews join, weekends are worked, all three kinds of project start, rounds are pledged, bought and given."""
    assert plan.measures.levers["shifts_added"] > 0
    assert plan.measures.levers["weekend_runs"] > 0
    kinds = plan.scenario.projects.set_index("project")["kind"]
    assert set(plan.starts["project"].map(kinds)) == {"new line", "expansion", "reactivation"}
    assert plan.pledges["pledged"].sum() > 0
    assert plan.purchases.query("item == 'Filled round'")["bought"].sum() > 0
    assert plan.gifts["given"].sum() > 0


def test_pledges_bring_the_orders_that_the_plant_waits_for(plan: Plan, quickstart: Scenario) -> None:
    """South plant starts only once 25,000 rounds are on order: one quarter's orders and the pledges before it."""
    start = plan.starts.set_index("project").loc["South plant", "start"]
    pledged = plan.pledges[plan.pledges["month"] <= start]["pledged"].sum()
    a_quarter_of_orders = 3 * quickstart.orders.query("to_month.isna()", engine="python")["per_month"].sum()
    assert pledged + a_quarter_of_orders >= 25_000 - 1e-3 > a_quarter_of_orders


def test_starts_given_back_as_committed_give_the_same_plan(plan: Plan, quickstart: Scenario) -> None:
    """Whoever decides what the plan says gets that plan again: firm orders are asked of what is committed, too.

    Without them, South plant would start without the pledges that it waits for.
    """
    starts = plan.starts.set_index("project")["start"]
    projects = quickstart.projects.assign(start=quickstart.projects["project"].map(starts), status="committed")
    assert set(starts.index) == set(projects["project"])
    again = solve(quickstart.replace(projects=projects))
    assert again.verified
    assert again.starts.set_index("project")["start"].to_dict() == starts.to_dict()
    assert again.objectives["value"].to_list() == pytest.approx(plan.objectives["value"].to_list(), rel=1e-5)
    waived = solve(quickstart.replace(projects=projects.assign(firm_waived=True)))
    assert waived.verified and waived.pledges["pledged"].sum() < again.pledges["pledged"].sum() - 100


@pytest.mark.parametrize("lever", chosen(LEVERS, often={"shifts", "new lines", "pledges"}))
def test_every_lever_of_the_quickstart_matters(quickstart: Scenario, plan: Plan, lever: str) -> None:
    """Without any one lever the shortfall is larger: each reaches a bottleneck that the others do not."""
    others = tuple(name for name in LEVERS if name != lever)
    without = solve(quickstart.replace(settings={"levers": others, "objectives": "shortfall"}), gap=1e-4)
    assert without.objectives["bound"][0] > plan.objectives["value"][0] * 1.005


def test_no_levers_gives_today(quickstart: Scenario) -> None:
    """With every lever off, 8,000 rounds are made a month, until what is left to deliver is not due in the horizon."""
    today = solve(quickstart.replace(settings={"levers": "none"}))
    made = today.output.query("item == 'Filled round'").groupby("month")["made"].sum()
    months = list(quickstart.calendar.lengths)
    assert list(made / months)[:-1] == pytest.approx([8_000] * (len(months) - 1))
    assert list(made / months)[-1] <= 8_000 + 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("periods", ["12x3", pytest.param(None, marks=pytest.mark.slow)], ids=["3 years", "whole"])
def test_the_alliance_without_levers_is_february_2023(periods: str | None) -> None:
    """39,500 rounds a month are made, as reported, and an order placed in February 2023 waits 28 months within one."""
    alliance = read_workbook(DATA / "alliance_155mm.xlsx")
    asked = {"levers": "none", "objectives": "shortfall", "periods": periods or alliance.settings.periods}
    today = solve(alliance.replace(settings=asked))
    assert today.verified
    assert today.summary()["output_now_units_per_month"] == pytest.approx(39_500, rel=1e-5)
    assert today.summary()["waiting_time_months"]["now"] == pytest.approx(28, abs=1)
