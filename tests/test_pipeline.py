"""The whole story on one page: statuses, messages, interrupts, and the same plan for the same input."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from optimizer import Clock, Scenario, solve
from optimizer.errors import ImpossibleError, NoPlanError
from optimizer.pipeline import _but_for_the_short_run, _telling
from optimizer.plan.figures import figures
from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS, OPTIONAL
from optimizer.plan.verdict import percent, proof_words, search_words, short
from optimizer.solve.progress import Progress
from tests.cases.red_tomato import red_tomato
from tests.solve.clocks import Jumping
from tests.verify.edit import failing
from tests.verify.worlds import WORLDS


def workshop(settings: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Return a line that makes 10 shells a month for orders of 5 a month, with more tables as given."""
    base: dict[str, Any] = {
        "members": [{"member": "A"}],
        "items": [{"item": "shell"}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [{"line": "L", "site": "works"}],
        "rates": [{"line": "L", "item": "shell", "rate": 10, "unit_cost": 3}],
        "orders": [{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5}],
    }
    plain = {"title": "Workshop", "start": "2024-01", "periods": "4x1", "weekend_share": 0}
    return Scenario.from_tables(plain | (settings or {}), **(base | tables))


def test_an_optimal_plan_says_so() -> None:
    """5 shells a month at 3 each, for orders that may wait a month: nothing late, 18.75 x 3 = 56.25, proven.

    The 5 of the last month are due after the horizon, but its deliveries go on for twelve months at a quarter of
    what the four have: 75 are due by month 16, so 75 / 4 are delivered by month 4.
    """
    plan = solve(workshop({"accepted_wait": 1, "gap": 0, "slack": 0}))
    assert plan.status == "optimal"
    assert plan.gap == 0
    assert plan.verified
    assert list(plan.objectives["objective"]) == ["shortfall", "cost"]
    assert list(plan.objectives["value"]) == pytest.approx([0, 56.25], abs=1e-3)
    assert set(plan.seconds) == {"build", "hand over", "search", "extract", "verify"}
    assert plan.size["rows"] > 0
    assert set(plan.versions) >= {"optimizer", "pyomo", "highspy", "python"}


def plant(**settings: Any) -> Scenario:
    """Return the workshop with orders of 30, a second shift and a plant of 40 a month that is a choice."""
    return workshop(
        {"gap": 0, "slack": 0, "accepted_wait": 1, "periods": "6x1", "review_months": 1} | settings,
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 1.0, "hiring_months": 0},
        ],
        lines=[
            {"line": "L", "site": "works", "ladder": "two", "shifts_now": 1, "crew_cost": 10},
            {"line": "N", "site": "works", "ladder": "two", "opened_by": "plant", "crew_cost": 10},
        ],
        projects=[{"project": "plant", "kind": "new line", "lead_months": 1, "capex": 100}],
        rates=[{"line": "L", "item": "shell", "rate": 10}, {"line": "N", "item": "shell", "rate": 40}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 30}],
    )


def test_the_short_run_is_the_plan_with_nothing_built() -> None:
    """Its figures are those of a solve without new lines, checked; where none is built they are the plan's own."""
    scenario = plant()
    plan = solve(scenario, short_run=True)
    assert len(plan.starts) == 1 and plan.verified
    alone = solve(scenario.replace(settings={"levers": "shifts; weekends"}), short_run=True)
    assert not len(alone.starts)
    assert dict(plan.short_run) == pytest.approx(figures(alone)) and plan.short_run != figures(plan)
    assert alone.short_run == figures(alone)
    assert plan.short_run["Made until the end"] == pytest.approx(6 * 20)
    assert "short run" in plan.seconds and not solve(scenario).short_run


def test_where_there_is_no_short_run_words_say_so() -> None:
    """A hard target that needs the plant makes it impossible; an interrupted search has no time for it."""
    target = {"target": "T", "kind": "rate", "item": "shell", "value": 30, "strength": "hard", "from_month": "2024-04"}
    scenario = plant()
    plan = solve(scenario.replace(targets=[target]), short_run=True)
    assert plan.verified and set(plan.short_run.values()) == {"impossible"}
    clock = Clock(60.0)
    plan = solve(scenario, short_run=True, clock=clock, watcher=lambda progress: _stop_short_run(progress, clock))
    assert plan.verified and set(plan.short_run.values()) == {"no plan in time"}


def _stop_short_run(progress: Progress, clock: Clock) -> None:
    if progress.stage == "short run":
        clock.stop()


