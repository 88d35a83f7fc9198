"""What describes a column: its kind of value, header, unit, default, bounds and meaning; and the row they make.

A column's attribute is what Python and DataFrames call it, its header is what the workbook shows. Months are
`datetime.date` on the first of the month; shares are fractions; money is in whole currency units; quantities are
in the item's unit.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from optimizer.scenario.values import (
    as_seen,
    parse_any,
    parse_list,
    parse_month,
    parse_name,
    parse_number,
    parse_text,
    parse_words,
    parse_yes_no,
)

LEVERS = (
    "shifts",
    "weekends",
    "expansions",
    "reactivations",
    "new lines",
    "pledges",
    "purchases",
    "donations",
)
OBJECTIVES = ("shortfall", "speed", "cost", "weighted")
CATEGORIES = (
    "capex",
    "fixed",
    "crews",
    "weekends",
    "production",
    "purchases",
    "transport",
    "holding",
    "disposal",
)

Text = Annotated[str, BeforeValidator(parse_text)]
Name = Annotated[str, BeforeValidator(parse_name)]
Month = Annotated[dt.date, BeforeValidator(parse_month)]
Number = Annotated[float, BeforeValidator(parse_number)]
Count = Annotated[int, BeforeValidator(parse_number)]
YesNo = Annotated[bool, BeforeValidator(parse_yes_no)]
TextList = Annotated[tuple[str, ...], BeforeValidator(parse_list)]
ObjectiveList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=OBJECTIVES, empty=()))]
LeverList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=LEVERS, empty=()))]
CategoryList = Annotated[tuple[str, ...], BeforeValidator(partial(parse_words, words=CATEGORIES, empty=CATEGORIES))]
Anything = Annotated[Any, BeforeValidator(parse_any)]


MOST = 1e15
"""Bound of every number without a lower one: beyond it sums lose whole units."""


def column(
    header: str,
    meaning: str,
    *,
    default: Any = ...,
    unit: str = "",
    refers_to: str = "",
    share: bool = False,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    odd_from: float | None = None,
    hint: str = "",
) -> Any:
    """Describe one column: what the workbook calls it, what it means, in which unit and bounds.

    `refers_to` names the column of another sheet, such as ``Members.member``, that must hold the
    value; `share` marks a fraction that is shown as a percentage; from `odd_from` on, it is more likely
    a percentage typed as a number (1 for 1 %), and warned of; `hint` says what is easily overlooked.
    """
    extra: dict[str, Any] = {"unit": unit, "refers_to": refers_to, "share": share, "odd_from": odd_from, "hint": hint}
    if le is None and (ge is not None or gt is not None):
        le = MOST
    return Field(default, title=header, description=meaning, ge=ge, gt=gt, le=le, json_schema_extra=extra)


class Row(BaseModel):
    """A record of a sheet. Frozen; unknown columns are refused; every row may carry a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sheet: ClassVar[str]
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    meaning: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _spelled(cls, given: Any) -> Any:
        """Spell words of a fixed list as the list does, whatever their case."""
        return _spell(cls, given) if isinstance(given, dict) else given

    note: Text = column("note", "Free text; never used by the model.", default="")


def choices(row: type[Row], name: str) -> tuple[str, ...]:
    """Return the fixed list of words that a column allows, or nothing."""
    annotation = row.model_fields[name].annotation
    arguments = getattr(annotation, "__args__", ())
    return tuple(a for a in arguments if isinstance(a, str)) if "Literal" in str(annotation) else ()


@cache
def _words(row: type[Row]) -> dict[str, dict[str, str]]:
    """Return the columns of fixed words, each with word in lower case -> word."""
    listed = {name: choices(row, name) for name in row.model_fields}
    return {name: {word.casefold(): word for word in words} for name, words in listed.items() if words}


def _spell(row: type[Row], given: dict[str, Any]) -> dict[str, Any]:
    found = {name: words for name, words in _words(row).items() if isinstance(given.get(name), str)}
    spelled = {name: words.get(as_seen(given[name]).casefold(), given[name]) for name, words in found.items()}
    return {**given, **spelled} if spelled else given


def headers(row: type[Row]) -> dict[str, str]:
    """Return the columns of a row model as attribute -> header, in order, `note` last."""
    names = [name for name in row.model_fields if name != "note"] + ["note"]
    return {name: str(row.model_fields[name].title or name) for name in names}


def extra(row: type[Row], name: str, what: str) -> Any:
    """Return the `unit`, `refers_to`, `share`, `odd_from` or `hint` mark of a column."""
    marks = row.model_fields[name].json_schema_extra
    return marks.get(what, "") if isinstance(marks, dict) else ""


def is_number(row: type[Row], name: str) -> bool:
    """Tell whether a column holds numbers, or values of any kind."""
    column = row.model_fields.get(name)
    return column is not None and any(kind in str(column.annotation) for kind in ("float", "int", "Any"))


def is_name(row: type[Row], name: str) -> bool:
    """Tell whether a column holds names, one in each cell."""
    return name in row.model_fields and "parse_name" in str(row.model_fields[name])


_WORD_LISTS = {"levers": LEVERS, "covers": CATEGORIES}


def as_cell(name: str, value: Any) -> Any:
    """Return a value as the input workbook writes it: yes and no, lists with semicolons, all, none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, tuple):
        return value
    if name in _WORD_LISTS:
        return "all" if value == _WORD_LISTS[name] else "; ".join(value) or "none"
    return "; ".join(value)
