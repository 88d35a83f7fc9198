"""What a spreadsheet itself enforces: drop-downs of lists and references, bounds of numbers, first days of months."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from optimizer.scenario.schema import MODELS, SHEETS, WHAT_IFS, Lane, Row, Settings, Target, choices, extra, headers
from optimizer.workbook.readme import bounds

SPARE_ROWS = 1_000
"""Rows below the data that drop-downs reach."""
_COLUMNS_OF = "columns_of_"
"""How the name of the columns of a sheet begins."""
_FARTHEST = 1e15
"""Numbers beyond it are no input."""


def validate(sheet: Worksheet, model: type[Row], name: str, cells: str) -> None:
    """Let the spreadsheet refuse what a column cannot hold; lists of several words stay free."""
    rule = _list_rule(model, name, cells) or _number_rule(model, name) or _month_rule(model, name, cells)
    if rule is not None:
        rule.errorTitle = headers(model)[name][:32]
        rule.allow_blank = True
        rule.add(cells)
        sheet.add_data_validation(rule)


def name_columns(book: Workbook) -> None:
    """Name the columns of each sheet that a what-if may change, for the drop-down beside the sheet's name."""
    for model in MODELS:
        free = [number for number, name in enumerate(headers(model), start=1) if name not in (*model.key, "note")]
        first, last = (2, 2) if model is Settings else (free[0], free[-1])
        cells = f"{quote_sheetname(model.sheet)}!${get_column_letter(first)}$1:${get_column_letter(last)}$1"
        name = _COLUMNS_OF + model.sheet.replace(" ", "_")
        book.defined_names[name] = DefinedName(name, attr_text=cells)


def _list_rule(model: type[Row], name: str, cells: str) -> DataValidation | None:
    source, strict = _choices(model, name)
    if model in WHAT_IFS and name == "changed_column":
        sheet = (
            f"${get_column_letter(1 + list(headers(model)).index('changed_sheet'))}{re.sub('[A-Z]+|:.*', '', cells)}"
        )
        source = f'INDIRECT("{_COLUMNS_OF}"&SUBSTITUTE({sheet}," ","_"))'
    if not source:
        return None
    return DataValidation(type="list", formula1=source, showErrorMessage=strict, error="Choose one from the list.")


def _number_rule(model: type[Row], name: str) -> DataValidation | None:
    annotation = str(model.model_fields[name].annotation)
    if "float" not in annotation and "int" not in annotation:
        return None
    limits: dict[str, Any] = {type(limit).__name__: limit for limit in model.model_fields[name].metadata}
    whole = "float" not in annotation
    least = limits["Ge"].ge if "Ge" in limits else limits["Gt"].gt if "Gt" in limits else -_FARTHEST
    most = limits["Le"].le if "Le" in limits else _FARTHEST
    words = ", ".join(part for part in ("a whole number" if whole else "a number", bounds(model, name)) if part)
    above = "Gt" in limits and "Le" not in limits
    return DataValidation(
        type="whole" if whole else "decimal",
        operator="greaterThan" if above else "between",
        formula1=f"{least:.15g}",
        formula2=None if above else f"{most:.15g}",
        showErrorMessage=True,
        error=f"Type {words}.",
    )


def _month_rule(model: type[Row], name: str, cells: str) -> DataValidation | None:
    if "date" not in str(model.model_fields[name].annotation):
        return None
    first = cells.partition(":")[0]
    return DataValidation(
        type="custom",
        formula1=f"DAY({first})=1",
        showErrorMessage=True,
        error="Type the first day of a month, say 2023-02-01.",
    )


def _choices(model: type[Row], name: str) -> tuple[str, bool]:
    """Return the source of a drop-down, and whether other values are refused."""
    loose = {(Target, "place"): "Members.member", (Lane, "from_place"): "Members.member"}
    annotation = str(model.model_fields[name].annotation)
    if words := choices(model, name):
        return _inline(words), True
    if "bool" in annotation:
        return _inline(("yes", "no")), True
    if (model, name) in loose:
        return _range_of(loose[model, name]), False
    if model in WHAT_IFS and name == "changed_sheet":
        return _inline([m.sheet for m in MODELS if m not in WHAT_IFS]), True
    if other := extra(model, name, "refers_to"):
        return _range_of(other), "tuple" not in annotation
    return "", False


def _inline(words: Sequence[str]) -> str:
    return f'"{",".join(words)}"'


def _range_of(column: str) -> str:
    sheet, _, header = column.partition(".")
    number = list(headers(SHEETS[sheet]).values()).index(header) + 1
    letter = get_column_letter(number)
    return f"{quote_sheetname(sheet)}!${letter}$2:${letter}${1 + SPARE_ROWS}"
