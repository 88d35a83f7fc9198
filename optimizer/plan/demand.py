"""Needs and order books, period by period: what was asked, delivered, lost, and what is late."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.plan.basis import Basis, Floats, Pair, measure, measure_rows, ratio
from optimizer.scenario.schema import Need, Order


def needed(basis: Basis) -> dict[Pair, Floats]:
    """Return what each recipient needs of each item in each period, all bands."""
    return _by_item(basis, [(row.recipient, row) for row in basis.scenario.rows(Need)])


def ordered(basis: Basis) -> dict[Pair, Floats]:
    """Return what each customer orders of each item in each period; the opening book not counted."""
    return _by_item(basis, [(row.customer, row) for row in basis.scenario.rows(Order)])


def _by_item(basis: Basis, rows: Sequence[tuple[str, Need | Order]]) -> dict[Pair, Floats]:
    """Return the units of rows in each period, by who asks and the item."""
    found: dict[Pair, Floats] = {}
    for who, row in rows:
        begin, stop = basis.calendar.window(row.from_month, row.to_month)
        units = row.per_month * basis.months_in(begin, stop)
        found[who, row.item] = found.get((who, row.item), 0.0) + units
    return found


def asked(basis: Basis) -> dict[str, Floats]:
    """Return the needs, orders and pledges of each final item in each period."""
    found: dict[str, Floats] = {}
    pledged = basis.sums("pledges", ("member", "item"), "pledged")
    for table in (needed(basis), ordered(basis), pledged):
        for (_, item), units in table.items():
            if item in basis.final_items:
                found[item] = found.get(item, 0.0) + units
    return found


def arriving_gifts(basis: Basis) -> dict[Pair, Floats]:
    """Return what reaches each recipient from members' own stockpiles in each period."""
    found: dict[Pair, Floats] = {}
    keys = ("member", "recipient", "item")
    for (member, recipient, item), units in basis.sums("gifts", keys, "given").items():
        arrived = basis.arrive(units, basis.transit(member, recipient, item))
        found[recipient, item] = found.get((recipient, item), 0.0) + arrived
    return found


def needs(basis: Basis) -> pd.DataFrame:
    """Return every need in every period: supplied, given, lost and covered."""
    supplied = basis.sums("uses", ("recipient", "item"), "used")
    lost = basis.sums("losses", ("recipient", "item"), "lost")
    given = arriving_gifts(basis)
    none = np.zeros(len(basis.lengths))
    frames = []
    for (recipient, item), units in needed(basis).items():
        key = (recipient, item)
        covered = supplied.get(key, none) + given.get(key, none)
        frames.append(
            measure(
                "needs",
                {
                    "recipient": recipient,
                    "item": item,
                    "month": basis.dates,
                    "months": basis.lengths,
                    "needed": units,
                    "supplied": supplied.get(key, none),
                    "given": given.get(key, none),
                    "lost": lost.get(key, none),
                    "coverage": ratio(covered, units),
                },
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else measure_rows("needs", [])


def orders(basis: Basis) -> pd.DataFrame:
    """Return every order book in every period: ordered, delivered, waiting and late."""
    placed = ordered(basis)
    pledged = basis.sums("pledges", ("member", "item"), "pledged")
    delivered = basis.sums("deliveries", ("customer", "item"), "delivered")
    backlog = basis.sums("deliveries", ("customer", "item"), "backlog")
    none = np.zeros(len(basis.lengths))
    frames = []
    for key in dict.fromkeys([*placed, *pledged, *delivered]):
        late = due(basis, key, pledged.get(key, none)) - np.cumsum(delivered.get(key, none))
        frames.append(
            measure(
                "orders",
                {
                    "customer": key[0],
                    "item": key[1],
                    "month": basis.dates,
                    "months": basis.lengths,
                    "ordered": placed.get(key, none),
                    "pledged": pledged.get(key, none),
                    "delivered": delivered.get(key, none),
                    "backlog": backlog.get(key, none),
                    "late": np.where(late > 1e-6, late, 0.0),
                },
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else measure_rows("orders", [])


def due(basis: Basis, key: Pair, pledged: Floats) -> Floats:
    """Return the units that should have been delivered by the end of each period, from the first on.

    Each order row is due its own accepted wait after it was placed, a pledge the setting's.
    """
    ends = np.array(basis.calendar.begins, dtype=float) + basis.lengths
    setting = basis.scenario.settings.accepted_wait
    total = np.zeros(len(ends))
    for row in basis.scenario.rows(Order):
        if (row.customer, row.item) == key:
            begin, stop = basis.calendar.window(row.from_month, row.to_month)
            wait = setting if row.accepted_wait is None else row.accepted_wait
            total += row.per_month * np.clip(ends - wait - begin, 0.0, max(0, stop - begin))
    curve = np.concatenate([[0.0], np.cumsum(pledged)])
    found: Floats = total + np.interp(ends - setting, np.concatenate([[0.0], ends]), curve)
    return found


def priced(basis: Basis, item: str) -> bool:
    """Tell whether the workbook gives a price to a lost unit or a late unit-month of an item."""
    rows: list[Need | Order] = [*basis.scenario.rows(Need), *basis.scenario.rows(Order)]
    return any(row.price > 0 for row in rows if row.item == item)


def missing_money(basis: Basis, item: str) -> Floats:
    """Return what is lost and late of an item in each period at the prices of the workbook; money.

    A lost unit has the price of its band, the largest of those that touch the period. What is late at the end of a
    period counts for each of its months, at the largest price among the rows of its order book.
    """
    total = np.zeros(len(basis.lengths))
    bands: dict[tuple[str, int], Floats] = {}
    for need in basis.scenario.rows(Need):
        if need.item == item:
            touched = basis.months_in(*basis.calendar.window(need.from_month, need.to_month)) > 0
            key = (need.recipient, need.band)
            bands[key] = np.maximum(bands.get(key, 0.0 * total), np.where(touched, need.price, 0.0))
    for (recipient, name, band), units in basis.sums("losses", ("recipient", "item", "band"), "lost").items():
        if name == item:
            total += units * bands.get((recipient, int(band)), 0.0)
    books: dict[str, float] = {}
    for order in basis.scenario.rows(Order):
        if order.item == item:
            books[order.customer] = max(books.get(order.customer, 0.0), order.price)
    late = orders(basis)
    for customer, price in books.items():
        mine = late[(late["customer"] == customer) & (late["item"] == item)]
        total += price * mine["late"].to_numpy(dtype=float) * basis.lengths
    return total
