"""Every number, name and month of every result table is looked at by some rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from optimizer.plan.plan import Plan
from optimizer.plan.tables import KEPT
from optimizer.verify.book import Book
from optimizer.verify.facts import Facts
from optimizer.verify.verify import RULES, judged
from tests.verify.edit import failing, with_table
from tests.verify.worlds import WORLDS

SEARCH_ONLY = {
    ("worth", "worth"): "what one more unit would save: prices of the search, which no table holds",
    ("objectives", "found_cost"): "what another plan costs, which no table holds",
}
"""Columns that no rule can recompute, and why; the report tells them as the search's own word."""

COLUMNS = [(table.name, column.name) for table in KEPT.values() for column in table.columns]


@cache
def plans() -> tuple[tuple[Plan, Facts], ...]:
    """Return the worlds with every column of every table in use, and their scenarios as arrays."""
    complete = [_complete(world()) for world in WORLDS.values()]
    return tuple((plan, Facts(plan.scenario)) for plan in complete)


def refused(plan: Plan, facts: Facts) -> bool:
    """Tell whether some rule does not hold."""
    book = Book(plan)
    book.facts = facts
    return any(not judged(name, book).holds for name in RULES)


def _complete(plan: Plan) -> Plan:
    """Return the plan with the worth of an item, and half of the slack of half a per cent given back."""
    item = plan.scenario.tables["items"][0].item
    worth = pd.DataFrame({"item": item, "month": plan.scenario.calendar.period_dates(), "worth": 2.0})
    table = plan.tables["objectives"].astype({"without_levers": float, "gap_of_gain": float})
    row = (table["objective"] == "shortfall") & (table["value"] > 0)
    found, base = 0.9975 * table["value"], 3 * table["value"]
    bound = table["value"] * (1 - table["gap"])
    given = {"found": found, "bound": bound, "given_back": table["value"] - found, "without_levers": base}
    given["gap_of_gain"] = (table["value"] - bound) / (base - bound)
    for column, values in given.items():
        table[column] = table[column].where(~row, values)
    return replace(plan, tables={**plan.tables, "objectives": table, "worth": worth})


def rows_of(plan: Plan, name: str, column: str) -> list[int]:
    """Return the rows of a table in which a column says something."""
    values = plan.tables[name][column].to_list() if column in plan.tables[name] else []
    return [row for row, value in enumerate(values) if not (pd.isna(value) or value in (0, ""))]


def edits(plan: Plan, name: str, column: str) -> Iterator[Plan]:
    """Yield the plan with the column changed: in one row, and in all; numbers by a tenth, names to others."""
    table, used = plan.tables[name].reset_index(drop=True), rows_of(plan, name, column)
    for rows in (used[:1], used):
        edited = table.astype({column: object})
        for row in rows:
            edited.loc[row, column] = _other(table, row, column)
        yield with_table(plan, name, edited)


def _other(table: pd.DataFrame, row: int, column: str) -> Any:
    """Return a value that is a tenth larger, a month later, or another name where there is one."""
    value = table.loc[row, column]
    if isinstance(value, dt.date):
        return (pd.Timestamp(value) + pd.DateOffset(months=1)).date()
    if isinstance(value, str):
        return next((other for other in table[column] if other not in ("", value)), "another")
    return value * 1.1


def test_the_plans_hold_every_rule() -> None:
    """What is edited below is right before."""
    for plan, _ in plans():
        assert failing(plan) == {}


@pytest.mark.parametrize(("name", "column"), [pair for pair in COLUMNS if pair not in SEARCH_ONLY])
def test_every_column_is_looked_at(name: str, column: str) -> None:
    """A tenth more, a month later or another name, in one row or in all, is refused; some plan uses the column."""
    used = [(plan, facts) for plan, facts in plans() if rows_of(plan, name, column)]
    assert used, f"no plan of these tests uses {name}, {column}; give one of them a value there"
    for edited in edits(used[0][0], name, column):
        assert refused(edited, used[0][1]), edited.tables[name]


def test_what_only_the_search_knows_is_at_least_sensible() -> None:
    """Names, months and signs of what cannot be recomputed are checked all the same."""
    for name, column in SEARCH_ONLY:
        plan, facts = plans()[0]
        for wrong in (-1.0, "much", None):
            table = plan.tables[name].astype({column: object})
            table.loc[0, column] = wrong
            assert refused(with_table(plan, name, table), facts)
