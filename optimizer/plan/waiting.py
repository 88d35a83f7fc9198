"""Waiting time, first in first out, from the curves of orders O and deliveries D.

O counts the units of a customer and item that were ordered or pledged before a point in time (the
opening order book included, linear inside months), D those delivered (linear inside periods, at the
mean rate of the last twelve months after the horizon). The unit that is the q-th in the book is
delivered when D reaches q.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, Floats, Pair, measure
from optimizer.scenario.schema import Order

ALL = "(all)"
"""Customer of the pooled order book of an item."""

LONGEST_TOLD = 1200
"""A delivery later than this many months after the horizon counts as never."""


@dataclass(frozen=True)
class Curves:
    """Cumulative orders and deliveries of one book.

    Attributes
    ----------
    first
        Month of the first order: the first node of `placed`.
    placed
        O at the months first, first + 1, ..., T in units.
    delivered
        D at the months 0, 1, ..., T in units.
    """

    first: int
    placed: Floats
    delivered: Floats

    @property
    def end(self) -> int:
        """Return T, the months in the horizon."""
        return len(self.delivered) - 1

    @cached_property
    def closing_rate(self) -> float:
        """Return units delivered per month over the last twelve months (or all, if there are fewer)."""
        months = min(12, self.end)
        return float(self.delivered[-1] - self.delivered[-1 - months]) / months

    def delivery(self, units: Floats, *, after: bool = False) -> Floats:
        """Return when D reaches each number of units; `after`: when it begins to exceed it.

        In months from the start of the horizon; NaN where it never does.
        """
        return self._locate(units, after)[0]

    def total_time(self, units: Floats) -> Floats:
        """Return the sum of the delivery times of all units up to each number, in unit-months."""
        x, j, q = self._locate(units, False)
        nodes = np.arange(1, self.end + 1)
        sums = np.concatenate([[0.0], np.cumsum(np.diff(self.delivered) * (nodes - 0.5))])
        last = np.clip(j - 1, 0, self.end)
        found: Floats = sums[last] + (q - self.delivered[last]) * (last + x) / 2
        return found

    def _locate(self, units: Floats, after: bool) -> tuple[Floats, Any, Floats]:
        """Return delivery time, node of D that follows it, and the units cut to that step of D."""
        d, tolerance = self.delivered, 1e-7 * max(1.0, float(self.placed[-1]))
        if after:
            j = np.searchsorted(d, units + tolerance, side="right")
        else:
            j = np.searchsorted(d, units - tolerance, side="left")
        low = d[np.clip(j - 1, 0, self.end)]
        high = d[np.clip(j, 0, self.end)]
        q = np.where(j <= self.end, np.clip(units, low, high), np.maximum(units, low))
        step = np.where(j <= self.end, high - low, self.closing_rate)
        flows = step > np.where(j <= self.end, 0.0, tolerance / LONGEST_TOLD)
        fraction = np.divide(q - low, step, out=np.full(len(units), np.nan), where=flows)
        x = np.where(j == 0, 0.0, np.clip(j - 1, 0, self.end) + fraction)
        return np.where(x > self.end + LONGEST_TOLD, np.nan, x), j, q


def curves(basis: Basis) -> dict[Pair, Curves]:
    """Return the curves of every (customer, item), then of each item pooled over its customers."""
    end = basis.calendar.end
    rows = basis.scenario.rows(Order)
    first = min([0, *(basis.calendar.month(row.from_month) for row in rows)])
    placed: dict[Pair, Floats] = {}
    delivered: dict[Pair, Floats] = {}

    def book(key: Pair) -> Pair:
        for table, months in ((placed, end - first), (delivered, end)):
            table.setdefault(key, np.zeros(months))
        return key

    for row in rows:
        begin, stop = basis.calendar.window(row.from_month, row.to_month)
        placed[book((row.customer, row.item))][begin - first : max(begin, min(stop, end)) - first] += row.per_month
    for key, units in basis.sums("pledges", ("member", "item"), "pledged").items():
        placed[book(key)][-first:] += basis.by_month(units)
    for key, units in basis.sums("deliveries", ("customer", "item"), "delivered").items():
        delivered[book(key)] += basis.by_month(np.maximum(units, 0.0))
    for customer, item in list(placed):
        pooled = book((ALL, item))
        placed[pooled] += placed[customer, item]
        delivered[pooled] += delivered[customer, item]
    return {key: Curves(first, _cumulate(placed[key]), _cumulate(delivered[key])) for key in placed}


def _cumulate(monthly: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(monthly)])


def waiting_time(basis: Basis, books: Mapping[Pair, Curves]) -> pd.DataFrame:
    """Return the cohorts of every book: what was ordered in one month and when it is delivered."""
    frames = [_cohorts(basis, key, book) for key, book in books.items()]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else measure("waiting_time", {})


def _cohorts(basis: Basis, key: Pair, book: Curves) -> pd.DataFrame:
    units = np.diff(book.placed)
    kept = np.flatnonzero(units > 1e-9)
    month, units = kept + book.first, units[kept]
    low, high = book.placed[kept], book.placed[kept + 1]
    first = np.maximum(book.delivery(low, after=True), np.minimum(month, book.end))
    last = np.maximum(book.delivery(high), first)
    mean = (book.total_time(high) - book.total_time(low)) / units - (month + 0.5)
    never = np.isnan(last)
    words = np.where(never, "never", np.where(last > book.end + 1e-6, "yes", "no"))
    return measure(
        "waiting_time",
        {
            "customer": key[0],
            "item": key[1],
            "placed": basis.days(month.astype(float)),
            "units": units,
            "first_delivered": basis.days(first),
            "last_delivered": basis.days(last),
            "wait": np.where(never, np.nan, np.maximum(0.0, mean)),
            "longest_wait": _longest(book, month, units, first, last),
            "at_closing_rate": words,
        },
    )


def _longest(book: Curves, month: Any, units: Floats, first: Floats, last: Floats) -> Floats:
    """Return the wait of each cohort's slowest unit: at its ends, or where a gap in deliveries ends."""
    longest: Floats = np.fmax(first - month, last - (month + 1))
    low = book.placed[month - book.first]
    for x, q in zip(book.delivery(book.delivered, after=True), book.delivered, strict=True):
        inside = (low < q) & (q < low + units)
        longest = np.where(inside, np.fmax(longest, x - month - (q - low) / units), longest)
    return np.where(np.isnan(last), np.nan, np.where(longest > 1e-9, longest, 0.0))


