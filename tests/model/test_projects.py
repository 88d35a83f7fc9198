"""Rows of projects: which start when, what links them, and what they open."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyomo.environ as pyo

from optimizer import build_model
from tests.model.rows import expect, keys, model_of, objective, row

TESTED = {
    "units_start_at_most_once",
    "forced_projects_start",
    "units_start_in_order",
    "starts_per_year_are_limited",
    "groups_start_enough",
    "groups_start_no_more",
    "required_projects_start_first",
    "firm_orders_come_first",
    "output_follows_the_crew",
    "output_follows_the_ramp_up",
    "expansions_multiply_what_runs",
    "expansions_follow_the_ramp_up",
    "weekend_gains_follow_the_ramp_up",
    "gains_follow_the_size",
    "sizes_reach_the_least",
    "sizes_stay_below_the_most",
}


@cache
def model() -> pyo.ConcreteModel:
    """Months 0 to 3 from November 2024 and one period of months 4 and 5; blocks are periods.

    A plant of two units opens N a month after its start and ramps up with a quarter; a forced
    restart opens Q after two months; `wider` adds half to L after one month and ramps up with a
    half, needs the plant, and 30 shells on order. A weekend run is 2 x .87 / 21.75 = .08 months;
    January 2025 has four Saturdays, of which two may be worked.
    """
    return model_of(
        {"start": "2024-11", "periods": "4x1, 1x2", "review_months": 1, "weekend_efficiency": 0.87}
        | {"accepted_wait": 0},
        members=[{"member": "A", "starts_per_year": 1}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two"},
            {"line": "N", "site": "works", "opened_by": "plant"},
            {"line": "Q", "site": "works", "opened_by": "restart"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10} for line in "LNQ"],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 0.8},
        ],
        profiles=[
            {"profile": "quarter", "month": 0, "share": 0.25},
            {"profile": "half", "month": 0, "share": 0.5},
        ],
        projects=[
            {"project": "plant", "kind": "new line", "units": 2, "lead_months": 1, "ramp_up": "quarter"},
            {"project": "restart", "kind": "reactivation", "lead_months": 2, "status": "forced", "group": "old"},
            {"project": "wider", "kind": "expansion", "line": "L", "added_share": 0.5, "lead_months": 1}
            | {"ramp_up": "half", "group": "old", "requires": "plant", "firm_quantity": 30, "firm_item": "shell"},
            {"project": "done", "kind": "expansion", "line": "L", "added_share": 0.1, "lead_months": 0}
            | {"status": "committed", "start": "2024-08"},
        ],
        groups=[{"group": "old", "at_least": 1, "at_most": 2}],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2024-11", "per_month": 10},
            {"customer": "A", "item": "shell", "from_month": "2024-10", "to_month": "2024-10", "per_month": 99},
        ],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 5}],
    )


def starts(name: str, months: list[int], factor: float = 1.0, unit: int = 1) -> dict[tuple[str, str, int, int], float]:
    """Return terms of build."""
    return {("build", name, unit, m): factor for m in months}


def test_a_unit_starts_once_at_most() -> None:
    """The plant may start at the begin of each period; in month 4 it still opens in month 5 < 6."""
    expected = expect(starts("plant", [0, 1, 2, 3, 4]), "<=", 1)
    assert row(model(), "units_start_at_most_once", "plant", 1) == expected
    assert keys(model(), "units_start_at_most_once") == {("plant", 1), ("plant", 2), ("wider", 1)}


def test_a_forced_project_starts_once() -> None:
    """The restart takes two months, so month 3 is the last that opens it within the horizon."""
    expected = expect(starts("restart", [0, 1, 2, 3]), "==", 1)
    assert row(model(), "forced_projects_start", "restart", 1) == expected


def test_units_start_in_order() -> None:
    """By month 1 the second unit of the plant has started only if the first has."""
    expected = expect(starts("plant", [0, 1], unit=2) | starts("plant", [0, 1], -1), "<=", 0)
    assert row(model(), "units_start_in_order", "plant", 2, 1) == expected


def test_starts_per_year_count_every_unit() -> None:
    """Months 0 and 1 are 2024: one start of plant (both units), restart or wider; what is committed is done."""
    both = starts("plant", [0, 1]) | starts("plant", [0, 1], unit=2)
    expected = expect(both | starts("restart", [0, 1]) | starts("wider", [0, 1]), "<=", 1)
    assert row(model(), "starts_per_year_are_limited", "A", 2024) == expected


def test_groups_count_projects_from_at_least_to_at_most() -> None:
    """Restart and wider are a group: one of them at least, both at most."""
    members = starts("restart", [0, 1, 2, 3]) | starts("wider", [0, 1, 2, 3, 4])
    assert row(model(), "groups_start_enough", "old") == expect(members, ">=", 1)
    assert row(model(), "groups_start_no_more", "old") == expect(members, "<=", 2)


def test_a_required_project_starts_no_later() -> None:
    """By month 1 wider has started only if the plant's first unit has."""
    expected = expect(starts("wider", [0, 1]) | starts("plant", [0, 1], -1), "<=", 0)
    assert row(model(), "required_projects_start_first", "wider", "plant", 1) == expected


