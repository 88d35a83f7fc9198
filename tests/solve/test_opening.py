"""The opening of a search: the plan that changes nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from optimizer.errors import SolverError
from optimizer.solve.highs import Engine
from optimizer.solve.opening import Opening
from optimizer.solve.outcome import Outcome
from optimizer.solve.runs import Runs
from optimizer.solve.tree import NO_ROWS
from optimizer.structure import Variables
from tests.solve.begun import LONG, begun
from tests.solve.plants import plants


def opening_of(*, found: bool) -> tuple[Opening, Runs]:
    """Return the opening of a puzzle without any starts, with the plan of that found before or not."""
    puzzle = plants(1, units=3, months=4)
    runs, _ = begun(puzzle.matrix, 1)
    x = puzzle.x((None, None, None))
    upper = np.where(puzzle.matrix.mask(Variables.STARTS), 0.0, puzzle.matrix.upper)
    opening = Opening(runs, (puzzle.matrix.lower, upper), NO_ROWS)
    if found:
        value = runs.record.objective.value(x)
        opening.without_levers = Outcome("optimal", x, value, value)
    return opening, runs


def fails(*_: Any, **__: Any) -> Outcome:
    """Fail as HiGHS does."""
    raise SolverError("HiGHS ended with `Not Set`")


def test_the_plan_that_changes_nothing_is_taken_as_it_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every lever off whole numbers were found already: nothing is solved again, which could fail."""
    opening, runs = opening_of(found=True)
    monkeypatch.setattr(Engine, "relax", fails)
    monkeypatch.setattr(Engine, "run", fails)
    opening.as_today(runs.engine, LONG)
    assert opening.without_levers is not None
    assert runs.record.value == opening.without_levers.value
    assert np.array_equal(runs.engine.upper, runs.matrix.upper), "everything may be decided again"


def test_where_it_was_not_found_before_it_is_rounded() -> None:
    """The relaxation with every lever off has promises in part; rounded, it is a plan."""
    opening, runs = opening_of(found=False)
    opening.as_today(runs.engine, LONG)
    assert runs.record.best is not None
    assert not runs.record.best[runs.matrix.of(Variables.STARTS)].any()
    assert runs.record.best[runs.matrix.integer] == pytest.approx(np.round(runs.record.best[runs.matrix.integer]))


def test_a_search_goes_on_where_highs_fails_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest cannot be settled: there is no such plan, and nothing is raised."""
    opening, runs = opening_of(found=False)
    relaxed = runs.engine.relax(seconds=LONG)
    monkeypatch.setattr(Engine, "relax", lambda *_, **__: relaxed)
    monkeypatch.setattr(import_module("optimizer.solve.rounding"), "settled", fails)
    opening.as_today(runs.engine, LONG)
    assert runs.record.best is None
