"""A rule is as strict as the numbers it adds up are large: small costs beside large ones, and any unit."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.verify.book import QUANTITIES
from tests.verify.edit import change, failing, given, with_table
from tests.verify.worlds import factory, investment

UNITS = {
    "rates": ("rate", "minimum", "crew_minimum"),
    "needs": ("per_month",),
    "orders": ("per_month",),
    "pledges": ("most_per_month",),
    "stocks": ("opening", "reserve", "storage_limit"),
    "suppliers": ("most_per_month",),
}
PER_UNIT = {
    "rates": ("unit_cost",),
    "items": ("holding_cost", "transport_cost", "room", "discard_cost"),
    "needs": ("weight", "price"),
    "orders": ("weight", "price"),
    "suppliers": ("price",),
}


def in_units(plan: Plan, factor: float) -> Plan:
    """Return a plan with all items counted in other units: quantities times a factor, prices and weights by it."""
    frames: dict[str, pd.DataFrame] = {}
    for columns, times in ((UNITS, factor), (PER_UNIT, 1 / factor)):
        for name, names in columns.items():
            frame = frames.get(name, getattr(plan.scenario, name))
            frames[name] = frame.assign(**{column: frame[column].astype(float) * times for column in names})
    targets = plan.scenario.targets
    counted = targets["kind"].isin(["rate", "stock"])
    targets["value"] = targets["value"].where(~counted, targets["value"] * factor)
    targets["weight"] = targets["weight"].where(targets["strength"] != "soft", targets["weight"] / factor)
    transport = plan.scenario.settings.transport_cost / factor
    scenario: Scenario = plan.scenario.replace(settings={"transport_cost": transport}, targets=targets, **frames)
    tables = dict(plan.tables)
    for name, names in {**QUANTITIES, "promises": ("short",)}.items():
        tables[name] = tables[name].assign(**{column: tables[name][column] * factor for column in names})
    return replace(plan, scenario=scenario, tables=tables)


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_rules_are_as_strict_in_any_unit(factor: float) -> None:
    """In millionths and in millions the plan holds, and a thousandth more of anything is refused."""
    plan = in_units(factory(), factor)
    assert failing(plan) == {}
    for name, columns in QUANTITIES.items():
        for column in columns if len(plan.tables[name]) else ():
            table = plan.tables[name]
            row = table[column].astype(float).idxmax()
            more = table.astype({column: float})
            more.loc[row, column] *= 1.001
            assert failing(with_table(plan, name, more)), (name, column)


@pytest.mark.parametrize(("fixed_cost", "holds"), [(1e-8, True), (1e-5, False)])
def test_a_small_cost_beside_large_ones_has_their_error(fixed_cost: float, holds: bool) -> None:
    """A fund that pays 5,000 for a plant may owe 0.00001 of fixed cost, but not 0.01."""
    plan = given(
        investment(),
        projects=lambda f: f.assign(**{c: f[c] * fixed_cost for c in ("fixed_cost", "fixed_cost_per_size")}),
        funds=lambda f: f.assign(covers=[[*covers, "fixed"] for covers in f["covers"]]),
    )
    plan = change(plan, "costs", "amount", lambda amount: amount * fixed_cost, category="fixed")
    assert ("costs_are_paid" not in failing(plan)) is holds


def test_a_small_stock_beside_large_flows_has_their_error() -> None:
    """A hundred-millionth of what flows may be missing of a reserve, a ten-thousandth not."""
    plan = given(factory(), stocks=lambda f: f.assign(reserve=f["reserve"].where(f["item"] != "powder", 4)))
    for missing, holds in ((4e-6, True), (4e-2, False)):
        less = change(plan, "stock", "closing", 4 - missing, t=5, item="powder")
        assert ("stocks_stay_within_limits" not in failing(less)) is holds
