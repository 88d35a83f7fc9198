"""Decisions under uncertainty against counting: scenarios joined row by row, every whole plan of all of them tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import Decision, Plan, decide_under_uncertainty
from optimizer.answers import asking
from optimizer.answers.odds import BASE, odds_of
from optimizer.answers.risk import KNOWN
from optimizer.answers.together import KEPT
from optimizer.errors import ImpossibleError, InputError, NoPlanError
from optimizer.plan.assignment import DECIDED, Assignment
from optimizer.prepared import prepare
from optimizer.scenario.schema import BY_TABLE, headers
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from tests.answers.conftest import solved_here
from tests.laws.enumerate_plans import count, points, value_at
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.laws.test_laws import room

CHANGES = (
    ("needs", "per_month", "multiply", 2),
    ("needs", "per_month", "multiply", 0.5),
    ("orders", "per_month", "multiply", 2),
    ("rates", "rate", "multiply", 0.5),
    ("projects", "lead_months", "add", 1),
    ("projects", "capex", "multiply", 3),
    ("funds", "amount", "multiply", 0.5),
    ("suppliers", "price", "multiply", 3),
)
KEPT_ROOM = 1e-6
SAME = 1e-7
MOST_COUNTED, MOST_ALIVE, MOST_TOGETHER = 5_000, 20, 1_000
"""Whole plans of a scenario that are tried against rows of whole numbers, that are solved, and of all together."""
ALONE = st.sampled_from(("shortfall", "cost", "weighted")).flatmap(lambda name: drafts(tiny=True, objectives=[name]))


def with_scenarios(draft: Draft, data: st.DataObject) -> None:
    """Add one to three scenarios, each of one or two changes of every row of a table; few whole numbers are kept."""
    draft.settings |= {"weekend_share": data.draw(st.sampled_from((0, 0, 0.25))), "review_months": 3}
    for target in draft.rows("targets"):
        target["strength"] = "hard" if target["strength"] == "hard" else "soft"
    known = [one for one in CHANGES if draft.rows(one[0])]
    some = st.lists(st.sampled_from(known), unique_by=lambda change: change[:2], min_size=1, max_size=2)
    odds = data.draw(st.sampled_from(((0.4,), (0.4,), (0.4,), (0.3, 0.25), (0.3, 0.3, 0.2))), "odds")
    for k, probability in enumerate(odds):
        for table, column, change, value in data.draw(some, f"scenario {k}"):
            row = {"scenario": f"s{k}", "changed_sheet": BY_TABLE[table].sheet, "changed_key": "*", "value": value}
            row |= {"changed_column": headers(BY_TABLE[table])[column], "change": change, "probability": probability}
            draft.rows("scenarios").append(row)


@dataclass
class Counted:
    """All whole plans of all scenarios, those first that can be best.

    Parameters
    ----------
    parts
        Scenario -> its program, with one objective.
    odds
        Scenario -> probability.
    common
        Names that are the same in all of them.
    shut
        Names that stay at their least.
    risk, tail
        Weight and probability of the worst.
    """

    parts: Mapping[str, Matrix]
    odds: Mapping[str, float]
    common: set[Name]
    shut: set[Name]
    risk: float
    tail: float

    def __post_init__(self) -> None:
        self.values = {s: [(x, _least(matrix, x)) for x in _alive(matrix)] for s, matrix in self.parts.items()}
        assume(np.prod([len(plans) for plans in self.values.values()]) <= MOST_TOGETHER)
        self.whole = self._together()

    def least(self, lower: Floats, upper: Floats) -> float:
        """Return the least objective within bounds of the joined columns; infinite where nothing is possible."""
        found, whole = np.inf, self.whole.integer
        for bound, point in sorted(self._plans(), key=lambda plan: plan[0]):
            if bound >= found - SAME * max(1.0, abs(found)):
                break  # together is no better than each by itself
            if (point >= lower[whole]).all() and (point <= upper[whole]).all():
                value = value_at(replace(self.whole, lower=lower, upper=upper), point, self.whole.objectives[0], [])
                found = min(found, np.inf if value is None else value)
        return found

    def weighed(self, values: Mapping[str, float]) -> float:
        """Return (1 - risk) x mean + risk x the most that odds of at most p / tail can make of it."""
        mean = sum(self.odds[s] * values[s] for s in self.odds)
        begins = min(
            b + sum(p * max(0.0, values[s] - b) for s, p in self.odds.items()) / self.tail for b in values.values()
        )
        return (1 - self.risk) * mean + self.risk * begins

    def _plans(self) -> Iterator[tuple[float, Floats]]:
        """Yield every plan that agrees on what is common: whole numbers of the joined columns, and a bound."""
        position = {j: k for k, j in enumerate(np.flatnonzero(self.whole.integer))}
        for combination in itertools.product(*self.values.values()):
            if any(value is None for _, value in combination):
                continue
            point = np.full(len(position), np.nan)
            for (s, matrix), (x, _) in zip(self.parts.items(), combination, strict=True):
                at = [position[self.order[self._key(s, matrix.columns[j])]] for j in np.flatnonzero(matrix.integer)]
                if (np.abs(point[at] - x) > 0.5).any():
                    break
                point[at] = x
            else:
                found = {
                    s: float(value) for s, (_, value) in zip(self.parts, combination, strict=True) if value is not None
                }
                yield self.weighed(found), point

    def _key(self, s: str, name: Name) -> tuple[str, Name]:
        return ("" if name in self.common else s, name)

    def _together(self) -> Matrix:
        """Return the extensive form, dense: a column for every scenario and name, or one for all of a common name."""
        self.order: dict[tuple[str, Name], int] = {}
        for s, matrix in self.parts.items():
            for name in matrix.columns:
                self.order.setdefault(self._key(s, name), len(self.order))
        n = len(self.order)
        wide = n + 1 + len(self.parts)  # where the tail begins, and what lies beyond it
        lower, upper, whole = np.full(wide, -np.inf), np.full(wide, np.inf), np.zeros(wide, dtype=bool)
        lower[n + 1 :] = 0.0
        rows, low, high, costs, constant = [], [], [], np.zeros(wide), 0.0
        costs[n] = self.risk
        for k, (s, matrix) in enumerate(self.parts.items()):
            at = [self.order[self._key(s, name)] for name in matrix.columns]
            most = [matrix.lower[j] if c in self.shut else matrix.upper[j] for j, c in enumerate(matrix.columns)]
            lower[at], upper[at] = np.maximum(lower[at], matrix.lower), np.minimum(upper[at], most)
            whole[at] |= matrix.integer
            block, objective = np.zeros((matrix.rows.shape[0] + 1, wide)), matrix.objectives[0]
            block[:-1, at], block[-1, at] = matrix.rows.toarray(), objective.costs
            block[-1, [n, n + 1 + k]] = -1.0
            rows.append(block)
            low += [*matrix.row_lower, -np.inf]
            high += [*matrix.row_upper, -objective.constant]
            costs[at] += (1 - self.risk) * self.odds[s] * objective.costs
            costs[n + 1 + k] = self.risk * self.odds[s] / self.tail
            constant += (1 - self.risk) * self.odds[s] * objective.constant
        first = next(iter(self.parts.values()))
        return replace(
            first,
            rows=sp.csr_array(np.vstack(rows)),
            row_lower=np.array(low),
            row_upper=np.array(high),
            lower=lower,
            upper=upper,
            integer=whole,
            objectives=(Objective(first.objectives[0].name, costs, constant),),
            columns=tuple(name for _, name in self.order),
            position={name: self.order["", name] for name in self.common},
        )


def _alive(matrix: Matrix) -> list[Floats]:
    """Return the whole plans that hold the rows of whole numbers; not tried where they are too many."""
    assume(count(matrix) <= MOST_COUNTED)
    found = list(itertools.islice(points(matrix), MOST_ALIVE + 1))
    assume(len(found) <= MOST_ALIVE)
    return found


def _least(matrix: Matrix, point: Floats) -> float | None:
    return value_at(matrix, point, matrix.objectives[0], [])


def within(matrix: Matrix, plan: Plan, tables: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return the bounds in which the common decisions of a plan are kept."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    named = Assignment(plan, plan.scenario).values(matrix.position, [v for t in tables for v in DECIDED[t]])
    for name, value in named.items():
        j = matrix.position[name]
        space = 0.0 if matrix.integer[j] else KEPT_ROOM * max(abs(value), 1.0)
        lower[j], upper[j] = max(lower[j], value - space), min(upper[j], value + space)
    return lower, upper


@pytest.mark.slow
@given(ALONE, st.data())
@examples(8, 16)
def test_what_is_decided_is_the_best_of_all_plans_counted(draft: Draft, data: st.DataObject) -> None:
    """The same optimum, of the mean and of the tail; what deciding so and knowing are worth lies within its limits."""
    with_scenarios(draft, data)
    risk, tail = data.draw(st.sampled_from(((0.0, 1.0), (0.0, 1.0), (0.5, 0.3))), "risk")
    try:
        scenario = draft.scenario(threads=1, time_limit=60)
        month = scenario.calendar.date(data.draw(st.integers(1, scenario.calendar.end - 1), "reveal"))
        odds = odds_of(scenario, month)
    except InputError:
        assume(False)
    name = draft.settings["objectives"][0]
    parts = {s: prepare(case).with_objectives([name]) for s, case in odds.joint.items()}
    known = {s: prepare(case).with_objectives([name]) for s, case in odds.cases.items()}
    alone = {s: min((v for x in _alive(m) if (v := _least(m, x)) is not None), default=None) for s, m in known.items()}
    assume(
        None not in alone.values()
    )  # what is impossible by itself is tried elsewhere, since to explain it takes long
    likely = odds.probability
    first = set().union(*(odds.first(s, matrix.columns) for s, matrix in parts.items()))
    common = {column for column in first if all(column in matrix.position for matrix in parts.values())}
    shut = {column for column in first - common if column[0] == "build"}
    game = Counted(parts, likely, common, shut, risk, tail)
    true = game.least(game.whole.lower, game.whole.upper) if (game.whole.lower <= game.whole.upper).all() else np.inf
    decision = decided(scenario, reveal=month, risk=risk, tail=tail)
    assert (decision is None) == np.isinf(true)
    if decision is None:
        return
    assert decision.probability == pytest.approx(likely)
    ours, space = decision.best[name], 4 * room(true, 0)
    assert ours.most == pytest.approx(true, abs=room(true, 0))
    assert ours.least <= true + room(true, 0)
    assert decision.evpi is not None and decision.evpi.least >= 0
    knowing = true - game.weighed({s: value for s, value in alone.items() if value is not None})
    assert decision.evpi.least - space <= knowing <= decision.evpi.most + space
    base = decision.plans.plans[KNOWN.format(BASE)]
    bounds = (within(game.whole, base, tables) for tables in KEPT)
    kept = [game.least(*ends) if (ends[0] <= ends[1]).all() else np.inf for ends in bounds]
    deciding = next((value for value in kept if np.isfinite(value)), np.inf) - true
    assert decision.vss is not None and decision.vss.least >= 0
    assert decision.vss.least - space <= deciding <= decision.vss.most + space
    try:
        apart = decided(scenario, reveal=month, risk=risk, tail=tail, by_scenario=True)
    except NoPlanError:  # no scenario's own decision is possible in all
        return
    assert apart is not None and apart.vss is not None
    assert apart.best[name].least <= true + room(true, 0) <= apart.best[name].most + 2 * room(true, 0)
    assert apart.vss.least - space <= deciding <= apart.vss.most + space


def decided(scenario: Any, **asked: Any) -> Decision | None:
    """Return the decision, or None where all that is possible by itself is impossible together."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(asking, "solve_many", solved_here)
        try:
            return decide_under_uncertainty(scenario, **asked)
        except ImpossibleError as error:
            assert "No scenario is possible" not in str(error)
            return None