def placed_today(basis: Basis, books: Mapping[Pair, Curves]) -> pd.DataFrame:
    """Return the wait of an order placed at the beginning of every month, and at the end of the horizon.

    Beside every pooled one stands the customer that waits longest then, and how long.
    """
    months = np.arange(basis.calendar.end + 1)
    accepted = _accepted(basis, books)
    frames = []
    delivery = {key: np.maximum(book.delivery(book.placed[-book.first :]), months) for key, book in books.items()}
    for key, book in books.items():
        delivered = delivery[key]
        never = np.isnan(delivered)
        longest, longest_wait = _slowest(delivery, key[1]) if key[0] == ALL else ("", np.nan)
        frames.append(
            measure(
                "placed_today",
                {
                    "customer": key[0],
                    "item": key[1],
                    "month": basis.days(months.astype(float)),
                    "delivered_on": basis.days(delivered),
                    "wait": delivered - months,
                    "accepted_wait": accepted[key],
                    "longest": longest,
                    "longest_wait": longest_wait - months,
                    "at_closing_rate": np.where(never, "never", np.where(delivered > book.end + 1e-6, "yes", "no")),
                },
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else measure("placed_today", {})


def _slowest(delivery: Mapping[Pair, Floats], item: str) -> tuple[list[str], Floats]:
    """Return of an item, in each month, the customer whose order is delivered last, and when; NaN: never."""
    names = [customer for customer, of in delivery if of == item and customer != ALL]
    dates = np.array([delivery[name, item] for name in names])
    last = np.argmax(np.nan_to_num(dates, nan=np.inf), axis=0)
    return [names[n] for n in last], np.take_along_axis(dates, last[None], axis=0)[0]


def _accepted(basis: Basis, books: Mapping[Pair, Curves]) -> dict[Pair, Floats]:
    """Return the accepted wait of orders placed in each month; where none are placed: the setting.

    Of several rows in a month: their mean, weighted by units.
    """
    end, default = basis.calendar.end, basis.scenario.settings.accepted_wait
    units = {key: np.zeros(end + 1) for key in books}
    waits = {key: np.zeros(end + 1) for key in books}
    for row in basis.scenario.rows(Order):
        begin, stop = basis.calendar.window(row.from_month, row.to_month)
        wait = default if row.accepted_wait is None else row.accepted_wait
        span = slice(max(begin, 0), max(stop, 0) + (stop >= end))
        for key in ((row.customer, row.item), (ALL, row.item)):
            units[key][span] += row.per_month
            waits[key][span] += row.per_month * wait
    return {
        key: np.divide(waits[key], units[key], out=np.full(end + 1, float(default)), where=units[key] > 0)
        for key in books
    }
