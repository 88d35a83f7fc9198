"""Stock: what comes equals what goes at every place, reserves stay, limits hold; own stockpiles too."""

from __future__ import annotations

import numpy as np

from optimizer.plan.plan import Check
from optimizer.scenario.schema import Stock
from optimizer.verify import flows
from optimizer.verify.book import Book
from optimizer.verify.facts import Facts
from optimizer.verify.tally import FloatArray, Tally, beside, largest, number

Lot = tuple[float, float, float]
"""Months between which it came in, and units."""


def _before(opening: FloatArray, closing: FloatArray) -> FloatArray:
    """Return the stock at the beginning of each period: the opening one, then the last closing."""
    return np.concatenate([opening[..., None], closing[..., :-1]], axis=-1)


def material_balances(book: Book) -> Check:
    """Check at every place and for every item that what comes equals what goes.

    Previous stock + made + by-products + bought arrivals + shipment arrivals = recipe inputs + used for needs +
    shipped + delivered + thrown away + closing stock. Nothing is on its way at the start; items in no lane row
    have one balance, that of the pool.
    """
    facts, tally = book.facts, Tally("material_balances", "stock")
    opening, _, _ = facts.held
    shipped, arrived = flows.shipped_and_arrived(book)
    made, beside_it, bought = flows.made_at(book), flows.by_products_at(book), flows.purchases_arrived(book)
    comes = (_before(opening, book.closing), made, beside_it, bought, arrived)
    gone = (flows.inputs_at(book), flows.used_at(book), shipped, flows.delivered_at(book), book.discarded)
    goes = (*gone, book.closing)
    supply, demand = sum(comes, start=np.zeros(shipped.shape)), sum(goes, start=np.zeros(shipped.shape))

    def say(n: int, i: int, t: int) -> str:
        words = ("stock before", "made", "by-products", "bought", "arrived")
        uses = ("inputs", "needs", "shipped", "delivered", "thrown away", "closing stock")
        there = " + ".join(f"{word} {number(term[n, i, t])}" for word, term in zip(words, comes, strict=True))
        gone = " + ".join(f"{word} {number(term[n, i, t])}" for word, term in zip(uses, goes, strict=True))
        return f"{facts.items[i]} at {facts.places[n]} in {facts.label(t)}: {there} is not {gone}"

    pooled = np.arange(len(facts.places)) == len(facts.places) - 1
    exists = np.where(facts.laned[None, :], ~pooled[:, None], pooled[:, None])[:, :, None]
    touched = np.logical_or.reduce([np.asarray(term != 0) for term in (*comes, *goes)])
    size = beside(largest(*comes, *goes, axis=(0, 2)), book.quantities[None, :, None])
    tally.each(np.abs(supply - demand), say, size=size, where=np.logical_or(exists, touched))
    return tally.check()


def only_waste_is_discarded(book: Book) -> Check:
    """Check that nothing is thrown away but what may be."""
    facts, tally = book.facts, Tally("only_waste_is_discarded", "discards")
    tally.each(
        np.where(facts.waste[None, :, None], 0.0, book.discarded),
        lambda n, i, t: (
            f"{number(book.discarded[n, i, t])} {facts.items[i]} thrown away at {facts.places[n]} in {facts.label(t)}; "
            "it may not be"
        ),
        size=beside(0.0, book.quantities[None, :, None]),
    )
    return tally.check()


def own_stockpiles_balance(book: Book) -> Check:
    """Check own stock = previous own stock + delivered to the member's orders - given, where it has one.

    Gifts come only from a stockpile of the Stocks sheet.
    """
    facts, tally = book.facts, Tally("own_stockpiles_balance", "own_stock")
    given, received = flows.gifts_given(book), np.zeros(book.own.shape)
    for b, (customer, item) in enumerate(facts.books):
        received[facts.place[customer], facts.item[item]] += book.delivered[b]
    opening, exists = np.zeros(given.shape[:2]), np.zeros(given.shape[:2], dtype=bool)
    for (member, item), row in facts.stockpiles.items():
        opening[facts.place[member], facts.item[item]] = row.opening
        exists[facts.place[member], facts.item[item]] = True
    before = _before(opening, book.own)
    tally.each(
        np.abs(before + received - given - book.own),
        lambda n, i, t: (
            f"{facts.items[i]} of {facts.places[n]}'s own in {facts.label(t)}: "
            f"{number(before[n, i, t])} before + {number(received[n, i, t])} delivered - "
            f"{number(given[n, i, t])} given is not {number(book.own[n, i, t])}"
        ),
        size=beside(largest(before, received, given, book.own, axis=(0, 2)), book.quantities[None, :, None]),
        where=exists[:, :, None],
    )
    tally.each(
        np.where(exists[:, :, None], 0.0, given + np.abs(book.own)),
        lambda n, i, t: f"{facts.places[n]} gives {facts.items[i]} in {facts.label(t)} but has no own stockpile",
        size=beside(0.0, book.quantities[None, :, None]),
    )
    return tally.check()


