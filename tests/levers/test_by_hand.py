"""Every lever on its own, in a case small enough to be worked out by hand; the sum stands in the docstring.

One line makes 10 shells a month for a need of 20 a month unless said otherwise. What is missed in a
month is missing ever after, so the shortfall adds up what is missing at the end of each month.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Scenario, solve
from optimizer.plan.plan import Plan

EXACT = {"gap": 0, "slack": 0, "end_months": 0, "weekend_share": 0, "review_months": 1, "threads": 1}
HELD = 2e-6
"""What polishing may use of an objective that is held."""
LEVERS = ("shifts", "weekends", "expansions", "reactivations", "new lines", "pledges", "purchases", "donations")


def scenario(months: int, *, settings: dict[str, Any] | None = None, need: float = 20, **tables: Any) -> Scenario:
    """Return a line of 10 a month in A, a need in R from January 2024 on, and more tables as given."""
    base: dict[str, Any] = {
        "members": [{"member": "A"}, {"member": "R", "kind": "recipient"}],
        "items": [{"item": "shell", "kind": "final"}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [{"line": "L", "site": "works"}],
        "rates": [{"line": "L", "item": "shell", "rate": 10}],
        "needs": [{"recipient": "R", "item": "shell", "per_month": need}] if need else [],
    }
    plain = {"start": "2024-01", "periods": f"{months}x1", "objectives": "shortfall", **EXACT}
    return Scenario.from_tables(plain | (settings or {}), **(base | tables))


def value(given: Scenario, lever: str | None = None, objective: str = "shortfall") -> float:
    """Return an objective of the plan that may pull one lever only (None: all of them)."""
    plan = solve(given.replace(settings={"levers": lever}) if lever else given)
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert plan.status == "optimal"
    return objective_of(plan, objective)


def objective_of(plan: Plan, objective: str) -> float:
    """Return the value of an objective."""
    return float(plan.objectives.set_index("objective")["value"][objective])


def test_shifts() -> None:
    """A second crew joins after a month: 10 are lost in the first and missing in all four, 4 x 10 = 40."""
    crew = {"ladder": "S", "added_share": 1, "hiring_months": 1}
    given = scenario(
        4,
        lines=[{"line": "L", "site": "works", "ladder": "S"}],
        shift_ladders=[crew | {"step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
    )
    assert value(given, "shifts") == pytest.approx(40, rel=HELD, abs=HELD)
    assert value(given, "none") == pytest.approx(10 + 20 + 30 + 40, rel=HELD, abs=HELD)


def test_weekends() -> None:
    """January 2024 has four Saturdays: 10 x 4 x 2 / 21.75 more, so 20 - 10 - 3.678 = 6.322 are missing."""
    given = scenario(1, settings={"weekend_share": 1})
    assert value(given, "weekends") == pytest.approx(10 - 80 / 21.75, rel=HELD, abs=HELD)


def project(kind: str, lead: int, **more: Any) -> dict[str, Any]:
    """Return a project that costs nothing."""
    return {"project": "P", "kind": kind, "lead_months": lead, **more}


def test_expansions() -> None:
    """The line doubles after a month: 10 lost in the first, missing in all three, 30."""
    given = scenario(3, projects=[project("expansion", 1, line="L", added_share=1)])
    assert value(given, "expansions") == pytest.approx(30, rel=HELD, abs=HELD)


def opened(kind: str, lead: int, **more: Any) -> dict[str, Any]:
    """Return tables with a second line of 10 that a project opens."""
    return {
        "lines": [{"line": "L", "site": "works"}, {"line": "M", "site": "works", "opened_by": "P"}],
        "rates": [{"line": name, "item": "shell", "rate": 10} for name in "LM"],
        "projects": [project(kind, lead, **more)],
    }


def test_reactivations() -> None:
    """The idle line runs after two months: 10 and 20 missing, then 20 and 20, 70."""
    assert value(scenario(4, **opened("reactivation", 2)), "reactivations") == pytest.approx(70, rel=HELD, abs=HELD)


def test_new_lines() -> None:
    """It opens after a month and makes half of its rate in its first: lost 10, 5, 0, so missing 10 + 15 + 15 = 40."""
    tables = opened("new line", 1, ramp_up="half") | {"profiles": [{"profile": "half", "month": 0, "share": 0.5}]}
    assert value(scenario(3, **tables), "new lines") == pytest.approx(40, rel=HELD, abs=HELD)


def test_purchases() -> None:
    """4 a month are bought and arrive a month later: lost 10, 6, 6, so missing 10 + 16 + 22 = 48."""
    sold = [{"supplier": "dealer", "item": "shell", "most_per_month": 4, "lead_months": 1}]
    assert value(scenario(3, suppliers=sold), "purchases") == pytest.approx(48, rel=HELD, abs=HELD)


def test_donations() -> None:
    """A holds 30 of its own and keeps 12: of the 4 x 5 that the line lacks of 15 a month, 18 are given, 2 are not.

    The last two are missing at the end of the last month only: 2.
    """
    own = [{"place": "A", "item": "shell", "held_by": "member", "opening": 30, "reserve": 12}]
    given = scenario(4, need=15, stocks=own)
    assert value(given, "donations") == pytest.approx(2, rel=HELD, abs=HELD)
    assert value(given, "none") == pytest.approx(5 + 10 + 15 + 20, rel=HELD, abs=HELD)


def test_pledges() -> None:
    """Doubling the line takes firm orders for 12; 5 a month are ordered, so it waits for the third month.

    A pledge of 7 lets it begin at once. The 7 may wait a month: given to the need instead they are
    late at the end of months 1, 2 and 3, or lost to the need as long: 3 x 7 = 21. Without the pledge
    10, 20, 20 and 20 are missing: 70.
    """
    firm = project("expansion", 0, line="L", added_share=1, firm_quantity=12, firm_item="shell")
    given = scenario(
        4,
        settings={"accepted_wait": 1},
        projects=[firm],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5, "accepted_wait": 12}],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 7}],
    )
    assert value(given, "pledges; expansions") == pytest.approx(21, rel=HELD, abs=HELD)
    assert value(given, "expansions") == pytest.approx(70, rel=HELD, abs=HELD)


def test_expansions_gain_on_weekends_too() -> None:
    """An expansion by half, open from the start, adds half of what weekends make: 10 x (1 + 8 / 21.75) x 1.5 = 20.517.

    Of a need of 30 in January 9.483 are missing.
    """
    open_ = project("expansion", 1, line="L", added_share=0.5, status="committed", start="2023-12")
    given = scenario(1, settings={"weekend_share": 1}, need=30, projects=[open_])
    assert value(given) == pytest.approx(30 - 15 * (1 + 8 / 21.75), rel=HELD, abs=HELD)
    assert value(given, "none") == pytest.approx(30 - 15, rel=HELD, abs=HELD)


PARTS = ("1x3", "3x1", "1x1, 1x2", "1x2, 1x1")
"""The first quarter of 2024 with its 4, 4 and 5 Saturdays, as periods."""


def doubled(lead: int, **more: Any) -> dict[str, Any]:
    """Return an expansion by all of the line, decided at the start."""
    return project("expansion", lead, line="L", added_share=1, status="forced", latest="2024-01", **more)


def made(given: Scenario) -> float:
    """Return what the plan makes in all."""
    plan = solve(given)
    assert plan.verified, [check for check in plan.checks if not check.holds]
    return float(plan.output["made"].sum())


@pytest.mark.parametrize("periods", PARTS)
def test_weekends_of_an_expansion_count_from_its_opening(periods: str) -> None:
    """The line doubles in March: 3 + 1 months and 13 + 5 weekends of 2 / 21.75, in months as in a quarter."""
    given = scenario(3, settings={"weekend_share": 1, "periods": periods}, need=100, projects=[doubled(2)])
    assert made(given) == pytest.approx(10 * (4 + 36 / 21.75), rel=1e-5)


@pytest.mark.parametrize("periods", PARTS)
def test_weekends_of_an_expansion_ramp_up(periods: str) -> None:
    """Doubled by a tenth, a half, and all: 3 + 1.6 months, and 13 + .4 + 2 + 5 weekends."""
    ramp = [{"profile": "slow", "month": m, "share": share} for m, share in enumerate((0.1, 0.5))]
    settings = {"weekend_share": 1, "periods": periods}
    given = scenario(3, settings=settings, need=100, projects=[doubled(0, ramp_up="slow")], profiles=ramp)
    assert made(given) == pytest.approx(10 * (4.6 + 20.4 * 2 / 21.75), rel=1e-5)


def test_few_weekends_of_an_expansion_ramp_up_like_many() -> None:
    """One weekend in January, in which the expansion is at a tenth: 10 x 1.1 x (1 + 2 / 21.75)."""
    ramp = [{"profile": "slow", "month": 0, "share": 0.1}]
    project_ = doubled(0, ramp_up="slow")
    given = scenario(1, settings={"weekend_share": 0.25}, need=100, projects=[project_], profiles=ramp)
    assert made(given) == pytest.approx(11 * (1 + 2 / 21.75), rel=1e-5)


@pytest.mark.parametrize("kind", ["new line", "reactivation"])
def test_weekends_of_an_opened_line_wait_for_a_period_at_full_output(kind: str) -> None:
    """A line opened in March makes 10 more in it; its own weekends begin with the first period it is full in."""
    tables = opened(kind, 2, status="forced", latest="2024-01")
    quarter = scenario(3, settings={"weekend_share": 1, "periods": "1x3"}, need=100, **tables)
    assert made(quarter) == pytest.approx(10 * (3 + 26 / 21.75) + 10, rel=1e-5)
    months = scenario(3, settings={"weekend_share": 1}, need=100, **tables)
    assert made(months) == pytest.approx(10 * (3 + 26 / 21.75) + 10 * (1 + 10 / 21.75), rel=1e-5)


@pytest.mark.parametrize(("periods", "transit"), [("3x1", 1), ("3x1", 9), ("1x1, 1x2", 2), ("1x3", 3.5)])
def test_what_is_shipped_may_arrive_after_the_horizon(periods: str, transit: float) -> None:
    """A line that must make 10 a month ships them: 5 can be stored at home, the others leave for B at 1 each.

    In three months 30 are made at 3 each, 25 of them are shipped, 5 stay: 90 + 25 = 115.
    """
    given = scenario(
        3,
        need=0,
        settings={"periods": periods, "objectives": "cost", "transport_cost": 0},
        members=[{"member": "A"}, {"member": "B"}],
        rates=[{"line": "L", "item": "shell", "rate": 20, "minimum": 10, "unit_cost": 3}],
        stocks=[{"place": "A", "item": "shell", "storage_limit": 5}],
        lanes=[{"from_place": "A", "to_place": "B", "item": "shell", "transit_months": transit, "cost": 1}],
    )
    assert value(given, objective="cost") == pytest.approx(115, rel=HELD)


@pytest.mark.parametrize(("transit", "missing"), [(1, 20), (2, 30), (6, 30)])
def test_what_is_given_may_arrive_after_the_horizon(transit: float, missing: float) -> None:
    """A keeps 20 at most and has them: it takes the 10 it ordered in each of two months only as it gives 10.

    R needs 10 a month. With a transit of a month it misses 10 of January for two months: 20. What
    arrives after the horizon leaves it without any: 10 + 20. A waits for nothing.
    """
    own = {"place": "A", "item": "shell", "held_by": "member", "opening": 20, "reserve": 0, "storage_limit": 20}
    given = scenario(
        2,
        need=10,
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10, "accepted_wait": 0}],
        stocks=[own],
        lanes=[{"from_place": "A", "to_place": "R", "item": "shell", "transit_months": transit}],
    )
    assert value(given) == pytest.approx(missing, rel=HELD)


def test_a_promise_as_soon_as_possible_counts_pledges() -> None:
    """10 are on order and 10 a month come in; a plant must start at once, for which 12 must be ordered: 2 are pledged.

    Delivered in a month is what is ordered a month before as long as D(x + 1) >= 12 + 10 x. The line
    makes 10 a month and 12 from month 3 on: D(1) = 10 < 12, D(2) = 20 < 22, D(3) = 30 < 32, but
    D(4) = 42 = 12 + 10 x 3 and more than that from then on. So three months pass before it is kept.
    Without the pledge D(x + 1) = 10 + 10 x would keep it from the start.
    """
    plant = project("expansion", 3, line="L", added_share=0.2, firm_quantity=12, firm_item="shell")
    given = scenario(
        6,
        need=0,
        settings={"objectives": "speed; cost", "accepted_wait": 1},
        projects=[plant | {"status": "forced", "latest": "2024-01"}],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 10},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10},
        ],
        pledges=[{"member": "A", "item": "shell", "to_month": "2024-04", "most_per_month": 4}],
        targets=[{"target": "soon", "kind": "waiting time", "item": "shell", "value": 1, "strength": "asap"}],
    )
    assert value(given, objective="speed") == pytest.approx(3, rel=HELD, abs=HELD)
    free = given.replace(projects=[plant | {"status": "forbidden"}])
    assert value(free, objective="speed") == pytest.approx(0, rel=HELD, abs=HELD)


def two_crews(**more: Any) -> dict[str, Any]:
    """Return tables with a line that a second crew lets make 20 instead of 10, hired at once."""
    steps = [{"ladder": "S", "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)]
    return {"lines": [{"line": "L", "site": "works", "ladder": "S"}], "shift_ladders": [s | more for s in steps]}


@pytest.mark.parametrize(("hiring", "money"), [(90, 90), (120, 100)])
def test_hiring_in_money_is_weighed(hiring: float, money: float) -> None:
    """Without a second crew 10 at a price of 10 are lost, 100: it is hired for 90, and not for 120."""
    needs = [{"recipient": "R", "item": "shell", "per_month": 20, "price": 10}]
    given = scenario(1, settings={"objectives": "weighted"}, needs=needs, **two_crews(hiring_money=hiring))
    assert value(given, objective="weighted") == pytest.approx(money, rel=HELD)


@pytest.mark.parametrize(("minimum", "missing"), [(0, 0), (7.5, 0), (8, 5)])
def test_two_crews_make_twice_the_minimum_of_one(minimum: float, missing: float) -> None:
    """15 that nobody stores: two crews at 7.5 make them, two at 8 would make 16, so one crew makes 10."""
    given = scenario(
        1,
        need=15,
        items=[{"item": "shell", "kind": "final", "can_be_stored": False}],
        rates=[{"line": "L", "item": "shell", "rate": 10, "crew_minimum": minimum}],
        **two_crews(),
    )
    assert value(given) == pytest.approx(missing, rel=HELD, abs=HELD)


LATER = [{"recipient": "R", "item": "shell", "from_month": "2024-02", "per_month": 20, "price": 100}]


@pytest.mark.parametrize(("room", "missing"), [(None, 0), (12, 4)])
def test_what_is_kept_for_later_needs_room(room: float | None, missing: float) -> None:
    """20 are needed in the second month, 10 made in it: of the 10 before it 6 fit, at 2 each, into a room of 12."""
    given = scenario(
        2,
        need=0,
        members=[{"member": "A", "room": room}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell", "kind": "final", "room": 2}],
        needs=LATER,
    )
    assert value(given) == pytest.approx(missing, rel=HELD, abs=HELD)


def test_what_is_kept_costs_what_it_costs_in_its_month() -> None:
    """10 kept over the first month at 1 each, times 3 in that month: 30."""
    given = scenario(
        2,
        need=0,
        settings={"objectives": "weighted"},
        items=[{"item": "shell", "kind": "final", "holding_cost": 1}],
        needs=LATER,
        cost_changes=[{"cost": "holding", "to_month": "2024-01", "factor": 3}],
    )
    assert value(given, objective="weighted") == pytest.approx(30, rel=HELD)


@pytest.mark.parametrize(("discarded", "missing"), [(False, 4), (True, 0)])
def test_what_comes_out_as_well_must_go_somewhere(discarded: bool, missing: float) -> None:
    """A shell gives half a unit of slag that nobody stores: 3 are needed, so 6 shells of 10 are made, or all."""
    given = scenario(
        1,
        items=[{"item": "shell"}, {"item": "slag", "can_be_stored": False, "may_be_discarded": discarded}],
        recipes=[{"item": "shell", "input": "slag", "quantity": -0.5}],
        needs=[{"recipient": "R", "item": name, "per_month": need} for name, need in (("shell", 10), ("slag", 3))],
    )
    assert value(given) == pytest.approx(missing, rel=HELD, abs=HELD)


@pytest.mark.parametrize(("hired", "training", "missing"), [(0, 0, 30), (5, 0, 0), (4, 0, 10), (5, 1, 10), (10, 2, 20)])
def test_people_are_hired_for_a_second_crew(hired: float, training: int, missing: float) -> None:
    """10 of 20 are lost in each of three months without a second crew; five more people make it, once trained.

    With four a month it is there in the second month.
    """
    tables = two_crews()
    tables["lines"][0]["people_per_crew"] = 10
    members = [{"member": "A", "people_available": 15, "people_hired": hired, "training_months": training}]
    items = [{"item": "shell", "kind": "final"}]
    needs = [{"recipient": "R", "item": "shell", "per_month": 20, "price": 1}]
    given = scenario(
        3,
        settings={"objectives": "weighted"},
        members=[*members, {"member": "R", "kind": "recipient"}],
        items=items,
        needs=needs,
        **tables,
    )
    assert value(given, objective="weighted") == pytest.approx(missing, rel=HELD, abs=HELD)


@pytest.mark.parametrize(("need", "money"), [(13, 30), (16, 50), (24, 110)])
def test_a_size_is_chosen_where_its_fixed_part_pays(need: float, money: float) -> None:
    """10 for what is lost, or 20 for an expansion and 5 for a unit of its size: for 3 none, for 6 of 6, for 14 of 10.

    10 is the most: 20 + 5 x 10, and 4 are lost.
    """
    expansion = project("expansion", 0, line="L", added_share=0.1, capex=20, capex_per_size=5, most_size=10)
    needs = [{"recipient": "R", "item": "shell", "per_month": need, "price": 10}]
    given = scenario(1, settings={"objectives": "weighted"}, needs=needs, projects=[expansion])
    assert value(given, objective="weighted") == pytest.approx(money, rel=HELD)


@pytest.mark.parametrize(("life", "missing"), [(None, 0), (2, 0), (1.5, 5), (1, 10)])
def test_what_is_kept_for_later_must_last(life: float | None, missing: float) -> None:
    """30 are needed in the third month: 10 made in it, and of the 20 before it what is no older than its shelf life."""
    needs = [{"recipient": "R", "item": "shell", "from_month": "2024-03", "per_month": 30}]
    items = [{"item": "shell", "shelf_life": life, "may_be_discarded": True}]
    given = scenario(3, need=0, items=items, needs=needs)
    assert value(given) == pytest.approx(missing, rel=HELD, abs=HELD)


def test_every_lever_has_its_case() -> None:
    """The names of the levers are those of the tests above."""
    names = {name.removeprefix("test_").replace("_", " ") for name in globals() if name.startswith("test_")}
    assert set(LEVERS) <= names


def test_the_yardstick_runs_whole_crews() -> None:
    """An opened line that makes 10 or nothing cannot serve 5 that nobody stores: 5 + 10 are missing, not 0."""
    given = scenario(
        2,
        need=5,
        items=[{"item": "shell", "kind": "final", "can_be_stored": False}],
        lines=[{"line": "L", "site": "works", "opened_by": "P"}],
        rates=[{"line": "L", "item": "shell", "rate": 10, "minimum": 10}],
        projects=[project("new line", 0, status="committed", start="2023-01")],
    )
    for order in ("shortfall; cost", "cost; shortfall"):
        table = solve(given.replace(settings={"objectives": order})).objectives.set_index("objective")
        assert table["without_levers"]["shortfall"] == pytest.approx(15)
    assert value(given, "none") == pytest.approx(15)


def test_hiring_costs_once_and_not_once_for_each_line() -> None:
    """Ten people are hired for 5 each, work on L in January and on M in February: 50 and not 100; nothing is lost."""
    months = [{"from_month": month, "to_month": month} for month in ("2024-01", "2024-02")]
    given = scenario(
        2,
        settings={"objectives": "weighted"},
        members=[
            {"member": "A", "people_available": 0, "people_hired": 20, "hiring_cost": 5, "leaving_cost": 1},
            {"member": "R", "kind": "recipient"},
        ],
        items=[{"item": item, "can_be_stored": False} for item in ("shell", "fuse")],
        lines=[{"line": n, "site": "works", "people_per_crew": 10, "shifts_now": 0, "may_idle": True} for n in "LM"],
        rates=[{"line": "L", "item": "shell", "rate": 10}, {"line": "M", "item": "fuse", "rate": 10}],
        needs=[
            {"recipient": "R", "item": item, "per_month": 10, "price": 100} | month
            for item, month in zip(("shell", "fuse"), months, strict=True)
        ],
    )
    plan = solve(given)
    assert objective_of(plan, "weighted") == pytest.approx(50, rel=HELD)
    assert plan.people[["hired", "left"]].to_numpy().tolist() == [[10, 0]]
    assert plan.shifts.pivot(index="line", columns="month", values="shifts").to_numpy().tolist() == [[1, 0], [0, 1]]
