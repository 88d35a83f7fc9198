"""Rows of crews: the ladder, joining and leaving, the minimum stay, people, lines that open."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyomo.environ as pyo
import pytest

from tests.model.rows import expect, keys, model_of, objective, row

TESTED = {
    "steps_are_climbed_in_order",
    "crew_changes_balance",
    "joining_crews_were_absent",
    "crews_stay",
    "people_are_there",
    "people_wait_without_a_crew",
    "crews_need_an_open_line",
    "opened_lines_are_staffed",
    "one_crew_opens_a_line",
}


@cache
def model(**settings: Any) -> pyo.ConcreteModel:
    """Six months in blocks 0-1, 2-3, 4-5; L climbs two steps, N is opened by a plant a month after its start."""
    return model_of(
        {"periods": "6x1", "review_months": 2, **settings},
        members=[{"member": "A", "people_available": 25, "people_added": 2}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "two", "people_per_crew": 10, "shifts_now": 1},
            {"line": "I", "site": "works", "ladder": "two", "shifts_now": 0, "may_idle": True},
            {"line": "N", "site": "works", "people_per_crew": 5, "opened_by": "plant"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10} for line in "LIN"],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "hiring_months": 2, "minimum_stay": 3},
        ],
        projects=[{"project": "plant", "kind": "new line", "lead_months": 1}],
    )


def test_a_higher_crew_needs_the_one_below() -> None:
    """Crew 2 of L works in block 1 only if crew 1 does."""
    expected = expect({("run", "L", 2, 1): 1, ("run", "L", 1, 1): -1}, "<=", 0)
    assert row(model(), "steps_are_climbed_in_order", "L", 2, 1) == expected
    assert ("L", 1, 1) not in keys(model(), "steps_are_climbed_in_order")


def test_changes_of_crews_are_joins_and_leaves() -> None:
    """run - run before = join - leave; before block 0 stands today's pattern, one crew on L."""
    change = {("run", "L", 2, 1): 1, ("run", "L", 2, 0): -1, ("join", "L", 2, 1): -1, ("leave", "L", 2, 1): 1}
    assert row(model(), "crew_changes_balance", "L", 2, 1) == expect(change, "==", 0)
    first = {("run", "L", 1, 0): 1, ("join", "L", 1, 0): -1, ("leave", "L", 1, 0): 1}
    assert row(model(), "crew_changes_balance", "L", 1, 0) == expect(first, "==", 1)


def test_crews_join_after_their_hiring_months() -> None:
    """Two months of hiring: crew 2 cannot join in block 0 (month 0), and can in block 1 (month 2)."""
    expected = expect({("run", "L", 2, 0): 1, ("leave", "L", 2, 0): 1}, "==", 0)
    assert row(model(), "crew_changes_balance", "L", 2, 0) == expected
    assert {key for key in keys(model(), "join") if key[0] == "L"} == {
        ("L", 1, 0),
        ("L", 1, 1),
        ("L", 1, 2),
        ("L", 2, 1),
        ("L", 2, 2),
    }


def test_crews_of_a_new_line_join_when_it_opens() -> None:
    """The first block of N has no block before it: run - join + leave = 0."""
    expected = expect({("run", "N", 1, 0): 1, ("join", "N", 1, 0): -1, ("leave", "N", 1, 0): 1}, "==", 0)
    assert row(model(), "crew_changes_balance", "N", 1, 0) == expected


def test_a_crew_stays_its_minimum() -> None:
    """Three months from month 2 reach into block 2 (month 4): who joined in blocks 1 or 2 is there."""
    expected = expect({("join", "L", 2, 1): 1, ("join", "L", 2, 2): 1, ("run", "L", 2, 2): -1}, "<=", 0)
    assert row(model(), "crews_stay", "L", 2, 2) == expected
    own_block = expect({("join", "L", 1, 2): 1, ("run", "L", 1, 2): -1}, "<=", 0)
    assert row(model(), "crews_stay", "L", 1, 2) == own_block


