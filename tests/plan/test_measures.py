"""Measures against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
import time

import numpy as np
import pandas as pd
import pytest

from optimizer.plan.measure_tables import MEASURES
from optimizer.plan.measures import Measures
from optimizer.scenario.network import WORKING_DAYS
from tests.plan.fixture_plan import SHELL, alliance_plan, alliance_scenario, scenario_of, tables_of
from tests.verify.worlds import investment, pool

START = {"start": "2023-02", "periods": "12x1"}
MEMBERS = [{"member": "Norway"}, {"member": "Germany"}, {"member": "Ukraine", "kind": "recipient"}]
ITEMS = [{"item": SHELL}, {"item": "powder", "kind": "component"}]


def _dates(scenario):
    return scenario.calendar.period_dates()


def _deliveries(scenario, per_month, customer="Norway"):
    lengths = scenario.calendar.lengths
    return [
        {"customer": customer, "item": SHELL, "month": date, "delivered": per_month * months, "backlog": 0.0}
        for date, months in zip(_dates(scenario), lengths, strict=True)
    ]


def _book(months=24, per_month=2337.5, customer="Norway", **more):
    first = dt.date(2023, 2, 1)
    begin = (first.year * 12 + first.month - 1) - months
    return {
        "customer": customer,
        "item": SHELL,
        "from_month": dt.date(begin // 12, begin % 12 + 1, 1),
        "to_month": dt.date(2023, 1, 1),
        "per_month": per_month,
        **more,
    }


# -- waiting time --------------------------------------------------------------------------------
def test_an_order_placed_today_waits_for_the_whole_book():
    """A book of 24 x 2,337.5 = 56,100 at 2,000 a month takes 56,100 / 2,000 = 28.05 months."""
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book()])
    found = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 2000.0))).placed_today
    today = found[found["customer"] == "Norway"].iloc[0]
    assert today["wait"] == pytest.approx(28.05)
    assert today["at_closing_rate"] == "yes"
    # 28.05 months after 2023-02-01: month 28 is 2025-06, of 30 days, 0.05 x 30 = 1.5 days on
    assert today["delivered_on"] == pd.Timestamp(2025, 6, 2)


def test_every_month_of_the_horizon_and_its_end_is_told():
    """With nothing new ordered, an order placed at x waits 28.05 - x: 27.05 at 1, 16.05 at the end."""
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book()])
    found = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 2000.0))).placed_today
    waits = found.loc[found["customer"] == "Norway", "wait"]
    assert waits.to_numpy() == pytest.approx(28.05 - np.arange(13))


def test_an_empty_book_means_no_wait():
    """100 ordered and 100 delivered every month: nothing is ahead, the wait is 0."""
    order = {"customer": "Norway", "item": SHELL, "from_month": "2023-02", "per_month": 100}
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[order])
    measures = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 100.0)))
    assert measures.placed_today["wait"].to_numpy() == pytest.approx(0.0)
    assert measures.waiting_time["wait"].to_numpy() == pytest.approx(0.0)


def test_cohorts_are_served_first_in_first_out():
    """Two months of 300 and 100 delivered at 100 a month.

    The first cohort (2022-12, units 0 to 300) is delivered over months 0 to 3: its middle unit is
    placed at -1.5 and delivered at 1.5, so 3 months on average; its first unit, placed at -2, waits 2
    and its last, placed at -1, waits 4. The second (units 300 to 400) is delivered over months 3 to 4:
    3.5 - (-0.5) = 4 on average.
    """
    orders = [
        {
            "customer": "Norway",
            "item": SHELL,
            "from_month": "2022-12",
            "to_month": "2022-12",
            "per_month": 300,
        },
        {
            "customer": "Norway",
            "item": SHELL,
            "from_month": "2023-01",
            "to_month": "2023-01",
            "per_month": 100,
        },
    ]
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=orders)
    found = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 100.0))).waiting_time
    first, second = found[found["customer"] == "Norway"].to_dict("records")
    assert (first["placed"], first["units"]) == (pd.Timestamp(2022, 12, 1), 300)
    assert (first["first_delivered"], first["last_delivered"]) == (
        pd.Timestamp(2023, 2, 1),
        pd.Timestamp(2023, 5, 1),
    )
    assert (first["wait"], first["longest_wait"]) == (pytest.approx(3.0), pytest.approx(4.0))
    assert (second["first_delivered"], second["last_delivered"]) == (
        pd.Timestamp(2023, 5, 1),
        pd.Timestamp(2023, 6, 1),
    )
    assert second["wait"] == pytest.approx(4.0)


def test_a_gap_in_deliveries_shows_in_the_longest_wait():
    """100 units of 2023-01: half in month 0, half in month 6.

    The mean is (0.5 x 0.5 + 0.5 x 6.5) - (-0.5) = 4 months. The 51st unit, placed at -0.5, is the
    slowest to begin: delivered at 6, it waited 6.5; the last, placed at 0 and delivered at 7, waited 7.
    """
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book(1, 100)])
    deliveries = [row | {"delivered": 50.0 * (t in (0, 6))} for t, row in enumerate(_deliveries(scenario, 0.0))]
    row = Measures(scenario, tables_of(deliveries=deliveries)).waiting_time.iloc[0]
    assert (row["wait"], row["longest_wait"]) == (pytest.approx(4.0), pytest.approx(7.0))
    assert row["last_delivered"] == pd.Timestamp(2023, 9, 1)


def test_what_is_never_delivered_is_told_as_never():
    """Without deliveries the closing rate is 0: no date, no wait, `never`."""
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book()])
    measures = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 0.0)))
    assert set(measures.placed_today["at_closing_rate"]) == {"never"}
    assert measures.placed_today["delivered_on"].isna().all()
    assert measures.waiting_time["wait"].isna().all()
    assert measures.headline["waiting_time_months"]["now"] is None
    json.dumps(measures.headline)


def test_order_books_are_pooled_by_item():
    """Books of 1,200 at 100 and 2,400 at 300 a month: 12 and 8 months alone, 3,600 / 400 = 9 pooled."""
    orders = [_book(12, 100), _book(12, 200, "Germany")]
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=orders)
    deliveries = _deliveries(scenario, 100.0) + _deliveries(scenario, 300.0, "Germany")
    measures = Measures(scenario, tables_of(deliveries=deliveries))
    today = measures.placed_today.groupby("customer")["wait"].first()
    # Germany has received everything after 8 months; its deliveries beyond the book change nothing
    assert today["Norway"] == pytest.approx(12)
    assert today["Germany"] == pytest.approx(8)
    assert today["(all)"] == pytest.approx(9)
    assert measures.headline["waiting_time_months"]["slowest customer"]["customer"] == "Norway"


def test_pledges_wait_behind_what_was_ordered_before():
    """100 pledged in month 0 behind a book of 200: at month 1 the 300 ahead take until 3, a wait of 2."""
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book(1, 200)])
    pledges = [{"member": "Norway", "item": SHELL, "month": _dates(scenario)[0], "pledged": 100.0}]
    found = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 100.0), pledges=pledges)).placed_today
    assert found["wait"].iloc[1] == pytest.approx(2.0)


def test_late_units_follow_the_accepted_wait_of_their_row():
    """A book of 12 x 100 with 6 accepted months is due by 100 a month from month -6 on.

    At the end of month 0 (x = 1) units placed before month -5 are due: 700; 50 are delivered: 650 late.
    """
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, orders=[_book(12, 100, accepted_wait=6)])
    found = Measures(scenario, tables_of(deliveries=_deliveries(scenario, 50.0))).orders
    assert found["late"].iloc[0] == pytest.approx(650)


# -- capacity ------------------------------------------------------------------------------------
def _factory(**project):
    return scenario_of(
        {**START, "weekend_efficiency": 0.9},
        members=MEMBERS,
        items=ITEMS,
        sites=[{"site": "Raufoss", "member": "Norway", "producer": "Northern Arms"}],
        lines=[
            {"line": "A", "site": "Raufoss", "ladder": "two", "crew_cost": 100, "people_per_crew": 50},
            {"line": "B", "site": "Raufoss", "opened_by": "Plant"},
        ],
        rates=[{"line": "A", "item": SHELL, "rate": 1000}, {"line": "B", "item": SHELL, "rate": 500}],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {
                "ladder": "two",
                "step": 2,
                "pattern": "2-8-5",
                "added_share": 0.8,
                "cost_factor": 1.5,
                "hiring_months": 2,
                "hiring_cost": 3,
                "ramp_up": "half",
            },
        ],
        profiles=[{"profile": "half", "month": 0, "share": 0.5}],
        projects=[
            {"project": "Plant", "kind": "new line", "capex": 1000, "lead_months": 4, "ramp_up": "half"},
            {
                "project": "Press",
                "kind": "expansion",
                "line": "A",
                "added_share": 0.5,
                "capex": 60,
                "lead_months": 0,
            },
        ],
    )


def _factory_tables(scenario):
    """A works a second shift from month 3 and one weekend in month 0; Press opens in month 6, Plant in 4."""
    dates = _dates(scenario)
    made = [1000 + 1000 * 2 * 0.9 / WORKING_DAYS, 1000, 1000, 1400, 1800, 1800, *[2700] * 6]
    return tables_of(
        starts=[
            {"project": "Plant", "unit": 1, "start": dates[0], "opens": dates[4], "status": "option"},
            {"project": "Press", "unit": 1, "start": dates[6], "opens": dates[6], "status": "option"},
        ],
        shifts=[
            row
            for t, date in enumerate(dates)
            for row in (
                {"line": "A", "month": date, "shifts": 1 + (t >= 3)},
                {"line": "B", "month": date, "shifts": int(t >= 3)},
            )
        ],
        weekends=[{"line": "A", "step": 1, "month": dates[0], "weekends": 1}],
        output=[{"line": "A", "item": SHELL, "month": date, "made": made[t]} for t, date in enumerate(dates)]
        + [{"line": "B", "item": SHELL, "month": date, "made": 250.0 * (t >= 4)} for t, date in enumerate(dates)],
    )


def test_capacity_is_split_by_lever():
    """Months of 1-8-5 by hand.

    Line A: 1 base; the second crew joins in month 3 at half of 0.8 = 0.4, then 0.8; a weekend gives
    2 x 0.9 / 21.75; the press adds half of 1.8 = 0.9 from month 6. Line B opens in month 4 at half.
    """
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).capacity
    a, b = found[found["line"] == "A"], found[found["line"] == "B"]
    assert a["base"].to_numpy() == pytest.approx(np.ones(12))
    assert a["added_shifts"].to_numpy() == pytest.approx([0, 0, 0, 0.4, *[0.8] * 8])
    assert a["weekend_output"].iloc[0] == pytest.approx(1.8 / 21.75)
    assert a["expansions"].to_numpy() == pytest.approx([*[0] * 6, *[0.9] * 6])
    assert b["new_lines"].to_numpy() == pytest.approx([0, 0, 0, 0, 0.5, *[1] * 7])
    assert a["utilisation"].to_numpy() == pytest.approx(np.ones(12))
    assert b["utilisation"].iloc[5] == pytest.approx(0.5)
    assert a["pattern"].iloc[[0, 3]].tolist() == ["1-8-5", "2-8-5"]
    assert b["pattern"].iloc[[0, 3]].tolist() == ["not open", "1-8-5"]


def test_output_is_split_like_the_capacity_it_comes_from():
    """In month 6 line A makes 2,700: 1,000 base, 800 by the second crew, 900 by the press; B adds 250."""
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).output_by_lever
    row = found[found["item"] == SHELL].iloc[6]
    split = row[["base", "added_shifts", "weekend_output", "expansions", "new_lines", "reactivations"]]
    assert split.to_list() == pytest.approx([1000, 800, 0, 900, 250, 0])
    assert row["made"] == pytest.approx(2950)


def test_decisions_tell_when_to_decide_what_and_at_which_cost():
    """The crew of month 3 takes 2 months to hire: decide in 2023-03; 3 x 150 one-off, 150 a month."""
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).decisions
    assert found["decide_by"].is_monotonic_increasing
    crew = found[(found["kind"] == "shift") & (found["where"] == "A")].iloc[0]
    assert (crew["decide_by"], crew["effective_from"]) == (
        pd.Timestamp(2023, 4 - 1, 1),
        pd.Timestamp(2023, 5, 1),
    )
    assert (crew["one_off_cost"], crew["monthly_cost"], crew["lead_months"]) == (450, 150, 2)
    assert crew["what"] == "Hire one crew: 1-8-5 to 2-8-5"
    plant = found[found["what"] == "Build Plant"].iloc[0]
    assert (plant["decide_by"], plant["one_off_cost"], plant["run"]) == (
        pd.Timestamp(2023, 2, 1),
        1000,
        "short run",
    )
    weekends = found[found["kind"] == "weekends"].iloc[0]
    # a weekend run costs 100 / 21.75 x 2 without a premium
    assert weekends["monthly_cost"] == pytest.approx(100 / 21.75 * 2)


def test_levers_count_crews_weekends_and_projects():
    """Two crews join (one of them on the new line), one weekend is run, two projects start."""
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).levers
    assert found == {"shifts_added": 2, "weekend_runs": 1, "projects_started": 2, "units_pledged": 0.0}


def test_projects_tell_opening_and_full_output():
    """Plant is decided in 2023-02, opens 4 months later and is at full output after one month of ramp-up."""
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).projects.iloc[0]
    assert found[["start", "opens", "full_output"]].to_list() == [
        pd.Timestamp(2023, 2, 1),
        pd.Timestamp(2023, 6, 1),
        pd.Timestamp(2023, 7, 1),
    ]
    assert found["lines"] == "B"


def test_producers_tell_volumes_and_hires_by_year_once():
    """50 people are hired for line A in 2023 (line B states none); volumes add up to what is made."""
    scenario = _factory()
    measures = Measures(scenario, _factory_tables(scenario))
    assert measures.producers.groupby("year")["people"].sum()[2023] == 50
    assert measures.producers["made"].sum() == pytest.approx(measures.production["made"].sum())


# -- needs, money, headline ----------------------------------------------------------------------
def test_needs_are_covered_from_the_first_month_without_a_gap_to_the_end():
    """A need of 10 a month is met by 9 + 1 given from the fourth month on: met from 2023-05."""
    needs = [{"recipient": "Ukraine", "item": SHELL, "per_month": 10}]
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, needs=needs)
    dates = _dates(scenario)
    tables = tables_of(
        uses=[{"recipient": "Ukraine", "item": SHELL, "month": date, "used": 9} for date in dates],
        gifts=[{"member": "Norway", "recipient": "Ukraine", "item": SHELL, "month": d, "given": 1} for d in dates[3:]],
        losses=[{"recipient": "Ukraine", "item": SHELL, "band": 1, "month": d, "lost": 1} for d in dates[:3]],
    )
    measures = Measures(scenario, tables)
    assert measures.headline["needs_met_from"] == {"month": "2023-05", "reason": ""}
    assert measures.needs["coverage"].iloc[[0, 3]].to_list() == pytest.approx([0.9, 1.0])


def test_a_need_missed_at_the_end_is_not_met_within_the_horizon():
    """The need of the last month goes unmet, so there is no month from which all is met."""
    needs = [{"recipient": "Ukraine", "item": SHELL, "per_month": 10}]
    scenario = scenario_of(START, members=MEMBERS, items=ITEMS, needs=needs)
    uses = [{"recipient": "Ukraine", "item": SHELL, "month": date, "used": 10} for date in _dates(scenario)[:-1]]
    found = Measures(scenario, tables_of(uses=uses)).headline["needs_met_from"]
    assert found == {"month": None, "reason": "not within the horizon"}


def test_money_falls_to_calendar_years():
    """300 in a quarter from 2023-11 are 200 in 2023 and 100 in 2024; a fund of 250 carries 50 over."""
    scenario = scenario_of(
        {"start": "2023-11", "periods": "1x3"},
        members=MEMBERS,
        items=ITEMS,
        funds=[
            {"fund": "F", "year": year, "amount": amount, "member": "Norway", "carries_over": "yes"}
            for year, amount in ((2023, 250), (2024, 100))
        ],
    )
    cost = {
        "member": "Norway",
        "category": "crews",
        "project": "",
        "month": dt.date(2023, 11, 1),
        "amount": 300.0,
    }
    payments = [
        {"fund": "F", "member": "Norway", "category": "crews", "project": "", "year": year, "paid": paid}
        for year, paid in ((2023, 200.0), (2024, 100.0))
    ]
    measures = Measures(scenario, tables_of(costs=[cost], payments=payments))
    assert measures.spending[["year", "amount", "funded"]].to_numpy().tolist() == [
        [2023, 200, 200],
        [2024, 100, 100],
    ]
    assert measures.fund_use[["carried", "paid", "left"]].to_numpy().tolist() == [[0, 200, 50], [50, 100, 50]]
    assert measures.headline["total_cost_EUR"] == 300


def test_capex_falls_due_by_its_payment_profile_and_sunk_payments_are_left_out():
    """Half of 100 at the decision, half a year later: decided in 2022-08, only 50 in 2023-08 is still due."""
    scenario = scenario_of(
        START,
        members=MEMBERS,
        items=ITEMS,
        sites=[{"site": "Raufoss", "member": "Norway"}],
        lines=[{"line": "B", "site": "Raufoss", "opened_by": "Plant"}],
        profiles=[{"profile": "p", "month": 0, "share": 0.5}, {"profile": "p", "month": 12, "share": 0.5}],
        projects=[{"project": "Plant", "kind": "new line", "capex": 100, "lead_months": 6, "payments": "p"}],
    )
    start = {
        "project": "Plant",
        "unit": 1,
        "start": "2022-08-01",
        "opens": "2023-02-01",
        "status": "committed",
    }
    found = Measures(scenario, tables_of(starts=[start])).capex_by_year
    assert found.to_numpy().tolist() == [["Plant", "Norway", 2023, 50.0]]


def test_output_now_leaves_out_added_shifts_and_weekends():
    """The first month makes 1,000 by today's pattern plus a weekend; now is 1,000, the end 2,700 + 250."""
    scenario = _factory()
    found = Measures(scenario, _factory_tables(scenario)).headline
    assert found["output_now_units_per_month"] == pytest.approx(1000)
    assert found["output_end_units_per_month"] == pytest.approx(2950)