def test_firm_orders_come_before_the_start() -> None:
    """30 for wider started by period 1, from 2 x 10 ordered and what is pledged; the opening book is no order."""
    pledged = {("pledge", "A", "shell", 0): -1, ("pledge", "A", "shell", 1): -1}
    expected = expect(starts("wider", [0, 1], 30) | pledged, "<=", 20)
    assert row(model(), "firm_orders_come_first", "shell", 1) == expected


def decided(start: str, settings: dict[str, Any] | None = None, **changes: Any) -> pyo.ConcreteModel:
    """Return the model with `done` committed for a month and asking for 7 shells, and settings or columns changed."""
    scenario = model().optimizer_index.value.scenario
    projects = scenario.projects.astype(object)
    changes |= {"start": start, "firm_quantity": 7, "firm_item": "shell"}
    projects.loc[projects["project"] == "done", list(changes)] = list(changes.values())
    return build_model(scenario.replace(settings=settings, projects=projects))


def test_what_is_committed_asks_for_firm_orders_as_before() -> None:
    """Decided in month 1 it needs 7 with the 30 of wider; decided in October, or waived, it needs none."""
    pledged = {("pledge", "A", "shell", 0): -1, ("pledge", "A", "shell", 1): -1}
    wider = starts("wider", [0, 1], 30)
    asked = expect(wider | starts("done", [1], 7) | pledged, "<=", 20)
    assert row(decided("2024-12"), "firm_orders_come_first", "shell", 1) == asked
    for exempt in (decided("2024-10"), decided("2024-12", firm_waived=True)):
        assert row(exempt, "firm_orders_come_first", "shell", 1) == expect(wider | pledged, "<=", 20)


def test_what_is_committed_inside_a_period_asks_in_it() -> None:
    """April is in the period of months 4 and 5, which ends with 60 ordered and five pledges."""
    inside = decided("2025-04")
    pledged = {("pledge", "A", "shell", t): -1 for t in range(5)}
    asked = expect(starts("wider", [0, 1, 2, 3, 4], 30) | starts("done", [5], 7) | pledged, "<=", 60)
    assert row(inside, "firm_orders_come_first", "shell", 4) == asked


def test_the_opening_book_counts_where_it_is_firm() -> None:
    """99 were ordered before the start: 119 by the end of month 1."""
    firm = decided("2024-10", {"opening_firm": True})
    pledged = {("pledge", "A", "shell", 0): -1, ("pledge", "A", "shell", 1): -1}
    assert row(firm, "firm_orders_come_first", "shell", 1) == expect(starts("wider", [0, 1], 30) | pledged, "<=", 119)


def test_committed_starts_count_against_the_year() -> None:
    """One start a year: decided in December 2024, `done` leaves none of that year; decided before, it counts not."""
    assert model().optimizer_index.value.projects.STARTS_PER_YEAR == {("A", 2024): 1, ("A", 2025): 1}
    assert decided("2024-12").optimizer_index.value.projects.STARTS_PER_YEAR == {("A", 2024): 0, ("A", 2025): 1}


def test_output_of_an_opened_line_follows_its_crew() -> None:
    """In the period of two months a crew gives at most 2 months of 1-8-5."""
    expected = expect({("effective", "N", 1, 4): 1, ("run", "N", 1, 4): -2}, "<=", 0)
    assert row(model(), "output_follows_the_crew", "N", 1, 4) == expected


