"""Wrong plans, each with one thing wrong and the rule that must say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.scenario.network import POOL
from tests.verify.edit import add, change, drop, given, start, with_table
from tests.verify.worlds import factory, investment, lanes, pool, weighted

JAN = dt.date(2025, 1, 1)
FEB = dt.date(2024, 2, 1)


def _shifts(plan: Plan, shifts: tuple[int, ...]) -> Plan:
    for t, count in enumerate(shifts):
        plan = change(plan, "shifts", "shifts", count, t=t)
    return plan


def _target(name: str, value: float) -> Plan:
    return given(factory(), targets=lambda f: f.assign(value=f["value"].where(f["target"] != name, value)))


def _without(plan: Plan, lever: str) -> Plan:
    kept = [name for name in plan.scenario.settings.levers if name != lever]
    return given(plan, settings={"levers": kept})


def _committed(firm: float, *, at_a: bool = False) -> Plan:
    """Return a plan whose committed project is decided in the first month and asks for firm orders."""
    changed = {"start": dt.date(2024, 7, 1), "firm_quantity": firm, "firm_item": "body"}

    def projects(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype(object)
        frame.loc[frame["project"] == "restart", list(changed)] = list(changed.values())
        return frame

    def lines(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(site=frame["site"].where(frame["line"] != "idle", "a"))

    tables = {"projects": projects} | ({"lines": lines} if at_a else {})
    return start(given(investment(), **tables), "restart", 1, 0)


def _found(plan: Plan, objective: str, found: float) -> Plan:
    """Return the plan with a value when found, and what follows from it; bounds lie 1 % below."""
    table = plan.tables["objectives"].copy()
    row = table["objective"] == objective
    table.loc[row, "found"], table.loc[row, "bound"] = found, found * 0.99
    table.loc[row, "given_back"] = table.loc[row, "value"] - found
    return with_table(plan, "objectives", table)


def _opening_crews(crews: int) -> Plan:
    """Return the investment with other crews in the block in which the new line opens."""
    plan = change(investment(), "shifts", "shifts", crews, t=4, line="new")
    return change(plan, "shifts", "shifts", crews, t=5, line="new")


def _stages(**changes: object) -> pd.DataFrame:
    """Return the stages of the factory: a plan from the first, the last proves the bound."""
    first = {"objective": "shortfall", "stage": "relaxation", "seconds": 1.0, "value": 2240.0, "bound": 2140.0}
    last = first | {"stage": "whole plan", "value": 2208.0, "bound": 2208 * 0.99}
    return pd.DataFrame([first, last | changes])


def _people(**columns: float) -> Plan:
    """Return the plan of the pool where its member says something else of people."""
    return given(pool(), members=lambda frame: frame.assign(**{name: [n, None] for name, n in columns.items()}))


def without_people() -> Plan:
    """Return the pool without the table of who is hired and leaves."""
    return replace(pool(), tables={name: table for name, table in pool().tables.items() if name != "people"})


def plant_of(size: float, *, least: float = 1, most: float = 1) -> Plan:
    """Return the investment with a plant whose first unit has a size that is chosen, paid as before."""

    def columns(projects: pd.DataFrame) -> pd.DataFrame:
        mine = projects["project"] == "plant"
        sizes = {"least_size": least, "most_size": most}
        return projects.assign(**{name: projects[name].where(~mine, value) for name, value in sizes.items()})

    return change(given(investment(), projects=columns), "starts", "size", size, project="plant", unit=1)


WRONG: tuple[tuple[str, str, Callable[[], Plan]], ...] = (
    ("tables_are_complete", "a row of output is lost", lambda: drop(factory(), "output", t=3)),
    ("tables_are_complete", "an unknown line", lambda: change(factory(), "shifts", "line", "M", t=0)),
    ("tables_are_complete", "half a weekend", lambda: change(factory(), "weekends", "weekends", 1.5, t=0)),
    ("tables_are_complete", "a negative purchase", lambda: change(factory(), "purchases", "bought", -1, t=3)),
    (
        "tables_are_complete",
        "a month inside a quarter",
        lambda: change(investment(), "stock", "month", dt.date(2025, 2, 1), t=6),
    ),
    (
        "tables_are_complete",
        "pooled stock at a place",
        lambda: change(factory(), "stock", "place", "A", item="shell"),
    ),
    ("tables_are_complete", "a promise is lost", lambda: drop(factory(), "promises", t=2, target="safe")),
    (
        "tables_are_complete",
        "a promise nobody asks for",
        lambda: add(factory(), "promises", t=2, target="kept", place="R", item="shell", short=0),
    ),
    (
        "tables_are_complete",
        "a weekend of a fourth crew",
        lambda: change(factory(), "weekends", "step", 4, t=0),
    ),
    ("tables_are_complete", "an order book is lost", lambda: drop(lanes(), "deliveries", t=3)),
    ("tables_are_complete", "a month of stock is lost", lambda: drop(lanes(), "stock", t=0, place="R")),
    ("shifts_fit_the_ladder", "a fourth shift", lambda: change(factory(), "shifts", "shifts", 4)),
    (
        "shifts_fit_the_ladder",
        "a line that may not idle idles",
        lambda: change(investment(), "shifts", "shifts", 0, t=7, line="old"),
    ),
    (
        "shifts_fit_the_ladder",
        "another shift inside a block",
        lambda: change(factory(), "shifts", "shifts", 2, t=5),
    ),
    ("shifts_fit_the_ladder", "hired before the start", lambda: _shifts(factory(), (2, 2, 2, 2, 1, 1))),
    (
        "crews_stay",
        "released inside the minimum stay",
        lambda: given(_shifts(factory(), (1, 1, 2, 2, 1, 1)), shift_ladders=lambda f: f.assign(minimum_stay=3)),
    ),
    ("people_are_there", "a third crew without people", lambda: _shifts(factory(), (1, 1, 3, 3, 1, 1))),
    ("people_are_there", "people who left too early", lambda: change(pool(), "people", "month", FEB, left=6)),
    ("people_are_there", "people who are still in training", lambda: change(pool(), "people", "month", FEB, hired=10)),
    ("people_are_there", "people who train others", lambda: _people(trainers=0.1)),
    ("people_are_there", "people who quit", lambda: _people(quitting=0.01)),
    ("people_are_hired_as_allowed", "more than may be let go", lambda: _people(people_let_go=5)),
    ("costs_add_up", "people in training at another pay", lambda: _people(training_pay=2)),
    ("people_are_hired_as_allowed", "more than may be hired", lambda: change(pool(), "people", "hired", 11, hired=10)),
    (
        "people_are_hired_as_allowed",
        "people hired where nobody may be",
        lambda: change(pool(), "people", "member", "R", hired=10),
    ),
    (
        "people_are_hired_as_allowed",
        "people hired within a review block",
        lambda: given(change(pool(), "people", "month", FEB, hired=10), {"review_months": 2}),
    ),
    ("costs_add_up", "one who left and was not paid", lambda: change(pool(), "people", "left", 7, left=6)),
    ("costs_add_up", "one who was hired and waits", lambda: change(pool(), "people", "hired", 9, hired=10)),
    ("tables_are_complete", "a pool without its people", lambda: without_people()),
    ("levers_are_respected", "people hired without the lever", lambda: _without(pool(), "shifts")),
    (
        "crews_need_an_open_line",
        "a crew on a line never opened",
        lambda: change(investment(), "shifts", "shifts", 1, line="spare"),
    ),
    (
        "crews_need_an_open_line",
        "a crew a block too early",
        lambda: change(change(investment(), "shifts", "shifts", 1, line="new #2"), "shifts", "shifts", 1, line="new"),
    ),
    (
        "opened_lines_are_staffed",
        "nobody on a line that was opened",
        lambda: change(
            change(investment(), "shifts", "shifts", 0, t=4, line="new"), "shifts", "shifts", 0, t=5, line="new"
        ),
    ),
    (
        "opened_lines_are_staffed",
        "a second crew from the opening on",
        lambda: change(
            change(investment(), "shifts", "shifts", 2, t=4, line="new"), "shifts", "shifts", 2, t=5, line="new"
        ),
    ),
    (
        "weekends_fit_the_calendar",
        "three weekends of two",
        lambda: change(factory(), "weekends", "weekends", 3, t=0),
    ),
    ("weekends_fit_the_calendar", "weekends on a line of a chosen size", lambda: plant_of(1)),
    (
        "weekends_need_a_crew",
        "a weekend without its crew",
        lambda: add(factory(), "weekends", t=0, line="L", step=2, weekends=1),
    ),
    (
        "weekends_need_a_crew",
        "a weekend beside a continuous pattern",
        lambda: _shifts(factory(), (1, 1, 3, 3, 1, 1)),
    ),
    (
        "weekends_need_a_crew",
        "a weekend of the continuous crew",
        lambda: add(_shifts(factory(), (3,) * 6), "weekends", t=1, line="L", step=3, weekends=1),
    ),
    (
        "higher_crews_work_no_more_weekends",
        "the second crew alone",
        lambda: drop(factory(), "weekends", t=3, step=1),
    ),
    (
        "weekends_wait_for_full_ramp_up",
        "a weekend during ramp-up",
        lambda: add(investment(), "weekends", t=5, line="new", step=1, weekends=1),
    ),
    ("starts_are_allowed", "a start inside a quarter", lambda: start(investment(), "plant", 2, 7)),
    (
        "starts_are_allowed",
        "a start after the latest month",
        lambda: given(
            investment(),
            projects=lambda f: f.assign(latest=f["latest"].where(f["project"] != "plant", dt.date(2024, 12, 1))),
        ),
    ),
    (
        "starts_are_allowed",
        "a start that opens after the horizon",
        lambda: start(investment(), "plant", 2, 9),
    ),
    ("starts_are_allowed", "a committed start moved", lambda: start(investment(), "restart", 1, -1)),
    (
        "starts_are_allowed",
        "a committed start forgotten",
        lambda: drop(investment(), "starts", project="restart"),
    ),
    (
        "starts_are_allowed",
        "a forbidden project",
        lambda: add(investment(), "starts", project="never", unit=1, start=JAN, opens=JAN, status="forbidden", size=1),
    ),
    (
        "starts_are_allowed",
        "an opening before its time",
        lambda: change(investment(), "starts", "opens", JAN, project="plant", unit=2),
    ),
    (
        "starts_are_allowed",
        "a third unit of two",
        lambda: change(investment(), "starts", "unit", 3, project="plant", unit=2),
    ),
    (
        "units_start_at_most_once",
        "a unit started twice",
        lambda: change(investment(), "starts", "unit", 1, project="plant"),
    ),
    (
        "forced_projects_start",
        "a forced project left out",
        lambda: drop(investment(), "starts", project="wider"),
    ),
    (
        "units_start_in_order",
        "the second unit first",
        lambda: start(start(investment(), "plant", 1, 6), "plant", 2, 1),
    ),
    (
        "units_start_in_order",
        "the second unit alone",
        lambda: drop(investment(), "starts", project="plant", unit=1),
    ),
    (
        "sizes_are_allowed",
        "a size above the most",
        lambda: given(
            investment(), projects=lambda f: f.assign(most_size=f["most_size"].where(f["most_size"] != 3, 1.9))
        ),
    ),
    (
        "sizes_are_allowed",
        "a size below the least",
        lambda: change(investment(), "starts", "size", 0.9, project="wider"),
    ),
    (
        "sizes_are_allowed",
        "a size that nobody may choose",
        lambda: change(investment(), "starts", "size", 2, project="plant"),
    ),
    (
        "capacity_limits_production",
        "an expansion of less than what it must make",
        lambda: change(investment(), "starts", "size", 1.9, project="wider"),
    ),
    (
        "costs_add_up",
        "an expansion larger than what is paid",
        lambda: change(investment(), "starts", "size", 2.1, project="wider"),
    ),
    (
        "capex_is_paid",
        "an expansion larger than what funds pay",
        lambda: change(investment(), "starts", "size", 2.1, project="wider"),
    ),
    ("groups_start_enough", "no plant", lambda: drop(investment(), "starts", project="plant")),
    ("groups_start_no_more", "two plants", lambda: start(investment(), "other", 1, 0)),
    ("required_projects_start_first", "plant before wider", lambda: start(investment(), "wider", 1, 3)),
    ("starts_per_year_are_limited", "three units in a year", lambda: start(investment(), "plant", 2, 5)),
    ("firm_orders_come_first", "committed with 60 of 100 ordered", lambda: _committed(100)),
    ("starts_per_year_are_limited", "a third where two are", lambda: _committed(0, at_a=True)),
    ("firm_orders_come_first", "a plant with 60 of 100 ordered", lambda: start(investment(), "plant", 1, 0)),
    (
        "capacity_limits_production",
        "more than the line can",
        lambda: change(factory(), "output", "made", 100.01, t=1),
    ),
    (
        "capacity_limits_production",
        "ramp-up of a crew forgotten",
        lambda: change(factory(), "output", "made", 180, t=2),
    ),
    (
        "capacity_limits_production",
        "ramp-up of a plant forgotten",
        lambda: change(investment(), "output", "made", 200, t=5, line="new"),
    ),
    (
        "capacity_limits_production",
        "an expansion before it opens",
        lambda: change(investment(), "output", "made", 150, t=1, line="old"),
    ),
    (
        "capacity_limits_production",
        "output without a rate",
        lambda: given(factory(), rates=lambda f: f.assign(to_month=dt.date(2024, 5, 1))),
    ),
    (
        "running_lines_keep_the_minimum_rate",
        "less than the minimum",
        lambda: change(factory(), "output", "made", 19.9, t=5),
    ),
    (
        "running_lines_keep_the_minimum_rate",
        "a plant below its minimum",
        lambda: change(investment(), "output", "made", 79, t=7, line="new #2"),
    ),
    (
        "running_lines_keep_the_minimum_rate",
        "a plant below the minimum of its size",
        lambda: plant_of(6, most=6),
    ),
    (
        "running_crews_keep_their_minimum_rate",
        "crews below the minimum of the size of their plant",
        lambda: plant_of(6, most=6),
    ),
    (
        "capacity_limits_production",
        "a plant of half the size that makes as much",
        lambda: plant_of(0.5, least=0.5),
    ),
    (
        "running_crews_keep_their_minimum_rate",
        "less than the minimum of its crew",
        lambda: change(factory(), "output", "made", 74.9, t=5),
    ),
    (
        "running_crews_keep_their_minimum_rate",
        "two crews of a plant make no more than one must",
        lambda: change(investment(), "output", "made", 239, t=7, line="new"),
    ),
    (
        "material_balances",
        "stock from nowhere",
        lambda: change(factory(), "stock", "closing", 33, t=3, item="shell"),
    ),
    (
        "material_balances",
        "a by-product that vanishes",
        lambda: change(factory(), "discards", "discarded", 9, t=1, item="scrap"),
    ),
    (
        "only_waste_is_discarded",
        "what is worth keeping, thrown away",
        lambda: add(factory(), "discards", t=3, place=POOL, item="shell", discarded=1),
    ),
    (
        "tables_are_complete",
        "nothing is said of what is thrown away",
        lambda: replace(factory(), tables={k: v for k, v in factory().tables.items() if k != "discards"}),
    ),
    (
        "tables_are_complete",
        "thrown away where it is not kept",
        lambda: change(factory(), "discards", "place", "A", t=0),
    ),
    (
        "costs_add_up",
        "throwing away for nothing",
        lambda: change(factory(), "costs", "amount", 0, t=1, category="disposal"),
    ),
    (
        "material_balances",
        "a purchase that has not arrived",
        lambda: change(factory(), "purchases", "bought", 399, t=2),
    ),
    (
        "material_balances",
        "a shipment that is still on its way",
        lambda: given(lanes(), lanes=lambda f: f.assign(transit_months=f["transit_months"].replace(0.5, 4))),
    ),
    ("material_balances", "a shipment forgotten", lambda: drop(lanes(), "shipments", t=2, to_place="B")),
    ("own_stockpiles_balance", "a gift from nowhere", lambda: change(factory(), "gifts", "given", 21, t=1)),
    (
        "stocks_stay_within_limits",
        "below the reserve",
        lambda: change(factory(), "stock", "closing", 1.9, t=5, item="powder"),
    ),
    (
        "stocks_stay_within_limits",
        "an own stockpile below its reserve",
        lambda: change(factory(), "own_stock", "closing", 29, t=1),
    ),
    (
        "stocks_stay_within_limits",
        "more than fits",
        lambda: change(lanes(), "stock", "closing", 81, t=3, place="A"),
    ),
    (
        "stocks_stay_within_limits",
        "what cannot be stored",
        lambda: given(
            lanes(),
            items=lambda f: f.assign(can_be_stored=False),
            stocks=lambda f: f.assign(storage_limit=None),
        ),
    ),
    (
        "stock_stays_within_its_shelf_life",
        "what came in in the month before",
        lambda: given(factory(), items=lambda f: f.assign(shelf_life=f["shelf_life"] - 0.01)),
    ),
    (
        "stock_stays_within_its_shelf_life",
        "opening stock that is kept too long",
        lambda: given(factory(), items=lambda f: f.assign(shelf_life=f["shelf_life"].where(f["item"] != "powder", 1))),
    ),
    (
        "stock_stays_within_its_shelf_life",
        "opening stock that was old at the start",
        lambda: given(
            factory(),
            items=lambda f: f.assign(shelf_life=f["shelf_life"].where(f["item"] != "powder", 1.5)),
            stocks=lambda f: f.assign(age=0.5),
        ),
    ),
    (
        "stock_stays_within_its_shelf_life",
        "what arrived two months before",
        lambda: given(lanes(), items=lambda f: f.assign(shelf_life=0.5)),
    ),
    (
        "stocks_fit_the_room",
        "more powder in the pool than all places have room for",
        lambda: change(factory(), "stock", "closing", 221, t=2, item="powder"),
    ),
    (
        "stocks_fit_the_room",
        "more shells at a place than it has room for",
        lambda: change(lanes(), "stock", "closing", 81, t=3, place="A"),
    ),
    (
        "suppliers_deliver_a_limited_amount",
        "more than it sells",
        lambda: change(factory(), "purchases", "bought", 401, t=0),
    ),
    (
        "suppliers_deliver_a_limited_amount",
        "after its last month",
        lambda: add(factory(), "purchases", t=5, supplier="Mill", place=POOL, item="powder", bought=1),
    ),
    (
        "purchases_go_where_they_may",
        "a pooled item bought to a place",
        lambda: change(factory(), "purchases", "place", "A", t=0),
    ),
    (
        "purchases_go_where_they_may",
        "a place without a lane",
        lambda: change(lanes(), "purchases", "place", "A", t=1),
    ),
    (
        "lanes_carry_a_limited_amount",
        "more than fits",
        lambda: change(lanes(), "shipments", "shipped", 101, t=0, to_place="R"),
    ),
    (
        "lanes_carry_a_limited_amount",
        "no such lane",
        lambda: change(lanes(), "shipments", "from_place", "R", t=0, to_place="B"),
    ),
    (
        "gifts_need_a_stockpile_and_a_way",
        "no own stockpile",
        lambda: change(lanes(), "gifts", "member", "A", t=0),
    ),
    (
        "gifts_need_a_stockpile_and_a_way",
        "no lane",
        lambda: given(lanes(), lanes=lambda f: f[f["to_place"] != "R"]),
    ),
    (
        "needs_are_met_or_lost",
        "a need forgotten",
        lambda: change(factory(), "losses", "lost", 9, t=0, band=2),
    ),
    (
        "needs_are_met_or_lost",
        "more lost than a band needs",
        lambda: change(change(factory(), "losses", "lost", 21, t=5, band=2), "losses", "lost", 9, t=5, band=1),
    ),
    (
        "needs_are_met_or_lost",
        "a gift before it arrives",
        lambda: given(lanes(), lanes=lambda f: f.assign(transit_months=f["transit_months"].where(f["cost"] != 4, 1))),
    ),
    (
        "order_book_balances",
        "orders lost from the book",
        lambda: change(factory(), "deliveries", "backlog", 63, t=0),
    ),
    (
        "order_book_balances",
        "more than is ordered",
        lambda: change(lanes(), "deliveries", "backlog", -1, t=0),
    ),
    (
        "pledges_stay_within_the_table",
        "more than the table",
        lambda: change(factory(), "pledges", "pledged", 15.1, t=1),
    ),
    (
        "pledges_stay_within_the_table",
        "a pledge too late to be due",
        lambda: add(factory(), "pledges", t=3, member="A", item="shell", pledged=1),
    ),
    ("capex_is_paid", "a payment left out", lambda: drop(investment(), "payments", project="wider")),
    (
        "capex_is_paid",
        "paid a year late",
        lambda: change(investment(), "payments", "year", 2025, project="wider"),
    ),
    (
        "costs_are_paid",
        "crews paid in part",
        lambda: change(investment(), "payments", "paid", 652, category="crews", year=2024),
    ),
    (
        "payments_are_allowed",
        "a fund that does not cover crews",
        lambda: change(investment(), "payments", "fund", "Common", category="crews"),
    ),
    (
        "payments_are_allowed",
        "capex that is counted only",
        lambda: add(
            investment(),
            "payments",
            fund="Common",
            member="B",
            category="capex",
            project="restart",
            year=2024,
            paid=75,
        ),
    ),
    (
        "co_financing_is_limited",
        "more than a quarter",
        lambda: change(investment(), "payments", "paid", 2001, fund="Common", year=2025),
    ),
    (
        "funds_hold",
        "more than the year's amount",
        lambda: change(investment(), "payments", "paid", 5566, project="plant", year=2024, fund="A budget"),
    ),
    (
        "funds_hold",
        "more than was carried over",
        lambda: given(investment(), funds=lambda f: f.assign(amount=f["amount"].where(f["amount"] != 1200, 1199))),
    ),
    (
        "funds_hold",
        "nothing is carried over",
        lambda: given(investment(), funds=lambda f: f.assign(carries_over=False)),
    ),
    (
        "output_reaches_the_target",
        "a soft gap understated",
        lambda: change(factory(), "promises", "short", 3.9, t=0, target="fast"),
    ),
    ("coverage_reaches_the_target", "96 % of the need asked", lambda: _target("kept", 0.96)),
    (
        "stock_reaches_the_target",
        "attained before it holds",
        lambda: change(factory(), "promises", "attained", 1, t=2, target="safe"),
    ),
    ("output_is_made_at_home", "too little made at home", lambda: change(factory(), "output", "made", 20)),
    (
        "money_is_spent_at_home",
        "spent abroad",
        lambda: change(investment(), "payments", "member", "B", category="crews"),
    ),
    (
        "waiting_time_is_kept",
        "a delivery moved to the next month",
        lambda: change(change(factory(), "deliveries", "delivered", 30, t=2), "deliveries", "delivered", 70, t=3),
    ),
    (
        "waiting_time_is_kept",
        "orders of January alone, delivered over the quarter",
        lambda: given(
            investment(),
            orders=lambda f: pd.concat([f, f, f]).assign(
                from_month=[dt.date(2024, 7, 1), JAN, dt.date(2025, 4, 1)],
                to_month=[dt.date(2024, 12, 1), JAN, None],
                per_month=[60, 180, 60],
            ),
            targets=lambda f: f.assign(kind="waiting time", item="body", value=1),
        ),
    ),
    (
        "inputs_sustain_the_target",
        "a rate said to be sustained while powder comes from stock alone",
        lambda: change(factory(), "promises", "attained", 1, t=0, target="lasting"),
    ),
    (
        "attained_targets_stay_attained",
        "attained, then not",
        lambda: change(factory(), "promises", "attained", 0, t=4, target="safe"),
    ),
    (
        "attained_targets_stay_attained",
        "attained in the last month alone",
        lambda: change(
            change(factory(), "promises", "attained", 0, t=3, target="safe"),
            "promises",
            "attained",
            0,
            t=4,
            target="safe",
        ),
    ),
    ("levers_are_respected", "shifts are off", lambda: _without(factory(), "shifts")),
    ("levers_are_respected", "a second shift on a new line", lambda: _without(investment(), "shifts")),
    ("levers_are_respected", "weekends are off", lambda: _without(factory(), "weekends")),
    ("levers_are_respected", "pledges are off", lambda: _without(factory(), "pledges")),
    ("levers_are_respected", "donations are off", lambda: _without(factory(), "donations")),
    ("levers_are_respected", "purchases of what lines make are off", lambda: _without(lanes(), "purchases")),
    ("levers_are_respected", "new lines are off", lambda: _without(investment(), "new lines")),
    ("costs_add_up", "a cost dropped", lambda: drop(factory(), "costs", t=3, category="weekends")),
    (
        "costs_add_up",
        "hiring forgotten",
        lambda: change(factory(), "costs", "amount", 2175, t=2, category="crews"),
    ),
    (
        "costs_add_up",
        "hiring in money forgotten",
        lambda: given(factory(), shift_ladders=lambda f: f.assign(hiring_money=7.0)),
    ),
    (
        "costs_add_up",
        "release in money forgotten",
        lambda: given(factory(), shift_ladders=lambda f: f.assign(release_money=7.0)),
    ),
    *(
        (
            "costs_add_up",
            f"a rise of {cost} forgotten",
            lambda cost=cost: given(factory(), cost_changes=lambda _: pd.DataFrame([{"cost": cost, "factor": 1.1}])),
        )
        for cost in ("labour", "holding", "transport")
    ),
    (
        "costs_add_up",
        "another payer",
        lambda: change(lanes(), "costs", "member", "A", t=1, category="purchases"),
    ),
    (
        "objectives_add_up",
        "a better shortfall",
        lambda: change(factory(), "objectives", "value", 2207, objective="shortfall"),
    ),
    (
        "objectives_add_up",
        "a better speed",
        lambda: change(factory(), "objectives", "value", 4, objective="speed"),
    ),
    (
        "objectives_add_up",
        "a cheaper plan",
        lambda: change(investment(), "objectives", "value", 15153, objective="cost"),
    ),
    (
        "objectives_add_up",
        "no price of waiting",
        lambda: change(weighted(), "objectives", "value", 27078.42 - 336, objective="weighted"),
    ),
    (
        "objectives_add_up",
        "a bound above the value",
        lambda: change(factory(), "objectives", "bound", 2209, objective="shortfall"),
    ),
    (
        "objectives_add_up",
        "cost before speed",
        lambda: with_table(factory(), "objectives", factory().tables["objectives"].iloc[[0, 2, 1]]),
    ),
    (
        "objectives_add_up",
        "another currency",
        lambda: change(factory(), "objectives", "unit", "USD", objective="cost"),
    ),
    (
        "objectives_add_up",
        "worse without levers than with nothing delivered",
        lambda: change(factory(), "objectives", "without_levers", 1e6, objective="shortfall"),
    ),
    (
        "objectives_add_up",
        "cost without levers",
        lambda: change(factory(), "objectives", "without_levers", 3e4, objective="cost"),
    ),
    (
        "given_back_stays_within_slack",
        "one per cent given back of a slack of a half",
        lambda: _found(factory(), "shortfall", 2208 / 1.01),
    ),
    (
        "given_back_stays_within_slack",
        "half a per cent of the value where the levers gain next to nothing",
        lambda: change(
            _found(factory(), "shortfall", 2202), "objectives", "without_levers", 2240, objective="shortfall"
        ),
    ),
    ("given_back_stays_within_slack", "months given back", lambda: _found(factory(), "speed", 4)),
    ("given_back_stays_within_slack", "more cost than a tidier plan may", lambda: _found(factory(), "cost", 23500)),
    ("given_back_stays_within_slack", "a value below the best", lambda: _found(factory(), "shortfall", 2210)),
    (
        "given_back_stays_within_slack",
        "less cost than was found with nothing more given back",
        lambda: _found(factory(), "cost", 24000),
    ),
    (
        "objectives_add_up",
        "the gap of what is delivered where that of the search is wider",
        lambda: change(_found(factory(), "cost", 24000), "objectives", "bound", 23742.42 * 0.99, objective="cost"),
    ),
    (
        "verdict_follows_from_the_objectives",
        "the best possible with a gap of 1 %",
        lambda: replace(factory(), status="optimal"),
    ),
    ("verdict_follows_from_the_objectives", "out of time", lambda: replace(factory(), status="time limit")),
    ("verdict_follows_from_the_objectives", "no such status", lambda: replace(factory(), status="proven")),
    ("verdict_follows_from_the_objectives", "no gap", lambda: replace(factory(), status="optimal", gap=0.0)),
    (
        "verdict_follows_from_the_objectives",
        "a stage that proves more",
        lambda: replace(factory(), stages=_stages(bound=2207)),
    ),
    (
        "verdict_follows_from_the_objectives",
        "a stage that finds more",
        lambda: replace(factory(), stages=_stages(value=2140)),
    ),
    (
        "verdict_follows_from_the_objectives",
        "a stage of no objective",
        lambda: replace(factory(), stages=_stages(objective="joy")),
    ),
    ("verdict_follows_from_the_objectives", "half a row", lambda: replace(factory(), size={"rows": 10.5})),
    ("verdict_follows_from_the_objectives", "no time at all", lambda: replace(factory(), seconds={"search": -1.0})),
    ("verdict_follows_from_the_objectives", "no wait", lambda: replace(factory(), wait_without_levers=-1.0)),
    (
        "objectives_add_up",
        "a smaller gap",
        lambda: change(factory(), "objectives", "gap", 0.005, objective="cost"),
    ),
    (
        "objectives_add_up",
        "something given back",
        lambda: change(factory(), "objectives", "found", 2140, objective="shortfall"),
    ),
    (
        "objectives_add_up",
        "a smaller gap of the gain",
        lambda: change(
            change(factory(), "objectives", "without_levers", 3000.0, objective="shortfall"),
            "objectives",
            "gap_of_gain",
            0.001,
            objective="shortfall",
        ),
    ),
)