def stocks_stay_within_limits(book: Book) -> Check:
    """Check reserve <= closing stock <= storage limit, of producers and of members' own stockpiles.

    The pool's reserve and limit are sums over the rows of the item (no limit unless every row states
    one); producer-held stock of what cannot be stored is 0; the reserve of a member's own stockpile
    is its opening unless stated.
    """
    facts, tally = book.facts, Tally("stocks_stay_within_limits", "stock")
    _, reserve, limit = facts.held
    _limits(book, tally, book.closing, reserve, limit, "at")
    reserve, limit = np.zeros(reserve.shape), np.full(limit.shape, np.inf)
    for (member, item), row in facts.stockpiles.items():
        at = facts.place[member], facts.item[item]
        reserve[at] = row.opening if row.reserve is None else row.reserve
        limit[at] = np.inf if row.storage_limit is None else row.storage_limit
    _limits(book, tally, book.own, reserve, limit, "of the own stock of")
    return tally.check()


def stock_stays_within_its_shelf_life(book: Book) -> Check:
    """Check lot by lot, first in, first out, that nothing in stock at the end of a period is older than its shelf life.

    What comes in in a period is a lot that came in evenly over its months; what leaves, thrown away or not, is taken
    from the oldest lots. Opening stock is a lot of its own for every row of Stocks, which says its age.
    """
    facts, tally = book.facts, Tally("stock_stays_within_its_shelf_life", "stock")
    opening, _, _ = facts.held
    _, arrived = flows.shipped_and_arrived(book)
    comes = flows.made_at(book) + flows.by_products_at(book) + flows.purchases_arrived(book) + arrived
    leaves = _before(opening, book.closing) + comes - book.closing
    old, there = np.zeros(comes.shape), opening_lots(facts)
    lives = {i: row.shelf_life for i, row in enumerate(facts.network.items.values()) if row.shelf_life is not None}
    for i, life in lives.items():
        for n in range(len(facts.places)):
            old[n, i] = too_old(facts, there.get((n, i), []), comes[n, i], leaves[n, i], life)
    tally.each(
        old,
        lambda n, i, t: (
            f"{number(old[n, i, t])} {facts.items[i]} at {facts.places[n]} are older at the end of {facts.label(t)} "
            f"than the shelf life of {number(lives[i])} months"
        ),
        size=beside(largest(book.closing, axis=(0, 2)), book.quantities[None, :, None]),
        where=np.isin(np.arange(len(facts.items)), list(lives))[None, :, None],
    )
    return tally.check()


def opening_lots(facts: Facts) -> dict[tuple[int, int], list[Lot]]:
    """Return the opening stock of producers by place and item, the oldest first."""
    found: dict[tuple[int, int], list[Lot]] = {}
    for row in sorted(facts.scenario.rows(Stock), key=lambda row: -row.age):
        if row.held_by == "producer":
            found.setdefault(facts.kept_at(row.place, row.item), []).append((-row.age, -row.age, row.opening))
    return found


def too_old(facts: Facts, opening: list[Lot], comes: FloatArray, leaves: FloatArray, life: float) -> list[float]:
    """Return what is older than a shelf life at the end of each period."""
    lots, found = list(opening), []
    for t, (begin, end) in enumerate(zip(facts.begins.tolist(), facts.ends.tolist(), strict=True)):
        lots.append((begin, end, float(comes[t])))
        rest = max(float(leaves[t]), 0.0)
        while lots and rest >= lots[0][2]:
            rest -= lots.pop(0)[2]
        if lots:
            first, stop, units = lots[0]
            lots[0] = (first + (stop - first) * rest / units, stop, units - rest)
        oldest = end - life
        found.append(sum(units * _before_date(first, stop, oldest) for first, stop, units in lots))
    return found


def _before_date(first: float, stop: float, date: float) -> float:
    """Return the share of a lot that came in before a date, or on it where all of it came in at once."""
    return float(stop <= date) if stop <= first else min(max((date - first) / (stop - first), 0.0), 1.0)


def stocks_fit_the_room(book: Book) -> Check:
    """Check room per unit x closing stock, over all items, <= the room of the place.

    Pooled items lie wherever there is room: where every member states its room, what the pool takes, with what lies
    at all places that state theirs, is no more than all of it.
    """
    facts, tally = book.facts, Tally("stocks_fit_the_room", "stock")
    items, members = facts.network.items.values(), facts.network.members.values()
    taken = np.einsum("i,nit->nt", np.asarray([item.room for item in items], dtype=float), book.closing)
    there = np.asarray([np.inf if row.room is None else row.room for row in members] + [np.inf])
    stated = np.isfinite(there)
    if all(row.room is not None for row in members if row.kind == "member"):
        taken[-1] += taken[:-1][stated[:-1]].sum(axis=0)
        there[-1] = there[stated].sum()
    used = any(item.room for item in items)
    tally.each(
        taken - there[:, None],
        lambda n, t: (
            f"stock at {facts.places[n]} takes a room of {number(taken[n, t])} in {facts.label(t)} "
            f"but there is {number(there[n])}"
        ),
        size=largest(taken, np.where(np.isfinite(there), there, 0.0)[:, None]),
        where=np.isfinite(there)[:, None] & used,
    )
    return tally.check()


def _limits(book: Book, tally: Tally, closing: FloatArray, reserve: FloatArray, limit: FloatArray, word: str) -> None:
    facts, size = book.facts, beside(largest(closing, axis=(0, 2)), book.quantities[None, :, None])

    def say(n: int, i: int, t: int) -> str:
        what = f"{number(closing[n, i, t])} {facts.items[i]} {word} {facts.places[n]} in {facts.label(t)}"
        return f"{what}; at least {number(reserve[n, i])}, at most {number(limit[n, i])}"

    tally.each(reserve[:, :, None] - closing, say, size=size)
    tally.each(closing - limit[:, :, None], say, size=size)
