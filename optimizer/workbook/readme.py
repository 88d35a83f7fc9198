"""What the Read me sheet of an input workbook tells, from the schema."""

from __future__ import annotations

from typing import Any

from optimizer.scenario.schema import CATEGORIES, LEVERS, MODELS, MOST, Row, Settings, choices, extra, headers

_HOW = (
    "One sheet per table, headers in the first row, one record per row. Order of rows and columns is free.",
    "A sheet that is optional may stay empty or be deleted; an empty cell means the default.",
    "Shaded cells take input: the darker ones, under dark headers, are required.",
    "Every header has a comment with meaning, unit, default and bounds; lists to choose from open in the cell.",
    "Every table may have a column `note`. Other columns are errors.",
    "The sheets Read me and Sources are free: write what you like, they are not read.",
    "Other sheets are not read either, and `optimizer check` says so.",
)
_VALUES = (
    "Money is in whole units of the currency named in Settings, quantities are in the item's unit.",
    "Shares are percentages: 50 % is 0.5. Some may exceed 100 % (a premium, an expansion).",
    "Months are dates of the first of the month, shown as 2023-02; text like 2023-02 is read too.",
    "From and to are inclusive; empty means the whole horizon.",
    "Lists inside a cell are separated by semicolons.",
    "Formulas are fine as long as the workbook was saved by a program that stores their values.",
)
_CONVENTIONS = (
    "Holding cost is paid on closing stock times months.",
    "Lateness is counted at the end of a period; a waiting time of 0 means delivered by its end.",
    "A crew that is paid but not used still costs.",
    "Months of Orders before the start are the undelivered opening order book.",
    "Costs that no fund covers are counted, but need no budget.",
)


def about_input() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return headings and paragraphs on how a workbook is filled in."""
    return (("How to fill this workbook in", _HOW), ("Values", _VALUES), ("Conventions", _CONVENTIONS))


def about_columns() -> list[tuple[str, ...]]:
    """Return a header and one record per column: sheet, column, required, unit, default, ..."""
    found = [("sheet", "column", "required", "unit", "default", "allowed", "refers to", "meaning")]
    for model in MODELS:
        found += [_about_column(model, name) for name in headers(model) if name != "note"]
    return [tuple(record) for record in found]


def _about_column(model: type[Row], name: str) -> tuple[str, str, str, str, str, str, str, str]:
    column = model.model_fields[name]
    return (
        model.sheet,
        headers(model)[name],
        "yes" if column.is_required() else "",
        str(extra(model, name, "unit")),
        default(model, name),
        bounds(model, name),
        str(extra(model, name, "refers_to")),
        meaning(model, name),
    )


def meaning(model: type[Row], name: str) -> str:
    """Return what a column means, and what is easily overlooked there."""
    return " ".join(filter(None, (str(model.model_fields[name].description), str(extra(model, name, "hint")))))


def default(model: type[Row], name: str) -> str:
    """Return a column's default in the words of a workbook; empty where there is none."""
    column = model.model_fields[name]
    value: Any = column.default
    if column.is_required():
        return ""
    if value in (None, "", ()):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "all" if value in (LEVERS, CATEGORIES) else "; ".join(value)
    return _number(model, name, value) if isinstance(value, (int, float)) else str(value)


def bounds(model: type[Row], name: str) -> str:
    """Return what a column allows: a fixed list, yes or no, or bounds of a number."""
    if listed := choices(model, name):
        return ", ".join(listed)
    if "bool" in str(model.model_fields[name].annotation):
        return "yes, no"
    if (model, name) == (Settings, "periods"):
        return "text like 24x1, 4x3"
    limits = {type(limit).__name__: limit for limit in model.model_fields[name].metadata}
    told = []
    for kind, words in (("Ge", "at least"), ("Gt", "more than"), ("Le", "at most")):
        if kind in limits and abs(getattr(limits[kind], kind.lower())) != MOST:
            told.append(f"{words} {_number(model, name, getattr(limits[kind], kind.lower()))}")
    return ", ".join(told)


def _number(model: type[Row], name: str, value: float) -> str:
    return f"{value * 100:g} %" if extra(model, name, "share") else f"{value:,.10g}"
