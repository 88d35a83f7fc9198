"""Tables to columns: the way there and back, other calendars, other scenarios, and plans that were spoilt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given

from optimizer import Plan, Scenario, build_model, solve
from optimizer.errors import ImpossibleError, InputError
from optimizer.plan.assignment import DECIDED, WHOLE, Assignment
from optimizer.plan.extract import extract_tables
from optimizer.plan.tables import DECISIONS, columns_of
from optimizer.scenario.network import Network
from optimizer.solve.matrix import compile_matrix
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.test_pipeline import workshop

VARIABLES = {*WHOLE, *(name for names in DECIDED.values() for name in names)}


def columns(scenario: Scenario) -> tuple[tuple[str, Any], ...]:
    """Return the columns of the model of a scenario."""
    return compile_matrix(build_model(scenario), ("cost",)).columns


@given(drafts())
@examples(3, 60)
def test_the_way_there_and_back_is_the_same_plan(draft: Draft) -> None:
    """What extract makes of the values of a plan are the tables of that plan, whatever its features."""
    try:
        plan = solve(draft.scenario(threads=1))
    except ImpossibleError:
        assume(False)
    values: dict[str, dict[Any, float]] = {}
    for (name, key), value in Assignment(plan, plan.scenario).values(columns(plan.scenario), VARIABLES).items():
        values.setdefault(name, {})[key] = value
    values["backlog"] = dict.fromkeys(values.get("deliver", {}), 0.0)
    again = extract_tables(Network(plan.scenario), values, ())
    for table in plan.tables.keys() & DECIDED.keys():
        names = [column.name for column in columns_of(DECISIONS[table], plan.tables[table]) if column.name != "backlog"]
        mine, theirs = (
            t.sort_values(names[:-1]).reset_index(drop=True)[names] for t in (again[table], plan.tables[table])
        )
        on_columns = {"output", "uses", "deliveries"}  # unused variables are no columns: they have rows of zeros
        if table in on_columns:
            mine, theirs = (t[t[names[-1]] != 0].reset_index(drop=True) for t in (mine, theirs))
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=1e-9)


def quarters(plan: Plan, **tables: Any) -> Assignment:
    """Return what a plan of months says of quarters."""
    scenario = workshop({"periods": "2x3", "review_months": 3})
    return Assignment(
        replace(plan, tables=plan.tables | {name: pd.DataFrame(t) for name, t in tables.items()}), scenario
    )


def months(*values: float) -> list[dict[str, Any]]:
    """Return values from January 2024 on."""
    return [{"month": pd.Timestamp(2024, k, 1).date(), "value": value} for k, value in enumerate(values, start=1)]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan of six months."""
    return solve(workshop({"periods": "6x1"}))


def test_another_calendar_gets_sums_of_amounts_and_the_crews_when_a_block_begins(plan: Plan) -> None:
    """Of six months in two quarters: 1 + 2 + 3 and 4 + 5 + 6 are made, and crews are those of January and April."""
    output = [
        {"line": "L", "item": "shell", "month": row["month"], "made": row["value"]} for row in months(*range(1, 7))
    ]
    shifts = [{"line": "L", "month": row["month"], "shifts": row["value"]} for row in months(1, 0, 0, 2, 3, 3)]
    weekends = [{"line": "L", "step": 1, "month": row["month"], "weekends": row["value"]} for row in months(2, 1, 0, 2)]
    given = quarters(plan, output=output, shifts=shifts, weekends=weekends)
    assert [given.value("make", ("L", "shell", t)) for t in (0, 1)] == [6, 15]
    assert [given.value("run", ("L", step, block)) for block in (0, 1) for step in (1, 2, 3)] == [1, 0, 0, 1, 1, 0]
    assert [given.value("weekend", ("L", 1, t)) for t in (0, 1)] == [3, 2]


def test_months_of_a_longer_period_are_its_even_shares(plan: Plan) -> None:
    """A quarter of 6 says 2 for each of its months, and nothing of months beyond its horizon."""
    rows = [{"line": "L", "item": "shell", "month": pd.Timestamp(2024, 1, 1), "made": 6.0}]
    coarse = replace(plan, scenario=workshop({"periods": "1x3"}), tables={"output": pd.DataFrame(rows)})
    given = Assignment(coarse, workshop({"periods": "4x1"}))
    assert [given.value("make", ("L", "shell", t)) for t in range(4)] == [2, 2, 2, None]


def test_what_a_plan_cannot_know_has_no_value(plan: Plan) -> None:
    """A line, a project and an item that are new are decided anew, and so is what lies after `until`."""
    assert Assignment(plan, plan.scenario).value("run", ("new", 1, 0)) is None
    assert Assignment(plan, plan.scenario).value("build", ("new", 1, 0)) is None
    assert Assignment(plan, plan.scenario).value("make", ("L", "new", 0)) is None
    assert Assignment(plan, plan.scenario).value("join", ("L", 1, 0)) is None
    until = Assignment(plan, plan.scenario, "2024-02")
    assert [until.value("make", ("L", "shell", t)) is None for t in range(4)] == [False, False, True, True]
    assert until.value("run", ("L", 1, 0)) == 1


def test_tables_that_were_spoilt_say_nothing(plan: Plan) -> None:
    """Months and numbers that are none are passed over, as are columns that are gone."""
    shifts = pd.DataFrame([{"line": "L", "month": "soon", "shifts": 1}, {"line": "L", "month": None, "shifts": "two"}])
    given = Assignment(replace(plan, tables={"shifts": shifts, "starts": pd.DataFrame([{"unit": 1}])}), plan.scenario)
    assert given.value("run", ("L", 1, 0)) is None
    assert given.left_out((), ("build", "run")) == []


def test_no_month_is_refused(plan: Plan) -> None:
    """`until` says how a month is written."""
    with pytest.raises(InputError, match="until"):
        Assignment(plan, plan.scenario, "June").value("make", ("L", "shell", 0))
