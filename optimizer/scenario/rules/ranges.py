"""The Uncertain sheet: every range meets a number, and all that may be drawn from it fits there."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.errors import Finding
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import MODELS, Uncertain
from optimizer.scenario.variants import applied, drawn_as, holds_whole


def ranges_are_ranges(view: View) -> Iterator[Finding]:
    """Low, mode and high are in order; a triangular range has a mode, an event a probability."""
    for index, row in view.numbered(Uncertain):
        if row.low > row.high:
            yield view.error(Uncertain, index, "high", f"{row.high:g} is less than low, {row.low:g}; mend one of them")
        elif row.mode is not None and not row.low <= row.mode <= row.high:
            words = f"{row.mode:g} is not between low and high, {row.low:g} and {row.high:g}; mend one of them"
            yield view.error(Uncertain, index, "mode", words)
        for kind, name in (("triangular", "mode"), ("event", "probability")):
            if row.distribution == kind and getattr(row, name) is None:
                words = f"is empty; write it, or choose another distribution than {kind}"
                yield view.error(Uncertain, index, name, words)


def what_is_uncertain_is_a_number(view: View) -> Iterator[Finding]:
    """The ends of every range fit where they are drawn for; sheets that could not be read in full are judged later."""
    broken = {model.sheet.casefold() for model in MODELS if model.table in view.broken}
    for index, row in view.numbered(Uncertain):
        if row.changed_sheet.casefold() in broken:
            continue
        told: dict[tuple[str, str], None] = {}
        for end in ("low", "mode", "high"):
            value = getattr(row, end)
            if value is None:
                continue
            for name, message in applied(view.scenario, drawn_as(row, end, value))[1]:
                told[end if name == "value" else name, message] = None
        for name, message in told:
            yield view.error(Uncertain, index, name, message)
        if not told:
            yield from _kind(view, index, row)


def _kind(view: View, index: int, row: Uncertain) -> Iterator[Finding]:
    """Yield what is wrong with the kind of value that is drawn for."""
    held = holds_whole(row)
    if held is None:
        words = f"`{row.changed_column}` holds no numbers; choose a column of numbers, or one of months to add some"
        yield view.error(Uncertain, index, "changed_column", words)
    elif held and row.change == "multiply":
        yield view.error(Uncertain, index, "change", f"`{row.changed_column}` holds whole numbers; choose add, or set")


RULES = (Rule(ranges_are_ranges, ()), Rule(what_is_uncertain_is_a_number, ()))