@pytest.mark.parametrize(
    ("value", "gap", "telling"),
    [(100.0, math.inf, False), (99.0, 0.5, False), (90.0, math.inf, True), (100.0, 0.01, True)],
)
def test_a_short_run_like_today_is_told_only_where_it_is_proven(value: float, gap: float, telling: bool) -> None:
    """A search that ran out of time at 100 of 100 without levers says nothing of what the short run can do."""
    table = pd.DataFrame([{"objective": "shortfall", "value": value, "gap": gap, "without_levers": 100.0}])
    plan = Plan(scenario=workshop(), tables={"objectives": table}, status="time limit", gap=gap)
    assert _telling(plan) is telling


def test_the_short_run_takes_a_small_share_of_the_time() -> None:
    """The search leaves it a twentieth, where that is a second at least; less is not worth having."""
    assert _but_for_the_short_run(Clock(100.0)).limit == pytest.approx(95, abs=0.2)
    short = Clock(19.0)
    assert _but_for_the_short_run(short) is short


def test_what_one_more_unit_saves_is_what_an_opening_unit_does_save() -> None:
    """A need of 30 met with 10 a month: a unit in month t is missing in the 6 - t months left and 12 more.

    And a unit less lost in six months is a sixth less a month in the 12 that follow: 12 x 12 / 2 / 6 = 12 more.

    A unit more in stock at the start saves exactly what is told for the first month.
    """
    need = [{"recipient": "R", "item": "shell", "per_month": 30}]
    members = [{"member": "A"}, {"member": "R", "kind": "recipient"}]
    asked: dict[str, Any] = {"members": members, "orders": [], "needs": need}
    settings = {"periods": "6x1", "gap": 0, "slack": 0, "end_months": 12}
    plan = solve(workshop(settings, **asked))
    assert plan.bottlenecks["worth"].tolist() == pytest.approx([30, 29, 28, 27, 26, 25])
    stocks = [{"place": "A", "item": "shell", "opening": 1}]
    saved = plan.objectives["value"][0] - solve(workshop(settings, stocks=stocks, **asked)).objectives["value"][0]
    assert saved == pytest.approx(30, abs=1e-3)


def test_settings_of_a_call_win_over_those_of_the_workbook() -> None:
    """Objectives, gap and time limit given to `solve` are those of the plan's scenario."""
    plan = solve(workshop(), objectives=("cost",), gap=0.125, time_limit=33, threads=1, seed=5)
    settings = plan.scenario.settings
    assert (settings.objectives, settings.gap, settings.time_limit) == (("cost",), 0.125, 33)
    assert (settings.threads, settings.seed) == (1, 5)
    assert list(plan.objectives["objective"]) == ["cost"]


