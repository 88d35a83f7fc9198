"""What is needed, ordered and pledged when, and when it counts as late."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.schema import Need, Order, Pledge

Book = tuple[str, str]
"""(customer, item)"""
BookPeriod = tuple[str, str, int]
LAYERS = (0, 1, 2, 3)
LAYER_MONTHS = 6
LAST_YEAR = 12
"""Months before the end of the horizon whose mean is what goes on after it."""


@dataclass(frozen=True)
class OrderCurve:
    """Cumulative orders of one book: rows of (first month, stop month, units per month, accepted wait)."""

    rows: tuple[tuple[int, int, float, float], ...]

    @property
    def bends(self) -> frozenset[int]:
        """Return the months in which a row begins or ends: between them orders come in evenly."""
        return frozenset(month for first, stop, _, _ in self.rows for month in (first, stop))

    def placed(self, x: float) -> float:
        """Return the units placed before month x, opening book included."""
        return sum(rate * max(0.0, min(stop, x) - first) for first, stop, rate, _ in self.rows)

    def due(self, x: float) -> float:
        """Return the units that are late if not delivered by month x: placed by x minus their wait."""
        return sum(rate * max(0.0, min(stop, x - wait) - first) for first, stop, rate, wait in self.rows)

    def due_after(self, x: float, end: float) -> float:
        """Return the same for a month after the horizon's end: rows that reach the end go on as they are."""
        going_on = ((first, math.inf if stop >= end else stop, rate, wait) for first, stop, rate, wait in self.rows)
        return OrderCurve(tuple(going_on)).due(x)  # type: ignore[arg-type]


@dataclass(frozen=True)
class DemandIndex:
    """Index sets and coefficients of needs and orders.

    Attributes
    ----------
    NEEDS
        (recipient, item, band, period) -> units needed.
    NEEDED
        (recipient, item, period) -> units needed over all bands.
    bands
        (recipient, item, period) -> its bands.
    BOOKS
        (customer, item) that Orders or Pledges name -> the curve of what is ordered.
    PLEDGES
        (customer, item, period) -> most units.
    LATE
        (customer, item, period, layer) in which something can be late.
    not_due
        Per LATE: units placed by the end of the period that are not late yet in that layer.
    pledges_not_due
        Per LATE: ((share not late yet, period of the pledge), ...).
    LATE_AFTER
        (customer, item, layer) in which something can be late when the last year has gone on for the end
        months -> units placed by the end of the horizon that are not late by then, less those placed after
        it that are.
    pledges_not_due_after
        Per LATE_AFTER: the same as `pledges_not_due`.
    last_year
        Period -> share of it that lies in the last 12 months of the horizon, or in all of a shorter one.
    """

    NEEDS: dict[tuple[str, str, int, int], float]
    NEEDED: dict[tuple[str, str, int], float]
    bands: dict[tuple[str, str, int], tuple[int, ...]]
    need_weight: dict[tuple[str, str, int, int], float]
    need_price: dict[tuple[str, str, int, int], float]
    BOOKS: dict[Book, OrderCurve]
    book_weight: dict[Book, float]
    book_price: dict[Book, float]
    PLEDGES: dict[BookPeriod, float]
    LATE: tuple[tuple[str, str, int, int], ...]
    not_due: dict[tuple[str, str, int, int], float]
    pledges_not_due: dict[tuple[str, str, int, int], tuple[tuple[float, int], ...]]
    LATE_AFTER: dict[tuple[str, str, int], float]
    pledges_not_due_after: dict[tuple[str, str, int], tuple[tuple[float, int], ...]]
    last_year: dict[int, float]
    calendar: Calendar

    @cached_property
    def BOOK_PERIODS(self) -> tuple[BookPeriod, ...]:  # noqa: N802
        """Return (customer, item, period) of every order book."""
        return tuple((c, i, t) for c, i in self.BOOKS for t in self.calendar.periods)

    @cached_property
    def ordered(self) -> dict[BookPeriod, float]:
        """Return the units ordered in each period, the opening book not included."""
        begins, ends = self.calendar.begins, self.calendar.ends
        return {
            (c, i, t): curve.placed(ends(t)) - curve.placed(begins[t])
            for (c, i), curve in self.BOOKS.items()
            for t in self.calendar.periods
        }


def index_demand(network: Network, calendar: Calendar) -> DemandIndex:
    """Work out needs, order books and pledges."""
    scenario = network.scenario
    wait = scenario.settings.accepted_wait
    rows: dict[Book, list[tuple[int, int, float, float]]] = defaultdict(list)
    weight: dict[Book, float] = {}
    price: dict[Book, float] = {}
    for order in scenario.rows(Order):
        book = (order.customer, order.item)
        own_wait = wait if order.accepted_wait is None else order.accepted_wait
        rows[book].append((*calendar.window(order.from_month, order.to_month), order.per_month, own_wait))
        weight[book] = max(weight.get(book, 0.0), order.weight)
        price[book] = max(price.get(book, 0.0), order.price)
    pledges = _pledges(network, calendar)
    for pledge in scenario.rows(Pledge):  # a book without orders, even when nothing can be pledged
        book = (pledge.member, pledge.item)
        rows.setdefault(book, [])
        weight.setdefault(book, 1.0)
        price.setdefault(book, 0.0)
    books = {book: OrderCurve(tuple(found)) for book, found in rows.items()}
    not_due, pledges_not_due = _late(calendar, books, pledges, wait)
    late_after, not_due_after = _late_after(calendar, books, pledges, wait, scenario.settings.end_months)
    needs, need_weight, need_price = _needs(network, calendar)
    needed: dict[tuple[str, str, int], float] = defaultdict(float)
    bands: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for (r, i, band, t), units in needs.items():
        needed[r, i, t] += units
        bands[r, i, t].append(band)
    return DemandIndex(
        NEEDS=needs,
        NEEDED=dict(needed),
        bands={key: tuple(found) for key, found in bands.items()},
        need_weight=need_weight,
        need_price=need_price,
        BOOKS=books,
        book_weight=weight,
        book_price=price,
        PLEDGES=pledges,
        LATE=tuple(not_due),
        not_due=not_due,
        pledges_not_due=pledges_not_due,
        LATE_AFTER=late_after,
        pledges_not_due_after=not_due_after,
        last_year=_last_year(calendar),
        calendar=calendar,
    )


