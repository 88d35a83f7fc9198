"""A solution as a plan: tables, what a unit more is worth, the wait without levers, verdicts of the verifier."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from optimizer.model.answers import Answers
from optimizer.model.objectives import UNITS
from optimizer.plan.measures import Measures
from optimizer.plan.plan import Check, Plan
from optimizer.plan.tables import OBJECTIVES
from optimizer.prepared import Prepared
from optimizer.scenario.scenario import Scenario
from optimizer.solve.arrays import Matrix
from optimizer.solve.progress import relative_gap
from optimizer.solve.solution import ObjectiveFound, Solution
from optimizer.verify.verify import verify

WIDE = 1e6
"""Largest scaled coefficient, and the inverse of the least, that HiGHS is trusted with at its tolerance of 1e-7."""
PACKAGES = ("optimizer", "pyomo", "highspy", "pandas", "numpy", "scipy")


def planned(prepared: Prepared, solution: Solution) -> Plan:
    """Return a solution of a model that was built before as a plan, with the verdicts of the verifier."""
    plan = plan_of(prepared.scenario, prepared.answers, prepared.matrix, solution)
    return plan.with_checks(verdicts(plan))


def plan_of(scenario: Scenario, answers: Answers, matrix: Matrix, solution: Solution) -> Plan:
    """Return a solution as a plan that nobody has checked so far."""
    tables = answers.tables(matrix.values(solution.x))
    lost: list[str] = []
    with unless_it_fails("what one unit more would save", lost):
        if solution.prices is not None:
            tables["worth"] = answers.worth(dict(zip(matrix.row_names, solution.prices.tolist(), strict=True)))
    wait = None
    with unless_it_fails("the waiting time without levers", lost):
        wait = _wait_without_levers(scenario, answers, matrix, solution)
    tables["objectives"] = _objective_table(solution.objectives, scenario.settings.currency)
    gaps = tables["objectives"]["gap"]
    return Plan(
        scenario=scenario,
        tables=tables,
        status=solution.status,
        gap=float(gaps.max()),
        size=matrix.size,
        stages=pd.DataFrame([vars(stage) for stage in solution.stages]),
        wait_without_levers=wait,
        versions=dict(_versions()),
        warnings=(*_numerical_warnings(matrix), *solution.failures, *lost),
    )


@cache
def _versions() -> dict[str, str]:
    """Return the version of Python and of each package, looked up once: metadata are files, and long to be read."""
    return {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}


@contextmanager
def unless_it_fails(what: str, lost: list[str]) -> Iterator[None]:
    """Do without what no plan needs when it cannot be worked out: the plan took long to find."""
    try:
        yield
    except Exception as error:
        lost.append(f"{what} could not be worked out ({type(error).__name__}: {error})")


def verdicts(plan: Plan) -> tuple[Check, ...]:
    """Return the verdicts of the verifier; one that cannot run is a verdict, too."""
    try:
        return verify(plan)
    except Exception as error:
        return (Check("verify", "", 0, np.inf, f"the check itself failed ({type(error).__name__}: {error})"),)


def _numerical_warnings(matrix: Matrix) -> Iterator[str]:
    """Say when numbers of the workbook lie too far apart for a solver that works with sixteen digits."""
    least, largest = matrix.spread
    if least < 1 / WIDE or largest > WIDE:
        yield (
            f"the numbers of the workbook lie far apart (coefficients from {least:.0e} to {largest:.0e} after scaling; "
            f"{1 / WIDE:.0e} to {WIDE:.0e} is safe): bounds may be less sharp than they look; "
            "look for shares near zero, and for rates or yields far from those of other lines"
        )


def _wait_without_levers(scenario: Scenario, answers: Answers, matrix: Matrix, solution: Solution) -> float | None:
    """Return how long an order placed at the start waits with every lever off, in months."""
    if solution.without_levers is None:
        return None
    tables = answers.order_tables(matrix.values(solution.without_levers))
    wait = Measures(scenario, tables).waiting_headline.get("now")
    return None if wait is None else float(wait)


def _objective_table(objectives: tuple[ObjectiveFound, ...], currency: str) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for o in objectives:
        of_gain = None
        if o.without_levers is not None and o.without_levers > o.bound:
            of_gain = (o.value - o.bound) / (o.without_levers - o.bound)
        unit = currency if UNITS[o.name] == "money" else UNITS[o.name]
        back = o.value - o.found
        proven = not relative_gap(o.value, o.found) and not relative_gap(o.found, o.bound)
        gap = 0.0 if proven else relative_gap(max(o.value, o.found), o.bound)
        rows.append((o.name, o.value, o.bound, gap, unit, o.found, back, o.without_levers, of_gain, o.cost))
    told = pd.DataFrame(rows, columns=OBJECTIVES.names)
    missing = ["without_levers", "gap_of_gain", "found_cost"]  # numbers, also where no objective has one
    return told.astype(dict.fromkeys(missing, float))