def test_what_is_impossible_names_what_was_asked() -> None:
    """20 a month is too much before a second crew is hired, whatever the waits; its cell and a way out are told."""
    targets = [
        {"target": "too much", "kind": "rate", "item": "shell", "value": 20},
        {"target": "soon", "kind": "waiting time", "item": "shell", "value": 1},
        {"target": "wish", "kind": "rate", "item": "shell", "value": 30, "strength": "soft"},
    ]
    crew = {"ladder": "S", "added_share": 1, "hiring_months": 2}
    hiring = {
        "lines": [{"line": "L", "site": "works", "ladder": "S"}],
        "shift_ladders": [crew | {"step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
    }
    with pytest.raises(ImpossibleError) as error:
        solve(workshop(targets=targets, **hiring))
    message = str(error.value)
    assert "`Workshop` cannot be done" in message
    assert "wish" not in message
    assert [str(finding) for finding in error.value.conflict] == [
        "Targets!row 1, column value: the hard target `too much`: 20 units per month"
    ]
    assert "lower the hard target `too much` from 20 units per month to 10 units per month" in message
    assert "move the start of `too much` to 2024-04" in message
    assert "make `too much` asap or soft instead of hard" in message


def test_what_no_plan_could_ever_do_is_refused_before_it_is_built() -> None:
    """20 a month from a line of 10 without crews to hire; the message says how much could be made at most."""
    target = {"target": "too much", "kind": "rate", "item": "shell", "value": 20}
    with pytest.raises(ImpossibleError, match=r"(?s)No plan could ever do this.*could ever make .*: 10; lower"):
        solve(workshop(targets=[target]))


def test_a_conflict_leaves_out_what_has_no_part_in_it() -> None:
    """A forced project of 100 and a purse of 99 clash; minimum rates, groups and reserves of the workbook do not."""
    with pytest.raises(ImpossibleError) as error:
        solve(
            workshop(
                rates=[{"line": "L", "item": "shell", "rate": 10, "minimum": 1}],
                projects=[
                    {"project": "wider", "kind": "expansion", "line": "L", "added_share": 1, "capex": 100}
                    | {"lead_months": 1, "status": "forced", "group": "all"}
                ],
                groups=[{"group": "all", "at_least": 0}],
                funds=[{"fund": "purse", "year": 2024, "amount": 99}],
                stocks=[{"place": "A", "item": "shell", "opening": 5, "reserve": 2}],
            )
        )
    assert [finding.message for finding in error.value.conflict] == [
        "the forced project `wider`",
        "the amount of `purse` in 2024: 99",
    ]
    assert [finding.message for finding in error.value.proposals] == [
        "raise the amount of `purse` in 2024 from 99 to 100"
    ]


def test_whole_numbers_may_make_it_impossible() -> None:
    """Half an expansion is needed and money is there for half of one: possible in fractions, not in whole plants."""
    tables: dict[str, Any] = {
        "projects": [
            {"project": "wider", "kind": "expansion", "line": "L", "added_share": 1, "capex": 100, "lead_months": 0}
        ],
        "funds": [{"fund": "purse", "year": 2024, "amount": 50, "covers": ["capex"]}],
        "targets": [{"target": "more", "kind": "rate", "item": "shell", "value": 15}],
    }
    assert solve(workshop(**tables), relaxed=True).objectives["value"].iloc[0] == pytest.approx(0, abs=1e-6)
    with pytest.raises(ImpossibleError, match="target `more`"):
        solve(workshop(**tables))


def test_no_time_is_no_plan() -> None:
    """With a microsecond there is no plan; the message names the limit and says how to allow more."""
    with pytest.raises(NoPlanError, match=r"in 1e-06 seconds of search; allow more time \(time_limit,"):
        solve(workshop(), time_limit=1e-6)


def test_time_that_is_up_leaves_a_plan_with_an_honest_gap() -> None:
    """A search whose time is up at its first plan has this plan, which holds every rule, and a bound below it."""
    clock, heard = Jumping(60), []

    def watch(progress: Progress) -> None:
        heard.append(progress)
        clock.jumped = progress.value is not None

    plan = solve(red_tomato(), threads=1, gap=0, clock=clock, watcher=watch)
    assert clock.jumped and len(heard) > 1
    assert plan.status == "time limit"
    assert plan.verified
    assert (plan.objectives["bound"] <= plan.objectives["value"]).all()
    assert plan.gap == pytest.approx(float(plan.objectives["gap"].max()))


def test_a_search_stopped_before_it_begins_has_no_plan() -> None:
    """A clock that is stopped from the start ends in NoPlanError that says so."""
    clock = Clock(60)
    clock.stop()
    with pytest.raises(NoPlanError, match="stopped before a plan was found"):
        solve(workshop(), clock=clock)


def test_a_search_that_is_stopped_says_interrupted() -> None:
    """Stopped by another thread as soon as there is a plan, the search ends with its best plan."""
    clock, found = Clock(120), threading.Event()

    def stop() -> None:
        assert found.wait(60)
        clock.stop()

    def watch(progress: Progress) -> None:
        if progress.value is not None:
            found.set()
            stopping.join()

    stopping = threading.Thread(target=stop)
    stopping.start()
    plan = solve(red_tomato(), threads=1, gap=0, clock=clock, watcher=watch)
    assert clock.seconds < 60
    assert plan.status == "interrupted"
    assert plan.verified
    assert (plan.objectives["bound"] <= plan.objectives["value"]).all()


def test_a_plan_found_in_time_is_finished_when_stopped_in_the_last_stage() -> None:
    """Stopped when the search for the least cost begins, the plan of the first objective is kept."""
    clock = Clock(60)

    def watch(progress: Progress) -> None:
        if progress.stage.startswith("cost"):
            clock.stop()

    plan = solve(WORLDS["factory"]().scenario, clock=clock, watcher=watch)
    assert plan.status == "interrupted"
    assert plan.verified


def test_progress_names_objective_and_stage() -> None:
    """The watcher hears of every stage of every objective, in order, with the time that is left."""
    heard: list[Progress] = []
    solve(WORLDS["factory"]().scenario, watcher=heard.append)
    stages = list(dict.fromkeys(progress.stage for progress in heard))
    assert stages[:3] == ["shortfall: levers off", "shortfall: relaxation", "shortfall: whole plan"]
    assert stages[-2:] == ["cost: whole plan", "cost: tidying"]
    assert all(progress.left > 0 for progress in heard)
    for progress in heard:
        if progress.value is not None and progress.bound is not None and "shortfall" in progress.stage:
            assert progress.bound <= progress.value + 1e-6


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_input_gives_the_same_plan(world: str) -> None:
    """With the same scenario and seed every decision of the plan is the same, to the last digit."""
    scenario = WORLDS[world]().scenario.replace(settings={"seed": 3, "threads": 1})
    first, second = solve(scenario), solve(scenario)
    assert set(first.tables) >= {*DECISIONS, "costs", "objectives"} - OPTIONAL
    for name in first.tables:
        pd.testing.assert_frame_equal(first.tables[name], second.tables[name], check_exact=True)


def test_without_demand_nothing_is_done() -> None:
    """A line that may idle and nothing to make it for: the plan costs nothing and makes nothing."""
    scenario = workshop(orders=[], lines=[{"line": "L", "site": "works", "may_idle": True, "crew_cost": 5}])
    plan = solve(scenario)
    assert plan.verified
    assert plan.objectives["value"].iloc[-1] == pytest.approx(0, abs=1e-9)
    assert plan.output["made"].sum() == pytest.approx(0, abs=1e-9)


def test_learning_crews_do_not_lower_the_minimum() -> None:
    """A line that must make 5 a month at 1 each costs 6 x 5 = 30: no crew joins where one already is."""
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "6x1", "objectives": "cost", "review_months": 2, "gap": 0},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "one"}],
        rates=[{"line": "L", "item": "shell", "rate": 10, "minimum": 5, "unit_cost": 1}],
        shift_ladders=[{"ladder": "one", "step": 1, "pattern": "1-8-5", "ramp_up": "slow", "minimum_stay": 2}],
        profiles=[{"profile": "slow", "month": month, "share": 0} for month in (0, 1)],
    )
    plan = solve(scenario)
    assert plan.verified and plan.objectives["value"][0] == pytest.approx(30)


