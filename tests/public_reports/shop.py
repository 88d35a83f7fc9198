"""A shop of one line and one customer, the smallest scenario in which a reported situation can be told again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from optimizer import Scenario
from optimizer.scenario.schema import TABLES, Settings, as_cell, headers

Records = list[dict[str, Any]]

SETTINGS: dict[str, Any] = {"start": "2024-01", "periods": "6x1", "weekend_share": 0, "gap": 0, "slack": 0}

TABLES_OF_THE_SHOP: dict[str, Records] = {
    "members": [{"member": "A"}, {"member": "R", "kind": "recipient"}],
    "items": [{"item": "shell"}],
    "sites": [{"site": "works", "member": "A"}],
    "lines": [{"line": "L", "site": "works"}],
    "rates": [{"line": "L", "item": "shell", "rate": 100, "unit_cost": 1}],
    "needs": [{"recipient": "R", "item": "shell", "per_month": 120}],
}

PLANT: dict[str, Any] = {"project": "plant", "kind": "new line", "capex": 2400, "lead_months": 3}


def shop(settings: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Return the shop: A makes 100 shells a month at 1 each, R needs 120; with other settings and tables."""
    return Scenario.from_tables(SETTINGS | (settings or {}), **(TABLES_OF_THE_SHOP | tables))


def shop_with_plant(settings: dict[str, Any] | None = None, *, plant: dict[str, Any], **tables: Any) -> Scenario:
    """Return the shop over 24 months in which a plant may open a second line; R needs 150."""
    both = {
        "lines": [{"line": "L", "site": "works"}, {"line": "N", "site": "works", "opened_by": "plant"}],
        "rates": [{"line": line, "item": "shell", "rate": 100} for line in "LN"],
        "needs": [{"recipient": "R", "item": "shell", "per_month": 150}],
        "projects": [PLANT | plant],
    }
    return shop({"periods": "24x1"} | (settings or {}), **(both | tables))


def write_bare(path: Path, scenario: Scenario, edit: Callable[[openpyxl.Workbook], object] = lambda book: None) -> Path:
    """Write a scenario as somebody without the template would, with headers and values alone, and edit it."""
    book = openpyxl.Workbook()
    book.active.title = Settings.sheet
    given = scenario.settings.model_dump(exclude_unset=True)
    book.active.append(["name", "value"])
    for name, value in given.items():
        book.active.append([headers(Settings)[name], as_cell(name, value)])
    for model in TABLES:
        if rows := scenario.tables.get(model.table):
            sheet = book.create_sheet(model.sheet)
            sheet.append(list(headers(model).values()))
            for row in rows:
                sheet.append([as_cell(name, getattr(row, name)) for name in headers(model)])
    edit(book)
    book.save(path)
    return path


def column(sheet: Any, header: str) -> str:
    """Return the letter of a column by its header."""
    return str(next(cell.column_letter for cell in sheet[1] if cell.value == header))