def test_a_crew_that_is_there_cannot_join() -> None:
    """With a ramp-up, a join in block 1 needs a crew that was not there in block 0: join + run before <= 1."""
    learning = model_of(
        {"periods": "4x1", "review_months": 2},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "one"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        shift_ladders=[{"ladder": "one", "step": 1, "pattern": "1-8-5", "ramp_up": "slow", "minimum_stay": 2}],
        profiles=[{"profile": "slow", "month": 0, "share": 0.5}],
    )
    expected = expect({("join", "L", 1, 1): 1, ("run", "L", 1, 0): 1}, "<=", 1)
    assert row(learning, "joining_crews_were_absent", "L", 1, 1) == expected


def test_people_limit_all_crews_of_a_member() -> None:
    """At month 2: 10 for each crew of L, 5 for N, at most 25 + 2 x 2 = 29."""
    expected = expect({("run", "L", 1, 1): 10, ("run", "L", 2, 1): 10, ("run", "N", 1, 1): 5}, "<=", 29)
    assert row(model(), "people_are_there", "A", 1) == expected


@cache
def hiring(**member: Any) -> pyo.ConcreteModel:
    """Blocks of two months; ten of A's fifteen people work on L, and up to 6 a month are hired, trained in three."""
    pool = {"people_hired": 6, "training_months": 3, "hiring_cost": 7, "leaving_cost": 4, "waiting_pay": 2}
    return model_of(
        {"periods": "8x1", "review_months": 2},
        members=[{"member": "A", "people_available": 15, **pool, **member}, {"member": "B", "people_available": 3}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "people_per_crew": 10}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
    )


def test_hired_people_count_when_they_are_trained() -> None:
    """In block 2 those hired in block 0 are trained, not those of 1; who left in 0, 1 or 2 is gone."""
    moved = {("hire", "A", 0): -1} | {("dismiss", "A", b): 1 for b in range(3)}
    crews = {("run", "L", 1, 2): 10}
    assert row(hiring(), "people_are_there", "A", 2) == expect(crews | moved, "<=", 15)
    waiting = {("waiting", "A", 2): 1}
    assert row(hiring(), "people_wait_without_a_crew", "A", 2) == expect(waiting | crews | moved, "==", 15)
    assert hiring().hire["A", 2].bounds == (0, 12)
    assert keys(hiring(), "hire") == {("A", b) for b in range(4)}
    assert keys(hiring(waiting_pay=0), "people_wait_without_a_crew") == set()
    assert keys(model(), "hire") == keys(model(), "waiting") == set()


def test_hiring_leaving_and_waiting_cost() -> None:
    """Hired: 7, and 2 a month in training, four months until the block in which they count, or to the end."""
    found, _ = objective(hiring(), "cost")
    costs = {(name, key[1]): c for (name, key), c in found.items() if name in ("hire", "dismiss", "waiting")}
    hired = {("hire", 0): 15, ("hire", 1): 15, ("hire", 2): 15, ("hire", 3): 11}
    assert costs == hired | {("dismiss", b): 4 for b in range(4)} | {("waiting", b): 4 for b in range(4)}


def test_training_takes_people_and_a_share_of_all_quits() -> None:
    """Each trainee takes half a person; of what came or left four months ago 0.9^4 is there in block 2, month 4.

    At most 1 a month is let go; in training 1 a month is paid, not 2.
    """
    pool = hiring(trainers=0.5, quitting=0.1, people_let_go=1, training_pay=1, people_added=3)
    moved = {("hire", "A", 0): -1, ("hire", "A", 1): 0.5, ("hire", "A", 2): 0.5}
    moved |= {("dismiss", "A", b): 0.9 ** (4 - 2 * b) for b in range(3)}
    people = 15 * 0.9**4 + 3 * (1 + 0.9 + 0.9**2 + 0.9**3)
    assert row(pool, "people_are_there", "A", 2) == expect({("run", "L", 1, 2): 10} | moved, "<=", people)
    later = row(pool, "people_are_there", "A", 3)
    assert later[0]["hire", ("A", 0)] == pytest.approx(-(0.9**2))
    assert pool.dismiss["A", 1].bounds == (0, 2)
    found, _ = objective(pool, "cost")
    assert [found["hire", ("A", b)] for b in range(4)] == [11, 11, 11, 9]


