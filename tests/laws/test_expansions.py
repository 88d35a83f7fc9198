"""What expansions add, whatever opens when: the model's rows against the verifier, quarters against their months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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


MOST = 3
"""The most that a size may be, where one is chosen."""


@dataclass(frozen=True)
class Drawn:
    """A line with crews and expansions, what is started in which size, and the share of weekends worked."""

    scenario: Scenario
    crews: int
    starts: list[tuple[str, int, int]]
    sizes: dict[tuple[str, int], float]
    share: float

    def with_settings(self, **settings: Any) -> Drawn:
        """Return the same in other periods, or with other settings."""
        return replace(self, scenario=self.scenario.replace(settings=settings))


@st.composite
def expansions(draw: Any) -> Drawn:
    """Draw a line with a crew or two, of which the last may join, and one or two expansions, some of a chosen size.

    What is of a chosen size is forced in the first month, so that its size is a choice and its month none.
    """

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    ramp = [{"profile": "slow", "month": m, "share": share} for m, share in enumerate(of((0.1,), (0, 0.5), (0.3, 0.6)))]
    learn = [{"profile": "learn", "month": m, "share": share} for m, share in enumerate(of((0.5,), (0, 0.2, 0.7)))]
    first, crews, joins = of(0, 5), of(1, 2), of(0, 1)
    size = {name: of(None, 0, 0.5, 2, MOST) for name in ("P", "Q")[: of(1, 2)]}
    starts = [(name, 1, draw(st.integers(-2, 3)) if size[name] is None else 0) for name in size]
    scenario = Scenario.from_tables(
        {"start": _month(first), "periods": "6x1", "weekend_share": of(1, 1, 0.5), "review_months": 6},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "ladder": "S", "shifts_now": crews - joins, "may_idle": True}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        shift_ladders=[
            {"ladder": "S", "step": k, "pattern": f"{k}-8-5", "added_share": share}
            | {"ramp_up": "learn", "minimum_stay": 3}
            for k, share in ((1, 1), (2, 0.8))
        ],
        profiles=ramp + learn,
        projects=[
            {"project": name, "kind": "expansion", "line": "L", "added_share": of(0.5, 1), "lead_months": of(0, 1, 2)}
            | {"ramp_up": of("slow", None)}
            | (
                {"status": "committed", "start": _month(first + month)}
                if size[name] is None
                else {"status": "forced", "latest": _month(first), "most_size": MOST}
            )
            for name, _, month in starts
        ],
    )
    chosen = {(name, 1): float(s) for name, s in size.items() if s is not None}
    return Drawn(scenario, crews, starts, chosen, of(1.0, 0.5, 0.3))


def _month(count: int) -> str:
    return f"{2024 + count // 12}-{count % 12 + 1:02}"


def plan_of(drawn: Drawn) -> Plan:
    """Return the same crews all the time, with a share of the weekends that each may work."""
    scenario, crews = drawn.scenario, drawn.crews
    most = [int(scenario.settings.weekend_share * count + 1e-9) for count in scenario.calendar.weekends]
    runs = [int(drawn.share * count) for count in most]
    return build.plan(
        scenario,
        {
            "starts": build.starts(scenario, drawn.starts, drawn.sizes),
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


def most_gains(drawn: Drawn) -> np.ndarray[Any, Any]:
    """Return the most that the rows of the model let the gains be with the crews, weekends, starts and sizes drawn."""
    model, calendar, plan = build_model(drawn.scenario), drawn.scenario.calendar, plan_of(drawn)
    dates = calendar.period_dates()
    before = drawn.scenario.tables["lines"][0].shifts_now
    worked = {(row.step, dates.index(row.month)): row.weekends for row in plan.tables["weekends"].itertuples()}
    for part in (model.leave, model.gain, model.weekend_gain):
        for key in part:
            part[key].value = 0
    for (_, k, _), run in model.run.items():
        run.value = int(k <= drawn.crews)
    for (_, k, _), join in model.join.items():
        join.value = int(before < k <= drawn.crews)
    for (_, k, t), runs in model.weekend.items():
        runs.value = worked.get((k, t), 0)
    for start, built in model.build.items():
        built.value = int(start in drawn.starts)
    for start, size in model.size.items():
        size.value = drawn.sizes[start[:2]] * model.build[start].value
    found = np.zeros(len(dates))
    for variable, least in _least(model):
        found[variable.index()[4]] += least
    return found


def _least(model: pyo.ConcreteModel) -> Iterator[tuple[Any, float]]:
    """Yield each gain with the least of its rows, which all read gain - most <= 0."""
    rows = {
        "gain": ("expansions_multiply_what_runs", "expansions_follow_the_ramp_up", "gains_follow_the_size"),
        "weekend_gain": ("weekend_gains_follow_the_ramp_up",),
    }
    for name, constraints in rows.items():
        for key, variable in model.component(name).items():
            bodies = [row.body for c in constraints for at, row in model.component(c).items() if at[:5] == key]
            yield variable, min(-pyo.value(body) for body in bodies)


@given(expansions(), st.sampled_from(PERIODS))
@examples(10, 200)
def test_the_model_lets_expansions_add_what_the_verifier_says(drawn: Drawn, periods: str) -> None:
    """The least of the rows for a gain is what crew, weekends, ramp-ups and size give: no more and no less."""
    drawn = drawn.with_settings(periods=periods)
    assert most_gains(drawn) == pytest.approx(gains(plan_of(drawn)), abs=1e-9)


@given(expansions(), st.sampled_from(PERIODS))
@examples(10, 100)
def test_expansions_add_in_longer_periods_what_they_add_in_their_months(drawn: Drawn, periods: str) -> None:
    """With every Saturday worked, the gain of a period is the sum over its months, wherever openings lie.

    But where a crew and an expansion ramp up in one period: of the two the lesser counts, by period.
    """
    monthly = drawn.with_settings(weekend_share=1)
    monthly = replace(monthly, share=1.0)
    longer = monthly.with_settings(periods=periods)
    by_month = np.add.reduceat(gains(plan_of(monthly)), longer.scenario.calendar.begins)
    if drawn.scenario.tables["lines"][0].shifts_now == drawn.crews:
        assert gains(plan_of(longer)) == pytest.approx(by_month)
    else:
        assert (gains(plan_of(longer)) >= by_month - 1e-9).all()