def test_output_of_an_opened_line_follows_the_ramp_up() -> None:
    """Started in month 0 it is at a quarter in month 1; in months 4 and 5 starts in 0 to 2 are full.

    Started in month 3 it opens in 4: .25 + 1; started in 4 it opens in 5: .25.
    """
    early = expect({("effective", "N", 1, 1): 1, ("build", "plant", 1, 0): -0.25}, "<=", 0)
    assert row(model(), "output_follows_the_ramp_up", "N", 1, 1) == early
    ready = starts("plant", [0, 1, 2], -2) | starts("plant", [3], -1.25) | starts("plant", [4], -0.25)
    expected = expect({("effective", "N", 1, 4): 1} | ready, "<=", 0)
    assert row(model(), "output_follows_the_ramp_up", "N", 1, 4) == expected


def test_each_unit_opens_its_own_line() -> None:
    """The copy of N follows the plant's second unit."""
    expected = expect({("effective", "N #2", 1, 1): 1, ("build", "plant", 2, 0): -0.25}, "<=", 0)
    assert row(model(), "output_follows_the_ramp_up", "N #2", 1, 1) == expected


def test_an_expansion_multiplies_what_its_crew_gives() -> None:
    """Half of crew 2's .8 months."""
    expected = expect({("gain", "wider", 1, "L", 2, 3): 1, ("run", "L", 2, 3): -0.4}, "<=", 0)
    assert row(model(), "expansions_multiply_what_runs", "wider", 1, "L", 2, 3) == expected


def test_an_expansion_follows_its_ramp_up() -> None:
    """In month 2: open since 1 full, open since 2 a half, else nothing."""
    expected = expect(
        {("gain", "wider", 1, "L", 1, 2): 1} | starts("wider", [0], -0.5) | starts("wider", [1], -0.25), "<=", 0
    )
    assert row(model(), "expansions_follow_the_ramp_up", "wider", 1, "L", 1, 2) == expected


def test_the_weekends_of_an_expansion_follow_its_ramp_up() -> None:
    """In January 2025, with at most 2 weekend runs of .08, half of them: a row each for closed, a half, and full.

    Open since month 1 it is full, since month 2 a half: at most .04 x (2 start1 + 1 start2), .04 x (half
    of the runs + 1 start1), and .04 x the runs.
    """
    name, gain = "weekend_gains_follow_the_ramp_up", {("weekend_gain", "wider", 1, "L", 1, 2): 1}
    key, runs = ("wider", 1, "L", 1, 2), ("weekend", "L", 1, 2)
    closed = expect(gain | starts("wider", [0], -0.08) | starts("wider", [1], -0.04), "<=", 0)
    assert row(model(), name, *key, 0) == closed
    half = expect(gain | {runs: -0.02} | starts("wider", [0], -0.04), "<=", 0)
    assert row(model(), name, *key, 1) == half
    assert row(model(), name, *key, 2) == expect(gain | {runs: -0.04}, "<=", 0)
    assert ("wider", 1, "L", 1, 2, 3) not in keys(model(), name)


def test_the_weekends_of_a_longer_period_count_by_their_months() -> None:
    """March and April 2025 have 5 and 4 Saturdays, of which four can be worked: .04 x 4 = .16 at full output.

    Opened in April, 4 of 9 weekends find it at a half: 2/9. Opened in March, 5 find it at a half and 4
    at full: 6.5/9. Opened before: full.
    """
    key, name = ("wider", 1, "L", 1, 4), "weekend_gains_follow_the_ramp_up"
    terms = starts("wider", [0, 1, 2], -0.16) | starts("wider", [3], -0.16 * 6.5 / 9) | starts("wider", [4], -0.32 / 9)
    expected = expect({("weekend_gain", "wider", 1, "L", 1, 4): 1} | terms, "<=", 0)
    assert row(model(), name, *key, 0) == expected
    runs = {("weekend", "L", 1, 4): -0.04 * 6.5 / 9}
    full = starts("wider", [0, 1, 2], -0.16 * 2.5 / 9)
    expected = expect({("weekend_gain", "wider", 1, "L", 1, 4): 1} | runs | full, "<=", 0)
    assert row(model(), name, *key, 2) == expected


