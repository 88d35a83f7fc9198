"""What one process does of a search, by its role."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from optimizer.settings import RunSettings
from optimizer.solve.highs import Engine
from optimizer.solve.problem import Leg, Problem
from optimizer.solve.progress import Clock
from optimizer.solve.record import Record
from optimizer.solve.search import Role, Search
from optimizer.solve.sketch import Sketch
from tests.solve.test_crash import BLOCKS, RANKED, SCENARIO, matrix_of

SEARCH = import_module("optimizer.solve.search")


def test_a_prover_makes_plans_only_where_no_near_one_comes_of_review_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a plan within 2 % of the relaxation it proves alone; with none, the other process may have failed."""
    matrix, asked = matrix_of(SCENARIO), list[str]()
    problem = Problem(matrix, RunSettings(objectives=RANKED, gap=0.0, threads=2), coarse=True)
    engine = Engine(matrix, Clock(60))
    engine.minimise(matrix.objectives[0])
    near = engine.run(gap=0.02).x
    for way in ("prove", "branch"):
        monkeypatch.setattr(SEARCH, way, lambda *_, way=way, **__: asked.append(way))
    for start in (near, None):
        clock = Clock(60)
        record = Record(problem.ranked[0], 0.0, clock, None)
        sketch = Sketch(matrix_of(BLOCKS), np.array([]), np.array([]))
        search = Search(problem, clock, record, Role.PROVER, sketch=lambda sketch=sketch: sketch)
        monkeypatch.setattr(search._review, "begin", lambda *_: None)
        search.search(Leg(1, 0, (), 1.0, start, -np.inf))
    assert asked == ["prove", "branch"]