def test_a_bottleneck_is_followed_to_the_input_that_is_short():
    """Filling runs at half while powder runs flat out with an empty store: powder's lines hold it back."""
    scenario = scenario_of(
        START,
        members=MEMBERS,
        items=ITEMS,
        recipes=[{"item": SHELL, "input": "powder", "quantity": 1}],
        sites=[{"site": "Raufoss", "member": "Norway"}],
        lines=[{"line": "A", "site": "Raufoss"}, {"line": "P", "site": "Raufoss"}],
        rates=[{"line": "A", "item": SHELL, "rate": 200}, {"line": "P", "item": "powder", "rate": 100}],
        needs=[{"recipient": "Ukraine", "item": SHELL, "per_month": 200}],
    )
    dates = _dates(scenario)
    tables = tables_of(
        shifts=[{"line": line, "month": date, "shifts": 1} for line in ("A", "P") for date in dates],
        output=[
            {"line": line, "item": item, "month": date, "made": 100.0}
            for line, item in (("A", SHELL), ("P", "powder"))
            for date in dates
        ],
        stock=[{"place": "(pool)", "item": "powder", "month": date, "closing": 0.0} for date in dates],
        losses=[{"recipient": "Ukraine", "item": SHELL, "band": 1, "month": date, "lost": 100.0} for date in dates],
    )
    measures = Measures(scenario, tables)
    limits = measures.bottlenecks.groupby("item")["limit"].first()
    assert limits[SHELL] == "input: powder"
    assert limits["powder"] == "its lines"
    assert measures.headline["largest_bottleneck"] == "lines for powder, in 12 of 12 months"


