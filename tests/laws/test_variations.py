"""A variation solved on the model of its base is the same as the scenario built with it."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import Plan, Prepared, Scenario, Task, prepare, solve
from optimizer.errors import ImpossibleError, InputError
from optimizer.plan.tables import DECISIONS
from optimizer.scenario.schema import LEVERS
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.laws.test_laws import room, values
from tests.test_pipeline import workshop

OBJECTIVES: tuple[tuple[str, ...], ...] = (("shortfall", "speed", "cost"), ("cost", "shortfall"), ("weighted",))


def found(scenario: Scenario, prepared: Prepared | None, **asked: Any) -> Plan | str:
    """Return the plan of a scenario, or why there is none."""
    try:
        return solve(scenario, prepared=prepared, **asked)
    except ImpossibleError as error:
        return str(error)


@given(drafts(), st.data())
@examples(3, 150)
def test_a_variation_is_the_scenario_built_with_it(draft: Draft, data: st.DataObject) -> None:
    """Levers off, projects forced and forbidden, other objectives: same objectives, bounds, tables, and conflicts."""
    base = draft.scenario(threads=1, time_limit=60)
    projects = [row["project"] for row in draft.tables.get("projects", ()) if row.get("status", "option") == "option"]
    statuses = {name: data.draw(st.sampled_from(("option", "forced", "forbidden")), name) for name in projects}
    task = Task(
        base,
        off=data.draw(st.lists(st.sampled_from(LEVERS), unique=True, max_size=3), "off"),
        force=[name for name, status in statuses.items() if status == "forced"],
        forbid=[name for name, status in statuses.items() if status == "forbidden"],
        objectives=data.draw(st.sampled_from(OBJECTIVES), "objectives"),
    )
    try:
        scenario = task.given
    except InputError:  # one that is forced needs one that is forbidden
        assume(False)
    prepared = pickle.loads(pickle.dumps(prepare(base)))
    assume(prepared.varied(scenario) is not None)
    varied, built = found(scenario, prepared), found(scenario, None)
    if isinstance(varied, str) or isinstance(built, str):
        assert varied == built
        return
    assert "build" not in varied.seconds and "build" in built.seconds
    assert varied.verified
    for rank, (mine, other) in enumerate(zip(values(varied), values(built), strict=True)):
        assert mine == pytest.approx(other, abs=room(other, rank))
    for table in ("shifts", "output", "stock", "own_stock", "deliveries", "uses", "losses", "promises"):
        keys = DECISIONS[table].names[:-1] if table != "promises" else DECISIONS[table].names[:4]
        keys = [name for name in keys if name not in ("shifts", "delivered")]
        pd.testing.assert_frame_equal(varied.tables[table][keys], built.tables[table][keys], check_dtype=False)


@pytest.mark.slow
def test_what_is_no_variation_is_built() -> None:
    """Other numbers, a lever that was off, a project that could not start: solved all the same, from a new model."""
    base = workshop(
        {"levers": ("shifts",)},
        projects=[{"project": "wider", "kind": "expansion", "line": "L", "added_share": 1, "lead_months": 1}],
    )
    prepared = prepare(base)
    others = [
        base.replace(settings={"levers": LEVERS}),
        base.replace(rates=base.rates.assign(rate=20.0)),
        base.replace(settings={"accepted_wait": 1}),
        Task(base, force=("wider",)).given,
        base.replace(projects=[]),
    ]
    for other in others:
        assert prepared.varied(other) is None
        assert "build" in solve(other, prepared=prepared).seconds
    assert prepared.varied(base.replace(settings={"gap": 0.5, "title": "other", "levers": ()})) is not None