def _needs(
    network: Network, calendar: Calendar
) -> tuple[
    dict[tuple[str, str, int, int], float],
    dict[tuple[str, str, int, int], float],
    dict[tuple[str, str, int, int], float],
]:
    units: dict[tuple[str, str, int, int], float] = defaultdict(float)
    weight: dict[tuple[str, str, int, int], float] = {}
    price: dict[tuple[str, str, int, int], float] = {}
    for row in network.scenario.rows(Need):
        window = calendar.window(row.from_month, row.to_month)
        for t in calendar.within(*window):
            months = calendar.overlap(t, *window)
            if row.per_month > 0:
                key = (row.recipient, row.item, row.band, t)
                units[key] += row.per_month * months
                weight[key] = max(weight.get(key, 0.0), row.weight)
                price[key] = max(price.get(key, 0.0), row.price)
    return dict(units), weight, price


def _pledges(network: Network, calendar: Calendar) -> dict[BookPeriod, float]:
    settings = network.scenario.settings
    most: dict[BookPeriod, float] = defaultdict(float)
    for row in network.scenario.rows(Pledge) if "pledges" in settings.levers else ():
        window = calendar.window(row.from_month, row.to_month)
        for t in calendar.within(*window):
            units = row.most_per_month * calendar.overlap(t, *window)
            if units > 0 and calendar.ends(t) <= calendar.end - settings.accepted_wait:
                most[row.member, row.item, t] += units
    return dict(most)


def _late(
    calendar: Calendar, books: dict[Book, OrderCurve], pledges: dict[BookPeriod, float], wait: float
) -> tuple[dict[tuple[str, str, int, int], float], dict[tuple[str, str, int, int], tuple[tuple[float, int], ...]]]:
    not_due: dict[tuple[str, str, int, int], float] = {}
    pledges_not_due: dict[tuple[str, str, int, int], tuple[tuple[float, int], ...]] = {}
    for (c, i), curve in books.items():
        pledged = [t for t in calendar.periods if (c, i, t) in pledges]
        for t in calendar.periods:
            known = [tau for tau in pledged if tau <= t]
            for layer in LAYERS:
                x = calendar.ends(t) - LAYER_MONTHS * layer
                recent = [tau for tau in known if calendar.ends(tau) > x - wait]  # all placed before is due
                shares = [(1 - _share_before(calendar, tau, x - wait), tau) for tau in recent]
                if curve.due(x) <= 0 and len(recent) == len(known) and all(share >= 1 for share, _ in shares):
                    continue
                not_due[c, i, t, layer] = curve.placed(calendar.ends(t)) - curve.due(x)
                pledges_not_due[c, i, t, layer] = tuple(pair for pair in shares if pair[0] > 0)
    return not_due, pledges_not_due


def _late_after(
    calendar: Calendar, books: dict[Book, OrderCurve], pledges: dict[BookPeriod, float], wait: float, months: float
) -> tuple[dict[tuple[str, str, int], float], dict[tuple[str, str, int], tuple[tuple[float, int], ...]]]:
    """Return what is not due in each layer when the last year has gone on for some months after the horizon."""
    not_due: dict[tuple[str, str, int], float] = {}
    pledges_not_due: dict[tuple[str, str, int], tuple[tuple[float, int], ...]] = {}
    for (c, i), curve in books.items() if months else ():
        pledged = [t for t in calendar.periods if (c, i, t) in pledges]
        for layer in LAYERS:
            x = calendar.end + months - LAYER_MONTHS * layer
            due = curve.due_after(x, calendar.end)
            shares = [(1 - _share_before(calendar, tau, x - wait), tau) for tau in pledged]
            if due <= 0 and all(share >= 1 for share, _ in shares):
                continue
            not_due[c, i, layer] = curve.placed(calendar.end) - due
            pledges_not_due[c, i, layer] = tuple(pair for pair in shares if pair[0] > 0)
    return not_due, pledges_not_due


def _last_year(calendar: Calendar) -> dict[int, float]:
    begin = max(0, calendar.end - LAST_YEAR)
    shares = {t: calendar.overlap(t, begin, calendar.end) / calendar.lengths[t] for t in calendar.periods}
    return {t: share for t, share in shares.items() if share > 0}


def _share_before(calendar: Calendar, tau: int, x: float) -> float:
    """Return the share of what is placed evenly in period tau that is placed before month x."""
    return min(1.0, max(0.0, (x - calendar.begins[tau]) / calendar.lengths[tau]))
