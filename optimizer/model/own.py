"""Whether a model that a caller hands in is one of this scenario, and is asked what it can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyomo.environ as pyo

from optimizer.errors import ERROR, MODEL, Finding, InputError, refuse
from optimizer.model.index import Index
from optimizer.model.objectives import UNITS, objective_names
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES, WHAT_IFS, Row, Settings, headers

BESIDE = (
    *("title", "data_date", "currency", "short_run_months", "reveal", "schema_version"),
    *("objectives", "slack", "gap", "time_limit", "threads", "seed"),
)
"""Settings that no constraint and no objective hangs on: these may differ from those the model was built with."""


def refuse_foreign(model: Any, scenario: Scenario) -> None:
    """Refuse a model that does not belong to a scenario, or that minimises something of its own.

    Parameters
    ----------
    model
        What a caller handed in.
    scenario
        What is to be solved.

    Raises
    ------
    InputError
        With a finding for every table and setting that differs, and every objective that nobody would minimise.
    """
    index = getattr(getattr(model, "optimizer_index", None), "value", None)
    if not isinstance(model, pyo.ConcreteModel) or index is None:
        words = "`model` is not from build_model(scenario): build it, add your own constraints, and hand it in"
        raise InputError([Finding(MODEL, "", words, ERROR)])
    refuse([*_other_tables(index.scenario, scenario), *_own_objectives(model, index, scenario)])


def _other_tables(built: Scenario, scenario: Scenario) -> Iterator[Finding]:
    mend = "build it again with build_model(scenario)"
    for name, header in headers(Settings).items():
        was, now = getattr(built.settings, name), getattr(scenario.settings, name)
        if name not in BESIDE and was != now:
            words = f"the model was built with another `{header}` than the scenario has: {mend}"
            yield Finding(Settings.sheet, "", words, ERROR)
    for table in TABLES:
        if table not in WHAT_IFS and _bare(built.rows(table)) != _bare(scenario.rows(table)):
            yield Finding(table.sheet, "", f"the model was built from other rows than the scenario has: {mend}", ERROR)


def _bare(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row.model_dump(exclude={"note"}) for row in rows]


def _own_objectives(model: pyo.ConcreteModel, index: Index, scenario: Scenario) -> Iterator[Finding]:
    """Yield active objectives that would not be minimised: the settings say which are.

    Ours may be switched on and off, as for another solver, as long as what is searched first is not off for another.
    """
    active = {objective.name for objective in model.component_data_objects(pyo.Objective, active=True)}
    ours = active & UNITS.keys()
    first, built = (objective_names(replace(index, scenario=given))[0] for given in (scenario, index.scenario))
    unheard = active - ours
    if ours and first not in ours and ours != {built}:
        unheard |= ours
    for name in sorted(unheard):
        words = (
            f"the active objective `{name}` would not be minimised: the setting `objectives`, or solve(objectives=...) "
            f"chooses and ranks what is, beginning with `{first}`; add what is to count besides to one of these, say "
            "model.cost.set_value(model.cost.expr + 100 * model.yours), which the check of the plan does not know, and "
            "deactivate the rest"
        )
        yield Finding(MODEL, "", words, ERROR)
