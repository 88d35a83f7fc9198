"""Who pays and gets, who waits longest, what holds the plan back, and what it rests on; for the first page."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pandas as pd

from optimizer.plan.plan import Plan
from optimizer.plan.verdict import short
from optimizer.plan.waiting import ALL
from optimizer.report.words import capital
from optimizer.scenario.schema import Supplier
from optimizer.scenario.values import counted

MOST_MEMBERS = 8
MOST_WAITS = 4
MOST_LIMITS = 4
MOST_FUNDS = 2
USED_UP = 0.005
"""Share of what a fund has that may be left where it is used up."""
SAVED, LOST, OUTSIDE = "saved", "lost", "outside"
"""What a limit is told by in money."""
IN_MONEY = ("weighted", "cost")
"""Objectives in money."""
MET = "nothing:"
"""How a limit begins where nothing is held back."""


def members(plan: Plan) -> pd.DataFrame:
    """Return who pays and gets: those that bear most by name, all others in one row.

    Columns: member, paid (from its own funds), paid_share, delivered, delivered_share, cost (at its place).
    """
    columns = ["paid", "paid_share", "delivered", "delivered_share", "cost"]
    table = plan.measures.shares
    size = table[["paid_share", "delivered_share", "cost_share"]].fillna(0.0).sum(axis=1)
    table = table.assign(size=size).sort_values("size", ascending=False, kind="stable")
    table = table[table["size"] > 0]
    first, rest = table.head(MOST_MEMBERS), table.iloc[MOST_MEMBERS:]
    found = first[["member", *columns]]
    if len(rest):
        others = {"member": f"{len(rest)} others", **{name: rest[name].sum() for name in columns}}
        found = pd.concat([found, pd.DataFrame([others])], ignore_index=True)
    return found.reset_index(drop=True)


def waits(plan: Plan) -> pd.DataFrame:
    """Return the customers that wait longest for an order placed at the end, and now.

    Columns: customer, item, now, end (months; NaN is never). Where more of them wait as long as the last one that is
    told, a row says how many.
    """
    table = plan.measures.placed_today
    own = table[table["customer"] != ALL]
    found = [
        {"customer": customer, "item": item, "now": part["wait"].iloc[0], "end": part["wait"].iloc[-1]}
        for (customer, item), part in own.groupby(["customer", "item"], sort=False)
    ]
    rows = pd.DataFrame(found, columns=["customer", "item", "now", "end"])
    longest = rows.assign(a=rows["end"].fillna(np.inf).round(6), b=rows["now"].fillna(np.inf).round(6))
    longest = longest.sort_values(["a", "b"], ascending=False, kind="stable").reset_index(drop=True)
    told = longest.head(MOST_WAITS)
    rest = longest.iloc[MOST_WAITS:].merge(told.tail(1)[["a", "b"]], on=["a", "b"])
    if len(rest):
        words = counted(len(rest), "other waits as long", "others wait as long")
        items = rest["item"].unique()
        last = rest.head(1).assign(customer=words, item=items[0] if len(items) == 1 else "")
        told = pd.concat([told, last], ignore_index=True)
    return told.drop(columns=["a", "b"])


def limits(plan: Plan) -> pd.DataFrame:
    """Return what holds final items back: limit, item, months, units asked and not made in those months, and money.

    Money is told `by` what the plan or the workbook knows of the item, the first of these: SAVED, what a unit more in
    each of those months would save, where it is money that is minimised first; LOST, what is lost and late in them at
    the workbook's prices; OUTSIDE, what was not made, at the lowest price of suppliers. Else it is NaN, and `by` empty.
    """
    found: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    final = plan.scenario.items
    output = plan.measures.output_by_lever
    for item in final.loc[final["kind"] == "final", "item"]:
        rows = output[output["item"] == item]
        missing = (rows["months"] * (rows["asked"] - rows["made"]).clip(lower=0.0)).tolist()
        by, money = _limit_money(plan, item, missing)
        for words, *each in zip(plan.measures.limiting(item), rows["months"], missing, money, strict=False):
            if not words.startswith(MET):
                sums = found[words, item, by]
                sums[:] = [a + b for a, b in zip(sums, each, strict=True)]
    lines = [[capital(words), item, *sums, by] for (words, item, by), sums in found.items()]
    table = pd.DataFrame(lines, columns=["limit", "item", "months", "missing", "money", "by"])
    table = table.sort_values(["months", "missing"], ascending=False, kind="stable")
    return table.head(MOST_LIMITS).reset_index(drop=True)


def _limit_money(plan: Plan, item: str, missing: list[float]) -> tuple[str, list[float]]:
    """Return by what an item is told in money, and that of each period; `missing` is what was not made in it."""
    first = plan.tables["objectives"]["objective"].head(1)
    if "worth" in plan.tables and first.isin(IN_MONEY).any():
        table = plan.measures.bottlenecks
        worth = table.loc[table["item"] == item, "worth"]  # of an item that lines make
        if len(worth):
            lengths = plan.scenario.calendar.lengths
            return SAVED, [float(each) * length for each, length in zip(worth, lengths, strict=True)]
    money = plan.measures.missing_money(item)
    if money is not None:
        return LOST, money.tolist()
    prices = [row.price for row in plan.scenario.rows(Supplier) if row.item == item and row.price > 0]
    if prices:
        return OUTSIDE, [min(prices) * units for units in missing]
    return "", [math.nan] * len(missing)


def risks(plan: Plan) -> list[str]:
    """Return what the plan rests on, in money and months: projects still to be decided, supplies, funds used up."""
    currency = plan.scenario.settings.currency
    told = []
    open_ = plan.measures.projects
    open_ = open_[open_["status"] != "committed"]
    if len(open_):
        last = open_.sort_values("full_output", kind="stable").to_dict("records")[-1]
        months = (last["full_output"].year - last["start"].year) * 12 + last["full_output"].month - last["start"].month
        amount = f"{currency} {short(float(open_['capex'].sum()))}"
        told.append(
            f"{amount} rests on {counted(len(open_), 'project', 'projects')} still to be decided; the last, "
            f"{last['project']}, is in full output from {last['full_output']:%Y-%m}, {months} months after its decision"
        )
    bought = plan.measures.decisions
    bought = bought[bought["kind"] == "purchase"]
    if bought["one_off_cost"].sum() > 0:
        largest = bought.sort_values("one_off_cost", kind="stable").to_dict("records")[-1]
        told.append(
            f"{currency} {short(float(bought['one_off_cost'].sum()))} of supplies from outside; the largest: "
            f"{largest['what']} ({currency} {short(float(largest['one_off_cost']))})"
        )
    used = _used_up(plan)
    return [*told, used] if used else told


def _used_up(plan: Plan) -> str:
    """Return the funds that have no reserve: in all their years, and the others year by year."""
    use = plan.measures.fund_use
    use = use[use["amount"] + use["carried"] > 0]
    use = use.assign(gone=use["left"] <= USED_UP * (use["amount"] + use["carried"]))
    always = use.groupby("fund", sort=False)["gone"].transform("all").astype(bool)
    parts = [("in every year", use.loc[always, "fund"])]
    some = use[use["gone"].astype(bool) & ~always]
    parts += [(f"in {year}", rows["fund"]) for year, rows in some.groupby("year")]
    told = [f"{when} {_named(list(dict.fromkeys(funds)))}" for when, funds in parts if len(funds)]
    return f"Funds used up: {'; '.join(told)}" if told else ""


def _named(names: list[str]) -> str:
    more = len(names) - MOST_FUNDS
    return ", ".join(names[:MOST_FUNDS]) + (f" and {counted(more, 'other')}" if more > 0 else "")
