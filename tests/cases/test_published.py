"""Published planning cases: the product returns the published optimum, from tables and from a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer import decide_under_uncertainty, read_workbook, solve, write_workbook
from optimizer.errors import ImpossibleError
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from tests.cases.bicycles import bicycles
from tests.cases.electricity import electricity
from tests.cases.fiberglass import fiberglass
from tests.cases.fuel import SALES as FUEL_SALES
from tests.cases.fuel import fuel
from tests.cases.glasses import glasses
from tests.cases.perfumes import SALES, perfumes
from tests.cases.perishable import CAPACITY, perishable
from tests.cases.power import EXPECTED, OPTIMA, THERE, power
from tests.cases.red_tomato import DEMAND, OTHER_DEMAND, red_tomato
from tests.cases.robes import SALES as ROBE_SALES
from tests.cases.robes import robes
from tests.cases.sure_step import sure_step
from tests.cases.technicians import technicians
from tests.cases.toy_lorries import toy_lorries
from tests.cases.upton import OPENING_COST, upton
from tests.laws.profile import chosen

LINEAR: dict[str, tuple[Callable[[], Scenario], float]] = {
    "bicycles": (bicycles, 11_247_000),
    "drinking glasses": (glasses, 185_899.3),
    "electricity": (electricity, 365),
    "fibreglass": (fiberglass, 3_988),
    "Euing Gas": (fuel, FUEL_SALES - 12_500),
    "perfumes": (perfumes, SALES - 172_666 - 2 / 3),
    "power": (power, OPTIMA[0] - THERE),
    "robes": (robes, ROBE_SALES - 1_085),
    "perishable item": (perishable, 190_040),
    "toy lorries": (toy_lorries, 238_365),
    "air compressors": (upton, 6_209_403.125 - OPENING_COST),
}


def value(plan: Plan) -> float:
    """Return the value of the last objective: of one, or of what comes after a shortfall that is nothing."""
    assert (plan.objectives["value"].iloc[:-1] < 1e-5).all()
    return float(plan.objectives["value"].iloc[-1])


def through_a_workbook(scenario: Scenario, folder: Path) -> Scenario:
    """Return the scenario written to a workbook and read back."""
    path = folder / "case.xlsx"
    write_workbook(path, scenario)
    return read_workbook(path)


@pytest.mark.parametrize("name", LINEAR)
def test_linear_cases_reach_the_published_optimum(name: str) -> None:
    """Bicycles cost 11,247,000, glasses 185,899, electricity 365, fibreglass 3,988, toy lorries 238,365.

    Air compressors cost 6,209,403, a perishable item 190,040 and power 7,055; perfumes bring a profit of 172,666.67,
    Euing Gas one of 12,500 and robes one of 1,085.
    """
    case, optimum = LINEAR[name]
    plan = solve(case())
    assert plan.status == "optimal"
    assert plan.verified
    assert value(plan) == pytest.approx(optimum, rel=1e-6)


@pytest.mark.parametrize("name", chosen(LINEAR, often={"electricity", "robes", "perishable item"}))
def test_linear_cases_come_back_from_a_workbook(name: str, tmp_path: Path) -> None:
    """A workbook written from the tables and read back holds the same case, so it has the same optimum."""
    case, _ = LINEAR[name]
    assert through_a_workbook(case(), tmp_path) == case()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("demand", "optimum"), [pytest.param(DEMAND, 422_660, marks=pytest.mark.slow), (OTHER_DEMAND, 433_080)]
)
def test_red_tomato_with_whole_workers(demand: tuple[int, ...], optimum: float, tmp_path: Path) -> None:
    """Red Tomato with whole workers, from a workbook, costs 422,660, and 433,080 with the other demand."""
    scenario = through_a_workbook(red_tomato(demand), tmp_path)
    assert scenario == red_tomato(demand)
    plan = solve(scenario)
    assert plan.status == "optimal"
    assert plan.verified
    assert value(plan) == pytest.approx(optimum, rel=1e-6)
    assert plan.shifts["shifts"].max() < len(scenario.shift_ladders)  # the ladder is long enough


@pytest.mark.parametrize(("demand", "optimum"), [(DEMAND, 422_275), (OTHER_DEMAND, 432_858 + 1 / 3)])
def test_red_tomato_with_fractions_of_workers(demand: tuple[int, ...], optimum: float) -> None:
    """The linear relaxation of Red Tomato costs 422,275, and 432,858.33 with the other demand."""
    plan = solve(red_tomato(demand), relaxed=True)
    assert value(plan) == pytest.approx(optimum, rel=1e-6)
    assert not plan.verified  # fractions of a crew are for analysts; nobody verifies them


@pytest.mark.parametrize("demand", [DEMAND, OTHER_DEMAND])
def test_the_weighted_objective_is_all_cost_and_backlog(demand: tuple[int, ...]) -> None:
    """`weighted` is the sum of the costs table and 5 for every unit in the order book at a month's end."""
    plan = solve(red_tomato(demand), relaxed=True)
    money = plan.costs["amount"].sum() + 5 * plan.deliveries["backlog"].sum()
    assert value(plan) == pytest.approx(money, rel=1e-9)


