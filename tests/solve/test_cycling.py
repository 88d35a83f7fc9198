"""A run of the simplex method that cycles is ended, and what was asked is found another way."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from optimizer.solve import highs, interior
from optimizer.solve.cycling import MOST, SECONDS, Cycling
from optimizer.solve.highs import Engine
from optimizer.solve.progress import Clock
from tests.solve.plants import plants


class Stuck(Cycling):
    """A run that cycles from the first."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = True

    def asked(self, event: Any) -> bool:
        """Tell that it cycles."""
        return True


def asks(cycling: Cycling, steps: int) -> bool:
    """Return what is told when a run asks after so many steps."""
    return cycling.asked(SimpleNamespace(data_out=SimpleNamespace(simplex_iteration_count=steps)))


def test_a_run_cycles_when_it_asks_often_without_a_step_and_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as may be is no cycle, nor more in no time; a step in between begins the count again, and the time."""
    now = [0.0]
    monkeypatch.setattr(import_module("optimizer.solve.cycling"), "monotonic", lambda: now[0])
    cycling = Cycling()
    assert not any(asks(cycling, 7) for _ in range(MOST + 2))
    now[0] += SECONDS + 1.0
    assert not any(asks(cycling, 8) for _ in range(MOST + 2)), "the time began again"
    assert not asks(cycling, 9)
    now[0] += SECONDS + 1.0
    assert not any(asks(cycling, 9) for _ in range(MOST)) and not cycling.seen
    assert asks(cycling, 9) and cycling.seen


@pytest.mark.parametrize("way", ["run", "relax"])
@pytest.mark.parametrize("module", [highs, interior])
def test_what_cycled_is_asked_otherwise(monkeypatch: pytest.MonkeyPatch, module: Any, way: str) -> None:
    """The first run is taken for one that cycles: the same optimum all the same, by a second one."""
    puzzle = plants(3, units=4, months=4)
    made = list[Cycling]()

    def first_cycles() -> Cycling:
        made.append(Stuck() if len(made) == (1 if module is highs else 0) else Cycling())  # an engine has one before
        return made[-1]

    values = []
    for cycles in (False, True):
        if cycles:
            monkeypatch.setattr(module, "Cycling", first_cycles)
        engine = Engine(puzzle.matrix, Clock(60))
        engine.minimise(puzzle.matrix.objectives[0])
        engine.integrality(np.zeros_like(puzzle.matrix.integer))
        values.append((engine.run() if way == "run" else engine.relax(seconds=60)).value)
    assert values[1] == pytest.approx(values[0])
    assert np.isfinite(values[0])
    assert (
        len(made) == {("run", highs): 3, ("relax", interior): 2, ("relax", highs): 1, ("run", interior): 0}[way, module]
    )


def test_a_search_is_not_taken_for_a_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of whole numbers solves many programs without a step: it is never ended for that."""
    puzzle = plants(3, units=4, months=4)
    monkeypatch.setattr(Cycling, "asked", Stuck.asked)
    engine = Engine(puzzle.matrix, Clock(60))
    engine.minimise(puzzle.matrix.objectives[0])
    engine.integrality(puzzle.matrix.integer)
    found = engine.run()
    assert found.status == "optimal" and found.value == pytest.approx(puzzle.optimum)
