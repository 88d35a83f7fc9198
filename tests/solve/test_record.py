"""The record of a search keeps the best plan and the best bound, and tells what is proven and no more."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optimizer.solve.arrays import Floats
from optimizer.solve.matrix import Objective
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock, Progress
from optimizer.solve.record import Record

COST = Objective("cost", np.array([1.0, 2.0]), 10.0)


def plan(*x: float) -> Outcome:
    """Return an outcome with a plan."""
    return Outcome("optimal", np.array(x), COST.value(np.array(x)), -np.inf)


def test_only_better_plans_and_bounds_are_kept() -> None:
    """A worse plan, no plan and a lower bound change nothing."""
    record = Record(COST, 0.1, Clock(60.0), None)
    assert record.value == np.inf and not record.close_enough and record.cutoff == np.inf
    record.take(plan(5.0, 5.0))
    record.take(plan(6.0, 6.0))
    record.take(Outcome("infeasible", None, np.inf, -np.inf))
    assert record.value == 25.0
    record.prove_relaxed(20.0)
    record.prove(21.0)
    record.prove(19.0)
    assert record.bound == 21.0
    assert not record.close_enough
    record.take(plan(3.0, 5.0))
    assert record.close_enough
    assert 20.7 < record.cutoff < 20.8  # less than a tenth better than 23


def test_a_plan_that_is_not_sound_is_given_out_but_not_kept() -> None:
    """Whoever searches on must not begin from it; the parent judges it again, and tells."""

    class Outlet:
        plans: ClassVar[list[Floats]] = []

        def plan(self, x: Floats) -> None:
            self.plans.append(x)

        def bound(self, bound: float, *, relaxed: bool) -> None:
            raise AssertionError

        def guide(self, x: Floats) -> None:
            raise AssertionError

    record = Record(COST, 0.1, Clock(60.0), None, Outlet(), lambda x: bool(x[0] >= 3.0))
    for x in ((5.0, 5.0), (1.0, 5.0), (4.0, 5.0), (4.0, 6.0)):
        record.take(plan(*x))
    assert record.value == 24.0
    assert [x.tolist() for x in Outlet.plans] == [[5.0, 5.0], [1.0, 5.0], [4.0, 5.0]]


def test_a_new_objective_begins_with_the_plan_but_without_the_bound() -> None:
    """The plan so far has a value for the next objective, too; its bound is proven anew."""
    record = Record(COST, 0.1, Clock(60.0), None)
    record.take(plan(5.0, 5.0))
    record.prove(25.0)
    record.begin(Objective("speed", np.array([0.0, 1.0]), 0.0))
    assert (record.value, record.bound) == (5.0, -np.inf)
    record.begin(COST, 24.0)
    assert record.bound == 24.0


def test_bounds_with_something_fixed_are_not_told_as_proven() -> None:
    """The bound of crews, with plants fixed, says nothing about the whole; that of the relaxation does."""
    told: list[Progress] = []
    record = Record(COST, 0.1, Clock(60.0), told.append)
    record.tell("crews", 30.0, 29.0)
    record.tell("relaxation", None, 20.0)
    record.tell("whole plan", 40.0, 21.0)
    assert [(p.stage, p.value, p.bound) for p in told] == [
        ("cost: crews", None, None),
        ("cost: relaxation", None, 20.0),
        ("cost: whole plan", 40.0, 21.0),
    ]


def test_stages_add_up_and_keep_what_was_known_at_their_end() -> None:
    """A stage that is run twice has the time of both; plan and bound taken after it count to it."""
    record = Record(COST, 0.1, Clock(60.0), None)
    for x in (5.0, 4.0):
        with record.timed("crews"):
            pass
        record.take(plan(x, x))
    record.prove(20.0)
    (stage,) = record.stages.values()
    assert (stage.objective, stage.stage, stage.value, stage.bound) == ("cost", "crews", 22.0, 20.0)
    assert stage.seconds >= 0.0