def test_perfumes_are_made_as_published() -> None:
    """Of 4,000 pounds 11,333 ounces of Regular Brute are left to sell, 667 of Luxury Brute, 16,000 of the other."""
    sold = solve(perfumes()).uses.set_index("item")["used"]
    assert sold.to_dict() == pytest.approx(
        {"Regular Brute": 11_333 + 1 / 3, "Luxury Brute": 666 + 2 / 3, "Regular Chanelle": 16_000, "Luxury Chanelle": 0}
    )


@pytest.mark.parametrize(("life", "cost"), [(None, 156_840), (2, 166_300)])
def test_what_is_cheap_in_the_first_month_does_not_last_to_the_fourth(life: float | None, cost: float) -> None:
    """1,500 for sale at 100 in the first month serve all: 400 at once, 300 for 103, 420 for 106, 380 for 109 each.

    Used within three months they do not serve the fourth: 200 come from the third for 123, 180 from the second for 146.
    """
    assert value(solve(perishable(life, (1500, *CAPACITY[1:])))) == pytest.approx(cost, rel=1e-6)


def test_glasses_without_the_room_for_what_must_be_left() -> None:
    """With 330 trays, those of the stock that must be left, the plan costs the same; with 329 there is none."""
    assert value(solve(glasses(trays=330))) == pytest.approx(185_899.3, rel=1e-6)
    with pytest.raises(ImpossibleError):
        solve(glasses(trays=329))


@pytest.mark.parametrize("demand", range(1, len(OPTIMA)))
def test_power_for_every_demand(demand: int) -> None:
    """For the other demands power costs 8,160, 6,500 and 7,275."""
    assert value(solve(power(demand))) == pytest.approx(OPTIMA[demand] - THERE, rel=1e-6)


@pytest.mark.slow
def test_power_before_the_demand_is_known() -> None:
    """For all demands 1.25 of coal, 6.25 of hydro and 0.75 of nuclear plants are added, for 7,605 expected."""
    decision = decide_under_uncertainty(power())
    best = decision.best["cost"]
    assert (best.least, best.most) == pytest.approx((EXPECTED - THERE,) * 2, rel=1e-5)
    sizes = decision.scenarios.plans["demand 2"].starts.set_index("project")["size"]
    assert list(sizes.sort_index()) == pytest.approx([1.25, 6.25, 0.75], rel=1e-4)


def test_robes_in_any_lots() -> None:
    """Without a least lot robes bring 1,104."""
    assert ROBE_SALES - value(solve(robes(0))) == pytest.approx(1_104, rel=1e-6)


def test_sure_step_with_fractions_of_workers() -> None:
    """In fractions SureStep shoes cost 692,500."""
    assert value(solve(sure_step(), relaxed=True)) == pytest.approx(692_500, rel=1e-6)


@pytest.mark.slow
def test_sure_step_with_whole_workers() -> None:
    """SureStep shoes cost 692,820: 6 workers leave, one more, then 43, and four do overtime in the second month."""
    plan = solve(sure_step())
    assert plan.status == "optimal"
    assert plan.verified
    assert value(plan) == pytest.approx(692_820, rel=1e-6)
    assert list(plan.shifts["shifts"]) == [94, 93, 50, 50]
    assert plan.weekends["weekends"].sum() == 4


def test_technicians_are_trained_for_whom_technicians_have_time(tmp_path: Path) -> None:
    """In fractions CSL costs 593,777; 8.45, 11.45 and 9.52 are trained in the second to the fourth month."""
    scenario = through_a_workbook(technicians(), tmp_path)
    assert scenario == technicians()
    plan = solve(scenario, relaxed=True)
    assert value(plan) == pytest.approx(593_777, abs=0.5)
    assert list(plan.people["hired"]) == pytest.approx([8.45, 11.45, 9.52], abs=0.005)
    assert plan.people["left"].sum() == 0


@pytest.mark.slow
def test_electricity_is_built_before_demand_is_known() -> None:
    """Of the four technologies 8/3, 4, 10/3 and 2 are built at once, for 381.85 expected."""
    decision = decide_under_uncertainty(electricity())
    best = decision.best["cost"]
    assert (best.least, best.most) == pytest.approx((381.8533, 381.8533), rel=1e-5)
    sizes = decision.scenarios.plans["high"].starts.set_index("project")["size"]
    assert list(sizes.sort_index()) == pytest.approx([8 / 3, 4, 10 / 3, 2], rel=1e-4)
