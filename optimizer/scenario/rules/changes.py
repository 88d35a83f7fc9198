"""The Scenarios sheet: every change meets a sheet, a row and a column, and gives a value that fits."""

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


RULES = (Rule(changes_are_possible, ()),)
