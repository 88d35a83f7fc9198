"""The rules across rows and tables: all findings at once, errors and warnings."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from optimizer.errors import Finding
from optimizer.scenario.rules import changes, demand, names, options, production, projects, ranges, reach, targets
from optimizer.scenario.rules.options import PERIOD_PLAN
from optimizer.scenario.rules.view import Rule, Unread, View
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import MODELS, Settings

RULES: tuple[Rule, ...] = (
    *options.RULES,
    *names.RULES,
    *production.RULES,
    *projects.RULES,
    *demand.RULES,
    *targets.RULES,
    *reach.RULES,
    *changes.RULES,
    *ranges.RULES,
)


def check(
    scenario: Scenario, *, broken: Collection[str] = (), unread: Mapping[str, Sequence[Unread]] | None = None
) -> list[Finding]:
    """Return everything wrong or odd across the rows of a scenario; never raises.

    Parameters
    ----------
    scenario
        Settings and tables whose rows fit their columns one by one.
    broken
        Tables of which some rows could not be read. Rules that need all their rows are left out, so
        that what was not read is not reported as missing.
    unread
        Table -> those rows, where they are all that is missing: names in them are known, and checked.

    Returns
    -------
    list of Finding
        Errors and warnings in the order of sheets and rows; empty when all is well.
    """
    return judged(scenario, broken=broken, unread=unread)[0]


def judged(
    scenario: Scenario, *, broken: Collection[str] = (), unread: Mapping[str, Sequence[Unread]] | None = None
) -> tuple[list[Finding], tuple[str, ...]]:
    """Return the findings of `check`, and the sheets that could not be judged in full: there more may be wrong."""
    before = View(scenario, broken, unread or {})
    found = list(PERIOD_PLAN.findings(before))
    unfit = {Settings.table} if found else set()
    for model, finding in names.empty_tables(before):  # told once, not for every row that names something there
        unfit.add(model.table)
        found.append(finding)
    view = View(scenario, {*broken, *unfit}, unread or {})
    for rule in RULES:
        found += rule.findings(view)
    left = tuple(model.sheet for model in MODELS if model.table in view.broken)
    return sorted(dict.fromkeys(found), key=_in_sheets(scenario)), left


def _in_sheets(scenario: Scenario) -> Callable[[Finding], tuple[int, int]]:
    sheets = {scenario.locate(m.table, 0, "")[0]: n for n, m in enumerate(MODELS)}

    def place(finding: Finding) -> tuple[int, int]:
        row = re.search(r"\d+", finding.cell)
        return sheets.get(finding.sheet, -1), int(row[0]) if row else 0

    return place
