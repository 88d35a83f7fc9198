"""The Scenarios sheet: every change meets a sheet, a row and a column, and gives a value that fits."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import MODELS
from optimizer.scenario.variants import apply_changes, variant_names


def changes_are_possible(view: View) -> Iterator[Finding]:
    """Every change can be made."""
    for name in variant_names(view.scenario):
        yield from apply_changes(view.scenario, name)[1]


RULES = (Rule(changes_are_possible, MODELS),)
