"""What is left when decisions are fixed: an answer that violates a row is not the end of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock
from optimizer.solve.rest import HELD, rest, settled
from tests.solve.plants import plants

FAILED = Outcome("failed", None, np.inf, -np.inf)


@pytest.fixture
def engine() -> Engine:
    """Return an engine with a small program of which nothing need be whole."""
    matrix = plants(0).matrix
    made = Engine(matrix, Clock(60.0))
    made.minimise(matrix.objectives[0])
    made.integrality(np.zeros_like(matrix.integer))
    return made


@pytest.mark.parametrize("solve", [lambda engine: settled(engine, 60.0), rest])
def test_an_answer_that_violates_a_row_is_asked_for_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, solve: object
) -> None:
    """HiGHS calls it optimal; what comes instead holds every row and is no better than the optimum."""
    optimum = engine.relax(seconds=60.0)
    assert optimum.x is not None
    wrong = replace(optimum, x=optimum.x * 0.5)
    assert wrong.x is not None and engine.matrix.violation(wrong.x) > HELD
    monkeypatch.setattr(engine, "relax", lambda **asked: wrong)
    found = solve(engine)  # type: ignore[operator]
    assert found.x is not None and engine.matrix.violation(found.x) <= HELD
    assert found.value == pytest.approx(optimum.value)


def test_only_a_finished_plan_is_asked_for_again_where_there_is_no_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To settle what may be impossible ends there; what is known to be possible is solved otherwise."""
    monkeypatch.setattr(engine, "relax", lambda **asked: FAILED)
    assert settled(engine, 60.0) is FAILED
    assert rest(engine).status == "optimal"
