"""What expansions add, whatever opens when: the model's rows against the verifier, quarters against their months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Scenario
from optimizer.model.build import build_model
from optimizer.plan.plan import Plan
from optimizer.verify import production
from optimizer.verify.book import Book
from tests.laws.profile import examples
from tests.verify import build

PERIODS = ("2x3", "6x1", "1x1, 1x3, 1x2", "3x2", "1x6")


@st.composite
def expansions(draw: Any) -> tuple[Scenario, list[tuple[str, int, int]], float]:
    """Draw a line with a crew or two, one or two expansions of it, their starts, and the share of weekends worked."""

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    ramp = [{"profile": "slow", "month": m, "share": share} for m, share in enumerate(of((0.1,), (0, 0.5), (0.3, 0.6)))]
    first = of(0, 5)
    starts = [(name, 1, draw(st.integers(-2, 3))) for name in ("P", "Q")[: of(1, 2)]]
    scenario = Scenario.from_tables(
        {"start": _month(first), "periods": "6x1", "weekend_share": of(1, 1, 0.5), "review_months": 6},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "S", "shifts_now": of(1, 2)}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        shift_ladders=[
            {"ladder": "S", "step": k, "pattern": f"{k}-8-5", "added_share": share} for k, share in ((1, 1), (2, 0.8))
        ],
        profiles=ramp,
        projects=[
            {"project": name, "kind": "expansion", "line": "L", "added_share": of(0.5, 1), "lead_months": of(0, 1, 2)}
            | {"status": "committed", "start": _month(first + month), "ramp_up": of("slow", None)}
            for name, _, month in starts
        ],
    )
    return scenario, starts, of(1.0, 0.5, 0.3)


def _month(count: int) -> str:
    return f"{2024 + count // 12}-{count % 12 + 1:02}"


def plan_of(scenario: Scenario, starts: list[tuple[str, int, int]], share: float) -> Plan:
    """Return crews as now all the time, with a share of the weekends that each may work."""
    crews = scenario.tables["lines"][0].shifts_now
    most = [int(scenario.settings.weekend_share * count + 1e-9) for count in scenario.calendar.weekends]
    runs = [int(share * count) for count in most]
    return build.plan(
        scenario,
        {
            "starts": build.starts(scenario, starts),
            "shifts": build.flows(scenario, "shifts", {"L": [crews] * len(runs)}),
            "weekends": build.flows(scenario, "weekends", {("L", k): runs for k in range(1, crews + 1)}),
            "output": build.flows(scenario, "output", {("L", "shell"): [0] * len(runs)}),
        },
    )


def gains(plan: Plan) -> np.ndarray[Any, Any]:
    """Return what the verifier says that expansions add, by period."""
    book = Book(plan)
    added = production.expansion_gains(book, production.effective(book), production.weekend_output(book))
    return np.asarray(added[0])


def most_gains(plan: Plan) -> np.ndarray[Any, Any]:
    """Return the most that the rows of the model let the gains be with the crews, weekends and starts of a plan."""
    model, calendar = build_model(plan.scenario), plan.scenario.calendar
    dates = calendar.period_dates()
    crews = plan.scenario.tables["lines"][0].shifts_now
    worked = {(row.step, dates.index(row.month)): row.weekends for row in plan.tables["weekends"].itertuples()}
    for (_, k, _), run in model.run.items():
        run.value = int(k <= crews)
    for (_, k, t), runs in model.weekend.items():
        runs.value = worked.get((k, t), 0)
    for part in (model.build, model.join, model.leave, model.gain, model.weekend_gain):
        for key in part:
            part[key].value = int(part is model.build)  # what is committed is built
    found = np.zeros(len(dates))
    for variable, least in _least(model):
        found[variable.index()[4]] += least
    return found


def _least(model: pyo.ConcreteModel) -> Iterator[tuple[Any, float]]:
    """Yield each gain with the least of its rows, which all read gain - most <= 0."""
    rows = {
        "gain": ("expansions_multiply_what_runs", "expansions_follow_the_ramp_up"),
        "weekend_gain": ("weekend_gains_follow_the_ramp_up",),
    }
    for name, constraints in rows.items():
        for key, variable in model.component(name).items():
            bodies = [row.body for c in constraints for at, row in model.component(c).items() if at[:5] == key]
            yield variable, min(-pyo.value(body) for body in bodies)


@given(expansions(), st.sampled_from(PERIODS))
@examples(10, 100)
def test_the_model_lets_expansions_add_what_the_verifier_says(drawn: Any, periods: str) -> None:
    """The least of the rows for a gain is what the crew, its weekends and the ramp-up give: no more and no less."""
    scenario, starts, share = drawn
    plan = plan_of(scenario.replace(settings={"periods": periods}), starts, share)
    assert most_gains(plan) == pytest.approx(gains(plan), abs=1e-9)


@given(expansions(), st.sampled_from(PERIODS))
@examples(10, 100)
def test_expansions_add_in_longer_periods_what_they_add_in_their_months(drawn: Any, periods: str) -> None:
    """With every Saturday worked, the gain of a period is the sum over its months, wherever openings lie."""
    scenario, starts, _ = drawn
    monthly = scenario.replace(settings={"weekend_share": 1})
    longer = monthly.replace(settings={"periods": periods})
    by_month = gains(plan_of(monthly, starts, 1.0))
    assert gains(plan_of(longer, starts, 1.0)) == pytest.approx(np.add.reduceat(by_month, longer.calendar.begins))