def test_a_held_objective_with_little_room_gives_no_false_bound() -> None:
    """By enumeration the plant is cheapest, 300 in all; presolve at default tolerances claimed to prove 395."""
    lines = ("L1", "L2", "of plant", "of restart")
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "4x1", "review_months": 1, "weekend_share": 0, "gap": 0, "slack": 0},
        members=[
            {"member": "A", "labour_cost": 2},
            {"member": "B", "labour_cost": 2},
            {"member": "R", "kind": "recipient"},
        ],
        sites=[{"site": "works A", "member": "A"}, {"site": "works B", "member": "B"}],
        items=[{"item": "shell"}],
        shift_ladders=[{"ladder": "ladder", "step": 1, "pattern": "1-8-5"}],
        lines=[
            {"line": "L1", "site": "works A"},
            {"line": "L2", "site": "works B"},
            {"line": "of plant", "site": "works A", "opened_by": "plant"},
            {
                "line": "of restart",
                "site": "works A",
                "opened_by": "restart",
                "ladder": "ladder",
                "people_per_crew": 10,
            },
        ],
        rates=[{"line": line, "item": "shell", "rate": 20, "unit_cost": 1} for line in lines],
        needs=[{"recipient": "R", "item": "shell", "per_month": 20, "weight": 3, "price": 40}],
        projects=[
            {"project": "plant", "kind": "new line", "capex": 40, "lead_months": 0},
            {"project": "restart", "kind": "reactivation", "capex": 40, "lead_months": 0},
        ],
        lanes=[
            {"from_place": a, "to_place": b, "item": "shell", "cost": 1}
            for a, b in (("A", "R"), ("B", "R"), ("B", "A"))
        ],
        targets=[{"target": "t", "kind": "rate", "value": 25, "strength": "soft", "item": "shell", "place": "each"}],
    )
    plan = solve(scenario)
    assert list(plan.objectives["value"]) == pytest.approx([80, 300], rel=1e-5)
    assert plan.status == "optimal" and plan.verified


def test_what_is_delivered_is_told_not_what_was_found() -> None:
    """Of 5 a month that the line lacks 3 can be bought at 100; half of what that gains is given back for money.

    Every search is proven to its end, but the best possible shortfall is not what is delivered, and that is said.
    """
    supplier = {"supplier": "dealer", "item": "shell", "price": 100, "most_per_month": 3}
    order = {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 15}
    settings = {"objectives": "shortfall; cost", "slack": 0.5, "gap": 0, "accepted_wait": 0, "end_months": 0}
    plan = solve(workshop(settings, suppliers=[supplier], orders=[order]))
    shortfall, cost = plan.objectives.to_dict("records")
    assert plan.status == "optimal" and plan.verified
    assert shortfall["value"] > 1.2 * shortfall["found"] and shortfall["found"] == pytest.approx(shortfall["bound"])
    assert shortfall["gap"] == plan.gap == pytest.approx(1 - shortfall["bound"] / shortfall["value"])
    assert shortfall["found_cost"] > cost["value"] + 100 and math.isnan(cost["found_cost"])
    (told,) = plan.given_up
    saved = shortfall["found_cost"] - cost["value"]
    assert told.startswith("shortfall: ") and told.endswith(f"whose plan costs {short(saved)} EUR more")
    assert search_words(plan) == "each search optimal" and plan.gap > 0
    near = f"within {percent(plan.gap)} of the best possible shortfall"
    assert proof_words(plan) == f"proven the best possible cost, {near}"
    assert set(failing(replace(plan, gap=0.0))) == {"verdict_follows_from_the_objectives"}
