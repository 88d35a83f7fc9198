"""The same model through SCIP: the same optimum. (Pyomo's own HiGHS interface: tests/solve/test_matrix.py.)"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from optimizer import build_model
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.progress import Clock
from tests.benchmarks.scip import write_mps
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples

scip = pytest.importorskip("pyscipopt", reason="SCIP is installed with the extra `benchmark` only")


@given(drafts())
@examples(10, 40)
def test_scip_finds_the_same_optimum(tmp_path_factory: pytest.TempPathFactory, draft: Draft) -> None:
    """Of the first objective of random scenarios SCIP proves the same optimum, or the same impossibility."""
    scenario = draft.scenario(threads=1)
    model = build_model(scenario)
    name = next(name for name in scenario.settings.objectives if model.component(name) is not None)
    matrix = compile_matrix(model, (name,))
    engine = Engine(matrix, Clock(60), threads=1)
    engine.minimise(matrix.objectives[0])
    engine.integrality(matrix.integer)
    ours = engine.run()
    path: Path = tmp_path_factory.mktemp("scip") / "model.mps"
    write_mps(model, name, path)
    other = scip.Model()
    other.hideOutput()
    other.readProblem(str(path))
    other.setParam("limits/time", 60)
    other.optimize()
    assert (other.getStatus() == "infeasible") == (ours.status == "infeasible")
    if ours.status != "infeasible":
        assert (other.getStatus(), ours.status) == ("optimal", "optimal")
        assert other.getObjVal() == pytest.approx(ours.value, rel=1e-5, abs=1e-5)