def test_crews_work_on_lines_that_open_before_the_block_ends() -> None:
    """Block 0 ends with month 2: only the start in month 0 opens before; block 1: those in months 0 to 2."""
    early = expect({("run", "N", 1, 0): 1, ("build", "plant", 1, 0): -1}, "<=", 0)
    assert row(model(), "crews_need_an_open_line", "N", 1, 0) == early
    later = expect({("run", "N", 1, 1): 1} | {("build", "plant", 1, m): -1 for m in range(3)}, "<=", 0)
    assert row(model(), "crews_need_an_open_line", "N", 1, 1) == later
    assert ("L", 1, 0) not in keys(model(), "crews_need_an_open_line")


@cache
def opening(**project: Any) -> pyo.ConcreteModel:
    """Six months in blocks 0-1, 2-3, 4-5; N, of two steps at 20 a month, is opened a month after a start."""
    return model_of(
        {"periods": "6x1", "review_months": 2},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "N", "site": "works", "ladder": "two", "crew_cost": 20, "opened_by": "plant"}],
        rates=[{"line": "N", "item": "shell", "rate": 10}],
        shift_ladders=[{"ladder": "two", "step": k, "pattern": f"{k}-8-5"} for k in (1, 2)],
        projects=[{"project": "plant", "kind": "new line", "lead_months": 1} | project],
    )


def test_a_line_opened_inside_a_block_has_one_crew_in_it() -> None:
    """The start of month 2 opens in month 3, inside block 1: crew 1 is there; crew 2 only after starts of before."""
    staffed = expect({("run", "N", 1, 1): 1, ("build", "plant", 1, 2): -1}, ">=", 0)
    assert row(opening(), "opened_lines_are_staffed", "N", 1) == staffed
    before = {("build", "plant", 1, m): -1 for m in (0, 1)}
    second = expect({("run", "N", 2, 1): 1} | before, "<=", 0)
    assert row(opening(), "one_crew_opens_a_line", "N", 2, 1) == second


def test_crews_are_paid_from_the_opening_on() -> None:
    """A start in month 2 saves the 20 of month 2, a start in month 1, which opens with the block, nothing."""
    costs, _ = objective(opening(), "cost")
    assert costs["run", ("N", 1, 1)] == 40
    assert {key[1][2]: c for key, c in costs.items() if key[0] == "build"} == {0: -20, 2: -20, 4: -20}


def test_a_line_whose_opening_is_given_may_have_no_crew() -> None:
    """Committed: there is no choice of the month, and each crew is paid from the opening on, 20; none is a second."""
    given = opening(status="committed", start="2024-03")
    assert keys(given, "opened_lines_are_staffed") == set()
    assert row(given, "one_crew_opens_a_line", "N", 2, 1) == expect({("run", "N", 2, 1): 1}, "<=", 0)
    costs, _ = objective(given, "cost")
    assert (costs["run", ("N", 1, 1)], costs["run", ("N", 2, 1)], costs["run", ("N", 1, 2)]) == (20, 20, 40)


def test_lines_keep_their_first_crew_unless_they_may_idle() -> None:
    """run of L's first step is 1 at least; of I's, which may idle, and of N's, which may not open, 0."""
    least = {line: model().run[line, 1, 0].lb for line in "LIN"}
    assert least == {"L": 1, "I": 0, "N": 0}


def test_without_the_lever_the_pattern_of_today_stays() -> None:
    """Without `shifts` run is fixed at today's pattern on lines there are, and at most one shift on new ones."""
    fixed = model(levers=("weekends", "new lines"))
    bounds = {crew: fixed.run[crew].bounds for crew in [("L", 1, 1), ("L", 2, 1), ("I", 1, 1), ("N", 1, 1)]}
    assert bounds == {("L", 1, 1): (1, 1), ("L", 2, 1): (0, 0), ("I", 1, 1): (0, 0), ("N", 1, 1): (0, 1)}