def test_a_start_that_opens_too_late_is_there_where_it_is_given_and_gives_nothing() -> None:
    """With a lead of 4 in 3 months nothing can start; decided up to February it can, is paid, and adds to no output."""

    def started(**more: Any) -> pyo.ConcreteModel:
        late = {"project": "late", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 4, "capex": 60}
        return model_of(
            {"start": "2024-01", "periods": "3x1", "objectives": "cost"},
            members=[{"member": "A"}],
            items=[{"item": "shell"}],
            sites=[{"site": "works", "member": "A"}],
            lines=[{"line": "L", "site": "works"}],
            rates=[{"line": "L", "item": "shell", "rate": 10}],
            orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5}],
            projects=[late | {"status": "option"} | more],
        )

    assert not keys(started(), "build")
    found = started(late_until="2024-02", status="forced")
    assert keys(found, "build") == {("late", 1, 0), ("late", 1, 1)}
    costs, _ = objective(found, "cost")
    assert costs["build", ("late", 1, 0)] == 60 and 0 < costs["build", ("late", 1, 1)] <= 60
    assert not keys(found, "gain")


def test_a_committed_project_is_given() -> None:
    """What was started in August is open from the first month at full output, and no choice."""
    assert model().build["done", 1, -3].bounds == (1, 1)
    expected = expect({("gain", "done", 1, "L", 1, 0): 1, ("build", "done", 1, -3): -0.1}, "<=", 0)
    assert row(model(), "expansions_follow_the_ramp_up", "done", 1, "L", 1, 0) == expected
    expected = expect({("weekend_gain", "done", 1, "L", 1, 0): 1, ("build", "done", 1, -3): -0.016}, "<=", 0)
    assert row(model(), "weekend_gains_follow_the_ramp_up", "done", 1, "L", 1, 0, 0) == expected


# -- sizes that are chosen ---------------------------------------------------------------------------
@cache
def sized() -> pyo.ConcreteModel:
    """Two months, blocks of one; a plant of 2 to 40 opens N, `wider` adds .5 a size to L and `side` to M, up to 4.

    The second crew of L is at half of its output in the month in which it joins, M is at a quarter in that in which
    it opens.
    """
    return model_of(
        {"periods": "2x1", "review_months": 1},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two"},
            {"line": "N", "site": "works", "ladder": "two", "opened_by": "plant"},
            {"line": "M", "site": "works", "opened_by": "small"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10, "minimum": 2, "crew_minimum": 1} for line in "LNM"],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 0.8, "ramp_up": "half"}
            | {"minimum_stay": 1},
        ],
        profiles=[
            {"profile": "quarter", "month": 0, "share": 0.25},
            {"profile": "half", "month": 0, "share": 0.5},
        ],
        projects=[
            {"project": "plant", "kind": "new line", "lead_months": 0, "capex": 100, "fixed_cost": 5}
            | {"least_size": 2, "most_size": 40, "capex_per_size": 3, "fixed_cost_per_size": 0.5},
            {"project": "small", "kind": "new line", "lead_months": 0, "ramp_up": "quarter"},
            *(
                {"project": name, "kind": "expansion", "line": line, "added_share": 0.5, "lead_months": 0}
                | {"most_size": 4}
                for name, line in (("wider", "L"), ("side", "M"))
            ),
        ],
        funds=[{"fund": "F", "year": 2024, "amount": 1000, "covers": "capex"}],
    )


def sizes(name: str, months: list[int], factor: float = 1.0) -> dict[tuple[str, str, int, int], float]:
    """Return terms of size."""
    return {("size", name, 1, m): factor for m in months}


def test_a_size_lies_between_the_least_and_the_most_of_what_is_built() -> None:
    """2 to 40 of the plant in the month in which it is decided, nothing in the other; no row for a least of 0."""
    least = expect(sizes("plant", [1]) | starts("plant", [1], -2), ">=", 0)
    assert row(sized(), "sizes_reach_the_least", "plant", 1, 1) == least
    most = expect(sizes("plant", [1]) | starts("plant", [1], -40), "<=", 0)
    assert row(sized(), "sizes_stay_below_the_most", "plant", 1, 1) == most
    assert keys(sized(), "sizes_reach_the_least") == {("plant", 1, 0), ("plant", 1, 1)}
    assert keys(model(), "sizes_stay_below_the_most") == keys(model(), "size") == set()


