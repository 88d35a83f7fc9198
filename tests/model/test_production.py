"""Rows of production: capacity in months of 1-8-5, and the minimum rate of a running line."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo

from tests.model.rows import expect, keys, model_of, row

TESTED = {
    "capacity_limits_production",
    "running_lines_keep_the_minimum_rate",
    "running_crews_keep_their_minimum_rate",
}


@cache
def model() -> pyo.ConcreteModel:
    """Three months; crew 2 of L adds .8 and gives .5, then .75 after it joins; N opens after a month."""
    return model_of(
        {"periods": "3x1", "review_months": 1, "weekend_share": 0},
        members=[{"member": "A"}],
        items=[{"item": "big"}, {"item": "small"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two"},
            {"line": "N", "site": "works", "opened_by": "plant"},
        ],
        rates=[
            {"line": "L", "item": "small", "rate": 100, "minimum": 20},
            {"line": "L", "item": "big", "rate": 50, "minimum": 5},
            {"line": "N", "item": "big", "rate": 40, "minimum": 10},
        ],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5", "ramp_up": "learn", "minimum_stay": 2},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "added_share": 0.8, "ramp_up": "learn"}
            | {"minimum_stay": 2},
        ],
        profiles=[
            {"profile": "learn", "month": 0, "share": 0.5},
            {"profile": "learn", "month": 1, "share": 0.75},
            {"profile": "half", "month": 0, "share": 0.5},
        ],
        projects=[
            {"project": "plant", "kind": "new line", "lead_months": 1, "ramp_up": "half"},
            {"project": "wider", "kind": "expansion", "line": "L", "added_share": 0.5, "lead_months": 2},
        ],
    )


def test_capacity_is_what_crews_give_less_what_they_still_learn() -> None:
    """In month 2: who joined in month 1 lacks .25 of its share, who joined in month 2 lacks .5; gains add."""
    made = {("make", "L", "small", 2): 1 / 100, ("make", "L", "big", 2): 1 / 50}
    crews = {("run", "L", 1, 2): -1, ("join", "L", 1, 1): 0.25, ("join", "L", 1, 2): 0.5}
    more = {("run", "L", 2, 2): -0.8, ("join", "L", 2, 1): 0.2, ("join", "L", 2, 2): 0.4}
    gains = {("gain", "wider", 1, "L", 1, 2): -1, ("gain", "wider", 1, "L", 2, 2): -1}
    expected = expect(made | crews | more | gains, "<=", 0)
    assert row(model(), "capacity_limits_production", "L", 2) == expected


def test_capacity_of_an_opened_line_is_its_effective_output() -> None:
    """N makes no more than its one crew effectively gives."""
    expected = expect({("make", "N", "big", 1): 1 / 40, ("effective", "N", 1, 1): -1}, "<=", 0)
    assert row(model(), "capacity_limits_production", "N", 1) == expected


def test_capacity_takes_the_mean_rate_of_a_longer_period() -> None:
    """A rate of 90 in two of three months is 60 a month on average; weekend runs give 2 / 21.75 months."""
    longer = model_of(
        {"periods": "1x3"},
        members=[{"member": "A"}],
        items=[{"item": "big"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "big", "rate": 90, "to_month": "2024-02"}],
    )
    expected = expect(
        {("make", "L", "big", 0): 1 / 60, ("run", "L", 1, 0): -3, ("weekend", "L", 1, 0): -2 / 21.75}, "<=", 0
    )
    assert row(longer, "capacity_limits_production", "L", 0) == expected


def test_running_lines_keep_the_smallest_minimum_of_their_items() -> None:
    """20 / 100 of small and 5 / 50 of big: a tenth of the first crew, less what it still learns."""
    made = {("make", "L", "small", 2): 1 / 100, ("make", "L", "big", 2): 1 / 50}
    crew = {("run", "L", 1, 2): -0.1, ("join", "L", 1, 1): 0.025, ("join", "L", 1, 2): 0.05}
    expected = expect(made | crew, ">=", 0)
    assert row(model(), "running_lines_keep_the_minimum_rate", "L", 2) == expected


def test_opened_lines_keep_their_minimum_as_they_ramp_up() -> None:
    """A quarter of run + ready - 1 in month 2: full if started in month 0, half if started in month 1."""
    expected = expect(
        {("make", "N", "big", 2): 1 / 40, ("run", "N", 1, 2): -0.25}
        | {("build", "plant", 1, 0): -0.25, ("build", "plant", 1, 1): -0.125},
        ">=",
        -0.25,
    )
    assert row(model(), "running_lines_keep_the_minimum_rate", "N", 2) == expected


def crews(ladder: list[dict[str, object]], **more: object) -> pyo.ConcreteModel:
    """Two months; L and N make 50 and 40 a month with two crews, each of which must make a tenth of that."""
    return model_of(
        {"periods": "2x1", "review_months": 1, "weekend_share": 0},
        members=[{"member": "A"}],
        items=[{"item": "big"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two"},
            {"line": "N", "site": "works", "ladder": "two", "opened_by": "plant"},
        ],
        rates=[
            {"line": "L", "item": "big", "rate": 50, "crew_minimum": 5},
            {"line": "N", "item": "big", "rate": 40, "crew_minimum": 4},
        ],
        shift_ladders=ladder,
        projects=[{"project": "plant", "kind": "new line", "lead_months": 0}],
        **more,
    )


def test_every_running_crew_keeps_its_minimum() -> None:
    """A tenth of what both crews run, less the half month that the second still learns after it joins."""
    learns = {"ramp_up": "learn", "minimum_stay": 1}
    ladder = [{"ladder": "two", "step": k, "pattern": f"{k}-8-5"} | (learns if k == 2 else {}) for k in (1, 2)]
    model = crews(ladder, profiles=[{"profile": "learn", "month": 0, "share": 0.5}])
    owed = {("run", "L", 1, 1): -0.1, ("run", "L", 2, 1): -0.1, ("join", "L", 2, 1): 0.05}
    expected = expect({("make", "L", "big", 1): 1 / 50} | owed, ">=", 0)
    assert row(model, "running_crews_keep_their_minimum_rate", "L", 2, 1) == expected
    assert ("L", 1, 1) not in keys(model, "running_crews_keep_their_minimum_rate")


def test_crews_of_an_opened_line_keep_their_minimum_as_it_ramps_up() -> None:
    """Two crews owe a tenth of 2 (run + ready - 1); one has a row of its own."""
    model = crews([{"ladder": "two", "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)])
    starts = {("build", "plant", 1, m): -0.2 for m in (0, 1)}
    two = expect({("make", "N", "big", 1): 1 / 40, ("run", "N", 2, 1): -0.2} | starts, ">=", -0.2)
    assert row(model, "running_crews_keep_their_minimum_rate", "N", 2, 1) == two
    first = {("build", "plant", 1, m): -0.1 for m in (0, 1)}
    one = expect({("make", "N", "big", 1): 1 / 40, ("run", "N", 1, 1): -0.1} | first, ">=", -0.1)
    assert row(model, "running_crews_keep_their_minimum_rate", "N", 1, 1) == one
