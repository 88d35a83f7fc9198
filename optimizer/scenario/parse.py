"""Raw records to typed rows, with every finding located. Used for sheets and for DataFrames alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from optimizer.errors import Finding
from optimizer.scenario.schema import MOST, Row, choices, extra, headers
from optimizer.scenario.values import is_empty, shown

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Origin:
    """Where the rows of a table came from, so that findings can name cells.

    Parameters
    ----------
    sheet
        Name of the sheet or table.
    letters
        Column letter of each attribute; empty for tables that came from Python.
    numbers
        Sheet row of each record; empty for tables that came from Python.
    cells
        Cell of each attribute, for a sheet that is one record (Settings).
    """

    sheet: str
    letters: Mapping[str, str] = field(default_factory=dict)
    numbers: Sequence[int] = ()
    cells: Mapping[str, str] = field(default_factory=dict)

    def cell(self, index: int, attribute: str) -> str:
        """Return the address of one value: ``D7``, or ``row 3, column amount``."""
        if self.cells:
            return self.cells.get(attribute, "")
        if not self.numbers:
            return f"row {index + 1}, column {attribute}" if attribute else f"row {index + 1}"
        return f"{self.letters.get(attribute, 'A')}{self.numbers[index]}"


def parse_rows(
    model: type[R], records: Iterable[Mapping[str, Any]], origin: Origin
) -> tuple[tuple[R, ...], list[Finding]]:
    """Turn raw records (attribute -> value) into rows of a model, collecting every finding.

    Empty values fall back to the column's default; a record with findings yields no row. A required
    column that a sheet lacks altogether is for the reader to report, once.
    """
    rows: list[R] = []
    findings: list[Finding] = []
    for index, record in enumerate(records):
        filled = {str(name): value for name, value in record.items() if not is_empty(value)}
        try:
            rows.append(model.model_validate(filled))
        except ValidationError as error:
            findings += [
                _finding(model, origin, index, problem)
                for problem in error.errors()
                if not _column_is_missing(origin, problem)
            ]
    return tuple(rows), findings


def _column_is_missing(origin: Origin, problem: Mapping[str, Any]) -> bool:
    return bool(origin.letters) and problem["type"] == "missing" and problem["loc"][0] not in origin.letters


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` for the nearest known name, or the known names, or nothing."""
    names = sorted(set(known))
    folded = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"; did you mean `{folded[near[0]]}`?"
    return f"; use one of {', '.join(names)}" if 0 < len(names) <= 8 else ""


def _finding(model: type[Row], origin: Origin, index: int, problem: Mapping[str, Any]) -> Finding:
    attribute = str(problem["loc"][0]) if problem["loc"] else ""
    header = headers(model).get(attribute, attribute)
    return Finding(origin.sheet, origin.cell(index, attribute), f"{header}: {_explain(model, attribute, problem)}")


def _explain(model: type[Row], attribute: str, problem: Mapping[str, Any]) -> str:
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "missing":
        return f"is empty; this {'column' if model.key else 'setting'} is required"
    if kind in ("extra_forbidden", "invalid_key"):  # a key is invalid when it is no text
        return f"is not a column of {model.sheet}{closest(attribute, model.model_fields)}"
    if kind == "literal_error":
        return f"{shown(value)} is not allowed{closest(str(value), choices(model, attribute))}"
    if kind == "int_from_float":
        return f"{value!r} is not a whole number; type one"
    if kind in ("less_than_equal", "greater_than_equal", "greater_than"):
        return _explain_bound(model, attribute, kind, value, context)
    return str(context.get("error", problem["msg"]))


def _explain_bound(model: type[Row], attribute: str, kind: str, value: Any, context: Mapping[str, Any]) -> str:
    words = {
        "less_than_equal": ("le", "at most"),
        "greater_than_equal": ("ge", "at least"),
        "greater_than": ("gt", "more than"),
    }
    name, wording = words[kind]
    bound = context[name]
    if extra(model, attribute, "share"):
        hint = ""
        if name == "le" and isinstance(value, (int, float)) and value / 100 <= bound:
            hint = f"; did you mean {value:g} % = {value / 100:g}?"
        return f"{value!r} must be {wording} {bound:.0%}{hint or '; shares are fractions: 50 % or 0.5'}"
    unit = extra(model, attribute, "unit") if bound else ""
    if bound == MOST:
        return f"{value!r} is beyond any real quantity; it must be at most {bound:,.0f}"
    return f"{value!r} must be {wording} {bound:,.10g}{' ' + unit if unit else ''}"
