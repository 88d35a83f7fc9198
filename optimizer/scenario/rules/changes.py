"""The Scenarios sheet: every change meets a sheet, a row and a column, and gives a value that fits; probabilities."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import MODELS, Change
from optimizer.scenario.variants import apply_changes, variant_names


def changes_are_possible(view: View) -> Iterator[Finding]:
    """Every change can be made; those of sheets that could not be read in full are judged later."""
    tables = {model.sheet.casefold(): model.table for model in MODELS}
    scenario = view.scenario
    judged = [row for row in view.rows(Change) if tables.get(row.changed_sheet.casefold()) not in view.broken]
    for name in variant_names(scenario):
        yield from apply_changes(scenario, name, judged)[1]


def probabilities_are_shares_of_one(view: View) -> Iterator[Finding]:
    """Every scenario has a probability or none has, each scenario one, and together they are no more than 1."""
    rows = view.rows(Change)
    given: dict[str, float] = {}
    total, told = 0.0, False
    for index, row in enumerate(rows):
        if row.probability is None:
            continue
        if given.setdefault(row.scenario, row.probability) != row.probability:
            words = f"`{row.scenario}` has the probability {given[row.scenario]:g} above; write one of them"
            yield view.error(Change, index, "probability", words)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        first = row.scenario not in seen
        seen.add(row.scenario)
        if first and given and row.scenario not in given:
            words = f"`{row.scenario}` has no probability, and others have; write it in a row of it, or clear theirs"
            yield view.error(Change, index, "probability", words)
        total += given.get(row.scenario, 0.0) if first else 0.0
        if first and total > 1 + SUM_ROOM and not told:
            told = True
            words = f"the probabilities up to here add up to {total:g}, more than 1; make them smaller"
            yield view.error(Change, index, "probability", words)


SUM_ROOM = 1e-9
"""By how much a sum of probabilities may lie above 1, for thirds and the like."""

RULES = (Rule(changes_are_possible, ()), Rule(probabilities_are_shares_of_one, (Change,)))
