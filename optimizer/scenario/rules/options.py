"""Settings and windows: period plan, objectives, levers, from before to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from optimizer.errors import Finding
from optimizer.scenario.calendar import parse_periods
from optimizer.scenario.parse import closest
from optimizer.scenario.rules.view import Rule, View
from optimizer.scenario.schema import (
    CATEGORIES,
    LEVERS,
    MODELS,
    OBJECTIVES,
    SCHEMA_VERSION,
    TABLES,
    Fund,
    Project,
    Row,
    Settings,
    extra,
    headers,
)


def period_plan_is_one(view: View) -> Iterator[Finding]:
    """The period plan can be read."""
    try:
        parse_periods(view.settings.periods)
    except ValueError as error:
        yield view.error(Settings, 0, "periods", str(error))


def schema_is_known(view: View) -> Iterator[Finding]:
    """The workbook is of a version that this program reads."""
    version = view.settings.schema_version
    if version != SCHEMA_VERSION:
        advice = "update optimizer" if version > SCHEMA_VERSION else "fill in a template of this version"
        known = f"this program reads versions 1 to {SCHEMA_VERSION}"
        message = f"version {version} of the workbook is not known; {known}: {advice}"
        yield view.error(Settings, 0, "schema_version", message)


def objectives_are_known(view: View) -> Iterator[Finding]:
    """Objectives are known, each once, and weighted stands alone."""
    objectives = view.settings.objectives
    yield from _words_are_known(view, Settings, 0, "objectives", OBJECTIVES)
    if not objectives:
        yield view.error(Settings, 0, "objectives", "no objective; name at least one, say cost")
    if "weighted" in objectives and len(objectives) > 1:
        message = "`weighted` puts everything into money and stands alone; delete the others"
        yield view.error(Settings, 0, "objectives", message)


def levers_are_known(view: View) -> Iterator[Finding]:
    """Levers are known, each once."""
    yield from _words_are_known(view, Settings, 0, "levers", LEVERS, ("all", "none"))


def categories_are_known(view: View) -> Iterator[Finding]:
    """Funds cover known categories, each once."""
    for index, _ in view.numbered(Fund):
        yield from _words_are_known(view, Fund, index, "covers", CATEGORIES)


def _words_are_known(
    view: View, model: type[Row], index: int, name: str, words: tuple[str, ...], short: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """Tell of words that are not known, or are there twice; `short` are those that stand for a whole list."""
    row = view.settings if model is Settings else view.rows(model)[index]
    for word, count in Counter(getattr(row, name)).items():
        if word not in words:
            near = closest(word, words)
            near = near if "did you mean" in near else ""
            yield view.error(model, index, name, f"`{word}` is not one of {', '.join((*short, *words))}{near}")
        elif count > 1:
            yield view.error(model, index, name, f"`{word}` is there {count} times; keep one")


def windows_are_in_order(view: View) -> Iterator[Finding]:
    """From lies no later than to, earliest no later than latest."""
    for model in TABLES:
        first, last = ("earliest", "latest") if model is Project else ("from_month", "to_month")
        if first not in model.model_fields:
            continue
        for index, row in view.numbered(model):
            begin, stop = getattr(row, first), getattr(row, last)
            if begin and stop and begin > stop:
                names = headers(model)
                message = f"{names[last]} {stop:%Y-%m} lies before {names[first]} {begin:%Y-%m}"
                yield view.error(model, index, last, f"{message}; mend one of them")


def shares_are_no_percentages(view: View) -> Iterator[Finding]:
    """A share so large is more likely a percentage typed as a number: 1 for 1 %."""
    for model in MODELS:
        marked = {name: odd for name in model.model_fields if (odd := extra(model, name, "odd_from"))}
        rows: Iterable[tuple[int, Row]] = [(0, view.settings)] if model is Settings else view.numbered(model)
        for index, row in rows if marked else ():
            for name, odd in marked.items():
                value = getattr(row, name)
                if value is not None and value >= odd:
                    words = f"{headers(model)[name]}: {value:g} is {value:.0%}; if {value:g} % is meant, write"
                    yield view.warning(model, index, name, f"{words} {value / 100:g}")


PERIOD_PLAN = Rule(period_plan_is_one, (Settings,))
"""Comes first: without a calendar there are no months to judge."""

RULES = (
    Rule(schema_is_known, ()),
    Rule(objectives_are_known, ()),
    Rule(levers_are_known, ()),
    Rule(categories_are_known, ()),
    Rule(windows_are_in_order, ()),
    Rule(shares_are_no_percentages, ()),
)
