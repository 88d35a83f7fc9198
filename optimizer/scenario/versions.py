"""Workbooks of earlier versions, brought to the meaning of this one, with what was done told cell by cell."""

from __future__ import annotations

from dataclasses import replace

from optimizer.errors import WARNING, Finding
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import POOLED, SCHEMA_VERSION, Settings, Target, headers

_SINCE = 2
"""Version from which a waiting time without a customer is one for every customer, not for all books as one."""
_SETTING = headers(Settings)["schema_version"]


def brought_up(scenario: Scenario) -> tuple[Scenario, list[Finding]]:
    """Return a scenario as read, in the words of this version, and warnings of what would be read otherwise now.

    Version 1 took the order books of all customers as one where a waiting time names no customer. So it stays, by
    name. A workbook that does not tell its version is read as one of this version; the cell is told all the same.
    """
    version, told = scenario.settings.schema_version, "schema_version" in scenario.settings.model_fields_set
    if version not in (1, SCHEMA_VERSION) or (version >= _SINCE and told):
        return scenario, []
    rows, findings = list(scenario.rows(Target)), []
    for index, target in enumerate(rows):
        if target.kind != "waiting time" or target.place is not None:
            continue
        if version < _SINCE:
            rows[index] = target.model_copy(update={"place": POOLED})
        findings.append(_told(scenario, index, version))
    settings = scenario.settings.model_copy(update={"schema_version": SCHEMA_VERSION})
    return replace(scenario, settings=settings, tables={**scenario.tables, Target.table: tuple(rows)}), findings


def _told(scenario: Scenario, index: int, version: int) -> Finding:
    today = f"set `{_SETTING}` to {SCHEMA_VERSION} to have the wait kept for every customer"
    if version < _SINCE:
        message = f"is empty, and read as `{POOLED}` since the workbook is of version {version}: write `{POOLED}`, or"
    else:
        message = (
            f"is empty: the wait is kept for every customer, while workbooks before version {_SINCE} meant all order "
            f"books as one; write `{POOLED}` if that is meant, or"
        )
    return Finding(*scenario.locate(Target.table, index, "place"), f"{message} {today}", WARNING)
