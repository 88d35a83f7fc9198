"""Rows of weekends: a crew that is there, in order, and on opened lines only at full output."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo

from tests.model.rows import expect, keys, model_of, row

TESTED = {"weekends_need_a_crew", "higher_crews_work_no_more_weekends", "weekends_wait_for_full_ramp_up"}


@cache
def model() -> pyo.ConcreteModel:
    """January (4 Saturdays), February (4), and March and April together (5 + 4); half may be worked.

    Step 3 of the ladder is continuous and staffs weekends. N opens at once and ramps up with a half.
    """
    return model_of(
        {"periods": "2x1, 1x2", "review_months": 1},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "three"},
            {"line": "N", "site": "works", "opened_by": "plant"},
            {"line": "rest", "site": "works", "weekend_share": 0.2},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10} for line in ("L", "N", "rest")],
        shift_ladders=[
            {"ladder": "three", "step": k, "pattern": f"{k}-8-5", "staffs_weekends": k == 3} for k in (1, 2, 3)
        ],
        profiles=[{"profile": "half", "month": 0, "share": 0.5}],
        projects=[{"project": "plant", "kind": "new line", "lead_months": 0, "ramp_up": "half"}],
    )


def test_weekends_need_a_crew_that_is_off_on_them() -> None:
    """floor(.5 x 9) = 4 weekends in March and April, while the continuous step 3 does not run."""
    expected = expect({("weekend", "L", 2, 2): 1, ("run", "L", 2, 2): -4, ("run", "L", 3, 2): 4}, "<=", 0)
    assert row(model(), "weekends_need_a_crew", "L", 2, 2) == expected


def test_crews_of_a_continuous_pattern_have_no_weekends_to_add() -> None:
    """Steps 1 and 2 may work weekends, step 3 has them in its pattern; .2 x 4 weekends is none at all."""
    on_l = {key[1] for key in keys(model(), "weekend") if key[0] == "L"}
    assert on_l == {1, 2}
    assert {key[2] for key in keys(model(), "weekend") if key[0] == "rest"} == {2}
    assert model().weekend["rest", 1, 2].ub == 1


def test_a_higher_crew_works_no_more_weekends() -> None:
    """Crew 2 works no more weekends than crew 1."""
    expected = expect({("weekend", "L", 2, 0): 1, ("weekend", "L", 1, 0): -1}, "<=", 0)
    assert row(model(), "higher_crews_work_no_more_weekends", "L", 2, 0) == expected


def test_opened_lines_work_weekends_once_fully_ramped() -> None:
    """In March and April starts in months 0 and 1 are full; one in month 2 is at .75 on average."""
    expected = expect({("weekend", "N", 1, 2): 1, ("build", "plant", 1, 0): -4, ("build", "plant", 1, 1): -4}, "<=", 0)
    assert row(model(), "weekends_wait_for_full_ramp_up", "N", 1, 2) == expected
    assert {key[2] for key in keys(model(), "weekend") if key[0] == "N"} == {1, 2}
