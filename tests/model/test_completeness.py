"""Every constraint of the model has a rule in the verifier and a row written by hand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pyomo.environ as pyo
import pytest

import optimizer.model
from optimizer.model.build import FAMILIES, build_model
from optimizer.verify.verify import COVERED_BY, RULES
from tests.model import (
    test_demand,
    test_funding,
    test_production,
    test_projects,
    test_shifts,
    test_stock,
    test_supply,
    test_targets,
    test_weekends,
)
from tests.verify.worlds import WORLDS

TESTS = {
    "shifts": test_shifts,
    "projects": test_projects,
    "weekends": test_weekends,
    "production": test_production,
    "supply": test_supply,
    "demand": test_demand,
    "stock": test_stock,
    "funding": test_funding,
    "targets": test_targets,
}


def constraints(source: str) -> set[str]:
    """Return the names of the constraints that a module puts on the model."""
    return set(re.findall(r"\bmodel\.(\w+) = pyo\.Constraint\(", source))


def of_family(family: str) -> set[str]:
    """Return the constraints of a family."""
    return constraints((Path(optimizer.model.__path__[0]) / f"{family}.py").read_text(encoding="utf-8"))


ALL = {name for path in Path(optimizer.model.__path__[0]).glob("*.py") for name in constraints(path.read_text("utf-8"))}


def test_every_family_has_a_test_file() -> None:
    """The families of the model are those tested here, and no module beside them writes constraints."""
    assert {family.__name__.rpartition(".")[2] for family in FAMILIES} == set(TESTS)
    assert set().union(*(of_family(family) for family in TESTS)) == ALL


@pytest.mark.parametrize("family", TESTS)
def test_every_constraint_has_a_row_written_by_hand(family: str) -> None:
    """A family's test file names every constraint of the family, and compares a row of each."""
    module = TESTS[family]
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    compared = {
        call.args[1].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "row"
        if isinstance(call.args[1], ast.Constant)
    }
    assert of_family(family) == module.TESTED
    assert compared >= module.TESTED


def test_every_constraint_has_a_verifier_rule() -> None:
    """A constraint is recomputed by a rule of its own name, or `COVERED_BY` says by which other one."""
    assert {name for name in ALL if name not in RULES and name not in COVERED_BY} == set()
    assert set(COVERED_BY.values()) <= set(RULES)


@pytest.mark.parametrize("world", WORLDS)
def test_models_hold_no_constraints_but_these(world: str) -> None:
    """What is found in the sources is what a model has."""
    model = build_model(WORLDS[world]().scenario)
    assert {constraint.name for constraint in model.component_objects(pyo.Constraint)} == ALL
