"""Supply: what suppliers sell, where and when, and what lanes carry."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import partial

import numpy as np

from optimizer.plan.plan import Check
from optimizer.scenario.network import POOL
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.tally import FloatArray, Tally, beside, largest, number


def suppliers_deliver_a_limited_amount(book: Book) -> Check:
    """Check purchases from a supplier of an item, all places, <= most per month x months it sells.

    The months are those of the period within the supplier's from and to; outside them it sells
    nothing, with or without a limit.
    """
    facts, tally = book.facts, Tally("suppliers_deliver_a_limited_amount", "purchases")
    bought: dict[tuple[str, ...], FloatArray] = defaultdict(lambda: np.zeros(facts.count))
    for key, t, quantity in flows.rows(book, "purchases", "supplier", "item"):
        bought[key][t] += quantity
    for (name, item), row in flows.suppliers(book).items():
        months = facts.months(*facts.scenario.calendar.window(row.from_month, row.to_month))
        rate = math.inf if row.most_per_month is None else row.most_per_month
        most = np.where(months > 0, rate * np.maximum(months, 1e-12), 0.0)
        total = bought[name, item]
        say = partial(_say_bought, book, f"{item} bought from {name}", total, most)
        tally.each(total - most, say, size=beside(largest(total), book.quantity(item)))
    return tally.check()


def _say_bought(book: Book, what: str, total: FloatArray, most: FloatArray, t: int) -> str:
    return f"{number(total[t])} {what} in {book.facts.label(t)}, at most {number(most[t])} can be"


def purchases_go_where_they_may(book: Book) -> Check:
    """Check that a supplier of the Suppliers sheet sells the item to a place it reaches.

    Pooled items go to the pool. Laned items go to a place at the end of a lane of the supplier if it
    starts lanes, and to any member or recipient if it starts none.
    """
    facts, tally, known = book.facts, Tally("purchases_go_where_they_may", "purchases"), flows.suppliers(book)
    for (supplier, place, item), t, quantity in flows.rows(book, "purchases", "supplier", "place", "item"):
        if (supplier, item) not in known:
            reached = False
        elif item not in facts.network.laned_items:
            reached = place == POOL
        elif supplier in facts.network.lane_suppliers:
            reached = facts.lane(supplier, place, item) is not None
        else:
            reached = place in facts.members
        text = f"{number(quantity)} {item} bought from {supplier} in {facts.label(t)} for {place}: not sold"
        tally.must(reached or quantity == 0, text)
    return tally.check()


def lanes_carry_a_limited_amount(book: Book) -> Check:
    """Check what a lane carries of all its items <= most per month x months; and that the lane exists.

    Shipments, gifts of laned items over the lane from giver to recipient, and purchases over a
    supplier's lane (in the period of purchase) share its limit. The row naming the item wins over
    the row for all items. Items in no lane row are not shipped.
    """
    facts, tally = book.facts, Tally("lanes_carry_a_limited_amount", "shipments")
    carried = np.zeros((len(facts.lanes), facts.count))
    for (start, stop, item), t, quantity in flows.rows(book, "shipments", "from_place", "to_place", "item"):
        known = start in facts.place and item in facts.network.laned_items
        lane = facts.lane(start, stop, item) if known else None
        if lane is not None:
            carried[lane, t] += quantity
        elif quantity:
            what = f"{number(quantity)} {item} shipped from {start} to {stop} in {facts.label(t)}"
            tally.must(False, f"{what} without a lane")
    for table, names in (("gifts", ("member", "recipient")), ("purchases", ("supplier", "place"))):
        for (start, stop, item), t, quantity in flows.rows(book, table, *names, "item"):
            lane = facts.lane(start, stop, item) if item in facts.network.laned_items else None
            if lane is not None:
                carried[lane, t] += quantity
    rates = [math.inf if row.most_per_month is None else row.most_per_month for row in facts.lanes]
    limits = np.asarray(rates, dtype=float)
    most = limits[:, None] * facts.lengths

    def say(position: int, t: int) -> str:
        row = facts.lanes[position]
        what = f"{number(carried[position, t])} units over the lane {row.from_place} to {row.to_place}"
        return f"{what} in {facts.label(t)}, at most {number(most[position, t])} fit"

    whole = float(book.quantities[facts.laned].max(initial=0.0))
    tally.each(carried - most, say, size=beside(largest(carried, axis=1), whole))
    return tally.check()


def gifts_need_a_stockpile_and_a_way(book: Book) -> Check:
    """Check that gifts come from an own stockpile, for a need, and over a lane if the item is laned."""
    facts, tally = book.facts, Tally("gifts_need_a_stockpile_and_a_way", "gifts")
    needs = {(recipient, item) for recipient, item, _ in facts.bands}
    for (member, recipient, item), t, quantity in flows.rows(book, "gifts", "member", "recipient", "item"):
        why = ""
        if (member, item) not in facts.stockpiles:
            why = "which has no own stockpile of it"
        elif (recipient, item) not in needs:
            why = f"but {recipient} does not need it"
        elif item in facts.network.laned_items and facts.lane(member, recipient, item) is None:
            why = f"but no lane carries it to {recipient}"
        text = f"{number(quantity)} {item} given to {recipient} in {facts.label(t)} by {member}, {why}"
        tally.must(not why or quantity == 0, text)
    return tally.check()
