"""A variation of a scenario as bounds and rows of the model that was built for it.

Levers off and projects forced or forbidden leave everything else of a model as it is: decisions that are not there
any more are those that stay at 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from optimizer.model.index import Index
from optimizer.model.index.projects import LEVER_OF_KIND
from optimizer.model.index.shifts import bounds_of_run
from optimizer.model.own import BESIDE
from optimizer.model.today import Bounds
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import TABLES, WHAT_IFS, Project, Settings

Row = tuple[str, Any]
"""(constraint, key)."""
OFF = {"weekends": "weekend", "pledges": "pledge", "donations": "give"}
"""Lever -> the variable that is 0 without it."""


def is_variation(base: Scenario, other: Scenario) -> bool:
    """Tell whether a scenario differs from another by levers off, projects forced or forbidden and run settings alone.

    Only options may be forced or forbidden, and those that are forced must have a lever in the base.
    """
    mine, theirs = base.settings, other.settings
    names = [name for name in Settings.model_fields if name not in (*BESIDE, "levers", "note")]
    if any(getattr(mine, name) != getattr(theirs, name) for name in names):
        return False
    if not set(theirs.levers) <= set(mine.levers):
        return False
    tables = [table for table in TABLES if table not in (*WHAT_IFS, Project)]
    if any(base.rows(table) != other.rows(table) for table in tables):
        return False
    before, after = base.rows(Project), other.rows(Project)
    return len(before) == len(after) and all(
        was.model_copy(update={"status": now.status}) == now
        and (was.status == now.status or (was.status == "option" and _may_vary(base, was, now)))
        for was, now in zip(before, after, strict=True)
    )


def _may_vary(base: Scenario, was: Project, now: Project) -> bool:
    return now.status == "forbidden" or (now.status == "forced" and LEVER_OF_KIND[was.kind] in base.settings.levers)


def variation(index: Index, scenario: Scenario) -> tuple[Index, Bounds, tuple[Row, ...]] | None:
    """Return the index of a variation, bounds (variable, key) -> (least, most), and rows whose sum must be 1 at least.

    None where a project that is forced could not start at all in the base.

    Parameters
    ----------
    index
        Of the base.
    scenario
        A variation of it: `is_variation` holds.
    """
    network, base = Network(scenario), index.scenario
    off = set(base.settings.levers) - set(scenario.settings.levers)
    bounds: Bounds = {}
    if "shifts" in off:
        bounds |= {("run", crew): bounds_of_run(network, crew) for crew in index.shifts.CREWS}
        bounds |= {(variable, key): (0, 0) for variable in ("hire", "dismiss") for key in index.shifts.HIRES}
    sets: dict[str, Iterable[Any]] = {
        "weekend": index.weekends.WEEKENDS,
        "pledge": index.demand.PLEDGES,
        "give": index.stock.GIFTS,
    }
    for lever, variable in OFF.items():
        if lever in off:
            bounds |= {(variable, key): (0, 0) for key in sets[variable]}
    if "purchases" in off:
        made = {item for _, item in network.rates}
        bounds |= {("buy", key): (0, 0) for key in index.supply.BUY if key[2] in made}
    for start in index.projects.STARTS:
        row = network.projects[start[0]]
        if row.status == "forbidden" or (row.status == "option" and LEVER_OF_KIND[row.kind] in off):
            bounds["build", start] = (0, 0)
    forced = [
        (row.project, unit)
        for was, row in zip(base.rows(Project), scenario.rows(Project), strict=True)
        if row.status == "forced" != was.status
        for unit in range(1, row.units + 1)
    ]
    if any(unit not in index.projects.UNITS_OF_CHOICE for unit in forced):
        return None
    rows = tuple(("units_start_at_most_once", unit) for unit in forced)
    return replace(index, scenario=scenario, network=network), bounds, rows
