"""What a report holds to be read back: the input sheets as read, and the decision tables of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.tables import (
    CHECKS,
    KEPT,
    OPTIONAL,
    PLAN_SHEETS,
    RUN_SHEET,
    SHORT_RUN,
    WAIT_WITHOUT_LEVERS,
    Column,
    columns_of,
)
from optimizer.report.book import Book
from optimizer.report.styles import MONTH_FORMAT
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Row, Settings, as_cell, extra, headers


# -- the input -----------------------------------------------------------------------------------
def write_inputs(book: Book, scenario: Scenario) -> None:
    """Write the input sheets under their own names and headers, so that the report can be solved again."""
    columns = [Column(name, name, "") for name in ("name", "value")]
    book.plain_sheet(Settings.sheet, columns, _settings(scenario.settings), "settings")
    for model, rows in scenario.sheets():
        book.plain_sheet(
            model.sheet,
            [Column(name, header, "") for name, header in headers(model).items()],
            _records(model, rows),
            f"input_{model.table}",
            formats={name: _format(model, name) for name in headers(model)},
        )


def _settings(settings: Settings) -> pd.DataFrame:
    rows = []
    for name, header in headers(Settings).items():
        value = as_cell(name, getattr(settings, name))
        if value not in (None, ""):
            rows.append({"name": header, "value": value})
    return pd.DataFrame(rows, columns=["name", "value"], dtype=object)


def _records(model: type[Row], rows: Sequence[Row]) -> pd.DataFrame:
    records = [{name: as_cell(name, getattr(row, name)) for name in headers(model)} for row in rows]
    return pd.DataFrame(records, columns=list(headers(model)), dtype=object)


def _format(model: type[Row], name: str) -> str:
    annotation = str(model.model_fields[name].annotation)
    if "date" in annotation:
        return MONTH_FORMAT
    if extra(model, name, "share"):
        return "0.0##%"
    return "#,##0.######" if "float" in annotation else "0" if "int" in annotation else "@"


# -- the plan ------------------------------------------------------------------------------------
def write_plan(book: Book, plan: Plan) -> None:
    """Write the plan unrounded: its decision tables, costs, objectives, stages, checks and the run.

    The sheets are hidden: what they hold is shown, in better order, by those before them.
    """
    for table in KEPT.values():
        if table.name not in OPTIONAL or table.name in plan.tables:
            frame = plan.tables.get(table.name, pd.DataFrame())
            _write(book, table.name, columns_of(table, frame), frame)
    if len(plan.stages):
        _write(book, "stages", [Column(str(name), str(name), "") for name in plan.stages], plan.stages)
    if plan.checks:
        _write(book, "checks", CHECKS.columns, checks_of(plan))
    columns = [Column(name, name, "") for name in ("name", "value")]
    book.plain_sheet(RUN_SHEET, columns, run_of(plan), "plan_run", hidden=True)


def _write(book: Book, name: str, columns: Sequence[Column], frame: pd.DataFrame) -> None:
    ordered = frame.reindex(columns=[column.name for column in columns])
    book.plain_sheet(PLAN_SHEETS + name.replace("_", " "), columns, ordered, f"plan_{name}", hidden=True)


def checks_of(plan: Plan) -> pd.DataFrame:
    """Return the verdicts of the verifier as a table."""
    rows = [{name: getattr(check, name) for name in CHECKS.names} for check in plan.checks]
    return pd.DataFrame(rows, columns=CHECKS.names)


def run_of(plan: Plan) -> pd.DataFrame:
    """Return how the plan was found as names and values; groups are written `seconds: build`."""
    rows: list[tuple[str, Any]] = [("status", plan.status), ("gap", plan.gap)]
    groups = {"seconds": plan.seconds, "size": plan.size, SHORT_RUN: plan.short_run, "version": plan.versions}
    for group, values in groups.items():
        rows += [(f"{group}: {name}", value) for name, value in values.items()]
    rows += [("unverified", name) for name in plan.unverified]
    rows += [("warning", words) for words in plan.warnings]
    if plan.wait_without_levers is not None:
        rows.append((WAIT_WITHOUT_LEVERS, plan.wait_without_levers))
    return pd.DataFrame(rows, columns=["name", "value"], dtype=object)
