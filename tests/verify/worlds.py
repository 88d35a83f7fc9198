"""Four small scenarios, each with a consistent plan whose numbers are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import COMMON
from optimizer.scenario.network import POOL
from optimizer.scenario.scenario import Scenario
from tests.verify import build


@cache
def factory() -> Plan:
    """One line with crews, weekends, a bought input, needs, orders, a pledge, gifts and targets.

    Months 2024-01 to 06, review every 2, so blocks 0-1, 2-3, 4-5. Weekend efficiency 0.87 makes a
    weekend run 2 x 0.87 / 21.75 = 0.08 months; at most floor(0.5 x 4 or 5) = 2 a month.

    Capacity in months (crew 2 adds 0.8, half of it in month 2, in which it ramps up)
        1 + 2 x .08 = 1.16; 1; 1 + .8 x .5 = 1.4; 1.8 + 2 x .08 + 1 x .8 x .08 = 2.024; 1; 1.
    Shell made at 100 a month: 116, 100, 140, 202.4, 100, 80 (the minimum is 20, that of a crew 75).
    Powder used, 2 x made / 0.8 yield: 290, 250, 350, 506, 250, 200. Bought 400, 400, 400, 250, 100, 0
    and there a month later, so powder closes at 300 - 290 = 10, 160, 210, 104, 104, 4.
    Scrap comes out, .08 of what is started: 11.6, 10, 14, 20.24, 10, 8. Of it 11.6, 10, 4, 20.24, 10 are thrown
    away for .5 each, so it closes at 0, 0, 10, 10, 10, 18, in the end all that came in within its shelf life of two
    months. Shell leaves for needs 100, 90, 100, 110, 80, 80 and for orders 16, 10, 40, 60, 30, 0: it closes at
    0, 0, 0, 32.4, 22.4, 22.4. Powder takes a room of 105 of 110. Own stock 50 + delivered - given (20 in month 1, 30
    in month 4).
    Need 110: lost 10, 0, 10, 0, 0, 30, in band 2 first (20), so 10 of band 1 in the last month.
    Order book 60 + 20 a month + 12 pledged in month 1 - delivered: 64, 86, 66, 26, 16, 36.

    Crews 870 and 1305: 870, 870, 2175 + hiring 1305, 2175, 870 + release 652.5, 870. A weekend run
    is 870 / 21.75 x 2 x 1.5 = 120, of crew 2 180. Production 10 x made. Purchases 3 x bought.
    Transport 1 x shell used, delivered and given, .2 x powder used: 174, 170, 210, 271.2, 190, 120.
    Holding .1 x powder, .5 x shell: 1, 16, 21, 26.6, 21.6, 11.6. Disposal 27.92.
    Sum of all 23,742.42.

    Shortfall: lost x weight (3; 1) x (18 - month) = 10 x 18 + 10 x 16 + 20 x 13 + 3 x 10 x 13 = 990;
    late, accepted wait 2: due 60 by month 2 with 26 delivered, 80 by month 3 with 66: 2 x (34 + 14) = 96;
    soft target of 120 a month: 0.5 x (4 + 20 + 20 + 40 + 12 x 40) = 282. After the end 70 weighted units lost in six
    months go on: 70 / 6 x 12 x 12 / 2 = 840; the 392 due by month 18 are delivered at 156 / 6 a month. In all 2,208.
    Speed: 100 in stock from month 3 on (66, 56, 96, 188.4, ...): 2 x 3 months = 6; 60 a month, 2.5 x 60 = 150 powder,
    flow in from month 1 on with 300 / 6 = 50 a month of the opening stock (the last 100 + 50): 1 month.
    Weighted (the world of that name): 23,742.42 + 50 x 40 + 100 x 10 + 7 x 48 = 27,078.42.
    """
    scenario = Scenario.from_tables(
        {
            "start": "2024-01",
            "periods": "6x1",
            "review_months": 2,
            "weekend_efficiency": 0.87,
            "transport_cost": 1,
            "accepted_wait": 3,
        },
        members=[
            {"member": "A", "people_available": 15, "people_added": 3, "weekend_premium": 0.5, "room": 110},
            {"member": "R", "kind": "recipient"},
        ],
        items=[
            {"item": "shell", "holding_cost": 0.5},
            {"item": "powder", "kind": "material", "holding_cost": 0.1, "transport_cost": 0.2, "room": 0.5},
            {"item": "scrap", "kind": "component", "may_be_discarded": True, "discard_cost": 0.5} | {"shelf_life": 2},
        ],
        recipes=[
            {"item": "shell", "input": "powder", "quantity": 2},
            {"item": "shell", "input": "scrap", "quantity": -0.08},
        ],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "three", "people_per_crew": 10, "crew_cost": 870}],
        rates=[
            {"line": "L", "item": "shell", "rate": 100, "unit_cost": 10, "yield_": 0.8, "minimum": 20}
            | {"crew_minimum": 75}
        ],
        shift_ladders=[
            {"ladder": "three", "step": 1, "pattern": "1-8-5"},
            {"ladder": "three", "step": 2, "pattern": "2-8-5", "added_share": 0.8, "cost_factor": 1.5}
            | {
                "hiring_months": 2,
                "hiring_cost": 1,
                "release_cost": 0.5,
                "ramp_up": "half",
                "minimum_stay": 2,
            },
            {"ladder": "three", "step": 3, "pattern": "3-8-7", "added_share": 0.5, "staffs_weekends": True},
        ],
        profiles=[{"profile": "half", "month": 0, "share": 0.5}],
        needs=[
            {"recipient": "R", "item": "shell", "band": 1, "per_month": 90, "weight": 3, "price": 100},
            {"recipient": "R", "item": "shell", "band": 2, "per_month": 20, "weight": 1, "price": 50},
        ],
        orders=[
            {
                "customer": "A",
                "item": "shell",
                "from_month": "2023-12",
                "to_month": "2023-12",
                "per_month": 60,
            }
            | {"accepted_wait": 2, "weight": 2, "price": 7},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 20}
            | {"accepted_wait": 2, "weight": 2, "price": 7},
        ],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 15}],
        stocks=[
            {"place": "A", "item": "powder", "opening": 300, "reserve": 2},
            {
                "place": "A",
                "item": "shell",
                "held_by": "member",
                "opening": 50,
                "reserve": 30,
                "storage_limit": 200,
            },
        ],
        suppliers=[
            {"supplier": "Mill", "item": "powder", "price": 3, "most_per_month": 400, "lead_months": 1}
            | {"to_month": "2024-05"}
        ],
        targets=[
            {
                "target": "fast",
                "place": "A",
                "kind": "rate",
                "item": "shell",
                "value": 120,
                "strength": "soft",
                "weight": 0.5,
            },
            {
                "target": "safe",
                "kind": "stock",
                "item": "shell",
                "value": 100,
                "strength": "asap",
                "weight": 2,
            },
            {"target": "lasting", "kind": "rate", "item": "shell", "value": 60, "strength": "asap"},
            {"target": "kept", "kind": "coverage", "place": "each", "value": 0.9, "to_month": "2024-05"},
            {"target": "soon", "kind": "waiting time", "place": "each", "item": "shell", "value": 3},
            {"target": "home", "kind": "home share", "place": "A", "item": "shell", "value": 0.9},
        ],
    )
    promises = [
        {"target": "fast", "place": "A", "item": "shell", "month": date, "short": short}
        for date, short in zip(scenario.calendar.period_dates(), (4, 20, 0, 0, 20, 40), strict=True)
    ] + [
        {"target": "safe", "place": "", "item": "shell", "month": date, "attained": attained}
        for date, attained in zip(scenario.calendar.period_dates(), (0, 0, 0, 1, 1, 1), strict=True)
    ]
    promises += [
        {"target": "lasting", "place": "", "item": "shell", "month": date, "attained": attained}
        for date, attained in zip(scenario.calendar.period_dates(), (0, 1, 1, 1, 1, 1), strict=True)
    ]
    book = ("A", "shell")
    return build.plan(
        scenario,
        {
            "shifts": build.flows(scenario, "shifts", {"L": (1, 1, 2, 2, 1, 1)}),
            "weekends": build.flows(
                scenario,
                "weekends",
                {("L", 1): (2, None, None, 2, None, None), ("L", 2): (None, None, None, 1, None, None)},
            ),
            "output": build.flows(scenario, "output", {("L", "shell"): (116, 100, 140, 202.4, 100, 80)}),
            "stock": build.flows(
                scenario,
                "stock",
                {(POOL, "shell"): (0, 0, 0, 32.4, 22.4, 22.4), (POOL, "powder"): (10, 160, 210, 104, 104, 4)}
                | {(POOL, "scrap"): (0, 0, 10, 10, 10, 18)},
            ),
            "own_stock": build.flows(scenario, "own_stock", {book: (66, 56, 96, 156, 156, 156)}),
            "purchases": build.flows(
                scenario, "purchases", {("Mill", POOL, "powder"): (400, 400, 400, 250, 100, None)}
            ),
            "pledges": build.flows(scenario, "pledges", {book: (None, 12, None, None, None, None)}),
            "deliveries": build.deliveries(scenario, {book: (16, 10, 40, 60, 30, 0)}, {book: (64, 86, 66, 26, 16, 36)}),
            "uses": build.flows(scenario, "uses", {("R", "shell"): (100, 90, 100, 110, 80, 80)}),
            "losses": build.flows(
                scenario,
                "losses",
                {("R", "shell", 1): (0, 0, 0, 0, 0, 10), ("R", "shell", 2): (10, 0, 10, 0, 0, 20)},
            ),
            "gifts": build.flows(scenario, "gifts", {("A", "R", "shell"): (None, 20, None, None, 30, None)}),
            "discards": build.flows(scenario, "discards", {(POOL, "scrap"): (11.6, 10, 4, 20.24, 10, None)}),
            "promises": build.empty_tables()["promises"].from_records(
                promises, columns=build.empty_tables()["promises"].columns
            ),
            "costs": build.costs(
                scenario,
                {
                    ("A", "crews", ""): (870, 870, 3480, 2175, 1522.5, 870),
                    ("A", "weekends", ""): (240, 0, 0, 420, 0, 0),
                    ("A", "production", ""): (1160, 1000, 1400, 2024, 1000, 800),
                    (COMMON, "purchases", ""): (1200, 1200, 1200, 750, 300, 0),
                    (COMMON, "transport", ""): (174, 170, 210, 271.2, 190, 120),
                    (COMMON, "holding", ""): (1, 16, 21, 26.6, 21.6, 11.6),
                    (COMMON, "disposal", ""): (5.8, 5, 2, 10.12, 5, 0),
                },
            ),
            "objectives": build.objectives({"shortfall": 2208, "speed": 7, "cost": 23742.42}, gap=0.01),
        },
    )


@cache
def weighted() -> Plan:
    """Return the plan of the factory for the objective that weighs everything in money."""
    plan = factory()
    tables = {**plan.tables, "objectives": build.objectives({"weighted": 27078.42}, gap=0.01)}
    return replace(plan, scenario=plan.scenario.replace(settings={"objectives": ["weighted"]}), tables=tables)


@cache
def investment() -> Plan:
    """An expansion, a new line in two units, a reactivation, funds and orders before plants.

    Six months from 2024-07 and two quarters: months 0 to 5, 6-8, 9-11, in blocks 0-2, 3-5, 6-8, 9-11.
    Decided: wider in month 0 (opens 2), plant in 1 (opens 4) and 6 (opens 9), restart in -2 (opens 1). Wider has a size
    of 2: it adds 2 x .25 and costs 600 + 2 x 200, and 4 + 2 x 3 a month.
    Ready: wider .5 in month 2, then 1; plant .25, .75, then 1, unit 2 (.25 + .75 + 1) / 3 in the last
    quarter; restart 1 from month 1.

    Old: 1, 1, 1 + .5 x .5 = 1.25, 1.5, 1.5, 1.5, 4.5, 4.5 months at 100. New: 0 in month 3, .25, .75,
    3 x 1.5 + 2 weekends x .08 = 4.66, 4.5 at 200; its copy 2. Idle: 1 a month at 30.
    Made: old 100, 100, 125, 150, 150, 150, 450, 450; new 0, 50, 150, 932, 800; copy 400;
    idle 30 a month. Delivered what is ordered, 60 a month; the rest stays: 40, 110, 205, 325, 495,
    765, 2057, 3617. Firm orders: 120 by the end of month 1 for 100, 540 by month 9 for 200.

    Crew 217.5 a month: 217.5 from the opening on, in months 4 and 5, then 2 x 3 x 217.5 = 1305, 1305 + 652.5 with the
    copy; weekends 2 x 20. Production 1 a body, 2 at idle. Fixed 10 a month of wider from 2, 100 of
    plant from 4 and from 9. Capex: wider 400 and 600 in months 0, 1; plant 3000 in 1, 3 and in 6, 8;
    restart 300 each in -2, -1, 0: only the last counts.
    Cost: 3697.5 + 40 + 4667 + 1200, + capex 1000 + 300 + 6000 x 11/24 + 6000 x 6/24 = 15,154.5.

    A's budget pays its capex and crews (435 in 2024, 3262.5 in 2025), Common at most a quarter of a
    project (3000 of 12,000): 1000 and 1500 of plant. Capex of B is counted only.
    """
    scenario = Scenario.from_tables(
        {"start": "2024-07", "periods": "6x1, 2x3", "weekend_efficiency": 0.87},
        members=[{"member": "A", "starts_per_year": 2}, {"member": "B"}],
        items=[{"item": "body"}],
        sites=[{"site": "a", "member": "A"}, {"site": "b", "member": "B"}],
        lines=[
            {"line": "old", "site": "a"},
            {"line": "new", "site": "a", "opened_by": "plant", "ladder": "two", "crew_cost": 217.5},
            {"line": "idle", "site": "b", "opened_by": "restart"},
            {"line": "spare", "site": "b", "opened_by": "other"},
        ],
        rates=[
            {"line": "old", "item": "body", "rate": 100, "unit_cost": 1},
            {"line": "new", "item": "body", "rate": 200, "unit_cost": 1, "minimum": 40, "crew_minimum": 40},
            {"line": "idle", "item": "body", "rate": 30, "unit_cost": 2},
            {"line": "spare", "item": "body", "rate": 10},
        ],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 0.5},
        ],
        profiles=[
            {"profile": "slow", "month": 0, "share": 0.25},
            {"profile": "slow", "month": 1, "share": 0.75},
            {"profile": "half", "month": 0, "share": 0.5},
            {"profile": "two", "month": 0, "share": 0.4},
            {"profile": "two", "month": 1, "share": 0.6},
            {"profile": "ends", "month": 0, "share": 0.5},
            {"profile": "ends", "month": 2, "share": 0.5},
            *({"profile": "thirds", "month": m, "share": 1 / 3} for m in range(3)),
        ],
        projects=[
            {"project": "wider", "kind": "expansion", "line": "old", "added_share": 0.25, "capex": 600}
            | {"fixed_cost": 4, "lead_months": 2, "payments": "two", "ramp_up": "half", "status": "forced"}
            | {"least_size": 1, "most_size": 3, "capex_per_size": 200, "fixed_cost_per_size": 3},
            {
                "project": "plant",
                "kind": "new line",
                "units": 2,
                "capex": 6000,
                "fixed_cost": 100,
                "lead_months": 3,
            }
            | {"payments": "ends", "ramp_up": "slow", "life": 24, "group": "plants", "requires": "wider"}
            | {"firm_quantity": 100, "firm_item": "body", "latest": "2025-01"},
            {"project": "other", "kind": "new line", "capex": 10, "lead_months": 1, "group": "plants"},
            {
                "project": "restart",
                "kind": "reactivation",
                "capex": 900,
                "lead_months": 3,
                "payments": "thirds",
            }
            | {"status": "committed", "start": "2024-05"},
            {"project": "never", "kind": "expansion", "line": "old", "added_share": 1, "lead_months": 0}
            | {"status": "forbidden"},
        ],
        groups=[{"group": "plants", "at_least": 1, "at_most": 1}],
        orders=[{"customer": "A", "item": "body", "from_month": "2024-07", "per_month": 60}],
        funds=[
            {"fund": "A budget", "year": 2024, "amount": 7000, "member": ["A"], "covers": ["capex", "crews"]},
            {"fund": "A budget", "year": 2025, "amount": 9000, "member": ["A"], "covers": ["capex", "crews"]},
            {"fund": "Common", "year": 2024, "amount": 1200, "covers": ["capex"], "most_share": 0.25}
            | {"carries_over": True},
            {"fund": "Common", "year": 2025, "amount": 1300, "covers": ["capex"], "most_share": 0.25}
            | {"carries_over": True},
        ],
        targets=[{"target": "ours", "kind": "home share", "place": "A", "value": 0.9}],
    )
    payments = [
        ("A budget", "A", "capex", "plant", 2024, 5000.0),
        ("Common", "A", "capex", "plant", 2024, 1000.0),
        ("A budget", "A", "capex", "wider", 2024, 1000.0),
        ("A budget", "A", "crews", "", 2024, 435.0),
        ("A budget", "A", "capex", "plant", 2025, 4500.0),
        ("Common", "A", "capex", "plant", 2025, 1500.0),
        ("A budget", "A", "crews", "", 2025, 3262.5),
    ]
    book = ("A", "body")
    return build.plan(
        scenario,
        {
            "starts": build.starts(
                scenario, [("wider", 1, 0), ("plant", 1, 1), ("plant", 2, 6), ("restart", 1, -2)], {("wider", 1): 2}
            ),
            "shifts": build.flows(
                scenario,
                "shifts",
                {
                    "old": (1,) * 8,
                    "new": (0, 0, 0, 0, 1, 1, 2, 2),
                    "new #2": (0,) * 7 + (1,),
                    "idle": (0,) + (1,) * 7,
                    "spare": (0,) * 8,
                },
            ),
            "weekends": build.flows(scenario, "weekends", {("new", 1): (None,) * 6 + (2, None)}),
            "output": build.flows(
                scenario,
                "output",
                {
                    ("old", "body"): (100, 100, 125, 150, 150, 150, 450, 450),
                    ("new", "body"): (0, 0, 0, 0, 50, 150, 932, 800),
                    ("new #2", "body"): (0,) * 7 + (400,),
                    ("idle", "body"): (0, 30, 30, 30, 30, 30, 90, 90),
                    ("spare", "body"): (0,) * 8,
                },
            ),
            "stock": build.flows(scenario, "stock", {(POOL, "body"): (40, 110, 205, 325, 495, 765, 2057, 3617)}),
            "deliveries": build.deliveries(scenario, {book: (60,) * 6 + (180, 180)}, {book: (0,) * 8}),
            "payments": build.empty_tables()["payments"].from_records(
                payments, columns=build.empty_tables()["payments"].columns
            ),
            "costs": build.costs(
                scenario,
                {
                    ("A", "crews", ""): (0, 0, 0, 0, 217.5, 217.5, 1305, 1957.5),
                    ("A", "weekends", ""): (0,) * 6 + (40, 0),
                    ("A", "production", ""): (100, 100, 125, 150, 200, 300, 1382, 1650),
                    ("B", "production", ""): (0, 60, 60, 60, 60, 60, 180, 180),
                    ("A", "fixed", "wider"): (0, 0, 10, 10, 10, 10, 30, 30),
                    ("A", "fixed", "plant"): (0, 0, 0, 0, 100, 100, 300, 600),
                    ("A", "capex", "wider"): (400, 600, 0, 0, 0, 0, 0, 0),
                    ("A", "capex", "plant"): (0, 3000, 0, 3000, 0, 0, 6000, 0),
                    ("B", "capex", "restart"): (300, 0, 0, 0, 0, 0, 0, 0),
                },
            ),
            "objectives": build.objectives({"shortfall": 0, "cost": 15154.5}),
        },
    )


@cache
def lanes() -> Plan:
    """Shells over lanes with transit, a supplier's lane, and gifts from an own stockpile; four months.

    A makes 100, 100, 100, 80, ships 60 a month to R (half a month on the way: 30, 60, 60, 60 arrive)
    and 20, 20, 20, 0 to B (at once); A closes at 20, 40, 60, 80. B buys 10 in month 1 from Dealer,
    half a month lead and one of transit, so 5 arrive in each of months 2 and 3; it delivers 20, 20,
    20, 0 to its orders of 20 a month and closes at 0, 0, 5, 10. Its own stock is 40 + 20 - 20 given,
    + 20 - 5, + 20, + 0 = 40, 55, 75, 75. R needs 50: used 30, 45, 50, 50 with gifts of 20 and 5;
    it closes at 0, 15, 25, 35.

    Transport: to R 2 x 60 (paid by A, where it leaves), to B 1 x 20, Dealer's 3 x 10, gifts 4 x 20 and
    4 x 5 (all paid by B). Purchases 20 x 10. Holding 0.5 x stock, R's is common. Sum
    380 + 480 + 190 + 200 + 100 + 7.5 + 37.5 = 1395.
    """
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "4x1", "objectives": ["weighted"]},
        members=[{"member": "A", "room": 40}, {"member": "B"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell", "holding_cost": 0.5, "room": 0.5}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 100, "unit_cost": 1}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 50}],
        orders=[{"customer": "B", "item": "shell", "from_month": "2024-01", "per_month": 20}],
        stocks=[
            {"place": "A", "item": "shell", "storage_limit": 80},
            {"place": "B", "item": "shell", "held_by": "member", "opening": 40, "reserve": 0},
        ],
        suppliers=[
            {"supplier": "Dealer", "item": "shell", "price": 20, "most_per_month": 30, "lead_months": 0.5}
            | {"from_month": "2024-02"}
        ],
        lanes=[
            {"from_place": "A", "to_place": "R", "item": "shell", "cost": 2, "transit_months": 0.5}
            | {"most_per_month": 100},
            {"from_place": "A", "to_place": "B", "item": "shell", "cost": 1},
            {"from_place": "B", "to_place": "R", "cost": 4},
            {"from_place": "Dealer", "to_place": "B", "item": "shell", "cost": 3, "transit_months": 1},
        ],
    )
    book = ("B", "shell")
    return build.plan(
        scenario,
        {
            "shifts": build.flows(scenario, "shifts", {"L": (1,) * 4}),
            "output": build.flows(scenario, "output", {("L", "shell"): (100, 100, 100, 80)}),
            "stock": build.flows(
                scenario,
                "stock",
                {("A", "shell"): (20, 40, 60, 80), book: (0, 0, 5, 10), ("R", "shell"): (0, 15, 25, 35)},
            ),
            "own_stock": build.flows(scenario, "own_stock", {book: (40, 55, 75, 75)}),
            "shipments": build.flows(
                scenario,
                "shipments",
                {("A", "R", "shell"): (60,) * 4, ("A", "B", "shell"): (20, 20, 20, None)},
            ),
            "purchases": build.flows(scenario, "purchases", {("Dealer", "B", "shell"): (None, 10, None, None)}),
            "deliveries": build.deliveries(scenario, {book: (20, 20, 20, 0)}, {book: (0, 0, 0, 20)}),
            "uses": build.flows(scenario, "uses", {("R", "shell"): (30, 45, 50, 50)}),
            "losses": build.flows(scenario, "losses", {("R", "shell", 1): (0,) * 4}),
            "gifts": build.flows(scenario, "gifts", {("B", "R", "shell"): (20, 5, None, None)}),
            "costs": build.costs(
                scenario,
                {
                    ("A", "production", ""): (100, 100, 100, 80),
                    ("A", "transport", ""): (120,) * 4,
                    ("B", "transport", ""): (100, 70, 20, 0),
                    ("B", "purchases", ""): (0, 200, 0, 0),
                    ("A", "holding", ""): (10, 20, 30, 40),
                    ("B", "holding", ""): (0, 0, 2.5, 5),
                    (COMMON, "holding", ""): (0, 7.5, 12.5, 17.5),
                },
            ),
            "objectives": build.objectives({"weighted": 1395}),
        },
    )


@cache
def pool() -> Plan:
    """Two lines that share people: ten are hired, trained a month, move from one line to the other, and six leave.

    A crew of ten costs 1 a month, and who has none, or is in training, 3 a month each; hiring costs 5 and leaving 2.
    L works 1, 2, 1, 1 crews and M none, none, 1, none: ten are needed, 20, 20 and 10, ten are there, 20, 20 and 14.
    Crews and people: 1 + 10 x 5 + 10 x 3 in training = 81; 2; 2; 1 + 6 x 2 + 4 x 3 waiting = 25: 110.
    """
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "4x1", "review_months": 1, "weekend_share": 0, "end_months": 0},
        members=[
            {"member": "A", "people_available": 10, "people_hired": 10, "training_months": 1}
            | {"hiring_cost": 5, "leaving_cost": 2, "waiting_pay": 3},
            {"member": "R", "kind": "recipient"},
        ],
        items=[{"item": item, "can_be_stored": False} for item in ("shell", "fuse")],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": line, "site": "works", "ladder": "two", "people_per_crew": 10, "crew_cost": 1}
            | {"may_idle": True, "shifts_now": int(line == "L")}
            for line in "LM"
        ],
        rates=[{"line": "L", "item": "shell", "rate": 10}, {"line": "M", "item": "fuse", "rate": 10}],
        shift_ladders=[{"ladder": "two", "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
        needs=[
            {"recipient": "R", "item": "shell", "per_month": 10, "to_month": "2024-01"},
            {"recipient": "R", "item": "shell", "per_month": 20, "from_month": "2024-02", "to_month": "2024-02"},
            {"recipient": "R", "item": "shell", "per_month": 10, "from_month": "2024-03"},
            {"recipient": "R", "item": "fuse", "per_month": 10, "from_month": "2024-03", "to_month": "2024-03"},
        ],
    )
    shells, fuses = (10, 20, 10, 10), (None, None, 10, None)
    moved = [("A", "2024-01-01", 10.0, 0.0), ("A", "2024-04-01", 0.0, 6.0)]
    return build.plan(
        scenario,
        {
            "shifts": build.flows(scenario, "shifts", {"L": (1, 2, 1, 1), "M": (0, 0, 1, 0)}),
            "people": pd.DataFrame(
                [(member, pd.Timestamp(month).date(), *counts) for member, month, *counts in moved],
                columns=["member", "month", "hired", "left"],
            ),
            "output": build.flows(scenario, "output", {("L", "shell"): shells, ("M", "fuse"): (0, 0, 10, 0)}),
            "uses": build.flows(scenario, "uses", {("R", "shell"): shells, ("R", "fuse"): fuses}),
            "losses": build.flows(
                scenario, "losses", {("R", "shell", 1): (0,) * 4, ("R", "fuse", 1): (None, None, 0, None)}
            ),
            "costs": build.costs(scenario, {("A", "crews", ""): (81, 2, 2, 25)}),
            "objectives": build.objectives({"shortfall": 0, "cost": 110}),
        },
    )


WORLDS = {"factory": factory, "investment": investment, "lanes": lanes, "pool": pool}