# -- form ----------------------------------------------------------------------------------------
def test_every_measure_has_exactly_the_columns_stated():
    """Names and order are those of the measure tables, with rows and without."""
    for measures in (alliance_plan().measures, Measures(alliance_scenario(), {})):
        for name, table in MEASURES.items():
            assert list(getattr(measures, name).columns) == table.names, name


def test_nothing_given_and_nothing_decided_is_no_error():
    """A scenario of settings alone gives empty tables and a headline that JSON can hold."""
    measures = Measures(scenario_of(START), tables_of())
    assert all(getattr(measures, name).empty for name in MEASURES)
    assert len(json.loads(json.dumps(measures.headline))) == 6
    json.dumps(measures.levers)


def test_output_by_lever_adds_up_to_what_is_made():
    """The six levers of an item add up to what its lines make."""
    plan = alliance_plan()
    found = plan.measures.output_by_lever
    total = (found["made"] * found["months"]).groupby(found["item"]).sum()
    made = plan.tables["output"].groupby("item")["made"].sum()
    assert total[made.index].to_numpy() == pytest.approx(made.to_numpy())


def test_a_full_size_plan_is_measured_within_seconds():
    """200 lines, 84 periods, 30 customers: all measures in less than 3 seconds."""
    members = [{"member": f"M{m}"} for m in range(30)] + [{"member": "Ukraine", "kind": "recipient"}]
    scenario = scenario_of(
        {"start": "2023-01", "periods": "84x1"},
        members=members,
        items=ITEMS,
        recipes=[{"item": SHELL, "input": "powder", "quantity": 1}],
        sites=[{"site": f"S{s}", "member": f"M{s % 30}", "producer": f"P{s % 9}"} for s in range(60)],
        lines=[{"line": f"L{n}", "site": f"S{n % 60}", "ladder": "l", "crew_cost": 1} for n in range(200)],
        rates=[{"line": f"L{n}", "item": (SHELL, "powder")[n % 2], "rate": 100} for n in range(200)],
        shift_ladders=[{"ladder": "l", "step": s, "pattern": f"{s}-8-5"} for s in (1, 2, 3)],
        needs=[{"recipient": "Ukraine", "item": SHELL, "per_month": 1000}],
        orders=[{"customer": f"M{m}", "item": SHELL, "from_month": "2021-01", "per_month": 100} for m in range(30)],
    )
    dates = _dates(scenario)
    lines = [(n, {"line": f"L{n}", "month": d}, t) for n in range(200) for t, d in enumerate(dates)]
    books = [({"customer": f"M{m}", "item": SHELL, "month": d}, m, d) for m in range(30) for d in dates]
    tables = tables_of(
        shifts=[row | {"shifts": 1 + t // 30} for _, row, t in lines],
        weekends=[row | {"step": 1, "weekends": 2} for _, row, _ in lines],
        output=[row | {"item": (SHELL, "powder")[n % 2], "made": 90.0} for n, row, _ in lines],
        deliveries=[row | {"delivered": 110.0, "backlog": 1.0} for row, _, _ in books],
        costs=[{"member": f"M{m}", "category": "crews", "month": d, "amount": 1.0} for _, m, d in books],
    )
    begin = time.perf_counter()
    measures = Measures(scenario, tables)
    for name in MEASURES:
        getattr(measures, name)
    assert measures.headline and measures.levers
    assert time.perf_counter() - begin < 3


def test_a_chosen_size_shows_in_capacity_cost_and_words() -> None:
    """`wider` of size 2 adds 2 x .25 of the old line, costs 600 + 2 x 200 and 4 + 2 x 3 a month."""
    measures = investment().measures
    wider = measures.projects.set_index("project").loc["wider"]
    assert wider[["size", "capex", "fixed_cost"]].tolist() == [2, 1000, 10]
    old = measures.capacity.set_index("line").loc["old", "expansions"]
    assert old.tolist() == pytest.approx([0, 0, 0.25, 0.5, 0.5, 0.5, 1.5, 1.5])
    spent = measures.capex_by_year.set_index("project").loc["wider", "amount"]
    assert spent == 1000
    assert "Expand old: wider of size 2" in set(measures.decisions["what"])
    assert "Build plant (unit 1 of 2)" in set(measures.decisions["what"])


def test_people_who_are_hired_and_leave_are_decisions() -> None:
    """Ten are hired at once for 50 and can work a month later; six leave in April for 12."""
    told = pool().measures.decisions.set_index("what")
    hired, left = (told.loc[f"{words} people for the crews of A"] for words in ("Hire 10", "Let go 6"))
    assert hired[["kind", "one_off_cost", "lead_months"]].tolist() == ["shift", 50, 1]
    assert left[["kind", "one_off_cost", "lead_months"]].tolist() == ["release", 12, 0]
    assert [f"{row['effective_from']:%Y-%m}" for row in (hired, left)] == ["2024-02", "2024-04"]
