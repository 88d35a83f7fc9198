"""First come, first served, between customers too: how long each waits against every promise of a waiting time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from optimizer.plan.waiting import ALL
from optimizer.scenario.schema import Target
from tests.quality.found import BROKEN, HELD, TOLD, Found, Measured
from tests.quality.series import Series

CLOSE = 0.05
"""Months by which a wait may be longer than promised: what solvers leave open."""
POOLED = "pooled"
SHOWN = 5
"""Customers that keep a target who are told one by one."""


def waits(series: Series) -> Measured:
    """Measure the longest wait of each customer, and of all books as one, in the months in which a target is kept.

    A promise that names no customer is one to each of them, unless it asks for all pooled; of a soft promise, and of
    a target as soon as possible before it is kept, waits are only told.
    """
    found, words = [], []
    for target in series.plan.scenario.rows(Target):
        if target.kind == "waiting time":
            for item in _items(series, target):
                rows = list(_of_promise(series, target, item))
                found += _folded(rows)
                words.append(_worst(rows))
    return Measured("; ".join(words) or "no promise", tuple(found))


def _items(series: Series, target: Target) -> list[str]:
    items = series.plan.measures.placed_today["item"].unique().tolist()
    return [item for item in items if target.item in (None, item)]


def _of_promise(series: Series, target: Target, item: str) -> Iterator[Found]:
    """Yield the longest wait of each customer, the longest first, then that of all pooled."""
    table = series.plan.measures.placed_today
    table = table[table["item"] == item]
    rows = []
    for customer in table["customer"].unique():
        if target.place in (None, "each", POOLED, customer) or customer == ALL:
            months = _kept(series, target, str(customer), item)
            own = table[table["customer"] == customer]
            rows.append((str(customer), own.assign(number=range(len(own))).iloc[months]))
    for customer, waited in sorted(rows, key=lambda row: -_longest(row[1])):
        yield _found(series, target, customer, item, waited)


def _longest(waited: pd.DataFrame) -> float:
    """Return the longest wait in months, infinite for never; below nothing where there is no month."""
    return float(waited["wait"].fillna(np.inf).max()) if len(waited) else -1.0


def _found(series: Series, target: Target, customer: str, item: str, waited: pd.DataFrame) -> Found:
    of = f"{customer}: {item}"
    if waited.empty:
        return Found(of, "", f"{target.value:g} months: `{target.target}` is never kept")
    longest = _longest(waited)
    where = waited["wait"].fillna(np.inf).to_numpy().argmax()
    when = f"placed {waited['month'].iloc[where]:%Y-%m}, kept from {waited['month'].iloc[0]:%Y-%m}"
    wait = f"{longest:.1f}" if np.isfinite(longest) else "never"
    about = customer != ALL if target.place != POOLED else customer == ALL
    verdict = BROKEN if longest > target.value + CLOSE else HELD
    judged = about and target.strength != "soft"
    reason = f"`{target.target}` ({target.strength}, {target.place or 'no customer named'})"
    return Found(of, when, f"{wait} of {target.value:g} months", reason, verdict if judged else TOLD)


def _kept(series: Series, target: Target, customer: str, item: str) -> list[int]:
    """Return the months at whose beginning a target of a customer binds; as soon as possible: from when it is kept."""
    first, stop = series.calendar.window(target.from_month, target.to_month)
    months = range(max(0, first), min(stop, series.end) + 1)
    if target.strength != "asap":
        return list(months)
    rows = series.basis.table("promises")
    rows = rows[(rows["target"] == target.target) & (rows["item"] == item)]
    places = set(rows["place"])
    named = customer if customer in places else ""
    rows = rows[rows["place"] == named] if named in places else rows
    attained = set(rows[pd.to_numeric(rows["attained"]) > 0.5]["t"])
    periods = series.calendar.period_of_month
    return [month for month in months if periods[min(month, series.end - 1)] in attained]


def _folded(rows: list[Found]) -> list[Found]:
    """Return the rows that are told one by one: all that break a law, the longest waits, all pooled; others as one."""
    held = [row for row in rows if row.verdict != BROKEN and not row.of.startswith(ALL)]
    rest = held[SHOWN:]
    kept = [row for row in rows if row not in rest]
    if not rest:
        return kept
    return [*kept, Found(f"{len(rest)} more", "", f"at most {rest[0].size}", rest[0].reason, rest[0].verdict)]


def _worst(rows: list[Found]) -> str:
    first = next((row for row in rows if not row.of.startswith(ALL)), None)
    return f"{first.of.partition(':')[0]} {first.size}" if first else "no customer"
