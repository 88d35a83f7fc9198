"""Demand: needs are met or lost, order books balance, pledges stay within their table."""

from __future__ import annotations

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.tally import FloatArray, Tally, beside, largest, number


def needs_are_met_or_lost(book: Book) -> Check:
    """Check used + gifts arriving + lost in all bands = need, and lost in a band <= need of the band."""
    facts, tally = book.facts, Tally("needs_are_met_or_lost", "losses")
    lost = np.zeros(facts.needs.shape)
    for b, (recipient, item, _) in enumerate(facts.bands):
        lost[facts.place[recipient], facts.item[item]] += book.lost[b]
    given = flows.gifts_arrived(book)
    size = beside(largest(book.used, given, lost, facts.needs, axis=(0, 2)), book.quantities[None, :, None])
    tally.each(
        np.abs(book.used + given + lost - facts.needs),
        lambda n, i, t: (
            f"{facts.items[i]} for {facts.places[n]} in {facts.label(t)}: "
            f"{number(book.used[n, i, t])} supplied + {number(given[n, i, t])} given + "
            f"{number(lost[n, i, t])} lost is not the need of {number(facts.needs[n, i, t])}"
        ),
        size=size,
    )
    tally.each(
        book.lost - facts.band_needs,
        lambda b, t: (
            f"{facts.bands[b][0]} loses {number(book.lost[b, t])} {facts.bands[b][1]} in {facts.label(t)} "
            f"in band {facts.bands[b][2]} but needs {number(facts.band_needs[b, t])}"
        ),
        size=np.asarray([size[0, facts.item[item], 0] for _, item, _ in facts.bands]).reshape(-1, 1),
    )
    return tally.check()


def orders_placed(book: Book) -> FloatArray:
    """Return what the Orders rows place in each period, with the opening book first: books, 1 + T."""
    facts = book.facts
    until = np.concatenate([[0.0], facts.ends])
    return np.asarray(
        [np.diff(facts.ordered_by(b, until), prepend=0.0) for b in range(len(facts.books))], dtype=float
    ).reshape(len(facts.books), facts.count + 1)


def order_book_balances(book: Book) -> Check:
    """Check order book = previous + ordered + pledged - delivered, and never below 0.

    The first previous one is what was ordered in months before the start.
    """
    facts, tally = book.facts, Tally("order_book_balances", "deliveries")
    placed = orders_placed(book)
    before = np.concatenate([placed[:, :1], book.backlog[:, :-1]], axis=1)
    terms = (before, placed[:, 1:], book.pledged, book.delivered, book.backlog)
    size = _size_by_item(book, largest(*terms, axis=1))
    tally.each(
        np.abs(before + placed[:, 1:] + book.pledged - book.delivered - book.backlog),
        lambda b, t: (
            f"order book of {facts.books[b][0]} for {facts.books[b][1]} in {facts.label(t)}: "
            f"{number(before[b, t])} before + {number(placed[b, t + 1])} ordered + "
            f"{number(book.pledged[b, t])} pledged - {number(book.delivered[b, t])} delivered "
            f"is not {number(book.backlog[b, t])}"
        ),
        size=size,
    )
    tally.each(
        -book.backlog,
        lambda b, t: f"{facts.books[b][0]} gets more {facts.books[b][1]} than ordered by {facts.label(t)}",
        size=size,
    )
    return tally.check()


def _size_by_item(book: Book, sizes: FloatArray) -> FloatArray:
    items = np.asarray([item for _, item in book.facts.books], dtype=object)
    shared = [beside(np.max(sizes[items == item]), book.quantity(item)) for item in items]
    return np.asarray(shared, dtype=float).reshape(-1, 1)


def pledges_stay_within_the_table(book: Book) -> Check:
    """Check pledged <= most per month x months of the period in the row's window.

    Nothing is pledged in a period that ends after the horizon less the accepted wait of the settings.
    """
    facts, tally = book.facts, Tally("pledges_stay_within_the_table", "pledges")
    tally.each(
        book.pledged - facts.most_pledged,
        lambda b, t: (
            f"{facts.books[b][0]} pledges {number(book.pledged[b, t])} {facts.books[b][1]} "
            f"in {facts.label(t)}, at most {number(facts.most_pledged[b, t])} may be"
        ),
        size=_size_by_item(book, largest(book.pledged, axis=1)),
    )
    return tally.check()


def late_units(book: Book) -> FloatArray:
    """Return units late by more than 6 s months at the end of each period, s = 0..3: books, T, 4.

    Late = max(0, due by 6 s months before the end of the period - delivered so far). Due: orders
    older than their accepted wait and pledges older than the setting's, linear inside months and periods.
    """
    facts = book.facts
    late = np.zeros((len(facts.books), facts.count, 4))
    for b in range(len(facts.books)):
        delivered = np.cumsum(book.delivered[b])
        for s in range(4):
            x = facts.ends - 6 * s
            due = facts.ordered_by(b, x, waited=True) + pledged_by(book, b, x - facts.settings.accepted_wait)
            late[b, :, s] = np.maximum(0.0, due - delivered)
    return late


def late_after(book: Book) -> FloatArray:
    """Return the same, end months after the horizon, when its last 12 months (or all) have gone on: books, 4.

    Orders go on where a row reaches the horizon's end, deliveries at their mean of the last 12 months.
    """
    facts = book.facts
    months, recent = facts.settings.end_months, min(12, facts.horizon)
    late = np.zeros((len(facts.books), 4))
    for b in range(len(facts.books)):
        corners = np.asarray([facts.horizon - recent, facts.horizon], dtype=float)
        before, delivered = cumulative(book, book.delivered[b], corners)
        delivered += (delivered - before) / recent * months
        for s in range(4):
            x = np.asarray([facts.horizon + months - 6.0 * s])
            due = facts.ordered_by(b, x, waited=True, going_on=True)
            due += pledged_by(book, b, x - facts.settings.accepted_wait)
            late[b, s] = max(0.0, float(due[0]) - delivered)
    return late


def pledged_by(book: Book, position: int, x: FloatArray) -> FloatArray:
    """Return what a book's pledges place before each x, spread evenly over their periods."""
    return cumulative(book, book.pledged[position], x)


def cumulative(book: Book, flow: FloatArray, x: FloatArray) -> FloatArray:
    """Return a flow per period summed from the start to each x, linear inside periods, flat outside."""
    corners = np.concatenate([[0.0], book.facts.ends])
    return np.asarray(np.interp(x, corners, np.concatenate([[0.0], np.cumsum(flow)])), dtype=float)
