"""Money: what it costs and who pays, by member, category, fund and calendar year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, measure_rows
from optimizer.scenario.schema import CATEGORIES, Fund


def spending(basis: Basis, due: Mapping[tuple[str, str, int], float]) -> pd.DataFrame:
    """Return costs by payer, category and calendar year, and what funds pay of them.

    Costs of a period fall to years by its months; capex by the month of payment.
    """
    cost: dict[tuple[str, str, int], float] = defaultdict(float)
    for (_, member, month), amount in due.items():
        if month < basis.calendar.end:
            cost[member, "capex", basis.calendar.date(month).year] += amount
    costs = basis.table("costs")
    other = costs[costs["category"] != "capex"]
    totals = other.groupby(["member", "category", "t"], sort=False)["amount"].sum()
    for key, amount in zip(totals.index.to_list(), totals.to_list(), strict=True):
        member, category, t = key
        for year, share in basis.calendar.year_shares[t].items():
            cost[member, category, year] += amount * share
    funded = _paid(basis, ("member", "category", "year"))
    order = {category: place for place, category in enumerate(CATEGORIES)}
    keys = {key for table in (cost, funded) for key, amount in table.items() if abs(amount) > 1e-9}
    rows = [
        {
            "member": member,
            "category": category,
            "year": int(year),
            "amount": cost.get((member, category, year), 0.0),
            "funded": funded.get((member, category, year), 0.0),
        }
        for member, category, year in sorted(keys, key=lambda k: (k[0], order.get(k[1], 99), k[2]))
    ]
    return measure_rows("spending", rows)


def _paid(basis: Basis, keys: tuple[str, ...]) -> dict[tuple[Any, ...], float]:
    """Return the sums of payments from funds by some of their columns."""
    payments = basis.table("payments")
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    for *key, paid in zip(*(payments[name] for name in (*keys, "paid")), strict=True):
        found[tuple(int(part) if isinstance(part, float) else part for part in key)] += paid
    return dict(found)


def fund_use(basis: Basis) -> pd.DataFrame:
    """Return each fund in the calendar years of the horizon: amount, carried over, paid, left."""
    funds: dict[str, list[Fund]] = defaultdict(list)
    for row in basis.scenario.rows(Fund):
        funds[row.fund].append(row)
    paid = _paid(basis, ("fund", "year"))
    rows = []
    for name, found in funds.items():
        amounts = {row.year: row.amount for row in found}
        left = 0.0
        for year in basis.calendar.years:
            carried = left if found[0].carries_over else 0.0
            spent = paid.get((name, year), 0.0)
            left = amounts.get(year, 0.0) + carried - spent
            if year in amounts or carried or spent:
                rows.append(
                    {
                        "fund": name,
                        "member": "; ".join(found[0].member),
                        "year": year,
                        "amount": amounts.get(year, 0.0),
                        "carried": carried,
                        "paid": spent,
                        "left": left,
                    }
                )
    return measure_rows("fund_use", rows)


def shares(basis: Basis, spent: pd.DataFrame) -> pd.DataFrame:
    """Return what each member pays against its key and against what it gets."""
    members = [row for row in basis.network.members.values() if row.kind == "member"]
    names = [row.member for row in members]
    keys = np.array([np.nan if row.cost_key is None else row.cost_key for row in members], dtype=float)
    national = {row.fund: row.member[0] for row in basis.scenario.rows(Fund) if len(row.member) == 1}
    cost = spent.groupby("member")["amount"].sum().to_dict()
    paid: dict[str, float] = defaultdict(float)
    for (fund,), amount in _paid(basis, ("fund",)).items():
        paid[national.get(fund, "")] += amount
    got: dict[str, float] = defaultdict(float)
    for (customer, item), units in basis.sums("deliveries", ("customer", "item"), "delivered").items():
        got[customer] += float(units.sum()) if item in basis.final_items else 0.0
    made: dict[str, float] = defaultdict(float)
    for line, item, units in basis.output:
        made[basis.lines[line].member] += float(units.sum()) if item in basis.final_items else 0.0
    table = measure_rows("shares", [{"member": name} for name in names])
    for column, values in (("cost", cost), ("paid", paid), ("delivered", got), ("made", made)):
        table[column] = np.array([values.get(name, 0.0) for name in names], dtype=float)
    table["key_share"] = keys / np.nansum(keys) if np.nansum(keys) > 0 else np.nan
    for column, whole in (("cost", "cost_share"), ("paid", "paid_share"), ("delivered", "delivered_share")):
        total = float(table[column].sum())
        table[whole] = table[column] / total if total > 0 else np.nan
    table["common"] = paid.get("", 0.0) * table["key_share"].astype(float)
    table["bears"] = table["paid"] + table["common"].fillna(0.0)
    borne = float(table["bears"].sum())
    table["above_key"] = (table["bears"] / borne if borne > 0 else np.nan) - table["key_share"].astype(float)
    for column, t in (("jobs_now", 0), ("jobs_end", -1)):
        jobs: dict[str, float] = defaultdict(float)
        for facts in basis.lines.values():
            jobs[facts.member] += facts.people * float(basis.shifts[facts.name][t])
        table[column] = np.array([jobs[name] for name in names], dtype=float)
    return table
