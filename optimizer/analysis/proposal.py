"""One value to change, in the workbook's terms: what it is called there, what it becomes, how it is applied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.errors import Finding, InputError
from optimizer.model.statements import Statement
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Fund, Project, Target, extra

DIGITS = 3
"""Digits to which proposed values are rounded, to the safe side."""


@dataclass(frozen=True)
class Proposal:
    """One value to change.

    Attributes
    ----------
    finding
        Where it is and what to do, in words.
    table, row, attribute, value
        The same for `apply`: the new value of a row of a table; row -1: a new row.
    """

    finding: Finding
    table: str
    row: int
    attribute: str
    value: Any
    key: Mapping[str, Any]


def as_stated(scenario: Scenario, statement: Statement) -> Finding:
    """Return what a statement of the workbook asks for, and where it stands."""
    if statement.row < 0:
        return Finding(Fund.sheet, "", f"{statement.words} (there is no row: nothing)")
    sheet, cell = scenario.locate(statement.model.table, statement.row, statement.attribute)
    value = "" if statement.model is Project else f": {shown(statement, statement.value)}"
    return Finding(sheet, cell, f"{statement.words}{value}")


def changed(scenario: Scenario, statement: Statement, value: Any, words: str, attribute: str | None = None) -> Proposal:
    """Return the proposal to give an attribute of a statement, its own when none is named, another value."""
    attribute = attribute or statement.attribute
    table = statement.model.table
    if statement.row < 0:
        fund, year = statement.rows[0][1]
        return Proposal(
            Finding(Fund.sheet, "", words, "advice"), table, -1, attribute, value, {"fund": fund, "year": year}
        )
    sheet, cell = scenario.locate(table, statement.row, attribute)
    return Proposal(Finding(sheet, cell, words, "advice"), table, statement.row, attribute, value, {})


def shown(statement: Statement, value: float) -> str:
    """Return a value of a statement with its unit."""
    unit = statement.unit or extra(statement.model, statement.attribute, "unit")
    if unit == "%" or extra(statement.model, statement.attribute, "share"):
        return f"{value * 100:.6g}%"
    figure = f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{figure} {unit}" if unit and unit != "money" else figure


def rounded(value: float, *, up: bool) -> float:
    """Round to a few digits, to the safe side."""
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - DIGITS + 1)
    count = value / step
    whole = math.ceil(count - 1e-9) if up else math.floor(count + 1e-9)
    return float(f"{whole * step:.12g}")


def applied(scenario: Scenario, proposals: Sequence[Proposal]) -> Scenario:
    """Return the scenario with proposals applied."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for proposal in proposals:
        records = tables.setdefault(
            proposal.table, [row.model_dump() for row in scenario.tables.get(proposal.table, ())]
        )
        if proposal.row < 0:
            like = next(record for record in records if record["fund"] == proposal.key["fund"])
            records.append({**like, **proposal.key, proposal.attribute: proposal.value})
        else:
            records[proposal.row] = {**records[proposal.row], proposal.attribute: proposal.value}
    return scenario.replace(**tables)  # type: ignore[arg-type]  # no table is called settings


def accepted(scenario: Scenario, proposals: Sequence[Proposal]) -> Scenario | None:
    """Return the scenario with proposals applied; None where the rules of the workbook refuse a value."""
    try:
        return applied(scenario, proposals)
    except InputError:
        return None


def softened(scenario: Scenario, statement: Statement) -> Proposal:
    """Return the proposal to wish for a target instead of demanding it."""
    name = scenario.rows(Target)[statement.row].target
    return changed(scenario, statement, "soft", f"make `{name}` soft instead of hard", attribute="strength")