def test_a_line_makes_as_much_as_its_size() -> None:
    """Crew 2 gives .8 of the size of the plant, and no more than .8 x 40, and that only where it runs."""
    output = {("effective", "N", 2, 1): 1}
    assert row(sized(), "output_follows_the_crew", "N", 2, 1) == expect(output | {("run", "N", 2, 1): -32}, "<=", 0)
    grown = expect(output | sizes("plant", [0, 1], -0.8), "<=", 0)
    assert row(sized(), "output_follows_the_ramp_up", "N", 2, 1) == grown


def test_the_minimum_of_a_line_goes_with_its_size() -> None:
    """At least .2 of the size while it runs, which is 40 at most: .2 (40 run + size - 40); of two crews .1 x 2."""
    made, size = {("make", "N", "shell", 1): 0.1}, sizes("plant", [0, 1], -0.2)
    for name, key in (
        ("running_lines_keep_the_minimum_rate", ("N", 1)),
        ("running_crews_keep_their_minimum_rate", ("N", 2, 1)),
    ):
        crew = key[1] if len(key) == 3 else 1
        assert row(sized(), name, *key) == expect(made | {("run", "N", crew, 1): -8} | size, ">=", -8)


def test_an_expansion_of_a_chosen_size_adds_to_what_its_crew_gives() -> None:
    """.5 x .8 x size, no more than 4 times what crew 2 gives, and of a crew at half .5 x .8 x (size / 2).

    While it is at half: .4 (.5 size + 4 x .5 (run - join)), for a crew that runs and did not join is at .5 above half.
    """
    gain = {("gain", "wider", 1, "L", 2, 1): 1}
    ran = {("run", "L", 2, 1): -1.6, ("join", "L", 2, 1): 0.8}
    assert row(sized(), "expansions_multiply_what_runs", "wider", 1, "L", 2, 1) == expect(gain | ran, "<=", 0)
    assert row(sized(), "expansions_follow_the_ramp_up", "wider", 1, "L", 2, 1) == expect(
        gain | sizes("wider", [0, 1], -0.4), "<=", 0
    )
    half = {("run", "L", 2, 1): -0.8, ("join", "L", 2, 1): 0.8} | sizes("wider", [0, 1], -0.2)
    assert row(sized(), "gains_follow_the_size", "wider", 1, "L", 2, 1, 0) == expect(gain | half, "<=", 0)
    assert ("wider", 1, "L", 1, 1, 0) not in keys(sized(), "gains_follow_the_size")  # the first crew has no ramp-up
    assert keys(sized(), "weekend_gains_follow_the_ramp_up") == set()


def test_an_expansion_of_an_opened_line_adds_to_what_it_gives_in_its_ramp_up() -> None:
    """In month 1 M is at a quarter if it opens then, .75 above if it opened before: .5 (.25 size + 4 x .75 start)."""
    expected = {("gain", "side", 1, "M", 1, 1): 1} | sizes("side", [0, 1], -0.125) | starts("small", [0], -1.5)
    assert row(sized(), "gains_follow_the_size", "side", 1, "M", 1, 1, 0) == expect(expected, "<=", 0)


def test_what_is_of_a_chosen_size_works_no_weekends() -> None:
    """L and M do, without what expands them; N does not."""
    assert {line for line, _, _ in keys(sized(), "weekend")} == {"L", "M"}


def test_what_a_size_costs_is_paid_beside_the_start() -> None:
    """100 and 3 for each unit of size in the year of the decision; 5 and .5 a month from then on, to the end."""
    capex = {("pay_capex", "F", "plant", 2024): 1} | starts("plant", [0, 1], -100) | sizes("plant", [0, 1], -3)
    assert row(sized(), "capex_is_paid", "plant", 2024) == expect(capex, "==", 0)
    found, _ = objective(sized(), "cost")
    assert {key[2]: c for (name, key), c in found.items() if name == "size" and key[0] == "plant"} == {0: 4, 1: 3.5}
    assert {key[2]: c for (name, key), c in found.items() if name == "build" and key[0] == "plant"} == {0: 110, 1: 105}
