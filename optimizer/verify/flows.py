"""Flows between places, recomputed from the tables: what is used, sent, bought, given, and arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from optimizer.scenario.network import POOL
from optimizer.scenario.schema import Supplier
from optimizer.verify.book import Book
from optimizer.verify.tally import FloatArray


def _empty(book: Book) -> FloatArray:
    return np.zeros((len(book.facts.places), len(book.facts.items), book.facts.count))


def made_at(book: Book) -> FloatArray:
    """Return good output by place and item: at the line's member if laned, else in the pool."""
    facts, made = book.facts, _empty(book)
    for position, line in enumerate(facts.lines):
        place = facts.place[line.member]
        made[place, facts.laned] += book.made[position, facts.laned]
        made[-1, ~facts.laned] += book.made[position, ~facts.laned]
    return made


def inputs_at(book: Book) -> FloatArray:
    """Return inputs used by place and item: recipe quantity x made / yield, at the line's place."""
    return _with_output(book, book.facts.network.inputs)


def by_products_at(book: Book) -> FloatArray:
    """Return what comes out as well by place and item: quantity below 0 of a recipe x made / yield."""
    return _with_output(book, book.facts.network.by_products)


def _with_output(book: Book, quantities: Callable[[str, str], Mapping[str, float]]) -> FloatArray:
    """Return what goes in, or comes out, with what lines make: quantities of a line and item x made / yield."""
    facts, found = book.facts, _empty(book)
    started = book.made / facts.rates.yields
    for position, line in enumerate(facts.lines):
        for item in np.flatnonzero(started[position].any(axis=1)):
            for name, quantity in quantities(line.base, facts.items[item]).items():
                found[facts.kept_at(line.member, name)] += quantity * started[position, item]
    return found


def delivered_at(book: Book) -> FloatArray:
    """Return deliveries to orders by the place they leave: the customer's if laned, else the pool."""
    delivered = _empty(book)
    for b, (customer, item) in enumerate(book.facts.books):
        delivered[book.facts.kept_at(customer, item)] += book.delivered[b]
    return delivered


def used_at(book: Book) -> FloatArray:
    """Return what needs take by the place it leaves: the recipient's if laned, else the pool."""
    facts = book.facts
    used = np.where(facts.laned[:, None], book.used, 0.0)
    used[-1] = np.where(facts.laned[:, None], 0.0, book.used.sum(axis=0))
    return used


def rows(book: Book, table: str, *names: str) -> Iterator[tuple[tuple[str, ...], int, float]]:
    """Yield names, period and quantity of every row of a flow table whose month begins a period."""
    frame = book.frame(table)
    quantity = list(frame)[-1]
    columns = [frame[name] for name in names]
    for *keys, t, amount in zip(*columns, book.periods(table), frame[quantity], strict=True):
        if t >= 0:
            yield tuple(keys), int(t), float(amount)


class _Arrivals:
    """Sums what is sent by delay, so that each delay is turned into arrivals once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.by_delay: dict[float, FloatArray] = {}

    def send(self, place: str, item: str, t: int, quantity: float, delay: float) -> None:
        """Send a quantity in period t to where the place keeps the item."""
        sent = self.by_delay.setdefault(delay, _empty(self.book))
        sent[self.book.facts.place[place], self.book.facts.item[item], t] += quantity

    def arrived(self) -> FloatArray:
        """Return what arrives: N, I, T."""
        found = _empty(self.book)
        for delay, sent in self.by_delay.items():
            found += sent @ self.book.facts.arrivals(delay)
        return found


def shipped_and_arrived(book: Book) -> tuple[FloatArray, FloatArray]:
    """Return what leaves and what arrives over lanes by place: N, I, T each.

    Rows over a lane that does not exist leave but never arrive.
    """
    facts, shipped, arrivals = book.facts, _empty(book), _Arrivals(book)
    for (start, stop, item), t, quantity in rows(book, "shipments", "from_place", "to_place", "item"):
        if start in facts.place and item in facts.item:
            shipped[facts.place[start], facts.item[item], t] += quantity
            lane = facts.lane(start, stop, item)
            if lane is not None:
                arrivals.send(stop, item, t, quantity, facts.lanes[lane].transit_months)
    return shipped, arrivals.arrived()


def suppliers(book: Book) -> dict[tuple[str, str], Supplier]:
    """Return the Suppliers rows by supplier and item."""
    return {(row.supplier, row.item): row for row in book.facts.scenario.rows(Supplier)}


def purchases_arrived(book: Book) -> FloatArray:
    """Return what arrives from suppliers: after their lead months, plus the transit of their lane."""
    facts, arrivals, known = book.facts, _Arrivals(book), suppliers(book)
    for (supplier, place, item), t, quantity in rows(book, "purchases", "supplier", "place", "item"):
        if (supplier, item) in known and place in facts.place:
            delay = known[supplier, item].lead_months
            lane = facts.lane(supplier, place, item)
            if place != POOL and lane is not None:
                delay += facts.lanes[lane].transit_months
            arrivals.send(place, item, t, quantity, delay)
    return arrivals.arrived()


def gifts_given(book: Book) -> FloatArray:
    """Return what leaves members' own stockpiles as gifts: N (the giver), I, T."""
    given = _empty(book)
    for (member, item), t, quantity in rows(book, "gifts", "member", "item"):
        if member in book.facts.place and item in book.facts.item:
            given[book.facts.place[member], book.facts.item[item], t] += quantity
    return given


def gifts_arrived(book: Book) -> FloatArray:
    """Return gifts by the recipient they reach: at once if pooled, after the lane's transit if laned."""
    facts, arrivals = book.facts, _Arrivals(book)
    for (member, recipient, item), t, quantity in rows(book, "gifts", "member", "recipient", "item"):
        if item not in facts.item or recipient not in facts.place:
            continue
        lane = facts.lane(member, recipient, item)
        if not facts.laned[facts.item[item]]:
            arrivals.send(recipient, item, t, quantity, 0.0)
        elif lane is not None:
            arrivals.send(recipient, item, t, quantity, facts.lanes[lane].transit_months)
    return arrivals.arrived()
